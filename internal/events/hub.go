package events

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/mingce/mingce/internal/directory"
)

const (
	ackLimit     = 10 * time.Second // for an answer to an event (E4)
	writeLimit   = 5 * time.Second
	pingEvery    = 25 * time.Second // clients give up after 60 s without a word
	watchEvery   = 500 * time.Millisecond
	keepEvery    = 5 * time.Minute // how often it is recorded that an app is connected
	farewell     = 2 * time.Second // for answers to "disconnect"
	largestFrame = 64 << 10
	// maxConnections keeps one app from filling the process's memory.
	maxConnections = 64
)

var (
	errNotConnected = errors.New("the app is not connected")
	errNotTaken     = errors.New("the app did not take the event")
	errNoAnswer     = errors.New("the app did not answer in time")
)

// hub keeps the connections of Stream mode of this process.
type hub struct {
	dir  *directory.Directory
	log  *slog.Logger
	left func(context.Context, directory.SubscriptionRef) // an app has no connection any more

	mu     sync.Mutex
	apps   map[string]*appConnections
	closed bool
	open   sync.WaitGroup
}

// appConnections are the connections of one app, and whose turn it is.
type appConnections struct {
	list    []*connection
	next    int
	opening int // connections that have a place and are not open yet
}

// connection is one WebSocket with its unanswered frames.
type connection struct {
	ws      *websocket.Conn
	org     string
	appKey  string
	tags    []string // events it asked for
	leaving bool     // guarded by the hub's lock: it is being ended
	mark    string   // of the app when the connection was opened, see directory.StreamMark

	mu      sync.Mutex
	answers map[string]chan answer
	gone    chan struct{}
}

// frame is what the server sends (E4). All values of headers are texts.
type frame struct {
	SpecVersion string            `json:"specVersion"`
	Type        string            `json:"type"`
	Time        int64             `json:"time"`
	Headers     map[string]string `json:"headers"`
	Data        string            `json:"data"`
}

// answer is what a client sends back.
type answer struct {
	Code    int               `json:"code"`
	Headers map[string]string `json:"headers"`
	Message string            `json:"message"`
	Data    string            `json:"data"`
}

func newHub(dir *directory.Directory, log *slog.Logger, left func(context.Context, directory.SubscriptionRef)) *hub {
	return &hub{dir: dir, log: log, left: left, apps: map[string]*appConnections{}}
}

// ServeHTTP opens a connection for a ticket. A request that does not ask for a
// WebSocket leaves the ticket alone.
func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		w.Header().Set("Connection", "Upgrade")
		w.Header().Set("Upgrade", "websocket")
		http.Error(w, "this is the address of a WebSocket", http.StatusUpgradeRequired)
		return
	}
	app, tags, mark, err := h.dir.TakeTicket(r.Context(), r.URL.Query().Get("ticket"), r.RemoteAddr)
	if err != nil {
		status := http.StatusUnauthorized
		if !errors.Is(err, directory.ErrTokenInvalid) {
			h.log.Error("check a ticket", "error", err)
			status = http.StatusServiceUnavailable
		}
		http.Error(w, "the ticket is unknown, used or older than 90 seconds", status)
		return
	}
	if !h.takePlace(app.ID) {
		w.Header().Set("Retry-After", "60")
		http.Error(w, "too many connections", http.StatusTooManyRequests)
		return
	}
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		h.leavePlace(app.ID)
		return // Accept has answered
	}
	ws.SetReadLimit(largestFrame)
	c := &connection{ws: ws, org: app.Org, appKey: app.ID, tags: tags, mark: mark, answers: map[string]chan answer{}, gone: make(chan struct{})}
	if !h.add(c) {
		_ = ws.Close(websocket.StatusGoingAway, "the server is stopping")
		return
	}
	h.keep(r.Context(), c.appKey)
	ctx := context.WithoutCancel(r.Context())
	c.read(ctx)
	if last := h.remove(c); last {
		h.left(ctx, directory.SubscriptionRef{Org: c.org, AppKey: c.appKey, Channel: directory.StreamChannel})
	}
	h.open.Done()
}

// takePlace counts a connection before it is opened, so that many at once do
// not get past the limit. add or leavePlace follows.
func (h *hub) takePlace(appKey string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := h.apps[appKey]
	if a == nil {
		a = &appConnections{}
	}
	if h.closed || len(a.list)+a.opening >= maxConnections {
		return false
	}
	a.opening++
	h.apps[appKey] = a
	return true
}

