package server

import (
	"bytes"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// strictConn is an HTTP/1.1 connection that refuses requests which can be read in two
// ways, because a proxy in front may have read them differently (request smuggling).
// net/http tolerates lines that end in LF alone, folded headers, a length beside chunks,
// and chunks with a wrong end; RFC 9112, 2.2, 5.2, 6.1 and 7.1 let a server refuse each.
// strictConn follows where requests begin and end, and replaces a bad line by one that
// net/http answers with 400.
//
// Only one goroutine may read, as in net/http. Writes pass unchanged.
type strictConn struct {
	net.Conn
	off    atomic.Bool // the connection has become something else: a WebSocket
	follow framing
	poison []byte // the rest of refusal, which is still to be read
	done   bool

	budget  *budget // of unfinished heads; nil: not counted
	heads   atomic.Pointer[holding]
	charged int // bytes of the unfinished head
	closed  atomic.Bool
}

// Close gives back what an unfinished head holds.
func (c *strictConn) Close() error {
	c.closed.Store(true)
	if h := c.heads.Load(); h != nil {
		h.release()
	}
	return c.Conn.Close()
}

// count charges an unfinished head once it is longer than firstRead. n is the number of
// bytes just read. It returns false if the connection was cut off to make room for others.
func (c *strictConn) count(n int) bool {
	size := c.follow.unfinished()
	if size < c.charged || size == 0 { // the head that was charged is complete
		if h := c.heads.Swap(nil); h != nil {
			h.release()
		}
		c.charged = 0
	}
	if size <= c.charged+firstRead || c.budget == nil {
		return true
	}
	h := c.heads.Load()
	if h == nil {
		h = c.budget.hold(nil, c.cut)
		c.heads.Store(h)
		if c.closed.Load() { // Close may not have seen it
			h.release()
		}
	}
	grown := h.owe(2 * int64(size-c.charged)) // as it came, and as text
	c.charged = size
	h.move(n)
	return grown
}

// cut is the deadline of an unfinished head. net/http sets its own, so only a deadline
// in the past, which means to cut the connection off, has an effect.
func (c *strictConn) cut(t time.Time) error {
	if t.Equal(longAgo) {
		go c.Conn.Close() // it may block on data that the client does not read
	}
	return nil
}

// CloseWrite lets net/http finish an answer while the client is still sending. A full
// close would make the client lose the answer.
func (c *strictConn) CloseWrite() error { return closeWrite(c.Conn) }

func closeWrite(c net.Conn) error {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// refusal is a line that no server accepts as a header. It also ends the head.
const refusal = "\x00\r\n\r\n"

func (c *strictConn) Read(p []byte) (int, error) {
	if len(c.poison) > 0 {
		n := copy(p, c.poison)
		c.poison = c.poison[n:]
		return n, nil
	}
	if c.done {
		return 0, io.EOF
	}
	n, err := c.Conn.Read(p)
	if n == 0 || c.off.Load() {
		return n, err
	}
	good, fault := c.follow.feed(p[:n])
	if fault == none && !c.count(n) {
		return 0, io.ErrUnexpectedEOF
	}
	switch fault {
	case inHead:
		c.done, c.poison = true, []byte(refusal)
		if good == 0 {
			return c.Read(p)
		}
		return good, nil
	case inBody: // the call has begun already, so its body ends with an error
		c.done = true
		if good == 0 {
			return 0, io.ErrUnexpectedEOF
		}
		return good, nil
	}
	return n, err
}

// fault says which part of a request is wrong.
type fault int

const (
	none fault = iota
	inHead
	inBody
)

// framing follows the requests on an HTTP/1.1 connection.
type framing struct {
	state  framingState
	line   []byte // the line so far, cut at longestLine
	long   bool   // it was cut
	begun  bool   // the request line has ended, the head has not
	size   int    // bytes of the head so far
	fields int    // lines of the head so far
	skip   int64  // bytes of the body, or of a chunk, still to come
	length int64  // Content-Length, -1 without one
	chunks int    // how many Transfer-Encoding headers
	coding bool   // each says "chunked"
	old    bool   // HTTP/1.0
}

type framingState int

const (
	head framingState = iota
	body
	chunkSize
	chunkData
	chunkEnd
	trailer
)

// longestLine is longer than any line that decides where a request ends. The exception
// is a request line, of which the last lineEnd bytes are enough.
const (
	longestLine = 256
	lineEnd     = len("HTTP/1.0\r\n")
)

// feed follows the bytes that were read. It returns how many of them are good, and what
// is wrong with the next one.
func (f *framing) feed(p []byte) (good int, wrong fault) {
	for at := 0; at < len(p); {
		switch f.state {
		case body, chunkData:
			n := min(f.skip, int64(len(p)-at))
			at += int(n)
			if f.skip -= n; f.skip > 0 {
				continue
			}
			if f.state == chunkData {
				f.state = chunkEnd
			} else {
				f.state = head
			}
		default:
			end := bytes.IndexByte(p[at:], '\n')
			if end < 0 {
				if f.isFolded(p[at:]) {
					return at, f.where()
				}
				f.appendLine(p[at:])
				f.size += len(p) - at
				return len(p), none
			}
			begin := at
			if f.isFolded(p[at:]) {
				return begin, f.where()
			}
			where := f.where()
			f.appendLine(p[at : at+end+1])
			f.size += end + 1
			at += end + 1
			if !f.endLine() {
				// Drop the whole line if all of it is here, else what is here of it.
				return begin, where
			}
		}
	}
	return len(p), none
}

// unfinished returns about how much memory the current head takes; 0 outside a head.
func (f *framing) unfinished() int {
	if f.state != head {
		return 0
	}
	return f.size + fieldCost*f.fields
}

// where returns the kind of fault that a bad current line would be.
func (f *framing) where() fault {
	if f.state == head {
		return inHead
	}
	return inBody
}

// isFolded reports whether a line that begins with p continues the one before.
func (f *framing) isFolded(p []byte) bool {
	return f.state == head && f.begun && len(f.line) == 0 && (p[0] == ' ' || p[0] == '\t')
}

func (f *framing) appendLine(p []byte) {
	if room := longestLine - len(f.line); len(p) > room {
		// The last bytes tell how the line ends, and the version of a request.
		ended := f.line[max(len(f.line)-lineEnd, 0):]
		tail := slices.Concat(ended, p[max(len(p)-lineEnd, 0):])
		f.long = true
		f.line = append(f.line, p[:room]...)
		f.line = append(f.line[:longestLine-lineEnd], tail[len(tail)-lineEnd:]...)
		return
	}
	f.line = append(f.line, p...)
}

// endLine handles a complete line. It returns false if the line can be read in two ways.
func (f *framing) endLine() bool {
	line, long := f.line, f.long
	f.line, f.long = f.line[:0], false
	text, ok := bytes.CutSuffix(line, []byte("\r\n"))
	if !ok || bytes.IndexByte(text, '\r') >= 0 {
		return false
	}
	switch f.state {
	case head:
		return f.headLine(text, long)
	case chunkSize:
		return !long && f.chunk(text)
	case chunkEnd:
		f.state = chunkSize
		return len(text) == 0
	case trailer:
		if len(text) == 0 {
			f.state, f.size = head, 0
			return true
		}
		return isField(text)
	}
	return true
}

// isField reports whether a line of a trailer is a field: it has a name and does not
// continue the line before. net/http stops at any other line, and takes what follows for
// the next request.
func isField(text []byte) bool {
	return text[0] != ' ' && text[0] != '\t' && bytes.IndexByte(text, ':') > 0
}

func (f *framing) headLine(text []byte, long bool) bool {
	switch {
	case !f.begun && len(text) == 0:
		f.size = 0
		return true // before a request: net/http skips it after a POST, and refuses it otherwise
	case !f.begun && bytes.HasSuffix(text, []byte("HTTP/2.0")):
		return false // net/http would take what follows for frames
	case !f.begun:
		*f = framing{line: f.line, size: f.size, begun: true, length: -1, coding: true, old: bytes.HasSuffix(text, []byte("HTTP/1.0"))}
		return true
	case len(text) == 0:
		return f.endHead()
	}
	f.fields++
	name, value, ok := bytes.Cut(text, []byte(":"))
	if !ok {
		return true // net/http refuses it
	}
	switch {
	case isName(name, "content-length"):
		n, err := strconv.ParseUint(string(bytes.TrimSpace(value)), 10, 63)
		if err != nil || long || f.length >= 0 && f.length != int64(n) {
			return false
		}
		f.length = int64(n)
	case isName(name, "transfer-encoding"):
		f.chunks++
		f.coding = f.coding && !long && strings.EqualFold(string(bytes.TrimSpace(value)), "chunked")
	}
	return true
}

func isName(name []byte, lower string) bool {
	return len(name) == len(lower) && strings.EqualFold(string(name), lower)
}

// endHead decides where the body ends (RFC 9112, 6.3).
func (f *framing) endHead() bool {
	f.begun, f.size, f.fields = false, 0, 0
	switch {
	case f.chunks > 0:
		f.state = chunkSize
		return f.chunks == 1 && f.coding && !f.old && f.length < 0
	case f.length > 0:
		f.state, f.skip = body, f.length
	}
	return true
}

// chunk parses the line before a chunk: its size, and extensions, which are ignored.
func (f *framing) chunk(text []byte) bool {
	size, _, _ := bytes.Cut(text, []byte(";"))
	n, err := strconv.ParseUint(string(bytes.TrimRight(size, " \t")), 16, 62)
	if err != nil {
		return false
	}
	f.state, f.skip = chunkData, int64(n)
	if n == 0 {
		f.state = trailer
	}
	return true
}
