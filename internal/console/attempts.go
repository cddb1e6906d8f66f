package console

import (
	"strings"
	"sync"
	"time"
)

// attempts counts tries to log in, on this process. It is safe for concurrent
// use; its memory is bounded, and when it is full it forgets those who have not
// tried for an hour, or else all.
type attempts struct {
	now     func() time.Time
	mu      sync.Mutex
	buckets map[string]bucket
}

type bucket struct {
	left float64
	at   time.Time
}

const bucketsKept = 50_000

// allow takes one attempt at a name of an app's organisation from an address,
// or reports that there were too many.
func (a *attempts) allow(app, name, address string) bool {
	name = strings.ToLower(name)
	if len(name) > 128 {
		name = name[:128]
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	// One after the other: an attempt that an address may not make does not
	// count against the name.
	return a.take("address "+address, burstAddress, pauseAddress, now) &&
		a.take("here "+address+" "+app+" "+name, burstHere, pauseHere, now) &&
		a.take("name "+app+" "+name, burstName, pauseName, now)
}

func (a *attempts) take(key string, burst float64, pause time.Duration, now time.Time) bool {
	b, ok := a.buckets[key]
	if !ok {
		a.makeRoom(now)
		b = bucket{burst, now}
	}
	b.left = min(burst, b.left+max(0, float64(now.Sub(b.at))/float64(pause)))
	b.at = now
	allowed := b.left >= 1
	if allowed {
		b.left--
	}
	a.buckets[key] = b
	return allowed
}

// makeRoom forgets what an hour has refilled, or else everything.
func (a *attempts) makeRoom(now time.Time) {
	if a.buckets == nil {
		a.buckets = map[string]bucket{}
	}
	if len(a.buckets) < bucketsKept {
		return
	}
	for key, b := range a.buckets {
		if now.Sub(b.at) > time.Hour {
			delete(a.buckets, key)
		}
	}
	if len(a.buckets) >= bucketsKept {
		clear(a.buckets)
	}
}
