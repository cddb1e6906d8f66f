package directory

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Errors of creating and deleting organisations.
var (
	// ErrOrgDeleted: an organisation with that id was deleted. Ids are not
	// reused: grants, histories and backups elsewhere still refer to the old
	// organisation.
	ErrOrgDeleted = errors.New("an organisation with this id was deleted")
	// ErrOrgSetting: the id or the name of an organisation is not acceptable.
	ErrOrgSetting = errors.New("not acceptable for an organisation")
	// ErrOrgActive: only a disabled organisation can be deleted.
	ErrOrgActive = errors.New("organisation is not disabled")
)

// OpenOrg is CreateOrg followed by CreateResourceDirectory. If it was
// interrupted between the two, calling it again completes the organisation.
func (s *Session) OpenOrg(ctx context.Context, name string, admin Employee) (ResourceDirectory, error) {
	created := s.CreateOrg(ctx, name, admin)
	if created != nil && !errors.Is(created, ErrConflict) {
		return ResourceDirectory{}, created
	}
	rd, err := s.CreateResourceDirectory(ctx, NewDirectory{})
	if errors.Is(err, ErrDirectoryEnabled) {
		err = created // the organisation exists and is complete
	}
	return rd, err
}

// SetOrgCreator records the org account, of this or another organisation, that
// created the organisation. It returns ErrOrgNotFound, ErrEmployeeNotFound or
// ErrNotOwnAccount.
func (s *Session) SetOrgCreator(ctx context.Context, creator AccountRef) error {
	var e Employee
	err := s.dir.store.View(ctx, creator.Org, func(tx Tx) (err error) {
		e, err = tx.Employees().Employee(creator.UserID)
		return err
	})
	if err == nil && !e.OwnAccount() {
		err = ErrNotOwnAccount
	}
	if err == nil {
		err = s.changeOrg(ctx, "set-creator", func(o *Org) Record {
			o.Creator = e.Account
			return Record{"creator": creator.UserID, "creatorCorpId": creator.Org}
		})
	}
	if err != nil {
		return fmt.Errorf("creator of organisation %s: %w", s.org, err)
	}
	return nil
}

// ErrCertification: a certification is not acceptable.
var ErrCertification = errors.New("certification is not acceptable: the level is 0, 1 or 2, and only a certified organisation has a licence")

// maxCertificationText bounds each text of a certification.
const maxCertificationText = 500

// CertifyOrg records how the organisation was certified, and replaces what was
// recorded before. It returns ErrOrgNotFound or ErrCertification.
func (s *Session) CertifyOrg(ctx context.Context, c Certification) error {
	if c.Level < 0 || c.Level > 2 || c.Level == 0 && c != (Certification{}) {
		return fmt.Errorf("certify organisation %s: %w", s.org, ErrCertification)
	}
	for _, text := range []string{c.LicenseOrgName, c.RegistrationNum, c.UnifiedSocialCredit, c.OrganizationCode, c.LegalPerson, c.LicenseURL} {
		if len(text) > maxCertificationText || !utf8.ValidString(text) {
			return fmt.Errorf("certify organisation %s: a text is longer than %d bytes: %w", s.org, maxCertificationText, ErrCertification)
		}
	}
	err := s.changeOrg(ctx, "certify", func(o *Org) Record {
		if o.Certification == c {
			return nil
		}
		o.Certification = c
		return Record{"certification": c}
	})
	if err != nil {
		return fmt.Errorf("certify organisation %s: %w", s.org, err)
	}
	return nil
}

// SetOrgDisabled disables the organisation or enables it again. Tokens, keys
// and logins of a disabled organisation are refused: at once in this process,
// within a second in others. It returns ErrOrgNotFound.
func (s *Session) SetOrgDisabled(ctx context.Context, disabled bool) error {
	action := "enable"
	if disabled {
		action = "disable"
	}
	err := s.changeOrg(ctx, action, func(o *Org) Record {
		if o.Disabled == disabled {
			return nil
		}
		o.Disabled = disabled
		return Record{"disabled": disabled}
	})
	if err != nil {
		return fmt.Errorf("%s organisation %s: %w", action, s.org, err)
	}
	return nil
}

