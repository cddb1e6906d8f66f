package console

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Login is the page that programs send people to, so that they log in and come
// back with a code: /oauth2/auth
// (docs/spec/dingtalk.md#parameters-of-the-login-page). It keeps no session:
// every visit is a new login.
type Login struct {
	directory *directory.Directory
	log       *slog.Logger
	https     bool // people use the page over HTTPS, even if a proxy ends TLS
	base      string
	observe   func(result string)
	page      *template.Template
	style     []byte
	sites     *http.CrossOriginProtection
}

// NewLogin prepares the page. https says that the deployment's base URL is
// HTTPS. observe is called with the outcome of each attempt: "ok" or the reason
// of a directory.LoginFailure.
func NewLogin(d *directory.Directory, log *slog.Logger, https bool, base string, observe func(result string)) *Login {
	style, err := files.ReadFile("static/login.css")
	if err != nil {
		panic(err) // the template is part of the program
	}
	return &Login{
		directory: d, log: log, https: https, base: base, observe: observe, style: style, sites: http.NewCrossOriginProtection(),
		page: parsed("login.html", base),
	}
}

// loginPage is the template's data.
type loginPage struct {
	Lang  Lang
	Other string // this page in the other language
	State string // of the page, see below
	Offer directory.LoginOffer
	Token string // proves that this server issued the form
	Name  string // the login name typed before
}

// States of the page.
const (
	loginForm   = "form"
	loginWrong  = "wrong"  // login name or password is wrong
	loginOften  = "often"  // too many attempts
	loginStale  = "stale"  // the form was not issued by this server, or is old
	loginBroken = "broken" // no such app, or an address it has not registered
	loginBusy   = "busy"
)

// Say picks the text in the reader's language.
func (p loginPage) Say(zh, en string) string { return p.Lang.Of(api.Text{Zh: zh, En: en}) }

const loginCookie = "mingce_login"

func (l *Login) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	w.Header().Set("X-Robots-Tag", "noindex")
	switch {
	case r.URL.Path == "/oauth2/style.css":
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "max-age=300")
		_, _ = w.Write(l.style)
		return
	case r.URL.Path != "/oauth2/auth":
		http.NotFound(w, r)
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost:
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "This page allows GET and POST.", http.StatusMethodNotAllowed)
		return
	}
	q := r.URL.Query()
	request := directory.LoginRequest{ClientID: q.Get("client_id"), RedirectURI: q.Get("redirect_uri"),
		ResponseType: q.Get("response_type"), Scope: q.Get("scope"), CorpID: q.Get("corpId")}
	offer, err := l.directory.OpenLogin(r.Context(), request)
	if err != nil {
		l.refuse(w, r, request, err)
		return
	}
	l.allowReturn(w.Header(), request.RedirectURI)
	p := loginPage{State: loginForm, Offer: offer}
	if r.Method == http.MethodPost {
		l.post(w, r, request, p)
		return
	}
	l.render(w, r, http.StatusOK, p)
}

// post handles a submitted form.
func (l *Login) post(w http.ResponseWriter, r *http.Request, request directory.LoginRequest, p loginPage) {
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	if err := r.ParseForm(); err != nil || !l.isOurs(r) {
		p.State = loginStale
		l.render(w, r, http.StatusForbidden, p)
		return
	}
	if r.PostForm.Has("cancel") {
		sendBack(w, r, request.RedirectURI, url.Values{"error": {"access_denied"}})
		return
	}
	name, password := strings.TrimSpace(r.PostForm.Get("name")), r.PostForm.Get("password")
	p.Name = name
	code, err := l.directory.LogIn(r.Context(), request, name, password, callerAddress(r), rand.Text())
	l.report(r, name, err)
	switch {
	case err == nil:
		// The vendor's page sends authCode; code is what OAuth libraries look for.
		sendBack(w, r, request.RedirectURI, url.Values{"authCode": {code}, "code": {code}})
	case errors.Is(err, directory.ErrLoginAttempts):
		p.State = loginOften
		w.Header().Set("Retry-After", "60")
		l.render(w, r, http.StatusTooManyRequests, p)
	case errors.Is(err, directory.ErrPasswordWrong):
		p.State = loginWrong
		l.render(w, r, http.StatusForbidden, p)
	default:
		l.refuse(w, r, request, err)
	}
}

