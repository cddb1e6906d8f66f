package notify_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/notify"
	"github.com/mingce/mingce/internal/store/storetest"
)

const jerry = "jerry@example.com"

// office is the sample organisation with a clock that the test sets.
type office struct {
	t      testing.TB
	dir    *directory.Directory
	clock  atomic.Int64
	logged bytes.Buffer
	log    *slog.Logger
}

func openOffice(t testing.TB) *office {
	t.Helper()
	o := &office{t: t}
	o.log = slog.New(slog.NewTextHandler(&locked{w: &o.logged}, nil))
	o.clock.Store(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC).UnixNano())
	o.dir = directory.Open(directory.Config{
		Store: storetest.Open(t), Keys: keyring.DevMaster(), NewID: &counting{}, Now: o.now,
		Settings: directory.Settings{Links: func(token string) string { return "https://contacts.example/verify/" + token }},
	})
	if err := o.dir.LoadSample(context.Background()); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *office) now() time.Time       { return time.Unix(0, o.clock.Load()) }
func (o *office) pass(d time.Duration) { o.clock.Add(int64(d)) }

// locked is a buffer that is safe for concurrent logging.
type locked struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

type counting struct{ n atomic.Int64 }

func (c *counting) Digits(n int) string { return fmt.Sprintf("3%0*d", n-1, c.n.Add(1)) }
func (c *counting) Base62(n int) string { return fmt.Sprintf("%0*d", n, c.n.Add(1)) }

func (o *office) session() *directory.Session {
	return o.dir.Session(directory.Principal{Kind: directory.KeyCaller, Org: directory.SampleOrg, ID: directory.SampleAccessKey}, "test", "call")
}

// send queues a verification mail for the contact that waits for one.
func (o *office) send() (link, code string) {
	o.t.Helper()
	if err := o.session().SendVerification(context.Background(), directory.PendingMessageContact, directory.EmailChannel, jerry); err != nil {
		o.t.Fatal(err)
	}
	return o.secrets(jerry)
}

func (o *office) sendSMS(number string) (link, code string) {
	o.t.Helper()
	err := o.session().UpdateMessageContact(context.Background(), directory.PendingMessageContact, directory.MessageContactUpdate{PhoneNumber: &number})
	if err == nil {
		err = o.session().SendVerification(context.Background(), directory.PendingMessageContact, directory.SMSChannel, number)
	}
	if err != nil {
		o.t.Fatal(err)
	}
	return o.secrets(number)
}

func (o *office) secrets(to string) (link, code string) {
	o.t.Helper()
	token, code := o.dir.VerificationSecrets(directory.SampleOrg, o.message(to).Content.Verification)
	return o.dir.VerificationLink(token), code
}

func (o *office) message(to string) directory.Message {
	o.t.Helper()
	ms, err := o.dir.Messages(context.Background(), directory.MessageFilter{Org: directory.SampleOrg, To: to})
	if err != nil || len(ms) == 0 {
		o.t.Fatalf("messages to %s: got %d, %v", to, len(ms), err)
	}
	return ms[0]
}

// attempt delivers the due messages once, and returns the newest message to
// jerry.
func (o *office) attempt(channel string, c notify.Carrier) int {
	o.t.Helper()
	s := notify.Sender{Directory: o.dir, Log: o.log}
	n, err := s.Once(context.Background(), channel, c)
	if err != nil {
		o.t.Fatal(err)
	}
	return n
}

// post is a real SMTP server that can misbehave.
type post struct {
	mu       sync.Mutex
	received []string // raw mails
	senders  []string
	auth     string // "user:password" that was given

	rcpt, data error // what it answers instead of accepting
	drop       bool  // hang up after DATA
	hang       chan struct{}
	conns      []net.Conn
}

func (p *post) NewSession(c *smtp.Conn) (smtp.Session, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns = append(p.conns, c.Conn())
	return &postSession{p, c}, nil
}

func (p *post) mails() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.received...)
}

// recover makes the server behave again.
func (p *post) recover() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rcpt, p.data, p.drop = nil, nil, false
}

type postSession struct {
	*post
	conn *smtp.Conn
}

