package directory

import (
	"testing"
	"testing/synctest"
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
		{"as long as wanted", 20, 20, 4 * ms, 5 * ms, 20},
		{"too long", 20, 20, 16 * ms, 17 * ms, 5},
		{"a single thing too long", 1, 1, 100 * ms, 101 * ms, 1},
		{"at most twice as many", 20, 20, ms, 2 * ms, 40},
		{"no more than the bound", 900, 900, ms, 2 * ms, 1000},
		{"fewer than planned", 20, 10, 4 * ms, 5 * ms, 10},
		{"slow commits leave less", 20, 20, 4 * ms, 10 * ms, 10},
		{"very slow commits leave some", 20, 20, 4 * ms, 80 * ms, 5},
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
		p.Took(p.Size, Hold{Worked: 4 * time.Millisecond, Held: 5 * time.Millisecond})
	}
	if p.Took(p.Size, Hold{Worked: 4 * time.Millisecond, Held: 16 * time.Millisecond}); p.Size < 16 {
		t.Errorf("got %d after one slow commit, want most of 20", p.Size)
	}
}

// TestPaceGivesWay: while others make many calls, long pauses follow the transactions,
// which get no longer; a call now and then changes nothing.
func TestPaceGivesWay(t *testing.T) {
	t.Parallel()
	p := Pace{Size: 10, Most: 1000}
	now, calls := time.Now(), int64(0)
	step := func(others int64) {
		worked := 400 * time.Microsecond * time.Duration(p.Size)
		now, calls = now.Add(worked+time.Millisecond+p.Pause), calls+others
		p.Took(p.Size, Hold{Worked: worked, Held: worked + time.Millisecond, ended: now, calls: calls})
	}
	for i := range 40 {
		step(int64(i % 20 / 19)) // one in a hundred milliseconds
	}
	if p.Size != 10 || p.Pause != 0 {
		t.Errorf("with a call now and then: size %d, pause %s, want 10 and none", p.Size, p.Pause)
	}
	for range 40 {
		step(10)
	}
	if p.Size != 7 || p.Pause != 76*time.Millisecond {
		t.Errorf("with many calls: size %d, pause %s, want 7 and 76ms", p.Size, p.Pause)
	}
	slow := p
	for range 40 {
		now, calls = now.Add(time.Second), calls+100
		slow.Took(slow.Size, Hold{Worked: 4 * time.Millisecond, Held: 100 * time.Millisecond, ended: now, calls: calls})
	}
	if slow.Size != 1 || slow.Pause != pauseAtMost {
		t.Errorf("with slow commits: size %d, pause %s, want 1 and %s", slow.Size, slow.Pause, pauseAtMost)
	}
	for range 200 {
		step(0)
	}
	if p.Size != 10 || p.Pause != 0 {
		t.Errorf("alone again: size %d, pause %s, want 10 and none", p.Size, p.Pause)
	}
}

// TestReadingGivesWay: work that reads rests for nine times as long as it read, while
// others make many calls, and not for calls of other long work.
func TestReadingGivesWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := new(Directory)
		work, call := (&Session{dir: d}).ForLongWork(), &Session{dir: d}
		var b Breath
		took := func(calls int, by *Session) time.Duration {
			begin := time.Now()
			for range 100 {
				time.Sleep(4 * time.Millisecond) // the clock of the test: it reads
				for range calls {
					by.count()
				}
				if err := b.Take(t.Context(), work); err != nil {
					t.Fatal(err)
				}
			}
			return time.Since(begin)
		}
		const alone = 400 * time.Millisecond
		if d := took(1, work); d != alone {
			t.Errorf("beside other long work it took %s, want %s", d, alone)
		}
		if d := took(10, call); d < 9*alone || d > 10*alone {
			t.Errorf("beside many calls it took %s, want some %s", d, 10*alone)
		}
		if took(0, call); took(0, call) != alone {
			t.Error("it still rests when the calls are over")
		}
	})
}
