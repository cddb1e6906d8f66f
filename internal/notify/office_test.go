package notify_test

import (
	"bytes"
	"context"
	"crypto/tls"
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
