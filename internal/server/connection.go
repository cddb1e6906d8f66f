package server

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// ConnectionLimits bound how many connections are open at once. Zero values stand for
// the defaults.
type ConnectionLimits struct {
	Total      int // in all
	PerAddress int // of one address, unless it is this machine's or a trusted proxy's
}

// The defaults: a connection costs about 25 KiB.
const (
	DefaultConnections           = 8192
	DefaultConnectionsPerAddress = 1024
)

// connections counts the connections of one process. When there are too many, it closes
// those that have waited longest for their client: for its next call, or for the rest of
// the current one. It is safe for concurrent use.
type connections struct {
	limits  ConnectionLimits
	trusted Proxies
	closed  func() // called for each connection closed or refused to make room

	// heads is the budget of request heads that are not complete yet.
	heads *budget

	// further is how many requests all HTTP/2 sessions have beyond fewRequests each.
	further atomic.Int64

	mu     sync.Mutex
	open   map[*connection]struct{}
	weight int // of all open connections
	byAddr map[netip.Addr]int
}

// sessionRequests is how many requests an HTTP/2 connection may have open at once. A
// client with more waits, or opens another connection. It is not lower than what clients
// assume before they have seen the settings (RFC 9113, 6.5.2): Node.js sends a hundred
// at once, and does not repeat those that are refused.
const sessionRequests = 100

// fewRequests is how many of them a session may always have open. Each takes about
// 12 KiB before its body is charged, so the limit on connections bounds these. When all
// sessions together have furtherRequests beyond that, more are read slowly.
const (
	fewRequests     = 8
	furtherRequests = 1024
)

// sessionWeight is how many connections an HTTP/2 connection counts as: it takes about
// that much more memory, for its buffers, its tables and fewRequests.
const sessionWeight = 16

// headsHeld is how many bytes unfinished heads may hold in sum, beyond the buffer that
// every connection has.
const headsHeld = 32 << 20

// connection is a client's connection, below TLS.
type connection struct {
	net.Conn
	all      *connections
	addr     netip.Addr   // invalid if the address is not limited
	begun    atomic.Int64 // requests so far
	requests atomic.Int32 // of these, those that have not ended
	idle     atomic.Int64 // since when there has been no request, in Unix nanoseconds
	calls    atomic.Int32
	waiting  atomic.Int64 // since when there has been no call, in Unix nanoseconds
	once     sync.Once
	weight   int      // guarded by the lock of connections
	top      net.Conn // closed when idle: TLS, which tells its client; guarded likewise
}

func newConnections(l ConnectionLimits, trusted Proxies, closed func()) *connections {
	l.Total = cmp.Or(l.Total, DefaultConnections)
	l.PerAddress = cmp.Or(l.PerAddress, DefaultConnectionsPerAddress)
	return &connections{
		limits: l, trusted: trusted, closed: closed, heads: newBudget(headsHeld, 0, closed),
		open: map[*connection]struct{}{}, byAddr: map[netip.Addr]int{},
	}
}

// admit counts a new connection. It closes c and returns nil if the address has too
// many connections, or if there are too many in all and each is in the middle of a call.
func (x *connections) admit(c net.Conn) *connection {
	n := &connection{Conn: c, all: x, addr: x.limited(c.RemoteAddr()), weight: 1, top: c}
	n.waiting.Store(time.Now().UnixNano())
	n.idle.Store(n.waiting.Load())
	x.mu.Lock()
	defer x.mu.Unlock()
	if n.addr.IsValid() && x.byAddr[n.addr] >= x.limits.PerAddress || x.weight >= x.limits.Total && !x.makeRoom(nil) {
		x.closed()
		_ = c.Close()
		return nil
	}
	x.open[n] = struct{}{}
	x.weight++
	if n.addr.IsValid() {
		x.byAddr[n.addr]++
	}
	return n
}

// isBelow records the TLS connection on top of this one.
func (c *connection) isBelow(t *tls.Conn) {
	c.all.mu.Lock()
	defer c.all.mu.Unlock()
	c.top = t
}

// isSession makes the connection count as HTTP/2. It returns false if there is no room
// for that; the caller must then close it.
func (c *connection) isSession() bool {
	x := c.all
	x.mu.Lock()
	defer x.mu.Unlock()
	if _, open := x.open[c]; !open {
		return false
	}
	x.weight += sessionWeight - c.weight
	c.weight = sessionWeight
	for x.weight > x.limits.Total {
		if !x.makeRoom(c) {
			x.closed()
			return false
		}
	}
	return true
}

// limited returns the address that a peer is counted under. It is the zero value for
// this machine and for trusted proxies, which stand for many clients.
func (x *connections) limited(a net.Addr) netip.Addr {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	addr := tcp.AddrPort().Addr().Unmap().WithZone("")
	if addr.IsLoopback() || x.trusted.contains(addr) {
		return netip.Addr{}
	}
	if addr.Is6() { // an IPv6 subscriber has a whole network
		network, _ := addr.Prefix(64)
		return network.Addr()
	}
	return addr
}

