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

const (
	// ticketLife is how long a ticket can open a connection
	// (docs/spec/dingtalk.md#stream-tickets).
	ticketLife = 90 * time.Second
	// seenEvery is the precision of Subscription.SeenAt: a connection that
	// changes nothing else is not recorded more often.
	seenEvery = 4 * time.Minute
	// longestTicket exceeds the length of every issued ticket, which names each
	// of EventTopics at most once.
	longestTicket = 4096
	// StreamPermission is the permission for Stream mode, the same as for the
	// callback operations.
	StreamPermission = "qyapi_base"
)

// ticket is the content of a ticket, which is protected by a MAC and not
// stored.
type ticket struct {
	AppKey string   `json:"a"`
	Issued int64    `json:"t"` // unix milliseconds
	Nonce  string   `json:"n"`
	Secret int64    `json:"s"` // number of the app's secret that asked for it
	Tags   []string `json:"e"` // events the connection asks for
}

// Stream is a connection of Stream mode, as its ticket describes it.
type Stream struct {
	Org, AppKey string
	Tags        []string // events it asks for, of EventTopics or AllEvents

	address string // of the client
	secret  int64  // number of the app's secret that opened it
	nonce   string // of the ticket
	until   time.Time
}

// OpenStream returns a ticket that opens one connection of the app within 90
// seconds. It is safe in a URL as it is: clients do not encode it. Events that
// do not occur here are left out. It returns ErrAppSecret, alone or with
// ErrAppNotFound, or else ErrAppAddress or ErrAppPermission. It writes
// nothing.
func (s *Session) OpenStream(ctx context.Context, appKey, secret, address string, tags []string) (string, error) {
	app, err := s.dir.appInUse(ctx, appKey)
	if err != nil && !errors.Is(err, ErrAppNotFound) {
		return "", err
	}
	number, good := s.dir.secretNumber(app, secret, s.now)
	if app.SigningOnly {
		err = fmt.Errorf("app %s: %w", appKey, ErrAppNotFound)
	}
	if !good || err != nil {
		return "", errors.Join(err, ErrAppSecret)
	}
	if err := app.mayStream(number, address, s.now); err != nil {
		return "", err
	}
	text, err := json.Marshal(ticket{AppKey: appKey, Issued: s.now.UnixMilli(), Nonce: s.dir.ids.Base62(22), Secret: number, Tags: events(tags)})
	if err != nil {
		return "", fmt.Errorf("write a ticket: %w", err)
	}
	body := base64.RawURLEncoding.EncodeToString(text)
	return body + "." + s.dir.ticketMAC(body), nil
}

// mayStream returns why an enabled app may not have a connection that its
// secret of that number opened from the address, or nil.
func (a App) mayStream(number int64, address string, now time.Time) error {
	p := a.principal()
	switch {
	case a.SigningOnly:
		return ErrAppNotFound
	case number != a.Rotations && !(number == a.Rotations-1 && a.HasOldSecret(now)):
		return ErrAppSecret
	case !p.AllowsIP(address):
		return ErrAppAddress
	case !p.May(StreamPermission):
		return ErrAppPermission
	}
	return nil
}

func (d *Directory) ticketMAC(body string) string {
	return base64.RawURLEncoding.EncodeToString(d.keys.MAC("stream ticket", body)[:16])
}

// ReadTicket returns the connection that a ticket opens for a client at the
// address, without using the ticket up: it writes nothing. It returns
// ErrTokenInvalid for an unknown or expired ticket, and ErrTokenInvalid,
// ErrAppAddress or ErrAppPermission if the app may not have the connection any
// more.
func (d *Directory) ReadTicket(ctx context.Context, text, address string) (Stream, error) {
	body, mac, _ := strings.Cut(text, ".")
	if len(text) > longestTicket || !hmac.Equal([]byte(mac), []byte(d.ticketMAC(body))) {
		return Stream{}, ErrTokenInvalid
	}
	var t ticket
	plain, err := base64.RawURLEncoding.DecodeString(body)
	if err == nil {
		err = json.Unmarshal(plain, &t)
	}
	if err != nil {
		return Stream{}, errors.Join(err, ErrTokenInvalid)
	}
	issued, now := time.UnixMilli(t.Issued), d.now()
	if now.After(issued.Add(ticketLife)) || issued.Before(d.store.RefuseBefore()) {
		return Stream{}, ErrTokenInvalid
	}
	app, err := d.appInUse(ctx, t.AppKey)
	if err == nil {
		err = app.mayStream(t.Secret, address, now)
	}
	if errors.Is(err, ErrAppNotFound) || errors.Is(err, ErrAppSecret) {
		err = errors.Join(err, ErrTokenInvalid)
	}
	return Stream{
		Org: app.Org, AppKey: t.AppKey, Tags: events(t.Tags), address: address, secret: t.Secret, nonce: t.Nonce, until: issued.Add(ticketLife),
	}, err
}

