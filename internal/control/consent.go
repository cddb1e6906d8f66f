package control

import (
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// consentView is a consent as the API shows it: enough of the person to
// recognise who is known already.
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

// setConsent notes what a person says about becoming an employee. It needs an
// admin key: an app that could say it itself would need nobody's consent. The
// person stands in the body, because addresses of requests are logged.
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
			err = nil // as with grants: what is not there is withdrawn
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
