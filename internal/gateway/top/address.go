package top

import "net/netip"

// addressAllowed reports whether a connection from remote is on the list of
// addresses and networks. An empty list allows all.
func addressAllowed(list []string, remote string) bool {
	if len(list) == 0 {
		return true
	}
	from, err := netip.ParseAddrPort(remote)
	if err != nil {
		return false
	}
	addr := from.Addr().Unmap().WithZone("")
	for _, entry := range list {
		if network, err := netip.ParsePrefix(entry); err == nil && network.Contains(addr) {
			return true
		}
		if one, err := netip.ParseAddr(entry); err == nil && one.Unmap() == addr {
			return true
		}
	}
	return false
}
