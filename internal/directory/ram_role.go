package directory

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Errors of roles. Methods wrap them with context; compare with errors.Is.
var (
	ErrRAMRoleNotFound = errors.New("role not found")
	ErrRAMRoleExists   = errors.New("the account has a role of this name")
	ErrRAMRoleName     = errors.New("the name of a role has 1 to 64 letters, digits, dots and hyphens, and is not " + DefaultRAMRole)
	ErrRAMRolePolicy   = errors.New("a role cannot carry the policy of an administrator")
	ErrRAMRoleTrust    = errors.New("trust policy")
	ErrRAMRolePlace    = errors.New("the account joined from an organisation of its own, where its roles are made")
)

// DefaultRAMRole is the role that every member of a resource directory has and
// that trusts the management account. It is not stored
// (docs/spec/sts.md#the-role-of-every-member).
const DefaultRAMRole = "ResourceDirectoryAccountAccessRole"

// Bounds of how long a session of a role may last: MaxSession is one of these
// or between them (docs/spec/sts.md#form-of-a-role).
const (
	DefaultMaxSession = time.Hour
	LongestMaxSession = 12 * time.Hour
)

// RAMRole is a role of an account. Whom its trust policy names may assume it,
// and then acts with its policy.
type RAMRole struct {
	ID         string // 18 digits
	AccountID  string // the organisation's own account or a member
	Name       string // unique in the account, in any case of letters
	Policy     string // a built-in policy, the name of a stored one, or a document
	Trust      string // the trust policy
	MaxSession time.Duration
	CreatedAt  time.Time
}

// RAMRoleTx reads and writes the roles of the accounts in an organisation.
type RAMRoleTx interface {
	// RAMRole returns the account's role of that name, in any case of letters,
	// or ErrRAMRoleNotFound.
	RAMRole(accountID, name string) (RAMRole, error)
	// RAMRoles returns the roles of all accounts, by account and name.
	RAMRoles() ([]RAMRole, error)
	// InsertRAMRole makes Update return ErrRAMRoleExists.
	InsertRAMRole(r RAMRole)
	DeleteRAMRole(id string)
}

// ARN returns the name of the role in policies and calls.
func (r RAMRole) ARN() string { return "acs:ram::" + r.AccountID + ":role/" + r.Name }

// Policies reads policies, which the core stores as texts.
type Policies interface {
	// CheckPolicy reports what is wrong with a policy document.
	CheckPolicy(document string) error
	// CheckTrust reports what is wrong with a trust policy.
	CheckTrust(document string) error
	// Trusts reports whether a trust policy allows the assumption.
	Trusts(document string, a Assumption) bool
}

// Assumption is what a trust policy decides: whether a caller may assume the
// role.
type Assumption struct {
	Names   []string // of the caller, as trust policies write them
	Address string   // the caller's
	Secure  bool     // over TLS
	Now     time.Time
	Keys    map[string]string // of conditions, in lower case: sts:externalid
}

// IsRAMRoleName reports whether a text can be the name of a role.
func IsRAMRoleName(name string) bool {
	return len(name) >= 1 && len(name) <= 64 && strings.IndexFunc(name, func(r rune) bool {
		return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '.'
	}) < 0
}

// CreateRAMRole adds a role of the organisation's own account, or of a member
// in r.AccountID. MaxSession 0 is an hour, Trust "" trusts the role's account. It returns ErrRAMRoleName,
// ErrRAMRolePolicy, ErrRAMRoleTrust, ErrDuration, ErrPolicyNotFound,
// ErrAccountNotFound or ErrRAMRoleExists. The caller must have checked that a
// policy document parses.
func (s *Session) CreateRAMRole(ctx context.Context, r RAMRole) (RAMRole, error) {
	if r.MaxSession == 0 {
		r.MaxSession = DefaultMaxSession
	}
	if err := s.checkRAMRole(r); err != nil {
		return RAMRole{}, fmt.Errorf("create role %s: %w", r.Name, err)
	}
	r.ID, r.CreatedAt = s.dir.ids.Digits(18), s.now
	err := s.update(ctx, func(tx Tx) error {
		own, err := tx.AliyunAccounts().AliyunAccount()
		if err != nil {
			return err
		}
		if r.AccountID = cmp.Or(r.AccountID, own.ID); r.AccountID != own.ID {
			if _, err := tx.Accounts().Account(r.AccountID); err != nil {
				return err
			}
			if home, err := joinedFrom(tx, s.org, r.AccountID); err != nil || home != "" {
				return errors.Join(err, fmt.Errorf("%w: %s", ErrRAMRolePlace, home))
			}
		}
		r.Trust = cmp.Or(r.Trust, TrustingAccount(r.AccountID))
		if namesPolicy(r.Policy) {
			if _, err := tx.Policies().Policy(r.Policy); err != nil {
				return fmt.Errorf("policy %s: %w", r.Policy, err)
			}
		}
		tx.RAMRoles().InsertRAMRole(r)
		s.audit(tx, Change{Noun: ramRoleNoun, Object: r.ARN(), Action: "create", After: r.record()})
		return nil
	})
	if err != nil {
		return RAMRole{}, fmt.Errorf("create role %s: %w", r.Name, err)
	}
	return r, nil
}

const ramRoleNoun = "ram-role"

func (s *Session) checkRAMRole(r RAMRole) error {
	if !IsRAMRoleName(r.Name) || strings.EqualFold(r.Name, DefaultRAMRole) {
		return ErrRAMRoleName
	}
	if (AccessKey{Policy: r.Policy}).IsAdmin() {
		return ErrRAMRolePolicy
	}
	if r.MaxSession < DefaultMaxSession || r.MaxSession > LongestMaxSession {
		return fmt.Errorf("%w: %s to %s", ErrDuration, DefaultMaxSession, LongestMaxSession)
	}
	if r.Trust == "" {
		return nil
	}
	if err := s.dir.policies.CheckTrust(r.Trust); err != nil {
		return fmt.Errorf("%w: %w", ErrRAMRoleTrust, err)
	}
	return nil
}

