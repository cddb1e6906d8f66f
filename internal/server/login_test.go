package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/server"
	"github.com/mingce/mingce/internal/store"
)

const (
	landing  = "https://reports.example/in?from=mingce"
	password = "blue-horse-42"
)

// site is a server with an app that people may log in to, and 王芳 with an
// account built in DingTalk.
type site struct {
	http.Handler
	instance *instance.Instance
	admin    *directory.Session
	skip     atomic.Int64 // seconds that the clock is ahead
}

func newSite(t *testing.T) *site {
	t.Helper()
	return newSiteOf(t, true)
}

// newSiteOf returns a development server, or one that people use.
func newSiteOf(t *testing.T, dev bool) *site {
	t.Helper()
	s := &site{}
	begin := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	in, err := instance.Open(t.Context(), instance.Options{Sample: true, Store: store.Options{
		Ephemeral: true, Key: keyring.DevMaster(), Strict: true,
		Now: func() time.Time { return begin.Add(time.Duration(s.skip.Load()) * time.Second) },
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close() })
	s.instance = in
	s.admin = in.Directory.Session(directory.CommandLine(directory.SampleOrg), "test", "")
	s.Handler = server.New(server.Config{Directory: in.Directory, Catalogue: in.Catalogue, Dev: dev, AnyHost: true, Log: slog.New(slog.DiscardHandler)})
	s.must(t, s.admin.MakeOrgAccount(t.Context(), "023420013645", directory.NewOrgAccount{Type: directory.AccountDingTalk, LoginID: "wangfang", Password: password}))
	_, err = s.admin.ChangeApp(t.Context(), directory.SampleAppKey, directory.AppUpdate{RedirectURIs: []string{landing}})
	s.must(t, err)
	return s
}

func (s *site) must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *site) send(r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

// pageQuery returns the query of the login page's address.
func pageQuery(change ...string) url.Values {
	q := url.Values{"client_id": {directory.SampleAppKey}, "redirect_uri": {landing}, "response_type": {"code"},
		"scope": {"openid corpid"}, "state": {"a b&c"}, "prompt": {"consent"}}
	for i := 0; i+1 < len(change); i += 2 {
		q.Set(change[i], change[i+1])
	}
	return q
}

var tokenField = regexp.MustCompile(`name="token" value="([^"]+)"`)

// logIn answers the form as a browser would.
func (s *site) logIn(t *testing.T, q url.Values, name, secret string, extra ...string) *http.Response {
	t.Helper()
	return s.answer(t, "/oauth2/auth?"+q.Encode(), append([]string{"name", name, "password", secret}, extra...)...)
}

// answer fills in the form of any page.
func (s *site) answer(t *testing.T, address string, fields ...string) *http.Response {
	t.Helper()
	page := s.send(httptest.NewRequest(http.MethodGet, address, nil))
	body, _ := io.ReadAll(page.Body)
	field := tokenField.FindSubmatch(body)
	if field == nil {
		t.Fatalf("%s: got %d without a form: %s", address, page.StatusCode, body)
	}
	form := url.Values{"token": {string(field[1])}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range page.Cookies() {
		r.AddCookie(c)
	}
	return s.send(r)
}

// code logs in and returns the code.
func (s *site) code(t *testing.T) string {
	t.Helper()
	answer := s.logIn(t, pageQuery(), "wangfang", password)
	to, err := answer.Location()
	if err != nil {
		t.Fatalf("login: got %d without a redirect", answer.StatusCode)
	}
	return to.Query().Get("authCode")
}

type tokens struct {
	AccessToken, RefreshToken, CorpID string
	ExpireIn                          int
	Code                              string
}

func (s *site) exchange(t *testing.T, change ...string) tokens {
	t.Helper()
	body := map[string]string{"clientId": directory.SampleAppKey, "clientSecret": directory.SampleSecret, "grantType": "authorization_code"}
	for i := 0; i+1 < len(change); i += 2 {
		body[change[i]] = change[i+1]
	}
	text, _ := json.Marshal(body)
	r := httptest.NewRequest(http.MethodPost, "/v1.0/oauth2/userAccessToken", strings.NewReader(string(text)))
	r.Header.Set("Content-Type", "application/json")
	var out tokens
	if err := json.NewDecoder(s.send(r).Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

func (s *site) refresh(t *testing.T, token string) tokens {
	return s.exchange(t, "grantType", "refresh_token", "refreshToken", token)
}

// me calls users/me and returns the nickname, or the error code.
func (s *site) me(t *testing.T, token string) string {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/v1.0/contact/users/me", nil)
	r.Header.Set("x-acs-dingtalk-access-token", token)
	var out struct{ Nick, Code string }
	if err := json.NewDecoder(s.send(r).Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out.Nick + out.Code
}

func want[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

const invalidToken = "InvalidAuthentication"

func TestPersonLogsIn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	answer := s.logIn(t, pageQuery(), "wangfang", password)
	to, err := answer.Location()
	s.must(t, err)
	q := to.Query()
	want(t, "status", answer.StatusCode, http.StatusSeeOther)
	want(t, "address", to.Scheme+"://"+to.Host+to.Path, "https://reports.example/in")
	want(t, "the app's own query", q.Get("from"), "mingce")
	want(t, "state", q.Get("state"), "a b&c")
	want(t, "code by its other name", q.Get("code"), q.Get("authCode"))

	first := s.exchange(t, "code", q.Get("authCode"))
	want(t, "expireIn", first.ExpireIn, 7200)
	want(t, "corpId", first.CorpID, directory.SampleOrg)
	want(t, "who it is", s.me(t, first.AccessToken), "王芳")

	second := s.refresh(t, first.RefreshToken)
	want(t, "after a refresh", s.me(t, second.AccessToken), "王芳")
	want(t, "the token before", s.me(t, first.AccessToken), invalidToken)
	s.skip.Store(7200)
	want(t, "two hours later", s.me(t, second.AccessToken), invalidToken)
	third := s.refresh(t, second.RefreshToken)
	want(t, "after the next refresh", s.me(t, third.AccessToken), "王芳")
	s.skip.Store(7200 + 30*24*3600)
	want(t, "thirty days later", s.refresh(t, third.RefreshToken).Code, "invalidParameter.authCode.notFound")
}

func TestOrganisationIsToldOnlyIfAskedFor(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	to, err := s.logIn(t, pageQuery("scope", "openid"), "wangfang", password).Location()
	s.must(t, err)
	got := s.exchange(t, "code", to.Query().Get("authCode"))
	want(t, "corpId", got.CorpID, "")
	want(t, "corpId after a refresh", s.refresh(t, got.RefreshToken).CorpID, "")
	// Some programs separate scopes by commas.
	to, err = s.logIn(t, pageQuery("scope", "openid,corpid"), "wangfang", password).Location()
	s.must(t, err)
	want(t, "corpId, scopes with a comma", s.exchange(t, "code", to.Query().Get("authCode")).CorpID, directory.SampleOrg)
}

func TestCodeWorksOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	code := s.code(t)
	got := s.exchange(t, "code", code)
	want(t, "first", s.me(t, got.AccessToken), "王芳")
	want(t, "second exchange", s.exchange(t, "code", code).Code, "invalidParameter.authCode.notFound")
	// Somebody else has the code, and may be the one who exchanged it first.
	want(t, "the login of the first exchange", s.me(t, got.AccessToken), invalidToken)

	old := s.code(t)
	s.skip.Store(301)
	want(t, "after five minutes", s.exchange(t, "code", old).Code, "invalidParameter.authCode.notFound")
	want(t, "another app's code", s.exchange(t, "code", s.code(t), "clientId", directory.BareAppKey, "clientSecret", directory.BareSecret).Code, "invalidParameter.authCode.notFound")
}

func TestRefreshTokenMayComeBackAtOnceButNotLater(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	first := s.exchange(t, "code", s.code(t))
	lost := s.refresh(t, first.RefreshToken)
	again := s.refresh(t, first.RefreshToken)
	want(t, "the retry's token", s.me(t, again.AccessToken), "王芳")
	want(t, "the lost answer's token", s.me(t, lost.AccessToken), invalidToken)
	s.skip.Store(31)
	want(t, "later", s.refresh(t, first.RefreshToken).Code, "invalidParameter.authCode.notFound")
	want(t, "the login", s.me(t, again.AccessToken), invalidToken)
}

func TestWhatEndsALogin(t *testing.T) {
	t.Parallel()
	yes := true
	for name, end := range map[string]func(context.Context, *site) error{
		"sign-out": func(ctx context.Context, s *site) error { return s.admin.SignOutAccount(ctx, "023420013645", "", nil) },
		"disabled": func(ctx context.Context, s *site) error {
			return s.admin.SetAccountDisabled(ctx, "023420013645", true, "")
		},
		"new password": func(ctx context.Context, s *site) error {
			other := "green-horse-43"
			return s.admin.UpdateEmployee(ctx, "023420013645", directory.EmployeeUpdate{Password: &other})
		},
		"app disabled": func(ctx context.Context, s *site) error {
			_, err := s.admin.ChangeApp(ctx, directory.SampleAppKey, directory.AppUpdate{Disabled: &yes})
			return err
		},
		"new secret": func(ctx context.Context, s *site) error {
			_, err := s.admin.RotateSecret(ctx, directory.SampleAppKey, 0)
			return err
		},
		"organisation disabled": func(ctx context.Context, s *site) error { return s.admin.SetOrgDisabled(ctx, true) },
		"another account": func(ctx context.Context, s *site) error {
			return s.admin.MakeNormalAccount(ctx, "023420013645")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			mobile := "+86-13912345678"
			s.must(t, s.admin.UpdateEmployee(t.Context(), "023420013645", directory.EmployeeUpdate{ExclusiveMobile: &mobile}))
			pending := s.code(t)
			got := s.exchange(t, "code", s.code(t))
			want(t, "before", s.me(t, got.AccessToken), "王芳")
			s.must(t, end(t.Context(), s))
			s.skip.Store(2) // what other processes remember is forgotten after a second
			want(t, "after", s.me(t, got.AccessToken), invalidToken)
			if code := s.refresh(t, got.RefreshToken).Code; code == "" {
				t.Error("refresh: got tokens, want none")
			}
			if code := s.exchange(t, "code", pending).Code; code == "" {
				t.Error("a code from before: got tokens, want none")
			}
		})
	}
}

func TestLoginPageSendsNobodyToStrangers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for name, q := range map[string]url.Values{
		"another host":          pageQuery("redirect_uri", "https://evil.example/in?from=mingce"),
		"a longer path":         pageQuery("redirect_uri", "https://reports.example/in/../out?from=mingce"),
		"a longer query":        pageQuery("redirect_uri", landing+"&next=https://evil.example"),
		"the host as user":      pageQuery("redirect_uri", "https://reports.example@evil.example/in?from=mingce"),
		"no address":            pageQuery("redirect_uri", ""),
		"an app that is none":   pageQuery("client_id", "dingnobody"),
		"an app without a list": pageQuery("client_id", directory.BareAppKey),
		"a signing key":         pageQuery("client_id", directory.SampleTOPKey),
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			answer := s.send(httptest.NewRequest(method, "/oauth2/auth?"+q.Encode(), nil))
			if answer.StatusCode != http.StatusBadRequest || answer.Header.Get("Location") != "" {
				t.Errorf("%s, %s: got %d to %q, want 400", method, name, answer.StatusCode, answer.Header.Get("Location"))
			}
		}
	}
	for name, c := range map[string]struct {
		q    url.Values
		want string
	}{
		"response type": {pageQuery("response_type", "token"), "invalid_request"},
		"other corp":    {pageQuery("corpId", directory.PartnerOrg), "invalid_request"},
		"no scope":      {pageQuery("scope", ""), "invalid_scope"},
		"scope":         {pageQuery("scope", "openid admin"), "invalid_scope"},
	} {
		to, err := s.send(httptest.NewRequest(http.MethodGet, "/oauth2/auth?"+c.q.Encode(), nil)).Location()
		if err != nil || to.Host != "reports.example" {
			t.Errorf("%s: got %v, %v, want the app's address", name, to, err)
			continue
		}
		want(t, name, to.Query().Get("error"), c.want)
		want(t, name+", state", to.Query().Get("state"), "a b&c")
	}
	to, err := s.logIn(t, pageQuery(), "", "", "cancel", "1").Location()
	s.must(t, err)
	want(t, "cancelled", to.Query().Get("error"), "access_denied")
}

func TestLoginPageTakesItsOwnFormsOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	post := func(change func(*http.Request)) int {
		form := url.Values{"name": {"wangfang"}, "password": {password}, "token": {strings.Repeat("A", 26)}}
		r := httptest.NewRequest(http.MethodPost, "/oauth2/auth?"+pageQuery().Encode(), strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		change(r)
		return s.send(r).StatusCode
	}
	cookie := &http.Cookie{Name: "mingce_login", Value: strings.Repeat("A", 26)}
	want(t, "with the cookie", post(func(r *http.Request) { r.AddCookie(cookie) }), http.StatusSeeOther)
	want(t, "without the cookie", post(func(*http.Request) {}), http.StatusForbidden)
	want(t, "with another cookie", post(func(r *http.Request) {
		r.AddCookie(&http.Cookie{Name: "mingce_login", Value: strings.Repeat("B", 26)})
	}), http.StatusForbidden)
	want(t, "with a short cookie", post(func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "mingce_login", Value: ""}) }), http.StatusForbidden)
	want(t, "from another site", post(func(r *http.Request) {
		r.AddCookie(cookie)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
	}), http.StatusForbidden)
}

