package directory

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Consent is that a person agreed to become an employee, where the deployment
// asks for it (Settings.RequireConsent;
// docs/spec/org-accounts.md#consent-of-new-employees). The vendor invites the person and adds
// whoever accepts; here an administrator notes what the person said.
//
// Decision: a consent is for being added once. It goes with its use, so that
// who was deleted is asked again, and ends by itself after ConsentLife.
type Consent struct {
	ID      string
	Person  string // "86-13800001001", or a login mail in lower case
	GivenAt time.Time
}

// ConsentLife is how long a consent waits to be used.
const ConsentLife = 30 * 24 * time.Hour

// Until returns when the consent ends by itself.
func (c Consent) Until() time.Time { return c.GivenAt.Add(ConsentLife) }

// Errors of consents.
var (
	ErrConsentNotFound = errors.New("the person has not agreed, or withdrew it, or was added already")
	ErrConsentPerson   = errors.New("a person is named by a mobile or a login mail")
)

// ConsentTx reads and writes consents.
type ConsentTx interface {
	// Consent returns the person's consent, or ErrConsentNotFound, whether its
	// time is over or not. In an update nobody else changes it before the call ends.
	Consent(person string) (Consent, error)
	// Consents returns all, the oldest first.
	Consents() ([]Consent, error)
	// PutConsent writes a consent in place of the person's former one.
	PutConsent(c Consent)
	DeleteConsent(person string)
	// SweepConsents deletes those given before a time.
	SweepConsents(before time.Time)
}

const consentNoun = "consent"

// GiveConsent notes that a person agreed to become an employee; again, it
// begins anew. It returns ErrConsentPerson.
func (s *Session) GiveConsent(ctx context.Context, person string) (c Consent, err error) {
	c = Consent{ID: s.dir.ids.Base62(16), GivenAt: s.now.Truncate(time.Millisecond)} // as it is kept
	if c.Person, err = s.dir.consentPerson(person); err != nil {
		return Consent{}, fmt.Errorf("give consent: %w", err)
	}
	err = s.update(ctx, func(tx Tx) error {
		tx.SweepConsents(s.now.Add(-ConsentLife))
		tx.PutConsent(c)
		s.audit(tx, Change{Noun: consentNoun, Object: c.ID, Action: "give", After: c.record()})
		return nil
	})
	if err != nil {
		return Consent{}, fmt.Errorf("give consent: %w", err)
	}
	return c, nil
}

// WithdrawConsent notes that a person no longer agrees, and returns the person as
// consents name them. The error is ErrConsentPerson, or ErrConsentNotFound when
// there is nothing to withdraw.
func (s *Session) WithdrawConsent(ctx context.Context, person string) (named string, err error) {
	if named, err = s.dir.consentPerson(person); err != nil {
		return "", fmt.Errorf("withdraw consent: %w", err)
	}
	err = s.update(ctx, func(tx Tx) error {
		c, err := s.openConsent(tx, named)
		if err != nil {
			return err
		}
		tx.DeleteConsent(named)
		s.audit(tx, Change{Noun: consentNoun, Object: c.ID, Action: "withdraw", Before: c.record()})
		return nil
	})
	if err != nil {
		return named, fmt.Errorf("withdraw consent: %w", err)
	}
	return named, nil
}

// Consents returns those that wait to be used, the oldest first.
func (s *Session) Consents(ctx context.Context) (open []Consent, err error) {
	err = s.view(ctx, func(tx Tx) error {
		cs, err := tx.Consents()
		open = nil
		for _, c := range cs {
			if s.now.Before(c.Until()) {
				open = append(open, c)
			}
		}
		return err
	})
	return open, err
}

// needsConsent tells whether adding the employee uses up a consent: an app adds
// somebody with an account of their own.
func (s *Session) needsConsent(e Employee) bool {
	return s.dir.settings.RequireConsent && s.caller.Kind == AppCaller && e.AccountType == AccountNormal
}

// consentOf returns the consent of somebody who is to be added, or
// ErrEmployeeConsent.
func (s *Session) consentOf(tx Tx, e Employee) (Consent, error) {
	person := e.Mobile
	if person == "" {
		person = strings.ToLower(e.Private.LoginEmail)
	}
	c, err := s.openConsent(tx, person)
	if errors.Is(err, ErrConsentNotFound) {
		return c, ErrEmployeeConsent
	}
	return c, err
}

// useConsent ends a consent with what it was given for.
func (s *Session) useConsent(tx Tx, c Consent, userID string) {
	tx.DeleteConsent(c.Person)
	s.audit(tx, Change{Noun: consentNoun, Object: c.ID, Action: "use", Before: c.record(), After: Record{"userid": userID}})
}

func (s *Session) openConsent(tx Tx, person string) (Consent, error) {
	c, err := tx.Consent(person)
	if err == nil && !s.now.Before(c.Until()) {
		err = ErrConsentNotFound
	}
	return c, err
}

// consentPerson is how a person is named who is no employee yet.
func (d *Directory) consentPerson(text string) (string, error) {
	if mail := strings.TrimSpace(text); IsMail(mail) && len(mail) <= MaxLoginEmail {
		return strings.ToLower(mail), nil
	}
	mobile, err := d.readMobile(text)
	if err != nil {
		return "", ErrConsentPerson
	}
	return mobile, nil
}

func (c Consent) record() Record {
	if strings.Contains(c.Person, "@") {
		return Record{"login_email": c.Person}
	}
	return Record{"mobile": c.Person}
}
