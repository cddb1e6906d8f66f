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

// line is a connection over which calls go one after the other. It does as little
// as it can: the processors are for the server.
type line struct {
	target *target

	mu     sync.Mutex // close comes from elsewhere
	conn   net.Conn
	closed bool

	answers *bufio.Reader
}

// post makes a call with a body of JSON and, unless it is empty, the token in
// REST's header.
func (l *line) post(path, token, body string) ([]byte, error) {
	header := ""
	if token != "" {
		header = "x-acs-dingtalk-access-token: " + token + "\r\n"
	}
	return l.send(fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s",
		path, l.target.plain, header, len(body), body))
}

// send sends a request as it is and returns the body of its answer, connecting
// before if need be.
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

// drop makes the next call connect anew.
func (l *line) drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		_ = l.conn.Close()
		l.conn = nil
	}
}

// close ends a call under way, and all that would come.
func (l *line) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.conn != nil {
		_ = l.conn.Close()
	}
}
