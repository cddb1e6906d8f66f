package main

import (
	"math/bits"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// memoryFloor is up to where the heap may grow without regard to how much of it
// is alive: a process that strangers flood stays under 256 MiB
// (docs/spec/reliability.md#bounded-memory).
const memoryFloor = 144 << 20

// limitMemory makes the garbage collector work harder before the process takes
// more memory, and leaves one that really holds much its room: without it the
// collector lets a heap double. Who sets GOMEMLIMIT decides. The function
// returned ends it.
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

// memoryState is what the process has at one moment.
type memoryState struct {
	alive     int64  // bytes of the heap that the last collection found in use
	held      int64  // bytes that the system has given and not got back
	cycles    uint64 // collections so far
	allocated uint64 // bytes so far
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
	quiet int // for so many seconds
	// started: it has been quiet once, and gave back what the start needed.
	started bool
}

// isLeftOver reports that a process has become quiet and holds much: the runtime
// alone collects and gives back over minutes. It does so again after 2, 4, 8 and up to
// 64 seconds, as clients may still hold what was found alive.
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
	// leftOver is what a quiet process may hold without being looked at.
	leftOver = 64 << 20
	// littleWork is how many bytes a quiet process allocates in a second.
	littleWork = 1 << 20
)

// memoryLimit leaves a quarter as much again as is alive, so that collecting stays a
// small part of the work.
func memoryLimit(alive int64) int64 { return max(memoryFloor, alive+alive/4) }
