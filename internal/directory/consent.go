package directory

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Consent records that a person agreed to become an employee, where the
// deployment requires it (Settings.RequireConsent;
// docs/spec/org-accounts.md#consent-of-new-employees). The vendor invites the
// person and adds whoever accepts; here an administrator records the person's
// agreement.
//
// Decision: a consent is good for one addition, so that a deleted employee is
// asked again, and expires after ConsentLife.
type Consent struct {
	ID      string
	Person  string // "86-13800001001", or a login mail in lower case
	GivenAt time.Time
}

// ConsentLife is how long an unused consent is valid.
const ConsentLife = 30 * 24 * time.Hour

// Until returns when the consent expires.
func (c Consent) Until() time.Time { return c.GivenAt.Add(ConsentLife) }

// Errors of consents.
var (
	ErrConsentNotFound = errors.New("the person has not agreed, or withdrew it, or was added already")
	ErrConsentPerson   = errors.New("a person is named by a mobile or a login mail")
)

// ConsentTx reads and writes consents.
type ConsentTx interface {
	// Consent returns the person's consent, expired or not, or
	// ErrConsentNotFound. An update locks it.
	Consent(person string) (Consent, error)
	// Consents returns all, the oldest first.
	Consents() ([]Consent, error)
	// PutConsent writes a consent and replaces the person's former one.
	PutConsent(c Consent)
	DeleteConsent(person string)
	// SweepConsents deletes those given before a time.
	SweepConsents(before time.Time)
}

const consentNoun = "consent"

// GiveConsent records that a person agreed to become an employee. Repeating it
// restarts ConsentLife. It returns ErrConsentPerson.
func (s *Session) GiveConsent(ctx context.Context, person string) (c Consent, err error) {
	c = Consent{ID: s.dir.ids.Base62(16), GivenAt: s.now.Truncate(time.Millisecond)} // as it is stored
	if c.Person, err = s.dir.consentPerson(person); err != nil {
		return Consent{}, fmt.Errorf("give consent: %w", err)
	}
	err = s.update(ctx, func(tx Tx) error {
		tx.Employees().SweepConsents(s.now.Add(-ConsentLife))
		tx.Employees().PutConsent(c)
		s.audit(tx, Change{Noun: consentNoun, Object: c.ID, Action: "give", After: c.record()})
		return nil
	})
	if err != nil {
		return Consent{}, fmt.Errorf("give consent: %w", err)
	}
	return c, nil
}

// WithdrawConsent deletes a person's consent and returns the person as consents
// name them. It returns ErrConsentPerson, or ErrConsentNotFound when there is
// nothing to withdraw.
func (s *Session) WithdrawConsent(ctx context.Context, person string) (named string, err error) {
	if named, err = s.dir.consentPerson(person); err != nil {
		return "", fmt.Errorf("withdraw consent: %w", err)
	}
	err = s.update(ctx, func(tx Tx) error {
		c, err := s.openConsent(tx, named)
		if err != nil {
			return err
		}
		tx.Employees().DeleteConsent(named)
		s.audit(tx, Change{Noun: consentNoun, Object: c.ID, Action: "withdraw", Before: c.record()})
		return nil
	})
	if err != nil {
		return named, fmt.Errorf("withdraw consent: %w", err)
	}
	return named, nil
}

// Consents returns the consents that were not used yet, the oldest first.
func (s *Session) Consents(ctx context.Context) (open []Consent, err error) {
	err = s.view(ctx, func(tx Tx) error {
		cs, err := tx.Employees().Consents()
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

// needsConsent reports whether adding the employee requires a consent: it does
// when an app adds a person with a personal account.
func (s *Session) needsConsent(e Employee) bool {
	return s.dir.settings.RequireConsent && s.caller.Kind == AppCaller && e.AccountType == AccountNormal
}

// consentOf returns the consent of a person to be added, or ErrEmployeeConsent.
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

// useConsent deletes a consent that was used.
func (s *Session) useConsent(tx Tx, c Consent, userID string) {
	tx.Employees().DeleteConsent(c.Person)
	s.audit(tx, Change{Noun: consentNoun, Object: c.ID, Action: "use", Before: c.record(), After: Record{"userid": userID}})
}

func (s *Session) openConsent(tx Tx, person string) (Consent, error) {
	c, err := tx.Employees().Consent(person)
	if err == nil && !s.now.Before(c.Until()) {
		err = ErrConsentNotFound
	}
	return c, err
}

// consentPerson returns how consents name a person who is not an employee yet.
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
