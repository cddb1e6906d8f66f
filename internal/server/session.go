package server

import (
	"io"
	"net"
	"runtime"
	"time"
)

// sessionConn is a connection of HTTP/2, after TLS. It follows the frames that come, so
// that the heads of requests are read slowly while there are too many: net/http begins
// each as it comes, which takes memory before anything can be charged or refused.
//
// One goroutine reads, as net/http does.
type sessionConn struct {
	net.Conn
	counted *connection

	preface int // bytes of it still to come
	header  [frameHeader]byte
	have    int   // bytes of the header
	payload int   // bytes of the frame still to come behind it
	heads   int64 // that were handed on
	last    time.Time
}

// The frames of HTTP/2 (RFC 9113, 3.4, 4.1 and 6.2).
const (
	prefaceLength = len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	frameHeader   = 9
	headersFrame  = 1
)

func newSessionConn(c net.Conn, counted *connection) *sessionConn {
	return &sessionConn{Conn: c, counted: counted, preface: prefaceLength}
}

// Read hands on one header of a frame, or some of what follows it.
func (c *sessionConn) Read(p []byte) (int, error) {
	switch {
	case c.preface > 0:
		n, err := c.Conn.Read(p[:min(len(p), c.preface)])
		c.preface -= n
		return n, err
	case c.payload > 0:
		n, err := c.Conn.Read(p[:min(len(p), c.payload)])
		c.payload -= n
		return n, err
	}
	n, err := c.Conn.Read(p[:min(len(p), frameHeader-c.have)])
	c.have += copy(c.header[c.have:], p[:n])
	if c.have == frameHeader {
		c.have = 0
		c.payload = int(c.header[0])<<16 | int(c.header[1])<<8 | int(c.header[2])
		if c.header[3] == headersFrame && !c.pace() {
			return 0, io.ErrUnexpectedEOF
		}
	}
	return n, err
}

const (
	// Each further head is left unread that long and that often while there are too many.
	fullPause  = 25 * time.Millisecond
	fullPauses = 10
	// behindTurns is how often others have the processor first while a few heads were
	// handed on that have not begun: then the processors are behind, and the numbers of
	// requests are, too.
	behindTurns = 8
	// quietTime is how long after the last head one that has not begun never will:
	// net/http refused it.
	quietTime = time.Second
)

// pace holds back a head. It returns false if the client has left meanwhile: many
// sessions that are begun and ended would else live as long as all that they sent.
func (c *sessionConn) pace() bool {
	now := time.Now()
	if now.Sub(c.last) >= quietTime {
		c.heads = c.counted.begun.Load()
	}
	c.last = now
	for i := 0; i < behindTurns && c.heads-c.counted.begun.Load() >= fewRequests; i++ {
		runtime.Gosched()
	}
	c.heads++
	for i := 0; i < fullPauses && c.counted.isFull(); i++ {
		if hasLeft(c.counted.Conn) {
			return false
		}
		time.Sleep(fullPause)
	}
	return true
}
