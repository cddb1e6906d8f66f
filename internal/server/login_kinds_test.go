package server_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// call sends a request and returns the answer as one JSON object.
func (s *site) call(t *testing.T, method, target, body string, headers ...string) map[string]any {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	text, _ := io.ReadAll(s.send(r).Body)
	var v map[string]any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%s: got %s", target, text)
	}
	return v
}

// codeOf returns the code in the address that a page redirects to.
func codeOf(t *testing.T, answer *http.Response) string {
	t.Helper()
	to, err := answer.Location()
	if err != nil {
		t.Fatalf("got %d without a redirect", answer.StatusCode)
	}
	if !strings.HasPrefix(to.String(), landing+"&") {
		t.Fatalf("got sent to %s, want %s", to, landing)
	}
	return to.Query().Get("code")
}

func (s *site) millis() string {
	return fmt.Sprint(s.instance.Directory.Now().UnixMilli())
}

// byCode is how JustAuth, jumpserver and socialite ask who logged in.
func (s *site) byCode(t *testing.T, code string) map[string]any {
	t.Helper()
	m := hmac.New(sha256.New, []byte(directory.SampleSecret))
	m.Write([]byte(s.millis()))
	q := url.Values{"accessKey": {directory.SampleAppKey}, "timestamp": {s.millis()}, "signature": {base64.StdEncoding.EncodeToString(m.Sum(nil))}}
	return s.call(t, "POST", "/sns/getuserinfo_bycode?"+q.Encode(), `{"tmp_auth_code":"`+code+`"}`)
}

func older(path, appid string, more ...string) string {
	q := url.Values{"appid": {appid}, "redirect_uri": {landing}, "state": {"a b&c"}}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return path + "?" + q.Encode()
}

var hex32 = regexp.MustCompile(`^[0-9a-f]{32}$`)

// docs/spec/dingtalk-login.md#older-login-pages: with the parameters of
// JustAuth and omniauth, and with those of socialite, which sends neither
// response_type nor scope.
func TestOlderLoginPages(t *testing.T) {
	t.Parallel()
	s := newSiteOf(t, false)
	for _, address := range []string{
		older("/connect/qrconnect", directory.SampleAppKey, "response_type", "code", "scope", "snsapi_login"),
		older("/connect/oauth2/sns_authorize", directory.SampleAppKey, "response_type", "code", "scope", "snsapi_auth"),
		older("/connect/qrconnect", directory.SampleAppKey),
	} {
		answer := s.answer(t, address, "name", "wangfang", "password", password)
		code := codeOf(t, answer)
		to, _ := answer.Location()
		want(t, "state", to.Query().Get("state"), "a b&c")
		if !hex32.MatchString(code) {
			t.Errorf("got code %q, want 32 hexadecimal digits", code)
		}
		user, _ := s.byCode(t, code)["user_info"].(map[string]any)
		want(t, "nick", fmt.Sprint(user["nick"]), "王芳")
		want(t, "the code again", s.byCode(t, code)["errcode"], any(40078.0))
	}
	want(t, "another scope", s.send(httptest.NewRequest("GET", older("/connect/qrconnect", directory.SampleAppKey, "scope", "openid"), nil)).StatusCode, http.StatusSeeOther)
	want(t, "another address", s.send(httptest.NewRequest("GET", older("/connect/qrconnect", directory.SampleAppKey, "redirect_uri", landing+"x"), nil)).StatusCode, http.StatusBadRequest)
	want(t, "wrong password", s.answer(t, older("/connect/qrconnect", directory.SampleAppKey), "name", "wangfang", "password", "x").StatusCode, http.StatusForbidden)
	want(t, "picked", s.answer(t, older("/connect/qrconnect", directory.SampleAppKey), "userid", "023420013645").StatusCode, http.StatusForbidden)
}

