package engine

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"zombiezen.com/go/sqlite"
)

// connConfig is the configuration of one connection.
type connConfig struct {
	path     string
	sync     string // FULL, NORMAL or OFF
	cacheKiB int
	readOnly bool
}

// sqliteConn is one connection with its prepared statements. It is used by one
// goroutine at a time.
type sqliteConn struct {
	c       *sqlite.Conn
	dialect *dialect
	stmts   map[string]*sqlite.Stmt
	unique  map[string]string // names of the unique constraints; nil until one is violated
	row     Row
}

func openSQLiteConn(cfg connConfig, d *dialect) (*sqliteConn, error) {
	raw, err := sqlite.OpenConn(cfg.path, sqlite.OpenReadWrite)
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", filepath.Base(cfg.path), err)
	}
	c := &sqliteConn{c: raw, dialect: d, stmts: map[string]*sqlite.Stmt{}}
	raw.SetBusyTimeout(busyTimeout)
	// Not raw.SetDefensive: zombiezen 1.4.2 passes one argument where SQLite
	// reads two, and SQLite writes through the missing one into arbitrary
	// memory.
	if err := c.setPragmas(cfg); err != nil {
		return nil, errors.Join(fmt.Errorf("store: %s: %w", filepath.Base(cfg.path), err), raw.Close())
	}
	return c, nil
}

// setPragmas sets the pragmas that durability and safety rest on, and reads
// them back: a library built differently, or a file system without shared
// memory, would silently ignore them
// (docs/spec/reliability.md#settings-that-durability-rests-on).
func (c *sqliteConn) setPragmas(cfg connConfig) error {
	level := map[string]string{"OFF": "0", "NORMAL": "1", "FULL": "2"}[cfg.sync]
	for _, p := range []struct{ name, set, want string }{
		{"journal_mode", "WAL", "wal"},
		{"synchronous", cfg.sync, level},
		{"foreign_keys", "ON", "1"},
		{"trusted_schema", "OFF", "0"},
		{"busy_timeout", "", strconv.FormatInt(busyTimeout.Milliseconds(), 10)},
		{"cell_size_check", "ON", "1"},
		{"secure_delete", "FAST", "2"}, // an erased key leaves no trace in its page
		{"temp_store", "MEMORY", "2"},
		{"wal_autocheckpoint", "0", "0"}, // see checkpoint.go
		{"journal_size_limit", "67108864", "67108864"},
		{"cache_size", strconv.Itoa(-cfg.cacheKiB), strconv.Itoa(-cfg.cacheKiB)},
		{"query_only", strconv.FormatInt(b2i(cfg.readOnly), 10), strconv.FormatInt(b2i(cfg.readOnly), 10)},
	} {
		if p.set != "" {
			if _, err := c.pragma(p.name + "=" + p.set); err != nil {
				return fmt.Errorf("set %s: %w", p.name, err)
			}
		}
		got, err := c.pragma(p.name)
		if err != nil {
			return fmt.Errorf("read %s: %w", p.name, err)
		}
		if !strings.EqualFold(got, p.want) {
			return fmt.Errorf("pragma %s is %q, want %q", p.name, got, p.want)
		}
	}
	return nil
}

// pragma runs one pragma and returns its first value.
func (c *sqliteConn) pragma(text string) (value string, err error) {
	st, _, err := c.c.PrepareTransient("PRAGMA " + text)
	if err != nil {
		return "", err
	}
	defer st.Finalize()
	for {
		more, err := st.Step()
		if err != nil || !more {
			return value, err
		}
		if value == "" {
			value = st.ColumnText(0)
		}
	}
}

// prepared returns the prepared statement of a text, ready to bind.
func (c *sqliteConn) prepared(sql string) (*sqlite.Stmt, error) {
	if st, ok := c.stmts[sql]; ok {
		return st, nil
	}
	if len(c.stmts) >= maxStmts {
		for key, st := range c.stmts {
			delete(c.stmts, key)
			_ = st.Finalize()
		}
	}
	st, err := c.c.Prepare(c.dialect.text(sql))
	if err != nil {
		return nil, err
	}
	c.stmts[sql] = st
	return st, nil
}

// bound returns the prepared statement with its values bound. The caller resets
// it.
func (c *sqliteConn) bound(sql string, a Args) (*sqlite.Stmt, error) {
	st, err := c.prepared(sql)
	if err != nil {
		return nil, err
	}
	if n := st.BindParamCount(); n != len(a) {
		return nil, fmt.Errorf("store: %d values for %d placeholders in %q", len(a), n, sql)
	}
	for i, v := range a {
		if err := bindSQLite(st, i+1, v); err != nil {
			return nil, err
		}
	}
	return st, nil
}

func bindSQLite(st *sqlite.Stmt, i int, v any) error {
	switch v := v.(type) {
	case nil:
		st.BindNull(i)
	case string:
		st.BindText(i, v)
	case int64:
		st.BindInt64(i, v)
	case int:
		st.BindInt64(i, int64(v))
	case bool:
		st.BindInt64(i, b2i(v))
	case []byte:
		if v == nil {
			st.BindNull(i)
			break
		}
		st.BindBytes(i, v)
	default:
		return bindByKind(st, i, reflect.ValueOf(v))
	}
	return nil
}

