package server

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/mingce/mingce/internal/api"
)

// firstRead is what is read of a body without charging it: a connection costs
// about as much without one.
const firstRead = 4 << 10

// errCutOff is the end of a body whose memory others needed.
var errCutOff = errors.New("the server is out of memory for bodies that come slowly")

// receiver takes the bodies of requests into memory before their calls begin.
type receiver struct{ budget *budget }

// take reads the body of r, up to most bytes, and puts it in its place; of one that
// breaks off its beginning, with the error. release gives the memory back; it is
// called when the call is done. rest is what follows of a body that is too long, nil of
// another.
func (x *receiver) take(w http.ResponseWriter, r *http.Request, most int64) (release func(), rest io.Reader) {
	head, body := headSize(r), r.Body
	if body == nil || body == http.NoBody || r.ContentLength == 0 {
		return x.without(r, head), nil
	}
	if r.ContentLength > most {
		closeAfter(w, r)
		r.Body = api.NewBody(beginning(w, r), &http.MaxBytesError{Limit: most}, body)
		return x.without(r, head), body
	}
	if r.ProtoMajor == 1 && head <= firstRead { // one request at a time: what a connection costs is counted as such
		if whole, done, err := readFirst(r); done {
			if err != nil { // what follows on the connection may be of this request
				closeAfter(w, r)
			}
			r.Body = api.NewBody(whole, err, r.Body)
			return nothing, nil
		} else if len(whole) > 0 {
			r.Body = begun{io.MultiReader(bytes.NewReader(whole), r.Body), r.Body}
		}
	}
	h := x.budget.hold(connectionOf(r), http.NewResponseController(w).SetReadDeadline)
	h.gone = r.Context().Done()
	var whole []byte
	err := errCutOff
	if head <= firstRead || h.owe(head) {
		whole, err = receive(r.Body, r.ContentLength, most, h)
	}
	if !h.keep() {
		whole, err = nil, errCutOff
		h.release()
	}
	if err != nil {
		closeAfter(w, r)
		if !errors.Is(err, errCutOff) {
			_ = h.deadline(time.Now().Add(discardTime)) // net/http reads on, as long as it takes
		}
	}
	if tooLong := new(http.MaxBytesError); errors.As(err, &tooLong) {
		rest = body
	}
	b := api.NewBody(whole, err, r.Body)
	r.Body = b
	return func() {
		b.Forget()
		h.release()
	}, rest
}

// beginningTime bounds the wait for the beginning of a body that is too long.
const beginningTime = time.Second

// beginning is the first of a body that is too long: it may tell the form in which
// the call is to be refused.
func beginning(w http.ResponseWriter, r *http.Request) []byte {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(beginningTime)) // not every writer has one: tests
	first := make([]byte, firstRead)
	n, _ := r.Body.Read(first) // what the gateway is told is that the body is too long
	return first[:n]
}

// without charges a request that has no body to wait for: only its head, if that
// is long.
func (x *receiver) without(r *http.Request, head int64) (release func()) {
	if head <= firstRead {
		return nothing
	}
	h := x.budget.hold(connectionOf(r), func(time.Time) error { return nil })
	h.owe(head) // where there is no room it is carried out nevertheless: it is soon over
	h.keep()
	return h.release
}

// fieldCost is what a header takes beside its text: its place in the map and its
// list of values.
const fieldCost = 96

// headSize is about what the head of a request takes.
func headSize(r *http.Request) int64 {
	n := len(r.RequestURI)
	for name, values := range r.Header {
		n += fieldCost
		for _, v := range values {
			n += len(name) + len(v)
		}
	}
	return int64(n)
}

// begun is a body of which some was read.
type begun struct {
	io.Reader
	io.Closer
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

// Bodies are received in pieces that serve again: memory grows with what has
// come, not with what a header promised, and one that never ends leaves nothing
// to collect. Few are kept for long.
var pieces = make(chan *[piece]byte, 256)

func takePiece() *[piece]byte {
	select {
	case p := <-pieces:
		return p
	default:
		return new([piece]byte)
	}
}

func givePiece(p *[piece]byte) {
	select {
	case pieces <- p:
	default:
	}
}

// piece is how much is received or sent at once.
const piece = 32 << 10

// receive reads a body, of that length or, with -1, of an unknown one. Of one that
// does not come whole it returns the beginning.
func receive(body io.Reader, length, most int64, h *holding) (whole []byte, err error) {
	var x arriving
	defer x.forget()
	if !x.grow(h, length) {
		return nil, errCutOff
	}
	for err == nil {
		room := x.room()
		switch {
		case len(room) == 0 && x.total == length:
			room = make([]byte, 1) // for the end, which is all that is to come
		case len(room) == 0:
			if !x.grow(h, length) {
				return nil, errCutOff
			}
			continue
		}
		var n int
		n, err = body.Read(room)
		x.total += int64(n)
		if length >= 0 && x.total > length || x.total > most {
			err = &http.MaxBytesError{Limit: most}
		}
		if err == nil && x.total != length {
			h.move(n)
		}
	}
	if err != io.EOF { // its beginning may tell the form in which the call is to be refused
		return bytes.Clone(x.list[0][:min(x.total, int64(len(x.list[0])), firstRead)]), err
	}
	whole = x.whole()
	h.shrink(x.charged - x.total) // while it was copied there was more, for a moment
	return whole, nil
}

// arriving is what has come of a body.
type arriving struct {
	list    [][]byte // each full but for the last
	total   int64
	charged int64
}

// grow takes a piece more, or for a short body what it needs. Each wait for memory
// is one more in which others may come first, so the first piece is charged
// together with the transfer.
func (x *arriving) grow(h *holding, length int64) bool {
	size, cost := int64(piece), int64(0)
	if len(x.list) == 0 {
		cost = transferCost
		if 0 < length && length <= firstRead {
			size = length
		}
	}
	if !h.grow(size + cost) {
		return false
	}
	x.charged += size + cost
	if size < piece {
		x.list = append(x.list, make([]byte, size))
	} else {
		x.list = append(x.list, takePiece()[:])
	}
	return true
}

// room is what is free.
func (x *arriving) room() []byte {
	last := x.list[len(x.list)-1]
	return last[x.total-int64(len(x.list)-1)*piece:]
}

func (x *arriving) whole() []byte {
	whole := make([]byte, 0, x.total)
	for _, p := range x.list {
		whole = append(whole, p[:min(int64(len(p)), x.total-int64(len(whole)))]...)
	}
	return whole
}

func (x *arriving) forget() {
	for _, p := range x.list {
		if len(p) == piece {
			givePiece((*[piece]byte)(p))
		}
	}
}
