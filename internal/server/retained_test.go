package server_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/server"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/mingcetest"
)

// P35: nothing of a request stays in memory when it is answered, however it
// failed or succeeded: a part of a text keeps all of it. Requests of 200 KiB of
// every kind to every operation leave less behind than a few of them are long.
func TestP35RequestsAreNotRetained(t *testing.T) {
	in, err := instance.Open(t.Context(), instance.Options{Sample: true, Store: store.Options{Ephemeral: true, Key: keyring.DevMaster()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close() })
	h := server.New(server.Config{
		Directory: in.Directory, Catalogue: in.Catalogue, Dev: true, AnyHost: true, Log: slog.New(slog.DiscardHandler),
		Rate: server.Rate{PerSecond: 1e6, Burst: 1e6},
	})
	serve := func(r *http.Request) { h.ServeHTTP(httptest.NewRecorder(), r) }
	for name, make := range largeRequests(in.Catalogue) {
		serve(make(0)) // what is made once
		before := heap()
		const n = 16
		for i := range n {
			serve(make(i + 1))
		}
		if grown := int(heap()) - int(before); grown > 1<<20 {
			t.Errorf("%s: %d requests of 200 KiB left %d KiB in memory", name, n, grown>>10)
		}
	}
	runtime.KeepAlive(h)
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what pools keep goes with the second
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// largeRequests are makers of requests by what is large or wrong in them. The
// number makes each unlike the others.
func largeRequests(c *api.Catalogue) map[string]func(i int) *http.Request {
	const form = "application/x-www-form-urlencoded"
	pad := strings.Repeat("a", 200<<10)
	send := func(method, target, contentType, body string) *http.Request {
		r := httptest.NewRequest(method, target, strings.NewReader(strings.Clone(body)))
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("x-acs-dingtalk-access-token", directory.SampleToken)
		return r
	}
	all := map[string]func(i int) *http.Request{
		"RPC, a parameter twice": func(i int) *http.Request { return send("POST", "/", form, fmt.Sprintf("x%d=1&x%d=1&p=", i, i)+pad) },
		"RPC, no such operation": func(i int) *http.Request {
			return send("POST", "/", form, fmt.Sprintf("Action=A%d&Version=2022-04-19&p=", i)+pad)
		},
		"RPC, no such key": func(i int) *http.Request {
			v := url.Values{"Action": {"GetMessageContact"}, "Version": {"2022-04-19"}, "Pad": {pad}}
			mingcetest.SignRPC("POST", v, fmt.Sprint("key", i), "secret")
			return send("POST", "/", form, v.Encode())
		},
		"TOP, a parameter twice": func(i int) *http.Request {
			return send("POST", "/router/rest", form, fmt.Sprintf("method=dingtalk.corp.extcontact.get&app_key=12345678&sign=AA&y%d=1&y%d=2&p=", i, i)+pad)
		},
		"TOP, no such method": func(i int) *http.Request {
			return send("POST", "/router/rest", form, fmt.Sprintf("method=m%d&v=2.0&session=%s&p=", i, directory.SampleToken)+pad)
		},
		"TOP, no such token": func(i int) *http.Request {
			return send("POST", "/router/rest", form, fmt.Sprintf("method=dingtalk.corp.extcontact.get&v=2.0&session=t%d&p=", i)+pad)
		},
		"TOP, a good token in a large body": func(i int) *http.Request {
			return send("POST", "/router/rest", form, "p="+pad+"&method=dingtalk.corp.extcontact.get&v=2.0&user_id="+fmt.Sprint(i)+"&session="+directory.SampleToken)
		},
		"REST, searches": func(i int) *http.Request {
			return send("POST", "/v1.0/contact/users/search", "application/json", fmt.Sprintf(`{"pad":"%s","queryWord":"王%s","offset":0,"size":1}`, pad, strings.Repeat(".", i)))
		},
		"login": func(i int) *http.Request {
			return send("POST", "/oauth2/auth", form, fmt.Sprintf("name=n%d&password=", i)+pad)
		},
		"faults": func(i int) *http.Request {
			return send("POST", "/_mingce/faults", "application/json", fmt.Sprintf(`{"operation":"o%d%s"}`, i, pad))
		},
		"path": func(i int) *http.Request { return send("GET", fmt.Sprintf("/topapi/x%d/%s", i, pad[:60000]), form, "") },
	}
	for _, o := range c.Operations() {
		for _, route := range o.Routes {
			if route.Method == http.MethodGet {
				continue
			}
			all[fmt.Sprint(route.Family, " ", o.Name)] = func(i int) *http.Request { return padded(o, route, i, pad) }
		}
	}
	return all
}

// padded is a request that reaches an operation, with a long text in a parameter
// that it does not have, or has.
func padded(o *api.Operation, route api.Route, i int, pad string) *http.Request {
	r := request(o, route)
	var body string
	switch route.Family {
	case api.TOPFamily:
		body = url.Values{"method": {route.Name}, "v": {"2.0"}, "format": {"json"}, "session": {directory.SampleToken}, "user_id": {fmt.Sprint(i)}, "pad": {pad}}.Encode()
	case api.RPCFamily:
		v := url.Values{"Action": {route.Name}, "Version": {route.Version}, "Format": {"JSON"}, "Name": {fmt.Sprint("n", i, pad)}}
		mingcetest.SignRPC(http.MethodPost, v, directory.SampleAccessKey, directory.SampleAccessSecret)
		body = v.Encode()
	default:
		body = fmt.Sprintf(`{"userid":"u%d","name":%q,"pad":%q}`, i, pad[:i*100], pad)
	}
	again := httptest.NewRequest(r.Method, r.URL.String(), strings.NewReader(body))
	again.Header = r.Header
	return again
}
