package events

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/storetest"
)

func (w *world) admin() *directory.Session {
	return w.dir.Session(directory.CommandLine(directory.SampleOrg), "test", "r")
}

func (w *world) change(u directory.AppUpdate) error {
	_, err := w.admin().ChangeApp(w.t.Context(), directory.SampleAppKey, u)
	return err
}

// TestStreamsEndWithTheirRight changes an app on one process and checks that
// its connections on another are told to disconnect.
func TestStreamsEndWithTheirRight(t *testing.T) {
	t.Parallel()
	yes := true
	for name, test := range map[string]struct {
		end  func(*world) error
		stay bool
	}{
		"new secret":            {end: func(w *world) error { return rotate(w, 0) }},
		"disabled app":          {end: func(w *world) error { return w.change(directory.AppUpdate{Disabled: &yes}) }},
		"disabled organisation": {end: func(w *world) error { return w.admin().SetOrgDisabled(w.t.Context(), true) }},
		"withdrawn permission": {end: func(w *world) error {
			return w.change(directory.AppUpdate{Revoke: []string{directory.AllPermissions, directory.StreamPermission}})
		}},
		"list of addresses": {end: func(w *world) error { return w.change(directory.AppUpdate{AllowIPs: []string{"10.9.9.9"}}) }},
		"another list that has it": {stay: true, end: func(w *world) error {
			return w.change(directory.AppUpdate{AllowIPs: []string{"127.0.0.0/8", "::1"}})
		}},
		"new secret, old one for a while": {stay: true, end: func(w *world) error { return rotate(w, time.Hour) }},
		"old secret over": {end: func(w *world) error {
			err := rotate(w, time.Hour)
			w.clock.pass(time.Hour)
			return err
		}},
		"old secret withdrawn": {end: func(w *world) error {
			err := rotate(w, time.Hour)
			return errors.Join(err, w.admin().EndOldSecret(w.t.Context(), directory.SampleAppKey))
		}},
	} {
		for engine, open := range map[string]func(testing.TB) *store.Store{"sqlite": storetest.Open, "postgres": storetest.OpenPostgres} {
			t.Run(name+"/"+engine, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, open(t))
				there := w.open(NewPusher(true, w.clock.now)) // has its own memory
				s := New(there, NewPusher(true, w.clock.now), w.service().log)
				c := w.connect(endpoint(t, s), accept, directory.AllEvents)
				if err := test.end(w); err != nil {
					t.Fatal(err)
				}
				s.hub.check(t.Context())
				if test.stay {
					if err := c.ws.Ping(t.Context()); err != nil || !s.hub.has(directory.SampleAppKey) {
						t.Errorf("connection: got %v, want it to stay", err)
					}
					return
				}
				if s.hub.has(directory.SampleAppKey) {
					t.Error("events: the connection still gets them")
				}
				<-c.closed
				last := c.frames[len(c.frames)-1]
				if last.Type != "SYSTEM" || last.Headers["topic"] != "disconnect" {
					t.Errorf("last frame: got %+v, want SYSTEM disconnect", last)
				}
			})
		}
	}
}

// TestRunningServicesEndStreams checks that a running service closes such
// connections by itself.
func TestRunningServicesEndStreams(t *testing.T) {
	t.Parallel()
	w, s, c := connected(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { s.Run(ctx); close(done) }()
	if err := rotate(w, 0); err != nil {
		t.Fatal(err)
	}
	<-c.closed
	stop()
	<-done
}

// TestClientsThatDoNotGoAreCutOff checks that a connection is closed even if
// the client answers neither the frame nor the closing handshake.
func TestClientsThatDoNotGoAreCutOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Open(t))
	s := w.service()
	url := endpoint(t, s)
	conn, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(url, "ws://"), "/connect"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "GET /connect?ticket=%s HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", w.ticket(directory.AllEvents))
	if err != nil {
		t.Fatal(err)
	}
	begin := make([]byte, 12)
	if _, err := io.ReadFull(conn, begin); err != nil || string(begin) != "HTTP/1.1 101" {
		t.Fatalf("got %q, %v; want 101", begin, err)
	}
	for !s.hub.has(directory.SampleAppKey) {
		runtime.Gosched()
	}
	if err := rotate(w, 0); err != nil {
		t.Fatal(err)
	}
	s.hub.check(t.Context())
	if _, err := io.Copy(io.Discard, conn); err != nil {
		t.Errorf("the end: got %v, want one", err)
	}
}