func TestPasswordsCannotBeGuessed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for range 5 {
		want(t, "a wrong password", s.logIn(t, pageQuery(), "wangfang", "wrong-1234").StatusCode, http.StatusForbidden)
	}
	answer := s.logIn(t, pageQuery(), "wangfang", password)
	want(t, "the sixth attempt, though right", answer.StatusCode, http.StatusTooManyRequests)
	want(t, "when to come back", answer.Header.Get("Retry-After"), "60")
	want(t, "another name", s.logIn(t, pageQuery(), "nobody", "wrong-1234").StatusCode, http.StatusForbidden)
	s.skip.Store(61)
	want(t, "a minute later", s.logIn(t, pageQuery(), "wangfang", password).StatusCode, http.StatusSeeOther)
}

// Attempts are counted per account, however its name is spelled. Failed ones are in the
// log, the metrics and the history, with the name masked.
func TestFailedLoginsOfOneAccount(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var log bytes.Buffer
	s.Handler = server.New(server.Config{Directory: s.instance.Directory, Catalogue: s.instance.Catalogue, Dev: true, AnyHost: true, Log: slog.New(slog.NewJSONHandler(&log, nil))})
	mobile := "+86-13912345678"
	s.must(t, s.admin.UpdateEmployee(t.Context(), "023420013645", directory.EmployeeUpdate{ExclusiveMobile: &mobile}))
	for _, name := range []string{"wangfang", "13912345678", "+86-13912345678", " 86-13912345678", "+8613912345678"} {
		want(t, name, s.logIn(t, pageQuery(), name, "wrong-1234").StatusCode, http.StatusForbidden)
	}
	want(t, "the sixth spelling", s.logIn(t, pageQuery(), "wangfang", password).StatusCode, http.StatusTooManyRequests)
	want(t, "nobody", s.logIn(t, pageQuery(), "13700000009", "wrong-1234").StatusCode, http.StatusForbidden)
	want(t, "a password in the wrong place", s.logIn(t, pageQuery(), "p@ss-w0rd"+strings.Repeat("x", 900), "wrong-1234").StatusCode, http.StatusForbidden)

	for _, line := range []string{
		`"msg":"login failed","reason":"wrong-password","name":"86-139****5678","user":"023420013645"`, `"client":"192.0.2.1"`,
		`"reason":"too-many-attempts","name":"w***"`, `"reason":"unknown-name","name":"86-137****0009","user":""`,
		`"reason":"unknown-name","name":"p***","user":""`,
	} {
		if !strings.Contains(log.String(), line) {
			t.Errorf("log: got no %s in %s", line, &log)
		}
	}
	if strings.Contains(log.String(), "13912345678") || strings.Contains(log.String(), "wrong-1234") || strings.Contains(log.String(), "ss-w0rd") {
		t.Errorf("log: got a name or a password in %s", &log)
	}
	metrics, _ := io.ReadAll(s.send(httptest.NewRequest(http.MethodGet, "/metrics", nil)).Body)
	for _, line := range []string{`mingce_logins_total{result="wrong-password"} 5`, `mingce_logins_total{result="too-many-attempts"} 1`, `mingce_logins_total{result="unknown-name"} 2`} {
		if !strings.Contains(string(metrics), line) {
			t.Errorf("metrics: got no %s", line)
		}
	}
	history, _ := io.ReadAll(s.send(httptest.NewRequest(http.MethodGet, "/_mingce/audit?org="+directory.SampleOrg+"&object=023420013645", nil)).Body)
	// The first, the second and the fourth: the history is kept for ever.
	if got := strings.Count(string(history), `"action":"refuse"`); got != 3 || !strings.Contains(string(history), `"reason":"wrong-password","refused":4`) {
		t.Errorf("history: got %d refused logins, want 3 and the fourth: %s", got, history)
	}
}

