package directory

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Errors of accounts. Methods wrap them with context; compare with errors.Is.
var (
	ErrAccountNotFound    = errors.New("account not found")
	ErrAccountDisplayName = errors.New("another account has this display name")
	ErrAccountName        = errors.New("another account has this name")
	ErrAccountQuota       = errors.New("too many accounts")
	ErrAccountType        = errors.New("type of the account does not allow this")
	ErrAccountSameType    = errors.New("account has this type already")
	// ErrAccountUnbinding is an ErrBusy that a short wait does not resolve.
	ErrAccountUnbinding = fmt.Errorf("a message contact is being taken away from a folder above the account: %w", ErrBusy)
)

// Account is a member account.
type Account struct {
	ID          string // 16 digits
	FolderID    string
	DisplayName string // unique in the directory
	Name        string // unique in the directory
	Type        string // ResourceAccount or CloudAccount
	Status      string
	JoinMethod  string // created or invited
	PayerID     string // another account of the directory; "" pays for itself
	JoinedAt    time.Time
	ModifiedAt  time.Time
	Tags        []Tag    // written with a new account
	Checked     bool     // somebody had it checked whether the account can be deleted
	Deletion    string   // status of a deletion that failed; filled on reading
	Path        []string // ids from the directory down to the account; filled by Session methods
}

// Types of accounts.
const (
	ResourceAccount = "ResourceAccount"
	CloudAccount    = "CloudAccount"
)

// Statuses of accounts that we set.
const (
	AccountCreated  = "CreateSuccess"
	AccountSwitched = "SwitchSuccess"
)

// accountDomain ends the names of accounts.
const accountDomain = ".aliyunid.com"

// AccountFilter selects accounts; empty fields select all. With Limit 0 they are
// only counted.
type AccountFilter struct {
	FolderID      string     // directly in this folder
	Keyword       string     // part of display name, name or id, in any case
	Tags          []TagMatch // all of them
	Offset, Limit int64
	After         *AccountPosition // begin after this account instead of at Offset
}

// AccountPosition is a place in the list of accounts. It stays valid while
// accounts are added and removed.
type AccountPosition struct {
	JoinedAt time.Time
	ID       string
}

// AccountTx reads and writes accounts.
type AccountTx interface {
	// PutAccount makes Update return ErrAccountDisplayName or ErrAccountName.
	PutAccount(a Account)
	// Account returns the account with its tags, or ErrAccountNotFound.
	Account(id string) (Account, error)
	// Accounts returns a page of accounts with their tags, newest first, then
	// by id, and how many there are on all pages.
	Accounts(f AccountFilter) ([]Account, int64, error)
	// DeleteAccount removes the account and what is bound to it. Accounts that
	// it paid for pay for themselves again.
	DeleteAccount(id string)
	// AccountsPaidBy returns how many accounts the account pays for.
	AccountsPaidBy(id string) (int64, error)
	// AccountDeletion returns the deletion, or ErrAccountNotFound.
	AccountDeletion(id string) (AccountDeletion, error)
	PutAccountDeletion(x AccountDeletion)
}

// NewAccount says what account to make.
type NewAccount struct {
	DisplayName string
	NamePrefix  string // "" makes one up
	FolderID    string // "" is the root
	PayerID     string // "" pays for itself (docs/spec/resource-directory.md#account-that-pays)
	Tags        []Tag
	DryRun      bool
}

