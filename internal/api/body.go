package api

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
)

// MaxBody is the maximal size of a request's body in bytes
// (docs/spec/reliability.md#limits-of-a-request).
const MaxBody = 1 << 20

// Errors of reading a body.
var (
	ErrBodyTooLarge error = &brokenRule{Text{"请求体超过 1 MiB", "the body is larger than 1 MiB"}}
	ErrBodyEncoded  error = &brokenRule{Text{"不接受压缩的请求体", "compressed request bodies are not accepted"}}
	ErrBodyCut      error = &brokenRule{Text{"请求体不完整", "the body ended early"}}
)

// Body reads the whole body, however it is framed: a vendor's SDK sends it
// chunked. With [ErrBodyTooLarge] and [ErrBodyCut] it also returns what was
// read, which may name the format of the answer.
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
	if len(body) > 0 && isEncoded(r.Header.Get("Content-Encoding")) {
		return nil, ErrBodyEncoded
	}
	return body, nil
}

// isEncoded reports whether a Content-Encoding changes the body. JustAuth names
// the character set there, which changes nothing.
func isEncoded(coding string) bool {
	return coding != "" && !strings.EqualFold(coding, "identity") && !strings.EqualFold(coding, "utf-8")
}

// Body is a request's body, read into memory as far as it arrived.
type Body struct {
	bytes.Reader
	io.Closer // of the connection's body
	whole     []byte
	err       error
}

// NewBody returns a Body of the bytes that were read. err is why reading ended
// early (an *http.MaxBytesError if the body was too long), or nil.
func NewBody(whole []byte, err error, c io.Closer) *Body {
	b := &Body{Closer: c, whole: whole, err: err}
	b.Reset(whole)
	return b
}

// Read returns the bytes read, then the error that ended them.
func (b *Body) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF && b.err != nil {
		err = b.err
	}
	return n, err
}

// WriteTo writes the bytes read, and returns the error that ended them.
func (b *Body) WriteTo(w io.Writer) (int64, error) {
	n, err := b.Reader.WriteTo(w)
	if err == nil {
		err = b.err
	}
	return n, err
}

// Forget releases the memory: the caller may take long to read the answer.
func (b *Body) Forget() {
	b.whole = nil
	b.Reset(nil)
}

// ReadBody reads the body of a request. It returns an *http.MaxBytesError for
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
