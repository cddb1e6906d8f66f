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
		held, allocated int64 // MiB
		cycles          uint64
		want            bool
	}{
		{60, 5, 1, false},                   // busy with little
		{60, 5, 1, true}, {60, 5, 1, false}, // quiet for the first time: what the start needed goes, once
		{200, 500, 50, false}, {200, 900, 90, false}, // busy
		{170, 960, 91, false},                      // less so, but what it allocates it may need
		{170, 960, 91, true}, {150, 960, 92, true}, // quiet; clients still hold some
		{150, 960, 93, false}, {150, 960, 93, true}, // looked at ever more seldom
		{40, 960, 94, false}, {60, 960, 94, false}, {60, 960, 94, false}, {60, 960, 94, false}, // given back
		{160, 1060, 94, false}, {160, 1060, 94, true}, // again, though it did not collect
	} {
		if got := w.isLeftOver(memoryState{held: c.held * mib, cycles: c.cycles, allocated: uint64(c.allocated) * mib}); got != c.want {
			t.Errorf("second %d: got %t, want %t", i, got, c.want)
		}
	}
	if m := readMemory(); m.held <= 0 || m.held < m.alive {
		t.Errorf("of this process: got %+v", m)
	}
}
