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
	pingEvery   = 25 * time.Second // clients give up after 60 s of silence
	recordEvery = 5 * time.Minute  // interval of recording that an app is connected
	// checkEvery is the interval of checking whether connections may stay: a
	// revoked right takes effect on every process within a second.
	checkEvery = 400 * time.Millisecond
	stopWait   = 2 * time.Second        // for answers to "disconnect" when the server stops
	revokeWait = 250 * time.Millisecond // the same for connections that may not stay
	stopping   = "the server is stopping"

	// maxConnections limits the connections of one app, maxInAll those of all
	// apps, to bound the process's memory.
	maxConnections = 64
	maxInAll       = 4096
)

// hub holds the connections of Stream mode of this process.
type hub struct {
	dir  *directory.Directory
	log  *slog.Logger
	left func(context.Context, directory.SubscriptionRef) // called when the last connection of an app ends

	mu     sync.Mutex
	apps   map[string]*appConnections
	places int // reserved for connections
	pace   pace
	closed bool
	open   sync.WaitGroup
}

// appConnections are the connections of one app, used in turn.
type appConnections struct {
	places int // connections in the list, being opened or being closed
	list   []*connection
	next   int
}

func newHub(dir *directory.Directory, log *slog.Logger, left func(context.Context, directory.SubscriptionRef)) *hub {
	return &hub{dir: dir, log: log, left: left, apps: map[string]*appConnections{}, pace: pace{}}
}

// ServeHTTP opens a connection for a ticket. It writes nothing to the store for
// a request that cannot become a connection.
func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !headerHas(r.Header, "Connection", "upgrade") || !headerHas(r.Header, "Upgrade", "websocket") {
		if r.ProtoMajor == 1 { // an HTTP/2 response with these headers would be malformed
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
	if err != nil { // Accept has responded
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
	h.record(r.Context(), c.AppKey)
	c.read(ctx)
	ctx = context.WithoutCancel(ctx)
	if last := h.remove(c); last {
		h.left(ctx, directory.SubscriptionRef{Org: c.Org, AppKey: c.AppKey, Channel: directory.StreamChannel})
	}
}

// headerHas reports whether a list in a header contains the word.
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

// reserve takes a place for a connection of the app before any other work, so
// that concurrent requests cannot share the last place. open counts it until
// the handler returns.
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

// add adds a connection to its reserved place, or releases the place when the
// server is stopping.
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

// detach stops sending events to a connection that is being closed.
func (h *hub) detach(c *connection) {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := h.apps[c.AppKey]
	a.list = slices.DeleteFunc(a.list, func(x *connection) bool { return x == c })
}

func (h *hub) remove(c *connection) (last bool) {
	h.detach(c)
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

// pick returns the next connection of the app in turn that asked for the event.
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
	return nil, fmt.Errorf("%w: no connection asks for it", errNotAccepted)
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

// check closes the connections that may not stay.
func (h *hub) check(ctx context.Context) {
	all := h.all()
	if len(all) == 0 {
		return
	}
	streams := make([]directory.Stream, len(all))
	for i, c := range all {
		streams[i] = c.Stream
	}
	why, err := h.dir.CheckStreams(ctx, streams)
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
		h.detach(c)
		h.open.Go(func() { h.dismiss(context.WithoutCancel(ctx), c, revokeWait, "the app may not be connected") })
	}
}

// dismiss asks a client to disconnect, in the vendor's way, and closes its
// connection even if the client does not answer.
func (h *hub) dismiss(ctx context.Context, c *connection, wait time.Duration, reason string) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	force := time.AfterFunc(2*wait, c.end)
	defer force.Stop()
	_, _ = c.ask(ctx, h.frame("SYSTEM", "disconnect", `{"reason":"`+reason+`"}`))
	_ = c.ws.Close(websocket.StatusGoingAway, reason)
}

// deliver sends the event over one connection and returns nil when the app has
// accepted it (docs/spec/dingtalk.md#acknowledgement-of-a-stream-event).
func (h *hub) deliver(ctx context.Context, d directory.Delivery) error {
	c, err := h.pick(d.Ref.AppKey, d.Topic)
	if err != nil {
		return err
	}
	data, err := streamed(d)
	if err != nil {
		return err
	}
	// Clients select their handler by the topic they asked for.
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
	_ = json.Unmarshal([]byte(a.Data), &status) // data in another format is not a refusal
	if a.Code != http.StatusOK || status.Status == "LATER" {
		return fmt.Errorf("%w: code %d", errNotAccepted, a.Code)
	}
	return nil
}

// run pings connections, records that their apps are connected and closes those
// that may not stay, until ctx is done; then it closes all.
func (h *hub) run(ctx context.Context) {
	ping, record, check := time.NewTicker(pingEvery), time.NewTicker(recordEvery), time.NewTicker(checkEvery)
	defer ping.Stop()
	defer record.Stop()
	defer check.Stop()
	for {
		select {
		case <-ping.C:
			h.pingAll(ctx)
		case <-record.C:
			h.recordAll(ctx)
		case <-check.C:
			h.check(ctx)
		case <-ctx.Done():
			h.close(context.WithoutCancel(ctx))
			return
		}
	}
}

// pingAll closes connections whose client no longer answers.
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

func (h *hub) recordAll(ctx context.Context) {
	h.mu.Lock()
	apps := slices.Collect(maps.Keys(h.apps))
	h.mu.Unlock()
	for _, app := range apps {
		h.record(ctx, app)
	}
}

// record records that the app is connected and which events its connections ask
// for.
func (h *hub) record(ctx context.Context, appKey string) {
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
		return // it asks for no events
	}
	if err := h.dir.RenewStream(ctx, org, appKey, tags); err != nil && ctx.Err() == nil {
		h.log.Error("record a connection", "error", err)
	}
}

// close asks every client to connect elsewhere and closes the connections.
func (h *hub) close(ctx context.Context) {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	for _, c := range h.all() {
		h.open.Go(func() { h.dismiss(ctx, c, stopWait, stopping) })
	}
	h.open.Wait()
}
