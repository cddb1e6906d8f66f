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
	calls int64 // transactions of all callers so far, this one included
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
// fewer calls than many short ones would be.
const (
	workBesideOthers = 3 * time.Millisecond
	pauses           = 20 // times as long as the transaction
	pauseAtMost      = 400 * time.Millisecond
	lookForOthers    = 100 * time.Millisecond // how often
	manyOthers       = 5                      // transactions of others in that time: more than those of somebody who watches
	busyFor          = 500 * time.Millisecond // after many were seen
)

// Pace sizes the transactions of work that takes long, so that others can read and
// write in between. It is not safe for concurrent use.
type Pace struct {
	Size  int           // of the next transaction
	Most  int           // size at most
	Pause time.Duration // before the next transaction

	commit  time.Duration // what a commit takes
	looked  Hold          // when it was looked for others
	own     int64         // transactions since then
	quietAt time.Time     // others make many calls until then
}

// Took learns from a transaction of n things.
func (p *Pace) Took(n int, h Hold) {
	if n == 0 || h.Worked <= 0 {
		return
	}
	p.own++
	if since := h.ended.Sub(p.looked.ended); since >= lookForOthers {
		others := float64(h.calls - p.looked.calls - p.own)
		if !p.looked.ended.IsZero() && others*float64(lookForOthers) >= manyOthers*float64(since) {
			p.quietAt = h.ended.Add(busyFor)
		}
		p.looked, p.own = h, 0
	}
	commit := max(h.Held-h.Worked, 0)
	if p.commit > 0 {
		commit = (3*p.commit + commit) / 4
	}
	p.commit = commit
	work := min(max(heldAtMost-commit, workAtLeast), workAtMost)
	if p.Pause = 0; h.ended.Before(p.quietAt) {
		work, p.Pause = min(work, workBesideOthers), min(pauses*h.Held, pauseAtMost)
	}
	p.Size = min(max(1, int(int64(n)*int64(work)/int64(h.Worked))), 2*p.Size, p.Most)
}

// Rest waits for the pause, or returns the error of the context.
func (p *Pace) Rest(ctx context.Context) error {
	if p.Pause == 0 {
		return ctx.Err()
	}
	t := time.NewTimer(p.Pause)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
