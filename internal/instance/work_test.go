package instance

import (
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// What is kept for seconds is not kept for an hour.
func TestBinsAreLookedThroughAsOftenAsTheyAreKept(t *testing.T) {
	for kept, want := range map[time.Duration]time.Duration{
		0: time.Hour, 30 * 24 * time.Hour: time.Hour, time.Hour: 15 * time.Minute, time.Second: time.Second,
	} {
		if got := sweepPause(directory.Open(directory.Config{Settings: directory.Settings{BinRetention: kept}})); got != want {
			t.Errorf("kept for %s: looked through every %s, not %s", kept, got, want)
		}
	}
}
