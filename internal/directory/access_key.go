package directory

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Errors of access keys. Methods wrap them with context; compare with errors.Is.
var (
	ErrKeyNotFound = errors.New("access key not found")
	ErrKeyInactive = errors.New("access key is disabled")
)

// AccessKey signs RPC calls for the Alibaba Cloud account of an organisation, or
// for a member account of its resource directory. It is the key of a RAM user of
// that account, or its root key.
type AccessKey struct {
	ID        string
	Org       string
	AccountID string // the account that the key belongs to, filled on reading
	Member    string // the member account that the key belongs to; "" is the organisation's own
	Secret    Secret
	Principal string // display name of its holder
	Policy    string // a built-in policy, the name of a stored one, or a document
	Document  string // of a stored policy, filled by Directory.AccessKey; "" if it was deleted
	Disabled  bool
	CreatedAt time.Time

	// Set for a temporary key, which acts for the key it was made from.
	Parent  string
	Expires time.Time

	// Filled by Directory.AccessKey.
	Home        string // the organisation of the key, if Org is the one whose directory its account joined
	InDirectory bool   // Org has a resource directory
	UserID      string // id of the RAM user, 18 digits
}

// Built-in policies (docs/spec/resource-directory.md#policies-of-access-keys).
const (
	PolicyFullAccess = "FullAccess"
	PolicyReadOnly   = "ReadOnly"
)

// AccessKeyTx reads and writes access keys. AccessKeyByID answers across
// tenants, because the tenant is known from the credential.
type AccessKeyTx interface {
	// AccessKeyByID returns the key, or ErrKeyNotFound.
	AccessKeyByID(id string) (AccessKey, error)
	// AccessKeys returns the organisation's keys without their secrets, oldest first.
	AccessKeys() ([]AccessKey, error)
	PutAccessKey(k AccessKey)
	// DeleteAccessKey deletes the key with its temporary keys and bearer
	// tokens.
	DeleteAccessKey(id string)
}

type accessKeyCache = expiring[AccessKey]

// AccessKey returns the access key of that id, or ErrKeyNotFound. A disabled or
// expired key is returned; the caller decides how to refuse it. The answer is
// cached for up to a second.
func (d *Directory) AccessKey(ctx context.Context, id string) (AccessKey, error) {
	now := d.now()
	if k, ok := d.access.get(id, now); ok {
		return k, nil
	}
	var k AccessKey
	err := d.store.View(ctx, "", func(tx Tx) (err error) {
		if !strings.HasPrefix(id, temporaryPrefix) {
			k, err = tx.AccessKeys().AccessKeyByID(id)
			return err
		}
		t, err := tx.TemporaryKeys().TemporaryKeyByID(id)
		if err != nil {
			return err
		}
		if k, err = tx.AccessKeys().AccessKeyByID(t.KeyID); err != nil {
			return err
		}
		k.ID, k.Parent, k.Expires = t.ID, t.KeyID, t.ExpiresAt
		k.Secret = NewSecret(d.temporarySecret(t))
		return nil
	})
	if err != nil {
		return AccessKey{}, err
	}
	joined := ""
	err = d.store.View(ctx, k.Org, func(tx Tx) error {
		o, err := tx.Orgs().OrgByID(k.Org)
		if err != nil && !errors.Is(err, ErrOrgNotFound) {
			return err
		}
		k.Disabled = k.Disabled || o.Disabled
		a, err := tx.AliyunAccounts().AliyunAccount()
		if k.AccountID = a.ID; err != nil && !errors.Is(err, ErrAccountNotFound) {
			return err
		}
		joined = a.MemberOf
		_, err = tx.ResourceDirectory().ResourceDirectory()
		if k.InDirectory = err == nil; err != nil && !errors.Is(err, ErrDirectoryNotEnabled) {
			return err
		}
		if !k.namesPolicy() {
			return nil
		}
		p, err := tx.Policies().Policy(k.Policy)
		if k.Document = p.Document; errors.Is(err, ErrPolicyNotFound) {
			return nil // without a document the key may do nothing
		}
		return err
	})
	if err == nil && joined != "" && !k.IsAdmin() {
		err = d.asMember(ctx, &k, joined)
	}
	if err != nil {
		return AccessKey{}, err
	}
	if k.Member != "" {
		k.AccountID = k.Member
	}
	k.UserID = d.userID(k)
	d.access.put(id, k, now)
	return k, nil
}

