package events

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/storetest"
)

// stream is a client of Stream mode that behaves like the vendor's SDKs.
type stream struct {
	t    testing.TB
	ws   *websocket.Conn
	data func(eventID, data string) (code int, answer string)

	mu     sync.Mutex
	frames []frame
	closed chan struct{}
}

const taken = `{"status":"SUCCESS","message":"success"}`

func (w *world) ticket(tags ...string) string {
	w.t.Helper()
	s := w.dir.Session(directory.Principal{Kind: directory.NobodyCaller}, "OpenConnection", "r")
	text, err := s.OpenStream(w.t.Context(), directory.SampleAppKey, directory.SampleSecret, "127.0.0.1:1", tags)
	if err != nil {
		w.t.Fatal(err)
	}
	return text
}

// connected is a service with one connection, which gets all events.
func connected(t *testing.T) (*world, *Service, *stream) {
	t.Helper()
	w := newWorld(t, storetest.Open(t))
	s := w.service()
	return w, s, w.connect(endpoint(t, s), accept, directory.AllEvents)
}

// endpoint serves the WebSocket of a service.
func endpoint(t testing.TB, s *Service) string {
	t.Helper()
	server := httptest.NewServer(s.Stream())
	t.Cleanup(server.Close)
	return "ws" + strings.TrimPrefix(server.URL, "http") + "/connect"
}

func (w *world) connect(url string, data func(string, string) (int, string), tags ...string) *stream {
	w.t.Helper()
	ws, _, err := websocket.Dial(w.t.Context(), url+"?ticket="+w.ticket(tags...), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	c := &stream{t: w.t, ws: ws, data: data, closed: make(chan struct{})}
	go c.loop()
	// The server responds after it has recorded the connection.
	if err := ws.Ping(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = ws.CloseNow(); <-c.closed })
	return c
}

func (c *stream) loop() {
	defer close(c.closed)
	for {
		_, text, err := c.ws.Read(context.Background())
		if err != nil {
			return
		}
		var f frame
		if err := json.Unmarshal(text, &f); err != nil {
			c.t.Errorf("frame %s: %v", text, err)
			return
		}
		c.mu.Lock()
		c.frames = append(c.frames, f)
		c.mu.Unlock()
		code, answer := 200, f.Data
		if f.Type == "EVENT" {
			code, answer = c.data(f.Headers["eventId"], f.Data)
		}
		if code == 0 {
			continue // no answer
		}
		reply, _ := json.Marshal(map[string]any{"code": code, "message": "ok", "data": answer,
			"headers": map[string]string{"messageId": f.Headers["messageId"], "contentType": "application/json"}})
		if err := c.ws.Write(context.Background(), websocket.MessageText, reply); err != nil {
			return
		}
	}
}

func (c *stream) numbers() (ns []any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range c.frames {
		var d map[string]any
		if f.Type == "EVENT" && json.Unmarshal([]byte(f.Data), &d) == nil {
			ns = append(ns, d["n"])
		}
	}
	return ns
}

func accept(string, string) (int, string) { return 200, taken }

func TestStreamedEvents(t *testing.T) {
	t.Parallel()
	w, s, c := connected(t)
	w.record("user_add_org", "u1", 1)
	s.Once(t.Context())
	s.Once(t.Context())
	want(t, "events", c.numbers(), 1)
	f := c.frames[0]
	id := f.Headers["eventId"]
	if f.Headers["messageId"] == "" || !strings.HasPrefix(id, "u1-1-") {
		t.Errorf("ids: got %v", f.Headers)
	}
	delete(f.Headers, "messageId")
	wanted := map[string]string{
		"topic": "*", "contentType": "application/json", "time": "1783603075000",
		"eventId": id, "eventBornTime": "1783603075000", "eventCorpId": directory.SampleOrg, "eventType": "user_add_org", "eventUnifiedAppId": directory.SampleAppKey,
	}
	if !reflect.DeepEqual(f.Headers, wanted) || f.SpecVersion != "1.0" || f.Type != "EVENT" || f.Time != 1783603075000 {
		t.Errorf("frame: got %+v, want headers %v", f, wanted)
	}
	if got, wanted := f.Data, `{"timeStamp":"1783603075000","eventId":"`+id+`","userId":["u1"],"n":1}`; got != wanted {
		t.Errorf("data: got %s, want %s", got, wanted)
	}
}

func TestAppsThatDoNotTakeAnEventGetItAgain(t *testing.T) {
	t.Parallel()
	for name, refusal := range map[string]func() (int, string){
		"later":      func() (int, string) { return 500, `{"status":"LATER","message":"later"}` },
		"later, 200": func() (int, string) { return 200, `{"status":"LATER","message":"later"}` },
		"no handler": func() (int, string) { return 404, "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, storetest.Open(t))
			s := w.service()
			c := w.connect(endpoint(t, s), func(string, string) (int, string) { return refusal() }, directory.AllEvents)
			w.record("user_add_org", "u1", 1)
			for _, pause := range []time.Duration{0, 10 * time.Second, 30 * time.Second, time.Hour} {
				w.clock.pass(pause)
				s.Once(t.Context())
			}
			want(t, "attempts", c.numbers(), 1, 1, 1)
			want(t, "failed list", w.failed(), 1)
		})
	}
}

