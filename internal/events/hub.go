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
	pingEvery = 25 * time.Second // clients give up after 60 s without a word
	keepEvery = 5 * time.Minute  // how often it is recorded that an app is connected
	// checkEvery is how often it is asked whether connections may stay. What ends
	// them holds on every process within a second.
	checkEvery = 400 * time.Millisecond
	farewell   = 2 * time.Second        // for answers to "disconnect"
	dismissal  = 250 * time.Millisecond // the same, of those that may not stay
	stopping   = "the server is stopping"

	// maxConnections keeps one app from filling the process's memory, maxInAll
	// keeps all of them from it.
	maxConnections = 64
	maxInAll       = 4096
)

// hub keeps the connections of Stream mode of this process.
type hub struct {
	dir  *directory.Directory
	log  *slog.Logger
	left func(context.Context, directory.SubscriptionRef) // an app has no connection any more

	mu     sync.Mutex
	apps   map[string]*appConnections
	places int // reserved for connections
	pace   pace
	closed bool
	open   sync.WaitGroup
}

// appConnections are the connections of one app, and whose turn it is.
type appConnections struct {
	places int // those of the list, and of connections that begin or end
	list   []*connection
	next   int
}

func newHub(dir *directory.Directory, log *slog.Logger, left func(context.Context, directory.SubscriptionRef)) *hub {
	return &hub{dir: dir, log: log, left: left, apps: map[string]*appConnections{}, pace: pace{}}
}

// ServeHTTP opens a connection for a ticket. Nothing is written for a request
// that cannot become one.
func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !headerHas(r.Header, "Connection", "upgrade") || !headerHas(r.Header, "Upgrade", "websocket") {
		if r.ProtoMajor == 1 { // an answer of HTTP/2 with these headers is malformed
			w.Header().Set("Connection", "Upgrade")
			w.Header().Set("Upgrade", "websocket")
		}
		http.Error(w, "this address takes WebSocket connections over HTTP/1.1 only", http.StatusUpgradeRequired)
		return
	}
	s, err := h.dir.ReadTicket(r.Context(), r.URL.Query().Get("ticket"), r.RemoteAddr)
	if err != nil {
		h.refuse(w, err)
		return
	}
	if !h.reserve(s.AppKey) {
		w.Header().Set("Retry-After", "1")
		http.Error(w, "too many connections", http.StatusTooManyRequests)
		return
	}
	defer h.open.Done()
	if err := h.dir.BeginStream(r.Context(), s); err != nil {
		h.release(s.AppKey)
		h.refuse(w, err)
		return
	}
	ws, err := websocket.Accept(w, r, nil)
	if err != nil { // Accept has answered
		h.release(s.AppKey)
		return
	}
	ws.SetReadLimit(largestFrame)
	ctx, end := context.WithCancel(context.WithoutCancel(r.Context()))
	defer end()
	c := &connection{ws: ws, Stream: s, end: end, answers: map[string]chan answer{}, gone: make(chan struct{})}
	if !h.add(c) {
		_ = ws.Close(websocket.StatusGoingAway, stopping)
		return
	}
	h.keep(r.Context(), c.AppKey)
	c.read(ctx)
	ctx = context.WithoutCancel(ctx)
	if last := h.remove(c); last {
		h.left(ctx, directory.SubscriptionRef{Org: c.Org, AppKey: c.AppKey, Channel: directory.StreamChannel})
	}
}

// headerHas reports whether a list of words in a header has the word.
func headerHas(h http.Header, name, word string) bool {
	for _, list := range h.Values(name) {
		for w := range strings.SplitSeq(list, ",") {
			if strings.EqualFold(strings.TrimSpace(w), word) {
				return true
			}
		}
	}
	return false
}

func (h *hub) refuse(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, directory.ErrTokenInvalid):
		http.Error(w, "the ticket is unknown, used or older than 90 seconds", http.StatusUnauthorized)
	case errors.Is(err, directory.ErrAppAddress), errors.Is(err, directory.ErrAppPermission):
		http.Error(w, err.Error(), http.StatusForbidden)
	default:
		h.log.Error("open a stream", "error", err)
		w.Header().Set("Retry-After", "1")
		http.Error(w, "the directory is busy", http.StatusServiceUnavailable)
	}
}

