package server

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// answer holds what a call answers until the call has given its place back. A
// client that does not read it then holds nobody up but itself.
type answer struct {
	w      http.ResponseWriter
	status int
	later  bool // is held back a moment
	body   []byte
}

var answers = sync.Pool{New: func() any { return new(answer) }}

// largestPooled is the longest answer whose memory serves again.
const largestPooled = 64 << 10

func newAnswer(w http.ResponseWriter) *answer {
	a := answers.Get().(*answer)
	a.w, a.status, a.later, a.body = w, 0, false, a.body[:0]
	return a
}

func (a *answer) Header() http.Header { return a.w.Header() }

// HoldBack is what [api.HoldBack] asks for.
func (a *answer) HoldBack() { a.later = true }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	a.body = append(a.body, b...)
	return len(b), nil
}

// send writes the answer to the client, and forgets it. What does not fit into a
// connection's own buffer, and what shares its connection with others, is charged
// to the budget of unread answers.
func (a *answer) send(r *http.Request, unread *budget) {
	defer a.forget()
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if h := a.w.Header(); len(a.body) > 0 && h.Get("Content-Length") == "" {
		h.Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	a.w.WriteHeader(a.status)
	head := headSize(r) // is kept until the answer is gone
	control := http.NewResponseController(a.w)
	if int64(len(a.body))+head <= firstRead && r.ProtoMajor == 1 {
		_ = control.SetWriteDeadline(due(time.Now(), int64(len(a.body)))) // not every writer has one: tests
		_, _ = a.w.Write(a.body)
		return
	}
	h := unread.hold(connectionOf(r), control.SetWriteDeadline)
	h.gone = r.Context().Done()
	defer h.release()
	if !h.grow(int64(cap(a.body)) + head + transferCost) {
		return
	}
	for rest := a.body; len(rest) > 0; {
		h.move(0)
		n := min(len(rest), piece)
		if _, err := a.w.Write(rest[:n]); err != nil {
			return
		}
		if err := control.Flush(); err != nil {
			return
		}
		h.move(n)
		rest = rest[n:]
	}
}

func (a *answer) forget() {
	a.w = nil
	if cap(a.body) <= largestPooled {
		answers.Put(a)
	}
}
