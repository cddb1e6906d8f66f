package server

import (
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever requests do, and in whatever order others cut them off, the budget
// holds and nothing of it is lost.
func TestBudgetIsGivenBackWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := newBudget(100, 40, nothing)
		var all []*holding
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			if len(all) == 0 || rapid.IntRange(0, 3).Draw(t, "begin") == 0 {
				owner := []any{nil, "a", "b"}[rapid.IntRange(0, 2).Draw(t, "owner")]
				all = append(all, b.hold(owner, func(time.Time) error { return nil }))
			}
			i := rapid.IntRange(0, len(all)-1).Draw(t, "which")
			h := all[i]
			if h.ended { // as its goroutine does when it notices
				h.shrink(h.size / 2)
				h.release()
				continue
			}
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0, 1:
				// Who would have to wait for others would do so in its own goroutine.
				if n := rapid.Int64Range(1, 50).Draw(t, "bytes"); b.leaving == 0 && b.used+n <= b.most {
					h.grow(n)
				} else {
					b.makeRoom(h.owner, 1)
				}
			case 2:
				h.move(rapid.IntRange(0, 9).Draw(t, "moved"))
			case 3:
				h.shrink(h.size / 2)
			case 4:
				h.release()
			}
			if b.used > b.most || b.leaving > b.used || b.leaving < 0 {
				t.Fatalf("got %d used and %d leaving of %d", b.used, b.leaving, b.most)
			}
		}
		for _, h := range all {
			h.release()
			h.release()
		}
		if b.used != 0 || b.leaving != 0 || len(b.holders) != 0 || len(b.owners) != 0 {
			t.Fatalf("at the end: got %d used, %d leaving, %d holders, owners %v, want nothing", b.used, b.leaving, len(b.holders), b.owners)
		}
	})
}

// Many at once, more than fit: all end, one way or the other.
func TestBudgetUnderContention(t *testing.T) {
	t.Parallel()
	b := newBudget(1000, 0, nothing)
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			for range 200 {
				h := b.hold(nil, func(time.Time) error { return nil })
				for range 5 {
					if !h.grow(30) {
						break
					}
					h.move(30)
				}
				if h.keep() {
					h.shrink(50)
				}
				h.release()
			}
		})
	}
	all.Wait()
	if b.used != 0 || b.leaving != 0 {
		t.Errorf("at the end: got %d used and %d leaving, want none", b.used, b.leaving)
	}
}
