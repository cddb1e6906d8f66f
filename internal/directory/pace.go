package directory

import (
	"context"
	"time"
)

// Hold tells for how long a transaction kept others from writing.
type Hold struct {
	Worked time.Duration // until all but the commit was done
	Held   time.Duration // until the commit was answered

	ended time.Time
	calls int64 // transactions of others so far
}

// held is the hold of a transaction that has just ended. began is when its function did.
func (s *Session) held(worked time.Duration, began time.Time) Hold {
	now := time.Now()
	return Hold{Worked: worked, Held: now.Sub(began), ended: now, calls: s.dir.calls.Load()}
}

// How long one transaction of an import or an undo may hold the writer
// (docs/spec/import.md#transactions-of-an-import). What a commit takes is not known
// before, so there is room for it; where commits are slow, the work keeps a part of
// the time, or there would be little else than commits.
const (
	heldAtMost  = 8 * time.Millisecond
	workAtMost  = 4 * time.Millisecond
	workAtLeast = time.Millisecond
)

// While others make many calls, a long pause follows each transaction: a call waits
// for one or it does not, so that few of them, if not the shortest, are in the way of
// fewer calls than many short ones would be. Work that only reads takes processors
// away, and rests for less.
const (
	workBesideOthers = 3 * time.Millisecond
	pauses           = 20 // times as long as the transaction
	pausesOfReading  = 9  // times as long as it read
	pauseAtMost      = 400 * time.Millisecond
	lookForOthers    = 100 * time.Millisecond // how often
	manyOthers       = 5                      // transactions of others in that time: more than those of somebody who watches
	busyFor          = 500 * time.Millisecond // after many were seen
)

// Others tells work that takes long whether others make many calls meanwhile. The zero
// value knows of none yet. It is not safe for concurrent use.
type Others struct {
	looked  time.Time
	calls   int64 // until then
	quietAt time.Time
}

// many reports whether others make many calls, of so many until now.
func (o *Others) many(now time.Time, calls int64) bool {
	if since := now.Sub(o.looked); since >= lookForOthers {
		if !o.looked.IsZero() && float64(calls-o.calls)*float64(lookForOthers) >= manyOthers*float64(since) {
			o.quietAt = now.Add(busyFor)
		}
		o.looked, o.calls = now, calls
	}
	return now.Before(o.quietAt)
}

// Breath lets work that reads and reckons for long rest while others make many calls.
// It is not safe for concurrent use.
type Breath struct {
	Others Others

	began time.Time
}

// Take rests if it is time to, or returns the error of the context. Work calls it every
// few milliseconds.
func (b *Breath) Take(ctx context.Context, s *Session) error {
	now := time.Now()
	worked := now.Sub(b.began)
	switch {
	case b.began.IsZero() || !b.Others.many(now, s.dir.calls.Load()):
		b.began = now
	case worked >= workBesideOthers:
		defer func() { b.began = time.Now() }()
		return rest(ctx, min(pausesOfReading*worked, pauseAtMost))
	}
	return ctx.Err()
}

// Pace sizes the transactions of work that takes long, so that others can read and
// write in between. It is not safe for concurrent use.
type Pace struct {
	Size   int           // of the next transaction
	Most   int           // size at most
	Pause  time.Duration // before the next transaction
	Others Others

	commit time.Duration // what a commit takes
}

// Took learns from a transaction of n things.
func (p *Pace) Took(n int, h Hold) {
	if n == 0 || h.Worked <= 0 {
		return
	}
	commit := max(h.Held-h.Worked, 0)
	if p.commit > 0 {
		commit = (3*p.commit + commit) / 4
	}
	p.commit = commit
	work := min(max(heldAtMost-commit, workAtLeast), workAtMost)
	if p.Pause = 0; p.Others.many(h.ended, h.calls) {
		work, p.Pause = min(work, workBesideOthers), min(pauses*h.Held, pauseAtMost)
	}
	p.Size = min(max(1, int(int64(n)*int64(work)/int64(h.Worked))), 2*p.Size, p.Most)
}

// Rest waits for the pause, or returns the error of the context.
func (p *Pace) Rest(ctx context.Context) error { return rest(ctx, p.Pause) }

func rest(ctx context.Context, pause time.Duration) error {
	if pause == 0 {
		return ctx.Err()
	}
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
