package events

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// reserved are networks that a receiver chosen by a caller must not be in,
// besides those that package netip recognises.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // shared by carriers and clouds
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"),        // IPv4-compatible addresses
	netip.MustParsePrefix("64:ff9b::/96"), // IPv4 addresses behind NAT64
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), // Teredo among others
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"), // 6to4
	netip.MustParsePrefix("fec0::/10"),
}

// isPublic reports whether an address is in the public internet.
func isPublic(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsValid() || a.Zone() != "" || !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range reserved {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// onlyPublic refuses addresses of this machine and of private networks
// (docs/spec/dingtalk.md#private-callback-addresses). It sees the address that
// is dialled, after name resolution: changing a name's address between a check
// and the call does not help. notReached decides what callers learn.
func onlyPublic(ctx context.Context, _, address string, _ syscall.RawConn) error {
	if a, err := netip.ParseAddrPort(address); err != nil || !isPublic(a.Addr()) {
		return fmt.Errorf("%w: %s", directory.ErrReceiverForbidden, address)
	}
	if reached, ok := ctx.Value(reachedKey{}).(*atomic.Bool); ok {
		reached.Store(true)
	}
	return nil
}

// reachedKey is the context key of a flag that is set when a permitted address
// is dialled.
type reachedKey struct{}

const (
	dialLimit      = 3 * time.Second
	idleLife       = 30 * time.Second
	idlePerHost    = 4
	idleConns      = 64
	largestHeaders = 64 << 10
)

// newClient returns the client for pushes: no proxy, no redirects, no cookies.
func newClient(private bool) *http.Client {
	dialer := &net.Dialer{Timeout: dialLimit}
	if !private {
		dialer.ControlContext = onlyPublic
	}
	return &http.Client{
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: dialLimit, ForceAttemptHTTP2: true,
			MaxIdleConns: idleConns, MaxIdleConnsPerHost: idlePerHost, IdleConnTimeout: idleLife,
			MaxResponseHeaderBytes: largestHeaders, DisableCompression: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
