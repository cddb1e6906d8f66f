package transfer

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// storedOptions reads what is stored of an import.
func storedOptions(i directory.Import) (info importInfo, o Options, err error) {
	if err := json.Unmarshal(i.Info, &info); err != nil {
		return info, o, err
	}
	if err := json.Unmarshal([]byte(i.Options), &o); err != nil {
		return info, o, err
	}
	return info, o, o.Check()
}

// Watch tells of the progress of an import until it has ended, and returns it
// then: at each change of its state and phase, and each second. An interrupted
// import has ended, unless this process goes on with those ([Importer.Work]).
// tell may be nil.
func (m *Importer) Watch(ctx context.Context, s *directory.Session, id string, tell func(Progress) error) (Import, error) {
	if tell == nil {
		tell = func(Progress) error { return nil }
	}
	w := &watcher{m: m, s: s, id: id, tell: tell}
	const lookEvery = 250 * time.Millisecond
	every := time.NewTicker(lookEvery)
	defer every.Stop()
	for {
		if r := m.running(id); r != nil && r.org == s.Org() {
			if err := w.follow(ctx, r); err != nil {
				return Import{}, err
			}
		}
		v, ended, err := w.look(ctx)
		switch {
		case err != nil:
			return Import{}, err
		case ended:
			return v, nil
		case m.running(id) != nil:
			continue
		}
		select {
		case <-every.C:
		case <-ctx.Done():
			return Import{}, ctx.Err()
		}
	}
}

type watcher struct {
	m    *Importer
	s    *directory.Session
	id   string
	last Progress  // that was told
	at   time.Time // when
	tell func(Progress) error
}

func (w *watcher) event(p Progress) error {
	w.last, w.at = p, time.Now()
	return w.tell(p)
}

// follow tells of an import that this process works on, until it does not any
// more.
func (w *watcher) follow(ctx context.Context, r *importRun) error {
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for next, tick, over := 0, false, false; ; {
		r.mu.Lock()
		events, changed := r.events[next:], r.changed
		if next = len(r.events); tick {
			events = append(slices.Clip(events), r.progressLocked())
		}
		r.mu.Unlock()
		for _, p := range events {
			if err := w.event(p); err != nil {
				return err
			}
		}
		if over {
			return nil
		}
		tick = false
		select {
		case <-changed:
		case <-r.ended:
			over = true
		case <-every.C:
			tick = true
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// look reads an import that another process works on, or that has ended, and
// tells of it if there is something to tell.
func (w *watcher) look(ctx context.Context) (v Import, ended bool, err error) {
	session := w.m.directory.Session(w.s.Caller(), "import", w.s.RequestID())
	stored, err := session.Import(ctx, w.id)
	if err != nil {
		return Import{}, false, err
	}
	if v, err = w.m.viewOf(session, stored); err != nil {
		return Import{}, false, err
	}
	p := progressOf(v, stored, session.Now())
	if p.State != w.last.State || p.Phase != w.last.Phase || v.EndedAt == nil && time.Since(w.at) >= time.Second {
		err = w.event(p)
	}
	return v, v.EndedAt != nil || v.State == string(directory.ImportInterrupted) && !w.m.takesOver.Load(), err
}

// progressOf is how far a stored import is, as its process has said last.
func progressOf(v Import, stored directory.Import, now time.Time) Progress {
	switch {
	case !stored.EndedAt.IsZero():
		now = stored.EndedAt
	case v.State != string(directory.ImportInterrupted):
		now = stored.Beat
	}
	p := Progress{Event: "progress", ImportID: v.ID, State: v.State, Phase: stored.Phase, Rows: v.Counts.Rows, Bytes: v.File.Bytes, BytesTotal: v.File.Bytes,
		Created: v.Counts.Created, Updated: v.Counts.Updated, Unchanged: v.Counts.Unchanged, Skipped: v.Counts.Skipped, Rejected: v.Counts.Rejected, Time: timeText(now)}
	info := importInfo{}
	if json.Unmarshal(stored.Info, &info) == nil && info.Read != nil {
		p.RowsTotal = &info.Total
	}
	return p
}
