package server_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/server"
	"github.com/mingce/mingce/mingcetest"
)

// A panic in any operation, on any of its routes, is answered with the family's internal
// error and logged with its stack, and the process goes on
// (docs/spec/reliability.md#panics).
func TestPanicInEveryOperation(t *testing.T) {
	t.Parallel()
	_, in := assembled(t, dev)
	var broken []*api.Operation
	for _, o := range in.Catalogue.Operations() {
		broken = append(broken, panicking(o))
	}
	catalogue, err := api.NewCatalogue(broken...)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	h := server.New(server.Config{Directory: in.Directory, Catalogue: catalogue, Dev: true, AnyHost: true, Log: slog.New(slog.NewTextHandler(&log, nil))})
	for _, o := range broken {
		for _, route := range o.Routes {
			log.Reset()
			w := httptest.NewRecorder()
			h.ServeHTTP(w, request(o, route))
			want := map[api.Family]string{
				api.TOPFamily: `"sub_code":"isp.unknown-error"`, api.OAPIFamily: `"errcode":-1`,
				api.RESTFamily: `"code":"system.busy"`, api.RPCFamily: `"Code":"InternalError"`,
			}[route.Family]
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s: got %d %s, want %s", o.Name, w.Code, w.Body, want)
			}
			if !strings.Contains(log.String(), "buggified "+o.Name) || !strings.Contains(log.String(), "panic_test.go") {
				t.Errorf("%s: got log %.300s, want the panic and its stack", o.Name, &log)
			}
			if strings.Contains(w.Body.String(), "buggified") {
				t.Errorf("%s: got %s, want nothing of the panic in it", o.Name, w.Body)
			}
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/healthz", nil))
	if w.Code != http.StatusOK {
		t.Errorf("health afterwards: got %d, want 200", w.Code)
	}
}

// panicking returns an operation with the routes of o that takes any parameters and panics.
func panicking(o *api.Operation) *api.Operation {
	type none struct{}
	return api.Op[none, none]{
		Route: o.Routes[0], Also: o.Routes[1:], Group: o.Group, Failure: o.Failure, Permission: o.Permission, Action: o.Action, Bare: o.Bare, NotUnder: o.NotUnder,
		Do: func(context.Context, *directory.Session, *none) (*none, error) { panic("buggified " + o.Name) },
	}.Operation()
}

var pathParameter = regexp.MustCompile(`\{[^}]*\}`)

// request returns a request that reaches the operation: its caller has every permission.
func request(o *api.Operation, route api.Route) *http.Request {
	const form = "application/x-www-form-urlencoded"
	method, target, contentType, body := route.Method, pathParameter.ReplaceAllString(route.Path, "x"), "application/json", "{}"
	switch route.Family {
	case api.TOPFamily:
		method, target, contentType = http.MethodPost, "/router/rest", form
		body = url.Values{"method": {route.Name}, "v": {"2.0"}, "format": {"json"}, "session": {directory.SampleToken}}.Encode()
	case api.OAPIFamily:
		target += "?access_token=" + directory.SampleToken
		if method == "" {
			method = http.MethodPost
		}
	case api.RPCFamily:
		method, target, contentType = http.MethodPost, "/", form
		v := url.Values{"Action": {route.Name}, "Version": {route.Version}, "Format": {"JSON"}}
		mingcetest.SignRPC(method, v, directory.SampleAccessKey, directory.SampleAccessSecret)
		body = v.Encode()
	}
	if method == http.MethodGet {
		body = ""
	}
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("x-acs-dingtalk-access-token", directory.SampleToken)
	return r
}
