package server_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/server"
)

// behindPath is a browser's view of a server at https://contacts.example<base>,
// behind a proxy that passes on what is below base and nothing else. The proxy
// speaks plain HTTP here.
func behindPath(t *testing.T, s *site, base string, strips bool) *http.Client {
	t.Helper()
	upstream := httptest.NewServer(server.New(server.Config{
		Directory: s.instance.Directory, Catalogue: s.instance.Catalogue, Dev: true, AnyHost: true, Log: slog.New(slog.DiscardHandler),
		BaseURL: "http://contacts.example" + base, BehindProxy: true,
	}))
	t.Cleanup(upstream.Close)
	to, err := url.Parse(upstream.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.SetXForwarded()
	}}
	passed := http.Handler(proxy)
	if strips {
		passed = http.StripPrefix(base, proxy)
	}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, base+"/") {
			http.Error(w, "not below "+base, http.StatusTeapot)
			return
		}
		passed.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{
		Jar: jar, Transport: atFront{front.Listener.Addr().String()},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// atFront reaches contacts.example at an address of this machine.
type atFront struct{ addr string }

func (f atFront) RoundTrip(r *http.Request) (*http.Response, error) {
	to := r.Clone(r.Context())
	to.Host, to.URL.Host = r.URL.Host, f.addr
	answer, err := http.DefaultTransport.RoundTrip(to)
	if err == nil {
		answer.Request = r
	}
	return answer, err
}

var linked = regexp.MustCompile(`(?:href|src|action)="([^"#]+)"`)

// crawl follows every link from a page on, and checks that each exists and is below the
// base path.
func crawl(t *testing.T, c *http.Client, from, base string) (seen map[string]string) {
	t.Helper()
	seen = map[string]string{}
	for left := []string{from}; len(left) > 0; left = left[1:] {
		at, err := url.Parse(left[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, known := seen[at.Path]; known || at.Host != "contacts.example" {
			continue
		}
		answer, err := c.Get(at.String())
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		seen[at.Path] = string(body)
		for _, cookie := range answer.Cookies() {
			if !strings.HasPrefix(cookie.Path, base+"/") {
				t.Errorf("%s sets a cookie for %s", at, cookie.Path)
			}
		}
		if to, err := answer.Location(); err == nil {
			left = append(left, to.String())
			continue
		}
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s: got %d", at, answer.StatusCode)
		}
		for _, m := range linked.FindAllStringSubmatch(string(body), -1) {
			to, err := at.Parse(strings.ReplaceAll(m[1], "&amp;", "&"))
			if err != nil {
				t.Fatal(err)
			}
			left = append(left, to.String())
		}
	}
	return seen
}

func TestServerBelowAPath(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, base := range []string{"/mingce", "/a/contacts"} {
		for _, strips := range []bool{true, false} {
			c := behindPath(t, s, base, strips)
			root := "http://contacts.example" + base
			seen := crawl(t, c, root+"/", base)
			if len(seen) < 50 || seen[base+"/console/"] == "" || seen[base+"/console/static/style.css"] == "" {
				t.Errorf("%s, stripped: %v: got %d pages, want all of the console", base, strips, len(seen))
			}
			for path, start := range map[string]string{
				base + "/favicon.ico": root + "/favicon.ico", base + "/verify/style.css": root + "/verify/nothing-1", base + "/console/errors/": root + "/console/errors",
			} {
				if seen := crawlAny(t, c, start); seen[path] == "" && !strings.HasSuffix(path, ".ico") {
					t.Errorf("%s, stripped: %v: from %s got no %s", base, strips, start, path)
				}
			}
			logInBelow(t, c, root, base)
			callsBelow(t, c, root)
		}
	}
}

// crawlAny is crawl for a page that may answer with an error.
func crawlAny(t *testing.T, c *http.Client, from string) map[string]string {
	t.Helper()
	seen := map[string]string{}
	answer, err := c.Get(from)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	at := answer.Request.URL
	next := []string{}
	if to, err := answer.Location(); err == nil {
		next = append(next, to.String())
	}
	for _, m := range linked.FindAllStringSubmatch(string(body), -1) {
		if to, err := at.Parse(m[1]); err == nil {
			next = append(next, to.String())
		}
	}
	for _, to := range next {
		answer, err := c.Get(to)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusTeapot {
			t.Errorf("%s leads to %s, outside", from, to)
		}
		seen[answer.Request.URL.Path] = string(body)
	}
	return seen
}

// logInBelow goes through the login page as a browser does, which sends cookies by path.
func logInBelow(t *testing.T, c *http.Client, root, base string) {
	t.Helper()
	address := root + "/oauth2/auth?" + pageQuery().Encode()
	answer, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	field := tokenField.FindSubmatch(body)
	if field == nil || !strings.Contains(string(body), `href="`+base+`/oauth2/login.css"`) {
		t.Fatalf("%s: got %d: %s", address, answer.StatusCode, body)
	}
	answer, err = c.PostForm(address, url.Values{"name": {"wangfang"}, "password": {password}, "token": {string(field[1])}})
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if to := answer.Header.Get("Location"); answer.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, landing+"&authCode=") {
		t.Errorf("%s: got %d to %q, want a code", address, answer.StatusCode, to)
	}
	for path := range crawlAny(t, c, address) {
		if !strings.HasPrefix(path, base+"/oauth2/") {
			t.Errorf("the login page names %s", path)
		}
	}
}

// callsBelow makes a call of each route.
func callsBelow(t *testing.T, c *http.Client, root string) {
	t.Helper()
	for _, call := range []struct{ method, path, body, want string }{
		{"GET", "/healthz", "", "ok"},
		{"GET", "/mingce/v1/orgs/" + directory.SampleOrg + "/visibility-grants", "", "unauthorized"},
		{"GET", "/_mingce/audit", "", `"entries"`},
		{"GET", "/gettoken?appkey=" + directory.SampleAppKey + "&appsecret=" + directory.SampleSecret, "", `"access_token"`},
		{"POST", "/router/rest", "method=dingtalk.corp.ext.list&app_key=x&v=2.0&format=json&sign_method=md5&sign=x&timestamp=2026-11-22+10%3A00%3A00", "isv.appkey-not-exists"},
		{"GET", "/v1.0/contact/users/nobody", "", `"code"`},
		{"POST", "/", "Action=ListMessageContacts", root + "/console/errors/"},
		{"GET", "/?Action=ListMessageContacts&Format=JSON", "", root + "/console/errors/"},
		{"POST", "/v1.0/gateway/connections/open", `{"clientId":"` + directory.SampleAppKey + `","clientSecret":"` + directory.SampleSecret +
			`","subscriptions":[{"type":"EVENT","topic":"*"}]}`, `"ws://contacts.example`},
	} {
		r, err := http.NewRequestWithContext(t.Context(), call.method, root+call.path, strings.NewReader(call.body))
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case strings.HasPrefix(call.body, "{"):
			r.Header.Set("Content-Type", "application/json")
		case call.body != "":
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		answer, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if text := string(body); !strings.Contains(text, call.want) || strings.Contains(text, "There is nothing at this path") {
			t.Errorf("%s %s: got %d %s, want %s", call.method, root+call.path, answer.StatusCode, body, call.want)
		}
		if strings.HasSuffix(call.path, "/open") && !strings.Contains(string(body), strings.TrimPrefix(root, "http://contacts.example")+"/connect") {
			t.Errorf("%s: got %s, want an endpoint below the path", call.path, body)
		}
	}
}

// Without a base URL the endpoint of a stream is where the caller came, with the scheme
// that its proxy states.
func TestStreamsWithoutABaseURLAreWhereTheCallerCame(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, c := range []struct {
		config  server.Config
		headers string
		want    string
	}{
		{server.Config{BaseURL: "http://127.0.0.1:8080", Unnamed: true, BehindProxy: true}, "X-Forwarded-Proto: https", `"wss://contacts.example:443/connect"`},
		{server.Config{BaseURL: "http://127.0.0.1:8080", Unnamed: true}, "X-Forwarded-Proto: https", `"ws://contacts.example:80/connect"`},
		{server.Config{BaseURL: "http://127.0.0.1:8080", BehindProxy: true}, "X-Forwarded-Proto: https", `"ws://127.0.0.1:8080/connect"`},
		{server.Config{Dev: true}, "X-Forwarded-For: 198.51.100.7\nX-Forwarded-Proto: https", `"wss://contacts.example:443/connect"`},
		{server.Config{Dev: true}, "", `"ws://contacts.example:80/connect"`},
	} {
		c.config.Directory, c.config.Catalogue, c.config.Log = s.instance.Directory, s.instance.Catalogue, slog.New(slog.DiscardHandler)
		r := httptest.NewRequest("POST", "http://contacts.example/v1.0/gateway/connections/open", strings.NewReader(
			`{"clientId":"`+directory.SampleAppKey+`","clientSecret":"`+directory.SampleSecret+`","subscriptions":[{"type":"EVENT","topic":"*"}]}`))
		r.Header.Set("Content-Type", "application/json")
		for line := range strings.Lines(c.headers) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		server.New(c.config).ServeHTTP(w, r)
		if !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("behind a proxy %t, dev %t, %q: got %s, want %s", c.config.BehindProxy, c.config.Dev, c.headers, w.Body, c.want)
		}
	}
}

