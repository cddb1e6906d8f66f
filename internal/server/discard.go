package server

import (
	"io"
	"net/http"
	"time"
)

// How much of a body that is too long is read and thrown away: many clients look for
// the answer only after sending everything, and lose it if the connection is closed
// before (RFC 9112, 9.6).
const (
	discardMost = 32 << 20
	discardTime = 10 * time.Second
)

// discard reads the rest of a body that is too long; rest is nil if it is not. On
// HTTP/1.1 it flushes the answer first. The call has given its place back by then, the
// connection counts as waiting for its client, and the memory can be cut off like that
// of any body being received.
func (x *receiver) discard(w http.ResponseWriter, r *http.Request, rest io.Reader) {
	if rest == nil {
		return
	}
	control, end := http.NewResponseController(w), time.Now().Add(discardTime)
	_ = control.SetWriteDeadline(end.Add(transferLag)) // an answer that was sent is not late
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
