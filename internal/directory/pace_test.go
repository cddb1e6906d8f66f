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

// TestPaceGivesWay: while others make many calls, transactions are short, and pauses
// follow; a call now and then changes nothing.
func TestPaceGivesWay(t *testing.T) {
	t.Parallel()
	p := Pace{Size: 20, Most: 1000}
	now, calls := time.Now(), int64(0)
	step := func(others int64) {
		now, calls = now.Add(50*time.Millisecond), calls+1+others
		p.Took(p.Size, Hold{Worked: 400 * time.Microsecond * time.Duration(p.Size), Held: 400*time.Microsecond*time.Duration(p.Size) + time.Millisecond, ended: now, calls: calls})
	}
	for range 10 {
		step(1)
	}
	if p.Size != 20 || p.Pause != 0 {
		t.Errorf("with a call now and then: size %d, pause %s, want 20 and none", p.Size, p.Pause)
	}
	for range 10 {
		step(10)
	}
	if p.Size != 1 || p.Pause != 2800*time.Microsecond {
		t.Errorf("with many calls: size %d, pause %s, want 1 and 2.8ms", p.Size, p.Pause)
	}
	for range 20 {
		step(0)
	}
	if p.Size != 20 || p.Pause != 0 {
		t.Errorf("alone again: size %d, pause %s, want 20 and none", p.Size, p.Pause)
	}
}
