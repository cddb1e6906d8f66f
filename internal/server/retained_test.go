package server_test

import (
	"fmt"
	"log/slog"
	"maps"
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
	"github.com/mingce/mingce/internal/store/enginetest"
	"github.com/mingce/mingce/mingcetest"
)

// Nothing of a request stays in memory after its answer, whether it failed or succeeded: a
// substring would keep the whole text. 200 KiB requests of every kind to every operation
// leave less behind than the size of a few of them
// (docs/spec/reliability.md#bounded-memory).
func TestRequestsAreNotRetained(t *testing.T) {
	noRequestIsRetained(t, store.Options{Ephemeral: true, Key: keyring.DevMaster()})
}

// docs/spec/reliability.md#bounded-memory
func TestRequestsAreNotRetainedOnPostgreSQL(t *testing.T) {
	// Each connection remembers the arguments of its last statement.
	noRequestIsRetained(t, store.Options{Database: enginetest.Database(t) + "&pool_max_conns=2", Key: keyring.DevMaster()})
}

func noRequestIsRetained(t *testing.T, place store.Options) {
	in, err := instance.Open(t.Context(), instance.Options{Sample: true, Store: place})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close() })
	h := server.New(server.Config{
		Directory: in.Directory, Catalogue: in.Catalogue, Dev: true, AnyHost: true, Log: slog.New(slog.DiscardHandler),
		Rate: server.Rate{PerSecond: 1e6, Burst: 1e6},
	})
	serve := func(r *http.Request) { h.ServeHTTP(httptest.NewRecorder(), r) }
	admin := in.Directory.Session(directory.CommandLine(directory.SampleOrg), "test", "")
	if _, err := admin.ChangeApp(t.Context(), directory.SampleAppKey, directory.AppUpdate{RedirectURIs: []string{landing}}); err != nil {
		t.Fatal(err)
	}
	all := largeRequests(in.Catalogue)
	maps.Copy(all, largeHeads())
	for name, make := range all {
		for range 4 {
			serve(make(0)) // for what is allocated once, or once for each connection
		}
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
	runtime.GC() // pools are emptied by the second collection
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// largeRequests returns functions that make requests, by what is large or wrong in them.
// The number makes each request different.
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
		"JSON API, an unknown key": func(i int) *http.Request {
			return send("POST", "/mingce/v1/orgs/"+directory.SampleOrg+"/contacts", "application/json", fmt.Sprintf(`{"k%d%s":1}`, i, pad))
		},
		"JSON API, a wrong value": func(i int) *http.Request {
			return send("POST", "/mingce/v1/orgs/"+directory.SampleOrg+"/contacts", "application/json", fmt.Sprintf(`{"name":"%d%s"}`, i, pad))
		},
		"JSON API, a repeated request": func(i int) *http.Request {
			r := send("POST", "/mingce/v1/orgs/"+directory.SampleOrg+"/undo", "application/json", fmt.Sprintf(`{"requestId":"%d%s"}`, i, pad))
			r.Header.Set("Idempotency-Key", fmt.Sprint("key", i))
			return r
		},
		"login, a name": func(i int) *http.Request {
			r := send("POST", "/oauth2/auth?"+pageQuery().Encode(), form, fmt.Sprintf("token=%s&name=n%d&password=p&cancel", strings.Repeat("A", 26), i))
			r.AddCookie(&http.Cookie{Name: "mingce_login", Value: strings.Repeat("A", 26)})
			return r
		},
		"login, a wrong password": func(i int) *http.Request {
			r := send("POST", "/oauth2/auth?state="+pad+"&"+pageQuery().Encode(), form, fmt.Sprintf("token=%s&name=n%d&password=p", strings.Repeat("A", 26), i))
			r.AddCookie(&http.Cookie{Name: "mingce_login", Value: strings.Repeat("A", 26)})
			return r
		},
		"confirmation": func(i int) *http.Request {
			return send("POST", fmt.Sprintf("/verify/t%d", i), form, "code=1&p="+pad)
		},
		"RPC, a nonce": func(i int) *http.Request {
			v := url.Values{"Action": {"GetMessageContact"}, "Version": {"2022-04-19"}, "ContactId": {fmt.Sprint("c", i)}, "Pad": {pad}}
			mingcetest.SignRPC("POST", v, directory.SampleAccessKey, directory.SampleAccessSecret)
			return send("POST", "/", form, v.Encode())
		},
		"TOP, a batch": func(i int) *http.Request {
			return send("POST", "/router/batch?session="+directory.SampleToken, "text/plain", fmt.Sprintf("method=m%d&p=%s", i, pad))
		},
		"TOP, another encoding": func(i int) *http.Request {
			return send("POST", "/router/rest", form+";charset=GBK", fmt.Sprintf("method=m%d&v=2.0&session=t%d&p=", i, i)+pad)
		},
		"oapi, a token": func(i int) *http.Request {
			return send("POST", fmt.Sprintf("/topapi/extcontact/get?access_token=t%d", i), "application/json", `{"user_id":"`+pad+`"}`)
		},
		"own API, an unknown organisation": func(i int) *http.Request {
			return send("POST", fmt.Sprintf("/mingce/v1/orgs/o%d/notifications", i), "application/json", `{"p":"`+pad+`"}`)
		},
		"commands": func(i int) *http.Request {
			return send("POST", "/mingce/v1/admin/commands", "application/json", fmt.Sprintf(`{"args":["label","x%d"],"p":"%s"}`, i, pad[:60000]))
		},
		"armed faults": func(i int) *http.Request {
			return send("POST", "/_mingce/faults", "application/json", fmt.Sprintf(`{"operation":"GetMessageContact","fault":"MissingParameter.x%d","delayMs":1}`, i)+strings.Repeat(" ", 60000))
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

// largeHeads returns such functions for requests with a long query, path or header.
func largeHeads() map[string]func(i int) *http.Request {
	pad := strings.Repeat("a", 200<<10)
	head := func(target string, header ...string) func(i int) *http.Request {
		return func(i int) *http.Request {
			r := httptest.NewRequest(http.MethodGet, strings.ReplaceAll(target, "PAD", fmt.Sprint(i, pad)), nil)
			for at := 0; at < len(header); at += 2 {
				r.Header.Set(header[at], strings.ReplaceAll(header[at+1], "PAD", fmt.Sprint(i, pad)))
			}
			return r
		}
	}
	all := map[string]func(i int) *http.Request{
		"REST, a token":                head("/v1.0/contact/users/me", "x-acs-dingtalk-access-token", "PAD"),
		"RPC of version 3, a key":      head("/?Action=X", "Authorization", "ACS3-HMAC-SHA256 Credential=PAD,SignedHeaders=host,Signature=x", "x-acs-action", "GetMessageContact", "x-acs-version", "2022-04-19"),
		"RPC, an action":               head("/", "x-acs-action", "PAD", "x-acs-version", "PAD"),
		"forwarded":                    head("/v1.0/x", "X-Forwarded-For", "PAD", "Forwarded", "for=PAD"),
		"an administrator's key":       head("/mingce/v1/orgs/o/consents", "Authorization", "Bearer PAD"),
		"languages":                    head("/console/", "Accept-Language", "PAD"),
		"error page":                   head("/console/errors/PAD?requestId=PAD"),
		"reference":                    head("/console/reference/PAD?q=PAD"),
		"confirmation page":            head("/verify/PAD"),
		"login page":                   head("/oauth2/auth?client_id=PAD&redirect_uri=PAD&state=PAD"),
		"history":                      head("/_mingce/audit?org=PAD&object=PAD"),
		"messages":                     head("/_mingce/messages?to=PAD"),
		"a message that is waited for": head("/_mingce/messages/wait?timeout=0s&to=PAD"),
		"grants":                       head("/mingce/v1/orgs/PAD/visibility-grants", "x-acs-dingtalk-access-token", "PAD"),
		"stream":                       head("/connect?ticket=PAD", "Connection", "Upgrade", "Upgrade", "websocket"),
		"gettoken":                     head("/gettoken?appkey=PAD&appsecret=PAD"),
		"an unknown path":              head("/PAD?x=PAD"),
	}
	return all
}

// padded returns a request that reaches an operation, with a long text in a parameter that
// the operation has or does not have.
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
