package server

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// answer buffers the answer of a call until the call has given its place back, so
// that a client that does not read it delays nobody else.
type answer struct {
	w      http.ResponseWriter
	status int
	later  bool // send it a moment later
	body   []byte
}

var answers = sync.Pool{New: func() any { return new(answer) }}

// largestPooled is the largest buffer that is reused.
const largestPooled = 64 << 10

func newAnswer(w http.ResponseWriter) *answer {
	a := answers.Get().(*answer)
	a.w, a.status, a.later, a.body = w, 0, false, a.body[:0]
	return a
}

func (a *answer) Header() http.Header { return a.w.Header() }

// HoldBack implements what [api.HoldBack] looks for.
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

// send writes the answer to the client and releases its memory. An answer that does
// not fit into the connection's own buffer, or that shares its connection with others
// (HTTP/2), is charged to the budget of unread answers.
func (a *answer) send(r *http.Request, unread *budget) {
	defer a.forget()
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if h := a.w.Header(); len(a.body) > 0 && h.Get("Content-Length") == "" {
		h.Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	a.w.WriteHeader(a.status)
	head := headSize(r) // stays in memory until the answer is sent
	control := http.NewResponseController(a.w)
	if int64(len(a.body))+head <= firstRead && r.ProtoMajor == 1 {
		_ = control.SetWriteDeadline(due(time.Now(), int64(len(a.body)))) // writers in tests have no deadlines
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
