package control

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// Message is a captured verification message.
type Message struct {
	ID        string    `json:"id"`
	Channel   string    `json:"channel"` // email or sms
	To        string    `json:"to"`      // as given to the API
	Subject   string    `json:"subject"`
	Text      string    `json:"text"`
	HTML      string    `json:"html"`
	Link      string    `json:"link"`
	Code      string    `json:"code"`
	ContactID string    `json:"contactId"`
	CreatedAt time.Time `json:"createdAt"`
}

// Messages reads what was captured instead of being sent.
type Messages interface {
	// Captured returns the messages of a channel to an address, newest first;
	// "" selects all.
	Captured(ctx context.Context, channel, to string) ([]Message, error)
}

// outbox reads the directory's outbox. Its payload is a Message's JSON.
type outbox struct{ d *directory.Directory }

const mostMessages = 1000

func (o outbox) Captured(ctx context.Context, channel, to string) ([]Message, error) {
	messages := []Message{}
	for _, kind := range []string{"email", "sms"} {
		if channel != "" && channel != kind {
			continue
		}
		items, err := o.d.Outbox(ctx, kind, mostMessages)
		if err != nil {
			return nil, err
		}
		for _, i := range items {
			if to != "" && i.Recipient != to {
				continue
			}
			var m Message
			if err := json.Unmarshal([]byte(i.Payload), &m); err != nil {
				return nil, err
			}
			m.ID, m.Channel, m.To, m.CreatedAt = i.ID, kind, i.Recipient, i.CreatedAt
			messages = append(messages, m)
		}
	}
	slices.SortStableFunc(messages, func(a, b Message) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return messages, nil
}

func (a *API) messages(w http.ResponseWriter, r *http.Request) {
	found, err := a.captured(r)
	if err != nil {
		a.failWith(w, r, err)
		return
	}
	answer(w, http.StatusOK, map[string]any{"messages": found})
}

// captured reads the messages that the query selects. Those of a production
// server cannot be read at all: they hold the codes that prove an address.
func (a *API) captured(r *http.Request) ([]Message, error) {
	if !a.Dev {
		return nil, notOffered
	}
	q := r.URL.Query()
	channel := q.Get("channel")
	if channel != "" && channel != "email" && channel != "sms" {
		return nil, invalid("channel: email or sms.")
	}
	return a.Messages.Captured(r.Context(), channel, q.Get("to"))
}

// How long a wait may take and how often it looks: another process on the same
// database may capture the message, so there is nothing to be woken by.
const (
	defaultWait = 10 * time.Second
	longestWait = 50 * time.Second
	lookEvery   = 50 * time.Millisecond
)

func (a *API) waitForMessage(w http.ResponseWriter, r *http.Request) {
	timeout := defaultWait
	if text := r.URL.Query().Get("timeout"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 || d > longestWait {
			fail(w, invalid("timeout: a duration from 0s to 50s, such as 10s."))
			return
		}
		timeout = d
	}
	after := time.NewTimer(timeout)
	defer after.Stop()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		found, err := a.captured(r)
		if err != nil {
			a.failWith(w, r, err)
			return
		}
		if len(found) > 0 {
			answer(w, http.StatusOK, found[0])
			return
		}
		select {
		case <-look.C:
		case <-after.C:
			fail(w, &refusal{http.StatusRequestTimeout, "timeout", "No message arrived in time."})
			return
		case <-r.Context().Done():
			return
		}
	}
}