func (s *postSession) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s *postSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.auth = user + ":" + password
		if password != "secret" {
			return errors.New("wrong password")
		}
		return nil
	}), nil
}
func (s *postSession) Mail(from string, _ *smtp.MailOptions) error {
	if s.hang != nil {
		<-s.hang
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.senders = append(s.senders, from)
	return nil
}
func (s *postSession) Rcpt(string, *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rcpt
}
func (s *postSession) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.data != nil {
		return s.data
	}
	s.received = append(s.received, string(b))
	if s.drop {
		_ = s.conn.Conn().Close()
	}
	return nil
}
func (s *postSession) Reset()        {}
func (s *postSession) Logout() error { return nil }

// serve starts the server; with a certificate it offers STARTTLS, or speaks
// TLS from the first byte.
func (p *post) serve(t testing.TB, security notify.Security) notify.SMTPConfig {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	s := smtp.NewServer(p)
	s.Domain, s.AllowInsecureAuth = "post.example", false
	c := notify.SMTPConfig{Host: "127.0.0.1", Port: port, Security: security, From: "名册 <noreply@contacts.example>", Timeout: 5 * time.Second}
	if security != notify.Plaintext {
		web := httptest.NewUnstartedServer(nil) // its certificate is what the standard library has for tests
		web.StartTLS()
		t.Cleanup(web.Close)
		s.TLSConfig = &tls.Config{Certificates: web.TLS.Certificates}
		c.TLS = &tls.Config{RootCAs: web.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	}
	if security == notify.ImplicitTLS {
		l = tls.NewListener(l, s.TLSConfig)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() {
		if p.hang != nil {
			close(p.hang)
		}
		_ = s.Close()
		<-done
	})
	return c
}

func carrier(t testing.TB, c notify.SMTPConfig) *notify.SMTP {
	t.Helper()
	s, err := notify.NewSMTP(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// parts reads a raw mail: its header and its parts by content type.
func parts(t testing.TB, raw string) (mail.Header, map[string]string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	r := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return m.Header, found
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := strings.Cut(p.Header.Get("Content-Type"), ";")
		found[kind] = string(b)
	}
}

func TestMailArrivesOverEveryKindOfConnection(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		security notify.Security
		auth     bool
	}{{notify.StartTLS, true}, {notify.StartTLS, false}, {notify.ImplicitTLS, true}, {notify.Opportunistic, true}, {notify.Plaintext, false}} {
		t.Run(fmt.Sprint(c.security, " ", c.auth), func(t *testing.T) {
			t.Parallel()
			o, p := openOffice(t), &post{}
			config := p.serve(t, c.security)
			if c.auth {
				config.Username, config.Password = "mingce", directory.NewSecret("secret")
			}
			link, code := o.send()
			o.attempt(directory.EmailChannel, carrier(t, config))
			if len(p.mails()) != 1 {
				t.Fatalf("got %d mails, want 1; log: %s", len(p.mails()), o.logged.String())
			}
			header, body := parts(t, p.mails()[0])
			for kind, text := range body {
				for _, want := range []string{link, code, "jerry", "确认", "Confirm"} {
					if !strings.Contains(text, want) {
						t.Errorf("%s does not hold %q:\n%s", kind, want, text)
					}
				}
			}
			if len(body) != 2 || header.Get("To") != "<"+jerry+">" {
				t.Errorf("got %d parts to %q, want text and HTML to jerry", len(body), header.Get("To"))
			}
			if c.auth && p.auth != "mingce:secret" {
				t.Errorf("authenticated as %q", p.auth)
			}
			if m := o.message(jerry); m.State != directory.MessageSent || m.Content != (directory.MessageContent{}) || m.Attempts != 1 {
				t.Errorf("got %s, %d attempts, content %v, want sent, 1, erased", m.State, m.Attempts, m.Content)
			}
			if n := o.attempt(directory.EmailChannel, carrier(t, config)); n != 0 || len(p.mails()) != 1 {
				t.Errorf("looked again: got %d due, %d mails, want none and 1", n, len(p.mails()))
			}
		})
	}
}

func TestPasswordStaysOffPlainConnections(t *testing.T) {
	t.Parallel()
	o, p := openOffice(t), &post{}
	config := p.serve(t, notify.Plaintext)
	config.Username, config.Password = "mingce", directory.NewSecret("secret")
	o.send()
	o.attempt(directory.EmailChannel, carrier(t, config))
	if p.auth != "" || o.message(jerry).State != directory.MessageQueued {
		t.Errorf("got %q over a plain connection, state %s", p.auth, o.message(jerry).State)
	}
}

func TestUnknownAuthorityIsRefused(t *testing.T) {
	t.Parallel()
	o, p := openOffice(t), &post{}
	config := p.serve(t, notify.StartTLS)
	config.TLS = nil
	o.send()
	o.attempt(directory.EmailChannel, carrier(t, config))
	if len(p.mails()) != 0 || !strings.Contains(o.message(jerry).LastError, "certificate") {
		t.Errorf("got %d mails, %q, want none and a reason", len(p.mails()), o.message(jerry).LastError)
	}
}

// TestFailedDeliveryIsRetried checks that the mail is not lost whatever the
// server does, and that the recorded reason does not name the recipient
// (docs/spec/reliability.md#delivery-of-messages).
func TestFailedDeliveryIsRetried(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		post  *post
		close bool // nobody listens
		mails int  // that the server had when it failed
	}{
		"refused":         {post: &post{}, close: true},
		"4xx":             {post: &post{rcpt: &smtp.SMTPError{Code: 451, Message: "try later, " + jerry}}},
		"5xx":             {post: &post{rcpt: &smtp.SMTPError{Code: 550, Message: "no such user <" + jerry + "> 13900001234"}}},
		"5xx after DATA":  {post: &post{data: &smtp.SMTPError{Code: 554, Message: "looks like spam\x01 to " + jerry}}},
		"drop after DATA": {post: &post{drop: true}, mails: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, p := openOffice(t), c.post
			config := p.serve(t, notify.Plaintext)
			good := carrier(t, config)
			bad := good
			if c.close {
				config.Port = closedPort(t)
				bad = carrier(t, config)
			}
			o.send()
			o.attempt(directory.EmailChannel, bad)
			m := o.message(jerry)
			if m.State != directory.MessageQueued || m.LastError == "" || len(p.mails()) != c.mails {
				t.Fatalf("got %s %q and %d mails, want queued with a reason", m.State, m.LastError, len(p.mails()))
			}
			if strings.Contains(m.LastError+o.logged.String(), jerry) || strings.Contains(m.LastError, "13900001234") {
				t.Errorf("the reason or the log names the receiver: %q %s", m.LastError, o.logged.String())
			}
			if n := o.attempt(directory.EmailChannel, bad); n != 0 {
				t.Errorf("at once: got %d attempts, want none before the pause is over", n)
			}
			p.recover()
			o.pass(5 * time.Second)
			o.attempt(directory.EmailChannel, good)
			if m := o.message(jerry); m.State != directory.MessageSent || m.LastError != "" || len(p.mails()) != c.mails+1 {
				t.Errorf("got %s %q and %d mails, want sent", m.State, m.LastError, len(p.mails()))
			}
			if mails := p.mails(); len(mails) == 2 {
				a, _ := parts(t, mails[0])
				b, _ := parts(t, mails[1])
				if a.Get("Message-Id") == "" || a.Get("Message-Id") != b.Get("Message-Id") {
					t.Errorf("ids of one mail sent twice: got %q and %q, want the same", a.Get("Message-Id"), b.Get("Message-Id"))
				}
			}
		})
	}
}

