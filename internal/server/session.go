package server

import (
	"io"
	"net"
	"runtime"
	"time"
)

// sessionConn is an HTTP/2 connection, above TLS. It follows the incoming frames, so that
// the heads of requests are read slowly while there are too many: net/http starts every
// request as it arrives, which takes memory before anything can be charged or refused.
//
// Only one goroutine may read, as in net/http.
type sessionConn struct {
	net.Conn
	counted *connection

	preface int // bytes of the preface still to come
	header  [frameHeader]byte
	have    int   // bytes of the header
	payload int   // bytes of the frame still to come after the header
	heads   int64 // heads of requests read so far
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

// Read returns at most one frame header, or part of the payload after it.
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
	// While there are too many requests, each further head waits that long, that often.
	fullPause  = 25 * time.Millisecond
	fullPauses = 10
	// behindTurns is how often the goroutine yields while several heads were read whose
	// requests have not started: then the number of requests is not up to date yet.
	behindTurns = 8
	// quietTime is how long after the last head a request that has not started never
	// will: net/http refused it.
	quietTime = time.Second
)

// pace delays a head. It returns false if the client has left meanwhile: sessions that are
// opened and closed at once would otherwise live until everything they sent was read.
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
