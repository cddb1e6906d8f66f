package events

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/storetest"
)

// clock stands still until a test moves it.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

type randomIDs struct{}

func (randomIDs) Digits(n int) string { return strings.Repeat("7", n) }
func (randomIDs) Base62(n int) string { return strings.Repeat(rand.Text(), n/26+1)[:n] }

// world is the sample organisation with a clock of its own.
type world struct {
	t     testing.TB
	store directory.Store
	dir   *directory.Directory
	clock *clock
}

func newWorld(t testing.TB, s directory.Store) *world {
	t.Helper()
	w := &world{t: t, store: s, clock: &clock{at: fixedNow()}}
	w.dir = w.open(NewPusher(true, w.clock.now))
	if err := w.dir.LoadSample(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) open(r directory.Receivers) *directory.Directory {
	return directory.Open(directory.Config{Store: w.store, Now: w.clock.now, NewID: randomIDs{}, Keys: keyring.DevMaster(), Receivers: r})
}

// service is another process on the world's data.
func (w *world) service() *Service {
	return New(w.dir, NewPusher(true, w.clock.now), slog.New(slog.DiscardHandler))
}

func (w *world) session(app string) *directory.Session {
	return w.dir.Session(directory.Principal{Kind: directory.AppCaller, Org: directory.SampleOrg, ID: app}, "test", "r")
}

// register subscribes the sample app.
func (w *world) register(r *receiver, tags ...string) {
	w.t.Helper()
	s := r.subscription()
	if len(tags) > 0 {
		s.Tags = tags
	}
	if err := w.session(directory.SampleAppKey).RegisterReceiver(w.t.Context(), s); err != nil {
		w.t.Fatal(err)
	}
}

// record writes events to the outbox like a change.
func (w *world) record(topic, object string, ns ...int) {
	w.t.Helper()
	err := w.store.Update(w.t.Context(), directory.SampleOrg, func(tx directory.Tx) error {
		for _, n := range ns {
			tx.Outbox().Enqueue(directory.OutboxItem{
				ID: fmt.Sprintf("%s-%d-%s", object, n, rand.Text()), Org: directory.SampleOrg, Kind: directory.EventKind, Topic: topic, Object: object,
				Payload: fmt.Sprintf(`{"userId":["%s"],"n":%d}`, object, n), CreatedAt: w.clock.now(),
			})
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) failed() (ns []any) {
	w.t.Helper()
	failed, _, err := w.session(directory.SampleAppKey).TakeFailedEvents(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range failed {
		var facts struct{ N float64 }
		if err := json.Unmarshal([]byte(f.Payload), &facts); err != nil {
			w.t.Fatal(err)
		}
		ns = append(ns, facts.N)
	}
	return ns
}

func want(t testing.TB, what string, got []any, numbers ...float64) {
	t.Helper()
	list := make([]any, len(numbers))
	for i, n := range numbers {
		list[i] = n
	}
	if len(got) == 0 && len(list) == 0 {
		return
	}
	if !reflect.DeepEqual(got, list) {
		t.Errorf("%s: got %v, want %v", what, got, list)
	}
}

// onBoth runs a test on SQLite and, if a server is given, PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, s directory.Store)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); test(t, storetest.Open(t)) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); test(t, storetest.OpenPostgres(t)) })
}

func TestEventsReachTheirSubscribers(t *testing.T) {
	onBoth(t, func(t *testing.T, s directory.Store) {
		w := newWorld(t, s)
		r := receive(t, nil)
		w.register(r, "user_add_org", "user_leave_org")
		w.record("user_add_org", "u1", 1)
		w.record("user_modify_org", "u1", 2) // not subscribed to
		w.record("user_leave_org", "u1", 3)
		w.service().Once(t.Context())
		w.service().Once(t.Context())
		want(t, "order about one object", r.values("n")[1:], 1, 3)
		if got, wanted := r.values("EventType"), []any{"check_url", "user_add_org", "user_leave_org"}; !reflect.DeepEqual(got, wanted) {
			t.Errorf("types: got %v, want %v", got, wanted)
		}
		if got := r.values("CorpId")[1]; got != directory.SampleOrg {
			t.Errorf("CorpId: got %v, want %v", got, directory.SampleOrg)
		}
		left, err := w.dir.Outbox(t.Context(), directory.EventKind, 10)
		if err != nil || len(left) != 0 {
			t.Errorf("outbox: got %v, %v; want nothing", left, err)
		}
		want(t, "failed list", w.failed())
	})
}

func TestFailedEventsAreTriedThreeTimesAndListedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s directory.Store) {
		w := newWorld(t, s)
		var status int
		tries := 0
		status = http.StatusOK
		r := receive(t, func() int { tries++; return status })
		w.register(r)
		tries, status = 0, http.StatusInternalServerError
		w.record("user_add_org", "u1", 1, 2)
		service := w.service()
		for _, step := range []struct {
			pass  time.Duration
			tries int // after it
		}{{0, 1}, {9 * time.Second, 1}, {time.Second, 2}, {29 * time.Second, 2}} {
			w.clock.pass(step.pass)
			service.Once(t.Context())
			if tries != step.tries {
				t.Fatalf("attempts after %v more: got %d, want %d", step.pass, tries, step.tries)
			}
		}
		want(t, "failed list before the third attempt", w.failed())
		status = http.StatusFound // a redirect is not followed
		w.clock.pass(time.Second)
		service.Once(t.Context())
		if tries != 4 { // the third of event 1, then the first of event 2
			t.Errorf("attempts: got %d, want 4", tries)
		}
		want(t, "failed list", w.failed(), 1)
		want(t, "failed list, asked again", w.failed())
		status = http.StatusOK
		w.clock.pass(10 * time.Second)
		service.Once(t.Context())
		want(t, "delivered later", r.values("n")[1:], 2)
	})
}

func TestFailedListHasPagesOf200(t *testing.T) {
	onBoth(t, func(t *testing.T, s directory.Store) {
		w := newWorld(t, s)
		ok := true
		r := receive(t, func() int {
			if ok {
				return 200
			}
			return 503
		})
		w.register(r)
		ok = false
		for i := range 201 {
			w.record("user_add_org", fmt.Sprint("u", i), i)
		}
		service := w.service()
		for range 3 {
			service.Once(t.Context())
			w.clock.pass(time.Minute)
		}
		first, more, err := w.session(directory.SampleAppKey).TakeFailedEvents(t.Context())
		if err != nil || len(first) != 200 || !more {
			t.Errorf("first page: got %d, more %v, %v; want 200, more", len(first), more, err)
		}
		second, more, err := w.session(directory.SampleAppKey).TakeFailedEvents(t.Context())
		if err != nil || len(second) != 1 || more {
			t.Errorf("second page: got %d, more %v, %v; want 1, no more", len(second), more, err)
		}
	})
}

// To waiting events, a clean stop is the same as a kill: their whole state is
// in the store.
func TestEventsSurviveARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open := func() *store.Store {
		s, err := store.Open(context.Background(), store.Options{Dir: dir, Key: keyring.DevMaster(), Kind: store.Dev, Strict: true})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	r := receive(t, nil)
	s := open()
	w := newWorld(t, s)
	w.register(r)
	w.record("user_add_org", "u1", 1, 2)
	if _, err := w.dir.RouteEvents(t.Context()); err != nil { // some routed, some not
		t.Fatal(err)
	}
	w.record("user_leave_org", "u1", 3)
	// The killed process had just started to deliver.
	ref := directory.SubscriptionRef{Org: directory.SampleOrg, AppKey: directory.SampleAppKey, Channel: directory.HTTPChannel}
	if _, err := w.dir.OwnSubscription(t.Context(), ref, "killed", w.clock.now().Add(ownFor)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	w.store = open()
	t.Cleanup(func() { _ = w.store.(*store.Store).Close() })
	w.dir = w.open(nil)
	w.service().Once(t.Context())
	want(t, "while the killed process may still be at it", r.values("n")[1:])
	w.clock.pass(ownFor)
	w.service().Once(t.Context())
	want(t, "after the restart", r.values("n")[1:], 1, 2, 3)
}

func TestOfTwoProcessesOneDelivers(t *testing.T) {
	onBoth(t, func(t *testing.T, s directory.Store) {
		w := newWorld(t, s)
		r := receive(t, nil)
		w.register(r)
		a, b := w.service(), w.service()
		const objects, each = 6, 8
		for n := range each {
			for o := range objects {
				w.record("user_modify_org", fmt.Sprint("u", o), n)
			}
			var both sync.WaitGroup
			both.Go(func() { a.Once(context.Background()) })
			both.Go(func() { b.Once(context.Background()) })
			both.Wait()
		}
		w.clock.pass(ownFor)
		b.Once(t.Context())
		a.Once(t.Context())
		checkOrder(t, r, objects*each)
	})
}

// checkOrder checks that every event arrived once and, for each object, in
// order.
func checkOrder(t testing.TB, r *receiver, events int) {
	t.Helper()
	users, ns := r.values("userId")[1:], r.values("n")[1:]
	if len(ns) != events {
		t.Errorf("events: got %d, want %d", len(ns), events)
	}
	last := map[string]float64{}
	for i, n := range ns {
		object := fmt.Sprint(users[i])
		if before, ok := last[object]; ok && n.(float64) != before+1 || !ok && n.(float64) != 0 {
			t.Errorf("%s: got %v after %v", object, n, before)
		}
		last[object] = n.(float64)
	}
}

// Property: whatever fails, and however processes come and go, the events of
// one object arrive in the order of its changes.
func TestOrderPerObject(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Open(t))
	var mu sync.Mutex
	var outcomes []bool
	r := receive(t, func() int {
		mu.Lock()
		defer mu.Unlock()
		if len(outcomes) == 0 {
			return 200
		}
		ok := outcomes[0]
		outcomes = outcomes[1:]
		if ok {
			return 200
		}
		return 500
	})
	w.register(r)
	services := []*Service{w.service(), w.service()}
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		mu.Lock()
		outcomes = rapid.SliceOfN(rapid.Bool(), 0, 40).Draw(rt, "outcomes")
		mu.Unlock()
		run++
		begun := len(r.values("n"))
		count, total := map[string]int{}, 0
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			for range rapid.IntRange(0, 4).Draw(rt, "events") {
				object := fmt.Sprint(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "object"), run)
				w.record("user_modify_org", object, count[object])
				count[object]++
				total++
			}
			services[rapid.IntRange(0, 1).Draw(rt, "process")].Once(t.Context())
			w.clock.pass(time.Duration(rapid.IntRange(0, 40).Draw(rt, "seconds")) * time.Second)
		}
		settled := 0
		for range 3*total + 2 { // an event may take three rounds
			w.clock.pass(time.Minute)
			services[0].Once(t.Context())
			settled += len(w.failed())
			if settled+len(r.values("n"))-begun == total {
				break
			}
		}
		users, ns := r.values("userId")[begun:], r.values("n")[begun:]
		if settled+len(ns) != total {
			rt.Errorf("delivered or failed: got %d, want %d", settled+len(ns), total)
		}
		delivered := map[string][]float64{}
		for i := range ns {
			o := users[i].([]any)[0].(string)
			delivered[o] = append(delivered[o], ns[i].(float64))
		}
		for o, got := range delivered {
			if !slices.IsSorted(got) {
				rt.Errorf("%s: got %v, want ascending numbers", o, got)
			}
		}
	})
}

// discard ignores the failures of a check.
type discard struct{ testing.TB }

func (discard) Errorf(string, ...any) {}
