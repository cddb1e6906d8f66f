package engine

import (
	"testing"
	"time"
)

func TestCommits(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, sqliteOptions(t))
	callsBefore, heldBefore := s.Commits() // opening makes commits of one call
	w := s.engine.(*sqliteEngine).writer
	for _, n := range []int{1, 1, 2, 3, 4, 5, 256} {
		w.commits.add(n, time.Duration(n)*time.Millisecond)
	}
	calls, held := s.Commits()
	for _, c := range []struct {
		name          string
		before, after Histogram
		sum           float64
		want          map[float64]uint64
	}{
		{"calls", callsBefore, calls, 272, map[float64]uint64{1: 2, 2: 3, 4: 5, 8: 6, 128: 6, 256: 7}},
		{"seconds", heldBefore, held, .272, map[float64]uint64{.0005: 0, .001: 2, .002: 3, .005: 6, .2: 6, .5: 7, 1: 7}},
	} {
		if n, sum := c.after.Count-c.before.Count, c.after.Sum-c.before.Sum; n != 7 || sum < c.sum-1e-6 || sum > c.sum+1e-6 {
			t.Errorf("%s: got %d commits and a sum of %v, want 7 and %v", c.name, n, sum, c.sum)
		}
		for limit, want := range c.want {
			if got := c.after.UpTo[limit] - c.before.UpTo[limit]; got != want {
				t.Errorf("%s: got %d up to %v, want %d", c.name, got, limit, want)
			}
		}
	}
}

// TestCommitsHoldTheWriter writes once, and finds the commit among both histograms.
func TestCommitsHoldTheWriter(t *testing.T) {
	t.Parallel()
	s := withItems(t, mustOpen(t, sqliteOptions(t)))
	callsBefore, heldBefore := s.Commits()
	if err := s.Update(t.Context(), "a", func(t *Tx) error { t.addItem("1", "one", 1); return nil }); err != nil {
		t.Fatal(err)
	}
	calls, held := s.Commits()
	if calls.Count <= callsBefore.Count || held.Count <= heldBefore.Count || held.Sum <= heldBefore.Sum {
		t.Errorf("got %+v and %+v after %+v and %+v", calls, held, callsBefore, heldBefore)
	}
}
