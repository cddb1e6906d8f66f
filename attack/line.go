package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// line is a connection that makes one call after the other. It does as little as possible, to
// leave the processors to the server.
type line struct {
	target *target

	mu     sync.Mutex // close is called by another goroutine
	conn   net.Conn
	closed bool

	answers *bufio.Reader
}

// post makes a call with a JSON body and, unless it is empty, the token in REST's header.
func (l *line) post(path, token, body string) ([]byte, error) {
	header := ""
	if token != "" {
		header = "x-acs-dingtalk-access-token: " + token + "\r\n"
	}
	return l.send(fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s",
		path, l.target.plain, header, len(body), body))
}

// send sends a raw request and returns the body of the answer. It connects first if
// necessary.
func (l *line) send(request string) (body []byte, err error) {
	if err := l.open(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			l.drop()
		}
	}()
	_ = l.conn.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := io.WriteString(l.conn, request); err != nil {
		return nil, err
	}
	answer, err := http.ReadResponse(l.answers, nil)
	if err != nil {
		return nil, err
	}
	body, err = io.ReadAll(answer.Body)
	if answer.Close {
		l.drop()
	}
	return body, err
}

func (l *line) open() error {
	if l.conn != nil {
		return nil
	}
	conn, err := l.target.dial()
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return errors.Join(net.ErrClosed, conn.Close())
	}
	l.conn, l.answers = conn, bufio.NewReader(conn)
	return nil
}

// drop closes the connection, so that the next call makes a new one.
func (l *line) drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		_ = l.conn.Close()
		l.conn = nil
	}
}

// close ends the running call, and all later ones.
func (l *line) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.conn != nil {
		_ = l.conn.Close()
	}
}
