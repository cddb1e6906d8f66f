package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Errors of deletions of accounts. Methods wrap them with context; compare with
// errors.Is.
var (
	ErrAccountDeletionUnknown = errors.New("nobody asked for the deletion of the account, or for its check")
	ErrDeletionNotAllowed     = errors.New("the resource directory does not allow its members to be deleted")
	ErrRootDeletes            = errors.New("a root key cannot delete members")
)

// AccountDeletion is the deletion of an account.
type AccountDeletion struct {
	AccountID            string
	Status               string // DeletionSucceeded or DeletionCheckFailed
	Kind                 string // 0: at once
	CreatedAt, DeletedAt time.Time
	Failed               []DeletionCheck // why it was not deleted
}

// Outcomes of a deletion.
const (
	DeletionSucceeded   = "Success"
	DeletionCheckFailed = "CheckFailed"
)

// Decision: an account is deleted at once (DeletionType 0), since it has no
// resources that would have to expire first
// (docs/spec/resource-directory.md#deleting-a-resource-account).
const deletedAtOnce = "0"

// DeletionCheck is something that keeps an account from being deleted, unless it
// may be and is abandoned.
type DeletionCheck struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Abandonable bool   `json:"abandonable"`
}

// deletionChecks are made before an account is deleted
// (docs/spec/tags-and-members.md#checks-before-a-deletion).
var deletionChecks = []struct {
	DeletionCheck
	found func(tx Tx, a Account) (bool, error)
}{
	{DeletionCheck{"NON_SP_efc", "Enterprise finance", "The account pays for other members.", false}, paysForOthers},
	{DeletionCheck{"NON_SP_rd", "Resource Directory", "The account is a delegated administrator of a service.", false}, administersService},
	{DeletionCheck{"NON_SP_ram", "Resource Access Management", "The account has active access keys of its own.", true}, hasActiveKeys},
}

func paysForOthers(tx Tx, a Account) (bool, error) {
	n, err := tx.Accounts().AccountsPaidBy(a.ID)
	return n > 0, err
}

func administersService(tx Tx, a Account) (bool, error) {
	_, n, err := tx.Delegations().Delegations(DelegationFilter{AccountID: a.ID, Limit: 1})
	return n > 0, err
}

func hasActiveKeys(tx Tx, a Account) (bool, error) {
	keys, err := tx.AccessKeys().AccessKeys()
	return slices.ContainsFunc(keys, func(k AccessKey) bool { return k.Member == a.ID && !k.Disabled }), err
}

func checkDeletion(tx Tx, a Account) (found []DeletionCheck, err error) {
	for _, c := range deletionChecks {
		switch stands, err := c.found(tx, a); {
		case err != nil:
			return nil, err
		case stands:
			found = append(found, c.DeletionCheck)
		}
	}
	return found, nil
}

// deletableAccount reads an account that is to be deleted or checked. It returns
// ErrDirectoryNotEnabled, ErrAccountNotFound, ErrDeletionNotAllowed,
// ErrRootDeletes or ErrAccountType.
func (s *Session) deletableAccount(tx Tx, id string) (Account, error) {
	rd, err := tx.ResourceDirectory().ResourceDirectory()
	if err != nil {
		return Account{}, err
	}
	a, err := tx.Accounts().Account(id)
	switch {
	case err != nil:
		return Account{}, err
	case !rd.MemberDeletion:
		return Account{}, ErrDeletionNotAllowed
	case s.caller.Root:
		return Account{}, ErrRootDeletes
	case a.Type != ResourceAccount:
		return Account{}, ErrAccountType
	}
	return a, nil
}

// CheckAccountDeletion checks whether the account can be deleted; DeletionChecks
// tells the result. It returns the errors of DeleteAccount.
func (s *Session) CheckAccountDeletion(ctx context.Context, id string) error {
	err := s.updateWaiting(ctx, func(tx Tx) error {
		before, err := s.deletableAccount(tx, id)
		if err != nil || before.Checked {
			return err
		}
		after := before
		after.Checked = true
		s.changeAccount(tx, "check-deletion", before, after)
		return nil
	})
	if err != nil {
		return fmt.Errorf("check the deletion of account %s: %w", id, err)
	}
	return nil
}

