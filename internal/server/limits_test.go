package server

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mingce/mingce/internal/api"
)

func TestLimiterGivesTheBurstAndThenTheRate(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	l := newLimiter(Rate{PerSecond: 20, Burst: 40}, func() time.Time { return now })
	take := func() (n int) {
		for l.allow("app", "op") == (api.Throttle{}) {
			n++
		}
		return n
	}
	if got := take(); got != 40 {
		t.Errorf("at once: got %d calls, want 40", got)
	}
	now = now.Add(time.Second)
	if got := take(); got != 20 {
		t.Errorf("a second later: got %d calls, want 20", got)
	}
	now = now.Add(time.Hour)
	if got := take(); got != 40 {
		t.Errorf("an hour later: got %d calls, want 40", got)
	}
	now = now.Add(-time.Hour)
	if got := take(); got != 0 {
		t.Errorf("after the clock went back: got %d calls, want 0", got)
	}
	if l.allow("app", "another") != (api.Throttle{}) || l.allow("other", "op") != (api.Throttle{}) {
		t.Error("another operation, another app: got refused, want buckets of their own")
	}
	if got, want := l.allow("app", "op"), (api.Throttle{Limit: 20, Until: now.Add(50 * time.Millisecond)}); got != want {
		t.Errorf("refused: got %+v, want %+v", got, want)
	}
}

func TestLimiterMemoryIsBounded(t *testing.T) {
	t.Parallel()
	l := newLimiter(DefaultRate, time.Now)
	for i := range 200_000 {
		l.allow(fmt.Sprint(i), "op")
	}
	total := 0
	for i := range l.shards {
		total += len(l.shards[i].buckets)
	}
	if most := len(l.shards) * bucketsPerShard; total > most {
		t.Errorf("buckets: got %d, want at most %d", total, most)
	}
}

func TestAdmissionQueuesAndRefuses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAdmission(2, 1)
		ctx, cancel := context.WithCancel(t.Context())
		for range 2 {
			if !a.enter(ctx) {
				t.Fatal("free place: got refused, want entered")
			}
		}
		waited := make(chan bool, 1)
		go func() { waited <- a.enter(ctx) }()
		synctest.Wait()
		if a.enter(ctx) {
			t.Error("full queue: got entered, want refused")
		}
		a.leave()
		if !<-waited {
			t.Error("queued call after a place became free: got refused, want entered")
		}
		go func() { waited <- a.enter(ctx) }()
		synctest.Wait()
		cancel()
		if <-waited {
			t.Error("queued call whose caller left: got entered, want refused")
		}
		if got := a.queued.Load(); got != 0 {
			t.Errorf("queued at the end: got %d, want 0", got)
		}
	})
}

type busyGateway struct{}

func (busyGateway) ServeHTTP(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }

func (busyGateway) Busy(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }

func TestRefusedCallsAreAnsweredByTheGateway(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	answerBusy(busyGateway{}, w, httptest.NewRequest(http.MethodPost, "/", nil))
	if w.Code != http.StatusTeapot || w.Header().Get("Retry-After") == "" {
		t.Errorf("busy answer: got %d with Retry-After %q, want the gateway's own and a Retry-After", w.Code, w.Header().Get("Retry-After"))
	}
}
