package directory

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Errors of resource directories. Methods wrap them with context; compare with errors.Is.
var (
	ErrDirectoryNotEnabled  = errors.New("the organisation has no resource directory")
	ErrDirectoryEnabled     = errors.New("the organisation has a resource directory already")
	ErrDirectoryElsewhere   = fmt.Errorf("%w: its account is a member of another's", ErrDirectoryEnabled)
	ErrDirectoryHasAccounts = errors.New("the resource directory has accounts")
)

// ResourceDirectory is the tree of folders and member accounts under an
// organisation's management account. Every organisation has at most one.
type ResourceDirectory struct {
	ID           string // rd-xxxxxx
	RootFolderID string // r-xxxxxx
	AccountID    string // the management account
	AccountName  string
	CreatedAt    time.Time

	ControlPolicyStatus string    // ControlPoliciesEnabled, ControlPoliciesDisabled, or on the way to one of them
	ControlPoliciesAt   time.Time // of its last change
	MemberDeletion      bool      // members may be deleted
	DisplayNameSync     bool      // texts name a member by its display name, else by its account name
}

// Statuses of control policies.
const (
	ControlPoliciesEnabled  = "Enabled"
	ControlPoliciesDisabled = "Disabled"
)

// RootFolderName is the name of every directory's root folder.
const RootFolderName = "root"

// ResourceDirectoryTx reads and writes the resource directory.
type ResourceDirectoryTx interface {
	// ResourceDirectory returns the organisation's, or ErrDirectoryNotEnabled.
	// An update locks it: every change of the tree reads it first, which
	// serialises checks of depth, quota and emptiness.
	ResourceDirectory() (ResourceDirectory, error)
	PutResourceDirectory(rd ResourceDirectory)
	// DirectoryOrg returns the organisation of a resource directory, or
	// ErrDirectoryNotEnabled. It answers across organisations.
	DirectoryOrg(id string) (org string, err error)
	// DeleteResourceDirectory removes it with its folders, its control policies
	// and the bindings of message contacts to the folders. It must have no accounts.
	DeleteResourceDirectory()
}

// ResourceDirectory returns the organisation's, or ErrDirectoryNotEnabled.
func (s *Session) ResourceDirectory(ctx context.Context) (rd ResourceDirectory, err error) {
	err = s.view(ctx, func(tx Tx) error {
		rd, err = tx.ResourceDirectory().ResourceDirectory()
		return err
	})
	return rd, err
}

// DirectoryOrg returns the organisation whose resource directory has an id, or
// ErrDirectoryNotEnabled.
func (d *Directory) DirectoryOrg(ctx context.Context, id string) (org string, err error) {
	err = d.store.View(ctx, "", func(tx Tx) error {
		org, err = tx.ResourceDirectory().DirectoryOrg(id)
		return err
	})
	return org, err
}

// SetMemberDeletion allows or forbids that members are deleted. It returns the
// directory, or ErrDirectoryNotEnabled.
func (s *Session) SetMemberDeletion(ctx context.Context, on bool) (ResourceDirectory, error) {
	return s.switchDirectory(ctx, "memberDeletion", on, func(rd *ResourceDirectory) *bool { return &rd.MemberDeletion })
}

// SetDisplayNameSync says whether texts name a member by its display name. It
// returns the directory, or ErrDirectoryNotEnabled.
func (s *Session) SetDisplayNameSync(ctx context.Context, on bool) (ResourceDirectory, error) {
	return s.switchDirectory(ctx, "displayNameSync", on, func(rd *ResourceDirectory) *bool { return &rd.DisplayNameSync })
}

func (s *Session) switchDirectory(ctx context.Context, name string, on bool, at func(*ResourceDirectory) *bool) (rd ResourceDirectory, err error) {
	err = s.updateWaiting(ctx, func(tx Tx) error {
		if rd, err = tx.ResourceDirectory().ResourceDirectory(); err != nil || *at(&rd) == on {
			return err
		}
		*at(&rd) = on
		tx.ResourceDirectory().PutResourceDirectory(rd)
		s.audit(tx, Change{Noun: "resource-directory", Object: rd.ID, Action: "update", Before: Record{name: !on}, After: Record{name: on}})
		return nil
	})
	if err != nil {
		return ResourceDirectory{}, fmt.Errorf("switch %s of the resource directory: %w", name, err)
	}
	return rd, nil
}

// DirectoryIdentity returns whom the directory belongs to: the name of the
// organisation.
func (s *Session) DirectoryIdentity(ctx context.Context) (name string, err error) {
	err = s.view(ctx, func(tx Tx) error {
		org, err := tx.Orgs().OrgByID(s.org)
		name = org.Name
		return err
	})
	return name, err
}

// NewDirectory says what resource directory to create.
type NewDirectory struct {
	AccountName string // of a new account to manage it; "" is the organisation's own
	Phone, Code string // of the new account, and what [Session.SendDirectoryPhoneCode] sent to it; "" none
	DryRun      bool   // check everything and change nothing but the count of wrong codes
}

