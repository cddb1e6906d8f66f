package e2e

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const (
	mailUser, mailPassword = "mingce", "mail-password-01"
	publicURL              = "https://contacts.example.com"
)

// installation is what `mingce init` created. It can be served repeatedly.
type installation struct {
	config, authority           string // files
	mailCertificate             tls.Certificate
	mail                        *mailbox
	mailHost, mailPort          string
	accessKey, secret, adminKey string
}

var initLine = regexp.MustCompile(`(?m)^(AccessKeyId|AccessKeySecret|admin key) +(\S+)`)

// initServe creates an installation whose mail server does not run yet.
func initServe(t *testing.T) *installation {
	t.Helper()
	dir := t.TempDir()
	i := &installation{config: filepath.Join(dir, "mingce.json"), authority: filepath.Join(dir, "mail-ca.pem"), mail: newMailbox(mailUser, mailPassword)}
	i.mail.address = freeAddress(t)
	i.mailHost, i.mailPort, _ = net.SplitHostPort(i.mail.address)

	web := httptest.NewUnstartedServer(nil) // its certificate is the one the standard library has for tests
	web.StartTLS()
	i.mailCertificate = web.TLS.Certificates[0]
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw})
	web.Close()
	password := filepath.Join(dir, "mail-password")
	for file, content := range map[string][]byte{i.authority: authority, password: []byte(mailPassword + "\n")} {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}

	out, err := exec.Command(program, "init", "--org-name", "示例科技", "--config", i.config, "--base-url", publicURL).Output()
	if err != nil {
		t.Fatalf("mingce init: %v", err)
	}
	for _, line := range initLine.FindAllStringSubmatch(string(out), -1) {
		*map[string]*string{"AccessKeyId": &i.accessKey, "AccessKeySecret": &i.secret, "admin key": &i.adminKey}[line[1]] = line[2]
	}
	return i
}

// serve starts `mingce serve` on it.
func (i *installation) serve(t *testing.T) *server {
	t.Helper()
	s := &server{host: freeAddress(t)}
	s.launch(t, []string{"SSL_CERT_FILE=" + i.authority}, "serve", "--config", i.config, "--addr", s.host,
		"--mail-host", i.mailHost, "--mail-port", i.mailPort, "--mail-security", "starttls", "--mail-username", mailUser,
		"--mail-password-file", filepath.Join(filepath.Dir(i.config), "mail-password"), "--mail-from", "名册 <noreply@contacts.example.com>")
	s.waitReady(t)
	return s
}

func (i *installation) startMail(t *testing.T) { i.mail.listen(t, i.mail.address, &i.mailCertificate) }

// contact adds a contact through a client, which requests its verification mail.
func (i *installation) contact(t *testing.T, s *server, name, email string) *contactLife {
	t.Helper()
	c := &contactLife{server: s, box: i.mail, call: openAPI(t, s.host, i.accessKey, i.secret, ""), name: name, email: email}
	added := c.do(t, "AddMessageContact", "Name", name, "EmailAddress", email, "Title", "Other", "MessageTypes.1", "SecurityMessage")
	c.id, _ = field(t, added, "Contact", "ContactId").(string)

	begin := time.Now()
	c.do(t, "SendEmailVerificationForMessageContact", "EmailAddress", email)
	if took := time.Since(begin); took > 4*time.Second {
		t.Errorf("sending a verification: took %v, want no waiting for the mail server", took)
	}
	return c
}

// delivery is how the operator sees the sending of a message.
type delivery struct {
	State, To, LastError, ContactID string
	Attempts                        int
	NextAt                          *time.Time
}

func (i *installation) delivery(t *testing.T, s *server, contact string) delivery {
	t.Helper()
	r := s.call(t, http.MethodGet, "/_mingce/deliveries?channel=email", nil, "Authorization", "Bearer "+i.adminKey)
	for _, d := range decode[struct{ Deliveries []delivery }](t, r).Deliveries {
		if d.ContactID == contact {
			return d
		}
	}
	t.Fatalf("delivery for contact %s: got none in %s", contact, r)
	return delivery{}
}

// waitForDelivery polls until the delivery is good.
func (i *installation) waitForDelivery(t *testing.T, s *server, contact, what string, good func(delivery) bool) delivery {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), mailPatience)
	defer cancel()
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for {
		d := i.delivery(t, s, contact)
		if good(d) {
			return d
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			t.Fatalf("delivery: got %+v after %v, want %s", d, mailPatience, what)
		}
	}
}

func tried(d delivery) bool { return d.State == "queued" && d.Attempts > 0 && d.LastError != "" }

// confirm follows the link of the mail, like a browser behind the public address.
func (i *installation) confirm(t *testing.T, s *server, c *contactLife) {
	t.Helper()
	mail := i.mail.receive(t, c.email)
	equal(t, "mail came over TLS", mail.Encrypted, true)
	equal(t, "user of the mail server", mail.User, mailUser)
	if !strings.HasPrefix(mail.Link, publicURL+"/verify/") || !strings.Contains(mail.HTML, mail.Link) {
		t.Errorf("link: got %q, want it below %s, in the HTML part too", mail.Link, publicURL)
	}
	path := strings.TrimPrefix(mail.Link, publicURL)
	equal(t, "opening the link", s.call(t, http.MethodGet, path, nil).status, http.StatusOK)
	equal(t, "Status after the link was opened", c.contact(t, "Status"), any("Verifying"))
	equal(t, "confirming", s.call(t, http.MethodPost, path, url.Values{}).status, http.StatusOK)
	equal(t, "Status after it was confirmed", c.contact(t, "Status"), any("Active"))
}

func TestServeSendsOverAnAuthenticatedConnection(t *testing.T) {
	t.Parallel()
	i := initServe(t)
	i.startMail(t)
	s := i.serve(t)
	c := i.contact(t, s, "张三", "zhang@example.com")
	i.confirm(t, s, c)
	sent := i.waitForDelivery(t, s, c.id, "sent", func(d delivery) bool { return d.State == "sent" })
	equal(t, "attempts", sent.Attempts, 1)
	equal(t, "receiver in the list of deliveries", sent.To, "z***@example.com")
}

func TestServeSendsOnceItsMailServerIsUp(t *testing.T) {
	t.Parallel()
	i := initServe(t)
	s := i.serve(t)
	c := i.contact(t, s, "李四", "li@example.com")
	waiting := i.waitForDelivery(t, s, c.id, "one failed attempt", tried)
	if waiting.NextAt == nil || !waiting.NextAt.After(time.Now().Add(-mailPatience)) {
		t.Errorf("next attempt: got %v, want one soon", waiting.NextAt)
	}
	if strings.Contains(waiting.LastError, "li@example.com") {
		t.Errorf("last error: got %q, want no address in it", waiting.LastError)
	}
	i.startMail(t)
	i.confirm(t, s, c)
}

func TestServeKeepsItsQueueOverARestart(t *testing.T) {
	t.Parallel()
	i := initServe(t)
	s := i.serve(t)
	c := i.contact(t, s, "王五", "wang@example.com")
	i.waitForDelivery(t, s, c.id, "one failed attempt", tried)
	equal(t, "exit code after SIGTERM", s.stop(t), 0)

	i.startMail(t)
	s = i.serve(t)
	c.server, c.call = s, openAPI(t, s.host, i.accessKey, i.secret, "")
	i.confirm(t, s, c)
	if d := i.waitForDelivery(t, s, c.id, "sent", func(d delivery) bool { return d.State == "sent" }); d.Attempts < 2 {
		t.Errorf("attempts: got %d, want those before the restart counted", d.Attempts)
	}
}
