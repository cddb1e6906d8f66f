package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestEveryPathHasItsRoute(t *testing.T) {
	t.Parallel()
	f := &routes{
		acs: new(route), top: new(route), oapi: new(route), rest: new(route), console: new(route), dev: new(route),
		admin: new(route), verify: new(route), health: new(route), ready: new(route), metrics: new(route), absent: new(route), toConsole: new(route),
		login: new(route),
	}
	names := map[*route]string{
		f.acs: "acs", f.top: "top", f.oapi: "oapi", f.rest: "rest", f.console: "console", f.dev: "dev", f.admin: "admin",
		f.health: "health", f.ready: "ready", f.metrics: "metrics", f.absent: "absent", f.verify: "verify", f.toConsole: "to console",
		f.login: "login",
	}
	for _, c := range []struct {
		method, target, header, want string
	}{
		{"GET", "/router/rest?method=x", "", "top"},
		{"POST", "/router/rest", "", "top"},
		{"POST", "/router/rest/dingtalk.corp.extcontact.get", "", "top"},
		{"POST", "/router/batch?v=2.0", "", "top"},
		{"POST", "/router/batch/x", "", "absent"},
		{"GET", "/router/resting", "", "absent"},
		{"GET", "/gettoken?appkey=x", "", "oapi"},
		{"GET", "/gettokens", "", "absent"},
		{"POST", "/topapi/extcontact/create", "", "oapi"},
		{"POST", "/call_back/register_call_back", "", "oapi"},
		{"GET", "/auth/scopes", "", "oapi"},
		{"PUT", "/v1.0/contact/orgAccounts/mobiles/visibleInOtherOrg", "", "rest"},
		{"GET", "/v1.0/contact/users/a//b", "", "rest"},
		{"GET", "/v2.0/anything", "", "rest"},
		{"GET", "/v1.0", "", "absent"},
		{"GET", "/verify/abc", "", "verify"},
		{"GET", "/oauth2/auth?client_id=x", "", "login"},
		{"POST", "/v1.0/oauth2/userAccessToken", "", "rest"},
		{"GET", "/", "", "to console"},
		{"GET", "/?lang=zh", "", "to console"},
		{"GET", "/?Action=GetMessageContact", "", "acs"},
		{"GET", "/?Format=JSON&Action=GetMessageContact", "", "acs"},
		{"GET", "/?Format=JSON&Signature=x", "", "acs"},
		{"GET", "/", "x-acs-action: GetMessageContact", "acs"},
		{"GET", "/", "Authorization: ACS3-HMAC-SHA256 Credential=x", "acs"},
		{"GET", "/", "Authorization: acs3-hmac-sha256 Credential=x", "acs"},
		{"GET", "/", "x-acs-bearer-token: x", "acs"},
		{"GET", "/?SignatureType=BEARERTOKEN", "", "acs"},
		{"GET", "/?a=b&SignatureType=BearerToken", "", "acs"},
		{"GET", "/?BearerToken=x", "", "acs"},
		{"GET", "/", "Authorization: Basic eDp5", "to console"},
		{"POST", "/", "", "acs"},
		{"DELETE", "/", "", "acs"},
		{"GET", "/console", "", "console"},
		{"GET", "/console/errors/40035", "", "console"},
		{"GET", "/consoles", "", "absent"},
		{"POST", "/_mingce/reset", "", "dev"},
		{"GET", "/mingce/v1/orgs/x/visibility-grants", "", "admin"},
		{"GET", "/healthz", "", "health"},
		{"GET", "/readyz", "", "ready"},
		{"GET", "/metrics", "", "metrics"},
		{"GET", "/user/get", "", "oapi"},
		{"GET", "/User/Get", "", "oapi"},
		{"GET", "/auth/nothing", "", "oapi"},
		{"GET", "/microapp/list", "", "oapi"},
		{"GET", "/get_jsapi_ticket", "", "oapi"},
		{"GET", "/sns/gettoken", "", "oapi"},
		{"POST", "/robot/send", "", "oapi"},
		{"GET", "/connect/qrconnect", "", "login"},
		{"GET", "/connect/oauth2/sns_authorize?appid=x", "", "login"},
		{"POST", "/connect/oauth2/authorize", "", "login"},
		{"GET", "/connect/login.css", "", "login"},
		{"GET", "/connect/nothing", "", "oapi"},
		{"GET", "/login/qrcode.htm?goto=x", "", "login"},
		{"GET", "/login/sso", "", "login"},
		{"GET", "/topapi", "", "oapi"},
		{"GET", "/users/get", "", "absent"},
		{"GET", "/nothing", "", "absent"},
		// Under the vendor's names only the vendor's gateways answer.
		{"GET", "http://oapi.dingtalk.com/nothing", "", "oapi"},
		{"GET", "http://oapi.dingtalk.com/", "", "oapi"},
		{"GET", "http://OAPI.dingtalk.io:443/console/", "", "oapi"},
		{"GET", "http://oapi.dingtalk.com/v2.0/x", "", "oapi"},
		{"GET", "http://oapi.dingtalk.com/v1.0/x", "", "rest"},
		{"GET", "http://api.dingtalk.com/v2.0/x", "", "rest"},
		{"GET", "http://api.dingtalk.com./oauth2/corpAccessToken", "", "oapi"},
		{"POST", "http://api.dingtalk.com/topapi/x", "", "oapi"},
		{"POST", "http://oapi.dingtalk.com/router/rest", "", "top"},
		{"GET", "http://login.dingtalk.com/oauth2/auth", "", "login"},
		{"GET", "http://login.dingtalk.com/login/qrcode.htm", "", "login"},
		{"GET", "http://login.dingtalk.com/connect/qrconnect", "", "login"},
		{"GET", "http://oapi.dingtalk.com/connect/qrconnect", "", "login"},
		{"GET", "http://oapi.dingtalk.com/connect/login.js", "", "login"},
		{"GET", "http://oapi.dingtalk.com/connect/nothing", "", "oapi"},
		{"GET", "http://oapi.dingtalk.com/oauth2/auth", "", "oapi"},
		{"GET", "http://login.dingtalk.com/console/", "", "absent"},
		{"GET", "http://login.dingtalk.com/gettoken", "", "absent"},
		{"POST", "http://eco.taobao.com/router/rest", "", "top"},
		{"GET", "http://oapi.dingtalk.com.example.org/nothing", "", "absent"},
	} {
		r := httptest.NewRequest(c.method, c.target, nil)
		if name, value, ok := strings.Cut(c.header, ": "); ok {
			r.Header.Set(name, value)
		}
		if got := names[f.of(r)]; got != c.want {
			t.Errorf("%s %s [%s]: got %s, want %s", c.method, c.target, c.header, got, c.want)
		}
	}
}

