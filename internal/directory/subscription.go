package directory

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Errors of subscriptions and their receivers. Methods wrap them with context; compare with errors.Is.
var (
	ErrSubscriptionNotFound = errors.New("the app has not subscribed to events")
	ErrSubscriptionExists   = errors.New("the app has subscribed to events already")
	ErrSubscriptionOwned    = errors.New("another process delivers for the subscription")
	ErrReceiverToken        = errors.New("token of the receiver is too short or too long")
	ErrReceiverKey          = errors.New("key of the receiver is not acceptable")
	ErrReceiverURL          = errors.New("address of the receiver is not acceptable")
	ErrReceiverForbidden    = errors.New("pushing events to this address is forbidden")
	ErrReceiverUnreachable  = errors.New("the receiver cannot be reached") // see ReceiverError
	ErrReceiverAnswer       = errors.New("the receiver gave a wrong answer")
)

// Channels over which an app receives events.
const (
	HTTPChannel   = "http"   // pushed to an address the app registered
	StreamChannel = "stream" // over a connection that the app opened
)

// AllEvents among the tags of a subscription includes every event.
const AllEvents = "*"

// Subscription says which events of its organisation an app gets, and how. An
// app has at most one per channel, as the vendor has one address of an app.
type Subscription struct {
	Org     string
	AppKey  string
	Channel string
	URL     string // of HTTPChannel; may hold a secret, encrypted at rest
	Token   Secret // signs what is pushed
	AESKey  Secret // 43 characters: Base64 of the key that encrypts it, without "="
	Tags    []string

	// SeenAt is when the app was last connected, for StreamChannel.
	SeenAt    time.Time
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Ref names the subscription.
func (s Subscription) Ref() SubscriptionRef { return SubscriptionRef{s.Org, s.AppKey, s.Channel} }

// Wants reports whether the subscription names the event.
func (s Subscription) Wants(topic string) bool {
	for _, tag := range s.Tags {
		if tag == topic || tag == AllEvents {
			return true
		}
	}
	return false
}

// SubscriptionRef names a subscription.
type SubscriptionRef struct{ Org, AppKey, Channel string }

// ReceiverError says why a receiver counts as unreachable. It matches
// ErrReceiverUnreachable.
type ReceiverError struct {
	Status   int    // of the answer, if there was one
	Location string // where a status 3xx leads
	Late     bool   // there was none in time
	Reason   string // set if none of the others applies
}

// Error leaves the address out because it may contain a secret.
func (e *ReceiverError) Error() string {
	switch {
	case e.Status != 0:
		return fmt.Sprintf("%v: status %d", ErrReceiverUnreachable, e.Status)
	case e.Late:
		return ErrReceiverUnreachable.Error() + ": no answer in time"
	}
	return ErrReceiverUnreachable.Error() + ": " + e.Reason
}

func (e *ReceiverError) Is(target error) bool { return target == ErrReceiverUnreachable }

// Receivers reaches the receivers of events. Package events implements it.
type Receivers interface {
	// Check sends a test event and returns nil for the proper answer, or one of
	// the errors ErrReceiver... It gives up after a second and a half.
	Check(ctx context.Context, s Subscription) error
}

// SubscriptionTx reads and writes subscriptions.
type SubscriptionTx interface {
	// Subscription returns the app's subscription, or ErrSubscriptionNotFound.
	Subscription(appKey, channel string) (Subscription, error)
	// Subscriptions returns the organisation's subscriptions of enabled apps.
	Subscriptions() ([]Subscription, error)
	// InsertSubscription makes the call fail with ErrSubscriptionExists when the
	// app has one.
	InsertSubscription(s Subscription)
	// PutSubscription writes the subscription, new or not.
	PutSubscription(s Subscription)
	// DeleteSubscription deletes it with its pending deliveries. Failed events
	// stay in the failed list.
	DeleteSubscription(appKey, channel string)
	// OwnSubscription makes owner the only process that delivers for it until a
	// time; the call fails with ErrSubscriptionOwned if another process is the
	// owner.
	OwnSubscription(ref SubscriptionRef, owner string, now, until time.Time)
	// DisownSubscription gives the ownership up early.
	DisownSubscription(ref SubscriptionRef, owner string)
	// SilentSubscriptions answers across tenants: those of StreamChannel that
	// were last connected before a time.
	SilentSubscriptions(since time.Time) ([]SubscriptionRef, error)
}

// Limits of a receiver, in characters.
const (
	MaxReceiverURL    = 1024
	MinReceiverToken  = 6
	MaxReceiverToken  = 63
	ReceiverKeyLength = 43 // letters and digits
)

// IsReceiverKey reports whether a text can be a receiver's AESKey.
func IsReceiverKey(text string) bool {
	return len(text) == ReceiverKeyLength && strings.IndexFunc(text, func(r rune) bool { return !isLetterOrDigit(r) }) < 0
}

// validReceiver reports whether events can be pushed to an address. The IP
// addresses it resolves to are checked on dialling.
func validReceiver(address string) bool {
	u, err := url.Parse(address)
	return err == nil && len(address) <= MaxReceiverURL && (u.Scheme == "http" || u.Scheme == "https") &&
		u.Hostname() != "" && u.User == nil && u.Fragment == "" && isPort(u.Port())
}

// isPort reports whether a text is a port that can be dialled, or none.
func isPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return text == "" || err == nil && n > 0
}

