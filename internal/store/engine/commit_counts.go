package engine

import (
	"sync/atomic"
	"time"
)

// Histogram counts values: how many, their sum, and for each limit how many are at most
// that.
type Histogram struct {
	Count uint64
	Sum   float64
	UpTo  map[float64]uint64
}

// Commits tells about the commits since the start, on SQLite: how many calls shared
// each, and for how many seconds each held the writer. Both are empty on PostgreSQL,
// where every call has its own commit.
func (db *DB) Commits() (calls, seconds Histogram) {
	if e, ok := db.engine.(*sqliteEngine); ok && e.writer != nil {
		return e.writer.commits.calls.read(1), e.writer.commits.held.read(float64(time.Second))
	}
	return Histogram{UpTo: map[float64]uint64{}}, Histogram{UpTo: map[float64]uint64{}}
}

type commitCounts struct{ calls, held counter }

func newCommitCounts() commitCounts {
	ms := int64(time.Millisecond)
	return commitCounts{
		calls: newCounter(1, 2, 4, 8, 16, 32, 64, 128, 256),
		held:  newCounter(ms/2, ms, 2*ms, 5*ms, 10*ms, 20*ms, 50*ms, 100*ms, 200*ms, 500*ms, 1000*ms),
	}
}

func (c *commitCounts) add(calls int, held time.Duration) {
	c.calls.add(int64(calls))
	c.held.add(int64(held))
}

// counter is a histogram that one goroutine adds to while others read it.
type counter struct {
	limits []int64
	counts []atomic.Uint64 // of the values at most each limit, and above all
	sum    atomic.Int64
}

func newCounter(limits ...int64) counter {
	return counter{limits: limits, counts: make([]atomic.Uint64, len(limits)+1)}
}

func (c *counter) add(value int64) {
	i := 0
	for i < len(c.limits) && value > c.limits[i] {
		i++
	}
	c.counts[i].Add(1)
	c.sum.Add(value)
}

// read returns the histogram in the given unit.
func (c *counter) read(unit float64) Histogram {
	h := Histogram{Sum: float64(c.sum.Load()) / unit, UpTo: make(map[float64]uint64, len(c.limits))}
	for i := range c.counts {
		h.Count += c.counts[i].Load()
		if i < len(c.limits) {
			h.UpTo[float64(c.limits[i])/unit] = h.Count
		}
	}
	return h
}