// The proxy in front says whether a call came over TLS. It shows in links, and in the
// condition acs:SecureTransport of policies.
func TestACallOverTLSIsOneBehindAProxyToo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for behind, want := range map[bool]string{true: `"https://contacts.example/console/errors/`, false: `"http://contacts.example/console/errors/`} {
		h := server.New(server.Config{Directory: s.instance.Directory, Catalogue: s.instance.Catalogue, Log: slog.New(slog.DiscardHandler), BehindProxy: behind})
		r := httptest.NewRequest("GET", "http://contacts.example/?Action=Nope&Format=JSON", nil)
		r.Header.Set("X-Forwarded-Proto", "https")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("behind a proxy %t: got %s, want %s", behind, w.Body, want)
		}
	}
}

func TestBasePath(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		url, want string
		refused   bool
	}{
		{"", "", false}, {"https://a.example", "", false}, {"https://a.example/", "", false},
		{"https://a.example/mingce", "/mingce", false}, {"https://a.example/mingce/", "/mingce", false},
		{"https://a.example/x/y-1.2_~", "/x/y-1.2_~", false},
		{"https://a.example/mingce/v1", "", true}, {"https://a.example/mingce/v1/x", "", true}, {"https://a.example/console", "", true},
		{"https://a.example/connect", "", true}, {"https://a.example/v1.0", "", true}, {"https://a.example/verify/x", "", true},
		{"https://a.example/healthz", "", true}, {"https://a.example/router/rest", "", true},
		{"https://a.example/a//b", "", true}, {"https://a.example/a/../b", "", true}, {"https://a.example/a%2Fb", "", true},
		{"https://a.example/名册", "", true}, {"https://a.example/a;b", "", true}, {`https://a.example/a"b`, "", true},
	} {
		got, err := server.BasePath(c.url)
		if got != c.want || (err != nil) != c.refused {
			t.Errorf("BasePath(%q): got %q, %v, want %q, refused: %v", c.url, got, err, c.want, c.refused)
		}
	}
}
