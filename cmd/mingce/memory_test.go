package main

import "testing"

func TestMemoryFollowsWhatIsAlive(t *testing.T) {
	t.Parallel()
	const mib = 1 << 20
	for alive, want := range map[int64]int64{20 * mib: memoryFloor, 100 * mib: memoryFloor, 400 * mib: 500 * mib} {
		if got := memoryLimit(alive); got != want {
			t.Errorf("limit with %d MiB alive: got %d MiB, want %d", alive/mib, got/mib, want/mib)
		}
	}
	var w memoryWatch
	for i, c := range []struct {
		held   int64 // MiB
		cycles uint64
		want   bool
	}{
		{200, 1, false},                    // it was never busy
		{200, 50, false}, {200, 90, false}, // busy
		{200, 91, true},                   // and quiet
		{60, 92, false}, {200, 92, false}, // once
		{50, 120, false}, {50, 120, false}, // busy with little
	} {
		if got := w.isLeftOver(memoryState{held: c.held * mib, cycles: c.cycles}); got != c.want {
			t.Errorf("second %d: got %t, want %t", i, got, c.want)
		}
	}
	if m := readMemory(); m.held <= 0 || m.held < m.alive {
		t.Errorf("of this process: got %+v", m)
	}
}
