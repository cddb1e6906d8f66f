package engine

import (
	"maps"
	"testing"
)

func TestGroupSizes(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, sqliteOptions(t))
	before, _, _ := s.GroupSizes()
	w := s.engine.(*sqliteEngine).writer
	for _, n := range []int{1, 1, 2, 3, 4, 5, 256} {
		w.sizes.add(n)
	}
	commits, calls, upTo := s.GroupSizes()
	for limit := range upTo {
		upTo[limit] -= before // opening makes commits of one call
	}
	want := map[float64]uint64{1: 2, 2: 3, 4: 5, 8: 6, 16: 6, 32: 6, 64: 6, 128: 6, 256: 7}
	if commits-before != 7 || calls != before+272 || !maps.Equal(upTo, want) {
		t.Errorf("got %d commits, %d calls, %v, want 7, 272, %v", commits-before, calls-before, upTo, want)
	}
}
