package engine

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/mingce/mingce/internal/keyring"
)

// Keys are the keys of the call's organisation, or nil if it has none yet.
func (t *Tx) Keys() *keyring.Tenant { return t.keys }

// Seal encrypts a text for a column of this organisation; row is the row's
// primary key without the organisation. Store the result as BYTEA.
func (t *Tx) Seal(table, row, column, text string) []byte {
	if t.keys == nil {
		_ = t.Fail(ErrNoKey)
		return nil
	}
	return t.keys.Seal(table, row, column, []byte(text))
}

// Open decrypts the result of [Tx.Seal] for the same column of the same row.
// NULL (nil) decrypts to the empty text.
func (t *Tx) Open(table, row, column string, sealed []byte) (string, error) {
	return OpenUnder(t.keys, table, row, column, sealed)
}

// OpenUnder is [Tx.Open] with the given keys, for the few deliberate reads
// across organisations.
func OpenUnder(keys *keyring.Tenant, table, row, column string, sealed []byte) (string, error) {
	if sealed == nil {
		return "", nil
	}
	if keys == nil {
		return "", ErrNoKey
	}
	plain, err := keys.Open(table, row, column, sealed)
	if err != nil {
		return "", fmt.Errorf("%s.%s of %s: %w", table, column, row, err)
	}
	return string(plain), nil
}

// Blind is the blind index of a normalised value. The purpose must be the same
// for writing and searching. An organisation without a key has no rows, so its
// index matches nothing.
func (t *Tx) Blind(purpose, normalised string) []byte {
	if t.keys == nil {
		b := make([]byte, keyring.BlindSize)
		_, _ = rand.Read(b)
		return b
	}
	return t.keys.Blind(purpose, normalised)
}

// ErrNoKey means that the organisation has no key, so nothing was sealed for
// it.
var ErrNoKey = errors.New("store: organisation has no key")

// KeysOf reads the keys of another organisation, for the few deliberate reads
// across tenants. It is a read: it comes before the writes.
func (t *Tx) KeysOf(org string) (*keyring.Tenant, error) {
	if org == t.Org && t.keys != nil {
		return t.keys, nil
	}
	versions, err := t.wrappedKeys(org)
	if err != nil {
		return nil, err
	}
	if len(versions) == 0 {
		return nil, ErrNoKey
	}
	return t.master.Tenant(org, versions)
}

func (t *Tx) wrappedKeys(org string) (versions []keyring.Wrapped, err error) {
	err = t.Each("SELECT version, wrapped FROM org_key WHERE org = ?", Args{org}, func(r *Row) error {
		versions = append(versions, keyring.Wrapped{Version: byte(r.Int(0)), Key: r.Bytes(1)})
		return nil
	})
	return versions, err
}

// tenantKeys returns the keys of an organisation, or nil if it has none yet.
func (db *DB) tenantKeys(ctx context.Context, org string) (*keyring.Tenant, error) {
	if k := db.tenants.of(org); k != nil {
		return k, nil
	}
	var versions []keyring.Wrapped
	err := db.engine.view(ctx, &Tx{Org: org, ctx: ctx, master: db.master}, func(t *Tx) (err error) {
		versions, err = t.wrappedKeys(org)
		return err
	})
	if err != nil || len(versions) == 0 {
		return nil, err
	}
	k, err := db.master.Tenant(org, versions)
	if err != nil {
		return nil, err
	}
	// Only committed keys are cached: a key that was used but never stored
	// would lose what it sealed.
	return db.tenants.put(org, k), nil
}

// MakeKeys returns the keys of an organisation, and creates the first one if
// there is none. It uses its own transaction, because the key must be on disk
// before anything is sealed under it.
func (db *DB) MakeKeys(ctx context.Context, org string, opts ...Option) (*keyring.Tenant, error) {
	k, err := db.tenantKeys(ctx, org)
	if k != nil || err != nil {
		return k, err
	}
	w := db.master.NewTenantKey(org, 1)
	err = db.submit(db.newCall(ctx, org, func(t *Tx) error {
		t.Write("INSERT INTO org_key (org, version, wrapped) VALUES (?, ?, ?) ON CONFLICT (org, version) DO NOTHING",
			org, int64(w.Version), w.Key)
		return nil
	}, opts))
	if db.schema.Deleted.Err != nil && errors.Is(err, db.schema.Deleted.Err) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("store: key of a new organisation: %w", err)
	}
	if k, err = db.tenantKeys(ctx, org); err == nil && k == nil {
		err = ErrNoKey
	}
	return k, err
}