// BeginStream uses up the ticket of a connection and subscribes its app to the
// events it asks for, so that none is dropped from then on. It returns
// ErrTokenInvalid for a used ticket.
func (d *Directory) BeginStream(ctx context.Context, s Stream) error {
	fresh, err := d.store.UseNonce(ctx, "stream ticket "+s.AppKey, s.nonce, s.until.Add(time.Minute))
	if err != nil {
		return err
	}
	if !fresh {
		return ErrTokenInvalid
	}
	if len(s.Tags) == 0 {
		return nil
	}
	return d.putStream(ctx, s.Org, s.AppKey, func(before []string) []string { return events(slices.Concat(before, s.Tags)) })
}

// RenewStream records that the app is connected and which events it asks for. A
// subscription over StreamChannel is kept for a day after the last connection,
// so that no event is lost when an app restarts.
func (d *Directory) RenewStream(ctx context.Context, org, appKey string, tags []string) error {
	return d.putStream(ctx, org, appKey, func([]string) []string { return events(tags) })
}

// putStream writes the subscription if it differs from the stored one.
func (d *Directory) putStream(ctx context.Context, org, appKey string, change func([]string) []string) error {
	now := d.now()
	changed := func(tx Tx) (s Subscription, changed bool, err error) {
		s, err = tx.Subscriptions().Subscription(appKey, StreamChannel)
		isNew := errors.Is(err, ErrSubscriptionNotFound)
		if isNew {
			s, err = Subscription{Org: org, AppKey: appKey, Channel: StreamChannel, CreatedAt: now}, nil
		}
		tags := change(s.Tags)
		changed = isNew || !slices.Equal(s.Tags, tags) || now.Sub(s.SeenAt).Abs() > seenEvery
		s.Tags, s.SeenAt, s.UpdatedAt = tags, now, now
		return s, changed, err
	}
	isChange := false
	err := d.store.View(ctx, org, func(tx Tx) (err error) {
		_, isChange, err = changed(tx)
		return err
	})
	if err == nil && isChange {
		err = d.store.Update(ctx, org, func(tx Tx) error {
			s, isChange, err := changed(tx)
			if err == nil && isChange {
				tx.Subscriptions().PutSubscription(s)
			}
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("keep the stream of %s: %w", appKey, err)
	}
	return nil
}

// appsAtOnce bounds how many apps one query reads.
const appsAtOnce = 200

// CheckStreams returns for each connection why it must be closed, or nil.
// Reasons are a rotated secret, a disabled or deleted app or organisation, a
// withdrawn permission, and the list of allowed addresses. It bypasses the
// caches.
func (d *Directory) CheckStreams(ctx context.Context, open []Stream) (why []error, err error) {
	var keys []string
	apps := map[string]App{}
	for _, s := range open {
		keys = append(keys, s.AppKey)
	}
	slices.Sort(keys)
	for some := range slices.Chunk(slices.Compact(keys), appsAtOnce) {
		err := d.store.View(ctx, "", func(tx Tx) error {
			found, err := tx.Apps().AppsInUse(some)
			for _, a := range found {
				apps[a.Key] = a
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("look at the apps that are connected: %w", err)
		}
	}
	now := d.now()
	why = make([]error, len(open))
	for i, s := range open {
		if a, ok := apps[s.AppKey]; !ok || a.Org != s.Org {
			why[i] = ErrAppNotFound
		} else {
			why[i] = a.mayStream(s.secret, s.address, now)
		}
	}
	return why, nil
}
