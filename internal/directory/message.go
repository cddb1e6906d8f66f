package directory

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Errors of messages. Methods wrap them with context; compare with errors.Is.
var (
	ErrMessageNotFound = errors.New("message not found")
	ErrMessageClaimed  = errors.New("message was claimed by another process")
)

// Message is a mail or text message to a person. It is written in the
// transaction of the change that causes it and sent after the commit. It stays
// as a record of who was sent what and when, but its content is erased after
// delivery (docs/spec/reliability.md#stored-secrets).
type Message struct {
	ID        string
	Org       string
	Channel   string // EmailChannel or SMSChannel
	Topic     string // VerificationMessage or another of those below
	Object    string // the message contact or the account
	To        string // personal, encrypted at rest
	Content   MessageContent
	CreatedAt time.Time

	State     string
	Attempts  int64
	NextAt    time.Time // when the next attempt is due
	LastError string    // of the last attempt; never holds an address
	DoneAt    time.Time // when it was delivered or given up
}

// MessageContent is what a message is rendered from. It is encrypted at rest,
// and zero once erased. Link and code of a verification are not part of it.
type MessageContent struct {
	Name         string `json:"name,omitempty"`         // of the contact
	Verification string `json:"verification,omitempty"` // id
	Subject      string `json:"subject,omitempty"`      // of a notification
	Text         string `json:"text,omitempty"`
}

// Letter is a rendered message.
type Letter struct {
	Subject, Text, HTML string
	Link, Code          string // of a verification
}

// Topics of messages.
const (
	VerificationMessage = "verification"
	NotificationMessage = "notification"
	AccountEmailMessage = "account-email" // asks to confirm the new address of an account
	CodeMessage         = "code"          // a code for an operation
)

// States of a message.
const (
	MessageQueued   = "queued"
	MessageSent     = "sent"     // the relay or provider accepted it
	MessageFailed   = "failed"   // given up after a day
	MessageDropped  = "dropped"  // not sent: its verification was settled before
	MessageCaptured = "captured" // stored to be read here instead of being sent
)

const (
	// messageLife is how long delivery is attempted
	// (docs/spec/reliability.md#delivery-of-messages).
	messageLife = 24 * time.Hour
	// claimLife is how long a process may take for an attempt before another
	// one repeats it.
	claimLife = 2 * time.Minute
	// The pause between attempts doubles from firstRetry to lastRetry.
	firstRetry = 5 * time.Second
	lastRetry  = time.Hour
	// keepMessages and keepVerifications are how long settled rows are kept.
	keepMessages      = 90 * 24 * time.Hour
	keepVerifications = 7 * 24 * time.Hour
)

// MessageFilter selects messages; empty fields select all. With Org "" it
// answers across tenants.
type MessageFilter struct {
	Org, To, Channel string
	Readable         bool // only messages whose content was not erased
	Limit            int64
}

// MessageRef names a message.
type MessageRef struct{ Org, ID string }

// MessageTx reads and writes messages.
type MessageTx interface {
	InsertMessage(m Message)
	// Message returns the message, or ErrMessageNotFound.
	Message(id string) (Message, error)
	// Messages returns messages, newest first.
	Messages(f MessageFilter) ([]Message, error)
	// DueMessages answers across tenants: due messages of the channel, the
	// longest overdue first.
	DueMessages(channel string, now time.Time, limit int64) ([]MessageRef, error)
	// UpdateMessage writes state, attempts, times, error and content; if the
	// stored message differs from before, Update returns ErrMessageClaimed.
	UpdateMessage(before, m Message)
	// SweepMessages deletes messages settled, and verifications created, before
	// the given times.
	SweepMessages(messages, verifications time.Time)
}

// Notify queues a notification to an address of a message contact. The caller
// has chosen the receivers; nothing is checked here.
func (s *Session) Notify(ctx context.Context, contactID, channel, address, subject, text string) error {
	m := Message{
		ID: s.dir.ids.Base62(verificationIDLength), Org: s.org, Channel: channel, Topic: NotificationMessage, Object: contactID, To: address,
		Content: MessageContent{Subject: subject, Text: text}, CreatedAt: s.now, NextAt: s.now, State: MessageQueued,
	}
	return s.update(ctx, func(tx Tx) error {
		tx.Messages().InsertMessage(m)
		return nil
	})
}

