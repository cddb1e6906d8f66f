package server

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the networks of the proxies that are trusted to name the caller.
type Proxies []netip.Prefix

// ParseProxies reads addresses and networks ("10.0.0.0/8", "192.0.2.1").
func ParseProxies(list []string) (Proxies, error) {
	var all Proxies
	for _, text := range list {
		text = strings.TrimSpace(text)
		if addr, err := netip.ParseAddr(text); err == nil {
			addr = addr.Unmap()
			all = append(all, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("%q is neither an address nor a network, such as 192.0.2.7 or 10.0.0.0/8", text)
		}
		all = append(all, network.Masked())
	}
	return all, nil
}

func (p Proxies) contains(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	for _, network := range p {
		if network.Contains(addr) {
			return true
		}
	}
	return false
}

// forwarding says which proxies in front are trusted to name the caller.
type forwarding struct {
	oneHop  bool    // the peer is the one proxy, whatever its address; trusted is empty
	trusted Proxies // if not oneHop: these peers are proxies

	anySecure bool // any peer may say that the caller came over HTTPS, but not from which address
}

// take sets the request's address to the caller's. Each proxy appends the address it
// was called from, so the list is read backwards. Entries before an address that is not
// a proxy's were written by the caller and prove nothing. It reports whether the caller
// reached the outermost trusted proxy over HTTPS.
func (f forwarding) take(r *http.Request) (secure bool) {
	hops := hopsOf(r.Header)
	if !f.oneHop && !f.isProxy(r.RemoteAddr) {
		return f.anySecure && len(hops) > 0 && hops[len(hops)-1].secure()
	}
	for i := len(hops) - 1; i >= 0; i-- {
		if hops[i].proto != "" {
			secure = hops[i].secure()
		}
		addr := hops[i].addr
		if !addr.IsValid() {
			break // "unknown", or a name: nothing before it is trusted
		}
		r.RemoteAddr = netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port()).String()
		if f.oneHop || !f.trusted.contains(addr.Addr()) {
			break
		}
	}
	return secure
}

// isProxy reports whether a peer is a proxy. A peer on a Unix socket always is.
func (f forwarding) isProxy(peer string) bool {
	if len(f.trusted) == 0 {
		return false
	}
	addr, err := netip.ParseAddrPort(peer)
	return err != nil || f.trusted.contains(addr.Addr())
}

// hop is one entry of the forwarding headers.
type hop struct {
	addr  netip.AddrPort // invalid: hidden, or not an address
	proto string         // "" if not given
}

func (h hop) secure() bool {
	return strings.EqualFold(h.proto, "https") || strings.EqualFold(h.proto, "wss")
}

// hopsOf reads X-Forwarded-For with X-Forwarded-Proto or, without it, Forwarded
// (RFC 7239).
func hopsOf(h http.Header) (hops []hop) {
	if lists := h.Values("X-Forwarded-For"); len(lists) > 0 {
		for _, text := range split(lists, ',') {
			hops = append(hops, hop{addr: node(text)})
		}
		if protos := split(h.Values("X-Forwarded-Proto"), ','); len(hops) > 0 && len(protos) > 0 {
			hops[len(hops)-1].proto = protos[len(protos)-1]
		}
		return hops
	}
	for _, element := range split(h.Values("Forwarded"), ',') {
		var x hop
		for _, pair := range split([]string{element}, ';') {
			name, value, _ := strings.Cut(pair, "=")
			value = strings.Trim(strings.TrimSpace(value), `"`)
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "for":
				x.addr = node(value)
			case "proto":
				x.proto = value
			}
		}
		hops = append(hops, x)
	}
	if len(hops) == 0 {
		if protos := split(h.Values("X-Forwarded-Proto"), ','); len(protos) > 0 {
			hops = append(hops, hop{proto: protos[len(protos)-1]})
		}
	}
	return hops
}

// throughProxy reports whether a proxy forwarded the request, by any header that
// says so, even one that does not name the caller.
func throughProxy(h http.Header) bool {
	for _, name := range []string{"Forwarded", "Via", "X-Real-Ip"} {
		if _, ok := h[name]; ok {
			return true
		}
	}
	for name := range h {
		if strings.HasPrefix(name, "X-Forwarded-") {
			return true
		}
	}
	return false
}

// split splits lists at a separator outside quotes and drops empty parts. It scans
// backwards, so that a quote which the caller left open cannot hide what a proxy
// appended after it.
func split(lists []string, separator byte) (parts []string) {
	for _, text := range slices.Backward(lists) {
		quoted, end := false, len(text)
		for i := len(text) - 1; i >= -1; i-- {
			switch {
			case i >= 0 && text[i] == '"':
				quoted = !quoted
			case i < 0 || text[i] == separator && !quoted:
				if part := strings.TrimSpace(text[i+1 : end]); part != "" {
					parts = append(parts, part)
				}
				end = i
			}
		}
	}
	slices.Reverse(parts)
	return parts
}

// node reads an address with or without a port, IPv6 with or without brackets.
func node(text string) netip.AddrPort {
	if addr, err := netip.ParseAddrPort(text); err == nil {
		return addr
	}
	if host, _, err := net.SplitHostPort(text); err == nil { // an obfuscated port: "192.0.2.1:_x"
		text = host
	}
	text = strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(addr, 0)
}
