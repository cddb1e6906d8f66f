package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/mingce/mingce/internal/keyring"
)

// seal encrypts a text for a column of this organisation; row is the row's
// primary key without the organisation. Store the result as BYTEA.
func (t *tx) seal(table, row, column, text string) []byte {
	if t.keys == nil {
		_ = t.fail(errNoKey)
		return nil
	}
	return t.keys.Seal(table, row, column, []byte(text))
}

// open decrypts what seal made for the same column of the same row. NULL (nil)
// opens as the empty text.
func (t *tx) open(table, row, column string, sealed []byte) (string, error) {
	if sealed == nil {
		return "", nil
	}
	if t.keys == nil {
		return "", errNoKey
	}
	plain, err := t.keys.Open(table, row, column, sealed)
	if err != nil {
		return "", fmt.Errorf("%s.%s of %s: %w", table, column, row, err)
	}
	return string(plain), nil
}

// blind is the blind index of a normalised value for look-ups; the purpose is
// the same for writing and searching. An organisation without a key has no
// rows to find: its index matches nothing.
func (t *tx) blind(purpose, normalised string) []byte {
	if t.keys == nil {
		b := make([]byte, keyring.BlindSize)
		_, _ = rand.Read(b)
		return b
	}
	return t.keys.Blind(purpose, normalised)
}

var errNoKey = errors.New("store: organisation has no key")

// keysOf reads the keys of another organisation, for the few deliberate reads
// across tenants. It is a read: it comes before the writes.
func (t *tx) keysOf(org string) (*keyring.Tenant, error) {
	if org == t.org && t.keys != nil {
		return t.keys, nil
	}
	versions, err := t.wrappedKeys(org)
	if err != nil {
		return nil, err
	}
	if len(versions) == 0 {
		return nil, errNoKey
	}
	return t.master.Tenant(org, versions)
}

func (t *tx) wrappedKeys(org string) (versions []keyring.Wrapped, err error) {
	err = t.each("SELECT version, wrapped FROM org_key WHERE org = ?", args{org}, func(r *row) error {
		versions = append(versions, keyring.Wrapped{Version: byte(r.Int(0)), Key: r.Bytes(1)})
		return nil
	})
	return versions, err
}

// tenantKeys returns the keys of an organisation, or nil if it has none yet.
func (s *Store) tenantKeys(ctx context.Context, org string) (*keyring.Tenant, error) {
	if k := s.tenants.of(org); k != nil {
		return k, nil
	}
	var versions []keyring.Wrapped
	err := s.engine.view(ctx, &tx{org: org, ctx: ctx, master: s.master}, func(t *tx) (err error) {
		versions, err = t.wrappedKeys(org)
		return err
	})
	if err != nil || len(versions) == 0 {
		return nil, err
	}
	k, err := s.master.Tenant(org, versions)
	if err != nil {
		return nil, err
	}
	// Cached only after it was read from committed data: a key that is used but
	// was never stored would lose what it sealed.
	return s.tenants.keep(org, k), nil
}

// makeTenantKeys is tenantKeys that makes the first key. It has a transaction
// of its own, as the key must be on disk before anything is sealed under it.
func (s *Store) makeTenantKeys(ctx context.Context, org string, opts ...func(*call)) (*keyring.Tenant, error) {
	k, err := s.tenantKeys(ctx, org)
	if k != nil || err != nil {
		return k, err
	}
	w := s.master.NewTenantKey(org, 1)
	err = s.submit(ctx, org, nil, func(t *tx) error {
		t.write("INSERT INTO org_key (org, version, wrapped) VALUES (?, ?, ?) ON CONFLICT (org, version) DO NOTHING",
			org, int64(w.Version), w.Key)
		return nil
	}, opts...)
	if errors.Is(err, errOrgEnded) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("store: key of a new organisation: %w", err)
	}
	if k, err = s.tenantKeys(ctx, org); err == nil && k == nil {
		err = errNoKey
	}
	return k, err
}

// subject is the key of one subject as this call sees it.
type subject struct {
	wrapped []byte
	key     *keyring.Key
}

type lateWrite struct {
	subject string
	do      func(*keyring.Key) error
}

// readSubject is a read, to be batched with others, that fetches the key of a
// subject ahead of withSubject or subjectKey.
func (t *tx) readSubject(name string) *read {
	if t.subjects == nil {
		t.subjects = map[string]*subject{}
	}
	s := &subject{}
	t.subjects[name] = s
	return one("SELECT wrapped FROM subject_key WHERE org = ? AND subject = ?", args{t.org, name}, nil, func(r *row) error {
		s.wrapped = r.Bytes(0)
		return nil
	})
}

// subjectKey returns the key of a subject, or nil in a view if it has none
// (or was erased). In an update a missing key is made. Unless readSubject ran
// before, it is a read.
func (t *tx) subjectKey(name string) (*keyring.Key, error) {
	s := t.subjects[name]
	if s == nil {
		if err := t.batch(t.readSubject(name)); err != nil {
			return nil, err
		}
		s = t.subjects[name]
	}
	if s.key != nil {
		return s.key, nil
	}
	switch {
	case t.keys == nil && (s.wrapped != nil || t.writable):
		return nil, t.fail(errNoKey)
	case s.wrapped != nil:
		var err error
		s.key, err = t.keys.SubjectKey(name, s.wrapped)
		return s.key, err
	case !t.writable:
		return nil, nil
	}
	s.key, s.wrapped = t.keys.NewSubjectKey(name)
	// Another process may make it at the same moment: then this call runs again
	// and finds it. (SQLite's one writer cannot be overtaken.)
	t.lateKeys = append(t.lateKeys, write{
		sql:   "INSERT INTO subject_key (org, subject, wrapped) VALUES (?, ?, ?)",
		args:  args{t.org, name, s.wrapped},
		retry: true,
		table: "subject_key",
		after: args{t.org, name, s.wrapped},
	})
	return s.key, nil
}

// withSubject calls do with the key of a subject when the function has ended,
// so that it may be used between writes. do may write and must not read.
// Without readSubject it costs a round trip on PostgreSQL.
func (t *tx) withSubject(name string, do func(*keyring.Key) error) {
	t.late = append(t.late, lateWrite{name, do})
}

// finish runs what withSubject has put off.
func (t *tx) finish() error {
	if err := t.finishReads(); err != nil {
		return err
	}
	for _, l := range t.late {
		key, err := t.subjectKey(l.subject)
		if err == nil {
			err = l.do(key)
		}
		if err != nil {
			return err
		}
	}
	t.writes = append(t.writes, t.lateKeys...)
	for _, write := range t.last {
		write()
	}
	return nil
}

// finishReads fetches the keys that are still missing, in one batch.
func (t *tx) finishReads() error {
	var missing []*read
	for _, l := range t.late {
		if t.subjects[l.subject] == nil {
			missing = append(missing, t.readSubject(l.subject))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	strict := t.strict
	t.strict = false // these rows are not among what the function has written
	err := t.batch(missing...)
	t.strict = strict
	return err
}