func TestConnectionsTakeTurns(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Open(t))
	s := w.service()
	url := endpoint(t, s)
	a, b := w.connect(url, accept, directory.AllEvents), w.connect(url, accept, "user_add_org")
	for n := range 4 {
		w.record("user_add_org", "u1", n)
		s.Once(t.Context())
	}
	if len(a.numbers()) != 2 || len(b.numbers()) != 2 {
		t.Errorf("turns: got %v and %v, want two each", a.numbers(), b.numbers())
	}
	if got, wanted := b.frames[0].Headers["topic"], "user_add_org"; got != wanted {
		t.Errorf("topic for a connection that asked for one event: got %s, want %s", got, wanted)
	}
	w.record("user_leave_org", "u1", 9) // only one asked for it
	s.Once(t.Context())
	w.record("user_leave_org", "u1", 10)
	s.Once(t.Context())
	want(t, "the connection that asked for all", a.numbers()[2:], 9, 10)
}

func TestEventsWaitForAnAppThatRestarts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Open(t))
	first, second := w.service(), w.service()
	one, other := endpoint(t, first), endpoint(t, second)
	c := w.connect(one, accept, directory.AllEvents)
	w.record("user_add_org", "u1", 1)
	first.Once(t.Context())
	want(t, "before", c.numbers(), 1)
	_ = c.ws.Close(websocket.StatusNormalClosure, "")
	first.hub.open.Wait()
	w.record("user_add_org", "u1", 2, 3)
	first.Once(t.Context())
	second.Once(t.Context())
	d := w.connect(other, accept, directory.AllEvents) // another process
	second.Once(t.Context())                           // the first one released it when the app disconnected
	want(t, "after", d.numbers(), 2, 3)

	// A day without a connection ends the subscription.
	_ = d.ws.Close(websocket.StatusNormalClosure, "")
	second.hub.open.Wait()
	w.clock.pass(25 * time.Hour)
	if err := w.dir.SweepEvents(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := w.store.View(t.Context(), directory.SampleOrg, func(tx directory.Tx) error {
		_, err := tx.Subscriptions().Subscription(directory.SampleAppKey, directory.StreamChannel)
		return err
	})
	if !errors.Is(err, directory.ErrSubscriptionNotFound) {
		t.Errorf("after a day: got %v, want %v", err, directory.ErrSubscriptionNotFound)
	}
}

func TestBothChannels(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Open(t))
	s := w.service()
	r := receive(t, nil)
	w.register(r)
	c := w.connect(endpoint(t, s), accept, directory.AllEvents)
	w.record("user_add_org", "u1", 1)
	s.Once(t.Context())
	want(t, "HTTP", r.values("n")[1:], 1)
	want(t, "stream", c.numbers(), 1)
}

func TestTickets(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Open(t))
	w.clock.at = time.Now() // used tickets are remembered by the real time
	ticket := w.ticket(directory.AllEvents)
	if strings.Trim(ticket, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != "" {
		t.Errorf("ticket: got %s, want one that needs no escaping in a URL", ticket)
	}
	stream, err := w.dir.ReadTicket(t.Context(), ticket, "192.0.2.1:1")
	if err != nil || stream.AppKey != directory.SampleAppKey || !reflect.DeepEqual(stream.Tags, []string{directory.AllEvents}) {
		t.Errorf("read: got %+v, %v", stream, err)
	}
	for _, wanted := range []error{nil, directory.ErrTokenInvalid} {
		if err := w.dir.BeginStream(t.Context(), stream); !errors.Is(err, wanted) || wanted != nil && err == nil {
			t.Errorf("begin: got %v, want %v", err, wanted)
		}
	}
	stale := w.ticket()
	w.clock.pass(91 * time.Second)
	for name, text := range map[string]string{"stale": stale, "empty": "", "altered": "x" + w.ticket(), "without a MAC": strings.Split(w.ticket(), ".")[0] + "."} {
		if _, err := w.dir.ReadTicket(t.Context(), text, ""); !errors.Is(err, directory.ErrTokenInvalid) {
			t.Errorf("%s: got %v, want %v", name, err, directory.ErrTokenInvalid)
		}
	}
	url := endpoint(t, w.service())
	if _, answer, err := websocket.Dial(t.Context(), url+"?ticket="+ticket, nil); err == nil || answer.StatusCode != 401 {
		t.Errorf("connect with a used ticket: got %v, %v; want 401", answer, err)
	}
}

func TestStoppingSendsClientsAway(t *testing.T) {
	t.Parallel()
	w, s, c := connected(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { s.Run(ctx); close(done) }()
	stop()
	<-c.closed
	<-done
	last := c.frames[len(c.frames)-1]
	if last.Type != "SYSTEM" || last.Headers["topic"] != "disconnect" {
		t.Errorf("last frame: got %+v, want SYSTEM disconnect", last)
	}
	w.ticket() // any process may still issue tickets
}

func TestPing(t *testing.T) {
	t.Parallel()
	_, s, c := connected(t)
	a, err := s.hub.all()[0].ask(t.Context(), s.hub.frame("SYSTEM", "ping", `{"opaque":"x"}`))
	if err != nil || a.Data != `{"opaque":"x"}` {
		t.Errorf("ping: got %+v, %v; want its data back", a, err)
	}
	if err := c.ws.Ping(t.Context()); err != nil { // the client's own, answered by a pong
		t.Errorf("ping of the client: got %v, want a pong", err)
	}
}

func TestConnectionsOutliveAReset(t *testing.T) {
	t.Parallel()
	w, s, c := connected(t)
	if err := w.store.(*store.Store).Reset(t.Context(), w.dir.Sample()...); err != nil {
		t.Fatal(err)
	}
	s.Refresh(t.Context())
	w.record("user_add_org", "u1", 1)
	s.Once(t.Context())
	want(t, "events", c.numbers(), 1)
}