func (h *hub) leavePlace(appKey string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.apps[appKey].opening--
	h.forgetIdle(appKey)
}

func (h *hub) add(c *connection) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := h.apps[c.appKey]
	a.opening--
	if h.closed {
		h.forgetIdle(c.appKey)
		return false
	}
	a.list = append(a.list, c)
	h.open.Add(1)
	return true
}

func (h *hub) remove(c *connection) (last bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := h.apps[c.appKey]
	a.list = slices.DeleteFunc(a.list, func(x *connection) bool { return x == c })
	h.forgetIdle(c.appKey)
	return len(a.list) == 0
}

func (h *hub) forgetIdle(appKey string) {
	if a := h.apps[appKey]; len(a.list)+a.opening == 0 {
		delete(h.apps, appKey)
	}
}

// has reports whether the app has a connection to this process.
func (h *hub) has(appKey string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := h.apps[appKey]
	return a != nil && len(a.list) > 0
}

// pick returns the app's connection whose turn it is among those that asked
// for the event.
func (h *hub) pick(appKey, topic string) (*connection, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := h.apps[appKey]
	if a == nil {
		return nil, errNotConnected
	}
	for i := range a.list {
		at := (a.next + i) % len(a.list)
		if c := a.list[at]; !c.leaving && (slices.Contains(c.tags, topic) || slices.Contains(c.tags, directory.AllEvents)) {
			a.next = at + 1
			return c, nil
		}
	}
	return nil, fmt.Errorf("%w: no connection asks for it", errNotTaken)
}

// all returns every connection.
func (h *hub) all() (list []*connection) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, a := range h.apps {
		list = append(list, a.list...)
	}
	return list
}

// deliver sends the event over one connection and returns nil when the app has
// taken it.
func (h *hub) deliver(ctx context.Context, d directory.Delivery) error {
	c, err := h.pick(d.Ref.AppKey, d.Topic)
	if err != nil {
		return err
	}
	data, err := streamed(d)
	if err != nil {
		return err
	}
	// Clients choose their handler by the topic, as they asked for it.
	topic := d.Topic
	if slices.Contains(c.tags, directory.AllEvents) {
		topic = directory.AllEvents
	}
	f := h.frame("EVENT", topic, string(data))
	f.Headers["eventId"], f.Headers["eventType"], f.Headers["eventCorpId"] = d.EventID, d.Topic, d.Ref.Org
	f.Headers["eventBornTime"] = strconv.FormatInt(d.BornAt.UnixMilli(), 10)
	f.Headers["eventUnifiedAppId"] = d.Ref.AppKey // Inferred: any id that is stable for the app
	ctx, cancel := context.WithTimeout(ctx, ackLimit)
	defer cancel()
	a, err := c.ask(ctx, f)
	if err != nil {
		return err
	}
	var status struct{ Status string }
	_ = json.Unmarshal([]byte(a.Data), &status) // other data than ours is no refusal
	if a.Code != http.StatusOK || status.Status == "LATER" {
		return fmt.Errorf("%w: code %d", errNotTaken, a.Code)
	}
	return nil
}

func (h *hub) frame(kind, topic, data string) frame {
	now := h.dir.Now().UnixMilli()
	return frame{SpecVersion: "1.0", Type: kind, Time: now, Data: data, Headers: map[string]string{
		"topic": topic, "messageId": rand.Text(), "contentType": "application/json", "time": strconv.FormatInt(now, 10),
	}}
}

// ask sends a frame and waits for its answer.
func (c *connection) ask(ctx context.Context, f frame) (answer, error) {
	id, got := f.Headers["messageId"], make(chan answer, 1)
	c.mu.Lock()
	c.answers[id] = got
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.answers, id)
		c.mu.Unlock()
	}()
	if err := c.write(ctx, f); err != nil {
		return answer{}, err
	}
	select {
	case a := <-got:
		return a, nil
	case <-c.gone:
		return answer{}, fmt.Errorf("%w: the connection ended", errNotTaken)
	case <-ctx.Done():
		return answer{}, errNoAnswer
	}
}

func (c *connection) write(ctx context.Context, f frame) error {
	text, err := marshal(f)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, writeLimit)
	defer cancel()
	return c.ws.Write(ctx, websocket.MessageText, text)
}

