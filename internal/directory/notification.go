package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrNotificationText: a subject or text is blank or too long.
var ErrNotificationText = errors.New("subject or text of the notification is not acceptable")

// Notification is a message to the receivers of an account's messages of a
// type.
type Notification struct {
	AccountID string
	Type      string // one of MessageTypes
	Subject   string
	Text      string
}

// Limits of a notification's texts, in characters.
const (
	maxSubject = 200
	maxText    = 10_000
)

// Notified is a notification that was sent, with its receivers.
type Notified struct {
	ID        string
	Receivers []Receiver
}

// Receiver is a contact that gets a notification, with the channels it gets it
// over.
type Receiver struct {
	ContactID string
	Channels  []string
}

// NotifyAccount sends the notification to the verified channels of every
// contact that is in effect for the account and receives messages of the type,
// and records each receiver
// (docs/spec/resource-directory.md#receivers-of-a-notification). Messages leave
// after the commit. It returns ErrMessageType, ErrNotificationText or
// ErrAccountNotFound; having no receiver is not an error.
func (s *Session) NotifyAccount(ctx context.Context, n Notification) (Notified, error) {
	if err := n.check(); err != nil {
		return Notified{}, err
	}
	// The id is generated here because the function below may run more than
	// once.
	d := Notified{ID: "n-" + s.dir.ids.Base62(16)}
	err := s.update(ctx, func(tx Tx) error {
		d.Receivers = nil
		contacts, err := effectiveContacts(tx, n.AccountID)
		if err != nil {
			return err
		}
		for _, c := range contacts {
			if !slices.Contains(c.MessageTypes, n.Type) {
				continue
			}
			if r := s.deliver(tx, d.ID, c.MessageContact, n); len(r.Channels) > 0 {
				d.Receivers = append(d.Receivers, r)
			}
		}
		s.audit(tx, Change{Noun: "notification", Object: d.ID, Action: "send", After: Record{
			"account": n.AccountID, "type": n.Type, "subject": n.Subject, "receivers": receiverRecord(d.Receivers),
		}})
		return nil
	})
	if err != nil {
		return Notified{}, fmt.Errorf("notify account %s: %w", n.AccountID, err)
	}
	return d, nil
}

func (s *Session) deliver(tx Tx, id string, c MessageContact, n Notification) Receiver {
	r := Receiver{ContactID: c.ID}
	for _, over := range []struct{ channel, to string }{{EmailChannel, c.Email.Reached()}, {SMSChannel, c.Phone.Reached()}} {
		if over.to == "" {
			continue
		}
		tx.Messages().InsertMessage(Message{
			// One message of a notification per contact and channel.
			ID: id + "." + c.ID + "." + over.channel, Org: s.org, Channel: over.channel, Topic: NotificationMessage, Object: c.ID, To: over.to,
			Content:   MessageContent{Name: c.Name, Subject: n.Subject, Text: n.Text},
			CreatedAt: s.now, NextAt: s.now, State: MessageQueued,
		})
		r.Channels = append(r.Channels, over.channel)
	}
	return r
}

func receiverRecord(rs []Receiver) map[string][]string {
	m := make(map[string][]string, len(rs))
	for _, r := range rs {
		m[r.ContactID] = r.Channels
	}
	return m
}

func (n Notification) check() error {
	if !slices.Contains(MessageTypes, n.Type) {
		return fmt.Errorf("%w: %q is not one of %s", ErrMessageType, n.Type, strings.Join(MessageTypes, ", "))
	}
	switch subject, text := utf8.RuneCountInString(n.Subject), utf8.RuneCountInString(n.Text); {
	case subject == 0 || subject > maxSubject || strings.ContainsFunc(n.Subject, unicode.IsControl):
		return fmt.Errorf("%w: the subject is one line of 1 to %d characters", ErrNotificationText, maxSubject)
	case text == 0 || text > maxText || !utf8.ValidString(n.Text) || !utf8.ValidString(n.Subject):
		return fmt.Errorf("%w: the text has 1 to %d characters", ErrNotificationText, maxText)
	}
	return nil
}
