package directory

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ticketLife is how long a ticket opens a connection (dingtalk-org-accounts E4).
const ticketLife = 90 * time.Second

// ticket is what a ticket says; it goes out under a MAC and is not stored.
type ticket struct {
	AppKey string   `json:"a"`
	Issued int64    `json:"t"` // unix milliseconds
	Nonce  string   `json:"n"`
	Tags   []string `json:"e"` // events the connection asks for
}

// OpenStream returns a ticket that opens one connection of the app within 90
// seconds. It is safe in a URL as it is: clients do not encode it. It returns
// ErrAppSecret, alone or with ErrAppNotFound.
func (s *Session) OpenStream(ctx context.Context, appKey, secret string, tags []string) (string, error) {
	_, kept, err := s.dir.AppPrincipal(ctx, appKey)
	if err != nil && !errors.Is(err, ErrAppNotFound) {
		return "", err
	}
	if !s.dir.sameSecret(kept.Reveal(), secret) || err != nil {
		return "", errors.Join(err, ErrAppSecret)
	}
	text, err := json.Marshal(ticket{AppKey: appKey, Issued: s.now.UnixMilli(), Nonce: s.dir.ids.Base62(22), Tags: tags})
	if err != nil {
		return "", fmt.Errorf("write a ticket: %w", err)
	}
	body := base64.RawURLEncoding.EncodeToString(text)
	return body + "." + s.dir.ticketMAC(body), nil
}

func (d *Directory) ticketMAC(body string) string {
	return base64.RawURLEncoding.EncodeToString(d.keys.MAC("stream ticket", body)[:16])
}

// TakeTicket redeems a ticket: it returns the app and the events that its
// connection asked for, to which the app is subscribed from now on. A ticket
// that is unknown, old or used gives ErrTokenInvalid.
func (d *Directory) TakeTicket(ctx context.Context, text string) (app Principal, tags []string, err error) {
	body, mac, _ := strings.Cut(text, ".")
	if !hmac.Equal([]byte(mac), []byte(d.ticketMAC(body))) {
		return Principal{}, nil, ErrTokenInvalid
	}
	var t ticket
	plain, err := base64.RawURLEncoding.DecodeString(body)
	if err == nil {
		err = json.Unmarshal(plain, &t)
	}
	if err != nil {
		return Principal{}, nil, errors.Join(err, ErrTokenInvalid)
	}
	issued, now := time.UnixMilli(t.Issued), d.now()
	if now.After(issued.Add(ticketLife)) || issued.Before(d.store.RefuseBefore()) {
		return Principal{}, nil, ErrTokenInvalid
	}
	fresh, err := d.store.UseNonce(ctx, "stream ticket "+t.AppKey, t.Nonce, issued.Add(ticketLife+time.Minute))
	if err != nil {
		return Principal{}, nil, err
	}
	if !fresh {
		return Principal{}, nil, ErrTokenInvalid
	}
	app, _, err = d.AppPrincipal(ctx, t.AppKey)
	if errors.Is(err, ErrAppNotFound) {
		err = errors.Join(err, ErrTokenInvalid)
	}
	if err == nil && len(t.Tags) > 0 {
		err = d.listen(ctx, app.Org, t.AppKey, t.Tags)
	}
	return app, t.Tags, err
}

// listen subscribes the app before its connection opens: from then on no event
// may be left out because nobody listens.
func (d *Directory) listen(ctx context.Context, org, appKey string, tags []string) error {
	return d.putStream(ctx, org, appKey, func(s *Subscription) { s.Tags = distinct(slices.Concat(s.Tags, tags)) })
}

// KeepStream records that the app is connected and which events it asks for. A
// subscription over StreamChannel lives until a day after the last connection,
// so that events wait for an app that restarts.
func (d *Directory) KeepStream(ctx context.Context, org, appKey string, tags []string) error {
	return d.putStream(ctx, org, appKey, func(s *Subscription) { s.Tags = tags })
}

func (d *Directory) putStream(ctx context.Context, org, appKey string, change func(*Subscription)) error {
	now := d.now()
	err := d.store.Update(ctx, org, func(tx Tx) error {
		s, err := tx.Subscription(appKey, StreamChannel)
		switch {
		case errors.Is(err, ErrSubscriptionNotFound):
			s = Subscription{Org: org, AppKey: appKey, Channel: StreamChannel, CreatedAt: now}
		case err != nil:
			return err
		}
		change(&s)
		s.SeenAt, s.UpdatedAt = now, now
		tx.PutSubscription(s)
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep the stream of %s: %w", appKey, err)
	}
	return nil
}
