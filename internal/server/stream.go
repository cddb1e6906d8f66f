package server

import (
	"io"
	"net/http"
	"time"

	"github.com/mingce/mingce/internal/records"
)

// How many files are sent and received at once, how many wait for that, and how many
// callers follow events (docs/spec/json-api.md#streams).
const (
	maxFiles       = 64
	maxFilesQueued = 256
	maxFollowed    = 512
)

// streaming is an API of which some calls take or give streams.
type streaming interface {
	Streams(r *http.Request) records.Streaming
}

// streamPlaces bound the calls that are streams. They run beside the other calls, since a
// slow client holds its place as long as it likes to.
type streamPlaces struct{ files, followed *admission }

func newStreamPlaces() streamPlaces {
	return streamPlaces{newAdmission(maxFiles, maxFilesQueued), newAdmission(maxFollowed, 0)}
}

// of returns the places for a request; nil if it is no stream.
func (p streamPlaces) of(f *route, r *http.Request) *admission {
	s, ok := f.handler.(streaming)
	if !ok {
		return nil
	}
	switch s.Streams(r) {
	case records.FileStream:
		return p.files
	case records.EventStream:
		return p.followed
	}
	return nil
}

// stream answers a request whose body is not received before, and whose answer is not
// kept until the call is done.
func (h *handler) stream(f *route, places *admission, w http.ResponseWriter, r *http.Request, c *connection) {
	c.begin()
	defer c.end()
	if !places.enter(r.Context()) {
		h.metrics.refused.Inc()
		closeAfter(w, r)
		answerBusy(f.handler, w, r)
		return
	}
	control := http.NewResponseController(w)
	body := &pacedBody{body: r.Body, pace: pace{set: control.SetReadDeadline}}
	sent := r.Body
	_ = control.SetReadDeadline(time.Time{}) // net/http takes one that passes for a client that has left
	if sent == nil || sent == http.NoBody || r.ContentLength == 0 {
		body.ended = true
	} else {
		r.Body = body
	}
	func() { // the place is free before the rest of a body is waited for
		defer places.leave()
		f.handler.ServeHTTP(&pacedWriter{ResponseWriter: w, begin: func() {
			if !body.ended { // or net/http waits for the rest before it answers, however long that takes
				closeAfter(w, r)
			}
		}, pace: pace{set: control.SetWriteDeadline}}, r)
	}()
	_ = control.SetWriteDeadline(time.Now().Add(transferLag)) // for what net/http still keeps
	if !body.ended {
		h.receiver.discard(w, r, sent)
	}
}

// pace bounds how slow a client may be. Only the time that is spent waiting for it counts.
type pace struct {
	set  func(time.Time) error
	late time.Duration // how far it is behind the slowest speed
}

// move does a transfer of some bytes within the time that is left for it. There is no
// deadline between transfers: on HTTP/2 one that passes ends the stream.
func (p *pace) move(transfer func() (int, error)) (int, error) {
	begun := time.Now()
	_ = p.set(begun.Add(transferLag - p.late)) // writers in tests have no deadlines
	n, err := transfer()
	_ = p.set(time.Time{})
	p.late = max(0, p.late+time.Since(begun)-time.Duration(n)*time.Second/slowest)
	return n, err
}

// pacedBody is a body that must come at a certain speed.
type pacedBody struct {
	body  io.ReadCloser
	ended bool
	pace
}

func (b *pacedBody) Read(p []byte) (int, error) {
	n, err := b.move(func() (int, error) { return b.body.Read(p) })
	b.ended = b.ended || err != nil
	return n, err
}

func (b *pacedBody) Close() error { return b.body.Close() }

// pacedWriter is an answer that must be read at a certain speed.
type pacedWriter struct {
	http.ResponseWriter
	begin func() // called before the head of the answer is written
	begun bool
	pace
}

// WriteHeader implements [http.ResponseWriter].
func (w *pacedWriter) WriteHeader(status int) {
	if !w.begun {
		w.begun = true
		w.begin()
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *pacedWriter) Write(b []byte) (int, error) {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	total := 0
	for {
		n := min(len(b), piece)
		n, err := w.move(func() (int, error) { return w.ResponseWriter.Write(b[:n]) })
		total += n
		if b = b[n:]; err != nil || len(b) == 0 {
			return total, err
		}
	}
}

// FlushError implements what [http.ResponseController] looks for.
func (w *pacedWriter) FlushError() error {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	_, err := w.move(func() (int, error) { return 0, http.NewResponseController(w.ResponseWriter).Flush() })
	return err
}

// Unwrap implements what [http.ResponseController] looks for.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
