package console

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"html/template"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Login is the pages that programs send people to, so that they log in and come
// back with a code: /oauth2/auth
// (docs/spec/dingtalk.md#parameters-of-the-login-page) and its older and framed
// relatives (docs/spec/dingtalk-login.md#pages). It keeps no session: every visit
// is a new login.
type Login struct {
	LoginConfig
	page  *template.Template
	files map[string]loginFile // by name
	sites *http.CrossOriginProtection
}

// LoginConfig is the input of NewLogin.
type LoginConfig struct {
	Directory *directory.Directory
	Log       *slog.Logger
	Dev       bool   // people are picked from a list instead of giving a password
	HTTPS     bool   // people use the pages over HTTPS, even if a proxy ends TLS
	BasePath  string // prefix of the public address
	// Observe is called with the outcome of each attempt: "ok" or the reason of a
	// directory.LoginFailure.
	Observe func(result string)
}

type loginFile struct {
	kind string
	text []byte
}

// NewLogin prepares the pages.
func NewLogin(c LoginConfig) *Login {
	l := &Login{LoginConfig: c, sites: http.NewCrossOriginProtection(), page: parsed("login.html", c.BasePath), files: map[string]loginFile{}}
	for name, kind := range map[string]string{"login.css": "text/css", "login.js": "text/javascript"} {
		text, err := files.ReadFile("static/" + name)
		if err != nil {
			panic(err) // the file is part of the program
		}
		l.files[name] = loginFile{kind + "; charset=utf-8", text}
	}
	return l
}

// visit is one request for a page.
type visit struct {
	*Login
	w       http.ResponseWriter
	r       *http.Request
	request directory.LoginRequest
	offer   directory.LoginOffer
	ending  ending
}

// loginPage is the template's data.
type loginPage struct {
	Lang  Lang
	Other string // this page in the other language
	State string // of the page, see below
	Dir   string // the first segment of the page's path
	Kind  directory.LoginKind
	Offer directory.LoginOffer
	Token string // proves that this server issued the form
	Name  string // the login name typed before

	Framed  bool
	Message string // for the page around the frame, as JSON
	Origin  string // of that page

	People []directory.LoginPerson // to pick from, on a development server
	Pick   bool
	More   bool
	Find   string   // the words searched for
	Query  []hidden // of the address, for the form that searches
}

type hidden struct{ Name, Value string }

// States of the page.
const (
	loginForm   = "form"
	loginWrong  = "wrong"  // login name or password is wrong
	loginOften  = "often"  // too many attempts
	loginStale  = "stale"  // the form was not issued by this server, or is old
	loginNoBoss = "noboss" // the login is for administrators
	loginBroken = "broken" // no such app, or an address it has not registered
	loginBusy   = "busy"
	loginDone   = "done" // in a frame: the page around it is told
)

// Say picks the text in the reader's language.
func (p loginPage) Say(zh, en string) string { return p.Lang.Of(api.Text{Zh: zh, En: en}) }

// InApp reports whether the program learns who the person is in the
// organisation, and no more.
func (p loginPage) InApp() bool {
	return p.Kind == directory.InAppLogin || p.Kind == directory.SSOLogin
}

func (l *Login) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	w.Header().Set("X-Robots-Tag", "noindex")
	if f, ok := l.files[path.Base(r.URL.Path)]; ok && path.Dir(r.URL.Path) == "/"+loginDir(r.URL.Path) {
		w.Header().Set("Content-Type", f.kind)
		w.Header().Set("Cache-Control", "max-age=300")
		_, _ = w.Write(f.text)
		return
	}
	read := loginPages[r.URL.Path]
	switch {
	case read == nil:
		http.NotFound(w, r)
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost:
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "This page allows GET and POST.", http.StatusMethodNotAllowed)
		return
	}
	v := &visit{Login: l, w: w, r: r}
	v.request, v.ending = read(r.URL.Query())
	v.serve()
}

func (v *visit) serve() {
	var err error
	v.offer, err = v.Directory.OpenLogin(v.r.Context(), v.request)
	v.allowReturn()
	if err != nil {
		v.refuse(err)
		return
	}
	switch tmp := v.r.URL.Query().Get("loginTmpCode"); {
	case v.r.Method == http.MethodPost:
		v.post()
	case v.r.Method == http.MethodGet && tmp != "" && v.request.Kind == directory.SNSLogin:
		v.goOn(tmp)
	default:
		v.form(http.StatusOK, loginPage{State: loginForm})
	}
}

// goOn continues a login that a frame began, or shows the form if its code is no
// longer good.
func (v *visit) goOn(tmp string) {
	code, err := v.Directory.ContinueLogin(v.r.Context(), v.request, tmp, rand.Text())
	switch {
	case err == nil:
		v.welcome(code)
	case errors.Is(err, directory.ErrCodeInvalid):
		v.form(http.StatusOK, loginPage{State: loginForm})
	default:
		v.refuse(err)
	}
}

