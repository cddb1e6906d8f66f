package directory

import (
	"strings"
	"testing"
)

func TestPrincipalAllowsIP(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		list, address string
		want          bool
	}{
		{"", "192.0.2.1", true}, {"", "nonsense", true},
		{"192.0.2.1", "192.0.2.1", true}, {"192.0.2.1", "192.0.2.1:4711", true}, {"192.0.2.1", "192.0.2.2", false},
		{"192.0.2.1", "192.0.2.10:1", false}, {"192.0.2.1,192.0.2.2", "192.0.2.2", true},
		{"192.0.2.1", "::ffff:192.0.2.1", true}, {"192.0.2.1", "[::ffff:192.0.2.1]:1", true}, {"::ffff:192.0.2.1", "192.0.2.1:1", true},
		{"10.0.0.0/8", "10.9.8.7", true}, {"10.0.0.0/8", "11.9.8.7", false}, {"10.0.0.0/8", "[::ffff:10.1.1.1]:1", true},
		{"10.0.*.1", "10.0.77.1", true}, {"10.0.*.1", "10.0.77.2", false}, {"*.*.*.*", "10.0.77.2", true}, {"10.0.*.1", "2001:db8::1", false},
		{"2001:db8::/32", "2001:db8::1", true}, {"2001:db8::/32", "[2001:db8::1%eth0]:1", true}, {"2001:db8::/32", "[2001:db9::1]:1", false},
		{"192.0.2.1", "no address", false}, {"192.0.2.1", "", false}, {"nonsense", "192.0.2.1:1", false},
		{"*", "192.0.2.1", false}, {"1*.0.2.1", "19.0.2.1", false}, {"10.0.*", "10.0.1.1", false},
	} {
		var p Principal
		if c.list != "" {
			p.AllowIPs = strings.Split(c.list, ",")
		}
		if got := p.AllowsIP(c.address); got != c.want {
			t.Errorf("list %q, from %q: got %v, want %v", c.list, c.address, got, c.want)
		}
	}
}