// The chain of omniauth-dingtalk.
func TestSNSChain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	pair := "appid=" + directory.SampleAppKey + "&appsecret=" + directory.SampleSecret
	token := s.call(t, "GET", "/sns/gettoken?"+pair, "")["access_token"].(string)
	want(t, "the token again", s.call(t, "GET", "/sns/gettoken?"+pair, "")["access_token"].(string), token)
	login := func() map[string]any {
		code := codeOf(t, s.answer(t, older("/connect/qrconnect", directory.SampleAppKey), "userid", "023420013645"))
		return s.call(t, "POST", "/sns/get_persistent_code?access_token="+token, `{"tmp_auth_code":"`+code+`"}`)
	}
	lasting := login()
	want(t, "persistent code of the next login", login()["persistent_code"], lasting["persistent_code"])
	pick := fmt.Sprintf(`{"openid":%q,"persistent_code":%q}`, lasting["openid"], lasting["persistent_code"])
	person := s.call(t, "POST", "/sns/get_sns_token?access_token="+token, pick)["sns_token"].(string)
	info := func() any { return s.call(t, "GET", "/sns/getuserinfo?sns_token="+person, "")["errcode"] }
	want(t, "user info", info(), any(0.0))

	s.skip.Store(7201)
	want(t, "user info after its life", info(), any(40014.0))
	want(t, "token after its life", s.call(t, "POST", "/sns/get_sns_token?access_token="+token, pick)["errcode"], any(40014.0))
	next := s.call(t, "GET", "/sns/gettoken?"+pair, "")["access_token"].(string)
	if next == token {
		t.Error("got the expired token again")
	}
	want(t, "persistent code later", s.call(t, "POST", "/sns/get_sns_token?access_token="+next, pick)["errcode"], any(0.0))

	// A new secret ends all of them, with an overlap when the old secret ends.
	ticket := func() any {
		return s.call(t, "GET", "/get_jsapi_ticket?access_token="+directory.SampleToken, "")["ticket"]
	}
	first := ticket()
	want(t, "the ticket again", ticket(), first)
	admin := s.instance.Directory.Session(directory.CommandLine(directory.SampleOrg), "test", "")
	_, err := admin.RotateSecret(t.Context(), directory.SampleAppKey, time.Hour)
	s.must(t, err)
	want(t, "during the overlap", s.call(t, "POST", "/sns/get_sns_token?access_token="+next, pick)["errcode"], any(0.0))
	s.must(t, admin.EndOldSecret(t.Context(), directory.SampleAppKey))
	want(t, "after it", s.call(t, "POST", "/sns/get_sns_token?access_token="+next, pick)["errcode"], any(40014.0))
	if ticket() == first {
		t.Error("got the ticket of the old secret")
	}
}

func TestInAppLogin(t *testing.T) {
	t.Parallel()
	s := newSiteOf(t, false)
	address := older("/connect/oauth2/authorize", directory.SampleOrg, "response_type", "code", "scope", "snsapi_base")
	code := codeOf(t, s.answer(t, address, "name", "wangfang", "password", password))
	who := s.call(t, "GET", "/user/getuserinfo?access_token="+directory.BareToken+"&code="+code, "")
	want(t, "userid", who["userid"], any("023420013645"))
	want(t, "an app in place of the organisation",
		s.send(httptest.NewRequest("GET", older("/connect/oauth2/authorize", directory.SampleAppKey), nil)).StatusCode, http.StatusBadRequest)
}

// docs/spec/dingtalk-login.md#kinds-of-codes: jumpserver takes the code of
// /oauth2/auth by signature.
func TestOAuthCodeBySignature(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	code := s.code(t)
	want(t, "getuserinfo", s.call(t, "GET", "/user/getuserinfo?access_token="+directory.SampleToken+"&code="+code, "")["errcode"], any(40078.0))
	want(t, "by signature", s.byCode(t, code)["errcode"], any(0.0))
	want(t, "exchanged afterwards", s.exchange(t, "code", code).Code, "invalidParameter.authCode.notFound")

	code = s.code(t)
	token := s.exchange(t, "code", code).AccessToken
	want(t, "exchanged before", s.byCode(t, code)["errcode"], any(40078.0))
	if me := s.me(t, token); strings.Contains(me, "王芳") {
		t.Errorf("the login of a code that came twice: got %s, want it ended", me)
	}
}

