package records

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// Streaming says how a call holds its connection.
type Streaming uint8

// The ways.
const (
	NoStream    Streaming = iota
	FileStream            // it receives or sends a file
	EventStream           // it tells of events until somebody leaves
)

// Streams says how a request will be answered, so that a server can give the call a
// body that was not read, and a writer that keeps nothing back
// (docs/spec/json-api.md#streams).
func (a *API) Streams(r *http.Request) Streaming {
	segments, ok := segmentsOf(r.URL)
	if !ok {
		return NoStream
	}
	found, _, _ := a.table.find(r.Method, segments)
	if found == nil {
		return NoStream
	}
	return found.streaming
}

// stream is an answer that is written piece by piece.
type stream struct {
	media    string
	name     string // of the file; "": it is none
	trailers []string
	write    func(*streamWriter) error
}

// streamWriter writes a stream. The head of the answer is sent with the first byte:
// until then the call can still be refused.
type streamWriter struct {
	call   *call
	w      http.ResponseWriter
	answer *reply
	begun  bool
}

var _ io.Writer = (*streamWriter)(nil)

func (s *streamWriter) begin() {
	if s.begun {
		return
	}
	s.begun = true
	h, of := s.w.Header(), s.answer.stream
	if of.name != "" {
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": of.name}))
	}
	if len(of.trailers) > 0 {
		h.Set("Trailer", strings.Join(of.trailers, ", "))
	}
	s.call.begin(s.w, s.answer.status, of.media)
}

func (s *streamWriter) Write(b []byte) (int, error) {
	s.begin()
	return s.w.Write(b)
}

// flush sends what is written.
func (s *streamWriter) flush() error {
	s.begin()
	err := http.NewResponseController(s.w).Flush()
	if errors.Is(err, http.ErrNotSupported) { // a writer that keeps nothing back
		return nil
	}
	return err
}

// trailer sets a header that follows the body.
func (s *streamWriter) trailer(name, value string) { s.w.Header().Set(name, value) }

// sendStream writes a stream. What fails after its beginning cannot be told any more:
// the connection is broken off, so that nobody takes the part for the whole.
func (c *call) sendStream(w http.ResponseWriter, a *reply) {
	s := &streamWriter{call: c, w: w, answer: a}
	if c.request.Method == http.MethodHead {
		s.begin()
		return
	}
	err := a.stream.write(s)
	switch {
	case err == nil:
		s.begin()
	case !s.begun:
		c.fail(w, err)
	default:
		if !errors.Is(err, context.Canceled) && c.request.Context().Err() == nil {
			c.config.Log.Warn("an answer was broken off", "path", c.request.URL.Path, "request", c.id, "error", err)
		}
		panic(http.ErrAbortHandler)
	}
}

// mediaTypes are the types of answers with a status, for the document.
func (a *answerOf) mediaTypes() []string {
	if a.shape == nil {
		return a.media
	}
	return append(slices.Clone(a.media), "application/json")
}
