package notify_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/notify"
)

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
		"subject": {Subject: evil, Text: evil}, "name": {Name: evil, Verification: "0000000000000001"}, "invitation": {Name: evil, Text: evil, Invitation: "h-1"},
	} {
		topic := directory.NotificationMessage
		switch {
		case content.Verification != "":
			topic = directory.VerificationMessage
		case content.Invitation != "":
			topic = directory.InvitationMessage
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
	if len(p.senders) != 3 {
		t.Errorf("got %d transactions, want 3", len(p.senders))
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

// TestInvitationIsMailed: in both languages, with what the invited account
// needs for its answer (docs/spec/handshakes.md#inviting-an-account).
func TestInvitationIsMailed(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	h, err := o.dir.Session(directory.CommandLine(directory.SampleOrg), "test", "").Invite(t.Context(),
		directory.NewHandshake{TargetType: directory.TargetEmail, Target: "outsider@example.com", Note: "欢迎 <b>"})
	if err != nil {
		t.Fatal(err)
	}
	ms, err := o.dir.Messages(t.Context(), directory.MessageFilter{Org: directory.SampleOrg, To: "outsider@example.com"})
	if err != nil || len(ms) != 1 {
		t.Fatalf("got %d messages, %v, want 1", len(ms), err)
	}
	l, err := notify.Render(o.dir, ms[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"邀请您的账号", "invites your account", h.ID, "示例科技", "欢迎 <b>"} {
		if !strings.Contains(l.Text, want) {
			t.Errorf("got %s, want %q in it", l.Text, want)
		}
	}
	if !strings.Contains(l.HTML, h.ID) || strings.Contains(l.HTML, "<b>") {
		t.Errorf("got %s, want the id, and no HTML from the note", l.HTML)
	}
}