var message = regexp.MustCompile(`data-message="([^"]*)" data-origin="([^"]*)"`)

// told returns what a frame tells the page around it.
func told(t *testing.T, answer *http.Response) (text, origin string) {
	t.Helper()
	body, _ := io.ReadAll(answer.Body)
	m := message.FindSubmatch(body)
	if m == nil {
		t.Fatalf("got %d without a message: %s", answer.StatusCode, body)
	}
	return html.UnescapeString(string(m[1])), string(m[2])
}

// docs/spec/dingtalk-login.md#login-in-a-frame
func TestLoginInFrame(t *testing.T) {
	t.Parallel()
	s := newSiteOf(t, false)
	const origin = "https://reports.example"
	address := "/oauth2/challenge.htm?" + pageQuery("iframe", "true", "org_type", "", "exclusiveLogin", "false", "exclusiveCorpId", "", "corpId", "", "scope", "openid,corpid").Encode()
	page := s.send(httptest.NewRequest("GET", address, nil))
	policy := page.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "frame-ancestors "+origin) || page.Header.Get("X-Frame-Options") != "" || strings.Contains(policy, "script-src") {
		t.Errorf("got policy %q", policy)
	}
	answer := s.answer(t, address, "name", "wangfang", "password", password)
	text, to := told(t, answer)
	want(t, "origin", to, origin)
	if policy := answer.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "script-src 'self'") || !strings.Contains(policy, "frame-ancestors "+origin) {
		t.Errorf("after the login: got policy %q", policy)
	}
	var result struct {
		Success     bool
		RedirectURL string
	}
	s.must(t, json.Unmarshal([]byte(text), &result))
	back, err := url.Parse(result.RedirectURL)
	s.must(t, err)
	if !result.Success || !strings.HasPrefix(result.RedirectURL, landing+"&authCode=") || back.Query().Get("state") != "a b&c" || back.Query().Has("code") {
		t.Errorf("got %s", text)
	}
	if got := s.exchange(t, "code", back.Query().Get("authCode")); got.AccessToken == "" {
		t.Errorf("the code: got %+v", got)
	}
	text, _ = told(t, s.answer(t, address, "cancel", "1"))
	want(t, "cancelled", text, `{"success":false,"errorMsg":"access_denied"}`)
	text, _ = told(t, s.send(httptest.NewRequest("GET", "/oauth2/auth?"+pageQuery("iframe", "true", "scope", "x").Encode(), nil)))
	want(t, "wrong scope", text, `{"success":false,"errorMsg":"invalid_scope"}`)
	broken := s.send(httptest.NewRequest("GET", "/oauth2/auth?"+pageQuery("iframe", "true", "redirect_uri", "https://evil.example/").Encode(), nil))
	if policy := broken.Header.Get("Content-Security-Policy"); broken.StatusCode != http.StatusBadRequest || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("unregistered address: got %d, policy %q", broken.StatusCode, policy)
	}
}

// In a frame of another site, browsers send a cookie only if it says so.
func TestCookieInFrame(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for address, none := range map[string]bool{
		"http://127.0.0.1:8080": true, "http://localhost": true, "https://mingce.example": true, "http://mingce.example": false,
	} {
		for query, framed := range map[string]bool{"&iframe=true": true, "": false} {
			c := s.send(httptest.NewRequest("GET", address+"/oauth2/auth?"+pageQuery().Encode()+query, nil)).Cookies()[0]
			if got := c.SameSite == http.SameSiteNoneMode && c.Secure && c.Partitioned; got != (none && framed) {
				t.Errorf("%s%s: got %v", address, query, c)
			}
		}
	}
}

