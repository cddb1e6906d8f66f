package server

import (
	"context"
	"sync/atomic"
)

// How many calls run at once and how many may wait
// (docs/spec/reliability.md#places-for-calls).
const (
	maxInFlight = 512
	maxQueued   = 1024
)

// admission bounds how many calls run and how many wait. It is safe for concurrent
// use.
type admission struct {
	slots  chan struct{}
	queued atomic.Int64
	most   int64
}

func newAdmission(inFlight, queued int) *admission {
	return &admission{slots: make(chan struct{}, inFlight), most: int64(queued)}
}

// enter waits for a place. It returns false at once if too many wait already, and
// when ctx is done. After true, the caller must leave.
func (a *admission) enter(ctx context.Context) bool {
	select {
	case a.slots <- struct{}{}:
		return true
	default:
	}
	defer a.queued.Add(-1)
	if a.queued.Add(1) > a.most {
		return false
	}
	select {
	case a.slots <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (a *admission) leave() { <-a.slots }

func (a *admission) inFlight() int { return len(a.slots) }