// marshal writes a frame; what stands in its data is not escaped for HTML.
func marshal(f frame) ([]byte, error) {
	o := object{}
	headers, err := json.Marshal(f.Headers)
	if err != nil {
		return nil, fmt.Errorf("write a frame: %w", err)
	}
	o.text("specVersion", f.SpecVersion)
	o.text("type", f.Type)
	o.raw("time", strconv.AppendInt(nil, f.Time, 10))
	o.raw("headers", headers)
	o.text("data", f.Data)
	return o.end(), nil
}

// read hands answers to who waits for them, until the connection ends.
func (c *connection) read(ctx context.Context) {
	defer close(c.gone)
	defer func() { _ = c.ws.CloseNow() }()
	for {
		_, text, err := c.ws.Read(ctx)
		if err != nil {
			return
		}
		var a answer
		if json.Unmarshal(text, &a) != nil {
			continue // what is no answer is left alone
		}
		c.mu.Lock()
		if got := c.answers[a.Headers["messageId"]]; got != nil {
			select {
			case got <- a:
			default: // answered twice
			}
		}
		c.mu.Unlock()
	}
}

// run pings connections and records that their apps are there, until ctx is
// done; then it sends everybody away.
func (h *hub) run(ctx context.Context) {
	ping, keep, watch := time.NewTicker(pingEvery), time.NewTicker(keepEvery), time.NewTicker(watchEvery)
	defer ping.Stop()
	defer keep.Stop()
	defer watch.Stop()
	for {
		select {
		case <-ping.C:
			h.pingAll(ctx)
		case <-watch.C:
			h.endChanged(ctx)
		case <-keep.C:
			h.keepAll(ctx)
		case <-ctx.Done():
			h.close(context.WithoutCancel(ctx))
			return
		}
	}
}

// pingAll ends connections whose client does not answer any more.
func (h *hub) pingAll(ctx context.Context) {
	for _, c := range h.all() {
		go func() {
			ctx, cancel := context.WithTimeout(ctx, ackLimit)
			defer cancel()
			if _, err := c.ask(ctx, h.frame("SYSTEM", "ping", `{"opaque":"`+rand.Text()+`"}`)); err != nil {
				_ = c.ws.CloseNow()
			}
		}()
	}
}

func (h *hub) keepAll(ctx context.Context) {
	for _, app := range h.connected() {
		h.keep(ctx, app)
	}
}

// connected lists the apps that have a connection to this process.
func (h *hub) connected() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Collect(maps.Keys(h.apps))
}

// endChanged ends the connections of apps that are not what they were: with a
// new secret, switched off, with other permissions or addresses. Those that may
// still come open another.
func (h *hub) endChanged(ctx context.Context) {
	for _, app := range h.connected() {
		mark, err := h.dir.StreamMark(ctx, app)
		if err != nil && !errors.Is(err, directory.ErrAppNotFound) {
			if ctx.Err() == nil {
				h.log.Error("look for changes of an app that is connected", "error", err)
			}
			continue
		}
		for _, c := range h.all() {
			if c.appKey == app && c.mark != mark {
				go h.sendAway(context.WithoutCancel(ctx), c, "the app has changed", websocket.StatusPolicyViolation)
			}
		}
	}
}

// sendAway ends a connection, which the client is told first. No event goes
// over it any more.
func (h *hub) sendAway(ctx context.Context, c *connection, why string, status websocket.StatusCode) {
	h.mu.Lock()
	leaving := c.leaving
	c.leaving = true
	h.mu.Unlock()
	if leaving {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	reason, _ := json.Marshal(map[string]string{"reason": why})
	_, _ = c.ask(ctx, h.frame("SYSTEM", "disconnect", string(reason)))
	_ = c.ws.Close(status, why)
}

// keep records that the app is connected and what its connections ask for.
func (h *hub) keep(ctx context.Context, appKey string) {
	var org string
	var tags []string
	h.mu.Lock()
	if a := h.apps[appKey]; a != nil {
		for _, c := range a.list {
			org, tags = c.org, append(tags, c.tags...)
		}
	}
	h.mu.Unlock()
	slices.Sort(tags)
	tags = slices.Compact(tags)
	if len(tags) == 0 {
		return // it listens for no events
	}
	if err := h.dir.KeepStream(ctx, org, appKey, tags); err != nil && ctx.Err() == nil {
		h.log.Error("record a connection", "error", err)
	}
}

// close tells every client to connect elsewhere and ends the connections.
func (h *hub) close(ctx context.Context) {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	for _, c := range h.all() {
		go h.sendAway(ctx, c, "the server is stopping", websocket.StatusGoingAway)
	}
	h.open.Wait()
}