// docs/spec/dingtalk-login.md#frame-of-the-older-login-script
func TestFrameOfOlderScript(t *testing.T) {
	t.Parallel()
	s := newSiteOf(t, false)
	to := "https://oapi.dingtalk.com" + older("/connect/oauth2/sns_authorize", directory.SampleAppKey, "response_type", "code", "scope", "snsapi_login")
	frame := "/login/qrcode.htm?" + url.Values{"goto": {to}, "style": {"border:none"}, "href": {""}}.Encode()
	login := func() string {
		text, origin := told(t, s.answer(t, frame, "name", "wangfang", "password", password))
		want(t, "origin", origin, "https://reports.example")
		var tmp string
		s.must(t, json.Unmarshal([]byte(text), &tmp))
		return tmp
	}
	goOn := func(address string) *http.Response { return s.send(httptest.NewRequest("GET", address, nil)) }
	path := strings.TrimPrefix(to, "https://oapi.dingtalk.com")
	tmp := login()
	want(t, "as the code of a login", s.byCode(t, tmp)["errcode"], any(40078.0))
	code := codeOf(t, goOn(path+"&loginTmpCode="+tmp))
	want(t, "the code", s.byCode(t, code)["errcode"], any(0.0))
	want(t, "loginTmpCode again", goOn(path+"&loginTmpCode="+tmp).StatusCode, http.StatusOK)

	_, err := s.admin.ChangeApp(t.Context(), directory.SampleAppKey, directory.AppUpdate{RedirectURIs: []string{landing, landing + "2"}})
	s.must(t, err)
	tmp = login()
	want(t, "with another address", goOn(older("/connect/qrconnect", directory.SampleAppKey, "redirect_uri", landing+"2", "loginTmpCode", tmp)).StatusCode, http.StatusOK)
	want(t, "with the right one", goOn(path+"&loginTmpCode="+tmp).StatusCode, http.StatusSeeOther)
	tmp = login()
	s.skip.Store(120)
	want(t, "after two minutes", goOn(path+"&loginTmpCode="+tmp).StatusCode, http.StatusOK)
	want(t, "no goto", goOn("/login/qrcode.htm").StatusCode, http.StatusBadRequest)
}

// docs/spec/dingtalk-login.md#page-for-administrators
func TestLoginOfAdministrator(t *testing.T) {
	t.Parallel()
	s := newSiteOf(t, false)
	s.must(t, s.admin.MakeOrgAccount(t.Context(), directory.SampleAdministrator, directory.NewOrgAccount{Type: directory.AccountDingTalk, LoginID: "zhaomin", Password: password}))
	page := "/login/sso?appid=" + directory.SampleAppKey
	code := codeOf(t, s.answer(t, page, "name", "zhaomin", "password", password))
	token := s.call(t, "POST", "/v1.0/oauth2/ssoAccessToken", `{"corpid":"`+directory.SampleOrg+`","ssoSecret":"`+directory.SampleSecret+`"}`)["accessToken"].(string)
	who := s.call(t, "GET", "/v1.0/oauth2/ssoUserInfo?code="+code, "", "x-acs-dingtalk-access-token", token)
	want(t, "isAdmin", who["isAdmin"], any(true))
	want(t, "userId", who["userId"], any(directory.SampleAdministrator))
	want(t, "the code again", s.call(t, "GET", "/v1.0/oauth2/ssoUserInfo?code="+code, "", "x-acs-dingtalk-access-token", token)["code"], any("invalidCode"))

	refused := s.answer(t, page, "name", "wangfang", "password", password)
	body, _ := io.ReadAll(refused.Body)
	if refused.StatusCode != http.StatusForbidden || !strings.Contains(string(body), `data-state="noboss"`) {
		t.Errorf("no administrator: got %d %s", refused.StatusCode, body)
	}
}

