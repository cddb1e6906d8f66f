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
	queue   []*holding // those that wait for memory to be given back, as they came
	turns   int        // how many of them have been woken
	used    int64
	leaving int64 // of used, what is cut off and not given back yet
	holders map[*holding]struct{}
	owners  map[any]int64 // bytes by connection, if single is set
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

	// Of one that waits: how much for, since when, and the sign that its turn has come.
	need  int64
	waits time.Time
	turn  chan struct{}
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
	defer b.mu.Unlock()
	if b.single > 0 && h.owner != nil && b.owners[h.owner]+n > b.single {
		b.makeRoom(h.owner, n)
	}
	for !h.ended && b.used+n > b.most {
		switch {
		case b.used-b.leaving+n <= b.most:
			b.wait(h, n)
		case !b.makeRoom(nil, n): // all else is kept
			b.cutOff(h)
		}
	}
	defer b.next() // there may be room for one more
	if h.ended {
		return false
	}
	b.charge(h, n)
	return true
}

// wait lets go of the lock until there is room for n bytes of h, or it was cut off,
// as one is whose client leaves. The wait is not the client's slowness.
func (b *budget) wait(h *holding, n int64) {
	if h.turn == nil {
		h.turn = make(chan struct{}, 1)
	}
	h.need, h.waits = n, time.Now()
	b.queue = append(b.queue, h)
	b.mu.Unlock()
	select {
	case <-h.turn:
		b.mu.Lock()
	case <-h.gone:
		b.mu.Lock()
		if !h.ended {
			b.cutOff(h)
		}
		select { // it may have been its turn in the same moment
		case <-h.turn:
		default:
		}
	}
	now := time.Now()
	h.since, h.last, h.waits = h.since.Add(now.Sub(h.waits)), now, time.Time{}
}

// next wakes one that waits, if it has room now or has to make some: three times
// the one that came last, then the one that came first. When more come than can be
// served, an order of arrival would let all of them wait long; this way most wait
// shortly, and none for ever. One is woken at a time: woken all at once, thousands
// would keep the processors from the calls of others.
func (b *budget) next() {
	if len(b.queue) == 0 {
		return
	}
	i := len(b.queue) - 1
	if b.turns%4 == 3 {
		i = 0
	}
	if h := b.queue[i]; b.used+h.need <= b.most || b.used-b.leaving+h.need > b.most {
		b.turns++
		b.queue = slices.Delete(b.queue, i, i+1)
		h.turn <- struct{}{}
	}
}

// owe charges n bytes that are in memory already, so that waiting would be no help:
// where there is no room yet, the request itself is cut off. It returns false then.
func (h *holding) owe(n int64) bool {
	b := h.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.used-b.leaving+n > b.most {
		b.makeRoom(nil, n)
	}
	if !h.ended && b.used+n > b.most {
		b.cutOff(h)
	}
	defer b.next() // the first that waits may have to make room again
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
	h.budget.next()
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
	b.next()
}

// cutOff ends a request; what it holds is given back when it notices.
func (b *budget) cutOff(h *holding) {
	h.ended = true
	b.leaving += h.size
	delete(b.holders, h)
	b.cuts()
	_ = h.deadline(longAgo)
	if i := slices.Index(b.queue, h); i >= 0 {
		b.queue = slices.Delete(b.queue, i, i+1)
		h.turn <- struct{}{}
	}
}

// makeRoom cuts off the slowest, for n bytes more: of one owner until it is within
// its share, of all until a sixteenth is free, so that they are not looked for
// with each byte. It reports whether there was one.
func (b *budget) makeRoom(owner any, n int64) (made bool) {
	now := time.Now()
	var list []*holding
	for h := range b.holders {
		if !h.kept && h.size > 0 && (owner == nil || h.owner == owner) {
			list = append(list, h)
		}
	}
	slices.SortFunc(list, slower(now))
	owned := b.owners[owner] + n
	for _, h := range list {
		if owner == nil && b.used-b.leaving+n <= b.most-b.most/16 || owner != nil && owned <= b.single {
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
	until := func(h *holding) time.Time { // a wait for memory is not the client's slowness
		if h.waits.IsZero() {
			return now
		}
		return h.waits
	}
	speed := func(h *holding) float64 { return float64(h.moved+piece) / (until(h).Sub(h.since).Seconds() + 0.1) }
	stopped := func(h *holding) bool { return until(h).Sub(h.last) > stall }
	return func(a, b *holding) int {
		stoppedA, stoppedB := stopped(a), stopped(b)
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
