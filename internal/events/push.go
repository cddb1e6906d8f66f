package events

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

const (
	// checkLimit is how long a receiver may take for the test event when it is
	// registered (docs/spec/dingtalk.md#check-of-a-callback-address).
	checkLimit = 1500 * time.Millisecond
	// Decision: afterwards a receiver has a little longer.
	pushLimit     = 5 * time.Second
	largestAnswer = 64 << 10
)

// Pusher pushes events over HTTP. It is safe for concurrent use.
type Pusher struct {
	client  *http.Client
	private bool
	now     func() time.Time
}

// NewPusher returns a Pusher; private allows receivers at addresses of this
// machine and of private networks.
func NewPusher(private bool, now func() time.Time) *Pusher {
	return &Pusher{client: newClient(private), private: private, now: now}
}

// Check implements [directory.Receivers]. A name that leads to no address that
// may be dialled is told when the time is over: when its network is asked, and
// how soon it answers, would tell as much about it as another text.
func (p *Pusher) Check(ctx context.Context, s directory.Subscription) error {
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	var reached atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { reached.Store(true) }})
	err := p.push(context.WithValue(ctx, reachedKey{}, &reached), s, []byte(`{"EventType":"check_url"}`))
	u, broken := url.Parse(s.URL)
	if err == nil || broken != nil || p.private || reached.Load() || isAddress(u.Hostname()) {
		return err
	}
	<-ctx.Done()
	return leadsNowhere()
}

// leadsNowhere is said of every name that is not known, or is one of a private
// network: whoever can register an address could otherwise ask which names there
// are inside.
func leadsNowhere() error {
	return &directory.ReceiverError{Reason: "the name leads to no address that events may be sent to"}
}

// isAddress reports whether a host is given by its address, which is no secret to
// who gives it.
func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// Push delivers one event and returns nil when the receiver has taken it.
func (p *Pusher) Push(ctx context.Context, s directory.Subscription, d directory.Delivery) error {
	message, err := pushed(d)
	if err != nil {
		return err
	}
	message = ascii(message)
	ctx, cancel := context.WithTimeout(ctx, pushLimit)
	defer cancel()
	return p.push(ctx, s, message)
}

func (p *Pusher) push(ctx context.Context, s directory.Subscription, message []byte) error {
	e, err := newEnvelope(string(s.Token.Reveal()), string(s.AESKey.Reveal()), s.Org)
	if err != nil {
		return err
	}
	e.alias = s.AppKey // programs of the vendor's samples answer under either
	random := []byte(rand.Text())
	request, err := sealedRequest(ctx, s.URL, e, message, strconv.FormatInt(p.now().UnixMilli(), 10), rand.Text()[:16], random)
	if err != nil {
		return err
	}
	answer, err := p.client.Do(request)
	if err != nil {
		return p.notReached(request.URL.Hostname(), err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return &directory.ReceiverError{Status: answer.StatusCode, Location: location(answer)}
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, largestAnswer+1))
	switch {
	case err != nil:
		return p.notReached(request.URL.Hostname(), err)
	case len(body) > largestAnswer:
		return fmt.Errorf("%w: more than %d bytes", directory.ErrReceiverAnswer, largestAnswer)
	}
	return checkReply(e, body)
}

// sealedRequest is a push of a message. The pages name the signature's
// parameter signature, the vendor's sample code msg_signature: both are sent.
func sealedRequest(ctx context.Context, address string, e *envelope, message []byte, timestamp, nonce string, random []byte) (*http.Request, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, directory.ErrReceiverURL
	}
	encrypted, err := e.seal(message, random)
	if err != nil {
		return nil, err
	}
	signature := e.sign(timestamp, nonce, encrypted)
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += "signature=" + signature + "&msg_signature=" + signature + "&timestamp=" + timestamp + "&nonce=" + nonce
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader([]byte(`{"encrypt":"`+encrypted+`"}`)))
	if err != nil {
		return nil, directory.ErrReceiverURL
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	request.Header.Set("User-Agent", "mingce")
	return request, nil
}

// reply is what a receiver answers. timeStamp is a text or a number, as the
// receiver's language has it.
type reply struct {
	Signature string          `json:"msg_signature"`
	TimeStamp json.RawMessage `json:"timeStamp"`
	Nonce     string          `json:"nonce"`
	Encrypt   string          `json:"encrypt"`
}

// checkReply reads what a receiver answered
// (docs/spec/dingtalk.md#replies-to-pushed-events).
func checkReply(e *envelope, body []byte) error {
	var r reply
	if err := json.Unmarshal(body, &r); err != nil {
		return fmt.Errorf("%w: not the JSON of a reply", directory.ErrReceiverAnswer)
	}
	timestamp := string(r.TimeStamp)
	if text := ""; json.Unmarshal(r.TimeStamp, &text) == nil {
		timestamp = text
	}
	message, err := e.verify(r.Signature, timestamp, r.Nonce, r.Encrypt)
	if err != nil {
		return fmt.Errorf("%w: %w", directory.ErrReceiverAnswer, err)
	}
	if string(message) != "success" {
		return fmt.Errorf("%w: its text is not success", directory.ErrReceiverAnswer)
	}
	return nil
}

// location is where a redirection leads, shortened.
func location(answer *http.Response) string {
	const most = 1024
	if answer.StatusCode < 300 || answer.StatusCode > 399 {
		return ""
	}
	to := answer.Header.Get("Location")
	return strings.ToValidUTF8(to[:min(len(to), most)], "")
}

// notReached sorts the errors of the network. The address is left out of them: it
// may hold a secret. A name that is not known and one of a private network are
// told alike.
func (p *Pusher) notReached(host string, err error) error {
	var timeout net.Error
	var unknown *net.DNSError
	forbidden := errors.Is(err, directory.ErrReceiverForbidden)
	switch {
	case forbidden && isAddress(host):
		return directory.ErrReceiverForbidden
	case forbidden, errors.As(err, &unknown) && !p.private:
		return leadsNowhere()
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return &directory.ReceiverError{Late: true}
	}
	return &directory.ReceiverError{Reason: inWords(err)}
}

// inWords says what the network reported, in words that name no address.
func inWords(err error) string {
	var unknown *net.DNSError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case errors.As(err, &unknown):
		return "the name is not known"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connect refused"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "no route to host"
	case errors.As(err, &certificate):
		return "the certificate is not trusted"
	case errors.As(err, &record), errors.As(err, &alert):
		return "TLS handshake failed"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "connection closed without an answer"
	}
	return "no answer that is HTTP"
}