// docs/spec/dingtalk-login.md#pages-of-a-development-server
func TestPeopleArePickedInDevelopment(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	show := func(address string) string {
		body, _ := io.ReadAll(s.send(httptest.NewRequest("GET", address, nil)).Body)
		return string(body)
	}
	address := older("/connect/qrconnect", directory.SampleAppKey, "lang", "en")
	all := show(address)
	for text, there := range map[string]bool{"王芳": true, "陈静": true, "刘洋": false /* disabled */, "孙丽": false, `type="password"`: false, "administrator": true} {
		if strings.Contains(all, text) != there {
			t.Errorf("page: %q there %t, want %t", text, !there, there)
		}
	}
	found := show(address + "&find=wangf")
	if !strings.Contains(found, "王芳") || strings.Contains(found, "陈静") || !strings.Contains(found, `name="state" value="a b&amp;c"`) {
		t.Errorf("search: got %s", found)
	}
	if byID := show(address + "&find=org1001"); !strings.Contains(byID, "陈静") {
		t.Errorf("search for a user id: got %s", byID)
	}
	unregistered := show("/connect/qrconnect?lang=en&appid=" + directory.SampleAppKey + "&redirect_uri=https%3A%2F%2Felsewhere.example.com%2F")
	if !strings.Contains(unregistered, "mingce app change APPKEY --redirect-uri URL") {
		t.Errorf("an address that is not registered: got %s, want the command that registers it", unregistered)
	}
	code := codeOf(t, s.answer(t, address, "userid", "org1001"))
	want(t, "the code", s.byCode(t, code)["errcode"], any(0.0))
	for userID, status := range map[string]int{"org1002": http.StatusForbidden, "nobody": http.StatusForbidden, "b0001": http.StatusForbidden} {
		want(t, userID, s.answer(t, address, "userid", userID).StatusCode, status)
	}
	want(t, "sso of anybody", s.answer(t, "/login/sso?appid="+directory.SampleAppKey, "userid", "org1001").StatusCode, http.StatusForbidden)
	want(t, "sso of an administrator", s.answer(t, "/login/sso?appid="+directory.SampleAppKey, "userid", directory.SampleAdministrator).StatusCode, http.StatusSeeOther)
}

func TestLoginCodesOfControl(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	make := func(body string) map[string]any { return s.call(t, "POST", "/_mingce/login-codes", body) }
	take := func(code any) any {
		return s.call(t, "POST", "/topapi/v2/user/getuserinfo?access_token="+directory.SampleToken, fmt.Sprintf(`{"code":%q}`, code))["errcode"]
	}
	code := make(`{"corpId":"ding87654321","userid":"org1001"}`)["code"]
	want(t, "in-app", take(code), any(0.0))
	want(t, "again", take(code), any(40078.0))
	code = make(`{"corpId":"ding87654321","userid":"org1001","kind":"in-app"}`)["code"]
	s.skip.Store(300)
	want(t, "after five minutes", take(code), any(40078.0))
	want(t, "in-app for an sso code", take(make(`{"corpId":"ding87654321","userid":"102530009661373952","kind":"sso"}`)["code"]), any(40078.0))
	for body, word := range map[string]string{
		`{"corpId":"x","userid":"org1001"}`:                           "corpId",
		`{"corpId":"ding87654321","userid":"x"}`:                      "userid",
		`{"corpId":"ding87654321","userid":"org1002"}`:                "disabled",
		`{"corpId":"ding12345678","userid":"b1002"}`:                  "disabled",
		`{"corpId":"ding87654321","userid":"org1001","kind":"sso"}`:   "administrators",
		`{"corpId":"ding87654321","userid":"org1001","kind":"oauth"}`: "kind",
		`{"corpId":"ding87654321","user":"org1001"}`:                  "user",
	} {
		r := httptest.NewRequest("POST", "/_mingce/login-codes", strings.NewReader(body))
		answer := s.send(r)
		text, _ := io.ReadAll(answer.Body)
		if answer.StatusCode != http.StatusBadRequest || !strings.Contains(string(text), word) {
			t.Errorf("%s: got %d %s", body, answer.StatusCode, text)
		}
	}
	serve := newSiteOf(t, false)
	want(t, "in serve", serve.send(httptest.NewRequest("POST", "/_mingce/login-codes", strings.NewReader(`{}`))).StatusCode, http.StatusForbidden)
}
