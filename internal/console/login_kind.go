package console

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// loginPages are the pages by their paths. Each reads its address, and says how
// a login ends.
var loginPages = map[string]func(url.Values) (directory.LoginRequest, ending){
	"/oauth2/auth":                  oauthPage,
	"/oauth2/challenge.htm":         oauthPage,
	"/connect/qrconnect":            snsPage,
	"/connect/oauth2/sns_authorize": snsPage,
	"/connect/oauth2/authorize":     inAppPage,
	"/login/qrcode.htm":             scriptPage,
	"/login/sso":                    administratorPage,
}

// IsLoginPath reports whether a path is one of the login pages, or belongs to
// them.
func IsLoginPath(p string) bool {
	switch loginDir(p) {
	case "oauth2", "login":
		return true
	case "connect": // the rest belongs to the older gateway
		return loginPages[p] != nil || p == "/connect/login.css" || p == "/connect/login.js"
	}
	return false
}

// loginDir returns the first segment of a path. What a page needs is beside it,
// because a vendor's host name may have only some of the paths.
func loginDir(p string) string {
	dir, _, _ := strings.Cut(strings.TrimPrefix(p, "/"), "/")
	return dir
}

// ending is how a page tells the program the outcome: by a redirect or, from a
// frame, by a message to the page around it.
type ending struct {
	codes  []string // what the code is called in the address
	framed bool
	bare   bool // the message is the code alone
}

func oauthPage(q url.Values) (directory.LoginRequest, ending) {
	// The vendor's page sends authCode; code is what OAuth libraries look for
	// (docs/spec/dingtalk.md#login-codes). In a frame the vendor's script reads
	// the address (docs/spec/dingtalk-login.md#login-in-a-frame).
	e := ending{codes: []string{"authCode", "code"}}
	if q.Get("iframe") == "true" {
		e = ending{codes: []string{"authCode"}, framed: true}
	}
	return directory.LoginRequest{Kind: directory.OAuthLogin, ClientID: q.Get("client_id"), RedirectURI: q.Get("redirect_uri"),
		ResponseType: q.Get("response_type"), Scope: q.Get("scope"), CorpID: q.Get("corpId")}, e
}

// snsPage is docs/spec/dingtalk-login.md#older-login-pages.
func snsPage(q url.Values) (directory.LoginRequest, ending) {
	return directory.LoginRequest{Kind: directory.SNSLogin, ClientID: q.Get("appid"), RedirectURI: q.Get("redirect_uri"),
		ResponseType: q.Get("response_type"), Scope: q.Get("scope")}, ending{codes: []string{"code"}}
}

// inAppPage is docs/spec/dingtalk-login.md#page-inside-the-client.
func inAppPage(q url.Values) (directory.LoginRequest, ending) {
	r, e := snsPage(q)
	r.Kind = directory.InAppLogin
	return r, e
}

// scriptPage is docs/spec/dingtalk-login.md#frame-of-the-older-login-script.
func scriptPage(q url.Values) (directory.LoginRequest, ending) {
	to, err := url.Parse(q.Get("goto"))
	if err != nil {
		to = &url.URL{}
	}
	r, _ := snsPage(to.Query())
	r.Kind = directory.FrameLogin
	return r, ending{framed: true, bare: true}
}

// administratorPage is docs/spec/dingtalk-login.md#page-for-administrators.
func administratorPage(q url.Values) (directory.LoginRequest, ending) {
	r, e := snsPage(q)
	r.Kind = directory.SSOLogin
	return r, e
}

// frameResult is what the vendor's script expects from its frame.
type frameResult struct {
	Success     bool   `json:"success"`
	RedirectURL string `json:"redirectUrl,omitempty"`
	ErrorMsg    string `json:"errorMsg,omitempty"`
}

// welcome gives the program the code.
func (v *visit) welcome(code string) {
	what := url.Values{}
	for _, name := range v.ending.codes {
		what.Set(name, code)
	}
	switch {
	case v.ending.bare:
		v.tell(code)
	case v.ending.framed:
		v.tell(frameResult{Success: true, RedirectURL: v.address(what)})
	default:
		v.sendBack(what)
	}
}

// deny tells the program why there is no code.
func (v *visit) deny(reason string) {
	switch {
	case v.ending.bare: // its script knows no message for that
		v.render(http.StatusBadRequest, loginPage{State: loginBroken})
	case v.ending.framed:
		v.tell(frameResult{ErrorMsg: reason})
	default:
		v.sendBack(url.Values{"error": {reason}})
	}
}

// address is the address that OpenLogin has accepted, with what and the
// caller's state added to its query.
func (v *visit) address(what url.Values) string {
	if state, ok := v.r.URL.Query()["state"]; ok {
		what.Set("state", state[0])
	}
	mark := "?"
	if strings.Contains(v.offer.RedirectURI, "?") {
		mark = "&"
	}
	return v.offer.RedirectURI + mark + what.Encode()
}

func (v *visit) sendBack(what url.Values) {
	v.w.Header().Set("Cache-Control", "no-store")
	v.w.Header().Set("Location", v.address(what))
	v.w.WriteHeader(http.StatusSeeOther)
}

// tell sends a message to the page around the frame.
func (v *visit) tell(message any) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false) // the template escapes
	if err := e.Encode(message); err != nil {
		v.refuse(err)
		return
	}
	h := v.w.Header()
	h.Set("Content-Security-Policy", h.Get("Content-Security-Policy")+"; script-src 'self'")
	v.render(http.StatusOK, loginPage{State: loginDone, Message: strings.TrimSpace(text.String()), Origin: originOf(v.offer.RedirectURI)})
}

// originOf returns the origin of a registered address, or "" for none, or one
// that cannot stand in a policy.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || strings.ContainsAny(u.Host, "; ,'\"") {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// allowReturn allows what follows the form: the redirect, because browsers apply
// the policy's form-action to redirects too, and the frame in a page of the
// program.
func (v *visit) allowReturn() {
	origin := originOf(v.offer.RedirectURI)
	if origin == "" {
		return
	}
	h := v.w.Header()
	policy := strings.Replace(h.Get("Content-Security-Policy"), "form-action 'self'", "form-action 'self' "+origin, 1)
	if v.ending.framed {
		policy = strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors "+origin, 1)
		h.Del("X-Frame-Options") // it cannot name an origin
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	h.Set("Content-Security-Policy", policy)
}