// reserve takes a place for a connection of the app, before anything is done
// for it: connections that come at once must not all see the last one. open
// counts it until the handler ends.
func (h *hub) reserve(appKey string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := h.apps[appKey]
	if h.closed || h.places >= maxInAll || a != nil && a.places >= maxConnections || !h.pace.allow(appKey, time.Now()) {
		return false
	}
	if a == nil {
		a = &appConnections{}
		h.apps[appKey] = a
	}
	a.places++
	h.places++
	h.open.Add(1)
	return true
}

func (h *hub) release(appKey string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.releaseLocked(appKey)
}

func (h *hub) releaseLocked(appKey string) {
	a := h.apps[appKey]
	a.places--
	h.places--
	if a.places == 0 {
		delete(h.apps, appKey)
	}
}

// add puts a connection into the place that was reserved for it, or gives the
// place back when the server is stopping.
func (h *hub) add(c *connection) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		h.releaseLocked(c.AppKey)
		return false
	}
	a := h.apps[c.AppKey]
	a.list = append(a.list, c)
	return true
}

// part takes a connection out of those that get events, while it ends.
func (h *hub) part(c *connection) {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := h.apps[c.AppKey]
	a.list = slices.DeleteFunc(a.list, func(x *connection) bool { return x == c })
}

func (h *hub) remove(c *connection) (last bool) {
	h.part(c)
	h.mu.Lock()
	defer h.mu.Unlock()
	last = len(h.apps[c.AppKey].list) == 0
	h.releaseLocked(c.AppKey)
	return last
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
	if a == nil || len(a.list) == 0 {
		return nil, errNotConnected
	}
	for i := range a.list {
		at := (a.next + i) % len(a.list)
		if c := a.list[at]; slices.Contains(c.Tags, topic) || slices.Contains(c.Tags, directory.AllEvents) {
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

// check ends the connections that may not stay.
func (h *hub) check(ctx context.Context) {
	all := h.all()
	if len(all) == 0 {
		return
	}
	streams := make([]directory.Stream, len(all))
	for i, c := range all {
		streams[i] = c.Stream
	}
	why, err := h.dir.EndedStreams(ctx, streams)
	if err != nil {
		if ctx.Err() == nil {
			h.log.Error("check connections of streams", "error", err)
		}
		return
	}
	for i, c := range all {
		if why[i] == nil {
			continue
		}
		h.log.Info("stream ended", "app", c.AppKey, "reason", why[i])
		h.part(c)
		h.open.Go(func() { h.dismiss(context.WithoutCancel(ctx), c, dismissal, "the app may not be connected") })
	}
}

// dismiss tells a client to go, as the vendor does it, and ends its connection,
// also where the client does not answer.
func (h *hub) dismiss(ctx context.Context, c *connection, wait time.Duration, reason string) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	force := time.AfterFunc(2*wait, c.end)
	defer force.Stop()
	_, _ = c.ask(ctx, h.frame("SYSTEM", "disconnect", `{"reason":"`+reason+`"}`))
	_ = c.ws.Close(websocket.StatusGoingAway, reason)
}

// deliver sends the event over one connection and returns nil when the app has
// taken it (docs/spec/dingtalk.md#acknowledgement-of-a-stream-event).
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
	if slices.Contains(c.Tags, directory.AllEvents) {
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

// run pings connections, records that their apps are there and ends those that
// may not stay, until ctx is done; then it sends everybody away.
func (h *hub) run(ctx context.Context) {
	ping, keep, check := time.NewTicker(pingEvery), time.NewTicker(keepEvery), time.NewTicker(checkEvery)
	defer ping.Stop()
	defer keep.Stop()
	defer check.Stop()
	for {
		select {
		case <-ping.C:
			h.pingAll(ctx)
		case <-keep.C:
			h.keepAll(ctx)
		case <-check.C:
			h.check(ctx)
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
	h.mu.Lock()
	apps := slices.Collect(maps.Keys(h.apps))
	h.mu.Unlock()
	for _, app := range apps {
		h.keep(ctx, app)
	}
}

// keep records that the app is connected and what its connections ask for.
func (h *hub) keep(ctx context.Context, appKey string) {
	var org string
	var tags []string
	h.mu.Lock()
	if a := h.apps[appKey]; a != nil {
		for _, c := range a.list {
			org, tags = c.Org, append(tags, c.Tags...)
		}
	}
	h.mu.Unlock()
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
		h.open.Go(func() { h.dismiss(ctx, c, farewell, stopping) })
	}
	h.open.Wait()
}
