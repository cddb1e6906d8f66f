package dingtalk

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// remoteAddress is the peer's address; whoever trusts a proxy's headers
// rewrites RemoteAddr before the request comes here.
func remoteAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// addressAllowed reports whether a request from address may use a credential
// with that list. Entries are addresses, networks (10.0.0.0/8) or, as in the
// vendor's console, IPv4 addresses with * for a part; no entries allow all.
func addressAllowed(list []string, address string) bool {
	if len(list) == 0 {
		return true
	}
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	ip = ip.Unmap().WithZone("")
	for _, entry := range list {
		if network, err := netip.ParsePrefix(entry); err == nil {
			if network.Contains(ip) {
				return true
			}
		} else if one, err := netip.ParseAddr(entry); err == nil {
			if one.Unmap() == ip {
				return true
			}
		} else if matchParts(entry, ip.String()) {
			return true
		}
	}
	return false
}

func matchParts(pattern, address string) bool {
	want, have := strings.Split(pattern, "."), strings.Split(address, ".")
	if len(want) != 4 || len(have) != 4 {
		return false
	}
	for i := range want {
		if want[i] != "*" && want[i] != have[i] {
			return false
		}
	}
	return true
}