// subject is the key of one subject, as this call sees it.
type subject struct {
	wrapped []byte
	key     *keyring.Key
}

type lateWrite struct {
	subject string
	do      func(*keyring.Key) error
}

// ReadSubject is a read for [Tx.Batch] that fetches the key of a subject ahead
// of [Tx.WithSubject] or [Tx.SubjectKey].
func (t *Tx) ReadSubject(name string) *Read {
	if t.subjects == nil {
		t.subjects = map[string]*subject{}
	}
	s := &subject{}
	t.subjects[name] = s
	return One("SELECT wrapped FROM subject_key WHERE org = ? AND subject = ?", Args{t.Org, name}, nil, func(r *Row) error {
		s.wrapped = r.Bytes(0)
		return nil
	})
}

// SubjectKey returns the key of a subject. If it has none, or it was erased, a
// view gets nil and an update creates one. It is a read unless ReadSubject ran
// before.
func (t *Tx) SubjectKey(name string) (*keyring.Key, error) {
	s := t.subjects[name]
	if s == nil {
		if err := t.Batch(t.ReadSubject(name)); err != nil {
			return nil, err
		}
		s = t.subjects[name]
	}
	if s.key != nil {
		return s.key, nil
	}
	switch {
	case t.keys == nil && (s.wrapped != nil || t.writable):
		return nil, t.Fail(ErrNoKey)
	case s.wrapped != nil:
		var err error
		s.key, err = t.keys.SubjectKey(name, s.wrapped)
		return s.key, err
	case !t.writable:
		return nil, nil
	}
	s.key, s.wrapped = t.keys.NewSubjectKey(name)
	// Another process may create it at the same moment: this call then runs
	// again and finds it.
	t.lateKeys = append(t.lateKeys, write{
		sql:   "INSERT INTO subject_key (org, subject, wrapped) VALUES (?, ?, ?)",
		args:  Args{t.Org, name, s.wrapped},
		retry: true,
		table: "subject_key",
		after: Args{t.Org, name, s.wrapped},
	})
	return s.key, nil
}

// WithSubject calls do with the key of a subject after the function has
// returned, so it may be used between writes. do may write and must not read.
// Without ReadSubject it costs a round trip on PostgreSQL.
func (t *Tx) WithSubject(name string, do func(*keyring.Key) error) {
	t.late = append(t.late, lateWrite{name, do})
}

// EraseKeys removes the organisation's keys from the cache once the call has
// committed, so that nothing is sealed under a deleted key. The caller deletes
// their rows.
func (t *Tx) EraseKeys() { t.erases = true }

// finish runs what [Tx.WithSubject] and [Tx.Last] have deferred.
func (t *Tx) finish() error {
	if err := t.finishLate(); err != nil {
		return err
	}
	for _, write := range t.last {
		write()
	}
	return nil
}

// finishLate runs what [Tx.WithSubject] has deferred.
func (t *Tx) finishLate() error {
	if err := t.finishReads(); err != nil {
		return err
	}
	for _, l := range t.late {
		key, err := t.SubjectKey(l.subject)
		if err == nil {
			err = l.do(key)
		}
		if err != nil {
			return err
		}
	}
	t.writes = append(t.writes, t.lateKeys...)
	t.late, t.lateKeys = nil, nil
	return nil
}

// finishReads fetches the keys that are still missing, in one batch.
func (t *Tx) finishReads() error {
	var missing []*Read
	for _, l := range t.late {
		if t.subjects[l.subject] == nil {
			missing = append(missing, t.ReadSubject(l.subject))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	strict := t.strict
	t.strict = false // the function never writes these rows
	err := t.Batch(missing...)
	t.strict = strict
	return err
}
