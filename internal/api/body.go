package api

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
)

// MaxBody is how many bytes a request's body may have
// (docs/spec/reliability.md#limits-of-a-request).
const MaxBody = 1 << 20

// What can be wrong with a body.
var (
	ErrBodyTooLarge error = &brokenRule{Text{"请求体超过 1 MiB", "the body is larger than 1 MiB"}}
	ErrBodyEncoded  error = &brokenRule{Text{"不接受压缩的请求体", "compressed request bodies are not accepted"}}
	ErrBodyCut      error = &brokenRule{Text{"请求体不完整", "the body ended early"}}
)

// Body reads the whole body, however it is framed: a vendor's SDK sends chunks
// and no Content-Length. With [ErrBodyTooLarge] and [ErrBodyCut] comes as much as
// was read: it may tell the form of the answer.
func (c *Call) Body() ([]byte, error) {
	r := c.Request
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	body, err := ReadBody(c.Writer, r, MaxBody)
	if err != nil {
		if large := new(http.MaxBytesError); errors.As(err, &large) {
			return body, ErrBodyTooLarge
		}
		return body, ErrBodyCut
	}
	if e := r.Header.Get("Content-Encoding"); len(body) > 0 && e != "" && !strings.EqualFold(e, "identity") {
		return nil, ErrBodyEncoded
	}
	return body, nil
}

// Body is a request's body that is in memory as far as it came.
type Body struct {
	bytes.Reader
	io.Closer // of the connection's body
	whole     []byte
	err       error
}

// NewBody puts what was read of a body in its place. err is what ended it early,
// an *http.MaxBytesError if it was too long; nil if all of it came.
func NewBody(whole []byte, err error, c io.Closer) *Body {
	b := &Body{Closer: c, whole: whole, err: err}
	b.Reset(whole)
	return b
}

// Read reads what came, and then the error that ended it.
func (b *Body) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF && b.err != nil {
		err = b.err
	}
	return n, err
}

// WriteTo writes what came, and returns the error that ended it.
func (b *Body) WriteTo(w io.Writer) (int64, error) {
	n, err := b.Reader.WriteTo(w)
	if err == nil {
		err = b.err
	}
	return n, err
}

// Forget lets go of what came: the answer may stay unread for long.
func (b *Body) Forget() {
	b.whole = nil
	b.Reset(nil)
}

// ReadBody reads the body of a request. The error is an *http.MaxBytesError for
// more than most bytes.
func ReadBody(w http.ResponseWriter, r *http.Request, most int64) ([]byte, error) {
	if b, ok := r.Body.(*Body); ok && (b.err != nil || int64(len(b.whole)) <= most) {
		return b.whole, b.err
	}
	var b bytes.Buffer
	if r.ContentLength > 0 {
		b.Grow(int(min(r.ContentLength, most)) + bytes.MinRead)
	}
	_, err := b.ReadFrom(http.MaxBytesReader(w, r.Body, most))
	return b.Bytes(), err
}
