package server

import (
	"bytes"
	"io"
	"net/http"

	"github.com/mingce/mingce/internal/api"
)

// smallBody is the size up to which a body is read before its call takes one
// of the places in flight, so that callers who send slowly hold none.
const smallBody = 64 << 10

// takeBody reads a small body of r into memory and puts it in the body's
// place. What is larger, and what fails, is left to the gateway to find.
func takeBody(r *http.Request) {
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 || r.ContentLength > smallBody {
		return
	}
	if r.ContentLength > 0 {
		whole := make([]byte, r.ContentLength)
		if n, err := io.ReadFull(r.Body, whole); err != nil {
			r.Body = body{io.MultiReader(bytes.NewReader(whole[:n]), failing{err}), r.Body}
			return
		}
		r.Body = api.NewBody(whole, r.Body)
		return
	}
	var buf bytes.Buffer
	_, err := io.Copy(&buf, io.LimitReader(r.Body, smallBody))
	var rest io.Reader = r.Body
	if err != nil {
		rest = failing{err}
	}
	r.Body = body{io.MultiReader(&buf, rest), r.Body}
}

// body reads from memory first; closing it closes the connection's body.
type body struct {
	io.Reader
	io.Closer
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
