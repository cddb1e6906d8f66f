package console

import (
	"crypto/rand"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Verify is the page that a verification mail or text message links to:
// /verify/{token}. GET shows it and never confirms, because mail scanners
// follow links; POST confirms. It needs no session, because the token
// authorises it (docs/spec/resource-directory.md#verification-link-and-code).
type Verify struct {
	directory *directory.Directory
	log       *slog.Logger
	page      *template.Template
	style     []byte
}

// NewVerify prepares the page.
func NewVerify(d *directory.Directory, log *slog.Logger, base string) *Verify {
	style, err := files.ReadFile("static/verify.css")
	if err != nil {
		panic(err) // the template is part of the program
	}
	return &Verify{d, log, parsed("verify.html", base), style}
}

// parsed parses one of the embedded templates.
func parsed(name, base string) *template.Template {
	return template.Must(template.New(name).Funcs(functions(base)).ParseFS(files, "templates/"+name))
}

// verifyPage is the template's data.
type verifyPage struct {
	Lang    Lang
	State   string // a state of a verification, "" (unknown), or one of those below
	Address string // masked; "" when the caller has only the short form of the link
	Phone   bool
	Trusted bool // the link is whole: one button, the code is optional
	Retry   bool // the last code was wrong
}

// States of the page besides those of a verification.
const (
	verifyDone = "done"
	verifyBusy = "busy"
)

// Say picks the text in the reader's language.
func (p verifyPage) Say(zh, en string) string { return p.Lang.Of(api.Text{Zh: zh, En: en}) }

// mostForm bounds the body of a confirmation.
const mostForm = 4 << 10

func (v *Verify) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	w.Header().Set("X-Robots-Tag", "noindex")
	token := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/verify"), "/"), "/")
	if token == "style.css" {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "max-age=300")
		_, _ = w.Write(v.style)
		return
	}
	lang, _ := languageOf(r)
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		status, p := v.show(r, token)
		p.Lang = lang
		v.render(w, r, status, p)
	case http.MethodPost:
		r.Body = http.MaxBytesReader(w, r.Body, mostForm)
		status, p := v.confirm(r, token)
		p.Lang = lang
		v.render(w, r, status, p)
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "This page allows GET and POST.", http.StatusMethodNotAllowed)
	}
}

func (v *Verify) show(r *http.Request, token string) (int, verifyPage) {
	x, trusted, err := v.directory.OpenVerification(r.Context(), token)
	if err != nil {
		return v.failed(err)
	}
	p := verifyPage{State: x.State, Phone: x.Channel == directory.SMSChannel, Trusted: trusted}
	if trusted {
		p.Address = directory.MaskAddress(x.Address)
	}
	if x.State != directory.VerificationOpen {
		return http.StatusGone, p
	}
	return http.StatusOK, p
}

func (v *Verify) confirm(r *http.Request, token string) (int, verifyPage) {
	if err := r.ParseForm(); err != nil {
		status, p := v.show(r, token)
		return max(status, http.StatusBadRequest), p
	}
	status, p := v.show(r, token)
	if status != http.StatusOK {
		return status, p
	}
	err := v.directory.ConfirmVerification(r.Context(), token, asciiDigits(r.PostForm.Get("code")), rand.Text())
	switch {
	case err == nil:
		p.State = verifyDone
		return http.StatusOK, p
	case errors.Is(err, directory.ErrVerificationCode):
		p.Retry = true
		return http.StatusForbidden, p
	}
	for state, known := range map[string]error{
		directory.VerificationUsed: directory.ErrVerificationUsed, directory.VerificationExpired: directory.ErrVerificationExpired,
		directory.VerificationSuperseded: directory.ErrVerificationSuperseded, directory.VerificationKilled: directory.ErrVerificationKilled,
	} {
		if errors.Is(err, known) {
			p.State = state
			return http.StatusGone, p
		}
	}
	return v.failed(err)
}

// failed returns the page for an unknown token, or for an error of the
// directory.
func (v *Verify) failed(err error) (int, verifyPage) {
	if errors.Is(err, directory.ErrVerificationNotFound) {
		return http.StatusNotFound, verifyPage{}
	}
	if !errors.Is(err, directory.ErrBusy) {
		v.log.Error("verification page", "error", err)
	}
	return http.StatusServiceUnavailable, verifyPage{State: verifyBusy}
}

func (v *Verify) render(w http.ResponseWriter, r *http.Request, status int, p verifyPage) {
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	if err := writePrivate(w, r, v.page, status, p.Lang, p); err != nil {
		v.log.Error("verification page", "error", err)
	}
}

// asciiDigits drops blanks and reads full-width digits, as Chinese keyboards
// write them.
func asciiDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == ' ' || r == '\u3000' || r == '\t':
			return -1
		}
		return r
	}, s)
}
