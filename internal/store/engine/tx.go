package engine

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/mingce/mingce/internal/keyring"
)

// Args are the values of a statement's placeholders, in order: string, int,
// int64, bool, []byte, nil, and pointers to string or int64 (nil is NULL). Do
// not change a []byte afterwards.
type Args = []any

// Tx is one call's view of the data of one organisation. It is valid until the
// function it was passed to returns, and is not safe for concurrent use.
type Tx struct {
	// Org is the organisation the call acts for, or "". Every statement of a
	// noun names it. It must not be changed.
	Org string

	ctx      context.Context
	reads    reader
	keys     *keyring.Tenant // nil if the organisation has no key yet (in a view only)
	writes   []write
	err      error // the first failure of the engine; a function cannot hide it
	writable bool
	strict   bool
	scanning bool

	subjects map[string]*subject // see sealing.go
	late     []lateWrite
	lateKeys []write
	last     []func()            // run after everything else is written
	carryOut func([]write) error // see Flush
	erases   bool                // EraseKeys was called
	master   *keyring.Master
}

// reader runs reads against one snapshot.
type reader interface {
	run(ctx context.Context, reads []*Read) error
}

// Read is one query and the function that scans its rows.
type Read struct {
	sql   string
	args  Args
	scan  func(*Row) error
	one   bool
	found *bool
}

// Each is a read of any number of rows for [Tx.Batch].
func Each(sql string, a Args, scan func(*Row) error) *Read {
	return &Read{sql: sql, args: a, scan: scan}
}

// One is a read of at most one row for [Tx.Batch]. It sets found, which may be
// nil, to whether there was a row.
func One(sql string, a Args, found *bool, scan func(*Row) error) *Read {
	return &Read{sql: sql, args: a, scan: scan, one: true, found: found}
}

// Batch runs independent reads: in one round trip on PostgreSQL, one by one on
// SQLite.
func (t *Tx) Batch(reads ...*Read) error {
	if err := t.mayRead(); err != nil {
		return t.Fail(err)
	}
	t.scanning = true
	err := t.reads.run(t.ctx, reads)
	t.scanning = false
	return t.Fail(err)
}

// Each calls scan for every row of one query.
func (t *Tx) Each(sql string, a Args, scan func(*Row) error) error {
	return t.Batch(&Read{sql: sql, args: a, scan: scan})
}

// One calls scan for the row of a query that returns at most one row, and
// reports whether there was one. scan may be nil.
func (t *Tx) One(sql string, a Args, scan func(*Row) error) (found bool, err error) {
	err = t.Batch(&Read{sql: sql, args: a, scan: scan, one: true, found: &found})
	return found, err
}

var (
	errReadAfterWrite = errors.New("store: read after write in one function (reads come first)")
	errReadInScan     = errors.New("store: read inside the scan of another read")
	errWriteInView    = errors.New("store: write in a view")
	errTwoRows        = errors.New("store: more than one row")
)

func (t *Tx) mayRead() error {
	switch {
	case t.err != nil:
		return t.err
	case t.scanning:
		return errReadInScan
	case t.strict && len(t.writes) > 0:
		return errReadAfterWrite
	}
	return nil
}

// Fail records a failure of the engine, so that the call cannot commit even if
// the function ignores the error. The error of a scan function is not recorded.
func (t *Tx) Fail(err error) error {
	var s *scanError
	if errors.As(err, &s) {
		return s.err
	}
	if err != nil && t.err == nil {
		t.err = err
	}
	return err
}

// scanError carries the error of a scan function out of a reader.
type scanError struct{ err error }

func (e *scanError) Error() string { return e.err.Error() }

// write is one buffered statement.
type write struct {
	sql       string
	args      Args
	conflict  error            // the error for a violated unique constraint
	conflicts map[string]error // the same, by constraint name
	missing   error            // the error for a row count other than one
	retry     bool             // a violated constraint runs the function again
	lock      bool             // a read that locks a row; skipped on SQLite, which has one writer

	// Set by [Tx.DeclareChange]: the table of the one row that the statement
	// changes, and its values before (nil: it is new) and after (nil: it is
	// deleted). On PostgreSQL this saves asking the server for them, see
	// [rowChanges].
	table         string
	before, after []any
}

// Writable reports whether the call is an update.
func (t *Tx) Writable() bool { return t.writable }

// Local reports whether a read costs no round trip, as on SQLite.
func (t *Tx) Local() bool {
	_, ok := t.reads.(*sqliteConn)
	return ok
}

// Context is the context of the call.
func (t *Tx) Context() context.Context { return t.ctx }

// WantsChanges reports whether [Tx.DeclareChange] saves the engine from asking
// the server which rows a statement changes.
func (t *Tx) WantsChanges() bool {
	_, ok := t.reads.(*pgTx)
	return ok && t.writable
}

// DeclareChange says which one row the last write changes: its values before
// (nil: it is new) and after (none: it is deleted), in the order of the table's
// columns.
func (t *Tx) DeclareChange(table string, before []any, after ...any) {
	for i, v := range after {
		after[i] = plainValue(v)
	}
	if n := len(t.writes); n > 0 {
		w := &t.writes[n-1]
		w.table, w.before, w.after = table, before, after
	}
}

