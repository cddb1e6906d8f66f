package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestForwardedAddress(t *testing.T) {
	t.Parallel()
	list, err := ParseProxies([]string{"10.0.0.0/8", "192.0.2.1", "2001:db8:f::/48"})
	if err != nil {
		t.Fatal(err)
	}
	one, trusted := forwarding{oneHop: true}, forwarding{trusted: list}
	const peer = "192.0.2.1:1234"
	for _, c := range []struct {
		how     forwarding
		peer    string
		headers string // name: value, one a line
		want    string
		secure  bool
	}{
		{one, peer, "", peer, false},
		{one, peer, "X-Forwarded-For: 198.51.100.7", "198.51.100.7:0", false},
		{one, peer, "X-Forwarded-For: 1.1.1.1, 198.51.100.7", "198.51.100.7:0", false},
		{one, peer, "X-Forwarded-For: 1.1.1.1\nX-Forwarded-For: 198.51.100.7", "198.51.100.7:0", false},
		{one, peer, "X-Forwarded-For: 1.1.1.1, 10.0.0.3", "10.0.0.3:0", false},
		{one, peer, "X-Forwarded-For: 1.1.1.1, not an address", peer, false},
		{one, peer, "X-Forwarded-For: 198.51.100.7:5555", "198.51.100.7:5555", false},
		{one, peer, "X-Forwarded-For: 2001:db8::1", "[2001:db8::1]:0", false},
		{one, peer, "X-Forwarded-For: [2001:db8::1]", "[2001:db8::1]:0", false},
		{one, peer, "X-Forwarded-For: [2001:db8::1]:4711", "[2001:db8::1]:4711", false},
		{one, peer, "X-Forwarded-For: ::ffff:198.51.100.7", "198.51.100.7:0", false},
		{one, peer, "X-Forwarded-For: 198.51.100.7\nX-Forwarded-Proto: https", "198.51.100.7:0", true},
		{one, peer, "X-Forwarded-Proto: https", peer, true},
		{one, peer, `Forwarded: for=192.0.2.60;proto=https;by=203.0.113.43`, "192.0.2.60:0", true},
		{one, peer, `Forwarded: for="1.1.1.1", for="[2001:db8:cafe::17]:4711";proto=http`, "[2001:db8:cafe::17]:4711", false},
		{one, peer, `Forwarded: for=unknown`, peer, false},
		{one, peer, `Forwarded: For="198.51.100.7:_port"`, "198.51.100.7:0", false},
		{one, peer, `X-Forwarded-For: ", 198.51.100.7`, "198.51.100.7:0", false},
		{one, peer, `Forwarded: for="1.1.1.1, for=198.51.100.7;proto=https`, "198.51.100.7:0", true},
		{one, peer, `Forwarded: for=";, for="[2001:db8::1]:47"`, "[2001:db8::1]:47", false},
		{one, "@", "X-Forwarded-For: 198.51.100.7", "198.51.100.7:0", false},

		{trusted, peer, "X-Forwarded-For: 1.1.1.1, 198.51.100.7, 10.0.0.3, 10.1.1.1", "198.51.100.7:0", false},
		{trusted, peer, "X-Forwarded-For: 1.1.1.1, unknown, 10.0.0.3", "10.0.0.3:0", false},
		{trusted, peer, "X-Forwarded-For: 10.0.0.2, 10.0.0.3", "10.0.0.2:0", false},
		{trusted, "203.0.113.9:80", "X-Forwarded-For: 198.51.100.7\nX-Forwarded-Proto: https", "203.0.113.9:80", false},
		{trusted, "[2001:db8:f::1]:80", "X-Forwarded-For: 198.51.100.7", "198.51.100.7:0", false},
		{trusted, "@", "X-Forwarded-For: 198.51.100.7", "198.51.100.7:0", false}, // a Unix socket
		{trusted, peer, `Forwarded: for=1.1.1.1;proto=http, for=198.51.100.7;proto=https, for=10.0.0.3;proto=http`, "198.51.100.7:0", true},

		{forwarding{}, peer, "X-Forwarded-For: 198.51.100.7\nX-Forwarded-Proto: https", peer, false},
		{forwarding{anySecure: true}, peer, "X-Forwarded-For: 198.51.100.7\nX-Forwarded-Proto: https", peer, true},
		{forwarding{anySecure: true}, peer, "X-Forwarded-For: 198.51.100.7", peer, false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.peer
		for _, line := range strings.Split(c.headers, "\n") {
			if name, value, ok := strings.Cut(line, ": "); ok {
				r.Header.Add(name, value)
			}
		}
		if secure := c.how.take(r); r.RemoteAddr != c.want || secure != c.secure {
			t.Errorf("from %s, one hop %t, %q: got %s, secure %t, want %s, %t", c.peer, c.how.oneHop, c.headers, r.RemoteAddr, secure, c.want, c.secure)
		}
	}
	for _, wrong := range []string{"proxy.example", "10.0.0.0/40"} {
		if _, err := ParseProxies([]string{wrong}); err == nil || !strings.Contains(err.Error(), `"`+wrong+`" is neither`) {
			t.Errorf("%s: got %v, want an error that says what is meant", wrong, err)
		}
	}
}
