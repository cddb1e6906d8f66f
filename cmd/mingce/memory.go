package main

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// memoryFloor is up to where the heap may grow without regard to how much of it
// is alive: a process that strangers flood stays under 256 MiB (P35).
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
		alive := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		for {
			select {
			case <-tick.C:
				metrics.Read(alive)
				debug.SetMemoryLimit(memoryLimit(int64(alive[0].Value.Uint64())))
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

// memoryLimit leaves a quarter as much again as is alive, so that collecting stays a
// small part of the work.
func memoryLimit(alive int64) int64 { return max(memoryFloor, alive+alive/4) }