func rotate(w *world, overlap time.Duration) error {
	_, err := w.admin().RotateSecret(w.t.Context(), directory.SampleAppKey, overlap)
	return err
}

func TestTicketsEndWithTheirRight(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		end    func(*world) error
		status int
	}{
		"new secret":        {func(w *world) error { return rotate(w, 0) }, http.StatusUnauthorized},
		"list of addresses": {func(w *world) error { return w.change(directory.AppUpdate{AllowIPs: []string{"10.9.9.9"}}) }, http.StatusForbidden},
		"withdrawn permission": {func(w *world) error {
			return w.change(directory.AppUpdate{Revoke: []string{directory.AllPermissions, directory.StreamPermission}})
		}, http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, storetest.Open(t))
			url, ticket := endpoint(t, w.service()), w.ticket(directory.AllEvents)
			if err := test.end(w); err != nil {
				t.Fatal(err)
			}
			_, answer, err := websocket.Dial(t.Context(), url+"?ticket="+ticket, nil)
			if err == nil || answer == nil || answer.StatusCode != test.status {
				t.Errorf("got %v, %v; want %d", answer, err, test.status)
			}
		})
	}
}

func TestOpeningAsksForTheRight(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Open(t))
	opening := func(address string) error {
		s := w.dir.Session(directory.Principal{Kind: directory.NobodyCaller}, "OpenConnection", "r")
		_, err := s.OpenStream(t.Context(), directory.SampleAppKey, directory.SampleSecret, address, nil)
		return err
	}
	if err := w.change(directory.AppUpdate{AllowIPs: []string{"10.9.9.9"}}); err != nil {
		t.Fatal(err)
	}
	if err := opening("10.9.9.9"); err != nil {
		t.Errorf("from a listed address: got %v, want success", err)
	}
	if err := opening("127.0.0.1"); !errors.Is(err, directory.ErrAppAddress) {
		t.Errorf("from another address: got %v, want %v", err, directory.ErrAppAddress)
	}
	if err := w.change(directory.AppUpdate{AllowIPs: []string{}, Revoke: []string{directory.AllPermissions}}); err != nil {
		t.Fatal(err)
	}
	if err := opening("127.0.0.1"); !errors.Is(err, directory.ErrAppPermission) {
		t.Errorf("without the permission: got %v, want %v", err, directory.ErrAppPermission)
	}
}

// TestConnectionsOfAnAppAreCounted opens twice as many connections as an app
// may have, at once.
func TestConnectionsOfAnAppAreCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Open(t))
	s := w.service()
	url := endpoint(t, s)
	var tickets []string
	for range 2 * maxConnections {
		tickets = append(tickets, w.ticket(directory.AllEvents))
	}
	var mu sync.Mutex
	var open []*websocket.Conn
	refused := 0
	begin := make(chan struct{})
	var all sync.WaitGroup
	for _, ticket := range tickets {
		all.Go(func() {
			<-begin
			ws, answer, err := websocket.Dial(context.Background(), url+"?ticket="+ticket, nil)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				open = append(open, ws)
			case answer != nil && answer.StatusCode == http.StatusTooManyRequests:
				refused++
			default:
				t.Errorf("got %v, %v", answer, err)
			}
		})
	}
	close(begin)
	all.Wait()
	if len(open) != maxConnections || refused != maxConnections {
		t.Errorf("got %d connections and %d refusals, want %d of each", len(open), refused, maxConnections)
	}
	for _, ws := range open {
		_ = ws.CloseNow()
	}
	s.hub.open.Wait()
	if s.hub.places != 0 || len(s.hub.apps) != 0 {
		t.Errorf("places at the end: got %d, want none", s.hub.places)
	}
}

// counting counts the writes to a store.
type counting struct {
	directory.Store
	writes int
}

func (c *counting) Update(ctx context.Context, org string, fn func(directory.Tx) error) error {
	c.writes++
	return c.Store.Update(ctx, org, fn)
}

func (c *counting) UseNonce(ctx context.Context, key, nonce string, expires time.Time) (bool, error) {
	c.writes++
	return c.Store.UseNonce(ctx, key, nonce, expires)
}

