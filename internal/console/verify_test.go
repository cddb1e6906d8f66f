package console_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/console"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store/storetest"
)

// desk is the verification page over the sample organisation, with a clock
// that is moved by hand and the log it writes.
type desk struct {
	t     *testing.T
	dir   *directory.Directory
	page  http.Handler
	clock atomic.Int64
	log   bytes.Buffer
}

func openDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t}
	d.clock.Store(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC).UnixNano())
	d.dir = directory.Open(directory.Config{Store: storetest.Open(t), Keys: keyring.DevMaster(), NewID: &sequence{},
		Now: func() time.Time { return time.Unix(0, d.clock.Load()) }})
	if err := d.dir.LoadSample(context.Background()); err != nil {
		t.Fatal(err)
	}
	d.page = console.NewVerify(d.dir, slog.New(slog.NewTextHandler(&d.log, nil)), "")
	return d
}

type sequence struct{ n atomic.Int64 }

func (s *sequence) Digits(n int) string { return fmt.Sprintf("3%0*d", n-1, s.n.Add(1)) }
func (s *sequence) Base62(n int) string { return fmt.Sprintf("%0*d", n, s.n.Add(1)) }

// send sends a verification to jerry and returns what the mail carries.
func (d *desk) send() (token, code string) {
	d.t.Helper()
	d.clock.Add(int64(time.Hour))
	s := d.dir.Session(directory.Principal{Org: directory.SampleOrg}, "test", "1")
	if err := s.SendVerification(context.Background(), directory.PendingMessageContact, directory.EmailChannel, "jerry@example.com"); err != nil {
		d.t.Fatal(err)
	}
	ms, err := d.dir.Messages(context.Background(), directory.MessageFilter{})
	if err != nil || len(ms) == 0 {
		d.t.Fatalf("messages: got %d, %v", len(ms), err)
	}
	return d.dir.VerificationSecrets(ms[0].Org, ms[0].Content.Verification)
}

func (d *desk) request(method, path, body string) *httptest.ResponseRecorder {
	d.t.Helper()
	r := httptest.NewRequestWithContext(d.t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", "en")
	w := httptest.NewRecorder()
	d.page.ServeHTTP(w, r)
	return w
}

// shows checks status and state of the page that answers.
func (d *desk) shows(status int, state, method, path, body string) string {
	d.t.Helper()
	w := d.request(method, path, body)
	if got := w.Body.String(); w.Code != status || method != http.MethodHead && !strings.Contains(got, `data-state="`+state+`"`) {
		d.t.Errorf("%s %s %q: got %d %s, want %d %s", method, path, body, w.Code, got, status, state)
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "X-Robots-Tag": "noindex"} {
		if got := w.Header().Get(name); got != want {
			d.t.Errorf("%s %s: header %s: got %q, want %q", method, path, name, got, want)
		}
	}
	return w.Body.String()
}

func (d *desk) status() string {
	d.t.Helper()
	c, err := d.dir.Session(directory.Principal{Org: directory.SampleOrg}, "test", "1").MessageContact(context.Background(), directory.PendingMessageContact)
	if err != nil {
		d.t.Fatal(err)
	}
	return c.Status
}

func TestOnlyPostConfirms(t *testing.T) {
	t.Parallel()
	d := openDesk(t)
	token, _ := d.send()
	for range 3 { // mail scanners follow links
		for _, method := range []string{"GET", "HEAD"} {
			d.shows(http.StatusOK, "open", method, "/verify/"+token, "")
		}
	}
	if w := d.request("PUT", "/verify/"+token, ""); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD, POST" {
		t.Errorf("PUT: got %d %q", w.Code, w.Header().Get("Allow"))
	}
	if got := d.status(); got != directory.Verifying {
		t.Fatalf("after looking: got %s, want Verifying", got)
	}
	text := d.shows(http.StatusOK, "done", "POST", "/verify/"+token, "")
	if !strings.Contains(text, "j***@example.com") || strings.Contains(text, "jerry@") {
		t.Errorf("the address is not masked: %s", text)
	}
	if got := d.status(); got != directory.Active {
		t.Errorf("after confirming: got %s, want Active", got)
	}
	d.shows(http.StatusGone, "used", "POST", "/verify/"+token, "")
	d.shows(http.StatusGone, "used", "GET", "/verify/"+token, "")
}

func TestCodeConfirmsOnTheShortLink(t *testing.T) {
	t.Parallel()
	d := openDesk(t)
	token, code := d.send()
	short := "/verify/" + token[:16]
	if text := d.shows(http.StatusOK, "open", "GET", short, ""); strings.Contains(text, "example.com") {
		t.Errorf("the short link shows whose it is: %s", text)
	}
	d.shows(http.StatusForbidden, "open", "POST", short, "")
	full := strings.Map(func(r rune) rune { return r - '0' + '０' }, code)
	d.shows(http.StatusOK, "done", "POST", short, url.Values{"code": {" " + full + "\u3000"}}.Encode())
}

func TestWrongCodesEndTheLink(t *testing.T) {
	t.Parallel()
	d := openDesk(t)
	token, code := d.send()
	for range 4 {
		d.shows(http.StatusForbidden, "open", "POST", "/verify/"+token, "code=none")
	}
	d.shows(http.StatusGone, "killed", "POST", "/verify/"+token, "code=none")
	d.shows(http.StatusGone, "killed", "POST", "/verify/"+token, "code="+code)
	d.shows(http.StatusGone, "killed", "GET", "/verify/"+token, "")
}

func TestDeadLinks(t *testing.T) {
	t.Parallel()
	d := openDesk(t)
	first, _ := d.send()
	second, _ := d.send()
	d.shows(http.StatusGone, "superseded", "POST", "/verify/"+first, "")
	d.clock.Add(int64(24 * time.Hour))
	d.shows(http.StatusGone, "expired", "GET", "/verify/"+second, "")
	d.shows(http.StatusGone, "expired", "POST", "/verify/"+second, "")
	for _, path := range []string{"/verify", "/verify/", "/verify/x", "/verify/" + first + "/more", "/verify/" + first[:47] + "g", "/verify/%3Cscript%3E"} {
		d.shows(http.StatusNotFound, "unknown", "GET", path, "")
		d.shows(http.StatusNotFound, "unknown", "POST", path, "code=1")
	}
	d.shows(http.StatusGone, "expired", "POST", "/verify/"+second, strings.Repeat("x", 5000))
	if d.log.Len() > 0 {
		t.Errorf("log: %s", d.log.String())
	}
}

func TestVerificationPageSpeaksBothLanguages(t *testing.T) {
	t.Parallel()
	d := openDesk(t)
	token, _ := d.send()
	for lang, want := range map[string]string{"zh": "确认您的邮箱地址", "en": "Confirm your mail address"} {
		if text := d.request("GET", "/verify/"+token+"?lang="+lang, "").Body.String(); !strings.Contains(text, want) {
			t.Errorf("%s: got %s, want %q", lang, text, want)
		}
	}
	if w := d.request("GET", "/verify/style.css", ""); w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("style: got %d %q", w.Code, w.Header().Get("Content-Type"))
	}
}

func TestBusyPageSaysWhenToComeAgain(t *testing.T) {
	t.Parallel()
	d := openDesk(t)
	token, _ := d.send()
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // the directory cannot answer
	w := httptest.NewRecorder()
	d.page.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/verify/"+token, nil))
	if again := w.Header().Get("Retry-After"); w.Code != http.StatusServiceUnavailable || again != "1" {
		t.Errorf("got %d with Retry-After %q, want 503 with 1", w.Code, again)
	}
}
