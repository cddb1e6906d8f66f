package records

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/mingce/mingce/internal/transfer"
)

// eventStream is the media type of server-sent events.
const eventStream = "text/event-stream"

// commentEvery keeps proxies from closing a stream on which nothing happens.
const commentEvery = 15 * time.Second

// followImport tells of the progress of an import
// (docs/spec/json-api.md#events-of-an-import).
func (c *call) followImport() (*reply, error) {
	ctx, id := c.request.Context(), c.path["id"]
	if _, err := c.config.Importer.Get(ctx, c.session, id); err != nil {
		return nil, err
	}
	last, err := strconv.ParseInt(c.request.Header.Get("Last-Event-ID"), 10, 64)
	if err != nil || last < 0 || last > lastID {
		last = 0 // not an id of ours: all events are new
	}
	return &reply{status: http.StatusOK, stream: &stream{media: eventStream, write: func(w *streamWriter) error {
		e := &eventWriter{w: w, last: last}
		if err := w.flush(); err != nil { // whoever listens knows that it is connected
			return err
		}
		defer e.keepAlive()()
		watched, cancel := untilStop(ctx)
		defer cancel()
		v, err := c.config.Importer.Watch(watched, c.session, id, e.progress)
		switch {
		case isStopping(ctx) && errors.Is(err, context.Canceled):
			return e.comment("the server is stopping; follow again with Last-Event-ID")
		case err != nil:
			return err
		}
		return e.event(e.last+1, "done", v)
	}}}, nil
}

// lastID bounds ids that callers send back: a far time, so that ids can still grow.
const lastID = 1 << 52

// eventWriter writes events. The id of an event is its time in Unix milliseconds, so it has
// the same meaning for every process and after a restart. The end comes after everything.
type eventWriter struct {
	mu   sync.Mutex
	w    *streamWriter
	last int64
}

// progress tells what happened after the last event.
func (e *eventWriter) progress(p transfer.Progress) error {
	at, err := time.Parse(time.RFC3339, p.Time)
	if err != nil || at.UnixMilli() <= e.last {
		return err
	}
	return e.event(at.UnixMilli(), "progress", p)
}

func (e *eventWriter) event(id int64, name string, data any) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last = id
	text := append([]byte("id: "+strconv.FormatInt(id, 10)+"\nevent: "+name+"\ndata: "), asJSON(data)...)
	if _, err := e.w.Write(append(text, "\n\n"...)); err != nil {
		return err
	}
	return e.w.flush()
}

// comment writes what is no event.
func (e *eventWriter) comment(text string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, err := e.w.Write([]byte(": " + text + "\n\n")); err != nil {
		return err
	}
	return e.w.flush()
}

// keepAlive writes a comment every now and then until stop is called.
func (e *eventWriter) keepAlive() (stop func()) {
	done := make(chan struct{})
	var work sync.WaitGroup
	work.Go(func() {
		every := time.NewTicker(commentEvery)
		defer every.Stop()
		for {
			select {
			case <-done:
				return
			case <-every.C:
			}
			if err := e.comment("still here"); err != nil { // the next event fails, too
				return
			}
		}
	})
	return func() {
		close(done)
		work.Wait()
	}
}
