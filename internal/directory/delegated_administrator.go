package directory

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"
)

// Errors of delegated administrators. Methods wrap them with context; compare with errors.Is.
var (
	ErrServicePrincipal  = errors.New("not the principal of a service")
	ErrDelegated         = errors.New("account is a delegated administrator of the service already")
	ErrNotDelegated      = errors.New("account is not a delegated administrator of the service")
	ErrDelegationQuota   = errors.New("too many delegated administrators of the service")
	servicePrincipalForm = regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*\.aliyuncs\.com$`)
)

// Limits of delegated administrators
// (docs/spec/handshakes.md#delegated-administrators).
const (
	MaxServicePrincipal               = 128
	DefaultMaxDelegatedAdministrators = 5
)

// Delegation makes a member account an administrator of one service. It may
// read the tree of the directory.
type Delegation struct {
	AccountID string
	Service   string // its principal, such as cloudfw.aliyuncs.com
	EnabledAt time.Time

	DisplayName, JoinMethod string // of the account; filled on reading
}

// DelegationFilter selects delegations; empty fields select all. With Limit 0
// they are only counted.
type DelegationFilter struct {
	AccountID, Service string
	Offset, Limit      int64
	After              *Delegation // begin after this one instead of at Offset
}

// DelegationTx reads and writes delegations.
type DelegationTx interface {
	// Delegations returns a page of delegations, newest first, then by account
	// and service, and how many there are on all pages.
	Delegations(f DelegationFilter) ([]Delegation, int64, error)
	PutDelegation(d Delegation)
	DeleteDelegation(accountID, service string)
}

// IsServicePrincipal reports whether a text has the form of a service's
// principal.
func IsServicePrincipal(text string) bool {
	return len(text) <= MaxServicePrincipal && servicePrincipalForm.MatchString(text)
}

// RegisterDelegation makes the member a delegated administrator of the service,
// which the directory trusts from then on. It returns ErrServicePrincipal,
// ErrDirectoryNotEnabled, ErrAccountNotFound, ErrDelegated or
// ErrDelegationQuota.
func (s *Session) RegisterDelegation(ctx context.Context, accountID, service string) error {
	allowed := s.dir.settings.ServicePrincipals
	if !IsServicePrincipal(service) || len(allowed) > 0 && !slices.Contains(allowed, service) {
		return fmt.Errorf("register delegated administrator %s: %w", accountID, ErrServicePrincipal)
	}
	err := s.update(ctx, func(tx Tx) error {
		if _, err := lockedAccount(tx, accountID); err != nil {
			return err
		}
		_, has, err := tx.Delegations().Delegations(DelegationFilter{AccountID: accountID, Service: service})
		switch {
		case err != nil:
			return err
		case has > 0:
			return ErrDelegated
		}
		_, n, err := tx.Delegations().Delegations(DelegationFilter{Service: service})
		switch {
		case err != nil:
			return err
		case n >= orDefault(s.dir.settings.MaxDelegatedAdministrators, DefaultMaxDelegatedAdministrators):
			return ErrDelegationQuota
		}
		tx.Delegations().PutDelegation(Delegation{AccountID: accountID, Service: service, EnabledAt: s.now})
		tx.TrustedServices().TrustService(TrustedService{Service: service, EnabledAt: s.now})
		s.audit(tx, Change{Noun: "account", Object: accountID, Action: "register-delegated-administrator", After: Record{"service": service}})
		return nil
	})
	if err != nil {
		return fmt.Errorf("register delegated administrator %s: %w", accountID, err)
	}
	s.dir.delegated.clear()
	return nil
}

// DeregisterDelegation ends it. The directory goes on trusting the service. It
// returns ErrDirectoryNotEnabled, ErrAccountNotFound or ErrNotDelegated.
func (s *Session) DeregisterDelegation(ctx context.Context, accountID, service string) error {
	err := s.update(ctx, func(tx Tx) error {
		if _, err := lockedAccount(tx, accountID); err != nil {
			return err
		}
		_, has, err := tx.Delegations().Delegations(DelegationFilter{AccountID: accountID, Service: service})
		switch {
		case err != nil:
			return err
		case has == 0:
			return ErrNotDelegated
		}
		tx.Delegations().DeleteDelegation(accountID, service)
		s.audit(tx, Change{Noun: "account", Object: accountID, Action: "deregister-delegated-administrator", Before: Record{"service": service}})
		return nil
	})
	if err != nil {
		return fmt.Errorf("deregister delegated administrator %s: %w", accountID, err)
	}
	s.dir.delegated.clear()
	return nil
}

// Delegations returns a page of delegations, newest first, and how many there
// are on all pages. It returns ErrAccountNotFound if f names an account that is
// no member.
func (s *Session) Delegations(ctx context.Context, f DelegationFilter) (ds []Delegation, total int64, err error) {
	err = s.view(ctx, func(tx Tx) error {
		if f.AccountID != "" {
			if _, err := tx.Accounts().Account(f.AccountID); err != nil {
				return err
			}
		}
		ds, total, err = tx.Delegations().Delegations(f)
		return err
	})
	return ds, total, err
}

// delegationState is whether a member is a delegated administrator, as it is
// remembered.
type delegationState bool

func (delegationState) size() int { return 1 }

// IsDelegated reports whether the member of the organisation's directory is a
// delegated administrator of any service. The answer is cached for up to a
// second.
func (d *Directory) IsDelegated(ctx context.Context, org, member string) (bool, error) {
	key, now := org+"/"+member, d.now()
	if is, ok := d.delegated.get(key, now); ok {
		return bool(is), nil
	}
	var n int64
	err := d.store.View(ctx, org, func(tx Tx) (err error) {
		_, n, err = tx.Delegations().Delegations(DelegationFilter{AccountID: member})
		return err
	})
	if err != nil {
		return false, fmt.Errorf("delegations of account %s: %w", member, err)
	}
	d.delegated.put(key, n > 0, now)
	return n > 0, nil
}
