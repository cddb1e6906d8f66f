package control

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// Message is a captured message with its rendered text.
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

const mostMessages = 1000

// receiver returns the address that the query asks for. An unescaped plus of a number has
// become a space.
func receiver(q url.Values) string {
	to := q.Get("to")
	if rest, ok := strings.CutPrefix(to, " "); ok && rest != "" && !strings.Contains(rest, "@") {
		return "+" + rest
	}
	return to
}

func (a *API) messages(w http.ResponseWriter, r *http.Request) (any, error) {
	found, err := a.captured(r)
	if err != nil {
		return nil, err
	}
	return map[string]any{"messages": found}, nil
}

// captured returns the messages that the query selects: those that were captured instead of
// being sent, or not delivered yet. On a production server none can be read, because they
// contain the codes that verify an address.
func (a *API) captured(r *http.Request) ([]Message, error) {
	if !a.Dev {
		return nil, notOffered
	}
	q := r.URL.Query()
	channel := q.Get("channel")
	if channel != "" && channel != "email" && channel != "sms" {
		return nil, invalid("channel: email or sms.")
	}
	found, err := a.Directory.Messages(r.Context(), directory.MessageFilter{Channel: channel, To: receiver(q), Readable: true, Limit: mostMessages})
	if err != nil {
		return nil, err
	}
	messages := make([]Message, len(found))
	for i, m := range found {
		l, err := a.Render(a.Directory, m)
		if err != nil {
			return nil, err
		}
		messages[i] = Message{
			ID: m.ID, Channel: m.Channel, To: m.To, Subject: l.Subject, Text: l.Text, HTML: l.HTML,
			Link: l.Link, Code: l.Code, ContactID: m.Object, CreatedAt: m.CreatedAt,
		}
	}
	return messages, nil
}

// How long a wait may take, and how often it polls: another process on the same database
// may capture the message, so nothing can wake the wait.
const (
	defaultWait = 10 * time.Second
	longestWait = 50 * time.Second
	lookEvery   = 50 * time.Millisecond
)

func (a *API) waitForMessage(w http.ResponseWriter, r *http.Request) (any, error) {
	timeout := defaultWait
	if text := r.URL.Query().Get("timeout"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 || d > longestWait {
			return nil, invalid("timeout: a duration from 0s to 50s, such as 10s.")
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
			return nil, err
		}
		if len(found) > 0 {
			return found[0], nil
		}
		select {
		case <-look.C:
		case <-after.C:
			return nil, &refusal{http.StatusRequestTimeout, "timeout", "No message arrived in time."}
		case <-r.Context().Done():
			return nil, context.Canceled // nobody reads an answer
		}
	}
}
