package e2e

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// mailbox is a real SMTP server that stores every mail it accepts.
type mailbox struct {
	address        string // host:port
	user, password string // "": no authentication

	mu      sync.Mutex
	mails   []letter
	arrived chan struct{} // closed and replaced with every mail
}

// letter is a mail as its receiver sees it.
type letter struct {
	From, To, Subject string
	Text, HTML        string
	Link, Code        string // of a verification: the first ones in the text
	Encrypted         bool   // came over TLS
	User              string // who authenticated
}

// openMailbox starts a server that takes mails without TLS or authentication.
func openMailbox(t *testing.T) *mailbox {
	t.Helper()
	m := newMailbox("", "")
	m.listen(t, "127.0.0.1:0", nil)
	return m
}

func newMailbox(user, password string) *mailbox {
	return &mailbox{user: user, password: password, arrived: make(chan struct{})}
}

// listen serves at the address. With a certificate it offers STARTTLS, and authentication only after
// that.
func (m *mailbox) listen(t *testing.T, address string, certificate *tls.Certificate) {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	m.address = listener.Addr().String()
	s := smtp.NewServer(m)
	s.Domain = "mail.example.com"
	if certificate != nil {
		s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*certificate}}
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(listener) }()
	t.Cleanup(func() { _ = s.Close(); <-done })
}

// flags point mingce at the mailbox.
func (m *mailbox) flags() []string {
	host, port, _ := net.SplitHostPort(m.address)
	return []string{"--mail-host", host, "--mail-port", port, "--mail-security", "none", "--mail-from", "名册 <noreply@contacts.example.com>"}
}

// NewSession implements [smtp.Backend].
func (m *mailbox) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &mailSession{mailbox: m, conn: c}, nil
}

type mailSession struct {
	*mailbox
	conn           *smtp.Conn
	user, from, to string
}

func (s *mailSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.mailbox.user || password != s.password {
			return errors.New("wrong user or password")
		}
		s.user = user
		return nil
	}), nil
}

func (s *mailSession) Mail(from string, _ *smtp.MailOptions) error {
	if s.mailbox.user != "" && s.user == "" {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return nil
}

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return nil
}

func (s *mailSession) Data(r io.Reader) error {
	l, err := readLetter(r)
	if err != nil {
		return err
	}
	_, l.Encrypted = s.conn.TLSConnectionState()
	l.From, l.To, l.User = s.from, s.to, s.user
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, l)
	close(s.arrived)
	s.arrived = make(chan struct{})
	return nil
}

func (s *mailSession) Reset()        {}
func (s *mailSession) Logout() error { return nil }

var (
	verifyLink = regexp.MustCompile(`https?://\S+/verify/\S+`)
	verifyCode = regexp.MustCompile(`验证码[：\s]*(\d{6})`)
)

// readLetter reads a mail with a text and an HTML part.
func readLetter(r io.Reader) (letter, error) {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return letter{}, err
	}
	var l letter
	if l.Subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return letter{}, err
	}
	_, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return letter{}, err
	}
	parts := multipart.NewReader(m.Body, parameters["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return letter{}, err
		}
		content, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			return letter{}, err
		}
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			l.HTML = string(content)
		} else {
			l.Text = string(content)
		}
	}
	l.Link = verifyLink.FindString(l.Text)
	if code := verifyCode.FindStringSubmatch(l.Text); code != nil {
		l.Code = code[1]
	}
	return l, nil
}

const mailPatience = 20 * time.Second

// wait returns the newest mail to the address, waiting for it.
func (m *mailbox) wait(to string) (letter, bool) {
	deadline := time.After(mailPatience)
	for {
		m.mu.Lock()
		arrived := m.arrived
		for i := len(m.mails) - 1; i >= 0; i-- {
			if m.mails[i].To == to {
				defer m.mu.Unlock()
				return m.mails[i], true
			}
		}
		m.mu.Unlock()
		select {
		case <-arrived:
		case <-deadline:
			return letter{}, false
		}
	}
}

// receive is wait for tests that cannot continue without the mail.
func (m *mailbox) receive(t *testing.T, to string) letter {
	t.Helper()
	l, ok := m.wait(to)
	if !ok {
		t.Fatalf("mail to %s: got none in %v", to, mailPatience)
	}
	return l
}

// serveHTTP lets suites in other languages read their mails: GET /?to=ADDRESS waits for the mail and
// returns it as JSON.
func (m *mailbox) serveHTTP(t *testing.T) (url string) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l, ok := m.wait(r.URL.Query().Get("to"))
		if !ok {
			http.Error(w, "no such mail", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(l)
	}))
	t.Cleanup(s.Close)
	return s.URL
}