// RAMRoles returns the roles of one account, by name: of a member also the one
// that every member has. "" is the organisation's own account. It returns
// ErrAccountNotFound.
func (s *Session) RAMRoles(ctx context.Context, accountID string) (rs []RAMRole, err error) {
	err = s.view(ctx, func(tx Tx) error {
		rs = nil
		own, err := tx.AliyunAccounts().AliyunAccount()
		if err != nil {
			return err
		}
		of := cmp.Or(accountID, own.ID)
		if of != own.ID {
			a, err := tx.Accounts().Account(of)
			if err != nil {
				return err
			}
			rs = append(rs, s.dir.defaultRAMRole(s.org, own.ID, a))
		}
		all, err := tx.RAMRoles().RAMRoles()
		for _, r := range all {
			if r.AccountID == of {
				rs = append(rs, r)
			}
		}
		return err
	})
	return rs, err
}

// DeleteRAMRole deletes a role of the organisation's own account or of a member
// and ends its sessions. It returns ErrRAMRoleNotFound.
func (s *Session) DeleteRAMRole(ctx context.Context, accountID, name string) error {
	err := s.update(ctx, func(tx Tx) error {
		own, err := tx.AliyunAccounts().AliyunAccount()
		if err != nil {
			return err
		}
		r, err := tx.RAMRoles().RAMRole(cmp.Or(accountID, own.ID), name)
		if err != nil {
			return err
		}
		tx.RAMRoles().DeleteRAMRole(r.ID)
		s.audit(tx, Change{Noun: ramRoleNoun, Object: r.ARN(), Action: "delete", Before: r.record()})
		return nil
	})
	if err != nil {
		return fmt.Errorf("delete role %s: %w", name, err)
	}
	s.dir.access.clear()
	return nil
}

func (r RAMRole) record() Record {
	return Record{"id": r.ID, "policy": r.Policy, "trust": r.Trust, "maxSessionSeconds": int64(r.MaxSession / time.Second)}
}

// defaultRAMRole returns the role that every member has.
func (d *Directory) defaultRAMRole(org, management string, a Account) RAMRole {
	return RAMRole{
		ID: d.derivedDigits("default role", org, a.ID), AccountID: a.ID, Name: DefaultRAMRole, Policy: PolicyFullAccess,
		Trust: TrustingAccount(management), MaxSession: DefaultMaxSession, CreatedAt: a.JoinedAt,
	}
}

// TrustingAccount returns the trust policy that trusts all users and roles of
// an account.
func TrustingAccount(accountID string) string {
	return `{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"RAM":["acs:ram::` + accountID + `:root"]}}],"Version":"1"}`
}

// derivedDigits returns an id of 18 digits, the first of them not 0, that is
// always the same for the same parts.
func (d *Directory) derivedDigits(purpose string, parts ...string) string {
	const least = 100_000_000_000_000_000
	n := binary.BigEndian.Uint64(d.keys.MAC(purpose, parts...))
	return strconv.FormatUint(least+n%(9*least), 10)
}

// placedRAMRole is a role with its place.
type placedRAMRole struct {
	RAMRole
	member   string    // the account, if it is a member
	joined   time.Time // when the member joined
	home     string    // the organisation that the member's account is of, if it joined from one
	document string    // of a stored policy
	disabled bool      // home is
}

// ramRole returns a role of an account of the organisation: its own or a
// member. Accounts of others have no roles here: it returns ErrRAMRoleNotFound.
func (d *Directory) ramRole(ctx context.Context, org, accountID, name string) (r placedRAMRole, err error) {
	read := func(tx Tx) error {
		if r.RAMRole, err = tx.RAMRoles().RAMRole(accountID, name); err != nil {
			return err
		}
		r.document, err = policyText(tx, r.Policy)
		return err
	}
	err = d.store.View(ctx, org, func(tx Tx) error {
		own, err := tx.AliyunAccounts().AliyunAccount()
		if err != nil && !errors.Is(err, ErrAccountNotFound) {
			return err
		}
		if accountID == own.ID {
			return read(tx)
		}
		a, err := tx.Accounts().Account(accountID)
		if err != nil {
			return err
		}
		r.member, r.joined = a.ID, a.JoinedAt
		if r.home, err = joinedFrom(tx, org, a.ID); err != nil {
			return err
		}
		if strings.EqualFold(name, DefaultRAMRole) {
			r.RAMRole = d.defaultRAMRole(org, own.ID, a)
			return nil
		}
		if r.home != "" {
			return nil
		}
		return read(tx)
	})
	if err == nil && r.RAMRole == (RAMRole{}) {
		err = d.store.View(ctx, r.home, func(tx Tx) error {
			o, err := tx.Orgs().OrgByID(r.home)
			if r.disabled = o.Disabled; err != nil {
				return err
			}
			return read(tx)
		})
	}
	if errors.Is(err, ErrAccountNotFound) || errors.Is(err, ErrOrgNotFound) {
		err = ErrRAMRoleNotFound
	}
	return r, err
}

// joinedFrom returns the organisation that a member's account is of, or "" for
// a member that the directory created.
func joinedFrom(tx Tx, org, member string) (string, error) {
	a, err := tx.AliyunAccounts().AliyunAccountByID(member)
	if errors.Is(err, ErrAccountNotFound) || err == nil && a.MemberOf != org {
		return "", nil
	}
	return a.Org, err
}