// report logs and counts the outcome of an attempt.
func (l *Login) report(r *http.Request, name string, err error) {
	var failure *directory.LoginFailure
	switch {
	case err == nil:
		l.observe("ok")
	case errors.As(err, &failure):
		l.observe(failure.Reason)
		l.log.Warn("login failed", "reason", failure.Reason, "name", directory.MaskName(name), "user", failure.UserID,
			"app", failure.App, "org", failure.Org, "client", api.Host(r.RemoteAddr))
	}
}

// refuse answers an invalid request. The browser is redirected only to an
// address that the app has registered.
func (l *Login) refuse(w http.ResponseWriter, r *http.Request, request directory.LoginRequest, err error) {
	switch {
	case errors.Is(err, directory.ErrLoginClient):
		l.render(w, r, http.StatusBadRequest, loginPage{State: loginBroken})
	case errors.Is(err, directory.ErrLoginScope):
		sendBack(w, r, request.RedirectURI, url.Values{"error": {"invalid_scope"}})
	case errors.Is(err, directory.ErrLoginRequest):
		sendBack(w, r, request.RedirectURI, url.Values{"error": {"invalid_request"}})
	default:
		if !errors.Is(err, directory.ErrBusy) {
			l.log.Error("login page", "error", err)
		}
		w.Header().Set("Retry-After", "1")
		l.render(w, r, http.StatusServiceUnavailable, loginPage{State: loginBusy})
	}
}

// sendBack redirects to an address that OpenLogin has accepted, with what and
// the caller's state added to its query.
func sendBack(w http.ResponseWriter, r *http.Request, to string, what url.Values) {
	if state, ok := r.URL.Query()["state"]; ok {
		what.Set("state", state[0])
	}
	mark := "?"
	if strings.Contains(to, "?") {
		mark = "&"
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", to+mark+what.Encode())
	w.WriteHeader(http.StatusSeeOther)
}

// allowReturn allows the redirect after the form: browsers apply the policy's
// form-action to redirects, too.
func (l *Login) allowReturn(h http.Header, to string) {
	u, err := url.Parse(to)
	if err != nil || strings.ContainsAny(u.Host, "; ,'\"") {
		return
	}
	h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"), "form-action 'self'",
		"form-action 'self' "+u.Scheme+"://"+u.Host, 1))
}

// isOurs reports whether the form comes from this page in this browser: it must
// repeat the secret of the cookie, which other sites cannot read.
func (l *Login) isOurs(r *http.Request) bool {
	c, err := r.Cookie(loginCookie)
	return err == nil && len(c.Value) >= 26 && l.sites.Check(r) == nil &&
		subtle.ConstantTimeCompare([]byte(c.Value), []byte(r.PostForm.Get("token"))) == 1
}

func (l *Login) render(w http.ResponseWriter, r *http.Request, status int, p loginPage) {
	p.Lang, _ = languageOf(r)
	q := r.URL.Query()
	q.Set("lang", string(p.Lang.Other()))
	p.Other = "?" + q.Encode()
	if c, err := r.Cookie(loginCookie); err == nil && len(c.Value) >= 26 {
		p.Token = c.Value
	} else {
		p.Token = rand.Text()
		http.SetCookie(w, &http.Cookie{Name: loginCookie, Value: p.Token, Path: l.base + "/oauth2/", HttpOnly: true,
			Secure: l.https || r.TLS != nil, SameSite: http.SameSiteLaxMode})
	}
	if err := writePrivate(w, r, l.page, status, p.Lang, p); err != nil {
		l.log.Error("login page", "error", err)
	}
}

// callerAddress is the address attempts are counted under: the IPv4 address, or
// the network of an IPv6 address, because one subscriber has a whole network.
func callerAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if a = a.Unmap(); a.Is6() {
		if network, err := a.Prefix(64); err == nil {
			return network.String()
		}
	}
	return a.String()
}