// plainValue converts a value of [Args] to what a row holds: nil, int64, string
// or []byte.
func plainValue(v any) any {
	switch v := v.(type) {
	case nil, int64, string, []byte:
		if b, ok := v.([]byte); ok && b == nil {
			return nil
		}
		return v
	case bool:
		return b2i(v)
	case int:
		return int64(v)
	}
	r := reflect.ValueOf(v)
	switch {
	case r.Kind() == reflect.Pointer && r.IsNil():
		return nil
	case r.Kind() == reflect.Pointer:
		return plainValue(r.Elem().Interface())
	case r.Kind() == reflect.String:
		return r.String()
	case r.CanInt():
		return r.Int()
	}
	return v
}

// mayFail reports whether a refusal of the statement is foreseen. retry does
// not count: SQLite has one writer, so nobody can get in its way.
func (w write) mayFail() bool {
	return !w.lock && (w.conflict != nil || w.conflicts != nil || w.missing != nil)
}

// refusal is the error for a violated unique constraint, or nil if the noun did
// not foresee it.
func (w *write) refusal(constraint string) error {
	switch {
	case w.retry:
		return errRetry
	case w.conflict != nil:
		return &ConflictError{Constraint: constraint, Err: w.conflict}
	case w.conflicts[constraint] != nil:
		return &ConflictError{Constraint: constraint, Err: w.conflicts[constraint]}
	}
	return nil
}

// ConflictError is a violated unique constraint. It unwraps to the error the
// noun gave, and reads like it: people see it, to whom the name of an index
// says nothing.
type ConflictError struct {
	Constraint string // the unique index, or <table>_pkey
	Err        error
}

func (e *ConflictError) Error() string { return e.Err.Error() }
func (e *ConflictError) Unwrap() error { return e.Err }

func (t *Tx) add(w write) {
	if !t.writable {
		_ = t.Fail(errWriteInView)
		return
	}
	if t.writes == nil {
		t.writes = make([]write, 0, usualWrites)
	}
	t.writes = append(t.writes, w)
}

// usualWrites is the number of writes of a typical change of one object.
const usualWrites = 4

// Write buffers a statement that is not expected to be refused.
func (t *Tx) Write(sql string, a ...any) { t.add(write{sql: sql, args: a}) }

// WriteUnique buffers a statement that may violate a unique constraint; the
// call then fails with conflict (errors.Is) as a [ConflictError] and has
// written nothing. It costs least as the first write of its function.
func (t *Tx) WriteUnique(conflict error, sql string, a ...any) {
	t.add(write{sql: sql, args: a, conflict: conflict})
}

// WriteUniqueBy is [Tx.WriteUnique] for a table with several unique
// constraints: the error is chosen by the name of the unique index
// (<table>_pkey for a primary key). A constraint that is not named is an
// unexpected failure. If a statement violates two, the engines may differ in
// which they report.
func (t *Tx) WriteUniqueBy(conflicts map[string]error, sql string, a ...any) {
	t.add(write{sql: sql, args: a, conflicts: conflicts})
}

// WriteOne buffers a statement that must change exactly one row, such as a
// compare-and-set; otherwise the call fails with missing and has written
// nothing.
func (t *Tx) WriteOne(missing error, sql string, a ...any) {
	t.add(write{sql: sql, args: a, missing: missing})
}

// WriteOneUnique combines [Tx.WriteOne] and [Tx.WriteUnique].
func (t *Tx) WriteOneUnique(missing, conflict error, sql string, a ...any) {
	t.add(write{sql: sql, args: a, missing: missing, conflict: conflict})
}

// WriteOrRetry buffers a statement that may violate a unique constraint because
// another process has written since the reads. The function then runs again.
func (t *Tx) WriteOrRetry(sql string, a ...any) {
	t.add(write{sql: sql, args: a, retry: true})
}

// Lock buffers a read that must find one row and, on PostgreSQL, locks it until
// the call ends; otherwise the call fails with missing. SQLite needs no row
// locks: it has one writer.
func (t *Tx) Lock(missing error, sql string, a ...any) {
	t.add(write{sql: sql, args: a, missing: missing, lock: true})
}

// Flush carries out the writes so far, so that later reads see them. What
// cannot be written fails the call as it would at its end. Nothing is committed
// before the function returns; if it fails, the flushed writes are undone, too.
// On PostgreSQL it costs a round trip.
func (t *Tx) Flush() error {
	if t.err != nil {
		return t.err
	}
	if !t.writable {
		return t.Fail(errWriteInView)
	}
	if err := t.finishLate(); err != nil {
		return t.Fail(err)
	}
	if len(t.writes) == 0 {
		return nil
	}
	writes := t.writes
	t.writes = nil
	return t.Fail(t.carryOut(writes))
}

// Last calls do after the function has returned and everything else is written.
// do may write and must not read.
func (t *Tx) Last(do func()) { t.last = append(t.last, do) }

// For calls fn with a Tx of another organisation, using its keys. Its writes
// are part of this call.
func (t *Tx) For(org string, keys *keyring.Tenant, fn func(*Tx)) error {
	of := &Tx{Org: org, ctx: t.ctx, reads: t.reads, keys: keys, master: t.master, writable: t.writable, strict: t.strict}
	fn(of)
	if err := of.finish(); err != nil {
		return err
	}
	t.writes = append(t.writes, of.writes...)
	return t.Fail(of.err)
}

// OfOther reports whether a row belongs to another organisation than the
// call's. Writing such a row is a bug, so the call then fails and writes
// nothing.
func (t *Tx) OfOther(org string) bool {
	if t.Org == org {
		return false
	}
	_ = t.Fail(fmt.Errorf("store: row of organisation %q in a transaction of %q", org, t.Org))
	return true
}
