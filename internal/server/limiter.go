package server

import (
	"hash/maphash"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/mingce/mingce/internal/api"
)

// Rate is how often a principal may call one operation. The zero value is
// unlimited.
type Rate struct {
	PerSecond float64
	Burst     float64
}

// DefaultRate is the documented rate of `mingce serve`
// (docs/spec/dingtalk.md#rate-of-calls).
var DefaultRate = Rate{PerSecond: 20, Burst: 40}

// limiter holds one token bucket per (principal, operation). Its memory is
// bounded: a full shard forgets buckets that have refilled, and if none has,
// all of its buckets, which errs in the caller's favour.
type limiter struct {
	rate   Rate
	now    func() time.Time
	seed   maphash.Seed
	shards [16]limiterShard
}

const bucketsPerShard = 4096

type limiterShard struct {
	mu      sync.Mutex
	buckets map[bucketKey]bucket
}

type bucketKey struct{ principal, operation string }

type bucket struct {
	tokens float64
	at     time.Time
}

func newLimiter(rate Rate, now func() time.Time) *limiter {
	return &limiter{rate: rate, now: now, seed: maphash.MakeSeed()}
}

// allow takes one token from the bucket, or returns the limit if there is none.
func (l *limiter) allow(principal, operation string) api.Throttle {
	key := bucketKey{principal, operation}
	shard := &l.shards[maphash.Comparable(l.seed, key)%uint64(len(l.shards))]
	now := l.now()

	shard.mu.Lock()
	defer shard.mu.Unlock()
	b, ok := shard.buckets[key]
	if !ok {
		shard.makeRoom(l.rate, now)
		b = bucket{l.rate.Burst, now}
		key = bucketKey{strings.Clone(principal), strings.Clone(operation)} // they may point into a request
	}
	b.tokens = l.rate.refill(b, now)
	b.at = now
	var over api.Throttle
	if b.tokens >= 1 {
		b.tokens--
	} else {
		over = api.Throttle{Limit: max(1, int(l.rate.PerSecond)), Until: now.Add(l.rate.until(1 - b.tokens))}
	}
	shard.buckets[key] = b
	return over
}

// until returns how long a bucket takes to gain that many tokens.
func (r Rate) until(tokens float64) time.Duration {
	return time.Duration(math.Ceil(tokens / r.PerSecond * float64(time.Second)))
}

// refill returns how many tokens the bucket has now. A clock that went back adds none.
func (r Rate) refill(b bucket, now time.Time) float64 {
	return min(r.Burst, b.tokens+max(0, now.Sub(b.at).Seconds())*r.PerSecond)
}

func (s *limiterShard) makeRoom(rate Rate, now time.Time) {
	if s.buckets == nil {
		s.buckets = map[bucketKey]bucket{}
	}
	if len(s.buckets) < bucketsPerShard {
		return
	}
	for key, b := range s.buckets {
		if rate.refill(b, now) >= rate.Burst {
			delete(s.buckets, key)
		}
	}
	if len(s.buckets) >= bucketsPerShard {
		clear(s.buckets)
	}
}
