package server

import (
	"cmp"
	"container/list"
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

// transferCost is what a transfer takes beside its bytes: a goroutine, headers,
// and the state of a stream.
const transferCost = 16 << 10

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
	leaving int64 // of used, what is cut off and not given back yet
	holders map[*holding]struct{}
	owners  map[any]int64 // bytes by connection, if single is set
	waiting list.List     // of *wish, in the order in which they are granted
	wished  int64         // bytes of all that wait
}

// wish is what a holding waits for, until others have let go.
type wish struct {
	holding *holding
	bytes   int64
	over    chan struct{} // closed when it is granted, or its holding cut off
}

// holding is what one request holds of a budget.
type holding struct {
	budget *budget
	owner  any // its connection, or nil
	// deadline is of the request's reads or writes. One in the past ends it.
	deadline func(time.Time) error
	gone     <-chan struct{} // closed when its client has left; nil: not known
	since    time.Time

	// Guarded by the budget's lock.
	size  int64     // bytes charged
	moved int64     // bytes that came or went
	last  time.Time // when some did
	kept  bool      // it is complete: its call may be under way, so it is not cut off
	ended bool
	wish  *list.Element // what it waits for, or nil
}

func newBudget(most, single int64, cuts func()) *budget {
	return &budget{most: most, single: single, cuts: cuts, holders: map[*holding]struct{}{}, owners: map[any]int64{}}
}

// hold begins a holding of nothing, of a request whose reads or writes have that
// deadline.
func (b *budget) hold(owner any, deadline func(time.Time) error) *holding {
	now := time.Now()
	h := &holding{budget: b, owner: owner, deadline: deadline, since: now, last: now}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.holders[h] = struct{}{}
	return h
}

