package api

import (
	"bytes"
	"io"
	"net/http"
)

// Body is a request's body that is in memory as a whole.
type Body struct {
	bytes.Reader
	io.Closer // of the connection's body
	whole     []byte
}

// NewBody puts what was read of a body in its place.
func NewBody(whole []byte, c io.Closer) *Body {
	b := &Body{Closer: c, whole: whole}
	b.Reset(whole)
	return b
}

// ReadBody reads the body of a request. The error is an *http.MaxBytesError for
// more than most bytes.
func ReadBody(w http.ResponseWriter, r *http.Request, most int64) ([]byte, error) {
	if b, ok := r.Body.(*Body); ok && int64(len(b.whole)) <= most {
		return b.whole, nil
	}
	var b bytes.Buffer
	if r.ContentLength > 0 {
		b.Grow(int(min(r.ContentLength, most)) + bytes.MinRead)
	}
	_, err := b.ReadFrom(http.MaxBytesReader(w, r.Body, most))
	return b.Bytes(), err
}
