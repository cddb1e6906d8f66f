package directory

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// outsidePrefix begins the ids of organisations that are nothing but an account
// outside every directory (docs/spec/handshakes.md#accounts-outside-a-directory).
const outsidePrefix = "account-"

// RemoveAccount lets a cloud account leave the directory: it is outside every
// directory again, with its keys. One that was created here gets an
// organisation of its own. Contacts that were in effect for it still receive
// its messages. It returns ErrAccountNotFound or ErrAccountType.
func (s *Session) RemoveAccount(ctx context.Context, id string) error {
	var home string
	err := s.view(ctx, func(tx Tx) error {
		a, err := tx.Accounts().Account(id)
		if err == nil && a.Type != CloudAccount {
			err = ErrAccountType
		}
		if err == nil {
			home, err = homeOfMember(tx, id)
		}
		return err
	})
	if err == nil {
		err = s.onBoth(ctx, s.org, home, func(dir, own side) error {
			a, err := lockedAccount(dir.tx, id)
			if err != nil {
				return err
			}
			if a.Type != CloudAccount {
				return ErrAccountType
			}
			return leave(dir, own, a)
		})
	}
	if err != nil {
		return fmt.Errorf("remove account %s: %w", id, err)
	}
	s.dir.delegated.clear()
	s.dir.access.clear()
	s.dir.bounds.clear()
	return nil
}

// homeOfMember returns the organisation that a member of the directory has, or
// that it gets when it leaves.
func homeOfMember(tx Tx, id string) (string, error) {
	a, err := tx.AliyunAccounts().AliyunAccountByID(id)
	if errors.Is(err, ErrAccountNotFound) {
		return outsidePrefix + id, nil
	}
	return a.Org, err
}

// leave takes a member out of the directory.
func leave(dir, own side, a Account) error {
	contacts, err := effectiveContacts(dir.tx, a.ID)
	if err != nil {
		return err
	}
	delegations, _, err := dir.tx.Delegations().Delegations(DelegationFilter{AccountID: a.ID, Limit: math.MaxInt32})
	if err != nil {
		return err
	}
	rd, err := dir.tx.ResourceDirectory().ResourceDirectory()
	if err != nil {
		return err
	}
	unbind, err := dir.unbinding(dir.tx, a.ID)
	if err != nil {
		return err
	}
	settle, err := settleOutside(dir, own, a)
	if err != nil {
		return err
	}
	before := a.record()
	for _, d := range delegations {
		services, _ := before["delegations"].([]string)
		before["delegations"] = append(services, d.Service)
	}
	unbind()
	dir.tx.Accounts().DeleteAccount(a.ID)
	for _, c := range contacts {
		dir.tx.EffectiveContacts().RetainContactFor(a.ID, c.MessageContact, dir.now)
		kept, _ := before["keepsContacts"].([]string)
		before["keepsContacts"] = append(kept, c.ID)
	}
	dir.audit(dir.tx, Change{Noun: "account", Object: a.ID, Action: "remove", Before: before})
	settle()
	own.audit(own.tx, Change{Noun: "account", Object: a.ID, Action: "leave", Before: Record{"directory": rd.ID}})
	return nil
}

// settleOutside reads what a member needs that has no organisation yet, and
// returns what writes it. Keys that the directory made for an account of another
// organisation end: they must not act for an account that has left.
func settleOutside(dir, own side, a Account) (func(), error) {
	switch _, err := own.tx.Orgs().OrgByID(own.org); {
	case err == nil:
		return func() {}, dir.revokeKeysOf(dir.tx, a.ID)
	case !errors.Is(err, ErrOrgNotFound):
		return nil, err
	}
	all, err := dir.tx.AccessKeys().AccessKeys()
	if err != nil {
		return nil, err
	}
	var keys []AccessKey
	policies := map[string]Policy{}
	for _, k := range all {
		if k.Member != a.ID {
			continue
		}
		if k, err = dir.tx.AccessKeys().AccessKeyByID(k.ID); err != nil {
			return nil, err
		}
		keys = append(keys, k)
		if !namesPolicy(k.Policy) {
			continue
		}
		switch p, err := dir.tx.Policies().Policy(k.Policy); {
		case err == nil:
			policies[p.Name] = p
		case !errors.Is(err, ErrPolicyNotFound):
			return nil, err
		}
	}
	return func() {
		own.putOutside(own.tx, a.DisplayName, AliyunAccount{ID: a.ID, Org: own.org, Name: a.Name, CreatedAt: own.now})
		for _, p := range policies {
			own.tx.Policies().PutPolicy(p)
		}
		for _, k := range keys {
			dir.tx.AccessKeys().DeleteAccessKey(k.ID)
			dir.audit(dir.tx, Change{Noun: "access-key", Object: k.ID, Action: "move", Before: k.record()})
			k.Org, k.Member = own.org, ""
			own.tx.AccessKeys().PutAccessKey(k)
			own.audit(own.tx, Change{Noun: "access-key", Object: k.ID, Action: "create", After: k.record()})
		}
	}, nil
}

// putOutside writes an organisation that is nothing but an account outside every
// directory.
func (s *Session) putOutside(tx Tx, name string, a AliyunAccount) {
	tx.Orgs().InsertOrg(Org{ID: s.org, Name: name, CreatedAt: s.now})
	tx.Departments().InsertDepartment(Department{ID: RootDepartment, Name: name, CreatedAt: s.now, UpdatedAt: s.now})
	s.dir.putAliyunAccount(tx, a)
	s.audit(tx, Change{Noun: orgNoun, Object: s.org, Action: "create", After: Record{"name": name, "account": a.ID}})
}

// endMembershipsInDirectories lets the organisation's account leave the
// directory that it has joined, and the accounts of others leave the
// organisation's own.
func (s *Session) endMembershipsInDirectories(ctx context.Context) error {
	members := map[string]AliyunAccount{} // by the directory's organisation
	var guests []AliyunAccount
	err := s.view(ctx, func(tx Tx) error {
		own, err := tx.AliyunAccounts().AliyunAccount()
		if err != nil && !errors.Is(err, ErrAccountNotFound) {
			return err
		}
		if own.MemberOf != "" {
			members[own.MemberOf] = own
		}
		guests, err = tx.AliyunAccounts().AliyunAccountsIn()
		return err
	})
	if err != nil {
		return err
	}
	end := func(directory string, of AliyunAccount) error {
		err := s.onBoth(ctx, directory, of.Org, func(dir, own side) error {
			a, err := lockedAccount(dir.tx, of.ID)
			if err != nil {
				return err
			}
			return leave(dir, own, a)
		})
		if errors.Is(err, ErrAccountNotFound) || errors.Is(err, ErrDirectoryNotEnabled) {
			return nil // it has left meanwhile
		}
		return err
	}
	for directory, a := range members {
		if err := end(directory, a); err != nil {
			return err
		}
	}
	for _, a := range guests {
		if err := end(s.org, a); err != nil {
			return err
		}
	}
	return nil
}