func closedPort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// docs/spec/reliability.md#delivery-of-messages
func TestHangingServerIsGivenUp(t *testing.T) {
	t.Parallel()
	o, p := openOffice(t), &post{hang: make(chan struct{})}
	config := p.serve(t, notify.Plaintext)
	config.Timeout = 100 * time.Millisecond
	o.send()
	o.attempt(directory.EmailChannel, carrier(t, config))
	if m := o.message(jerry); m.State != directory.MessageQueued || m.LastError == "" {
		t.Errorf("got %s %q, want queued with a reason", m.State, m.LastError)
	}
}

func TestDeliveryIsTriedForADay(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	start := o.now()
	// A notification: a verification is dropped when it expires, after a day too.
	err := o.session().Notify(context.Background(), directory.PendingMessageContact, directory.EmailChannel, jerry, "主题", "text")
	if err != nil {
		t.Fatal(err)
	}
	var attempts []time.Time
	c := carrierFunc(func(context.Context, directory.Message, directory.Letter) error {
		attempts = append(attempts, o.now())
		return errors.New("no way")
	})
	for o.message(jerry).State == directory.MessageQueued && len(attempts) < 1000 {
		o.attempt(directory.EmailChannel, c)
		o.pass(5 * time.Second)
	}
	m := o.message(jerry)
	last := attempts[len(attempts)-1].Sub(start)
	if m.State != directory.MessageFailed || last < 24*time.Hour || last > 25*time.Hour+time.Minute {
		t.Errorf("got %s, the last attempt after %v, want failed after a day", m.State, last)
	}
	if n := len(attempts); n < 20 || n > 60 {
		t.Errorf("got %d attempts, want pauses that grow to an hour", n)
	}
}

