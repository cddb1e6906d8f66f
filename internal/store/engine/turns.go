package engine

import (
	"slices"
	"time"
)

// leastTurn is how long a group may work for organisations that have had a call in
// it, while others wait. Where a commit takes longer, the turn does too: then half
// of the time is for calls at least.
const leastTurn = time.Millisecond

// turns decides which of the waiting calls make up a group, so that an organisation
// with many calls keeps no other waiting for all of them. Where only one has calls
// there is nothing to decide. Only the writer's goroutine uses it.
type turns struct {
	now     func() time.Time
	waiting []*call // taken from the queue and not run yet, in their order

	started time.Time     // the group
	commits time.Time     // when this group's commit began
	took    time.Duration // by the last commit
}

func (t *turns) nobody() bool { return len(t.waiting) == 0 }

func (t *turns) add(c *call) { t.waiting = append(t.waiting, c) }

// next takes out a group: the first call of each organisation, then the second of
// each, and so on. Calls of one organisation keep their order.
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

// putBack makes calls that were begun with a group wait again, before all others.
func (t *turns) putBack(calls []*call) {
	for _, c := range calls {
		c.state.Store(queued)
	}
	t.waiting = slices.Insert(t.waiting, 0, calls...)
}

// begin begins a group.
func (t *turns) begin() { t.started = t.now() }

// over reports whether a call is to wait for the next group: its organisation has
// had its turn in this one, of which these calls have run, and another is in it or
// has come meanwhile, as collect finds.
func (t *turns) over(ran []*call, c *call, collect func()) bool {
	if t.now().Sub(t.started) < max(leastTurn, t.took) || !slices.ContainsFunc(ran, func(r *call) bool { return r.org == c.org }) {
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
