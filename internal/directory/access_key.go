package directory

import (
	"context"
	"errors"
	"time"
)

// AccessKey signs RPC calls for the management account of an organisation's
// resource directory.
type AccessKey struct {
	ID        string
	Org       string
	AccountID string // management account of the organisation's resource directory, filled on reading
	Secret    Secret
	Principal string // display name of who holds it
	Policy    string // PolicyFullAccess, PolicyReadOnly or a policy document
	Disabled  bool
	CreatedAt time.Time
}

// Built-in policies (resource-directory-message-contacts, section E).
const (
	PolicyFullAccess = "FullAccess"
	PolicyReadOnly   = "ReadOnly"
)

// AccessKeyTx reads and writes access keys. AccessKeyByID answers across
// tenants, because the credential is what names the tenant.
type AccessKeyTx interface {
	// AccessKeyByID returns the key, or ErrKeyNotFound.
	AccessKeyByID(id string) (AccessKey, error)
	PutAccessKey(k AccessKey)
}

type accessKeyCache = expiring[AccessKey]

// AccessKey returns the access key of that id, or ErrKeyNotFound. A disabled
// key is returned; the caller decides what to say. The answer may be up to a
// second old.
func (d *Directory) AccessKey(ctx context.Context, id string) (AccessKey, error) {
	now := d.now()
	if k, ok := d.access.get(id, now); ok {
		return k, nil
	}
	var k AccessKey
	err := d.store.View(ctx, "", func(tx Tx) (err error) {
		k, err = tx.AccessKeyByID(id)
		return err
	})
	if err != nil {
		return AccessKey{}, err
	}
	err = d.store.View(ctx, k.Org, func(tx Tx) error {
		rd, err := tx.ResourceDirectory()
		k.AccountID = rd.AccountID
		return err
	})
	if err != nil && !errors.Is(err, ErrDirectoryNotEnabled) {
		return AccessKey{}, err
	}
	d.access.put(id, k, now)
	return k, nil
}

// Caller returns the principal that the key stands for.
func (k AccessKey) Caller() Principal {
	return Principal{Kind: KeyCaller, Org: k.Org, ID: k.ID, Name: k.Principal, Policy: k.Policy, AccountID: k.AccountID}
}

// UseNonce records that the key used the nonce and reports whether it was the
// first time. It is remembered until expires, also over restarts and on every
// process of the service.
func (d *Directory) UseNonce(ctx context.Context, keyID, nonce string, expires time.Time) (fresh bool, err error) {
	return d.store.UseNonce(ctx, keyID, nonce, expires)
}

// RefuseBefore returns the time before which signed calls are refused because
// their nonces may have been lost in an unclean stop; zero if there is none.
func (d *Directory) RefuseBefore() time.Time { return d.store.RefuseBefore() }
