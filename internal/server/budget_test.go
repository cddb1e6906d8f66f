package server

import (
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever requests do, and in whatever order they are cut off, the budget is never
// exceeded and everything is given back.
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
			if h.over { // as its goroutine does when it notices
				h.shrink(h.size / 2)
				h.release()
				continue
			}
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0, 1:
				// grow would block if it had to wait for others.
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

// More requests at once than fit all end, one way or the other.
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
				if h.complete() {
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

// Memory that is given back wakes one waiting request only: waking thousands at once
// would be a flood of its own. Most wait shortly, none for ever.
func TestBudgetWakesOneAfterAnother(t *testing.T) {
	t.Parallel()
	b := newBudget(500, 0, nothing)
	begin := func() *holding { return b.hold(nil, func(time.Time) error { return nil }) }
	leaves := begin()
	leaves.grow(500)
	b.mu.Lock()
	b.cutOff(leaves) // so the others wait for it instead of cutting off more
	b.mu.Unlock()
	got := make(chan int)
	for i := range 8 {
		h := begin()
		go func() {
			h.grow(40)
			h.complete()
			got <- i
		}()
		waitFor(t, b, i+1)
	}
	var order []int
	for left := 7; left >= 0; left-- {
		leaves.shrink(40)
		order = append(order, <-got)
		waitFor(t, b, left)
	}
	if want := []int{7, 6, 5, 0, 4, 3, 2, 1}; !slices.Equal(order, want) {
		t.Errorf("got %v woken, want %v", order, want)
	}
}

// A request waits no longer than its client.
func TestBudgetEndsWaitsOfClientsThatHaveLeft(t *testing.T) {
	t.Parallel()
	b := newBudget(100, 0, nothing)
	leaves, waits := b.hold(nil, func(time.Time) error { return nil }), b.hold(nil, func(time.Time) error { return nil })
	leaves.grow(60)
	b.mu.Lock()
	b.cutOff(leaves)
	b.mu.Unlock()
	gone := make(chan struct{})
	waits.gone = gone
	granted := make(chan bool)
	go func() { granted <- waits.grow(50) }()
	waitFor(t, b, 1)
	close(gone)
	if <-granted {
		t.Error("its client has left: got room, want an end")
	}
	waits.release()
	leaves.release()
	if b.used != 0 || b.leaving != 0 || len(b.queue) != 0 {
		t.Errorf("at the end: got %d used, %d leaving, %d waiting, want none", b.used, b.leaving, len(b.queue))
	}
}

// Waiting for memory does not count as slowness: transfers that have stopped are cut off
// before a request that waits, however long it waits.
func TestAWaitIsNotSlowness(t *testing.T) {
	t.Parallel()
	now := time.Now()
	waits := &holding{since: now.Add(-time.Minute), last: now.Add(-time.Minute), waits: now.Add(-time.Minute)}
	slow := &holding{since: now.Add(-2 * time.Second), last: now.Add(-time.Second)}
	if slower(now)(slow, waits) >= 0 || slower(now)(waits, slow) <= 0 {
		t.Error("got the one that waits first, want the one that has stopped")
	}
}

// waitFor returns when so many wait.
func waitFor(t *testing.T, b *budget, want int) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; runtime.Gosched() {
		b.mu.Lock()
		n := len(b.queue)
		b.mu.Unlock()
		if n == want {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("got %d waiting, want %d", n, want)
		}
	}
}
