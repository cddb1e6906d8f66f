package server

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/mingce/mingce/internal/api"
)

// firstRead is how much of a body is read without charging it: about what any
// connection costs.
const firstRead = 4 << 10

// errCutOff ends a body whose memory others needed.
var errCutOff = errors.New("the server is out of memory for bodies that come slowly")

// receiver reads the bodies of requests into memory before their calls begin.
type receiver struct{ budget *budget }

// take reads the body of r, up to most bytes, and replaces r.Body by it; a body that
// breaks off is replaced by its beginning, with the error. The caller calls release when
// the call is done, to give the memory back. rest is the unread rest of a body that is
// too long, else nil.
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
	if r.ProtoMajor == 1 && head <= firstRead { // one request at a time, so its first bytes are part of what a connection costs
		if whole, done, err := readFirst(r); done {
			if err != nil { // the following bytes may belong to this request
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
	if !h.complete() {
		whole, err = nil, errCutOff
		h.release()
	}
	if err != nil {
		closeAfter(w, r)
		if !errors.Is(err, errCutOff) {
			_ = h.deadline(time.Now().Add(discardTime)) // net/http goes on reading without a limit of time
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

// beginning returns the first bytes of a body that is too long: they may tell the
// format of the refusal.
func beginning(w http.ResponseWriter, r *http.Request) []byte {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(beginningTime)) // writers in tests have no deadlines
	first := make([]byte, firstRead)
	n, _ := r.Body.Read(first) // the gateway gets the error that the body is too long
	return first[:n]
}

// without charges a request without a body: only its head, if it is long.
func (x *receiver) without(r *http.Request, head int64) (release func()) {
	if head <= firstRead {
		return nothing
	}
	h := x.budget.hold(connectionOf(r), func(time.Time) error { return nil })
	h.owe(head) // carried out even without room: it is soon over
	h.complete()
	return h.release
}

// fieldCost is the memory a header takes beside its text: a map entry and a list of
// values.
const fieldCost = 96

// headSize returns about how much memory the head of a request takes.
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

// begun is a body that was partly read.
type begun struct {
	io.Reader
	io.Closer
}

func nothing() {}

// closeAfter makes an HTTP/1.1 connection close after the answer, because the client
// may go on sending. An HTTP/2 stream ends by itself.
func closeAfter(w http.ResponseWriter, r *http.Request) {
	if r.ProtoMajor == 1 {
		w.Header().Set("Connection", "close")
	}
}

// readFirst reads at most firstRead bytes of a body. done reports whether that was all
// of it, or it failed.
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

// pieces are buffers to be reused. Bodies are received in pieces, so that memory grows
// with what has arrived, not with what a header promised, and a body that never ends
// leaves no garbage.
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

// receive reads a body of the given length; -1 is unknown. Of a body that does not
// arrive completely it returns the beginning, with the error.
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
			room = make([]byte, 1) // only EOF should follow
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
	if err != io.EOF { // the beginning may tell the format of the refusal
		return bytes.Clone(x.list[0][:min(x.total, int64(len(x.list[0])), firstRead)]), err
	}
	whole = x.whole()
	h.shrink(x.charged - x.total) // during the copy it is more for a moment
	return whole, nil
}

// arriving is what has arrived of a body.
type arriving struct {
	list    [][]byte // all full except the last
	total   int64
	charged int64
}

// grow adds a piece, or for a short body just what it needs. In each wait for memory
// others may come first, so the first piece is charged together with transferCost.
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

// room returns the free part of the last piece.
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