// asMember makes the key that of a member of the directory which its account has
// joined.
func (d *Directory) asMember(ctx context.Context, k *AccessKey, directory string) error {
	return d.store.View(ctx, directory, func(tx Tx) error {
		o, err := tx.Orgs().OrgByID(directory)
		if errors.Is(err, ErrOrgNotFound) {
			return nil // deleted in this moment: the account is outside again
		}
		k.Home, k.Org, k.Member, k.InDirectory = k.Org, directory, k.AccountID, true
		k.Disabled = k.Disabled || o.Disabled
		return err
	})
}

// userID derives the id of the RAM user that a key belongs to: 18 digits.
func (d *Directory) userID(k AccessKey) string {
	id := k.ID
	if k.Parent != "" {
		id = k.Parent
	}
	n := binary.BigEndian.Uint64(d.keys.MAC("ram user", id))
	return strconv.FormatUint(1e17+n%9e17, 10)
}

// namesPolicy reports whether the key carries the name of a stored policy.
func (k AccessKey) namesPolicy() bool {
	return k.Policy != "" && !isBuiltIn(k.Policy) && !isDocument(k.Policy)
}

// Caller returns the principal that calls with the key act as.
func (k AccessKey) Caller() Principal {
	p := Principal{
		Kind: KeyCaller, Org: k.Org, ID: k.ID, Name: k.Principal, Policy: k.Policy,
		AccountID: k.AccountID, Member: k.Member, Home: k.Home, InDirectory: k.InDirectory, UserID: k.UserID, Temporary: k.Parent != "", Expires: k.Expires,
	}
	if k.namesPolicy() {
		p.Policy, p.PolicyName = k.Document, k.Policy
	}
	return p
}

// UseNonce records that the key used the nonce and reports whether this was the
// first time. The record survives restarts and is shared by all processes until
// it expires.
func (d *Directory) UseNonce(ctx context.Context, keyID, nonce string, expires time.Time) (fresh bool, err error) {
	return d.store.UseNonce(ctx, keyID, nonce, expires)
}

// NonceSeen reports whether this process remembers that the key used the nonce.
// It neither writes nor blocks. True is certain; false is not.
func (d *Directory) NonceSeen(keyID, nonce string) bool { return d.store.NonceSeen(keyID, nonce) }

// RefuseBefore returns the time before which signed calls are refused because
// their nonces may have been lost in an unclean stop; zero if there is none.
func (d *Directory) RefuseBefore() time.Time { return d.store.RefuseBefore() }

// NewKey describes an access key to create.
type NewKey struct {
	Principal string
	Policy    string // a built-in policy, the name of a stored one, or a document
	Member    string // "" is the management account
}

// CreateAccessKey is AddAccessKey for the management account.
func (s *Session) CreateAccessKey(ctx context.Context, principal, policy string) (AccessKey, error) {
	return s.AddAccessKey(ctx, NewKey{Principal: principal, Policy: policy})
}

// AddAccessKey adds an access key with a generated id and secret. Only the
// returned AccessKey holds the secret. It returns ErrOrgNotFound,
// ErrPolicyNotFound, ErrAccountNotFound or ErrAdminBound. The caller must have
// checked that a document parses.
func (s *Session) AddAccessKey(ctx context.Context, n NewKey) (AccessKey, error) {
	k := s.newKey(AccessKey{Principal: n.Principal, Policy: n.Policy, Member: n.Member})
	err := s.update(ctx, func(tx Tx) error {
		if !s.mayHandle(k) {
			return ErrAdminBound
		}
		if _, err := tx.Orgs().OrgByID(s.org); err != nil {
			return err
		}
		if k.namesPolicy() {
			if _, err := tx.Policies().Policy(k.Policy); err != nil {
				return fmt.Errorf("policy %s: %w", k.Policy, err)
			}
		}
		if k.Member != "" {
			if _, err := tx.Accounts().Account(k.Member); err != nil {
				return err
			}
		}
		tx.AccessKeys().PutAccessKey(k)
		s.audit(tx, Change{Noun: "access-key", Object: k.ID, Action: "create", After: k.record()})
		return nil
	})
	if err != nil {
		return AccessKey{}, fmt.Errorf("create access key: %w", err)
	}
	return k, nil
}

