package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5/pgxpool"
)

// databaseFile is the SQLite database in the data folder.
const databaseFile = "mingce.db"

// ErrNoData is returned where data is required and there is none.
var ErrNoData = errors.New("store: no data")

var errReading = errors.New("store: opened for reading only")

// OpenReading opens data for backups and checks. It takes no lock and writes
// nothing, so it works beside a running server. It does not migrate: data of an
// older schema is read as it is; newer data is refused with ErrNewerSchema,
// data under another key with ErrWrongKey. An empty Kind accepts both kinds.
func OpenReading(ctx context.Context, o Options, schema *Schema) (*DB, error) {
	db, err := newDB(o, schema)
	if err != nil {
		return nil, err
	}
	open := db.readSQLite
	if o.Database != "" {
		open = db.readPostgres
	}
	if err := open(ctx, o); err != nil {
		return nil, err
	}
	// Not db.View: it reads the organisation's keys, whose table may not exist.
	t := &Tx{ctx: ctx, master: db.master}
	if err := db.engine.view(ctx, t, func(t *Tx) error {
		_, err := db.recognise(t, o.Kind)
		return err
	}); err != nil {
		if Damage(err) {
			err = cmp.Or(db.ReadFile(), err)
		}
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Recognise checks again, on the state that t sees, that the data is readable
// and under this key, and returns its schema version.
func (db *DB) Recognise(t *Tx) (schema int64, err error) { return db.recognise(t, db.kind) }

func (db *DB) recognise(t *Tx, kind Kind) (schema int64, err error) {
	if schema, err = db.SchemaVersion(t); err != nil {
		return 0, err
	}
	have := map[string]string{}
	if err := t.readMeta(have); err != nil {
		return 0, err
	}
	return schema, db.compareMeta(have, kind)
}

// CheckExisting returns ErrNoData if the data must exist ([Options].Existing)
// and its folder or file does not. It changes nothing. For PostgreSQL, Open
// checks.
func CheckExisting(o Options) error {
	if !o.Existing || o.Dir == "" {
		return nil
	}
	root, err := os.OpenRoot(o.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: there is no folder %s", ErrNoData, o.Dir)
	}
	if err != nil {
		return fmt.Errorf("store: data folder: %w", err)
	}
	return errors.Join((&dataDir{path: o.Dir, root: root}).requireFile(databaseFile), root.Close())
}

// checkInitialised returns ErrNoData for a database whose first start was never
// finished: it lacks tables, or does not say its kind.
func checkInitialised(x func(*Read) error) error {
	tables, marks := int64(0), int64(0)
	err := x(One(`SELECT count(*) FROM /*sqlite: sqlite_schema WHERE type = 'table' AND name*/
		/*pg: information_schema.tables WHERE table_schema = current_schema() AND table_name*/ IN ('schema_version', 'meta')`, nil, nil, func(r *Row) error {
		tables = r.Int(0)
		return nil
	}))
	if err == nil && tables == 2 {
		err = x(One("SELECT count(*) FROM meta WHERE key = 'kind'", nil, nil, func(r *Row) error {
			marks = r.Int(0)
			return nil
		}))
	}
	if err == nil && marks == 0 {
		err = fmt.Errorf("%w: the database is empty, or its first start was not finished", ErrNoData)
	}
	return err
}

// SchemaVersion is the version of the schema of the data, or ErrNoData or ErrNewerSchema.
func (db *DB) SchemaVersion(t *Tx) (int64, error) {
	there := false
	if _, err := t.One(`SELECT count(*) FROM /*sqlite: sqlite_schema WHERE type = 'table' AND name*/
		/*pg: information_schema.tables WHERE table_schema = current_schema() AND table_name*/ = 'schema_version'`, nil, func(r *Row) error {
		there = r.Bool(0)
		return nil
	}); err != nil {
		return 0, err
	}
	if !there {
		return 0, fmt.Errorf("%w: the database has no tables of this program", ErrNoData)
	}
	have := int64(0)
	if _, err := t.One("SELECT coalesce(max(version), 0) FROM schema_version", nil, func(r *Row) error {
		have = r.Int(0)
		return nil
	}); err != nil {
		return 0, err
	}
	newest, err := db.schema.Newest()
	switch {
	case err != nil:
		return 0, err
	case have > newest:
		return 0, fmt.Errorf("%w: schema %d, this program knows %d", ErrNewerSchema, have, newest)
	case have == 0:
		return 0, fmt.Errorf("%w: its first start was not finished", ErrNoData)
	}
	return have, nil
}

func (db *DB) readSQLite(_ context.Context, o Options) error {
	root, err := os.OpenRoot(o.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: there is no folder %s", ErrNoData, o.Dir)
	}
	if err != nil {
		return fmt.Errorf("store: data folder: %w", err)
	}
	d := &dataDir{path: o.Dir, root: root}
	e := &sqliteEngine{dialect: &dialect{mark: "sqlite:"}, dir: d}
	e.readers = newReaders(1, func() (*sqliteConn, error) {
		return e.connect(connConfig{path: filepath.Join(d.path, databaseFile), sync: "FULL", cacheKiB: writerCacheKiB, readOnly: true})
	}, nil)
	if err := d.requireFile(databaseFile); err != nil {
		return errors.Join(err, e.close())
	}
	db.engine = e
	return nil
}

// requireFile returns ErrNoData if a file is missing, which SQLite would
// create.
func (d *dataDir) requireFile(name string) error {
	info, err := d.root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: there is no %s in %s", ErrNoData, name, d.path)
	case err != nil:
		return fmt.Errorf("store: data folder: %w", err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("store: %s in %s is not a regular file", name, d.path)
	}
	return nil
}

func (db *DB) readPostgres(ctx context.Context, o Options) error {
	cfg, err := postgresConfig(o)
	if err != nil {
		return err
	}
	// Reading one snapshot may take any time, so no timeouts.
	cfg.MaxConns = 2
	setDefault(cfg, "default_transaction_read_only", "on")
	setDefault(cfg, "statement_timeout", "0")
	setDefault(cfg, "idle_in_transaction_session_timeout", "0")
	e := &postgresEngine{dialect: &dialect{mark: "pg:", numbered: true}, log: db.log}
	if e.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	db.engine = e
	return nil
}