// bindByKind binds named types and pointers; a nil pointer is NULL.
func bindByKind(st *sqlite.Stmt, i int, v reflect.Value) error {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			st.BindNull(i)
			return nil
		}
		return bindByKind(st, i, v.Elem())
	case reflect.String:
		st.BindText(i, v.String())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		st.BindInt64(i, v.Int())
	case reflect.Bool:
		st.BindInt64(i, b2i(v.Bool()))
	default:
		return fmt.Errorf("store: value %d has type %s", i, v.Type())
	}
	return nil
}

// Exec runs a statement that returns no rows.
func (c *sqliteConn) Exec(sql string, a ...any) error {
	st, err := c.bound(sql, a)
	if err != nil {
		return err
	}
	for {
		more, err := st.Step()
		if err != nil {
			return err
		}
		if !more {
			return st.Reset()
		}
	}
}

// run implements reader.
func (c *sqliteConn) run(ctx context.Context, reads []*Read) error {
	for _, r := range reads {
		if err := c.Query(r); err != nil {
			return err
		}
	}
	return nil
}

// Query runs one read.
func (c *sqliteConn) Query(r *Read) error {
	st, err := c.bound(r.sql, r.args)
	if err != nil {
		return err
	}
	defer st.Reset() // also when scan panics: an open statement would block COMMIT
	n := 0
	for {
		more, err := st.Step()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if n++; r.one && n > 1 {
			return errTwoRows
		}
		if r.scan == nil {
			continue
		}
		c.row = Row{stmt: st}
		if err := r.scan(&c.row); err != nil {
			return &scanError{err}
		}
		if c.row.err != nil {
			return c.row.err
		}
	}
	if r.found != nil {
		*r.found = n > 0
	}
	return nil
}

// sqliteError adds ErrBusy to transient failures.
func sqliteError(err error) error {
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultBusy, sqlite.ResultLocked, sqlite.ResultFull:
		return fmt.Errorf("%w: %w", ErrBusy, err)
	}
	if shmFull(err) {
		return fmt.Errorf("%w: %w", ErrBusy, err)
	}
	return err
}

// shmFull reports whether the WAL index could not grow, which is how SQLite
// reports a full disk there. No written data is in doubt.
func shmFull(err error) bool {
	code := sqlite.ErrCode(err)
	return code == sqlite.ResultIOErrSHMSize || code == sqlite.ResultIOErrSHMOpen
}

// fatal reports whether the file's state in memory can no longer be trusted. A
// failed fsync must not be repeated: the system may have dropped the pages and
// would report success.
func fatal(err error) bool {
	code := sqlite.ErrCode(err)
	return code.ToPrimary() == sqlite.ResultIOErr && !shmFull(err) && code != sqlite.ResultIOErrNoMem
}

// uniqueNames maps the columns by which SQLite names a violated constraint
// ("t.a, t.b") to the index name that PostgreSQL reports.
func (c *sqliteConn) uniqueNames() (map[string]string, error) {
	names := map[string]string{}
	q := &Read{
		sql: `SELECT t.name, l.name, l.origin, group_concat(t.name || '.' || i.name, ', ' ORDER BY i.seqno)
			FROM sqlite_schema t, pragma_index_list(t.name) l, pragma_index_info(l.name) i
			WHERE t.type = 'table' AND l."unique" GROUP BY t.name, l.name, l.origin`,
		scan: func(r *Row) error {
			if r.Null(3) {
				return nil // an index on expressions: SQLite reports its name
			}
			name := r.Text(1)
			if r.Text(2) == "pk" {
				name = r.Text(0) + "_pkey"
			}
			names[r.Text(3)] = name
			return nil
		},
	}
	err := c.Query(q)
	// The statement is not needed again.
	if st := c.stmts[q.sql]; st != nil {
		delete(c.stmts, q.sql)
		err = errors.Join(err, st.Finalize())
	}
	// A BIGINT PRIMARY KEY has an index; an INTEGER one is the table itself.
	return names, err
}

// constraint extracts the name of the violated unique constraint; ok is false
// for other errors. The names are read from the schema at the first violation.
func (c *sqliteConn) constraint(err error) (name string, ok bool) {
	switch sqlite.ErrCode(err) {
	case sqlite.ResultConstraintUnique, sqlite.ResultConstraintPrimaryKey, sqlite.ResultConstraintRowID:
	default:
		return "", false
	}
	_, columns, _ := strings.Cut(err.Error(), "UNIQUE constraint failed: ")
	if rest, isIndex := strings.CutPrefix(columns, "index '"); isIndex {
		name, _, _ = strings.Cut(rest, "'")
		return name, true
	}
	if c.unique == nil {
		if c.unique, err = c.uniqueNames(); err != nil {
			return "", false
		}
	}
	if name, ok := c.unique[columns]; ok {
		return name, true
	}
	return columns, true
}
