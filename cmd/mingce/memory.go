package main

import (
	"math/bits"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// memoryFloor is the lowest memory limit, however little of the heap is live. With it a
// process under a flood stays below 256 MiB (docs/spec/reliability.md#bounded-memory).
const memoryFloor = 144 << 20

// limitMemory makes the garbage collector run more often before the process takes more
// memory than it needs: without a limit the collector lets the heap double. It does nothing
// if GOMEMLIMIT is set. Call stop to end it.
func limitMemory() (stop func()) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	debug.SetMemoryLimit(memoryFloor)
	tick, done := time.NewTicker(time.Second), make(chan struct{})
	go func() {
		var w memoryWatch
		for {
			select {
			case <-tick.C:
				m := readMemory()
				debug.SetMemoryLimit(memoryLimit(m.alive))
				if w.isLeftOver(m) {
					debug.FreeOSMemory()
				}
			case <-done:
				return
			}
		}
	}()
	return func() {
		tick.Stop()
		close(done)
	}
}

// memoryState is the memory of the process at one moment.
type memoryState struct {
	alive     int64  // bytes of the heap that the last collection found in use
	held      int64  // bytes taken from the system and not given back
	cycles    uint64 // collections so far
	allocated uint64 // bytes allocated so far
}

func readMemory() memoryState {
	s := []metrics.Sample{
		{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"}, {Name: "/gc/cycles/total:gc-cycles"},
		{Name: "/gc/heap/allocs:bytes"},
	}
	metrics.Read(s)
	return memoryState{
		alive: int64(s[0].Value.Uint64()), held: int64(s[1].Value.Uint64() - s[2].Value.Uint64()), cycles: s[3].Value.Uint64(),
		allocated: s[4].Value.Uint64(),
	}
}

// memoryWatch follows a process from one second to the next.
type memoryWatch struct {
	last  memoryState
	quiet int // seconds
	// started is set once the process was quiet and gave back what its start needed.
	started bool
}

// isLeftOver reports whether the process is quiet but holds much memory, which the runtime
// would only give back over minutes. It does so again after 2, 4, 8 and up to 64 seconds,
// because clients may have kept memory live until then.
func (w *memoryWatch) isLeftOver(m memoryState) bool {
	if w.quiet++; m.cycles-w.last.cycles > 1 || m.allocated-w.last.allocated >= littleWork {
		w.quiet = 0
	}
	w.last = m
	if !w.started && w.quiet > 0 {
		w.started = true
		return true
	}
	return m.held > leftOver && bits.OnesCount(uint(w.quiet)) == 1 && w.quiet <= 64
}

const (
	// leftOver is how much memory of a quiet process is left alone.
	leftOver = 64 << 20
	// littleWork is how many bytes a quiet process allocates in a second.
	littleWork = 1 << 20
)

// memoryLimit leaves a quarter more than is live, so that collecting stays a small part of
// the work.
func memoryLimit(alive int64) int64 { return max(memoryFloor, alive+alive/4) }
