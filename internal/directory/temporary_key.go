package directory

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"
)

// Errors of temporary keys. Methods wrap them with context; compare with errors.Is.
var (
	ErrKeyExpired = errors.New("temporary access key has expired")
	ErrDuration   = errors.New("life of the credential is out of bounds")
)

// temporaryPrefix is the prefix of the ids of temporary keys, as with the
// vendor.
const temporaryPrefix = "STS."

// Limits of the lifetime of temporary credentials, as for the vendor's
// AssumeRole (docs/spec/alibaba-cloud.md#temporary-credentials).
const (
	ShortestTemporary = 15 * time.Minute
	LongestTemporary  = 12 * time.Hour
	// LongestBearer is our own limit: a bearer token goes over the wire with
	// every call, so it should not live long.
	LongestBearer = 90 * 24 * time.Hour
	// keepExpired is how long expired credentials are stored, so that calls
	// with them are told that they have expired.
	keepExpired = 7 * 24 * time.Hour
)

// TemporaryKey is an access key that acts until it expires for another one, or
// as a role. Its secret and its security token are derived from its id under the
// server's key; nothing of them is stored.
type TemporaryKey struct {
	ID        string
	Org       string
	KeyID     string // the key it acts for; "" for a session of a role
	CreatedAt time.Time
	ExpiresAt time.Time
	Role      RoleSession
}

// BearerToken acts for an access key until it expires. Only its hash is stored.
type BearerToken struct {
	Hash      string
	Org       string
	KeyID     string
	CreatedAt time.Time
	ExpiresAt time.Time
}

// TemporaryKeyTx reads and writes temporary keys and bearer tokens. The
// look-ups answer across tenants, because the credential names the tenant.
type TemporaryKeyTx interface {
	// TemporaryKeyByID returns the key, or ErrKeyNotFound.
	TemporaryKeyByID(id string) (TemporaryKey, error)
	InsertTemporaryKey(k TemporaryKey)
	// BearerTokenByHash returns the token, or ErrTokenInvalid.
	BearerTokenByHash(hash string) (BearerToken, error)
	InsertBearerToken(t BearerToken)
	// SweepCredentials removes the organisation's temporary keys and bearer
	// tokens that expired before the time.
	SweepCredentials(before time.Time)
}

// TemporaryCredentials are the three values a client needs.
type TemporaryCredentials struct {
	KeyID         string
	Secret        Secret
	SecurityToken Secret
	Expires       time.Time
}

// CreateTemporaryKey creates a key that acts for the access key for some time:
// 15 minutes to 12 hours. It returns ErrKeyNotFound, ErrKeyInactive or
// ErrDuration.
func (s *Session) CreateTemporaryKey(ctx context.Context, keyID string, life time.Duration) (TemporaryCredentials, error) {
	t := TemporaryKey{ID: temporaryPrefix + s.dir.ids.Base62(24), Org: s.org, KeyID: keyID, CreatedAt: s.now, ExpiresAt: s.now.Add(life)}
	err := s.standFor(ctx, keyID, life, LongestTemporary, "sts", t.ExpiresAt, func(tx Tx) { tx.TemporaryKeys().InsertTemporaryKey(t) })
	if err != nil {
		return TemporaryCredentials{}, fmt.Errorf("create temporary key: %w", err)
	}
	return s.dir.credentials(t), nil
}

func (d *Directory) credentials(t TemporaryKey) TemporaryCredentials {
	return TemporaryCredentials{
		KeyID: t.ID, Secret: NewSecret(d.temporarySecret(t)), SecurityToken: NewSecret(d.securityToken(t.ID)), Expires: t.ExpiresAt,
	}
}

// CreateBearerToken creates a token that acts for the access key for some time:
// 15 minutes to 90 days. It returns ErrKeyNotFound, ErrKeyInactive or
// ErrDuration.
func (s *Session) CreateBearerToken(ctx context.Context, keyID string, life time.Duration) (Secret, time.Time, error) {
	token := "bt-" + s.dir.ids.Base62(40)
	t := BearerToken{Hash: s.dir.tokenHash(token), Org: s.org, KeyID: keyID, CreatedAt: s.now, ExpiresAt: s.now.Add(life)}
	err := s.standFor(ctx, keyID, life, LongestBearer, "bearer", t.ExpiresAt, func(tx Tx) { tx.TemporaryKeys().InsertBearerToken(t) })
	if err != nil {
		return Secret{}, time.Time{}, fmt.Errorf("create bearer token: %w", err)
	}
	return NewSecret(token), t.ExpiresAt, nil
}

func (s *Session) standFor(ctx context.Context, keyID string, life, longest time.Duration, action string, expires time.Time, insert func(Tx)) error {
	if life < ShortestTemporary || life > longest {
		return fmt.Errorf("%w: %s to %s", ErrDuration, ShortestTemporary, longest)
	}
	return s.update(ctx, func(tx Tx) error {
		k, err := tx.AccessKeys().AccessKeyByID(keyID)
		switch {
		case err != nil:
			return err
		case k.Org != s.org, k.IsAdmin(): // admin keys do not sign calls
			return ErrKeyNotFound
		case k.Disabled:
			return ErrKeyInactive
		}
		insert(tx)
		tx.TemporaryKeys().SweepCredentials(s.now.Add(-keepExpired))
		s.audit(tx, Change{Noun: "access-key", Object: keyID, Action: action, After: Record{"expires": expires.UTC().Format(time.RFC3339)}})
		return nil
	})
}

// CheckSecurityToken checks the token that came with a temporary key. It
// returns ErrTokenInvalid if the token is not the key's, or ErrKeyExpired.
func (d *Directory) CheckSecurityToken(k AccessKey, token string) error {
	if !d.sameSecret([]byte(d.securityToken(k.ID)), token) || !k.isTemporary() {
		return ErrTokenInvalid
	}
	if !d.now().Before(k.Expires) {
		return ErrKeyExpired
	}
	return nil
}

// BearerKey returns the access key of a bearer token. It returns
// ErrTokenInvalid if the token is unknown or expired, or its key was deleted. A
// disabled key is returned; the caller decides how to refuse it.
func (d *Directory) BearerKey(ctx context.Context, token string) (AccessKey, error) {
	hash, now := d.tokenHash(token), d.now()
	t, ok := d.bearers.get(hash, now)
	if !ok {
		err := d.store.View(ctx, "", func(tx Tx) (err error) {
			t, err = tx.TemporaryKeys().BearerTokenByHash(hash)
			return err
		})
		if err != nil {
			return AccessKey{}, err
		}
		d.bearers.put(hash, t, now)
	}
	if !now.Before(t.ExpiresAt) {
		return AccessKey{}, ErrTokenInvalid
	}
	k, err := d.AccessKey(ctx, t.KeyID)
	if errors.Is(err, ErrKeyNotFound) {
		err = ErrTokenInvalid
	}
	return k, err
}

func (d *Directory) temporarySecret(t TemporaryKey) string {
	return base64.RawURLEncoding.EncodeToString(d.keys.MAC("temporary secret", t.Org, t.KeyID, t.ID))
}

func (d *Directory) securityToken(id string) string {
	return "CAIS" + base64.StdEncoding.EncodeToString(d.keys.MAC("security token", id))
}