// DeletionChecks returns what keeps the account from being deleted now. It
// returns ErrDirectoryNotEnabled, ErrAccountNotFound, ErrAccountType or, if
// nobody had it checked, ErrAccountDeletionUnknown.
func (s *Session) DeletionChecks(ctx context.Context, id string) (found []DeletionCheck, err error) {
	err = s.view(ctx, func(tx Tx) error {
		a, err := lockedAccount(tx, id)
		switch {
		case err != nil:
			return err
		case a.Type != ResourceAccount:
			return ErrAccountType
		case !a.Checked:
			return ErrAccountDeletionUnknown
		}
		found, err = checkDeletion(tx, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("checks of account %s: %w", id, err)
	}
	return found, nil
}

// DeleteAccount deletes a resource account, unless a check finds something that
// is not among those that the caller abandons; then nothing but the outcome is
// recorded. It returns the kind of deletion, "0" for at once. It returns
// ErrDirectoryNotEnabled, ErrAccountNotFound, ErrDeletionNotAllowed,
// ErrRootDeletes or ErrAccountType.
func (s *Session) DeleteAccount(ctx context.Context, id string, abandoned ...string) (kind string, err error) {
	err = s.updateWaiting(ctx, func(tx Tx) error {
		a, err := s.deletableAccount(tx, id)
		if err != nil {
			return err
		}
		found, err := checkDeletion(tx, a)
		if err != nil {
			return err
		}
		x := AccountDeletion{AccountID: id, Status: DeletionSucceeded, Kind: deletedAtOnce, CreatedAt: s.now, DeletedAt: s.now}
		for _, c := range found {
			if !c.Abandonable || !slices.Contains(abandoned, c.ID) {
				x.Failed = append(x.Failed, c)
			}
		}
		if len(x.Failed) > 0 {
			x.Status = DeletionCheckFailed
			tx.Accounts().PutAccountDeletion(x)
			s.audit(tx, Change{Noun: "account", Object: id, Action: "delete-failed", After: x.record()})
			return nil
		}
		unbind, err := s.unbinding(tx, id)
		if err != nil {
			return err
		}
		if err := s.revokeKeysOf(tx, id); err != nil {
			return err
		}
		unbind()
		tx.Accounts().DeleteAccount(id)
		tx.Accounts().PutAccountDeletion(x)
		s.audit(tx, Change{Noun: "account", Object: id, Action: "delete", Before: a.record()})
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("delete account %s: %w", id, err)
	}
	s.dir.delegated.clear()
	s.dir.access.clear()
	s.dir.bounds.clear()
	return deletedAtOnce, nil
}

// revokeKeysOf ends the keys that the organisation made for a member that is
// being deleted or leaves.
func (s *Session) revokeKeysOf(tx Tx, id string) error {
	keys, err := tx.AccessKeys().AccessKeys()
	for _, k := range keys {
		if k.Member == id {
			tx.AccessKeys().DeleteAccessKey(k.ID)
			s.audit(tx, Change{Noun: "access-key", Object: k.ID, Action: "revoke", Before: k.record()})
		}
	}
	return err
}

// AccountDeletion returns the outcome of the deletion of an account, also of one
// that is gone. It returns ErrAccountDeletionUnknown for one that nobody tried to
// delete, ErrAccountNotFound for one that never existed.
func (s *Session) AccountDeletion(ctx context.Context, id string) (x AccountDeletion, err error) {
	err = s.view(ctx, func(tx Tx) error {
		if x, err = tx.Accounts().AccountDeletion(id); !errors.Is(err, ErrAccountNotFound) {
			return err
		}
		if _, err := tx.Accounts().Account(id); err == nil {
			return ErrAccountDeletionUnknown
		}
		return err
	})
	return x, err
}

func (x AccountDeletion) record() Record {
	ids := make([]string, len(x.Failed))
	for i, c := range x.Failed {
		ids[i] = c.ID
	}
	return Record{"status": x.Status, "checks": ids}
}
