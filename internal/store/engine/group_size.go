package engine

import (
	"math/bits"
	"sync/atomic"
)

// groupSizes counts commits by the number of calls that shared them: one
// counter for each power of two up to maxGroup.
type groupSizes struct {
	commits [9]atomic.Uint64
	calls   atomic.Uint64
}

func (g *groupSizes) add(calls int) {
	g.commits[min(bits.Len(uint(calls-1)), len(g.commits)-1)].Add(1)
	g.calls.Add(uint64(calls))
}

// GroupSizes tells how many calls shared a commit since the start, on SQLite:
// the number of commits, the number of calls, and for each limit the number of
// commits with at most that many calls. It is zero on PostgreSQL, where every
// call has its own commit.
func (db *DB) GroupSizes() (commits, calls uint64, upTo map[float64]uint64) {
	upTo = map[float64]uint64{}
	e, ok := db.engine.(*sqliteEngine)
	if !ok || e.writer == nil {
		return 0, 0, upTo
	}
	for i := range e.writer.sizes.commits {
		commits += e.writer.sizes.commits[i].Load()
		upTo[float64(uint(1)<<i)] = commits
	}
	return commits, e.writer.sizes.calls.Load(), upTo
}
