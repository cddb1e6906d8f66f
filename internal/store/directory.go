package store

import (
	"context"
	"encoding/json"
	"fmt"
	"math/bits"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
)

var (
	_ directory.Store = (*Store)(nil)
	_ directory.Tx    = (*tx)(nil)
)

// View implements [directory.Store].
func (s *Store) View(ctx context.Context, org string, fn func(directory.Tx) error) error {
	return s.view(ctx, org, func(t *tx) error { return fn(t) })
}

// Update implements [directory.Store].
//
// On PostgreSQL it runs at READ COMMITTED: a function that reads a row in order
// to write it locks the row by reading it, so that the next caller waits and
// then sees the outcome, where a stricter level would make it fail and try
// again. What must be unique is so by index, what is counted is counted behind a
// lock ([tx.CountMessageContacts], [tx.Grants]), and what a change names is kept
// from deletion ([lookup]).
//
// Every update keeps its organisation from being deleted, with a lock that only
// the deletion conflicts with; writes to one that has ended are refused with
// [directory.ErrOrgEnded].
//
// Locks are taken from above downwards, so that calls which need several do not
// block each other: the organisation, the root department, other departments,
// employees, labels, external contacts; an app before its logins; a message
// contact before its verifications, and both before the resource directory,
// whose one row stands for its whole tree. Where an order cannot be kept
// (two contacts handed over crosswise), the server ends one of the calls and it
// runs again.
func (s *Store) Update(ctx context.Context, org string, fn func(directory.Tx) error) error {
	erased := false
	err := s.update(ctx, org, func(t *tx) error {
		t.now = s.now
		err := fn(t)
		erased = t.erases
		return err
	}, atReadCommitted)
	if err == nil && erased {
		s.tenants.forget(org) // nothing may be sealed under a key that is gone
	}
	return err
}

// forUpdate locks the rows of a read on PostgreSQL until the call ends. On
// SQLite nobody else writes meanwhile.
const forUpdate = " /*pg: FOR NO KEY UPDATE*/"

// toWrite is the text of a read that in an update comes before a write of the
// same row.
func (t *tx) toWrite(sql string) string {
	if t.writable {
		return sql + forUpdate
	}
	return sql
}

// found turns an absent row into the noun's error.
func found(ok bool, err, absent error) error {
	if err == nil && !ok {
		return absent
	}
	return err
}

func millis(t time.Time) int64      { return t.UnixMilli() }
func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// optional stores an empty text as NULL.
func optional(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// list is a list as JSON; one that was never set is NULL.
func list[T any](v []T) any {
	if v == nil {
		return nil
	}
	return jsonText(v)
}

func jsonText(v any) string {
	b, err := json.Marshal(v)
	if err != nil { // only lists and structs of texts and numbers come here
		panic("store: " + err.Error())
	}
	return string(b)
}

// readList reads what list wrote.
func readList[T any](r *row, i int) (v []T, err error) {
	p := r.NullText(i)
	if p == nil {
		return nil, nil
	}
	return v, json.Unmarshal([]byte(*p), &v)
}

// lookup finds out which of some ids a table does not have.
type lookup[T comparable] struct {
	ids  []T
	have []bool
}

// lookupText is a query by a list of ids, with a text for each length that
// [in] fills lists up to.
type lookupText struct {
	plain, keep [11]string
	sql         string
}

// newLookupText is for a query that ends before the list of "IN".
func newLookupText(sql string) *lookupText {
	texts := &lookupText{sql: sql}
	for i := range texts.plain {
		texts.plain[i] = sql + " (" + marks(1<<i) + ")"
		texts.keep[i] = texts.plain[i] + keepRows
	}
	return texts
}

// keepRows keeps others on PostgreSQL from deleting the rows of a read until
// the call ends: what it names exists when it commits.
const keepRows = " /*pg: FOR KEY SHARE*/"

// fewIDs are looked up one by one where a read is no round trip: for a list,
// SQLite builds a table and drops it again.
const fewIDs = 32

// reads are the queries for at least one id. With keep, others cannot delete
// the rows until the call ends.
func (l *lookup[T]) reads(t *tx, texts *lookupText, keep bool, id func(*row, int) T) []*read {
	l.have = make([]bool, len(l.ids))
	if _, local := t.reads.(*sqliteConn); local && len(l.ids) <= fewIDs {
		reads := make([]*read, len(l.ids))
		for i, id := range l.ids {
			reads[i] = one(texts.plain[0], args{t.org, id}, &l.have[i], nil)
		}
		return reads
	}
	return []*read{l.list(t, texts, keep, id)}
}

// list is one query for all ids.
func (l *lookup[T]) list(t *tx, texts *lookupText, keep bool, id func(*row, int) T) *read {
	size := bits.Len(uint(len(l.ids) - 1))
	if size >= len(texts.plain) { // more ids than any list of the directory has
		places, values := in(l.ids)
		return each(texts.sql+" ("+places+")", append(args{t.org}, values...), l.scan(id))
	}
	values := make(args, 1+1<<size)
	values[0] = t.org
	for i := range 1 << size {
		values[1+i] = l.ids[min(i, len(l.ids)-1)]
	}
	if keep {
		return each(texts.keep[size], values, l.scan(id))
	}
	return each(texts.plain[size], values, l.scan(id))
}

// keep keeps others on PostgreSQL from deleting a row that was read before, until
// the call ends; the call fails with missing if it is gone by then.
func (t *tx) keep(missing error, texts *lookupText, id any) {
	t.add(write{sql: texts.keep[0], args: args{t.org, id}, missing: missing, keep: true})
}

// scan marks the ids of the rows. Long lists are looked up by a map.
func (l *lookup[T]) scan(id func(*row, int) T) func(*row) error {
	var at map[T][]int
	if len(l.ids) > 32 {
		at = make(map[T][]int, len(l.ids))
		for i, v := range l.ids {
			at[v] = append(at[v], i)
		}
	}
	return func(r *row) error {
		have := id(r, 0)
		for _, i := range at[have] {
			l.have[i] = true
		}
		for i := 0; at == nil && i < len(l.ids); i++ {
			l.have[i] = l.have[i] || l.ids[i] == have
		}
		return nil
	}
}

// missing is the outcome, in the order of the ids.
func (l *lookup[T]) missing() (ids []T) {
	for i, id := range l.ids {
		if !l.have[i] {
			ids = append(ids, id)
		}
	}
	return ids
}

// ofOther is for a row of another organisation than the transaction's: writing
// one is a mistake of the program, so nothing of the call is stored.
func (t *tx) ofOther(org string) bool {
	if t.org == org {
		return false
	}
	_ = t.fail(fmt.Errorf("store: row of organisation %q in a transaction of %q", org, t.org))
	return true
}

// openUnder is open with the keys of the organisation that the row belongs to.
func openUnder(keys *keyring.Tenant, table, row, column string, sealed []byte) (string, error) {
	t := tx{keys: keys}
	return t.open(table, row, column, sealed)
}
