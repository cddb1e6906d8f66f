package transfer

import (
	"context"
	"encoding/json"
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
// then: at each change of its state and phase, and each second. n is the number
// of the event, from 1; events up to after are left out. tell may be nil.
func (m *Importer) Watch(ctx context.Context, s *directory.Session, id string, after int, tell func(n int, p Progress) error) (Import, error) {
	if tell == nil {
		tell = func(int, Progress) error { return nil }
	}
	if _, err := s.Import(ctx, id); err != nil {
		return Import{}, err
	}
	w := &watcher{m: m, s: m.directory.Session(s.Caller(), "import", s.RequestID()), id: id, told: after, tell: tell}
	r := m.running(id)
	if r == nil || r.org != s.Org() {
		return w.fromStore(ctx)
	}
	if err := w.fromRun(ctx, r); err != nil {
		return Import{}, err
	}
	return m.Get(ctx, s, id)
}

type watcher struct {
	m    *Importer
	s    *directory.Session
	id   string
	n    int // of the last event
	told int // events up to this are not told
	tell func(int, Progress) error
}

func (w *watcher) event(p Progress) error {
	if w.n++; w.n <= w.told {
		return nil
	}
	return w.tell(w.n, p)
}

// fromRun tells of an import that this process works on.
func (w *watcher) fromRun(ctx context.Context, r *importRun) error {
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for next, due := 0, false; ; {
		r.mu.Lock()
		events, changed := r.events[next:], r.changed
		next = len(r.events)
		if due && len(events) == 0 { // what is told is never older than what was told before
			events = []Progress{r.progressLocked()}
		}
		due = false
		r.mu.Unlock()
		for _, p := range events {
			if err := w.event(p); err != nil {
				return err
			}
		}
		select {
		case <-changed:
		case <-r.ended:
			r.mu.Lock()
			events := r.events[next:]
			r.mu.Unlock()
			for _, p := range events {
				if err := w.event(p); err != nil {
					return err
				}
			}
			return nil
		case <-every.C:
			due = true
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// fromStore tells of an import that another process works on, or that has ended.
func (w *watcher) fromStore(ctx context.Context) (Import, error) {
	const lookEvery = 250 * time.Millisecond
	every := time.NewTicker(lookEvery)
	defer every.Stop()
	var last Progress
	for looks := 0; ; looks++ {
		session := w.m.directory.Session(w.s.Caller(), "import", w.s.RequestID())
		stored, err := session.Import(ctx, w.id)
		if err != nil {
			return Import{}, err
		}
		v, err := w.m.viewOf(session, stored)
		if err != nil {
			return Import{}, err
		}
		now := session.Now()
		if !stored.EndedAt.IsZero() {
			now = stored.EndedAt // it is no news to who has seen the end
		}
		p := progressOf(v, stored, now)
		ended := !stored.EndedAt.IsZero() || v.State == string(directory.ImportInterrupted)
		if changed := p.State != last.State || p.Phase != last.Phase; changed || looks%4 == 0 || ended {
			if last = p; ended && !changed && looks > 0 {
				return v, nil
			}
			if err := w.event(p); err != nil {
				return Import{}, err
			}
		}
		if ended {
			return v, nil
		}
		select {
		case <-every.C:
		case <-ctx.Done():
			return Import{}, ctx.Err()
		}
	}
}

// progressOf is how far a stored import is.
func progressOf(v Import, stored directory.Import, now time.Time) Progress {
	p := Progress{Event: "progress", ImportID: v.ID, State: v.State, Phase: stored.Phase, Rows: v.Counts.Rows, Bytes: v.File.Bytes, BytesTotal: v.File.Bytes,
		Created: v.Counts.Created, Updated: v.Counts.Updated, Unchanged: v.Counts.Unchanged, Skipped: v.Counts.Skipped, Rejected: v.Counts.Rejected, Time: timeText(now)}
	info := importInfo{}
	if json.Unmarshal(stored.Info, &info) == nil && info.Read != nil {
		p.RowsTotal = &info.Total
	}
	return p
}
