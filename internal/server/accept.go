package server

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"runtime"
	"sync"
	"time"
)

// plainListener accepts plain HTTP. It counts the connections and checks the
// framing of their requests.
type plainListener struct {
	net.Listener
	connections *connections
}

func (l plainListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if counted := l.connections.admit(c); counted != nil {
			return &strictConn{Conn: counted, budget: l.connections.heads}, nil
		}
	}
}

// handshakeTime limits a TLS handshake.
const handshakeTime = 10 * time.Second

// secureListener terminates TLS before net/http sees a connection, so that the
// framing of HTTP/1.1 and the frames of HTTP/2 can be checked below it.
type secureListener struct {
	net.Listener
	connections *connections
	config      *tls.Config
	agreeing    chan struct{} // one slot for each processor

	ready chan net.Conn
	done  chan struct{} // closed by Close
	close sync.Once
	err   error // of the underlying listener, set before ready is closed
}

func newSecureListener(l net.Listener, c *connections, config *tls.Config) *secureListener {
	s := &secureListener{
		Listener: l, connections: c, config: config,
		agreeing: make(chan struct{}, runtime.GOMAXPROCS(0)), ready: make(chan net.Conn), done: make(chan struct{})}
	go s.run()
	return s
}

func (l *secureListener) run() {
	defer close(l.ready)
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			var temporary interface{ Temporary() bool } // too many open files
			if errors.As(err, &temporary) && temporary.Temporary() && l.pause() {
				continue
			}
			l.err = err
			return
		}
		if counted := l.connections.admit(c); counted != nil {
			go l.agree(counted)
		}
	}
}

// pause waits a little. It returns false if the listener was closed meanwhile.
func (l *secureListener) pause() bool {
	select {
	case <-time.After(50 * time.Millisecond):
		return true
	case <-l.done:
		return false
	}
}

// agree makes the TLS handshake and passes the connection to Accept.
func (l *secureListener) agree(counted *connection) {
	h := &handshake{Conn: counted, places: l.agreeing}
	c := tls.Server(h, l.config)
	ctx, cancel := context.WithTimeout(context.Background(), handshakeTime)
	h.places <- struct{}{}
	err := c.HandshakeContext(ctx)
	<-h.places
	h.over = true
	cancel()
	if err != nil {
		answerPlain(err)
		_ = counted.Close()
		return
	}
	counted.isBelow(c)
	var next net.Conn = &strictConn{Conn: c, budget: l.connections.heads}
	if c.ConnectionState().NegotiatedProtocol == "h2" {
		if !counted.isSession() {
			_ = counted.Close()
			return
		}
		next = newSessionConn(c, counted)
	}
	select {
	case l.ready <- next:
	case <-l.done:
		_ = c.Close()
	}
}

// handshake is a connection during its TLS handshake. It holds a slot while it
// computes, not while it waits for the client, so that many handshakes at once
// do not take the processors from the calls.
type handshake struct {
	net.Conn
	places chan struct{}
	over   bool
}

func (h *handshake) Read(p []byte) (int, error) {
	if h.over {
		return h.Conn.Read(p)
	}
	<-h.places
	n, err := h.Conn.Read(p)
	h.places <- struct{}{}
	return n, err
}

// answerPlain answers a client that speaks plain HTTP to the HTTPS port, in plain
// HTTP, so that it can read what is wrong.
func answerPlain(err error) {
	var header tls.RecordHeaderError
	if !errors.As(err, &header) || header.Conn == nil {
		return
	}
	switch string(header.RecordHeader[:]) {
	case "GET /", "HEAD ", "POST ", "PUT /", "OPTIO", "DELET", "PATCH":
		_ = header.Conn.SetWriteDeadline(time.Now().Add(handshakeTime))
		_, _ = io.WriteString(header.Conn, "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n")
	}
}

func (l *secureListener) Accept() (net.Conn, error) {
	select {
	case c, ok := <-l.ready:
		if ok {
			return c, nil
		}
		return nil, l.err
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *secureListener) Close() error {
	l.close.Do(func() { close(l.done) })
	return l.Listener.Close()
}
