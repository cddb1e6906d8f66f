package server

import (
	"errors"
	"io"
	"net/http"

	"github.com/mingce/mingce/internal/api"
)

// firstRead is what is read of a body without charging it: a connection costs
// about as much without one.
const firstRead = 4 << 10

// errCutOff is the end of a body whose memory others needed.
var errCutOff = errors.New("the server is out of memory for bodies that come slowly")

// receiver takes the bodies of requests into memory before their calls begin.
type receiver struct{ budget *budget }

// take reads the body of r, up to most bytes, and puts what came in its place,
// with the error that ended it. The function it returns gives the memory back;
// it is called when the call is done.
func (x *receiver) take(w http.ResponseWriter, r *http.Request, most int64) (release func()) {
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return nothing
	}
	if r.ContentLength > most {
		closeAfter(w, r)
		r.Body = api.NewBody(nil, &http.MaxBytesError{Limit: most}, r.Body)
		return nothing
	}
	whole, done, err := readFirst(r)
	if done {
		r.Body = api.NewBody(whole, err, r.Body)
		return nothing
	}
	t := transfer{
		body: r.Body, length: r.ContentLength, most: most,
		holding: x.budget.hold(connectionOf(r), http.NewResponseController(w).SetReadDeadline),
	}
	whole, err = t.rest(whole)
	if !t.holding.keep() {
		whole, err = nil, errCutOff
	}
	if err != nil {
		closeAfter(w, r)
	}
	r.Body = api.NewBody(whole, err, r.Body)
	return func() { t.holding.release() }
}

func nothing() {}

// closeAfter ends a connection of HTTP/1.1 after the answer: what the client goes
// on sending is not read. A stream of HTTP/2 ends by itself.
func closeAfter(w http.ResponseWriter, r *http.Request) {
	if r.ProtoMajor == 1 {
		w.Header().Set("Connection", "close")
	}
}

// readFirst reads a body that has at most firstRead bytes to its end, and of
// another at most so many; done tells which it was.
func readFirst(r *http.Request) (whole []byte, done bool, err error) {
	switch {
	case r.ContentLength > firstRead:
		return nil, false, nil
	case r.ContentLength > 0:
		whole = make([]byte, r.ContentLength)
		n, err := io.ReadFull(r.Body, whole)
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return whole[:n], true, err
	}
	whole = make([]byte, 0, firstRead)
	for len(whole) < firstRead {
		n, err := r.Body.Read(whole[len(whole):firstRead])
		whole = whole[:len(whole)+n]
		if err == io.EOF {
			return whole, true, nil
		}
		if err != nil {
			return whole, true, err
		}
	}
	return whole, false, nil
}

// transfer is a body that is longer than firstRead, or may be.
type transfer struct {
	body    io.Reader
	length  int64 // -1 if it is not known
	most    int64
	holding *holding
}

// rest reads what comes after begun. Memory grows with what has come, not with
// what a header promised.
func (t *transfer) rest(begun []byte) ([]byte, error) {
	whole := begun
	t.holding.move(len(begun))
	for {
		if len(whole) == cap(whole) {
			grown := t.grow(whole)
			if grown == nil {
				return nil, errCutOff
			}
			whole = grown
		}
		n, err := t.body.Read(whole[len(whole):cap(whole)])
		whole = whole[:len(whole)+n]
		t.holding.move(n)
		switch {
		case int64(len(whole)) > t.most:
			return nil, &http.MaxBytesError{Limit: t.most}
		case err == io.EOF:
			return whole, nil
		case err != nil:
			return whole, err
		}
	}
}

// grow returns room for twice as much, charged to the budget, or nil if there is none.
func (t *transfer) grow(whole []byte) []byte {
	longest := t.most + 1 // one byte tells a body that is too long
	if t.length >= 0 {
		longest = t.length + 1 // and one lets the last read meet its end
	}
	size := min(max(firstRead, 2*int64(cap(whole))), longest)
	if !t.holding.grow(size - int64(cap(whole))) {
		return nil
	}
	grown := make([]byte, len(whole), size)
	copy(grown, whole)
	return grown
}
