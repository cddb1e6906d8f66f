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
// transaction of the change that causes it and sent after the commit; it stays
// as a record of who was sent what, when, while its content is erased once it
// was delivered (docs/spec/reliability.md#stored-secrets).
type Message struct {
	ID        string
	Org       string
	Channel   string // EmailChannel or SMSChannel
	Topic     string // VerificationMessage or NotificationMessage
	Object    string // the message contact
	To        string // personal, encrypted at rest
	Content   MessageContent
	CreatedAt time.Time

	State     string
	Attempts  int64
	NextAt    time.Time // when it is tried next
	LastError string    // of the last attempt; never holds an address
	DoneAt    time.Time // when it was delivered or given up
}

// MessageContent is what a message is rendered from; encrypted at rest and the
// zero value once erased. Link and code of a verification are not part of it.
type MessageContent struct {
	Name         string `json:"name,omitempty"`         // of the contact
	Verification string `json:"verification,omitempty"` // id
	Subject      string `json:"subject,omitempty"`      // of a notification
	Text         string `json:"text,omitempty"`
}

// Letter is a message in the words that its receiver reads.
type Letter struct {
	Subject, Text, HTML string
	Link, Code          string // of a verification
}

// Topics of messages.
const (
	VerificationMessage = "verification"
	NotificationMessage = "notification"
)

// States of a message.
const (
	MessageQueued   = "queued"
	MessageSent     = "sent"     // the relay or provider took it
	MessageFailed   = "failed"   // given up after a day
	MessageDropped  = "dropped"  // not sent: what it is about is settled
	MessageCaptured = "captured" // kept to be read here instead of being sent
)

const (
	// messageLife is how long delivery is tried
	// (docs/spec/reliability.md#delivery-of-messages).
	messageLife = 24 * time.Hour
	// claimLife is how long one process may take for an attempt before another
	// one makes it again.
	claimLife = 2 * time.Minute
	// firstRetry doubles with each attempt up to lastRetry.
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
	// DueMessages answers across tenants: queued messages of the channel whose
	// time has come, the longest overdue first.
	DueMessages(channel string, now time.Time, limit int64) ([]MessageRef, error)
	// UpdateMessage writes state, attempts, times, error and content; when
	// before is no longer what is stored, Update returns ErrMessageClaimed.
	UpdateMessage(before, m Message)
	// SweepMessages removes what was settled, and verifications made, before
	// the given times.
	SweepMessages(messages, verifications time.Time)
}

// Notify queues a notification to an address of a message contact. The caller
// has chosen who is told; nothing is checked here.
func (s *Session) Notify(ctx context.Context, contactID, channel, address, subject, text string) error {
	m := Message{
		ID: s.dir.ids.Base62(verificationIDLength), Org: s.org, Channel: channel, Topic: NotificationMessage, Object: contactID, To: address,
		Content: MessageContent{Subject: subject, Text: text}, CreatedAt: s.now, NextAt: s.now, State: MessageQueued,
	}
	return s.update(ctx, func(tx Tx) error {
		tx.InsertMessage(m)
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
		ms, err = tx.Messages(f)
		return err
	})
	return ms, err
}

// DueMessages returns queued messages of a channel, of all organisations, whose
// time has come.
func (d *Directory) DueMessages(ctx context.Context, channel string, limit int64) (refs []MessageRef, err error) {
	now := d.now()
	err = d.store.View(ctx, "", func(tx Tx) error {
		refs, err = tx.DueMessages(channel, now, limit)
		return err
	})
	return refs, err
}

// ClaimMessage takes a due message for one attempt, so that no other process
// makes it at the same time. A process that dies loses its claim after two
// minutes: every message is sent at least once. ok is false when there is
// nothing to send any more. A verification that was settled meanwhile is
// dropped.
func (d *Directory) ClaimMessage(ctx context.Context, ref MessageRef) (m Message, ok bool, err error) {
	now := d.now()
	err = d.store.Update(ctx, ref.Org, func(tx Tx) error {
		m, ok = Message{}, false
		before, err := tx.Message(ref.ID)
		if err != nil {
			return err
		}
		if before.State != MessageQueued || before.NextAt.After(now) {
			return nil
		}
		m = before
		if id := m.Content.Verification; id != "" {
			v, err := tx.Verification(id)
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
		tx.UpdateMessage(before, m)
		return nil
	})
	if err != nil {
		return Message{}, false, fmt.Errorf("claim message %s: %w", ref.ID, err)
	}
	return m, ok, nil
}

// CaptureMessage keeps a due message to be read here instead of being sent. A
// verification that was settled meanwhile is kept too: the person may have read
// the message, and confirmed, before the next look for due ones.
func (d *Directory) CaptureMessage(ctx context.Context, ref MessageRef) error {
	now := d.now()
	err := d.store.Update(ctx, ref.Org, func(tx Tx) error {
		before, err := tx.Message(ref.ID)
		if err != nil || before.State != MessageQueued {
			return err
		}
		m := before
		m.State, m.DoneAt, m.Attempts = MessageCaptured, now, m.Attempts+1
		tx.UpdateMessage(before, m)
		return nil
	})
	if err != nil {
		return fmt.Errorf("capture message %s: %w", ref.ID, err)
	}
	return nil
}

// SettleMessage records the outcome of the attempt that m was claimed for:
// state MessageSent or, with a reason, that it failed and is tried again until
// it is a day old.
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
		tx.UpdateMessage(m, after)
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

// SweepMessages removes messages and verifications that are long settled.
func (d *Directory) SweepMessages(ctx context.Context) error {
	orgs, err := d.Orgs(ctx)
	if err != nil {
		return err
	}
	now := d.now()
	for _, o := range orgs {
		err := d.store.Update(ctx, o.ID, func(tx Tx) error {
			tx.SweepMessages(now.Add(-keepMessages), now.Add(-keepVerifications))
			return nil
		})
		if err != nil {
			return fmt.Errorf("sweep messages of %s: %w", o.ID, err)
		}
	}
	return nil
}