// post handles a submitted form.
func (v *visit) post() {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, mostForm)
	if err := v.r.ParseForm(); err != nil || !v.isOurs() {
		v.form(http.StatusForbidden, loginPage{State: loginStale})
		return
	}
	if v.r.PostForm.Has("cancel") {
		v.deny("access_denied")
		return
	}
	name := strings.TrimSpace(v.r.PostForm.Get("name"))
	code, err := v.logIn(name)
	v.report(name, err)
	switch {
	case err == nil:
		v.welcome(code)
	case errors.Is(err, directory.ErrLoginAttempts):
		v.w.Header().Set("Retry-After", "60")
		v.form(http.StatusTooManyRequests, loginPage{State: loginOften, Name: name})
	case errors.Is(err, directory.ErrLoginAdministrator):
		v.form(http.StatusForbidden, loginPage{State: loginNoBoss, Name: name})
	case errors.Is(err, directory.ErrPasswordWrong), errors.Is(err, directory.ErrEmployeeNotFound), errors.Is(err, directory.ErrEmployeeDisabled):
		v.form(http.StatusForbidden, loginPage{State: loginWrong, Name: name})
	default:
		v.refuse(err)
	}
}

// logIn logs the person in by the password or, on a development server, as the
// person who was picked
// (docs/spec/dingtalk-login.md#pages-of-a-development-server).
func (v *visit) logIn(name string) (code string, err error) {
	ctx, form := v.r.Context(), v.r.PostForm
	if v.Dev && form.Has("userid") {
		return v.Directory.LogInAs(ctx, v.request, form.Get("userid"), rand.Text())
	}
	return v.Directory.LogIn(ctx, v.request, name, form.Get("password"), callerAddress(v.r), rand.Text())
}

// report logs and counts the outcome of an attempt.
func (v *visit) report(name string, err error) {
	var failure *directory.LoginFailure
	switch {
	case err == nil:
		v.Observe("ok")
	case errors.As(err, &failure):
		v.Observe(failure.Reason)
		v.Log.Warn("login failed", "reason", failure.Reason, "name", directory.MaskName(name), "user", failure.UserID,
			"app", failure.App, "org", failure.Org, "client", api.Host(v.r.RemoteAddr))
	}
}

// refuse answers an invalid request. The browser is redirected only to an
// address that the app has registered.
func (v *visit) refuse(err error) {
	switch {
	case errors.Is(err, directory.ErrLoginClient):
		v.render(http.StatusBadRequest, loginPage{State: loginBroken, Pick: v.Dev})
	case errors.Is(err, directory.ErrLoginScope):
		v.deny("invalid_scope")
	case errors.Is(err, directory.ErrLoginRequest):
		v.deny("invalid_request")
	default:
		if !errors.Is(err, directory.ErrBusy) {
			v.Log.Error("login page", "error", err)
		}
		v.w.Header().Set("Retry-After", "1")
		v.render(http.StatusServiceUnavailable, loginPage{State: loginBusy})
	}
}

// isOurs reports whether the form comes from this page in this browser: it must
// repeat the secret of the cookie, which other sites cannot read.
func (v *visit) isOurs() bool {
	c, err := v.r.Cookie(v.cookieName())
	return err == nil && len(c.Value) >= 26 && v.sites.Check(v.r) == nil &&
		subtle.ConstantTimeCompare([]byte(c.Value), []byte(v.r.PostForm.Get("token"))) == 1
}

// form shows the form, or on a development server the people.
func (v *visit) form(status int, p loginPage) {
	if p.Pick = v.Dev; p.Pick {
		if err := v.pick(&p); err != nil {
			v.refuse(err)
			return
		}
	}
	if c, err := v.r.Cookie(v.cookieName()); err == nil && len(c.Value) >= 26 {
		p.Token = c.Value
	} else {
		p.Token = rand.Text()
		http.SetCookie(v.w, v.cookie(p.Token))
	}
	v.render(status, p)
}

func (v *visit) render(status int, p loginPage) {
	p.Lang, _ = languageOf(v.r)
	q := v.r.URL.Query()
	q.Set("lang", string(p.Lang.Other()))
	p.Other, p.Dir, p.Kind, p.Offer, p.Framed = "?"+q.Encode(), loginDir(v.r.URL.Path), v.request.Kind, v.offer, v.ending.framed
	if err := writePrivate(v.w, v.r, v.page, status, p.Lang, p); err != nil {
		v.Log.Error("login page", "error", err)
	}
}

// pick fills in the people to choose from.
func (v *visit) pick(p *loginPage) (err error) {
	q := v.r.URL.Query()
	p.Find = strings.TrimSpace(q.Get("find"))
	p.People, p.More, err = v.Directory.LoginPeople(v.r.Context(), v.offer.Org, p.Find)
	q.Del("find")
	for _, name := range slices.Sorted(maps.Keys(q)) {
		for _, value := range q[name] {
			p.Query = append(p.Query, hidden{name, value})
		}
	}
	return err
}

const loginCookie = "mingce_login"

// cookieName differs in frames: their cookies have other rules.
func (v *visit) cookieName() string {
	if v.ending.framed {
		return loginCookie + "_frame"
	}
	return loginCookie
}

// cookie holds the form's secret. In a frame of another site a browser sends it
// only if it may be sent there, which it must be secure for; browsers make an
// exception for addresses of their own machine.
func (v *visit) cookie(secret string) *http.Cookie {
	c := &http.Cookie{Name: v.cookieName(), Value: secret, Path: v.BasePath + "/" + loginDir(v.r.URL.Path) + "/", HttpOnly: true,
		Secure: v.HTTPS || v.r.TLS != nil, SameSite: http.SameSiteLaxMode}
	if v.ending.framed && (c.Secure || isThisMachine(v.r.Host)) {
		c.Secure, c.SameSite, c.Partitioned = true, http.SameSiteNoneMode, true
	}
	return c
}

func isThisMachine(hostport string) bool {
	host := (&url.URL{Host: hostport}).Hostname()
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
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
