package directory

import (
	"net/netip"
	"strings"
)

// AllowsIP reports whether the credential may be used from an address, with or
// without a port (as in http.Request.RemoteAddr). Without a list every address
// is allowed; with one, text that is not an address is refused. Behind a proxy
// the server must pass the caller's address.
func (p Principal) AllowsIP(address string) bool {
	if len(p.AllowIPs) == 0 {
		return true
	}
	ip, err := netip.ParseAddr(address)
	if err != nil {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return false
		}
		ip = at.Addr()
	}
	ip = ip.Unmap().WithZone("")
	for _, entry := range p.AllowIPs {
		if allowed, ok := readAllowEntry(entry); ok && allowed(ip) {
			return true
		}
	}
	return false
}

// readAllowEntry parses an entry of an address list: an address, a network
// (10.0.0.0/8) or, as the vendor's console accepts, an IPv4 address with * for
// some of its parts.
func readAllowEntry(text string) (allowed func(netip.Addr) bool, ok bool) {
	if network, err := netip.ParsePrefix(text); err == nil {
		return network.Contains, true
	}
	if one, err := netip.ParseAddr(text); err == nil {
		return func(ip netip.Addr) bool { return one.Unmap() == ip }, true
	}
	if _, err := netip.ParseAddr(strings.ReplaceAll(text, "*", "0")); err != nil || strings.Count(text, ".") != 3 {
		return nil, false
	}
	want := strings.Split(text, ".")
	return func(ip netip.Addr) bool {
		have := strings.Split(ip.String(), ".")
		if len(have) != len(want) {
			return false
		}
		for i := range want {
			if want[i] != "*" && want[i] != have[i] {
				return false
			}
		}
		return true
	}, true
}
