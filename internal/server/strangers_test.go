package server_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/server"
	"github.com/mingce/mingce/internal/store"
)

// assembled returns the whole handler over the sample organisation.
func assembled(t *testing.T, change func(*server.Config)) (http.Handler, *instance.Instance) {
	t.Helper()
	in, err := instance.Open(t.Context(), instance.Options{Sample: true, Store: store.Options{Ephemeral: true, Key: keyring.DevMaster()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close() })
	c := server.Config{Directory: in.Directory, Catalogue: in.Catalogue, Log: slog.New(slog.DiscardHandler)}
	change(&c)
	return server.New(c), in
}

func dev(c *server.Config) { c.Dev = true }

// call sends a request from this machine; lines are headers.
func call(h http.Handler, method, target string, lines ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader("{}"))
	r.RemoteAddr, r.Host = "127.0.0.1:1234", "localhost:8080"
	r.Header.Set("Content-Type", "application/json")
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		switch name {
		case "Host":
			r.Host = value
		case "Peer":
			r.RemoteAddr = value
		default:
			r.Header.Set(name, value)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestNoAnswerIsSniffedOrStored(t *testing.T) {
	t.Parallel()
	h, _ := assembled(t, dev)
	for _, path := range []string{
		"/", "/router/rest", "/router/batch", "/topapi/extcontact/get", "/gettoken", "/topapi/absent", "/call_back/get_call_back",
		"/v1.0/contact/users/search", "/v1.0/absent", "/v9.9/absent", "/?Action=GetMessageContact", "/mingce/v1/admin/commands", "/mingce/v1/absent",
		"/_mingce/messages", "/_mingce/absent", "/console/", "/console/absent", "/verify/x", "/oauth2/auth", "/connect",
		"/healthz", "/readyz", "/metrics", "/absent",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodOptions} {
			w := call(h, method, path)
			if got := w.Header()["X-Content-Type-Options"]; len(got) != 1 || got[0] != "nosniff" {
				t.Errorf("%s %s (%d): X-Content-Type-Options: got %q, want nosniff", method, path, w.Code, got)
			}
			if got := w.Header()["Cache-Control"]; len(got) != 1 || got[0] != "no-store" {
				t.Errorf("%s %s (%d): Cache-Control: got %q, want no-store", method, path, w.Code, got)
			}
		}
	}
	if got := call(h, http.MethodGet, "/console/static/style.css").Header().Get("Cache-Control"); got != "max-age=300" {
		t.Errorf("a static file: Cache-Control: got %q, want max-age=300", got)
	}
}

func TestMetricsAreForThisMachineAndAdministrators(t *testing.T) {
	t.Parallel()
	h, in := assembled(t, func(c *server.Config) { c.BehindProxy = true })
	key, err := in.Directory.Session(directory.CommandLine(directory.SampleOrg), "test", "").CreateAccessKey(t.Context(), "ops", directory.PolicyAdministrator)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		lines []string
		want  int
	}{
		{nil, http.StatusOK},
		{[]string{"Peer: 192.0.2.1:99"}, http.StatusUnauthorized},
		{[]string{"X-Forwarded-For: 192.0.2.1"}, http.StatusUnauthorized},
		{[]string{"X-Forwarded-For: 127.0.0.1"}, http.StatusUnauthorized},
		{[]string{"Forwarded: for=127.0.0.1"}, http.StatusUnauthorized},
		{[]string{"X-Forwarded-For: "}, http.StatusUnauthorized}, // a proxy that tells nothing of the caller is one
		{[]string{"X-Forwarded-Host: contacts.example.com"}, http.StatusUnauthorized},
		{[]string{"X-Real-IP: 192.0.2.1"}, http.StatusUnauthorized},
		{[]string{"Via: 1.1 proxy"}, http.StatusUnauthorized},
		{[]string{"Host: evil.example"}, http.StatusUnauthorized}, // a name that was made to lead here
		{[]string{"Peer: @"}, http.StatusUnauthorized},            // a Unix socket: a proxy, or whoever is in its group
		{[]string{"Peer: 192.0.2.1:99", "Authorization: Bearer wrong"}, http.StatusUnauthorized},
		{[]string{"Peer: 192.0.2.1:99", "Authorization: Bearer " + key.ID + "." + string(key.Secret.Reveal())}, http.StatusOK},
	} {
		w := call(h, http.MethodGet, "/metrics", c.lines...)
		if shown := strings.Contains(w.Body.String(), "mingce_build_info"); w.Code != c.want || shown != (c.want == http.StatusOK) {
			t.Errorf("%q: got %d, shown %t, want %d", c.lines, w.Code, shown, c.want)
		}
	}
	open, _ := assembled(t, func(c *server.Config) { c.OpenMetrics = true })
	if w := call(open, http.MethodGet, "/metrics", "Peer: 192.0.2.1:99"); w.Code != http.StatusOK {
		t.Errorf("open to all: got %d, want 200", w.Code)
	}
}

// What a development server offers without a key is guarded against foreign hosts and
// sites under every spelling of its path.
func TestDevServerIsGuardedOnEveryPath(t *testing.T) {
	t.Parallel()
	h, _ := assembled(t, dev)
	for _, path := range []string{
		"/mingce/v1/orgs/ding12345678/notifications", "/mingce/v1/orgs/../notifications", "/mingce/v1/orgs/%2e%2e/notifications",
		"/mingce/v1/orgs//notifications", "/mingce/v1/x/../orgs/ding12345678/notifications", "/mingce/v1/./admin/commands", "/mingce/v1/admin/commands",
		"/mingce/v1/../../_mingce/reset", "/mingce/../_mingce/reset", "/_mingce/reset", "/_mingce/../_mingce/reset", "//_mingce/reset",
		"/_mingce/faults", "/_mingce/audit", "/v1.0/../_mingce/reset", "/verify/../_mingce/reset",
	} {
		for _, line := range []string{"Host: evil.example", "Sec-Fetch-Site: cross-site"} {
			w := call(h, http.MethodPost, path, line)
			if w.Code < 300 {
				t.Errorf("%s with %s: got %d %s, want it refused", path, line, w.Code, w.Body)
			}
		}
	}
	if w := call(h, http.MethodGet, "/metrics", "Host: evil.example"); w.Code != http.StatusForbidden {
		t.Errorf("figures under another host: got %d, want 403", w.Code)
	}
	if w := call(h, http.MethodDelete, "/_mingce/faults"); w.Code >= 300 {
		t.Errorf("our own host: got %d %s, want it done", w.Code, w.Body)
	}
}