type carrierFunc func(context.Context, directory.Message, directory.Letter) error

func (f carrierFunc) Carry(ctx context.Context, m directory.Message, l directory.Letter) error {
	return f(ctx, m, l)
}

// TestCrashBetweenClaimAndDelivery checks that a process that dies after
// claiming a message loses its claim
// (docs/spec/reliability.md#delivery-of-messages).
func TestCrashBetweenClaimAndDelivery(t *testing.T) {
	t.Parallel()
	o, p := openOffice(t), &post{}
	o.send()
	refs, err := o.dir.DueMessages(context.Background(), directory.EmailChannel, 10)
	if err != nil || len(refs) != 1 {
		t.Fatalf("due: got %d %v, want 1", len(refs), err)
	}
	if _, ok, err := o.dir.ClaimMessage(context.Background(), refs[0]); err != nil || !ok {
		t.Fatalf("claim: got %v %v", ok, err)
	}
	if _, ok, err := o.dir.ClaimMessage(context.Background(), refs[0]); err != nil || ok {
		t.Fatalf("a second claim: got %v %v, want none", ok, err)
	}
	c := carrier(t, p.serve(t, notify.Plaintext))
	o.attempt(directory.EmailChannel, c)
	if len(p.mails()) != 0 {
		t.Fatalf("got %d mails while another process has the claim", len(p.mails()))
	}
	o.pass(2 * time.Minute)
	o.attempt(directory.EmailChannel, c)
	if len(p.mails()) != 1 {
		t.Errorf("got %d mails, want 1", len(p.mails()))
	}
}

func TestSettledVerificationIsNotSent(t *testing.T) {
	t.Parallel()
	o, p := openOffice(t), &post{}
	c := carrier(t, p.serve(t, notify.Plaintext))
	o.send()
	first := o.message(jerry)
	o.pass(time.Minute)
	link, _ := o.send()
	o.attempt(directory.EmailChannel, c)
	if len(p.mails()) != 1 || !strings.Contains(strings.ReplaceAll(p.mails()[0], "=\r\n", ""), strings.ReplaceAll(link, "=", "=3D")) {
		t.Errorf("got %d mails, want the newer one alone", len(p.mails()))
	}
	ms, err := o.dir.Messages(context.Background(), directory.MessageFilter{Org: directory.SampleOrg})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range ms {
		if m.ID == first.ID && m.State != directory.MessageDropped {
			t.Errorf("the older: got %s, want dropped", m.State)
		}
	}
}

func TestNothingInAMessageBecomesAHeader(t *testing.T) {
	t.Parallel()
	p := &post{}
	c := carrier(t, p.serve(t, notify.Plaintext))
	evil := "hello\r\nBcc: victim@example.com\r\n\r\n<script>alert(1)</script>\u2028X: y"
	o := openOffice(t)
	for name, content := range map[string]directory.MessageContent{
		"subject": {Subject: evil, Text: evil}, "name": {Name: evil, Verification: "0000000000000001"},
	} {
		topic := directory.NotificationMessage
		if content.Verification != "" {
			topic = directory.VerificationMessage
		}
		m := directory.Message{ID: "id-" + name, Org: directory.SampleOrg, Channel: directory.EmailChannel, Topic: topic, To: jerry, Content: content, CreatedAt: o.now()}
		l, err := notify.Render(o.dir, m)
		if err != nil {
			t.Fatal(err)
		}
		l.Subject += evil // even past the renderer
		if err := c.Carry(t.Context(), m, l); err != nil {
			t.Fatal(err)
		}
		raw := p.mails()[len(p.mails())-1]
		head, _, _ := strings.Cut(raw, "\r\n\r\n")
		header, body := parts(t, raw)
		if header.Get("Bcc") != "" || header.Get("X") != "" || strings.Contains(strings.ToLower(head), "\nbcc") {
			t.Errorf("%s: a header was injected:\n%s", name, head)
		}
		if strings.Contains(body["text/html"], "<script>") {
			t.Errorf("%s: HTML was injected:\n%s", name, body["text/html"])
		}
	}
	for _, to := range []string{"a@example.com, b@example.com", "a@example.com\r\nRCPT TO:<b@example.com>", "A <a@example.com>", "<a@example.com>", "a@example.com ", ""} {
		if err := c.Carry(t.Context(), directory.Message{ID: "x", To: to, CreatedAt: o.now()}, directory.Letter{Text: "x"}); err == nil {
			t.Errorf("receiver %q: got no error", to)
		}
	}
	if len(p.senders) != 2 {
		t.Errorf("got %d transactions, want 2", len(p.senders))
	}
}

