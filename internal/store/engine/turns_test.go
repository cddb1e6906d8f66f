package engine

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

// turnsWorld is a writer whose calls take a third of a turn each and record the
// order in which they run.
type turnsWorld struct {
	w   *writer
	at  time.Time
	ran []string
}

func newTurnsWorld(t *testing.T) *turnsWorld {
	x := &turnsWorld{w: loneWriter(t), at: time.Unix(0, 0)}
	x.w.turns.now = func() time.Time { return x.at }
	return x
}

func (x *turnsWorld) call(org, id string) *call {
	return &call{ctx: ctx, org: org, done: make(chan error, 1), fn: func(t *Tx) error {
		x.at = x.at.Add(minTurn/3 + 1)
		x.ran = append(x.ran, id)
		t.addItem(id, id, 0)
		return nil
	}}
}

// group runs one group and returns its calls.
func (x *turnsWorld) group() []string {
	x.ran = nil
	x.w.collect()
	x.w.serve(x.w.turns.next(x.w.max))
	return x.ran
}

func (x *turnsWorld) is(t *testing.T, want ...string) {
	t.Helper()
	if got := x.group(); !slices.Equal(got, want) {
		t.Errorf("got the group %v, want %v", got, want)
	}
}

func (x *turnsWorld) queue(org string, ids ...string) (calls []*call) {
	for _, id := range ids {
		c := x.call(org, id)
		calls = append(calls, c)
		x.w.queue <- c
	}
	return calls
}

// An organisation with many calls has one turn in a group while another waits,
// so the other's call does not wait for all of them.
func TestOrganisationsTakeTurnsInGroups(t *testing.T) {
	t.Parallel()
	x := newTurnsWorld(t)
	many := x.queue("a", "a1", "a2", "a3", "a4", "a5")
	one := x.queue("b", "b1")
	x.is(t, "a1", "b1", "a2")
	if len(one[0].done) != 1 || len(many[2].done) != 0 {
		t.Errorf("answered: b1 %d, a3 %d, want 1, 0", len(one[0].done), len(many[2].done))
	}
	x.queue("b", "b2")
	x.is(t, "a3", "b2", "a4")
	x.is(t, "a5")
	for _, c := range many {
		if err := <-c.done; err != nil {
			t.Error(err)
		}
	}
}

// Every organisation has its first call in the group, even if its turn takes
// long.
func TestFirstCallsShareAGroup(t *testing.T) {
	t.Parallel()
	x := newTurnsWorld(t)
	x.queue("a", "a1", "a2")
	for _, org := range []string{"b", "c", "d", "e"} {
		x.queue(org, org+"1")
	}
	x.is(t, "a1", "b1", "c1", "d1", "e1")
	x.is(t, "a2")
}

// Nobody else waits, so all calls share a commit.
func TestOneOrganisationHasTheWholeGroup(t *testing.T) {
	t.Parallel()
	x := newTurnsWorld(t)
	x.queue("a", "a1", "a2", "a3", "a4", "a5", "a6")
	x.is(t, "a1", "a2", "a3", "a4", "a5", "a6")
}

// A call that arrives while a group runs is in the next group, which begins
// soon.
func TestNewcomerEndsATurn(t *testing.T) {
	t.Parallel()
	x := newTurnsWorld(t)
	first := x.call("a", "a1")
	note := first.fn
	first.fn = func(t *Tx) error { x.queue("b", "b1"); return note(t) }
	x.w.queue <- first
	x.queue("a", "a2", "a3", "a4", "a5", "a6")
	x.is(t, "a1", "a2", "a3")
	x.is(t, "a4", "b1", "a5")
	x.is(t, "a6")
}

// If commits are slow, turns are as long: otherwise commits would take most of
// the time.
func TestTurnLastsAsLongAsACommit(t *testing.T) {
	t.Parallel()
	x := newTurnsWorld(t)
	x.w.fault = func() error { x.at = x.at.Add(2 * minTurn); return nil }
	x.queue("a", "a1")
	x.is(t, "a1")
	x.queue("a", "a2", "a3", "a4", "a5", "a6", "a7", "a8")
	x.queue("b", "b1")
	x.is(t, "a2", "b1", "a3", "a4", "a5", "a6")
	x.is(t, "a7", "a8")
}

// The caller can cancel a call that was put back.
func TestCallerLeavesAfterItsTurn(t *testing.T) {
	t.Parallel()
	x := newTurnsWorld(t)
	waiting, cancel := context.WithCancel(ctx)
	calls := x.queue("a", "a1", "a2", "a3", "a4")
	calls[3].ctx = waiting
	x.queue("b", "b1")
	x.is(t, "a1", "b1", "a2")
	if state := calls[3].state.Load(); state != queued {
		t.Errorf("got state %d, want %d", state, queued)
	}
	cancel()
	x.is(t, "a3")
	if err := <-calls[3].done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}
