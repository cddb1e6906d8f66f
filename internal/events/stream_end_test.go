package events

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/storetest"
)

// What an app may is looked at all the time, not only when it connects: a
// change ends its connections, with a word to the client, and refuses new ones
// where they may not be any more.
func TestChangesEndStreams(t *testing.T) {
	t.Parallel()
	on, off := true, false
	for name, c := range map[string]struct {
		change func(s *directory.Session) error
		again  bool // whether the app may connect again
	}{
		"a new secret": {func(s *directory.Session) error {
			_, err := s.RotateSecret(t.Context(), directory.SampleAppKey)
			return err
		}, false},
		"the app disabled":       {changed(t, directory.AppUpdate{Disabled: &on}), false},
		"the address not listed": {changed(t, directory.AppUpdate{AllowIPs: []string{"10.9.9.9"}}), false},
		"a permission withdrawn": {changed(t, directory.AppUpdate{Revoke: []string{directory.AllPermissions}, Grant: []string{"qyapi_base"}}), true},
		"nothing":                {changed(t, directory.AppUpdate{Disabled: &off}), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, storetest.Open(t))
			s := w.service()
			url := endpoint(t, s)
			stream := w.connect(url, accept, directory.AllEvents)
			before := w.ticket(directory.AllEvents) // was given before the change
			operator := w.dir.Session(directory.CommandLine(directory.SampleOrg), "test", "r")
			if err := c.change(operator); err != nil {
				t.Fatal(err)
			}
			s.hub.endChanged(t.Context())
			if name == "nothing" {
				if err := stream.ws.Ping(t.Context()); err != nil {
					t.Errorf("got the connection ended (%v), want it to go on", err)
				}
				return
			}
			<-stream.closed
			if last := stream.frames[len(stream.frames)-1]; last.Type != "SYSTEM" || last.Headers["topic"] != "disconnect" {
				t.Errorf("last frame: got %+v, want SYSTEM disconnect", last)
			}
			if _, answer, err := websocket.Dial(t.Context(), url+"?ticket="+before, nil); err == nil || answer.StatusCode != http.StatusUnauthorized {
				t.Errorf("connect with an earlier ticket: got %v, want 401", err)
			}
			w.clock.pass(2 * time.Second) // what is remembered of the app holds for one
			nobody := w.dir.Session(directory.Principal{Kind: directory.NobodyCaller}, "OpenConnection", "r")
			if _, err := nobody.OpenStream(t.Context(), directory.SampleAppKey, directory.SampleSecret, "127.0.0.1:1", nil); (err == nil) != c.again {
				t.Errorf("open another: got %v, want allowed %t", err, c.again)
			}
		})
	}
}

func changed(t *testing.T, u directory.AppUpdate) func(s *directory.Session) error {
	return func(s *directory.Session) error {
		_, err := s.ChangeApp(t.Context(), directory.SampleAppKey, u)
		return err
	}
}

// An app is told only what it may read by a call.
func TestEventsNeedThePermissionToReadTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Open(t))
	s := w.service()
	c := w.connect(endpoint(t, s), accept, directory.AllEvents)
	operator := w.dir.Session(directory.CommandLine(directory.SampleOrg), "test", "r")
	if _, err := operator.ChangeApp(t.Context(), directory.SampleAppKey, directory.AppUpdate{Revoke: []string{directory.AllPermissions}, Grant: []string{"qyapi_get_member"}}); err != nil {
		t.Fatal(err)
	}
	w.record("contact_add_org", "c1", 1)
	w.record("user_add_org", "u1", 2)
	w.record("org_dept_create", "d1", 3)
	s.Once(t.Context())
	want(t, "events", c.numbers(), 2)
}

// The limit holds when many connect at once.
func TestStreamConnectionsAreLimitedUnderRaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Open(t))
	url := endpoint(t, w.service())
	var opened, refused atomic.Int64
	var all sync.WaitGroup
	for range 3 * maxConnections {
		ticket := w.ticket(directory.AllEvents)
		all.Go(func() {
			ws, answer, err := websocket.Dial(t.Context(), url+"?ticket="+ticket, nil)
			switch {
			case err == nil:
				opened.Add(1)
				t.Cleanup(func() { _ = ws.CloseNow() })
			case answer != nil && answer.StatusCode == http.StatusTooManyRequests && answer.Header.Get("Retry-After") != "":
				refused.Add(1)
			default:
				t.Errorf("connect: %v", err)
			}
		})
	}
	all.Wait()
	if opened.Load() != maxConnections || refused.Load() != 2*maxConnections {
		t.Errorf("got %d opened and %d refused, want %d and %d", opened.Load(), refused.Load(), maxConnections, 2*maxConnections)
	}
}

// Whatever topics an app asks for, and however often it connects, what is stored
// of it stays small, and connecting again writes nothing.
func TestTopicsAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Open(t))
	url := endpoint(t, w.service())
	stored := func() directory.Subscription {
		var s directory.Subscription
		err := w.store.View(t.Context(), directory.SampleOrg, func(tx directory.Tx) (err error) {
			s, err = tx.Subscription(directory.SampleAppKey, directory.StreamChannel)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for i := range 5 {
		topics := []string{"user_add_org", "user_add_org", "contact_add_org"}
		for j := range 97 {
			topics = append(topics, fmt.Sprint("made-up-", i, "-", j))
		}
		ws, _, err := websocket.Dial(t.Context(), url+"?ticket="+w.ticket(topics...), nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = ws.CloseNow() })
		if s := stored(); len(s.Tags) != 2 {
			t.Fatalf("got %d topics stored, want 2: %.200v", len(s.Tags), s.Tags)
		}
		w.clock.pass(1) // a write would be seen
		if s := stored(); i > 0 && s.UpdatedAt.After(w.clock.now().Add(-1)) {
			t.Errorf("connect %d: got the subscription written again", i)
		}
	}

	// A request that is no WebSocket's leaves ticket and subscription alone.
	ticket := w.ticket("org_dept_create")
	answer, err := http.Get("http" + url[len("ws"):] + "?ticket=" + ticket)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusUpgradeRequired || len(stored().Tags) != 2 {
		t.Errorf("a plain GET: got %d and topics %v, want 426 and no change", answer.StatusCode, stored().Tags)
	}
	if _, _, _, err := w.dir.TakeTicket(t.Context(), ticket, "127.0.0.1:1"); err != nil {
		t.Errorf("its ticket afterwards: got %v, want it good", err)
	}
}
