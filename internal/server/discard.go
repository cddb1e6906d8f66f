package server

import (
	"io"
	"net/http"
	"time"
)

// What is read on and thrown away of a body that is too long: many clients look for
// an answer only when they have sent all, and lose it with a connection that is
// closed before (RFC 9112, 9.6).
const (
	discardMost = 32 << 20
	discardTime = 10 * time.Second
)

// discard reads the rest of a body that is too long; nil is of another. On HTTP/1.1 it
// first sends what there is of the answer. The call has given its place back; its
// connection is one that waits for its client, and its memory makes room for others'
// like that of a body that comes.
func (x *receiver) discard(w http.ResponseWriter, r *http.Request, rest io.Reader) {
	if rest == nil {
		return
	}
	control, end := http.NewResponseController(w), time.Now().Add(discardTime)
	_ = control.SetWriteDeadline(end.Add(transferLag)) // an answer that is gone is not late
	if r.ProtoMajor == 1 && control.Flush() != nil {
		return
	}
	h := x.budget.hold(connectionOf(r), func(t time.Time) error {
		if t.After(end) {
			t = end
		}
		return control.SetReadDeadline(t)
	})
	defer h.release()
	h.move(0)
	if !h.owe(firstRead + transferCost) {
		return
	}
	for room, total := make([]byte, firstRead), 0; total < discardMost; {
		n, err := rest.Read(room)
		if err != nil {
			return
		}
		total += n
		h.move(n)
	}
}