// CreateAccount adds an account of type ResourceAccount. A dry run checks everything
// and changes nothing. It returns an error of names or tags, ErrDirectoryNotEnabled, ErrFolderNotFound,
// ErrAccountPayer, ErrAccountQuota, ErrAccountDisplayName or ErrAccountName.
func (s *Session) CreateAccount(ctx context.Context, n NewAccount) (Account, error) {
	a := Account{
		ID: s.dir.ids.Digits(16), FolderID: n.FolderID, DisplayName: n.DisplayName, Type: ResourceAccount, Status: AccountCreated,
		JoinMethod: "created", PayerID: n.PayerID, JoinedAt: s.now, ModifiedAt: s.now, Tags: n.Tags,
	}
	if err := n.check(); err != nil {
		return Account{}, fmt.Errorf("create account: %w", err)
	}
	prefix := n.NamePrefix
	if prefix == "" {
		prefix = strings.ToLower(s.dir.ids.Base62(10))
	}
	run := s.update
	if n.DryRun {
		run = s.view
	}
	err := run(ctx, func(tx Tx) error {
		rd, err := tx.ResourceDirectory().ResourceDirectory()
		if err != nil {
			return err
		}
		if a.FolderID == "" {
			a.FolderID = rd.RootFolderID
		}
		a.Name = prefix + "@" + rd.ID + accountDomain
		if err := s.mayCreateAccount(tx, rd, a); err != nil || n.DryRun {
			return err
		}
		tx.Accounts().PutAccount(a)
		s.audit(tx, Change{Noun: "account", Object: a.ID, Action: "create", After: a.record()})
		return nil
	})
	if err != nil {
		return Account{}, fmt.Errorf("create account: %w", err)
	}
	return a, nil
}

func (s *Session) mayCreateAccount(tx Tx, rd ResourceDirectory, a Account) error {
	if _, err := tx.Folders().Ancestors(a.FolderID); err != nil {
		return err
	}
	if a.PayerID != "" && a.PayerID != rd.AccountID {
		if _, err := tx.Accounts().Account(a.PayerID); err != nil {
			return fmt.Errorf("%w: %w", ErrAccountPayer, err)
		}
	}
	_, n, err := tx.Accounts().Accounts(AccountFilter{})
	if err != nil {
		return err
	}
	if n >= orDefault(s.dir.settings.MaxAccounts, DefaultMaxAccounts) {
		return ErrAccountQuota
	}
	return nil
}

// Account returns the account with its path and tags. It returns
// ErrDirectoryNotEnabled or ErrAccountNotFound.
func (s *Session) Account(ctx context.Context, id string) (a Account, err error) {
	err = s.view(ctx, func(tx Tx) error {
		if a, err = tx.Accounts().Account(id); err != nil {
			return err
		}
		as := []Account{a}
		err = fillPaths(tx, as)
		a = as[0]
		return err
	})
	return a, err
}

// Accounts returns a page of the directory's accounts with their paths, newest
// first, and how many there are on all pages.
func (s *Session) Accounts(ctx context.Context, f AccountFilter) (as []Account, total int64, err error) {
	err = s.view(ctx, func(tx Tx) error {
		if as, total, err = tx.Accounts().Accounts(f); err != nil {
			return err
		}
		return fillPaths(tx, as)
	})
	return as, total, err
}

// AccountsIn returns a page of the accounts directly in f.FolderID, or in the root
// folder if that is "". It returns ErrFolderNotFound for an unknown folder.
func (s *Session) AccountsIn(ctx context.Context, f AccountFilter) (as []Account, total int64, err error) {
	err = s.view(ctx, func(tx Tx) error {
		if f.FolderID, err = parentOrRoot(tx, f.FolderID); err != nil {
			return err
		}
		as, total, err = tx.Accounts().Accounts(f)
		return err
	})
	return as, total, err
}

func fillPaths(tx Tx, as []Account) error {
	if len(as) == 0 {
		return nil
	}
	rd, err := tx.ResourceDirectory().ResourceDirectory()
	if err != nil {
		return err
	}
	folders := make([]string, len(as))
	for i := range as {
		folders[i] = as[i].FolderID
	}
	paths, err := tx.Folders().FolderPaths(distinct(folders))
	if err != nil {
		return err
	}
	for i := range as {
		as[i].Path = append(append([]string{rd.ID}, paths[as[i].FolderID]...), as[i].ID)
	}
	return nil
}

// MoveAccount puts the account into another folder. It loses the contacts that it
// inherited from the old folders and inherits those of the new ones. It returns
// ErrAccountNotFound, ErrFolderNotFound or, while a contact is being unbound from a
// folder above the account, ErrAccountUnbinding.
func (s *Session) MoveAccount(ctx context.Context, id, folderID string) error {
	err := s.update(ctx, func(tx Tx) error {
		before, err := lockedAccount(tx, id)
		if err != nil {
			return err
		}
		if _, err := tx.Folders().Ancestors(folderID); err != nil {
			return err
		}
		paths, err := tx.Folders().FolderPaths([]string{before.FolderID})
		if err != nil {
			return err
		}
		bound, err := tx.EffectiveContacts().ContactsBoundTo(paths[before.FolderID])
		if err != nil {
			return err
		}
		for _, b := range bound {
			if b.Contact.Status == Deleting {
				return ErrAccountUnbinding
			}
		}
		if before.FolderID == folderID {
			return nil
		}
		after := before
		after.FolderID, after.ModifiedAt = folderID, s.now
		s.changeAccount(tx, "move", before, after)
		return nil
	})
	if err != nil {
		return fmt.Errorf("move account %s: %w", id, err)
	}
	s.dir.bounds.clear()
	return nil
}