func TestWebhookFillsItsTemplate(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	link, code := o.sendSMS("86-13900001234")
	var got map[string]string
	var authorization string
	status := http.StatusInternalServerError
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		authorization = r.Header.Get("Authorization")
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		w.WriteHeader(status)
	}))
	defer server.Close()
	c, err := notify.NewWebhook(notify.WebhookConfig{URL: server.URL + "/send?key=hidden", Headers: map[string]string{"Authorization": "Bearer abc"},
		Body: `{"mobile":{{json .Number}},"e164":{{json .To}},"text":{{json .Text}},"code":{{json .Code}},"link":{{json .Link}}}`})
	if err != nil {
		t.Fatal(err)
	}
	o.attempt(directory.SMSChannel, c)
	if m := o.message("86-13900001234"); m.State != directory.MessageQueued || m.LastError != "provider answered 500" {
		t.Errorf("got %s %q, want queued: provider answered 500", m.State, m.LastError)
	}
	status = http.StatusAccepted
	o.pass(5 * time.Second)
	o.attempt(directory.SMSChannel, c)
	if m := o.message("86-13900001234"); m.State != directory.MessageSent {
		t.Errorf("got %s, want sent", m.State)
	}
	if got["mobile"] != "13900001234" || got["e164"] != "+8613900001234" || got["code"] != code || got["link"] != link || !strings.Contains(got["text"], code) || authorization != "Bearer abc" {
		t.Errorf("got %v with %q", got, authorization)
	}
	server.Close()
	o.pass(time.Minute)
	o.sendSMS("86-13900001235")
	o.attempt(directory.SMSChannel, c)
	if e := o.message("86-13900001235").LastError; e == "" || strings.Contains(e, "hidden") {
		t.Errorf("got %q, want a reason that does not show the URL's key", e)
	}
	for _, bad := range []notify.WebhookConfig{{URL: "ftp://x/"}, {URL: "sms"}, {URL: server.URL, Body: "{{.Nothing}}"}, {URL: server.URL, Body: "{{"}} {
		if _, err := notify.NewWebhook(bad); err == nil {
			t.Errorf("%+v: got no error", bad)
		}
	}
}

