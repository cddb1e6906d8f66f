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

// ConnectionLimits bound how many connections there are at once. Zero values
// stand for the defaults.
type ConnectionLimits struct {
	Total      int // of everybody
	PerAddress int // of one address that is neither this machine's nor a trusted proxy's
}

// The defaults: a connection costs about 25 KiB.
const (
	DefaultConnections           = 8192
	DefaultConnectionsPerAddress = 1024
)

// connections counts the connections of one process. When there are too many,
// those are closed that have waited longest for their client: for its next
// call, or for the rest of the one it began. It is safe for concurrent use.
type connections struct {
	limits  ConnectionLimits
	trusted Proxies
	closed  func() // called for each connection that is closed or refused to make room

	// heads is what requests hold before their heads are whole.
	heads *budget

	// further is how many requests sessions have beyond a few of each.
	further atomic.Int64

	mu     sync.Mutex
	open   map[*connection]struct{}
	weight int // of all that are open
	byAddr map[netip.Addr]int
}

// sessionRequests is how many requests a connection of HTTP/2 may have begun at once.
// A client with more to ask waits, or opens another. It is no fewer than clients take
// for granted until they have seen the settings (RFC 9113, 6.5.2): Node.js sends a
// hundred at once, and does not repeat those that are refused.
const sessionRequests = 100

// fewRequests is how many of them a session may always have begun. Each takes about
// 12 KiB before its body is charged, so the limit of connections bounds those. When all
// sessions have furtherRequests beyond, more are read slowly.
const (
	fewRequests     = 8
	furtherRequests = 1024
)

// sessionWeight is how many connections one of HTTP/2 stands for in the limit of
// all: about that much more memory it takes, for its buffers and tables and for the
// few requests.
const sessionWeight = 16

// headsHeld is what unfinished heads may hold in sum, beyond what every
// connection has.
const headsHeld = 32 << 20

// connection is one of a client's, below TLS.
type connection struct {
	net.Conn
	all      *connections
	addr     netip.Addr   // invalid for an address that is not limited
	begun    atomic.Int64 // requests so far
	requests atomic.Int32 // of them, those that have not ended
	idle     atomic.Int64 // since when there is none, in Unix nanoseconds
	calls    atomic.Int32
	waiting  atomic.Int64 // since when there is no call, in Unix nanoseconds
	once     sync.Once
	weight   int      // guarded by the lock of all
	top      net.Conn // what is closed when it is idle: TLS says so to its client; guarded so too
}

func newConnections(l ConnectionLimits, trusted Proxies, closed func()) *connections {
	l.Total = cmp.Or(l.Total, DefaultConnections)
	l.PerAddress = cmp.Or(l.PerAddress, DefaultConnectionsPerAddress)
	return &connections{
		limits: l, trusted: trusted, closed: closed, heads: newBudget(headsHeld, 0, closed),
		open: map[*connection]struct{}{}, byAddr: map[netip.Addr]int{},
	}
}

// admit counts a new connection. It returns nil, and has closed c, if its
// address has too many already, or if all others are in the middle of a call.
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

// isBelow notes the TLS that was agreed on.
func (c *connection) isBelow(t *tls.Conn) {
	c.all.mu.Lock()
	defer c.all.mu.Unlock()
	c.top = t
}

// isSession makes a connection count as one of HTTP/2. It returns false if there
// is no room for it; then it is to be closed.
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

// limited is the address under which a peer is counted; the zero value for this
// machine and for trusted proxies, which stand for many.
func (x *connections) limited(a net.Addr) netip.Addr {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	addr := tcp.AddrPort().Addr().Unmap().WithZone("")
	if addr.IsLoopback() || x.trusted.contains(addr) {
		return netip.Addr{}
	}
	if addr.Is6() { // a subscriber of IPv6 has a whole network of them
		network, _ := addr.Prefix(64)
		return network.Addr()
	}
	return addr
}

// makeRoom closes the connections that have waited longest, until a hundredth of all
// is free, so that the next ones need not look again; never the one that room is made
// for.
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
		go i.c.Conn.Close() // it may wait for data that nobody takes
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

// closeIdle closes the connections that have had no request for idleTime. net/http is
// not asked to: its timer keeps all of a session of HTTP/2 that ended in the middle
// of a request until it fires, so that who opens and ends many of them at once fills
// the memory.
func (x *connections) closeIdle(now time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for c := range x.open {
		if c.requests.Load() == 0 && now.Sub(time.Unix(0, c.idle.Load())) >= idleTime {
			x.forget(c)
			go c.top.Close() // it may wait for data that nobody takes
		}
	}
}

// closeIdleUntil does so until ctx is done.
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

// beginRequest and endRequest enclose a request, from its head to the end of its
// answer.
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

// isFull is whether a session has a few requests while all sessions together have as
// many beyond as they should.
func (c *connection) isFull() bool {
	return c.requests.Load() >= fewRequests && c.all.further.Load() >= furtherRequests
}

func (x *connections) count() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.open)
}

// Close forgets the connection and closes it.
func (c *connection) Close() error {
	c.all.mu.Lock()
	c.all.forget(c)
	c.all.mu.Unlock()
	return c.Conn.Close()
}

// CloseWrite closes the half that the server writes.
func (c *connection) CloseWrite() error { return closeWrite(c.Conn) }

// begin and end enclose a call, so that the connection is not taken for an idle
// one. Until its request is whole, it is.
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

// tlsOf is the TLS below a connection, or nil.
func tlsOf(r *http.Request) *tls.ConnectionState {
	state, _ := r.Context().Value(tlsKey{}).(*tls.ConnectionState)
	return state
}

// layers finds TLS, if there is any, and the counted connection below what net/http
// was given.
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

// connectionOf is the connection that a request came on; nil in tests without one.
func connectionOf(r *http.Request) *connection {
	c, _ := r.Context().Value(connectionKey{}).(*connection)
	return c
}