// makeRoom closes the connections that have waited longest, until a hundredth of the
// limit is free, so that the search is rare. It never closes but, for which it makes room.
func (x *connections) makeRoom(but *connection) bool {
	type idle struct {
		c     *connection
		since int64
	}
	var list []idle
	for c := range x.open {
		if c != but && c.calls.Load() == 0 {
			list = append(list, idle{c, c.waiting.Load()})
		}
	}
	slices.SortFunc(list, func(a, b idle) int { return cmp.Compare(a.since, b.since) })
	freed := 0
	for _, i := range list {
		if freed > x.limits.Total/100 {
			break
		}
		freed += i.c.weight
		x.closed()
		x.forget(i.c)
		go i.c.Conn.Close() // it may block on data that the client does not read
	}
	return freed > 0
}

func (x *connections) forget(c *connection) {
	c.once.Do(func() {
		delete(x.open, c)
		x.weight -= c.weight
		if !c.addr.IsValid() {
			return
		}
		if x.byAddr[c.addr]--; x.byAddr[c.addr] <= 0 {
			delete(x.byAddr, c.addr)
		}
	})
}

// idleTime is how long a client may keep a connection without a request.
const idleTime = 120 * time.Second

// closeIdle closes the connections that have had no request for idleTime. net/http's own
// timer is not used: it keeps an HTTP/2 session that ended in the middle of a request in
// memory until it fires, so a client that opens and ends many sessions would fill the
// memory.
func (x *connections) closeIdle(now time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for c := range x.open {
		if c.requests.Load() == 0 && now.Sub(time.Unix(0, c.idle.Load())) >= idleTime {
			x.forget(c)
			go c.top.Close() // it may block on data that the client does not read
		}
	}
}

// closeIdleUntil calls closeIdle again and again until ctx is done.
func (x *connections) closeIdleUntil(ctx context.Context) {
	every := time.NewTicker(idleTime / 24)
	defer every.Stop()
	for {
		select {
		case now := <-every.C:
			x.closeIdle(now)
		case <-ctx.Done():
			return
		}
	}
}

// beginRequest and endRequest enclose a request, from its head to the end of its answer.
func (c *connection) beginRequest() {
	if c == nil {
		return
	}
	c.begun.Add(1)
	if c.requests.Add(1) > fewRequests {
		c.all.further.Add(1)
	}
}

func (c *connection) endRequest() {
	if c == nil {
		return
	}
	left := c.requests.Add(-1)
	if left >= fewRequests {
		c.all.further.Add(-1)
	}
	if left == 0 {
		c.idle.Store(time.Now().UnixNano())
	}
}

// isFull reports whether the session has fewRequests while all sessions together have
// furtherRequests beyond theirs.
func (c *connection) isFull() bool {
	return c.requests.Load() >= fewRequests && c.all.further.Load() >= furtherRequests
}

func (x *connections) count() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.open)
}

// Close closes the connection and stops counting it.
func (c *connection) Close() error {
	c.all.mu.Lock()
	c.all.forget(c)
	c.all.mu.Unlock()
	return c.Conn.Close()
}

// CloseWrite closes the server's half.
func (c *connection) CloseWrite() error { return closeWrite(c.Conn) }

// begin and end enclose a call, during which the connection does not wait for its
// client. While a request is still being received, it does.
func (c *connection) begin() {
	if c != nil {
		c.calls.Add(1)
	}
}

func (c *connection) end() {
	if c != nil && c.calls.Add(-1) == 0 {
		c.waiting.Store(time.Now().UnixNano())
	}
}

type (
	connectionKey struct{}
	tlsKey        struct{}
)

// link is http.Server.ConnContext.
func link(ctx context.Context, c net.Conn) context.Context {
	secure, counted := layers(c)
	if secure != nil {
		state := secure.ConnectionState()
		ctx = context.WithValue(ctx, tlsKey{}, &state)
	}
	return context.WithValue(ctx, connectionKey{}, counted)
}

// tlsOf returns the TLS state of the request's connection, or nil.
func tlsOf(r *http.Request) *tls.ConnectionState {
	state, _ := r.Context().Value(tlsKey{}).(*tls.ConnectionState)
	return state
}

// layers finds the TLS connection, if any, and the counted connection below the one that
// net/http was given.
func layers(c net.Conn) (secure *tls.Conn, counted *connection) {
	for {
		switch x := c.(type) {
		case *connection:
			return secure, x
		case *strictConn:
			c = x.Conn
		case *sessionConn:
			c = x.Conn
		case *handshake:
			c = x.Conn
		case *tls.Conn:
			secure, c = x, x.NetConn()
		default:
			return secure, nil
		}
	}
}

// connectionOf returns the connection that a request came on; nil in tests without one.
func connectionOf(r *http.Request) *connection {
	c, _ := r.Context().Value(connectionKey{}).(*connection)
	return c
}
