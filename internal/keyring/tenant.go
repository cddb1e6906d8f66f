package keyring

import (
	"crypto/rand"
	"fmt"
	"strconv"
)

// Tenant is the set of key versions of one organisation. The newest version
// seals, all of them open. It is immutable and safe for concurrent use: adding
// a version means unwrapping a new Tenant.
type Tenant struct {
	org     string
	current *Key
	blind   *Key
	byVer   map[byte]*Key
}

// Wrapped is one version of an organisation's key as stored.
type Wrapped struct {
	Version byte
	Key     []byte
}

// NewTenantKey creates a random key of the given version for an organisation
// and returns it wrapped by the master key. Versions start at 1.
func (m *Master) NewTenantKey(org string, version byte) Wrapped {
	secret := make([]byte, KeySize)
	_, _ = rand.Read(secret)
	return Wrapped{Version: version, Key: m.wrap.Seal(tenantPlace(org, version), secret)}
}

// Tenant unwraps the stored key versions of an organisation. It returns
// ErrOpen if they were wrapped by another master key or for another
// organisation.
func (m *Master) Tenant(org string, versions []Wrapped) (*Tenant, error) {
	t := &Tenant{org: org, byVer: make(map[byte]*Key, len(versions))}
	for _, w := range versions {
		secret, err := m.wrap.Open(tenantPlace(org, w.Version), w.Key)
		if err != nil {
			return nil, fmt.Errorf("key %d of organisation %q: %w", w.Version, org, err)
		}
		k, err := newKey(w.Version, secret)
		clear(secret)
		if err != nil {
			return nil, err
		}
		t.byVer[w.Version] = k
		if t.current == nil || w.Version > t.current.version {
			t.current = k
		}
		// Blind indexes stay under the first version: while a rotation re-seals
		// the fields row by row, all values must remain findable.
		if t.blind == nil || w.Version < t.blind.version {
			t.blind = k
		}
	}
	if t.current == nil {
		return nil, fmt.Errorf("keyring: organisation %q has no key: %w", org, ErrVersion)
	}
	return t, nil
}

func tenantPlace(org string, version byte) Place {
	return Place{Tenant: org, Table: "org_key", Row: strconv.Itoa(int(version)), Column: "wrapped"}
}

// Org is the organisation the keys belong to.
func (t *Tenant) Org() string { return t.org }

// Seal encrypts a field of this organisation under its newest key.
func (t *Tenant) Seal(table, row, column string, plaintext []byte) []byte {
	return t.current.Seal(Place{t.org, table, row, column}, plaintext)
}

// Open decrypts a field sealed under any version of this organisation's key.
func (t *Tenant) Open(table, row, column string, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, ErrOpen
	}
	k, ok := t.byVer[sealed[0]]
	if !ok {
		return nil, ErrVersion
	}
	return k.Open(Place{t.org, table, row, column}, sealed)
}

// Blind is [Key.Blind] under this organisation's index key.
func (t *Tenant) Blind(purpose, normalised string) []byte {
	return t.blind.Blind(purpose, normalised)
}

// NewSubjectKey creates a random key for a subject and returns it with its
// wrapped form. Deleting the wrapped form makes everything sealed under the key
// unreadable.
func (t *Tenant) NewSubjectKey(subject string) (*Key, []byte) {
	secret := make([]byte, KeySize)
	_, _ = rand.Read(secret)
	k, err := newKey(1, secret)
	if err != nil {
		panic(err) // cannot happen: the size is right
	}
	wrapped := t.Seal("subject_key", subject, "wrapped", secret)
	clear(secret)
	return k, wrapped
}

// SubjectKey unwraps a subject's key.
func (t *Tenant) SubjectKey(subject string, wrapped []byte) (*Key, error) {
	secret, err := t.Open("subject_key", subject, "wrapped", wrapped)
	if err != nil {
		return nil, fmt.Errorf("key of a subject: %w", err)
	}
	defer clear(secret)
	return newKey(1, secret)
}

// String hides the keys.
func (t *Tenant) String() string { return hidden }

// GoString hides the keys.
func (t *Tenant) GoString() string { return hidden }

// Format hides the keys under every verb.
func (t *Tenant) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }
