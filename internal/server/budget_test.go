package server

import (
	"fmt"
	"runtime"
	"slices"
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

// Who waits for room is served in turn, and waits no longer than its client.
func TestWaitingForTheBudget(t *testing.T) {
	t.Parallel()
	b := newBudget(100, 0, nothing)
	begin := func() *holding { return b.hold(nil, func(time.Time) error { return nil }) }
	slow, leaves, first, second := begin(), begin(), begin(), begin()
	if !slow.grow(60) {
		t.Fatal("alone: got cut off")
	}
	gone := make(chan struct{})
	leaves.gone = gone
	waiting := func(n int) {
		for waits := 0; waits < n; {
			b.mu.Lock()
			waits = b.waiting.Len()
			b.mu.Unlock()
			runtime.Gosched()
		}
	}
	answers := make(chan string, 3)
	wait := func(name string, h *holding, n int64) {
		go func() { answers <- fmt.Sprint(name, h.grow(n)) }()
	}
	wait("leaves ", leaves, 45)
	waiting(1)
	wait("first ", first, 50)
	waiting(2)
	close(gone)
	if got := <-answers; got != "leaves false" {
		t.Errorf("its client has left: got %s, want an end", got)
	}
	wait("second ", second, 30) // would fit already, but is not its turn
	waiting(2)
	if used := b.held(); used != 60 {
		t.Errorf("before the slow one has let go: got %d bytes charged, want its 60", used)
	}
	slow.release()
	if got := []string{<-answers, <-answers}; !slices.Contains(got, "first true") || !slices.Contains(got, "second true") {
		t.Errorf("after the slow one has let go: got %v, want both granted", got)
	}
	for _, h := range []*holding{leaves, first, second} {
		h.release()
	}
	if b.used != 0 || b.leaving != 0 || b.wished != 0 || b.waiting.Len() != 0 {
		t.Errorf("at the end: got %d used, %d leaving, %d wished, want none", b.used, b.leaving, b.wished)
	}
}