func TestSendSmsIsSigned(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	_, code := o.sendSMS("86-13900001234")
	var form url.Values
	answer := `{"Code":"isv.BUSINESS_LIMIT_CONTROL","Message":"too many to 13900001234"}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		form = r.PostForm
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	c, err := notify.NewAliyun(notify.AliyunConfig{Endpoint: server.URL, AccessKeyID: "id", AccessKeySecret: directory.NewSecret("testsecret"),
		SignName: "名册 *~", VerificationTemplate: "SMS_1"})
	if err != nil {
		t.Fatal(err)
	}
	o.attempt(directory.SMSChannel, c)
	if m := o.message("86-13900001234"); m.State != directory.MessageQueued || !strings.Contains(m.LastError, "isv.BUSINESS_LIMIT_CONTROL") || strings.Contains(m.LastError, "13900001234") {
		t.Errorf("got %s %q, want queued with the provider's code and no number", m.State, m.LastError)
	}
	nonce := form.Get("SignatureNonce")
	answer = `{"Code":"OK"}`
	o.pass(5 * time.Second)
	o.attempt(directory.SMSChannel, c)
	if m := o.message("86-13900001234"); m.State != directory.MessageSent {
		t.Errorf("got %s %q, want sent", m.State, m.LastError)
	}
	signature := form.Get("Signature")
	form.Del("Signature")
	if want := notify.SignRPC(http.MethodPost, form, directory.NewSecret("testsecret")); signature != want {
		t.Errorf("signature: got %s, want %s", signature, want)
	}
	if form.Get("SignatureNonce") == nonce {
		t.Error("the nonce was used twice")
	}
	if form.Get("PhoneNumbers") != "13900001234" || form.Get("Action") != "SendSms" {
		t.Errorf("got %v", form)
	}
	// The person needs only the id of the page and the code to confirm.
	var read struct{ Code, ID string }
	if err := json.Unmarshal([]byte(form.Get("TemplateParam")), &read); err != nil || read.Code != code {
		t.Errorf("TemplateParam: got %s %v, want code %s", form.Get("TemplateParam"), err, code)
	}
	if err := o.dir.ConfirmVerification(context.Background(), read.ID, read.Code, "1"); err != nil {
		t.Errorf("confirm with what was sent: got %v, want success", err)
	}
}

// docs/spec/alibaba-cloud.md#published-example-of-version-1
func TestPublishedSignature(t *testing.T) {
	t.Parallel()
	v, err := url.ParseQuery("AccessKeyId=testid&Action=DescribeRegions&Format=XML&SignatureMethod=HMAC-SHA1&SignatureNonce=3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf" +
		"&SignatureVersion=1.0&Timestamp=2016-02-23T12:46:24Z&Version=2014-05-26")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := notify.SignRPC("GET", v, directory.NewSecret("testsecret")), "OLeaidS1JvxuMvnyHOwuJ+uX5qY="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCapturedMessagesStayReadable(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	_, code := o.send()
	o.attempt(directory.EmailChannel, notify.Capture)
	m := o.message(jerry)
	l, err := notify.Render(o.dir, m)
	if err != nil || m.State != directory.MessageCaptured || l.Code != code || !strings.Contains(l.HTML, l.Link) {
		t.Errorf("got %s %q %v, want captured with its code and link", m.State, l.Code, err)
	}
}

// A link may be followed before the message is captured; the mailbox must still
// show the message afterwards.
func TestCapturedMessageOutlivesItsVerification(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	link, code := o.send()
	if err := o.dir.ConfirmVerification(context.Background(), link[strings.LastIndexByte(link, '/')+1:], "", "1"); err != nil {
		t.Fatal(err)
	}
	o.attempt(directory.EmailChannel, notify.Capture)
	m := o.message(jerry)
	if l, err := notify.Render(o.dir, m); err != nil || m.State != directory.MessageCaptured || l.Code != code {
		t.Errorf("got %s %q %v, want captured with its code", m.State, l.Code, err)
	}
}

func TestLogMasksTheReceiver(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	_, code := o.sendSMS("86-13900001234")
	o.attempt(directory.SMSChannel, notify.Log(o.log))
	if text := o.logged.String(); !strings.Contains(text, code) || !strings.Contains(text, "86-139****1234") || strings.Contains(text, "13900001234") {
		t.Errorf("got %s, want the code and a masked number", text)
	}
}

// TestRunDeliversBesideADeadServer checks that a channel with a hanging server
// does not delay the other, and that Run stops when asked.
func TestRunDeliversBesideADeadServer(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.send()
	o.sendSMS("86-13900001234")
	sent := make(chan string, 1)
	ctx, stop := context.WithCancel(t.Context())
	var hanging sync.WaitGroup
	hanging.Add(1)
	release := make(chan struct{})
	s := notify.Sender{Directory: o.dir, Log: o.log, Carriers: map[string]notify.Carrier{
		directory.EmailChannel: carrierFunc(func(context.Context, directory.Message, directory.Letter) error {
			hanging.Done()
			<-release
			return errors.New("dead")
		}),
		directory.SMSChannel: carrierFunc(func(_ context.Context, m directory.Message, _ directory.Letter) error {
			hanging.Wait()
			sent <- m.To
			return nil
		}),
	}}
	done := make(chan struct{})
	go func() { defer close(done); s.Run(ctx) }()
	if to := <-sent; to != "86-13900001234" {
		t.Errorf("got a text message to %s", to)
	}
	close(release)
	stop()
	<-done
	if m := o.message(jerry); m.State != directory.MessageQueued || m.LastError != "dead" {
		t.Errorf("got %s %q, want queued: dead", m.State, m.LastError)
	}
}
