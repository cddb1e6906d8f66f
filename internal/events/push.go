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
	// checkLimit is the time limit of the test event when a receiver is
	// registered (docs/spec/dingtalk.md#check-of-a-callback-address).
	checkLimit = 1500 * time.Millisecond
	// Decision: later pushes may take a little longer.
	pushLimit     = 5 * time.Second
	largestAnswer = 64 << 10
)

// Pusher pushes events over HTTP. It is safe for concurrent use.
type Pusher struct {
	client  *http.Client
	private bool
	now     func() time.Time
}

// NewPusher returns a Pusher; private allows receivers on this machine and in
// private networks.
func NewPusher(private bool, now func() time.Time) *Pusher {
	return &Pusher{client: newClient(private), private: private, now: now}
}

// Check implements [directory.Receivers]. For a name that resolves to no
// permitted address, it reports the error only when the time limit has passed:
// otherwise the response time would reveal whether the name exists in the
// private network.
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
	return errNoPublicAddress()
}

// errNoPublicAddress is the error for unknown names and for names of a private
// network. If they differed, anybody who can register an address could find out
// which names exist inside.
func errNoPublicAddress() error {
	return &directory.ReceiverError{Reason: "the name leads to no address that events may be sent to"}
}

// isAddress reports whether a host is an IP address, which the caller knows
// already.
func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// Push delivers one event and returns nil when the receiver has accepted it.
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
	e.alias = s.AppKey // the vendor's samples reply under either name
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

// sealedRequest builds the push of a message. The vendor's pages name the
// signature's parameter signature, its sample code msg_signature: both are
// sent.
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

// reply is the response of a receiver. timeStamp is a text or a number,
// depending on the receiver's language.
type reply struct {
	Signature string          `json:"msg_signature"`
	TimeStamp json.RawMessage `json:"timeStamp"`
	Nonce     string          `json:"nonce"`
	Encrypt   string          `json:"encrypt"`
}

// checkReply checks the response of a receiver
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

// location is the target of a redirect, shortened.
func location(answer *http.Response) string {
	const most = 1024
	if answer.StatusCode < 300 || answer.StatusCode > 399 {
		return ""
	}
	to := answer.Header.Get("Location")
	return strings.ToValidUTF8(to[:min(len(to), most)], "")
}

// notReached classifies network errors. The error leaves out the address, which
// may hold a secret, and is the same for unknown names and names of a private
// network.
func (p *Pusher) notReached(host string, err error) error {
	var timeout net.Error
	var unknown *net.DNSError
	forbidden := errors.Is(err, directory.ErrReceiverForbidden)
	switch {
	case forbidden && isAddress(host):
		return directory.ErrReceiverForbidden
	case forbidden, errors.As(err, &unknown) && !p.private:
		return errNoPublicAddress()
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return &directory.ReceiverError{Late: true}
	}
	return &directory.ReceiverError{Reason: inWords(err)}
}

// inWords describes a network error without naming an address.
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