// lockedAccount reads an account that is going to be changed. It locks the row of
// the directory, which all changes of the tree lock ([ResourceDirectoryTx]), and not
// the account's own row.
func lockedAccount(tx Tx, id string) (Account, error) {
	if _, err := tx.ResourceDirectory().ResourceDirectory(); err != nil {
		return Account{}, err
	}
	return tx.Accounts().Account(id)
}

func (s *Session) changeAccount(tx Tx, action string, before, after Account) {
	tx.Accounts().PutAccount(after)
	old, changed := diff(before.record(), after.record())
	s.audit(tx, Change{Noun: "account", Object: before.ID, Action: action, Before: old, After: changed})
}

// AccountUpdate says what to change: one of the two.
type AccountUpdate struct {
	DisplayName, Type string
	DryRun            bool
}

// UpdateAccount changes the display name or the type of the account and returns
// it. It returns ErrAccountNotFound, ErrAccountSameType or ErrAccountDisplayName.
//
// Decision: the type may always be switched. The vendor's conditions (a verified
// phone, one legal entity) concern data that we do not store.
func (s *Session) UpdateAccount(ctx context.Context, id string, u AccountUpdate) (after Account, err error) {
	if u.DisplayName != "" {
		if err := CheckDisplayName(u.DisplayName); err != nil {
			return Account{}, fmt.Errorf("update account %s: %w", id, err)
		}
	}
	run := s.update
	if u.DryRun {
		run = s.view
	}
	err = run(ctx, func(tx Tx) error {
		before, err := lockedAccount(tx, id)
		if err != nil {
			return err
		}
		after = before
		switch {
		case u.DisplayName != "":
			after.DisplayName = u.DisplayName
		case u.Type == before.Type:
			return ErrAccountSameType
		default:
			after.Type, after.Status = u.Type, AccountSwitched
		}
		if u.DryRun {
			return nil
		}
		after.ModifiedAt = s.now
		s.changeAccount(tx, "update", before, after)
		return nil
	})
	if err != nil {
		return Account{}, fmt.Errorf("update account %s: %w", id, err)
	}
	return after, nil
}

// RemoveAccount removes a cloud account from the directory. Contacts that were in
// effect for it still receive its messages. It returns ErrAccountNotFound or
// ErrAccountType.
func (s *Session) RemoveAccount(ctx context.Context, id string) error {
	err := s.update(ctx, func(tx Tx) error {
		a, err := lockedAccount(tx, id)
		if err != nil {
			return err
		}
		if a.Type != CloudAccount {
			return ErrAccountType
		}
		contacts, err := effectiveContacts(tx, id)
		if err != nil {
			return err
		}
		tx.Accounts().DeleteAccount(id)
		before := a.record()
		for _, c := range contacts {
			tx.EffectiveContacts().RetainContactFor(id, c.MessageContact, s.now)
			kept, _ := before["keepsContacts"].([]string)
			before["keepsContacts"] = append(kept, c.ID)
		}
		s.audit(tx, Change{Noun: "account", Object: id, Action: "remove", Before: before})
		return nil
	})
	if err != nil {
		return fmt.Errorf("remove account %s: %w", id, err)
	}
	return nil
}

func (a Account) record() Record {
	r := Record{"displayName": a.DisplayName, "name": a.Name, "folder": a.FolderID, "type": a.Type, "status": a.Status}
	if a.PayerID != "" {
		r["payer"] = a.PayerID
	}
	if a.Checked {
		r["deletionChecked"] = true
	}
	if len(a.Tags) > 0 {
		r["tags"] = tagRecord(a.Tags)
	}
	return r
}
