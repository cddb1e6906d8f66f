package api

import (
	"sync"
	"time"
)

// Trouble is what is known about one call that failed: enough to explain it to
// the caller one link away from the answer, and nothing personal.
type Trouble struct {
	RequestID string
	Time      time.Time
	Operation string
	Code      *Code
	Parameter string
	Rule      string
	Value     string // masked
}

// Troubles remembers the newest failed calls of this process, for the error
// pages. It is safe for concurrent use.
type Troubles struct {
	mu   sync.Mutex
	size int
	ring []Trouble
	next int
	byID map[string]int
}

// NewTroubles remembers up to size calls.
func NewTroubles(size int) *Troubles {
	return &Troubles{size: size, byID: map[string]int{}}
}

// Add remembers t, forgetting the oldest when full.
func (t *Troubles) Add(x Trouble) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.ring) < t.size {
		t.ring = append(t.ring, x)
	} else {
		delete(t.byID, t.ring[t.next].RequestID)
		t.ring[t.next] = x
	}
	t.byID[x.RequestID] = t.next
	t.next = (t.next + 1) % t.size
}

// Find returns the failed call with that request id.
func (t *Troubles) Find(requestID string) (Trouble, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i, ok := t.byID[requestID]
	if !ok {
		return Trouble{}, false
	}
	return t.ring[i], true
}
