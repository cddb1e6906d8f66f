package control

import (
	"net/http"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// delivery is the state of sending a message. It has neither the receiver's full address
// nor any content, so a production server may show it.
type delivery struct {
	ID        string     `json:"id"`
	Org       string     `json:"org"`
	Channel   string     `json:"channel"`
	Topic     string     `json:"topic"`
	ContactID string     `json:"contactId"`
	To        string     `json:"to"` // masked
	State     string     `json:"state"`
	Attempts  int64      `json:"attempts"`
	LastError string     `json:"lastError,omitempty"`
	CreatedAt time.Time  `json:"createdAt"`
	NextAt    *time.Time `json:"nextAt,omitempty"` // of the next attempt
	DoneAt    *time.Time `json:"doneAt,omitempty"`
}

// deliveries answers GET /_mingce/deliveries?org=ID&channel=email|sms&to=ADDR,
// newest first.
func (a *API) deliveries(w http.ResponseWriter, r *http.Request) (any, error) {
	q := r.URL.Query()
	org, err := a.orgAsked(r)
	if err != nil {
		return nil, err
	}
	found, err := a.Directory.Messages(r.Context(), directory.MessageFilter{Org: org, Channel: q.Get("channel"), To: receiver(q), Limit: mostMessages})
	if err != nil {
		return nil, err
	}
	list := make([]delivery, len(found))
	for i, m := range found {
		list[i] = delivery{
			ID: m.ID, Org: m.Org, Channel: m.Channel, Topic: m.Topic, ContactID: m.Object, To: directory.MaskAddress(m.To),
			State: m.State, Attempts: m.Attempts, LastError: m.LastError, CreatedAt: m.CreatedAt,
		}
		if m.State == directory.MessageQueued {
			list[i].NextAt = &m.NextAt
		}
		if !m.DoneAt.IsZero() {
			list[i].DoneAt = &m.DoneAt
		}
	}
	return map[string]any{"deliveries": list}, nil
}
