package server

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// guard protects routes that a browser could be abused to call. It refuses host names
// that are not ours (DNS rebinding: a foreign name that resolves to this machine) and
// changes requested by a page of another site.
type guard struct {
	anyHost bool
	hosts   map[string]bool // additional names, lower case
	sites   *http.CrossOriginProtection
}

func newGuard(anyHost bool, hosts []string) *guard {
	g := &guard{anyHost: anyHost, hosts: map[string]bool{}, sites: http.NewCrossOriginProtection()}
	for _, h := range hosts {
		g.hosts[strings.ToLower(h)] = true
	}
	return g
}

// refusal returns why the request may not reach a guarded route, or "".
func (g *guard) refusal(r *http.Request) string {
	if !g.anyHost && !g.isOurs(r.Host) {
		return "this address answers under the names of this machine only; " +
			"start with --expose to allow others"
	}
	if err := g.sites.Check(r); err != nil {
		return "a page of another site may not do this"
	}
	return ""
}

func (g *guard) isOurs(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return isLoopbackName(host) || g.hosts[host]
}

// isLoopbackName reports whether a name can only mean this machine.
func isLoopbackName(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.Unmap().IsLoopback()
}

// IsLoopback reports whether a listen address ("127.0.0.1:8080") can be reached
// from this machine only.
func IsLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	return err == nil && host != "" && isLoopbackName(strings.ToLower(host))
}
