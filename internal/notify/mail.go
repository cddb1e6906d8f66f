package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/mingce/mingce/internal/directory"
)

// Security is how a connection to a mail server is protected.
type Security string

// The ways to protect a connection.
const (
	StartTLS      Security = "starttls"      // required
	ImplicitTLS   Security = "tls"           // from the first byte, as on port 465
	Opportunistic Security = "opportunistic" // STARTTLS if the server offers it
	Plaintext     Security = "none"          // a relay on this machine or network
)

// SMTPConfig configures the connection to a mail server.
type SMTPConfig struct {
	Host     string
	Port     int
	Security Security         // "" means StartTLS
	Username string           // "" means no authentication
	Password directory.Secret // sent over protected connections only
	From     string           // address, or "Name <address>"
	Hello    string           // name in EHLO; "" means the host name
	TLS      *tls.Config      // nil verifies the certificate with the system's roots
	Timeout  time.Duration    // of each step; 0 means 20 s
}

// SMTP is the carrier of mails. It is safe for concurrent use.
type SMTP struct {
	from    *mail.Address
	host    string
	options []gomail.Option
}

const stepTimeout = 20 * time.Second

// NewSMTP checks the configuration; it does not connect.
func NewSMTP(c SMTPConfig) (*SMTP, error) {
	from, err := mail.ParseAddress(c.From)
	if err != nil {
		return nil, fmt.Errorf("sender address of mails: %w", err)
	}
	if c.Timeout == 0 {
		c.Timeout = stepTimeout
	}
	config := &tls.Config{}
	if c.TLS != nil {
		config = c.TLS.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = c.Host
	}
	config.MinVersion = tls.VersionTLS12
	s := &SMTP{from: from, host: c.Host, options: []gomail.Option{gomail.WithTimeout(c.Timeout), gomail.WithTLSConfig(config)}}
	switch c.Security {
	case StartTLS, "":
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case ImplicitTLS:
		s.options = append(s.options, gomail.WithSSL())
	case Opportunistic:
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	case Plaintext:
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("security of the mail server: %q is none of starttls, tls, opportunistic, none", c.Security)
	}
	if c.Port != 0 {
		s.options = append(s.options, gomail.WithPort(c.Port))
	}
	if c.Hello != "" {
		s.options = append(s.options, gomail.WithHELO(c.Hello))
	}
	if c.Username != "" {
		s.options = append(s.options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(c.Username), gomail.WithPassword(string(c.Password.Reveal())))
	}
	if _, err := s.client(); err != nil {
		return nil, err
	}
	return s, nil
}

// client returns a new client for each mail: the library's client serves one
// connection at a time.
func (s *SMTP) client() (*gomail.Client, error) {
	c, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	return c, nil
}

// Carry implements [Carrier].
func (s *SMTP) Carry(ctx context.Context, m directory.Message, l directory.Letter) error {
	msg, err := s.compose(m, l)
	if err != nil {
		return err
	}
	c, err := s.client()
	if err != nil {
		return err
	}
	conn, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("connect to the mail server: %w", err)
	}
	// The library's own deadlines are per step; this one limits the whole
	// attempt.
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if err := c.SendWithSMTPClient(conn, msg); err != nil {
		_ = conn.Close()
		return fmt.Errorf("send to the mail server: %w", err)
	}
	// The server has accepted the mail; a failed QUIT must not cause a second
	// delivery.
	_ = c.CloseWithSMTPClient(conn)
	return nil
}

var errReceiver = errors.New("receiver is not one plain mail address")

// compose builds the mail. Its id is that of the message, so that recipients
// can recognise a mail that was sent twice.
func (s *SMTP) compose(m directory.Message, l directory.Letter) (*gomail.Msg, error) {
	to, err := mail.ParseAddress(m.To)
	if err != nil || to.Address != m.To || strings.ContainsAny(m.To, "\r\n, ") {
		return nil, errReceiver
	}
	_, domain, _ := strings.Cut(s.from.Address, "@")
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(s.from)
	msg.ToMailAddress(to)
	msg.Subject(line(l.Subject))
	msg.SetMessageIDWithValue(m.ID + "@" + domain)
	msg.SetDateWithValue(m.CreatedAt)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, l.Text)
	if l.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	}
	return msg, nil
}
