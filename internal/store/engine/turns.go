package engine

import (
	"slices"
	"time"
)

// minTurn is how long a group works for organisations that have already had a
// call in it, while others wait. If a commit takes longer, so does the turn: at
// least half of the time then goes to calls.
const minTurn = time.Millisecond

// turns decides which waiting calls make up a group, so that others do not wait
// for all calls of a busy organisation. Only the writer's goroutine uses it.
type turns struct {
	now     func() time.Time
	waiting []*call // taken from the queue, not run yet, in order

	started time.Time     // of the current group
	commits time.Time     // start of the current commit
	took    time.Duration // duration of the last commit
}

func (t *turns) empty() bool { return len(t.waiting) == 0 }

func (t *turns) add(c *call) { t.waiting = append(t.waiting, c) }

// next removes and returns a group: the first call of each organisation, then
// the second of each, and so on. Calls of one organisation stay in order.
func (t *turns) next(most int) []*call {
	first := t.waiting[0].org
	if slices.ContainsFunc(t.waiting, func(c *call) bool { return c.org != first }) {
		rounds, round := map[string]int{}, make(map[*call]int, len(t.waiting))
		for _, c := range t.waiting {
			round[c] = rounds[c.org]
			rounds[c.org]++
		}
		slices.SortStableFunc(t.waiting, func(a, b *call) int { return round[a] - round[b] })
	}
	n := min(most, len(t.waiting))
	group := slices.Clone(t.waiting[:n])
	t.waiting = slices.Delete(t.waiting, 0, n)
	return group
}

// putBack returns calls that were taken for a group to the front of the waiting
// ones.
func (t *turns) putBack(calls []*call) {
	for _, c := range calls {
		c.state.Store(queued)
	}
	t.waiting = slices.Insert(t.waiting, 0, calls...)
}

// begin starts the clock of a group.
func (t *turns) begin() { t.started = t.now() }

// over reports whether a call must wait for the next group: ran holds a call of
// its organisation, the turn is used up, and another organisation is in the
// group or has arrived since. collect takes new arrivals from the queue.
func (t *turns) over(ran []*call, c *call, collect func()) bool {
	if t.now().Sub(t.started) < max(minTurn, t.took) || !slices.ContainsFunc(ran, func(r *call) bool { return r.org == c.org }) {
		return false
	}
	other := func(x *call) bool { return x.org != c.org }
	if slices.ContainsFunc(ran, other) {
		return true
	}
	known := len(t.waiting) // next would have put another's call into the group
	collect()
	return slices.ContainsFunc(t.waiting[known:], other)
}

func (t *turns) commit()    { t.commits = t.now() }
func (t *turns) committed() { t.took = t.now().Sub(t.commits) }
