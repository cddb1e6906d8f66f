package server

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// How slowly a body may be sent and an answer read: after transferLag, at least
// slowest bytes a second on average.
const (
	slowest     = 8 << 10
	transferLag = 10 * time.Second
)

// transferCost is the memory that a transfer takes beside its bytes: a goroutine,
// headers, and the state of a stream.
const transferCost = 16 << 10

// due returns the time by which n bytes of a transfer must have moved.
func due(begun time.Time, n int64) time.Time {
	return begun.Add(transferLag + time.Duration(n)*time.Second/slowest)
}

// longAgo is a deadline that has passed.
var longAgo = time.Unix(1, 0)

// budget bounds the memory that callers hold, summed over all connections: bodies
// being sent, or answers not yet read. When it is used up, the slowest transfers are
// cut off first. It is safe for concurrent use.
type budget struct {
	most   int64  // bytes in all
	single int64  // bytes of one connection; 0: no limit but most
	cuts   func() // called for each transfer that is cut off

	mu      sync.Mutex
	queue   []*holding // waiting for memory, in order of arrival
	turns   int        // how many have been woken
	used    int64
	leaving int64 // the part of used that is cut off, but not given back yet
	holders map[*holding]struct{}
	owners  map[any]int64 // bytes by connection, if single is set
}

// holding is one request's share of a budget.
type holding struct {
	budget *budget
	owner  any // its connection, or nil
	// deadline sets the deadline of the request's reads or writes. One in the past
	// ends the transfer.
	deadline func(time.Time) error
	gone     <-chan struct{} // closed when the client has left; nil: not known
	since    time.Time

	// Guarded by the budget's lock.
	size  int64     // bytes charged
	moved int64     // bytes sent or received so far
	last  time.Time // when the last of them moved
	done  bool      // complete: its call may be running, so it is not cut off any more
	over  bool

	// While it waits: for how many bytes, since when, and the signal that ends the wait.
	need  int64
	waits time.Time
	turn  chan struct{}
}

func newBudget(most, single int64, cuts func()) *budget {
	return &budget{most: most, single: single, cuts: cuts, holders: map[*holding]struct{}{}, owners: map[any]int64{}}
}

// hold returns an empty holding for a request whose reads or writes deadline bounds.
// The caller must release it.
func (b *budget) hold(owner any, deadline func(time.Time) error) *holding {
	now := time.Now()
	h := &holding{budget: b, owner: owner, deadline: deadline, since: now, last: now}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.holders[h] = struct{}{}
	return h
}

// grow charges n more bytes. If others are cut off to make room, it waits until they
// have given their memory back, so that the budget is never exceeded. It returns false
// if the request has been cut off, by this call or before, or its client has left.
func (h *holding) grow(n int64) bool {
	b := h.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.single > 0 && h.owner != nil && b.owners[h.owner]+n > b.single {
		b.makeRoom(h.owner, n)
	}
	for !h.over && b.used+n > b.most {
		switch {
		case b.used-b.leaving+n <= b.most:
			b.wait(h, n)
		case !b.makeRoom(nil, n): // all others are complete
			b.cutOff(h)
		}
	}
	defer b.next() // there may be room for another
	if h.over {
		return false
	}
	b.charge(h, n)
	return true
}

// wait releases the lock until there is room for n bytes of h, or until h is cut off,
// which it also is when its client leaves. The time does not count as the client's
// slowness.
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
		if !h.over {
			b.cutOff(h)
		}
		select { // it may have been woken at the same moment
		case <-h.turn:
		default:
		}
	}
	now := time.Now()
	h.since, h.last, h.waits = h.since.Add(now.Sub(h.waits)), now, time.Time{}
}

// next wakes one waiting request, if there is room for it now or it has to make room:
// three times the newest, then once the oldest. Under overload, first come first
// served would make everybody wait long; this way most wait shortly, and none for ever.
// Only one is woken at a time: thousands at once would take the processors from calls.
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

// owe charges n bytes that are in memory already, so waiting would not help: without
// room for them the request itself is cut off, and owe returns false.
func (h *holding) owe(n int64) bool {
	b := h.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.used-b.leaving+n > b.most {
		b.makeRoom(nil, n)
	}
	if !h.over && b.used+n > b.most {
		b.cutOff(h)
	}
	defer b.next() // a waiting request may have to make room again
	if h.over {
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
	if h.over { // cut off: all of it was leaving
		h.budget.leaving -= n
	}
	h.budget.next()
}

// move records that n bytes moved, and extends the deadline for the next ones. A
// request that was cut off gets no more time: its next read or write fails.
func (h *holding) move(n int) {
	h.budget.mu.Lock()
	defer h.budget.mu.Unlock()
	if n > 0 {
		h.moved, h.last = h.moved+int64(n), time.Now()
	}
	if !h.over {
		_ = h.deadline(due(h.since, h.moved)) // writers in tests have no deadlines
	}
}

// complete protects the holding from being cut off, and lifts its deadline: net/http
// takes a deadline that passes during a call for a client that has left. It returns
// false if the holding was cut off before.
func (h *holding) complete() bool {
	h.budget.mu.Lock()
	defer h.budget.mu.Unlock()
	h.done = true
	if !h.over {
		_ = h.deadline(time.Time{}) // writers in tests have no deadlines
	}
	return !h.over
}

// release gives everything back. It may be called more than once.
func (h *holding) release() {
	b := h.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if h.over {
		b.leaving -= h.size
	}
	b.charge(h, -h.size)
	h.over = true
	delete(b.holders, h)
	if h.owner != nil && b.owners[h.owner] <= 0 {
		delete(b.owners, h.owner)
	}
	b.next()
}

// cutOff ends a request. Its memory is given back when it notices.
func (b *budget) cutOff(h *holding) {
	h.over = true
	b.leaving += h.size
	delete(b.holders, h)
	b.cuts()
	_ = h.deadline(longAgo)
	if i := slices.Index(b.queue, h); i >= 0 {
		b.queue = slices.Delete(b.queue, i, i+1)
		h.turn <- struct{}{}
	}
}

// makeRoom cuts off the slowest transfers to make room for n bytes: those of one owner
// until it is within its share, or with a nil owner of all until a sixteenth is free, so
// that the search is rare. It reports whether it cut off any.
func (b *budget) makeRoom(owner any, n int64) (made bool) {
	now := time.Now()
	var list []*holding
	for h := range b.holders {
		if !h.done && h.size > 0 && (owner == nil || h.owner == owner) {
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

// stall is how long a transfer may move no byte before it counts as stopped.
const stall = 250 * time.Millisecond

// slower orders transfers: first those that have stopped, the longest stopped first,
// then the others by speed. A transfer that begins counts as if its first piece took a
// tenth of a second.
func slower(now time.Time) func(a, b *holding) int {
	until := func(h *holding) time.Time { // waiting for memory does not count as slowness
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

// held returns the number of bytes charged now.
func (b *budget) held() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}
