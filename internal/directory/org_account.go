package directory

import (
	"context"
	"errors"
	"fmt"
)

// Errors of org accounts.
var (
	// ErrNotOwnAccount: the employee does not have an org account that the
	// organisation owns.
	ErrNotOwnAccount = errors.New("employee does not have an org account of the organisation")
	// ErrOwnAccount: the employee has an org account already.
	ErrOwnAccount = errors.New("employee has an org account already")
	// ErrAccountDeleted: the org account behind a joined employee was deleted.
	ErrAccountDeleted = errors.New("account of the employee was deleted")
)

// AccountDisabled reports whether an org account of the organisation is
// disabled. It returns ErrEmployeeNotFound or ErrNotOwnAccount.
func (s *Session) AccountDisabled(ctx context.Context, userID string) (disabled bool, err error) {
	err = s.view(ctx, func(tx Tx) error {
		e, err := s.ownAccount(tx, userID)
		disabled = e.Disabled
		return err
	})
	return disabled, err
}

// ownAccount returns an org account that the organisation owns and the caller's
// range covers. Employees outside the range count as unknown.
func (s *Session) ownAccount(tx Tx, userID string) (Employee, error) {
	e, err := s.reachable(tx, userID)
	if err == nil && !e.OwnAccount() {
		err = fmt.Errorf("employee %s: %w", userID, ErrNotOwnAccount)
	}
	return e, err
}

// reachable returns an employee in the caller's range, or ErrEmployeeNotFound.
func (s *Session) reachable(tx Tx, userID string) (Employee, error) {
	e, err := tx.Employees().Employee(userID)
	if err != nil {
		return e, err
	}
	err = s.employeeInRange(tx, e)
	if errors.Is(err, ErrOutOfScope) {
		err = fmt.Errorf("outside the caller's range: %w", ErrEmployeeNotFound)
	}
	return e, err
}