// grow charges n bytes more. Where others are cut off for them, it waits until
// they have let go: the budget holds at every moment. It returns false if the
// request has been cut off, by this call or before, or its client has left.
func (h *holding) grow(n int64) bool {
	b := h.budget
	b.mu.Lock()
	if b.single > 0 && h.owner != nil && b.owners[h.owner]+n > b.single {
		b.makeRoom(h.owner, n)
	}
	for !h.ended && b.used-b.leaving+b.wished+n > b.most {
		if !b.makeRoom(nil, n) { // all else is kept
			b.cutOff(h)
		}
	}
	if h.ended || b.used+b.wished+n <= b.most {
		defer b.mu.Unlock()
		if !h.ended {
			b.charge(h, n)
		}
		return !h.ended
	}
	w := &wish{h, n, make(chan struct{})}
	h.wish = b.waiting.PushBack(w)
	b.wished += n
	b.mu.Unlock()
	select {
	case <-w.over:
	case <-h.gone:
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if h.wish != nil { // it is not granted, and nobody waits for the answer
		b.cutOff(h)
	}
	return !h.ended
}

// grant gives those that wait what has been given back, each in its turn: a
// thousand that looked again with each byte would be all that the process does.
func (b *budget) grant() {
	for first := b.waiting.Front(); first != nil; first = b.waiting.Front() {
		w := first.Value.(*wish)
		if b.used+w.bytes > b.most {
			return
		}
		b.charge(w.holding, w.bytes)
		b.forgetWish(w.holding)
	}
}

// forgetWish ends the wait of a holding.
func (b *budget) forgetWish(h *holding) {
	if h.wish == nil {
		return
	}
	w := b.waiting.Remove(h.wish).(*wish)
	h.wish = nil
	b.wished -= w.bytes
	close(w.over)
}

// owe charges n bytes that are in memory already, so that waiting would be no help:
// where there is no room yet, the request itself is cut off. It returns false then.
func (h *holding) owe(n int64) bool {
	b := h.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.used-b.leaving+b.wished+n > b.most {
		b.makeRoom(nil, n)
	}
	if !h.ended && b.used+n > b.most {
		b.cutOff(h)
	}
	if h.ended {
		return false
	}
	b.charge(h, n)
	return true
}

func (b *budget) charge(h *holding, n int64) {
	h.size += n
	b.used += n
	if b.single > 0 && h.owner != nil {
		b.owners[h.owner] += n
	}
}

// shrink gives n bytes back.
func (h *holding) shrink(n int64) {
	h.budget.mu.Lock()
	defer h.budget.mu.Unlock()
	h.budget.charge(h, -n)
	if h.ended { // cut off: all of it was leaving
		h.budget.leaving -= n
	}
	h.budget.grant()
}

// move notes that n bytes came or went, and gives the request time for the next.
// A request that was cut off gets none: its next read or write fails.
func (h *holding) move(n int) {
	h.budget.mu.Lock()
	defer h.budget.mu.Unlock()
	if n > 0 {
		h.moved, h.last = h.moved+int64(n), time.Now()
	}
	if !h.ended {
		_ = h.deadline(due(h.since, h.moved)) // not every writer has one: tests
	}
}

// keep makes the holding one that is not cut off any more: it is complete, and its
// deadline is lifted, as net/http takes one that passes during a call for a client
// that has left. It returns false if it was cut off before.
func (h *holding) keep() bool {
	h.budget.mu.Lock()
	defer h.budget.mu.Unlock()
	h.kept = true
	if !h.ended {
		_ = h.deadline(time.Time{}) // not every writer has one: tests
	}
	return !h.ended
}

// release gives everything back. It may be called again.
func (h *holding) release() {
	b := h.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if h.ended {
		b.leaving -= h.size
	}
	b.charge(h, -h.size)
	h.ended = true
	delete(b.holders, h)
	if h.owner != nil && b.owners[h.owner] <= 0 {
		delete(b.owners, h.owner)
	}
	b.grant()
}

// cutOff ends a request; what it holds is given back when it notices.
func (b *budget) cutOff(h *holding) {
	h.ended = true
	b.leaving += h.size
	delete(b.holders, h)
	b.cuts()
	_ = h.deadline(longAgo)
	if h.wish != nil {
		b.forgetWish(h)
		b.grant() // to those behind it
	}
}

// makeRoom cuts off the slowest, for n bytes more: of one owner until it is within
// its share, of all until a sixteenth is free, so that they are not looked for
// with each byte. It reports whether there was one.
func (b *budget) makeRoom(owner any, n int64) (made bool) {
	now := time.Now()
	var list []*holding
	for h := range b.holders {
		if !h.kept && (h.size > 0 || h.wish != nil) && (owner == nil || h.owner == owner) {
			list = append(list, h)
		}
	}
	slices.SortFunc(list, slower(now))
	owned := b.owners[owner] + n
	for _, h := range list {
		if owner == nil && b.used-b.leaving+b.wished+n <= b.most-b.most/16 || owner != nil && owned <= b.single {
			break
		}
		owned -= h.size
		b.cutOff(h)
		made = true
	}
	return made
}

// stall is after how long without a byte a transfer is taken for one that has stopped.
const stall = 250 * time.Millisecond

// slower orders transfers: first those that have stopped, the longest ago first,
// then the others by their speed. What begins is as quick as one whose first
// piece took a tenth of a second.
func slower(now time.Time) func(a, b *holding) int {
	speed := func(h *holding) float64 { return float64(h.moved+piece) / (now.Sub(h.since).Seconds() + 0.1) }
	return func(a, b *holding) int {
		stoppedA, stoppedB := now.Sub(a.last) > stall, now.Sub(b.last) > stall
		switch {
		case stoppedA && stoppedB:
			return a.last.Compare(b.last)
		case stoppedA:
			return -1
		case stoppedB:
			return 1
		}
		return cmp.Compare(speed(a), speed(b))
	}
}

// held is how many bytes are charged now.
func (b *budget) held() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}
