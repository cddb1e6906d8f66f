package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
)

// args are the values of a statement's placeholders, in order: string, int,
// int64, bool, []byte, nil, and pointers to string or int64 (nil is NULL). Do
// not change a []byte afterwards.
type args = []any

// tx is one call's view of the data of one organisation. It lives as long as
// the function it was given to, and is not safe for concurrent use.
type tx struct {
	// org is the organisation the call acts for. Every statement of a noun names
	// it.
	org string

	ctx      context.Context
	reads    reader
	keys     *keyring.Tenant // nil if the organisation has no key yet (only in view)
	writes   []write
	err      error // the first failure of the engine; a function cannot hide it
	writable bool
	strict   bool
	scanning bool

	contactRow []any // on PostgreSQL: the contact to be changed as it was read

	named   directory.References // read with the contact to be changed, and not kept
	unheard bool                 // it was read that nobody is subscribed to events

	subjects map[string]*subject // keys of subjects, see sealing.go
	late     []lateWrite
	lateKeys []write
	last     []func() // write what must come behind everything else
	erases   bool     // EraseOrg was called
	master   *keyring.Master
	now      func() time.Time // set by Update, for nouns that keep the time of a write
}

// reader runs reads against one snapshot.
type reader interface {
	run(ctx context.Context, reads []*read) error
}

// read is one query and what is done with its rows.
type read struct {
	sql   string
	args  args
	scan  func(*row) error
	one   bool
	found *bool
}

// each is a read of any number of rows for [tx.batch].
func each(sql string, a args, scan func(*row) error) *read {
	return &read{sql: sql, args: a, scan: scan}
}

// one is a read of at most one row for [tx.batch]; found (which may be nil)
// tells whether there was one.
func one(sql string, a args, found *bool, scan func(*row) error) *read {
	return &read{sql: sql, args: a, scan: scan, one: true, found: found}
}

// batch runs independent reads in one round trip on PostgreSQL, one after the
// other on SQLite.
func (t *tx) batch(reads ...*read) error {
	if err := t.mayRead(); err != nil {
		return t.fail(err)
	}
	t.scanning = true
	err := t.reads.run(t.ctx, reads)
	t.scanning = false
	return t.fail(err)
}

// each calls scan for every row of one query.
func (t *tx) each(sql string, a args, scan func(*row) error) error {
	return t.batch(&read{sql: sql, args: a, scan: scan})
}

// one calls scan for the row of a query that gives at most one row, and
// reports whether there was one. scan may be nil.
func (t *tx) one(sql string, a args, scan func(*row) error) (found bool, err error) {
	err = t.batch(&read{sql: sql, args: a, scan: scan, one: true, found: &found})
	return found, err
}

var (
	errReadAfterWrite = errors.New("store: read after write in one function (reads come first)")
	errReadInScan     = errors.New("store: read inside the scan of another read")
	errWriteInView    = errors.New("store: write in a view")
	errTwoRows        = errors.New("store: more than one row")
)

func (t *tx) mayRead() error {
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

// fail remembers a failure of the engine, so that no function can commit after
// it by ignoring it. An error that a scan function returned is not one.
func (t *tx) fail(err error) error {
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
	args      args
	conflict  error            // what a broken unique constraint means
	conflicts map[string]error // the same by the constraint's name
	missing   error            // what a row count other than one means
	retry     bool             // a broken constraint means: run the function again
	keep      bool             // a read that keeps a row; nothing on SQLite, which has one writer

	// Where the caller knows the one row that the statement changes: its table and
	// its values before (nil: it is new) and after. On PostgreSQL that saves
	// asking for them ([notes]). Only [tx.knows] sets them.
	table         string
	before, after []any
}

// asks reports whether the engine asks for the rows that a statement changes.
func (t *tx) asks() bool {
	_, ok := t.reads.(*pgTx)
	return ok && t.writable
}

// knows says of the last write which row it changes.
func (t *tx) knows(table string, before []any, after ...any) {
	for i, v := range after {
		after[i] = plainValue(v)
	}
	if n := len(t.writes); n > 0 {
		w := &t.writes[n-1]
		w.table, w.before, w.after = table, before, after
	}
}

// plainValue is a value of args as a row holds it: nil, int64, string or []byte.
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

// mayFail reports whether the statement can be refused as part of the plan.
// (retry is not counted: SQLite's one writer has nobody to lose against.)
func (w *write) mayFail() bool {
	return !w.keep && (w.conflict != nil || w.conflicts != nil || w.missing != nil)
}

// refusal is the error for a broken unique constraint, or nil if the noun did
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
// noun gave.
type ConflictError struct {
	Constraint string // the unique index, or <table>_pkey
	Err        error
}

func (e *ConflictError) Error() string { return fmt.Sprintf("%v (%s)", e.Err, e.Constraint) }
func (e *ConflictError) Unwrap() error { return e.Err }

func (t *tx) add(w write) {
	if !t.writable {
		_ = t.fail(errWriteInView)
		return
	}
	if t.writes == nil {
		t.writes = make([]write, 0, usualWrites)
	}
	t.writes = append(t.writes, w)
}

// usualWrites is room for what a change of one object writes.
const usualWrites = 4

// write buffers a statement that is not expected to be refused.
func (t *tx) write(sql string, a ...any) { t.add(write{sql: sql, args: a}) }

// writeUnique buffers a statement that may violate a unique constraint; the
// call then fails with conflict (errors.Is) as a [ConflictError] and has
// written nothing. It costs least as the first write of its function.
func (t *tx) writeUnique(conflict error, sql string, a ...any) {
	t.add(write{sql: sql, args: a, conflict: conflict})
}

// writeUniqueBy is writeUnique for a table with several unique constraints:
// the error is chosen by the name of the unique index (<table>_pkey for a
// primary key). A constraint that is not named is an unexpected failure. If a
// statement violates two, the engines may differ in which they report.
func (t *tx) writeUniqueBy(conflicts map[string]error, sql string, a ...any) {
	t.add(write{sql: sql, args: a, conflicts: conflicts})
}

// writeOne buffers a statement that must change exactly one row, such as a
// compare-and-set; otherwise the call fails with missing and has written
// nothing.
func (t *tx) writeOne(missing error, sql string, a ...any) {
	t.add(write{sql: sql, args: a, missing: missing})
}

// writeOneUnique is writeOne and writeUnique in one.
func (t *tx) writeOneUnique(missing, conflict error, sql string, a ...any) {
	t.add(write{sql: sql, args: a, missing: missing, conflict: conflict})
}
