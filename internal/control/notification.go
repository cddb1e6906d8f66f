package control

import (
	"crypto/rand"
	"errors"
	"mime"
	"net/http"

	"github.com/mingce/mingce/internal/directory"
)

// notification is the body of POST /mingce/v1/orgs/{corpId}/notifications.
type notification struct {
	Account string `json:"account"`
	Type    string `json:"type"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

// deliveryView says who gets a notification, without addresses: the caller does not need
// them.
type deliveryView struct {
	ID        string         `json:"id"`
	Receivers []receiverView `json:"receivers"`
}

type receiverView struct {
	ContactID string   `json:"contactId"`
	Channels  []string `json:"channels"`
}

// notify sends a notification to the message contacts of an account.
func (a *API) notify(w http.ResponseWriter, r *http.Request) (any, error) {
	var n notification
	s, err := a.adminSession(w, r, "SendNotification", &n)
	if err != nil {
		return nil, err
	}
	d, err := s.NotifyAccount(r.Context(), directory.Notification{AccountID: n.Account, Type: n.Type, Subject: n.Subject, Text: n.Text})
	switch {
	case errors.Is(err, directory.ErrMessageType), errors.Is(err, directory.ErrNotificationText):
		err = invalid(err.Error())
	case errors.Is(err, directory.ErrAccountNotFound), errors.Is(err, directory.ErrDirectoryNotEnabled):
		err = noAccount
	}
	if err != nil {
		return nil, err
	}
	view := deliveryView{ID: d.ID, Receivers: make([]receiverView, len(d.Receivers))}
	for i, to := range d.Receivers {
		view.Receivers[i] = receiverView(to)
	}
	return view, nil
}

// adminSession reads the body of an administrator's call and begins a session on the
// organisation of the path, which must exist.
func (a *API) adminSession(w http.ResponseWriter, r *http.Request, call string, body any) (*directory.Session, error) {
	// A page of another site can make a browser send a form, but not JSON.
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, invalid("Send the body with Content-Type: application/json.")
	}
	if err := read(w, r, body); err != nil {
		return nil, err
	}
	s := a.Directory.Session(a.administrator(r), call, rand.Text())
	w.Header().Set("X-Request-Id", s.RequestID())
	return s, a.knownOrg(r, s)
}

// knownOrg refuses a call on an organisation that does not exist.
func (a *API) knownOrg(r *http.Request, s *directory.Session) error {
	_, err := a.Directory.Org(r.Context(), s.Org())
	if errors.Is(err, directory.ErrOrgNotFound) {
		return noOrg
	}
	return err
}

var noAccount = &refusal{http.StatusNotFound, "notFound", "The organisation's resource directory has no such account."}

// administrator returns the holder of the admin key that guarded let through, acting for
// the organisation of the path. On a development server it may be anybody.
func (a *API) administrator(r *http.Request) directory.Principal {
	p, err := a.Directory.Administrator(r.Context(), adminKey(r))
	if err != nil {
		p = directory.Principal{Kind: directory.AdminCaller, ID: "control API", Name: "control API"}
	}
	p.Org = r.PathValue("org")
	return p
}
