package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// JoinGrant lets org accounts of this organisation join another one as
// employees (docs/spec/org-accounts.md#join-grants). It opens no fields; a
// Grant does.
type JoinGrant struct {
	ToOrg     string
	ToOrgName string  // filled on reading
	DeptIDs   []int64 // only accounts in or below these departments; nil is everybody
	UpdatedAt time.Time
}

// JoinGrantTx reads and writes the join grants that the organisation gave.
type JoinGrantTx interface {
	// JoinGrants returns the organisation's join grants in the order of the
	// recipients. An update locks them.
	JoinGrants() ([]JoinGrant, error)
	PutJoinGrant(g JoinGrant)
	DeleteJoinGrant(toOrg string)
}

// GrantJoin lets accounts join an organisation, and replaces what it was
// granted before. Accounts that have joined already stay. It returns
// ErrGrantTarget when the recipient does not exist or is the caller itself, and
// ErrDepartmentNotFound.
func (s *Session) GrantJoin(ctx context.Context, g JoinGrant) error {
	g.UpdatedAt = s.now
	g.DeptIDs = distinct(g.DeptIDs)
	if len(g.DeptIDs) == 0 {
		g.DeptIDs = nil // Inferred: an empty list means all, as for the fields of a Grant
	}
	err := s.update(ctx, func(tx Tx) error {
		if err := s.grantTarget(tx, g.ToOrg); err != nil {
			return err
		}
		missing, err := tx.Departments().MissingDepartments(g.DeptIDs)
		if err != nil {
			return err
		}
		if len(missing) > 0 {
			return fmt.Errorf("department %d: %w", missing[0], ErrDepartmentNotFound)
		}
		current, err := tx.Employees().JoinGrants()
		if err != nil {
			return err
		}
		change := Change{Noun: "join-grant", Object: g.ToOrg, Action: "grant", After: Record{"deptIds": g.DeptIDs}}
		if i := slices.IndexFunc(current, func(c JoinGrant) bool { return c.ToOrg == g.ToOrg }); i >= 0 {
			change.Before = Record{"deptIds": current[i].DeptIDs}
		}
		tx.Employees().PutJoinGrant(g)
		s.audit(tx, change)
		return nil
	})
	if err != nil {
		return fmt.Errorf("let accounts join %s: %w", g.ToOrg, err)
	}
	return nil
}

// JoinGrants returns the join grants of the organisation in the order of the
// recipients.
func (s *Session) JoinGrants(ctx context.Context) (gs []JoinGrant, err error) {
	err = s.view(ctx, func(tx Tx) error {
		if gs, err = tx.Employees().JoinGrants(); err != nil {
			return err
		}
		for i := range gs {
			if gs[i].ToOrgName, err = orgName(tx, gs[i].ToOrg); err != nil {
				return err
			}
		}
		return nil
	})
	return gs, err
}

// WithdrawJoin withdraws a join grant; withdrawing one that does not exist
// succeeds. Accounts that have joined stay.
func (s *Session) WithdrawJoin(ctx context.Context, toOrg string) error {
	return s.update(ctx, func(tx Tx) error {
		current, err := tx.Employees().JoinGrants()
		if err != nil {
			return err
		}
		i := slices.IndexFunc(current, func(g JoinGrant) bool { return g.ToOrg == toOrg })
		if i < 0 {
			return nil
		}
		tx.Employees().DeleteJoinGrant(toOrg)
		s.audit(tx, Change{Noun: "join-grant", Object: toOrg, Action: "withdraw", Before: Record{"deptIds": current[i].DeptIDs}, After: Record{}})
		return nil
	})
}

// AccountRef names an org account by its organisation and its user id there.
type AccountRef struct{ Org, UserID string }

// SharedAccount is an org account of another organisation that has joined this
// one, with what its owner lets this one see.
type SharedAccount struct {
	AccountRef
	OrgName  string
	Type     string   // AccountSSO or AccountDingTalk
	Granted  []string // fields the owner opened: GrantMobile, GrantStatus
	Mobile   string   // "" unless GrantMobile is among them
	Disabled bool     // false unless GrantStatus is among them
}

// JoinOffer is an org account that may join this organisation, as far as this
// organisation may see it.
type JoinOffer struct {
	Type    string
	Account string
	DeptIDs []int64   // of the grant; nil is everybody
	Paths   [][]int64 // the departments of the account, each with those above it
}

// SharedAccountTx holds the look-ups of employees across tenants.
type SharedAccountTx interface {
	// OwnerDisabled reports whether an org account of another organisation,
	// which has joined this one, is disabled or gone. Only whether somebody may
	// log in depends on it: it is not shown.
	OwnerDisabled(ref AccountRef) (bool, error)
	// SharedAccounts returns those of refs that are org accounts of their
	// organisation and have joined this one.
	SharedAccounts(refs []AccountRef) ([]SharedAccount, error)
	// JoinOffer returns an account whose organisation has given this one a join
	// grant, or ErrAccountNotOffered.
	JoinOffer(ref AccountRef) (JoinOffer, error)
	// JoinedWith returns the employees of other organisations that joined with an
	// account of this one; userID "" stands for all its accounts.
	JoinedWith(userID string) ([]AccountRef, error)
}

// covers reports whether the grant behind the offer covers the account.
func (o JoinOffer) covers() bool {
	if o.Type != AccountSSO && o.Type != AccountDingTalk {
		return false
	}
	if o.DeptIDs == nil {
		return true
	}
	return slices.ContainsFunc(o.Paths, func(path []int64) bool {
		return slices.ContainsFunc(path, func(id int64) bool { return slices.Contains(o.DeptIDs, id) })
	})
}

// offeredAccount returns the account that is to join, or ErrAccountNotOffered:
// the caller must not learn whether the account exists
// (docs/spec/org-accounts.md#joining-of-an-org-account).
func (s *Session) offeredAccount(tx Tx, ref AccountRef) (JoinOffer, error) {
	if ref.Org == s.org {
		return JoinOffer{}, ErrAccountNotOffered
	}
	o, err := tx.Employees().JoinOffer(ref)
	if err == nil && !o.covers() {
		err = ErrAccountNotOffered
	}
	if errors.Is(err, ErrOrgNotFound) {
		err = ErrAccountNotOffered
	}
	return o, err
}

// endMemberships deletes the employees of other organisations who joined with
// an account that is being deleted. In each organisation this is a separate
// change with history, leave record and event; external contacts stay until
// they are handed over. The history names the organisation that owns the
// account as the actor.
//
// Decision: the vendor says that an org account always belongs to its owner,
// and lists the end of the account as a way to leave
// (docs/spec/org-accounts.md#end-of-a-joined-membership).
func (s *Session) endMemberships(ctx context.Context, members []AccountRef) error {
	for _, m := range members {
		there := s.dir.Session(Principal{Kind: AdminCaller, Org: m.Org, ID: s.org, Name: "owner of the account"}, s.api, s.requestID)
		err := there.update(ctx, func(tx Tx) error {
			e, err := tx.Employees().Employee(m.UserID)
			if err != nil || e.OuterOrg != s.org {
				return err
			}
			l, err := there.readLeaver(tx, e)
			if err == nil {
				there.removeEmployees(tx, []leaver{l}, LeftByAccount)
			}
			return err
		})
		if err != nil && !errors.Is(err, ErrEmployeeNotFound) && !errors.Is(err, ErrOrgDeleted) {
			return fmt.Errorf("end the membership of %s in %s: %w", m.UserID, m.Org, err)
		}
	}
	s.dir.tokens.clear()
	return nil
}
