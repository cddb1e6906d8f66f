package server

import (
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	// fileWait is how long a client may take for the next piece of a file that it
	// sends or reads.
	fileWait = 30 * time.Second
	// maxFiles is how many files, and how many followers of imports, one process
	// serves at a time.
	maxFiles = 64
)

// isFilePath reports whether a path of our own API takes or answers files, or follows an
// import: their bodies and answers are too large to be kept in memory, as those of other
// calls are.
func isFilePath(p string) bool {
	rest, ok := strings.CutPrefix(p, "/mingce/v1/orgs/")
	if !ok {
		return false
	}
	parts := strings.Split(rest, "/")
	return len(parts) > 1 && (parts[1] == "imports" || parts[1] == "exports")
}

// serveFile passes a call on without keeping its body or its answer. The handler checks
// who calls before it reads the body.
func (h *handler) serveFile(f *route, w http.ResponseWriter, r *http.Request, c *connection) {
	c.begin()
	defer c.end()
	if why := f.refusal(h.guard, r); why != "" {
		writeError(w, http.StatusForbidden, "forbidden", why)
		return
	}
	if !f.places.enter(r.Context()) {
		h.metrics.refused.Inc()
		answerBusy(f.handler, w, r)
		return
	}
	defer f.places.leave()
	control := http.NewResponseController(w)
	r.Body = &patientBody{r.Body, control}
	f.handler.ServeHTTP(&patientAnswer{w, control}, r)
}

// patientBody gives the client time for each piece of a body.
type patientBody struct {
	io.ReadCloser
	control *http.ResponseController
}

func (b *patientBody) Read(p []byte) (int, error) {
	_ = b.control.SetReadDeadline(time.Now().Add(fileWait)) // not every connection has one
	return b.ReadCloser.Read(p)
}

// patientAnswer gives the client time for each piece of an answer.
type patientAnswer struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (a *patientAnswer) Write(p []byte) (int, error) {
	_ = a.control.SetWriteDeadline(time.Now().Add(fileWait))
	return a.ResponseWriter.Write(p)
}

// Unwrap lets [http.NewResponseController] find the connection.
func (a *patientAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
func (a *patientAnswer) Flush()                      { _ = a.control.Flush() }
