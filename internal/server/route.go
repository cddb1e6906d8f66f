package server

import (
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/console"
)

// route is where a request goes.
type route struct {
	handler http.Handler
	places  *admission // bounds how many of its calls run at once; nil: no bound
	guarded bool       // refuses foreign hosts and cross-site requests
}

// refusal returns why the route does not answer a request, or "".
func (f *route) refusal(g *guard, r *http.Request) string {
	if !f.guarded {
		return ""
	}
	return g.refusal(r)
}

// routes finds the route of a request. ServeMux is not used because it cleans paths,
// and vendors' ids may contain "//" (docs/adr/0005-own-dispatch.md).
type routes struct {
	acs, top, oapi, rest           *route
	console, verify, dev, admin    *route
	login                          *route
	health, ready, metrics, absent *route
	toConsole, stream              *route
}

func (f *routes) of(r *http.Request) *route {
	p := r.URL.Path
	if byHost := f.ofVendorHost(r.Host, p); byHost != nil {
		return byHost
	}
	switch {
	case p == "/":
		return f.root(r)
	case under(p, "/router/rest"), p == "/router/batch":
		return f.top
	case p == "/connect":
		return f.stream
	case console.IsLoginPath(p):
		return f.login
	case isOAPIPath(p):
		return f.oapi
	case isRESTPath(p):
		return f.rest
	case under(p, "/console"):
		return f.console
	case under(p, "/verify"):
		return f.verify
	case strings.HasPrefix(p, "/_mingce/"):
		return f.dev
	case strings.HasPrefix(p, "/mingce/"):
		return f.admin
	case p == "/healthz":
		return f.health
	case p == "/readyz":
		return f.ready
	case p == "/metrics":
		return f.metrics
	}
	return f.absent
}

// ofVendorHost finds the route under one of DingTalk's host names, where there are only
// DingTalk's gateways and pages (docs/spec/dingtalk.md#paths-under-dingtalk-hosts). It
// returns nil for any other host.
func (f *routes) ofVendorHost(hostport, p string) *route {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	switch name, zone, _ := strings.Cut(host, "."); {
	case zone != "dingtalk.com" && zone != "dingtalk.io":
		return nil
	case (name == "login" || name == "oapi" && under(p, "/connect")) && console.IsLoginPath(p):
		return f.login
	case name == "login":
		return f.absent
	case name != "oapi" && name != "api":
		return nil
	case p == "/connect": // the endpoint that openConnection names
		return f.stream
	case under(p, "/router/rest"), p == "/router/batch":
		return f.top
	case strings.HasPrefix(p, "/v1.0/"), name == "api" && isRESTPath(p):
		return f.rest
	}
	return f.oapi
}

// oapiSegments are the first segments of the paths of DingTalk's older gateway. Unknown
// paths below them are answered in its envelope (docs/spec/dingtalk.md#unknown-paths).
var oapiSegments = []string{
	"topapi", "user", "department", "role", "sns", "sso", "service", "call_back", "auth", "chat", "message", "microapp", "robot", "media",
	"attendance", "cspace", "checkin", "ext", "connect", "data", "file", "crm", "gettoken",
}

// isOAPIPath reports whether a path belongs to DingTalk's older gateway. Case does not
// count: the vendor's samples differ in it.
func isOAPIPath(p string) bool {
	first, _, _ := strings.Cut(strings.ToLower(strings.TrimPrefix(p, "/")), "/")
	return slices.Contains(oapiSegments, first) || strings.HasPrefix(first, "get_")
}

// root tells a call of Alibaba Cloud's RPC gateway from a person who typed the address
// into a browser. A POST is always a call: its Action may be in the body, which only the
// gateway reads.
func (f *routes) root(r *http.Request) *route {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return f.acs
	}
	if r.Header.Get("x-acs-action") != "" || r.Header.Get("x-acs-version") != "" || r.Header.Get("x-acs-bearer-token") != "" ||
		isVendors(r.Header.Get("Authorization")) {
		return f.acs
	}
	q := r.URL.RawQuery
	for _, name := range []string{"Action=", "Signature=", "AccessKeyId=", "Version=", "SignatureType=", "BearerToken="} {
		if strings.HasPrefix(q, name) || strings.Contains(q, "&"+name) {
			return f.acs
		}
	}
	return f.toConsole
}

// isVendors reports whether an Authorization header is Alibaba Cloud's. The scheme is
// case-insensitive.
func isVendors(authorization string) bool {
	return len(authorization) >= 3 && strings.EqualFold(authorization[:3], "ACS")
}

// under reports whether p is dir or a path below it.
func under(p, dir string) bool {
	return strings.HasPrefix(p, dir) && (len(p) == len(dir) || p[len(dir)] == '/')
}

// isRESTPath reports whether the path begins with a version: /v1.0/, /v2.0/.
// Any version goes to the REST gateway, so that an unknown one gets its 404.
func isRESTPath(p string) bool {
	if !strings.HasPrefix(p, "/v") {
		return false
	}
	version, _, ok := strings.Cut(p[2:], "/")
	if !ok || version == "" {
		return false
	}
	return strings.IndexFunc(version, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }) < 0
}
