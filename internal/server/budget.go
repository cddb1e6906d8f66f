package server

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// How slowly a body may come and an answer may be read: after a lag, at least
// so many bytes a second since the beginning.
const (
	slowest     = 8 << 10
	transferLag = 10 * time.Second
)

// due is until when n bytes must have moved of a transfer that began at a time.
func due(begun time.Time, n int64) time.Time {
	return begun.Add(transferLag + time.Duration(n)*time.Second/slowest)
}

// longAgo is a deadline that has passed.
var longAgo = time.Unix(1, 0)

// budget bounds the memory that callers hold, in sum over all connections: the
// bodies that they send and the answers that they have not read. Above it those
// that move slowest are cut off first. It is safe for concurrent use.
type budget struct {
	most   int64  // bytes of all
	single int64  // bytes of one connection; 0: as all
	cuts   func() // called for each that is cut off

	mu      sync.Mutex
	used    int64
	holders map[*holding]struct{}
	owners  map[any]int64 // bytes by connection, if single is set
}

// holding is what one request holds of a budget.
type holding struct {
	budget *budget
	owner  any // its connection, or nil
	// deadline is of the request's reads or writes. One in the past ends it.
	deadline func(time.Time) error
	since    time.Time

	// Guarded by the budget's lock.
	size  int64 // bytes charged
	moved int64 // bytes that came or went
	kept  bool  // it is complete: its call may be under way, so it is not cut off
	ended bool
}

func newBudget(most, single int64, cuts func()) *budget {
	return &budget{most: most, single: single, cuts: cuts, holders: map[*holding]struct{}{}, owners: map[any]int64{}}
}

// hold begins a holding of nothing, of a request whose reads or writes have that
// deadline.
func (b *budget) hold(owner any, deadline func(time.Time) error) *holding {
	h := &holding{budget: b, owner: owner, deadline: deadline, since: time.Now()}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.holders[h] = struct{}{}
	return h
}

// grow charges n bytes more. It returns false if the request has been cut off,
// by this call or before.
func (h *holding) grow(n int64) bool {
	b := h.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if h.ended {
		return false
	}
	h.size += n
	b.used += n
	if b.single > 0 && h.owner != nil {
		if b.owners[h.owner] += n; b.owners[h.owner] > b.single {
			b.makeRoom(h.owner)
		}
	}
	if b.used > b.most {
		b.makeRoom(nil)
	}
	return !h.ended
}

// move notes that n bytes came or went, and gives the request time for the next.
// A request that was cut off gets none: its next read or write fails.
func (h *holding) move(n int) {
	h.budget.mu.Lock()
	defer h.budget.mu.Unlock()
	h.moved += int64(n)
	if !h.ended {
		_ = h.deadline(due(h.since, h.moved)) // not every writer has one: tests
	}
}

// keep makes the holding one that is not cut off any more. It returns false if
// it was before.
func (h *holding) keep() bool {
	h.budget.mu.Lock()
	defer h.budget.mu.Unlock()
	h.kept = true
	return !h.ended
}

// release gives everything back. It returns false if the request was cut off.
func (h *holding) release() bool {
	h.budget.mu.Lock()
	defer h.budget.mu.Unlock()
	if h.ended {
		return false
	}
	h.budget.drop(h)
	return true
}

func (b *budget) drop(h *holding) {
	h.ended = true
	b.used -= h.size
	delete(b.holders, h)
	if b.single > 0 && h.owner != nil {
		if b.owners[h.owner] -= h.size; b.owners[h.owner] <= 0 {
			delete(b.owners, h.owner)
		}
	}
}

// makeRoom cuts off the slowest: of one owner until it is within its share, of
// all until a sixteenth is free, so that they are not looked for with each byte.
func (b *budget) makeRoom(owner any) {
	now := time.Now()
	var list []*holding
	for h := range b.holders {
		if !h.kept && h.size > 0 && (owner == nil || h.owner == owner) {
			list = append(list, h)
		}
	}
	slices.SortFunc(list, func(a, b *holding) int { return cmp.Compare(a.speed(now), b.speed(now)) })
	for _, h := range list {
		if owner == nil && b.used <= b.most-b.most/16 || owner != nil && b.owners[owner] <= b.single {
			return
		}
		b.drop(h)
		b.cuts()
		_ = h.deadline(longAgo)
	}
}

// speed is in bytes a second. Nobody is slow in the first tenth of a second.
func (h *holding) speed(now time.Time) float64 {
	return float64(h.moved) / (now.Sub(h.since).Seconds() + 0.1)
}

// held is how many bytes are charged now.
func (b *budget) held() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}