// Messages returns messages, newest first; f.Org "" means of every organisation.
// f.To may be a number in any form that ReadMobile takes.
func (d *Directory) Messages(ctx context.Context, f MessageFilter) (ms []Message, err error) {
	if p, err := ReadMobile(f.To, d.settings.HomeCountry); err == nil {
		f.To = p.String()
	}
	if f.Limit <= 0 || f.Limit > 1000 {
		f.Limit = 100
	}
	err = d.store.View(ctx, f.Org, func(tx Tx) error {
		ms, err = tx.Messages().Messages(f)
		return err
	})
	return ms, err
}

// DueMessages returns the due messages of a channel, of all organisations.
func (d *Directory) DueMessages(ctx context.Context, channel string, limit int64) (refs []MessageRef, err error) {
	now := d.now()
	err = d.store.View(ctx, "", func(tx Tx) error {
		refs, err = tx.Messages().DueMessages(channel, now, limit)
		return err
	})
	return refs, err
}

// ClaimMessage claims a due message for one attempt, so that no other process
// attempts it at the same time. The claim expires after two minutes, in case
// the process dies: every message is sent at least once. ok is false if there
// is nothing to send any more. The message of a verification that was settled
// meanwhile is dropped.
func (d *Directory) ClaimMessage(ctx context.Context, ref MessageRef) (m Message, ok bool, err error) {
	now := d.now()
	err = d.store.Update(ctx, ref.Org, func(tx Tx) error {
		m, ok = Message{}, false
		before, err := tx.Messages().Message(ref.ID)
		if err != nil {
			return err
		}
		if before.State != MessageQueued || before.NextAt.After(now) {
			return nil
		}
		m = before
		if id := m.Content.Verification; id != "" {
			v, err := tx.Verifications().Verification(id)
			if err != nil {
				return err
			}
			if v.stateAt(now) != VerificationOpen {
				m.State, m.DoneAt, m.Content = MessageDropped, now, MessageContent{}
			}
		}
		if m.State == MessageQueued {
			m.Attempts, m.NextAt, ok = m.Attempts+1, now.Add(claimLife), true
		}
		tx.Messages().UpdateMessage(before, m)
		return nil
	})
	if err != nil {
		return Message{}, false, fmt.Errorf("claim message %s: %w", ref.ID, err)
	}
	return m, ok, nil
}

// CaptureMessage stores a due message to be read here instead of sending it. It
// keeps the message of a settled verification too: the person may have
// confirmed before the sender got to the message.
func (d *Directory) CaptureMessage(ctx context.Context, ref MessageRef) error {
	now := d.now()
	err := d.store.Update(ctx, ref.Org, func(tx Tx) error {
		before, err := tx.Messages().Message(ref.ID)
		if err != nil || before.State != MessageQueued {
			return err
		}
		m := before
		m.State, m.DoneAt, m.Attempts = MessageCaptured, now, m.Attempts+1
		tx.Messages().UpdateMessage(before, m)
		return nil
	})
	if err != nil {
		return fmt.Errorf("capture message %s: %w", ref.ID, err)
	}
	return nil
}

// SettleMessage records the outcome of the attempt that m was claimed for:
// MessageSent, or a failure with its reason, after which delivery is repeated
// until the message is a day old.
func (d *Directory) SettleMessage(ctx context.Context, m Message, state, reason string) error {
	now := d.now()
	after := m
	after.LastError = reason
	switch {
	case state == MessageSent:
		after.State, after.DoneAt, after.Content = state, now, MessageContent{}
	case now.Sub(m.CreatedAt) >= messageLife:
		after.State, after.DoneAt, after.Content = MessageFailed, now, MessageContent{}
	default:
		after.NextAt = now.Add(retryAfter(m.Attempts))
	}
	err := d.store.Update(ctx, m.Org, func(tx Tx) error {
		tx.Messages().UpdateMessage(m, after)
		return nil
	})
	if err != nil {
		return fmt.Errorf("settle message %s: %w", m.ID, err)
	}
	return nil
}

func retryAfter(attempts int64) time.Duration {
	wait := firstRetry
	for i := int64(1); i < attempts && wait < lastRetry; i++ {
		wait *= 2
	}
	return min(wait, lastRetry)
}

// SweepMessages deletes messages and verifications that were settled long ago.
func (d *Directory) SweepMessages(ctx context.Context) error {
	orgs, err := d.Orgs(ctx)
	if err != nil {
		return err
	}
	now := d.now()
	for _, o := range orgs {
		err := d.store.Update(ctx, o.ID, func(tx Tx) error {
			tx.Messages().SweepMessages(now.Add(-keepMessages), now.Add(-keepVerifications))
			return nil
		})
		if err != nil {
			return fmt.Errorf("sweep messages of %s: %w", o.ID, err)
		}
	}
	return nil
}
