package directory

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Errors of sessions of roles. Methods wrap them with context; compare with errors.Is.
var (
	ErrRootAssumes    = errors.New("root keys may not assume roles")
	ErrRAMRoleDistant = errors.New("the role does not trust the caller")
)

// MaxSessionError is an ErrDuration of a role.
type MaxSessionError struct{ Max time.Duration }

func (e *MaxSessionError) Error() string {
	return fmt.Sprintf("%s: %s to %s", ErrDuration, ShortestTemporary, e.Max)
}

func (e *MaxSessionError) Unwrap() error { return ErrDuration }

// RoleSession is what a temporary key carries that acts as a role.
type RoleSession struct {
	RoleID         string // "" for a key that acts for another key
	Role           string
	Session        string
	SourceIdentity string
	Policy         string // the document that narrows the role's policy; "" is none
	AccountID      string // the role's
	Member         string // AccountID, if that is a member
	Joined         time.Time
}

// String names the session in the history: role/session, and the identity that
// the caller stated.
func (r RoleSession) String() string {
	if r.SourceIdentity == "" {
		return r.Role + "/" + r.Session
	}
	return r.Role + "/" + r.Session + " (" + r.SourceIdentity + ")"
}

// RoleRequest is what the caller of AssumeRole wants.
type RoleRequest struct {
	AccountID      string
	Role           string // in any case of letters
	Session        string
	Life           time.Duration
	Policy         string
	ExternalID     string
	SourceIdentity string
	Address        string // the caller's
	Secure         bool   // over TLS
}

// AssumedRole is a session of a role with its credentials.
type AssumedRole struct {
	Role RAMRole
	TemporaryCredentials
}

// CheckSessionPolicy reports what is wrong with the policy of a session, which
// must be a document.
func (s *Session) CheckSessionPolicy(document string) error {
	if !isDocument(document) {
		return errors.New("not a JSON document")
	}
	return s.dir.policies.CheckPolicy(document)
}

// AssumableRole returns a role that the caller may ask for: no root key may.
// It returns ErrRootAssumes or ErrRAMRoleNotFound.
func (s *Session) AssumableRole(ctx context.Context, accountID, name string) (RAMRole, error) {
	if s.caller.Root {
		return RAMRole{}, ErrRootAssumes
	}
	r, err := s.dir.ramRole(ctx, s.org, accountID, name)
	return r.RAMRole, err
}

// AssumeRole makes a temporary key that acts as the role
// (docs/spec/sts.md#assuming-a-role). The caller must have checked the session
// policy and the caller's own policy. It returns ErrRootAssumes,
// ErrRAMRoleNotFound, ErrRAMRoleDistant or a MaxSessionError.
func (s *Session) AssumeRole(ctx context.Context, q RoleRequest) (AssumedRole, error) {
	if s.caller.Root {
		return AssumedRole{}, ErrRootAssumes
	}
	r, err := s.dir.ramRole(ctx, s.org, q.AccountID, q.Role)
	if err != nil {
		return AssumedRole{}, fmt.Errorf("assume role %s: %w", q.Role, err)
	}
	trusted := s.dir.policies.Trusts(r.Trust, Assumption{
		Names: s.caller.trustedNames(), Address: q.Address, Secure: q.Secure, Now: s.now, Keys: map[string]string{"sts:externalid": q.ExternalID},
	})
	if !trusted {
		return AssumedRole{}, fmt.Errorf("assume role %s: %w", r.ARN(), ErrRAMRoleDistant)
	}
	if q.Life < ShortestTemporary || q.Life > r.MaxSession {
		return AssumedRole{}, fmt.Errorf("assume role %s: %w", r.ARN(), &MaxSessionError{r.MaxSession})
	}
	t := TemporaryKey{
		ID: temporaryPrefix + s.dir.ids.Base62(20), Org: s.org, CreatedAt: s.now, ExpiresAt: s.now.Add(q.Life),
		Role: RoleSession{
			RoleID: r.ID, Role: r.Name, Session: q.Session, SourceIdentity: q.SourceIdentity, Policy: q.Policy,
			AccountID: r.AccountID, Member: r.member, Joined: r.joined,
		},
	}
	err = s.update(ctx, func(tx Tx) error {
		tx.TemporaryKeys().InsertTemporaryKey(t)
		tx.TemporaryKeys().SweepCredentials(s.now.Add(-keepExpired))
		s.audit(tx, Change{Noun: ramRoleNoun, Object: r.ARN(), Action: "assume", After: t.record()})
		return nil
	})
	if err != nil {
		return AssumedRole{}, fmt.Errorf("assume role %s: %w", r.ARN(), err)
	}
	return AssumedRole{r.RAMRole, s.dir.credentials(t)}, nil
}

func (t TemporaryKey) record() Record {
	r := Record{"session": t.Role.Session, "expires": t.ExpiresAt.UTC().Format(time.RFC3339)}
	for name, v := range map[string]string{"sourceIdentity": t.Role.SourceIdentity, "policy": t.Role.Policy} {
		if v != "" {
			r[name] = v
		}
	}
	return r
}

// roleKey returns the access key of a session of a role. If the role is not the
// one any more that was assumed, or the member is not in the directory or has
// joined anew, the key has expired (docs/spec/sts.md#end-of-a-session).
func (d *Directory) roleKey(ctx context.Context, t TemporaryKey) (AccessKey, error) {
	k := AccessKey{
		ID: t.ID, Org: t.Org, Member: t.Role.Member, Secret: NewSecret(d.temporarySecret(t)),
		Principal: t.Role.Role + ":" + t.Role.Session, CreatedAt: t.CreatedAt, Expires: t.ExpiresAt, Role: t.Role,
	}
	r, err := d.ramRole(ctx, t.Org, t.Role.AccountID, t.Role.Role)
	switch {
	case errors.Is(err, ErrRAMRoleNotFound), err == nil && (r.ID != t.Role.RoleID || !r.joined.Equal(t.Role.Joined)):
		k.Expires = time.Time{}
		return k, nil
	case err != nil:
		return AccessKey{}, err
	}
	k.Policy, k.Document, k.Home, k.Disabled = r.Policy, r.document, r.home, r.disabled
	return k, nil
}

// trustedNames returns the names under which trust policies can name the
// caller: its account, and itself.
func (p Principal) trustedNames() []string {
	self := "user/" + p.Name
	if p.Role.RoleID != "" {
		self = "role/" + p.Role.Role
	}
	return []string{"acs:ram::" + p.AccountID + ":root", "acs:ram::" + p.AccountID + ":" + self}
}
