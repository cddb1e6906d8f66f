package control

import (
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// consentView is a consent as the API shows it. The person is masked: enough to recognise
// somebody one knows.
type consentView struct {
	Person  string     `json:"person"`
	Given   bool       `json:"given"`
	GivenAt *time.Time `json:"givenAt,omitempty"`
	Until   *time.Time `json:"until,omitempty"`
}

func viewConsent(c directory.Consent) consentView {
	until := c.Until()
	return consentView{directory.MaskAddress(c.Person), true, &c.GivenAt, &until}
}

// setConsent records whether a person agrees to become an employee. It needs an admin key:
// an app that could do this would not need anybody's consent. The person is in the body,
// because URLs are logged.
func (a *API) setConsent(w http.ResponseWriter, r *http.Request) (any, error) {
	var said struct {
		Person string `json:"person"`
		Given  *bool  `json:"given"`
	}
	s, err := a.adminSession(w, r, "SetConsent", &said)
	if err == nil && said.Given == nil {
		err = invalid("given: true or false.")
	}
	if err != nil {
		return nil, err
	}
	var view consentView
	if *said.Given {
		var c directory.Consent
		c, err = s.GiveConsent(r.Context(), said.Person)
		view = viewConsent(c)
	} else {
		view.Person, err = s.WithdrawConsent(r.Context(), said.Person)
		view.Person = directory.MaskAddress(view.Person)
		if errors.Is(err, directory.ErrConsentNotFound) {
			err = nil // as with grants, withdrawing what is not there succeeds
		}
	}
	if errors.Is(err, directory.ErrConsentPerson) {
		err = invalid("person: a mobile, such as +86-13900001234, or a login mail.")
	}
	if err != nil {
		return nil, err
	}
	return view, nil
}

func (a *API) listConsents(w http.ResponseWriter, r *http.Request) (any, error) {
	s := a.Directory.Session(a.administrator(r), "ListConsents", rand.Text())
	if err := a.knownOrg(r, s); err != nil {
		return nil, err
	}
	cs, err := s.Consents(r.Context())
	if err != nil {
		return nil, err
	}
	views := make([]consentView, len(cs))
	for i, c := range cs {
		views[i] = viewConsent(c)
	}
	return map[string]any{"consents": views}, nil
}
