package dingtalk

import (
	"net"
	"net/http"
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