// changeOrg applies change and audits the Record it returns; nil means that
// nothing changed.
func (s *Session) changeOrg(ctx context.Context, action string, change func(*Org) Record) error {
	err := s.update(ctx, func(tx Tx) error {
		o, err := tx.Orgs().OrgToChange()
		if err != nil {
			return err
		}
		after := change(&o)
		if after == nil {
			return nil
		}
		tx.Orgs().PutOrg(o)
		s.audit(tx, Change{Noun: orgNoun, Object: s.org, Action: action, After: after})
		return nil
	})
	s.dir.Forget()
	return err
}

// orgNoun names organisations in the history.
const orgNoun = "org"

// DeleteOrg deletes a disabled organisation: all its data, the grants it gave
// and received, and the employees of other organisations that joined with its
// accounts. It destroys the organisation's keys, so that nothing sealed under
// them can be read again, not even from backups. The history remains, with
// unreadable values. It returns ErrOrgNotFound or ErrOrgActive. Calls that were
// admitted before the organisation was disabled either complete before the
// deletion or are refused with ErrOrgDeleted.
func (s *Session) DeleteOrg(ctx context.Context) error {
	if err := s.endGrantsToOrg(ctx); err != nil {
		return fmt.Errorf("delete organisation %s: %w", s.org, err)
	}
	if err := s.endAllMemberships(ctx); err != nil {
		return fmt.Errorf("delete organisation %s: %w", s.org, err)
	}
	err := s.update(ctx, func(tx Tx) error {
		o, err := tx.Orgs().OrgToChange()
		if err != nil {
			return err
		}
		if !o.Disabled {
			return ErrOrgActive
		}
		s.audit(tx, Change{Noun: orgNoun, Object: s.org, Action: "delete"})
		tx.Orgs().EraseOrg(s.now)
		return nil
	})
	if err != nil {
		return fmt.Errorf("delete organisation %s: %w", s.org, err)
	}
	s.dir.Forget()
	return nil
}

// endGrantsToOrg withdraws the grants of other organisations to this one, each
// in a session of that organisation, so that its history records it. EraseOrg
// deletes grants made in the meantime.
func (s *Session) endGrantsToOrg(ctx context.Context) error {
	var givers []string
	err := s.view(ctx, func(tx Tx) error {
		o, err := tx.Orgs().OrgByID(s.org)
		if err == nil && !o.Disabled {
			err = ErrOrgActive
		}
		if err == nil {
			givers, err = tx.Orgs().OrgsGrantingTo()
		}
		return err
	})
	for _, giver := range givers {
		if err != nil {
			break
		}
		caller := s.caller
		caller.Org = giver
		g := s.dir.Session(caller, s.api, s.requestID)
		if err = g.WithdrawGrant(ctx, s.org, ""); err == nil {
			err = g.WithdrawJoin(ctx, s.org)
		}
	}
	return err
}

func (s *Session) endAllMemberships(ctx context.Context) error {
	var members []AccountRef
	err := s.view(ctx, func(tx Tx) (err error) {
		members, err = tx.Employees().JoinedWith("")
		return err
	})
	if err != nil {
		return err
	}
	return s.endMemberships(ctx, members)
}

// CertifiedOrg returns the organisation of that id, "" for the caller's own. It
// returns ErrOrgNotFound, or ErrOutOfScope for another one.
func (s *Session) CertifiedOrg(ctx context.Context, id string) (o Org, err error) {
	if id == "" {
		id = s.org
	}
	err = s.view(ctx, func(tx Tx) error {
		if o, err = tx.Orgs().OrgByID(id); err == nil && id != s.org {
			return fmt.Errorf("organisation %s: %w", id, ErrOutOfScope)
		}
		return err
	})
	return o, err
}