// RegisterReceiver subscribes the calling app over HTTPChannel, once the
// receiver has answered a test event. It returns ErrSubscriptionExists,
// ErrReceiverURL or what Receivers.Check returns.
func (s *Session) RegisterReceiver(ctx context.Context, r Subscription) error {
	r = s.receiver(r)
	err := s.view(ctx, func(tx Tx) error {
		_, err := tx.Subscriptions().Subscription(r.AppKey, HTTPChannel)
		switch {
		case err == nil:
			return ErrSubscriptionExists
		case !errors.Is(err, ErrSubscriptionNotFound):
			return err
		}
		return nil
	})
	if err == nil {
		err = s.checkReceiver(ctx, r)
	}
	if err == nil {
		err = s.update(ctx, func(tx Tx) error {
			tx.Subscriptions().InsertSubscription(r)
			s.audit(tx, Change{Noun: "subscription", Object: r.AppKey, Action: "create", After: r.record()})
			return nil
		})
	}
	if err != nil {
		return fmt.Errorf("register the receiver of %s: %w", r.AppKey, err)
	}
	return nil
}

// UpdateReceiver replaces the calling app's subscription over HTTPChannel, with
// the errors of RegisterReceiver, or returns ErrSubscriptionNotFound. Pending
// events go to the new address.
func (s *Session) UpdateReceiver(ctx context.Context, r Subscription) error {
	r = s.receiver(r)
	if _, err := s.Receiver(ctx); err != nil {
		return err
	}
	err := s.checkReceiver(ctx, r)
	if err == nil {
		err = s.update(ctx, func(tx Tx) error {
			before, err := tx.Subscriptions().Subscription(r.AppKey, HTTPChannel)
			if err != nil {
				return err
			}
			r.CreatedAt = before.CreatedAt
			tx.Subscriptions().PutSubscription(r)
			s.audit(tx, Change{Noun: "subscription", Object: r.AppKey, Action: "update", Before: before.record(), After: r.record()})
			return nil
		})
	}
	if err != nil {
		return fmt.Errorf("update the receiver of %s: %w", r.AppKey, err)
	}
	return nil
}

// Receiver returns the calling app's subscription over HTTPChannel, or
// ErrSubscriptionNotFound.
func (s *Session) Receiver(ctx context.Context) (r Subscription, err error) {
	err = s.view(ctx, func(tx Tx) error {
		r, err = tx.Subscriptions().Subscription(s.caller.ID, HTTPChannel)
		return err
	})
	return r, err
}

// DeleteReceiver ends the calling app's subscription over HTTPChannel, or
// returns ErrSubscriptionNotFound.
func (s *Session) DeleteReceiver(ctx context.Context) error {
	app := s.caller.ID
	err := s.update(ctx, func(tx Tx) error {
		before, err := tx.Subscriptions().Subscription(app, HTTPChannel)
		if err != nil {
			return err
		}
		tx.Subscriptions().DeleteSubscription(app, HTTPChannel)
		s.audit(tx, Change{Noun: "subscription", Object: app, Action: "delete", Before: before.record()})
		return nil
	})
	if err != nil {
		return fmt.Errorf("delete the receiver of %s: %w", app, err)
	}
	return nil
}

// receiver fills in the fields that the caller does not set.
func (s *Session) receiver(r Subscription) Subscription {
	r.Org, r.AppKey, r.Channel, r.Tags = s.org, s.caller.ID, HTTPChannel, distinct(r.Tags)
	r.CreatedAt, r.UpdatedAt, r.SeenAt = s.now, s.now, s.now
	return r
}

// checkReceiver runs outside any transaction: a receiver that hangs must not
// keep a lock.
func (s *Session) checkReceiver(ctx context.Context, r Subscription) error {
	switch n := utf8.RuneCount(r.Token.Reveal()); {
	case n < MinReceiverToken || n > MaxReceiverToken:
		return ErrReceiverToken
	case !IsReceiverKey(string(r.AESKey.Reveal())):
		return ErrReceiverKey
	case !validReceiver(r.URL):
		return ErrReceiverURL
	}
	if s.dir.receivers == nil {
		return nil
	}
	return s.dir.receivers.Check(ctx, r)
}

// record is the subscription as the history shows it: of the address only the
// host, because the rest may be secret.
func (s Subscription) record() Record {
	r := Record{"channel": s.Channel, "tags": s.Tags}
	if u, err := url.Parse(s.URL); err == nil && u.Host != "" {
		r["host"] = u.Host
	}
	return r
}