// SetAccountDisabled disables an org account or enables it again. Disabling
// ends its logins and prevents new ones; the employee stays. It returns
// ErrEmployeeNotFound or ErrNotOwnAccount. Setting the present state succeeds
// and is audited as no change.
func (s *Session) SetAccountDisabled(ctx context.Context, userID string, disabled bool, reason string) error {
	change := Change{Noun: employeeNoun, Object: userID, Action: "enable"}
	if disabled {
		change.Action = "disable"
	}
	err := s.update(ctx, func(tx Tx) error {
		e, err := s.ownAccount(tx, userID)
		if err != nil {
			return err
		}
		change.Before, change.After = Record{"disabled": e.Disabled}, Record{"disabled": disabled}
		if reason != "" {
			change.After["reason"] = reason
		}
		change.Version = e.Version
		if e.Disabled == disabled {
			change.After["unchanged"] = true
		} else {
			after := e
			after.Disabled, after.UpdatedAt, after.Version = disabled, s.now, e.Version+1
			change.Version = after.Version
			tx.Employees().UpdateEmployee(e, after)
		}
		if disabled {
			tx.Logins().EndLogins(LoginFilter{Account: e.Account})
		}
		s.audit(tx, change)
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s account %s: %w", change.Action, userID, err)
	}
	s.dir.tokens.clear()
	return nil
}

// SignOutAccount ends all logins of an org account. reason is recorded in the
// history; shown is the text for the person, by language. It returns
// ErrEmployeeNotFound or ErrNotOwnAccount.
func (s *Session) SignOutAccount(ctx context.Context, userID, reason string, shown map[string]string) error {
	err := s.update(ctx, func(tx Tx) error {
		e, err := s.ownAccount(tx, userID)
		if err != nil {
			return err
		}
		tx.Logins().EndLogins(LoginFilter{Account: e.Account})
		after := Record{}
		if reason != "" {
			after["reason"] = reason
		}
		if len(shown) > 0 {
			after["reasonI18nForEmployee"] = shown
		}
		s.audit(tx, Change{Noun: employeeNoun, Object: userID, Action: "sign-out", Version: e.Version, After: after})
		return nil
	})
	if err != nil {
		return fmt.Errorf("sign out account %s: %w", userID, err)
	}
	s.dir.tokens.clear()
	return nil
}

// OrgsCreatedBy returns the organisations that an org account created. It
// returns ErrEmployeeNotFound, ErrNotOwnAccount, or ErrAccountDeleted for a
// deleted account of another organisation.
func (s *Session) OrgsCreatedBy(ctx context.Context, userID string) (orgs []Org, err error) {
	err = s.view(ctx, func(tx Tx) error {
		e, err := s.reachable(tx, userID)
		switch {
		case err != nil:
			return err
		case e.AccountType == AccountJoined:
			accounts, err := tx.Employees().SharedAccounts([]AccountRef{{e.OuterOrg, e.OuterUserID}})
			switch {
			case err != nil:
				return err
			case len(accounts) == 0:
				return ErrAccountDeleted
			}
			return ErrNotOwnAccount
		case !e.OwnAccount():
			return ErrNotOwnAccount
		}
		orgs, err = tx.Orgs().OrgsByCreator(e.Account)
		return err
	})
	return orgs, err
}

// NewOrgAccount says what kind of org account an employee gets.
type NewOrgAccount struct {
	Type     string // AccountSSO or AccountDingTalk
	LoginID  string // AccountDingTalk
	Password string // AccountDingTalk
}

// MakeOrgAccount turns a normal account into an org account. The employee, its
// mobile and its departments stay. The account, and with it the union id, is
// new, because the person keeps the old account. It returns
// ErrEmployeeNotFound, ErrOwnAccount, ErrEmployeeKind, ErrPasswordWeak or
// ErrLoginIDTaken. Decision: the vendor documents nothing
// (docs/spec/org-accounts.md#conversion-to-an-org-account).
func (s *Session) MakeOrgAccount(ctx context.Context, userID string, n NewOrgAccount) error {
	hash := ""
	if n.Type == AccountDingTalk {
		var err error
		if hash, err = s.dir.HashPassword(ctx, n.Password); err != nil {
			return fmt.Errorf("make an org account of %s: %w", userID, err)
		}
	}
	account := s.newAccount(userID)
	return s.transform(ctx, userID, func(e *Employee) error {
		if e.AccountType != AccountNormal {
			return ErrOwnAccount
		}
		e.becomeOrgAccount(n.Type, account)
		e.Private.LoginID, e.PasswordHash = n.LoginID, hash
		return checkKind(*e, n.Password)
	})
}

// MakeNormalAccount turns an org account back into a normal one, which needs a
// mobile to log in with. It returns ErrEmployeeNotFound, ErrNotOwnAccount,
// ErrEmployeeIdentity or ErrEmployeeMobile. Organisations it had joined no
// longer see its fields.
func (s *Session) MakeNormalAccount(ctx context.Context, userID string) error {
	return s.transform(ctx, userID, func(e *Employee) error {
		if !e.OwnAccount() {
			return ErrNotOwnAccount
		}
		e.becomeNormal()
		return checkKind(*e, "")
	})
}

// becomeOrgAccount makes a normal account an org account. One built in DingTalk
// still needs a login id.
func (e *Employee) becomeOrgAccount(kind, account string) {
	e.AccountType, e.Account = kind, account
	e.Private.LoginEmail, e.Private.LoginID, e.PasswordHash = "", "", ""
}

// becomeNormal makes an org account a normal one, without what only org accounts
// have.
func (e *Employee) becomeNormal() {
	e.AccountType, e.Account, e.Disabled = AccountNormal, "", false
	e.Private.LoginID, e.PasswordHash = "", ""
	e.Profile.Nickname, e.Profile.AvatarMediaID, e.Profile.MobileVerified = "", "", false
}

// transform replaces the account of an employee and ends its logins.
func (s *Session) transform(ctx context.Context, userID string, change func(*Employee) error) error {
	err := s.update(ctx, func(tx Tx) error {
		before, err := s.reachable(tx, userID)
		if err != nil {
			return err
		}
		after := before
		if err := change(&after); err != nil {
			return err
		}
		if err := after.checkForm(&before); err != nil {
			return err
		}
		tx.Logins().EndLogins(LoginFilter{UserID: userID})
		s.changeEmployee(tx, before, after)
		return nil
	})
	if err != nil {
		return fmt.Errorf("transform the account of %s: %w", userID, err)
	}
	s.dir.tokens.clear()
	return nil
}
