package events

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

const (
	// checkLimit is how long a receiver may take for the test event when it is
	// registered ([ev0232]).
	checkLimit = 1500 * time.Millisecond
	// Decision: afterwards a receiver has a little longer.
	pushLimit     = 5 * time.Second
	largestAnswer = 64 << 10
)

// Pusher pushes events over HTTP. It is safe for concurrent use.
type Pusher struct {
	client *http.Client
	now    func() time.Time
}

// NewPusher returns a Pusher; private allows receivers at addresses of this
// machine and of private networks.
func NewPusher(private bool, now func() time.Time) *Pusher {
	return &Pusher{client: newClient(private), now: now}
}

// Check implements [directory.Receivers].
func (p *Pusher) Check(ctx context.Context, s directory.Subscription) error {
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	return p.push(ctx, s, []byte(`{"EventType":"check_url"}`))
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
	random := []byte(rand.Text())
	request, err := sealedRequest(ctx, s.URL, e, message, strconv.FormatInt(p.now().UnixMilli(), 10), rand.Text()[:16], random)
	if err != nil {
		return err
	}
	answer, err := p.client.Do(request)
	if err != nil {
		return unreached(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, largestAnswer+1))
	switch {
	case err != nil:
		return unreached(err)
	case answer.StatusCode != http.StatusOK:
		return fmt.Errorf("%w: status %d", directory.ErrReceiverAnswer, answer.StatusCode)
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

// unreached sorts the errors of the network. The address is left out of them:
// it may hold a secret.
func unreached(err error) error {
	var timeout net.Error
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	switch {
	case errors.Is(err, directory.ErrReceiverForbidden):
		return directory.ErrReceiverForbidden
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return directory.ErrReceiverTimeout
	}
	return fmt.Errorf("%w: %w", directory.ErrReceiverUnreachable, err)
}