// CreateResourceDirectory gives the organisation a resource directory with its
// root folder. It returns ErrDirectoryEnabled if there is one, which is
// ErrDirectoryElsewhere for an account that has just joined another's, or
// ErrVerificationCode.
func (s *Session) CreateResourceDirectory(ctx context.Context, n NewDirectory) (ResourceDirectory, error) {
	rd := ResourceDirectory{
		ID: "rd-" + s.dir.ids.Base62(6), RootFolderID: "r-" + s.dir.ids.Base62(6), CreatedAt: s.now,
		ControlPolicyStatus: ControlPoliciesDisabled, MemberDeletion: s.dir.settings.MemberDeletion,
	}
	run := s.update
	if n.DryRun && n.Phone == "" {
		run = s.view
	}
	var outcome error // a wrong code must be counted, so the transaction itself succeeds
	err := run(ctx, func(tx Tx) error {
		own, err := s.withoutDirectory(tx)
		if err != nil {
			return err
		}
		if own.MemberOf != "" {
			return ErrDirectoryElsewhere
		}
		if n.AccountName != "" {
			own, outcome, err = s.newManager(tx, own, n)
		}
		rd.AccountID, rd.AccountName = own.ID, own.Name
		if err != nil || outcome != nil || n.DryRun {
			return err
		}
		s.dir.putAliyunAccount(tx, own)
		tx.ResourceDirectory().PutResourceDirectory(rd)
		tx.Folders().PutFolder(Folder{ID: rd.RootFolderID, Name: RootFolderName, CreatedAt: s.now})
		s.audit(tx, Change{Noun: "resource-directory", Object: rd.ID, Action: "create", After: Record{"account": rd.AccountID}})
		return nil
	})
	if err == nil {
		err = outcome
	}
	if err != nil {
		return ResourceDirectory{}, fmt.Errorf("create the resource directory: %w", err)
	}
	s.dir.access.clear() // cached keys name their management account
	return rd, nil
}

// withoutDirectory returns the account of an organisation that has no directory
// yet, else ErrDirectoryEnabled. It locks the organisation: there is no directory
// to lock.
func (s *Session) withoutDirectory(tx Tx) (AliyunAccount, error) {
	org, err := tx.Orgs().OrgToChange()
	if err != nil {
		return AliyunAccount{}, err
	}
	switch _, err := tx.ResourceDirectory().ResourceDirectory(); {
	case err == nil:
		return AliyunAccount{}, ErrDirectoryEnabled
	case !errors.Is(err, ErrDirectoryNotEnabled):
		return AliyunAccount{}, err
	}
	return s.aliyunAccount(tx, org)
}

// newManager returns a new account that takes the place of own. Its phone, if it
// is to have one, must have been confirmed by a code.
func (s *Session) newManager(tx Tx, own AliyunAccount, n NewDirectory) (fresh AliyunAccount, outcome, failure error) {
	fresh = own
	fresh.ID, fresh.Name, fresh.Email = s.dir.ids.Digits(16), n.AccountName, ""
	if n.Phone == "" {
		return fresh, nil, nil
	}
	outcome, failure = s.useCode(tx, own.ID, DirectoryPhonePurpose, n.Phone, n.Code, n.DryRun)
	if outcome == nil && failure == nil && !n.DryRun {
		tx.SecureInfo().PutSecureInfo(SecureInfo{AccountID: fresh.ID, Phone: n.Phone})
	}
	return fresh, outcome, failure
}

// EnableResourceDirectory is CreateResourceDirectory, but returns the existing
// directory if there is one.
func (s *Session) EnableResourceDirectory(ctx context.Context) (ResourceDirectory, error) {
	rd, err := s.CreateResourceDirectory(ctx, NewDirectory{})
	if errors.Is(err, ErrDirectoryEnabled) && !errors.Is(err, ErrDirectoryElsewhere) {
		return s.ResourceDirectory(ctx)
	}
	return rd, err
}

// DestroyResourceDirectory deletes the directory and its folders; the
// organisation keeps its account. Message
// contacts stay without bindings. It returns ErrDirectoryNotEnabled or
// ErrDirectoryHasAccounts.
func (s *Session) DestroyResourceDirectory(ctx context.Context) error {
	err := s.update(ctx, func(tx Tx) error {
		rd, err := tx.ResourceDirectory().ResourceDirectory()
		if err != nil {
			return err
		}
		switch _, accounts, err := tx.Accounts().Accounts(AccountFilter{}); {
		case err != nil:
			return err
		case accounts > 0:
			return ErrDirectoryHasAccounts
		}
		unbind, err := s.unbinding(tx)
		if err != nil {
			return err
		}
		unbind()
		tx.ResourceDirectory().DeleteResourceDirectory()
		s.audit(tx, Change{Noun: "resource-directory", Object: rd.ID, Action: "delete", Before: Record{"account": rd.AccountID}})
		return nil
	})
	if err != nil {
		return fmt.Errorf("destroy the resource directory: %w", err)
	}
	s.dir.access.clear()
	return nil
}
