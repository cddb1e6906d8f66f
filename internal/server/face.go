package server

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// face is one of the things the listener shows.
type face struct {
	handler http.Handler
	places  *admission // of the calls that are carried out at once; nil: not counted
	guarded bool       // refuses foreign hosts and cross-site requests
}

// refusal is why the face does not answer a request, or "".
func (f *face) refusal(g *guard, r *http.Request) string {
	if !f.guarded {
		return ""
	}
	return g.refusal(r)
}

// faces finds the face of a request by our own table. ServeMux is not used:
// it would clean paths, and vendors' ids may hold "//"
// (docs/adr/0005-own-dispatch.md).
type faces struct {
	acs, top, oapi, rest           *face
	console, verify, control, own  *face
	login                          *face
	health, ready, metrics, absent *face
	toConsole, stream              *face
}

func (f *faces) of(r *http.Request) *face {
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
	case isOwnGateway(p):
		return f.oapi
	case isRESTPath(p):
		return f.rest
	case under(p, "/console"):
		return f.console
	case under(p, "/verify"):
		return f.verify
	case under(p, "/oauth2"):
		return f.login
	case strings.HasPrefix(p, "/_mingce/"):
		return f.control
	case strings.HasPrefix(p, "/mingce/"):
		return f.own
	case p == "/healthz":
		return f.health
	case p == "/readyz":
		return f.ready
	case p == "/metrics":
		return f.metrics
	}
	return f.absent
}

// ofVendorHost finds the face under a host name of DingTalk's, where programs
// meet nothing but its own gateways and pages
// (docs/spec/dingtalk.md#paths-under-dingtalk-hosts); nil under any other name.
func (f *faces) ofVendorHost(hostport, p string) *face {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	switch name, zone, _ := strings.Cut(host, "."); {
	case zone != "dingtalk.com" && zone != "dingtalk.io":
		return nil
	case name == "login" && under(p, "/oauth2"):
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

// ownSegments are the first segments of the paths of DingTalk's older gateway.
// What is not offered below them is answered in its envelope
// (docs/spec/dingtalk.md#unknown-paths).
var ownSegments = []string{
	"topapi", "user", "department", "role", "sns", "sso", "service", "call_back", "auth", "chat", "message", "microapp", "robot", "media",
	"attendance", "cspace", "checkin", "ext", "connect", "data", "file", "crm", "gettoken",
}

// The vendor's samples write its older paths in several cases.
func isOwnGateway(p string) bool {
	first, _, _ := strings.Cut(strings.ToLower(strings.TrimPrefix(p, "/")), "/")
	return slices.Contains(ownSegments, first) || strings.HasPrefix(first, "get_")
}

// root tells a call of Alibaba Cloud's RPC gateway from a person who typed the
// address into a browser. A POST is a call: its Action may stand in the body,
// which only the gateway reads.
func (f *faces) root(r *http.Request) *face {
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

// isVendors reports an Authorization header of Alibaba Cloud's, whose scheme
// has no case.
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