// TestNoWebSocketIsToldSo checks the response to requests that are not
// WebSocket's, over both versions of HTTP.
func TestNoWebSocketIsToldSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Open(t))
	for major, upgrade := range map[int]string{1: "websocket", 2: ""} {
		server := httptest.NewUnstartedServer(w.service().Stream())
		server.EnableHTTP2 = major == 2
		server.StartTLS()
		answer, err := server.Client().Get(server.URL + "/connect")
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		server.Close()
		if answer.ProtoMajor != major || answer.StatusCode != http.StatusUpgradeRequired || answer.Header.Get("Upgrade") != upgrade {
			t.Errorf("HTTP/%d: got HTTP/%d, %d, Upgrade %q; want 426, Upgrade %q", major, answer.ProtoMajor, answer.StatusCode, answer.Header.Get("Upgrade"), upgrade)
		}
	}
}

func TestConnectingWritesOnlyWhatIsNew(t *testing.T) {
	t.Parallel()
	store := &counting{Store: storetest.Open(t)}
	w := newWorld(t, store)
	s := w.service()
	url := endpoint(t, s)
	store.writes = 0
	ticket := w.ticket(directory.AllEvents)
	answer, err := http.Get("http" + url[2:] + "?ticket=" + ticket)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusUpgradeRequired || store.writes != 0 {
		t.Errorf("a request that is no WebSocket's: got %d and %d writes, want 426 and none", answer.StatusCode, store.writes)
	}
	if _, err := w.dir.ReadTicket(t.Context(), ticket, "127.0.0.1:1"); err != nil {
		t.Errorf("its ticket: got %v, want it still valid", err)
	}
	w.connect(url, accept, directory.AllEvents)
	if store.writes != 2 {
		t.Errorf("the first connection: got %d writes, want the ticket and the subscription", store.writes)
	}
	w.connect(url, accept, directory.AllEvents, directory.AllEvents)
	if store.writes != 3 {
		t.Errorf("another: got %d writes more, want the ticket alone", store.writes-2)
	}
}

func TestSubscriptionsKeepWhatCanOccur(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Open(t))
	s := w.service()
	asked := []string{"nonsense", "user_add_org", "user_add_org", "card_event"}
	w.connect(endpoint(t, s), accept, asked...)
	err := w.store.View(t.Context(), directory.SampleOrg, func(tx directory.Tx) error {
		kept, err := tx.Subscriptions().Subscription(directory.SampleAppKey, directory.StreamChannel)
		if len(kept.Tags) != 1 || kept.Tags[0] != "user_add_org" {
			t.Errorf("tags: got %v, want user_add_org alone", kept.Tags)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPaceOfConnections(t *testing.T) {
	t.Parallel()
	p, now := pace{}, time.Unix(0, 0)
	tries := func(n int) (let int) {
		for range n {
			if p.allow("app", now) {
				let++
			}
		}
		return let
	}
	if got := tries(500); got != paceBurst {
		t.Errorf("at once: got %d, want %d", got, paceBurst)
	}
	now = now.Add(time.Second)
	if got := tries(500); got != pacePerSecond {
		t.Errorf("a second later: got %d, want %d", got, pacePerSecond)
	}
	if !p.allow("another", now) {
		t.Error("another app is held back too")
	}
	for i := range 2 * maxPaces {
		p.allow(fmt.Sprint(i), now)
	}
	if len(p) > maxPaces {
		t.Errorf("apps remembered: got %d, want %d at most", len(p), maxPaces)
	}
}

// An app gets only events about what its calls may read.
func TestEventsNeedThePermissionToReadTheSame(t *testing.T) {
	t.Parallel()
	w, s, c := connected(t)
	operator := w.dir.Session(directory.CommandLine(directory.SampleOrg), "test", "r")
	if _, err := operator.ChangeApp(t.Context(), directory.SampleAppKey, directory.AppUpdate{Revoke: []string{directory.AllPermissions}, Grant: []string{directory.StreamPermission, "qyapi_get_member"}}); err != nil {
		t.Fatal(err)
	}
	w.record("contact_add_org", "c1", 1)
	w.record("user_add_org", "u1", 2)
	w.record("org_dept_create", "d1", 3)
	s.Once(t.Context())
	want(t, "events", c.numbers(), 2)
}