func TestGuardKnowsItsOwnNames(t *testing.T) {
	t.Parallel()
	g := newGuard(false, []string{"Contacts.Example.com"})
	for host, want := range map[string]bool{
		"localhost": true, "localhost:8080": true, "a.localhost:1": true, "LOCALHOST.": true,
		"127.0.0.1": true, "127.0.0.1:8080": true, "127.9.9.9": true, "[::1]:8080": true, "[::1]": true,
		"contacts.example.com": true, "contacts.example.com:443": true,
		"evil.example": false, "localhost.evil.example": false, "127.0.0.1.evil.example": false,
		"10.0.0.1:8080": false, "": false, "[::ffff:127.0.0.1]:80": true,
	} {
		r := httptest.NewRequest(http.MethodGet, "/console/", nil)
		r.Host = host
		if got := g.refusal(r) == ""; got != want {
			t.Errorf("host %q: got allowed %t, want %t", host, got, want)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/console/", nil)
	r.Host = "evil.example"
	if why := newGuard(true, nil).refusal(r); why != "" {
		t.Errorf("exposed: got refused (%s), want allowed", why)
	}
}

func TestGuardRefusesOtherSitesChanges(t *testing.T) {
	t.Parallel()
	g := newGuard(true, nil)
	r := httptest.NewRequest(http.MethodPost, "/_mingce/reset", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if g.refusal(r) == "" {
		t.Error("POST from another site: got allowed, want refused")
	}
	r = httptest.NewRequest(http.MethodPost, "/_mingce/reset", nil) // a program, not a browser
	if why := g.refusal(r); why != "" {
		t.Errorf("POST from a program: got refused (%s), want allowed", why)
	}
}

func TestIsLoopback(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]bool{
		"127.0.0.1:80": true, "localhost:80": true, "[::1]:0": true,
		":80": false, "0.0.0.0:80": false, "192.168.1.2:80": false, "example.com:80": false, "127.0.0.1": false,
	} {
		if got := IsLoopback(addr); got != want {
			t.Errorf("IsLoopback(%q): got %t, want %t", addr, got, want)
		}
	}
}