// mayHandle reports whether the caller may create, rotate or revoke the key:
// the administrator of one organisation must not handle a key for all of them.
func (s *Session) mayHandle(k AccessKey) bool {
	return s.caller.Bound == "" || k.Policy != PolicyServerAdministrator
}

// newKey fills in a key's id, secret and time of creation.
func (s *Session) newKey(k AccessKey) AccessKey {
	k.ID, k.Org, k.CreatedAt = "LTAI"+s.dir.ids.Base62(20), s.org, s.now
	if k.IsAdmin() {
		k.ID = "admin" + s.dir.ids.Base62(16)
	}
	k.Secret = NewSecret(s.dir.ids.Base62(30))
	return k
}

// AccessKeys returns the organisation's keys without their secrets, oldest first.
func (s *Session) AccessKeys(ctx context.Context) (ks []AccessKey, err error) {
	err = s.view(ctx, func(tx Tx) error {
		ks, err = tx.AccessKeys().AccessKeys()
		return err
	})
	return ks, err
}

// DisableAccessKey disables the key or enables it again. It returns
// ErrKeyNotFound.
func (s *Session) DisableAccessKey(ctx context.Context, id string, disabled bool) error {
	action := "enable"
	if disabled {
		action = "disable"
	}
	return s.changeKey(ctx, id, action, func(tx Tx, k AccessKey) {
		k.Disabled = disabled
		tx.AccessKeys().PutAccessKey(k)
	})
}

// RevokeAccessKey deletes the key with its temporary keys and bearer tokens. It
// returns ErrKeyNotFound.
func (s *Session) RevokeAccessKey(ctx context.Context, id string) error {
	return s.changeKey(ctx, id, "revoke", func(tx Tx, _ AccessKey) { tx.AccessKeys().DeleteAccessKey(id) })
}

// RotateAccessKey makes a new key for the same principal, policy and account.
// As with the vendor, the old key keeps working until it is disabled or
// revoked; disable does so at once. It returns ErrKeyNotFound.
func (s *Session) RotateAccessKey(ctx context.Context, id string, disable bool) (fresh AccessKey, err error) {
	err = s.changeKey(ctx, id, "rotate", func(tx Tx, old AccessKey) {
		fresh = s.newKey(AccessKey{Principal: old.Principal, Policy: old.Policy, Member: old.Member})
		tx.AccessKeys().PutAccessKey(fresh)
		after := fresh.record()
		after["replaces"] = id
		s.audit(tx, Change{Noun: "access-key", Object: fresh.ID, Action: "create", After: after})
		if disable {
			old.Disabled = true
			tx.AccessKeys().PutAccessKey(old)
		}
	})
	return fresh, err
}

func (s *Session) changeKey(ctx context.Context, id, action string, change func(Tx, AccessKey)) error {
	err := s.update(ctx, func(tx Tx) error {
		k, err := tx.AccessKeys().AccessKeyByID(id)
		if err == nil && (k.Org != s.org || !s.mayHandle(k)) {
			err = ErrKeyNotFound
		}
		if err != nil {
			return err
		}
		change(tx, k)
		s.audit(tx, Change{Noun: "access-key", Object: id, Action: action, Before: k.record()})
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s access key: %w", action, err)
	}
	s.dir.access.clear()
	return nil
}

func (k AccessKey) record() Record {
	r := Record{"principal": k.Principal, "policy": k.Policy, "disabled": k.Disabled}
	if k.Member != "" {
		r["member"] = k.Member
	}
	return r
}

func isBuiltIn(policy string) bool {
	return slices.Contains([]string{PolicyFullAccess, PolicyReadOnly, PolicyAdministrator, PolicyServerAdministrator}, policy)
}

func isDocument(policy string) bool { return strings.HasPrefix(strings.TrimSpace(policy), "{") }
