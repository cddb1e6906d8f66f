package directory

import (
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	t.Parallel()
	ms := time.Millisecond
	for _, c := range []struct {
		name         string
		size, n      int
		worked, held time.Duration
		want         int
	}{
		{"as long as wanted", 20, 20, 8 * ms, 10 * ms, 20},
		{"too long", 20, 20, 32 * ms, 34 * ms, 5},
		{"a single thing too long", 1, 1, 100 * ms, 101 * ms, 1},
		{"at most twice as many", 20, 20, ms, 2 * ms, 40},
		{"no more than the bound", 900, 900, ms, 2 * ms, 1000},
		{"fewer than planned", 20, 10, 8 * ms, 10 * ms, 10},
		{"slow commits leave less", 20, 20, 8 * ms, 20 * ms, 10},
		{"very slow commits leave some", 20, 20, 8 * ms, 80 * ms, 5},
		{"nothing done", 20, 0, 0, 0, 20},
	} {
		p := Pace{Size: c.size, Most: 1000}
		if p.Took(c.n, Hold{Worked: c.worked, Held: c.held}); p.Size != c.want {
			t.Errorf("%s: got %d, want %d", c.name, p.Size, c.want)
		}
	}
}

// TestPaceIsNotThrownByOneSlowCommit keeps most of the size.
func TestPaceIsNotThrownByOneSlowCommit(t *testing.T) {
	t.Parallel()
	p := Pace{Size: 20, Most: 1000}
	for range 5 {
		p.Took(p.Size, Hold{Worked: 8 * time.Millisecond, Held: 10 * time.Millisecond})
	}
	if p.Took(p.Size, Hold{Worked: 8 * time.Millisecond, Held: 32 * time.Millisecond}); p.Size < 16 {
		t.Errorf("got %d after one slow commit, want most of 20", p.Size)
	}
}
