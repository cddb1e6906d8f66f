package directory

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/hex"
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
	Mark   string   `json:"m"` // of the app when the ticket was given
}

// OpenStream returns a ticket that opens one connection of the app within 90
// seconds. It is safe in a URL as it is: clients do not encode it. Of tags, only
// those of events count that there are. It returns ErrAppSecret, alone or with
// ErrAppNotFound, or ErrAppAddress if the app may not call from the address.
func (s *Session) OpenStream(ctx context.Context, appKey, secret, address string, tags []string) (string, error) {
	app, kept, err := s.dir.AppPrincipal(ctx, appKey)
	if err != nil && !errors.Is(err, ErrAppNotFound) {
		return "", err
	}
	if !s.dir.sameSecret(kept.Reveal(), secret) || err != nil {
		return "", errors.Join(err, ErrAppSecret)
	}
	if !app.AllowsIP(address) {
		return "", fmt.Errorf("app %s: %w", appKey, ErrAppAddress)
	}
	mark, err := s.dir.StreamMark(ctx, appKey)
	if errors.Is(err, ErrAppNotFound) {
		return "", errors.Join(err, ErrAppSecret)
	}
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(ticket{AppKey: appKey, Issued: s.now.UnixMilli(), Nonce: s.dir.ids.Base62(22), Tags: events(tags), Mark: mark})
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
// that is unknown, old or used gives ErrTokenInvalid, and so does one from before
// a change of the app, and an address from which the app may not call. mark is
// the app's, see [Directory.StreamMark].
func (d *Directory) TakeTicket(ctx context.Context, text, address string) (app Principal, tags []string, mark string, err error) {
	body, mac, _ := strings.Cut(text, ".")
	if !hmac.Equal([]byte(mac), []byte(d.ticketMAC(body))) {
		return Principal{}, nil, "", ErrTokenInvalid
	}
	var t ticket
	plain, err := base64.RawURLEncoding.DecodeString(body)
	if err == nil {
		err = json.Unmarshal(plain, &t)
	}
	if err != nil {
		return Principal{}, nil, "", errors.Join(err, ErrTokenInvalid)
	}
	issued, now := time.UnixMilli(t.Issued), d.now()
	if now.After(issued.Add(ticketLife)) || issued.Before(d.store.RefuseBefore()) {
		return Principal{}, nil, "", ErrTokenInvalid
	}
	fresh, err := d.store.UseNonce(ctx, "stream ticket "+t.AppKey, t.Nonce, issued.Add(ticketLife+time.Minute))
	if err != nil {
		return Principal{}, nil, "", err
	}
	if !fresh {
		return Principal{}, nil, "", ErrTokenInvalid
	}
	app, _, err = d.AppPrincipal(ctx, t.AppKey)
	if errors.Is(err, ErrAppNotFound) {
		err = errors.Join(err, ErrTokenInvalid)
	}
	if err == nil {
		mark, err = d.StreamMark(ctx, t.AppKey)
		if errors.Is(err, ErrAppNotFound) || err == nil && mark != t.Mark {
			err = errors.Join(err, ErrTokenInvalid)
		}
	}
	if err == nil && !app.AllowsIP(address) {
		err = errors.Join(ErrAppAddress, ErrTokenInvalid)
	}
	if err == nil && len(t.Tags) > 0 {
		err = d.listen(ctx, app.Org, t.AppKey, t.Tags)
	}
	return app, t.Tags, t.Mark, err
}

// listen subscribes the app before its connection opens: from then on no event
// may be left out because nobody listens.
func (d *Directory) listen(ctx context.Context, org, appKey string, tags []string) error {
	return d.putStream(ctx, org, appKey, func(s *Subscription) { s.Tags = events(slices.Concat(s.Tags, tags)) })
}

// seenEvery is how often it is recorded that an app is connected: that it is, is
// known from its connections; the record only has to outlive them by a day.
const seenEvery = 5 * time.Minute

// KeepStream records that the app is connected and which events it asks for. A
// subscription over StreamChannel lives until a day after the last connection,
// so that events wait for an app that restarts.
func (d *Directory) KeepStream(ctx context.Context, org, appKey string, tags []string) error {
	return d.putStream(ctx, org, appKey, func(s *Subscription) { s.Tags = events(tags) })
}

// putStream writes the subscription if that changes something: who connects
// again and again must not make everybody wait for what is on disk already.
func (d *Directory) putStream(ctx context.Context, org, appKey string, change func(*Subscription)) error {
	now := d.now()
	changed := func(tx Tx) (s Subscription, is bool, err error) {
		s, err = tx.Subscription(appKey, StreamChannel)
		if errors.Is(err, ErrSubscriptionNotFound) {
			s, err = Subscription{Org: org, AppKey: appKey, Channel: StreamChannel, CreatedAt: now}, nil
		}
		before, seen := s.Tags, s.SeenAt
		change(&s)
		s.SeenAt, s.UpdatedAt = now, now
		return s, !slices.Equal(before, s.Tags) || now.Sub(seen).Abs() >= seenEvery, err
	}
	needed := false
	err := d.store.View(ctx, org, func(tx Tx) (err error) {
		_, needed, err = changed(tx)
		return err
	})
	if err == nil && needed {
		err = d.store.Update(ctx, org, func(tx Tx) error {
			s, is, err := changed(tx)
			if err == nil && is {
				tx.PutSubscription(s)
			}
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("keep the stream of %s: %w", appKey, err)
	}
	return nil
}

// StreamMark changes with everything that decides whether a connection of the
// app may go on, and as what: its secret, permissions and addresses. It returns
// ErrAppNotFound when the app or its organisation is switched off or gone. It
// reads what is stored now.
func (d *Directory) StreamMark(ctx context.Context, appKey string) (mark string, err error) {
	err = d.store.View(ctx, "", func(tx Tx) error {
		app, err := tx.AppByKey(appKey)
		if err != nil {
			return err
		}
		if app.Disabled || app.SigningOnly {
			return fmt.Errorf("app %s is disabled: %w", appKey, ErrAppNotFound)
		}
		mark = hex.EncodeToString(d.keys.MAC("stream mark", string(app.Secret.Reveal()), fmt.Sprintf("%q %q %v", app.Permissions, app.AllowIPs, app.Scope)))
		return activeOrg(tx, app.Org, ErrAppNotFound)
	})
	return mark, err
}