func TestWhoMayLogIn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	mobile := "+86-13912345678"
	s.must(t, s.admin.UpdateEmployee(t.Context(), "023420013645", directory.EmployeeUpdate{ExclusiveMobile: &mobile}))
	for name, status := range map[string]int{
		"wangfang": http.StatusSeeOther, " wangfang ": http.StatusSeeOther, "13912345678": http.StatusSeeOther, "+86-13912345678": http.StatusSeeOther,
		"WANGFANG": http.StatusForbidden, "023420013645": http.StatusForbidden, // a user id is no login id
		"13800001001": http.StatusForbidden, // an account without a password
	} {
		want(t, name, s.logIn(t, pageQuery(), name, password).StatusCode, status)
	}
	want(t, "no password", s.logIn(t, pageQuery(), "13800001001", "").StatusCode, http.StatusForbidden)
}

func TestLoginPageInBothLanguages(t *testing.T) {
	t.Parallel()
	s := newSiteOf(t, false)
	for lang, words := range map[string][]string{"zh": {"登录并授权", "示例应用", "示例科技"}, "en": {"Log in and allow", "示例应用"}} {
		answer := s.send(httptest.NewRequest(http.MethodGet, "/oauth2/auth?"+pageQuery("lang", lang).Encode(), nil))
		body, _ := io.ReadAll(answer.Body)
		for _, word := range words {
			if !strings.Contains(string(body), word) {
				t.Errorf("%s: got no %q", lang, word)
			}
		}
		policy := answer.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "form-action 'self' https://reports.example;") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s: got policy %q", lang, policy)
		}
		c := answer.Cookies()[0]
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
			t.Errorf("%s: got cookie %v, want HttpOnly and SameSite=Lax", lang, c)
		}
	}
}
