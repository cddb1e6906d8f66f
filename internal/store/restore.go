package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"zombiezen.com/go/sqlite"

	"github.com/mingce/mingce/internal/keyring"
)

// ErrNotEmpty is returned by Restore when there is something in the way.
var ErrNotEmpty = errors.New("store: not empty")

// Restore puts the data of a backup into an empty or absent folder, or into an
// empty PostgreSQL database; the backup may come from either engine. The whole
// file is proved first: a damaged, foreign or newer one is refused
// (ErrDamagedBackup, ErrWrongKey, ErrNewerBackup) and the target is untouched.
// The data is there as a whole or not at all. It keeps the backup's schema; the
// next Open brings it up to date.
func Restore(ctx context.Context, o Options, file io.ReadSeeker) (info BackupInfo, rows int64, err error) {
	if o.Key == nil {
		return info, 0, errors.New("store: no master key")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	a, err := proveArchive(file, o.Key)
	if err != nil {
		return info, 0, err
	}
	for _, t := range a.m.Tables {
		rows += t.Rows
	}
	restore := a.intoSQLite
	if o.Database != "" {
		restore = a.intoPostgres
	}
	return a.m.BackupInfo, rows, restore(ctx, o)
}

// notRestored are the entries of meta that belong to one database's life.
var notRestored = map[string]bool{nonceEpoch: true, "restored_at": true}

// restoredMeta leaves out what is not restored and adds when this happened: what
// was signed before may be a replay, as a backup holds no nonces.
type restoredMeta struct {
	now           time.Time
	left, entered [][]byte // rows, as appendRow writes them
}

func (m *restoredMeta) rows(s *shape, next func() ([]any, error)) func() ([]any, error) {
	if s.name != "meta" {
		return next
	}
	key, ended := s.index("key"), false
	return func() ([]any, error) {
		for !ended {
			values, err := next()
			if err != nil {
				return nil, err
			}
			if values == nil {
				ended = true
				added := make([]any, len(s.columns))
				added[key], added[s.index("value")] = "restored_at", strconv.FormatInt(m.now.UnixMilli(), 10)
				m.entered = append(m.entered, appendValues(nil, added))
				return added, nil
			}
			name, _ := values[key].(string)
			if !notRestored[name] {
				return values, nil
			}
			if name != nonceEpoch {
				m.left = append(m.left, appendValues(nil, values))
			}
		}
		return nil, nil
	}
}

// sums makes the sums of a backup those of the restored data, which differs in
// rows of meta and in when its schema was made. What did not fit when the backup
// was made does not fit now.
func (m *restoredMeta) sums(x statements, master *keyring.Master, schema int64) error {
	if schema < firstSums {
		return nil
	}
	key := sumKey(master)
	total, _, err := readSums(x.query, key)
	if errors.Is(err, errNoSums) || err == nil && total.moving {
		return nil
	}
	if err != nil {
		return err
	}
	s, err := newSummer(master, schema)
	if err != nil {
		return err
	}
	if len(s.tables) != len(total.sums) {
		return nil
	}
	for i := range s.tables {
		switch s.tables[i].name {
		case "meta":
			for _, row := range m.left {
				total.sums[i].sub(s.of(i, row))
			}
			for _, row := range m.entered {
				total.sums[i].add(s.of(i, row))
			}
		case "schema_version":
			if total.sums[i], err = sumTableRows(x.query, s, i); err != nil {
				return err
			}
		}
	}
	return writeSums(x, key, &total, m.now)
}

// intoSQLite loads a file under another name, and gives it its own when it is
// on disk.
func (a *archive) intoSQLite(ctx context.Context, o Options) (err error) {
	d, undo, err := emptyDataDir(o.Dir)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, undo())
			return
		}
		err = d.close(false)
	}()
	draft := databaseFile + ".restore-" + rand.Text()
	defer func() {
		if err != nil {
			_ = d.root.Remove(draft)
		}
	}()
	path, err := d.file(draft)
	if err != nil {
		return err
	}
	if err := a.fill(ctx, path, o); err != nil {
		return err
	}
	f, err := d.root.OpenFile(draft, os.O_RDWR, 0)
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	if err == nil {
		err = d.root.Rename(draft, databaseFile)
	}
	if err == nil {
		err = errors.Join(d.writeSums(o.Key), d.sync())
	}
	return err
}

// emptyDataDir makes or opens and locks a folder in which nothing is; undo
// closes it and removes what was made.
func emptyDataDir(path string) (_ *dataDir, undo func() error, err error) {
	if path == "" {
		return nil, nil, errors.New("store: data folder: no folder given")
	}
	_, there := os.Lstat(path)
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, nil, fmt.Errorf("store: data folder: %w", err)
	}
	d := &dataDir{path: path}
	if d.root, err = os.OpenRoot(path); err != nil {
		return nil, nil, fmt.Errorf("store: data folder: %w", err)
	}
	undo = func() error {
		_ = d.root.Remove(lockFile)
		err := d.close(false)
		if errors.Is(there, fs.ErrNotExist) {
			err = errors.Join(err, os.Remove(path))
		}
		return err
	}
	if err := d.empty(); err != nil {
		return nil, nil, errors.Join(err, d.root.Close())
	}
	if err := d.acquire(); err != nil {
		return nil, nil, errors.Join(err, d.root.Close())
	}
	// A server may have been quicker than the lock.
	if err := d.empty(lockFile); err != nil {
		return nil, nil, errors.Join(err, d.close(false))
	}
	return d, undo, nil
}

// lostFound is in every new file system of Linux.
const lostFound = "lost+found"

// empty reports with ErrNotEmpty that there is something in the folder, but for
// the names given and what a new file system has.
func (d *dataDir) empty(but ...string) error {
	f, err := d.root.Open(".")
	if err != nil {
		return fmt.Errorf("store: data folder: %w", err)
	}
	defer f.Close()
	names, err := f.Readdirnames(len(but) + 2)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("store: data folder: %w", err)
	}
	for _, name := range names {
		if name != lostFound && !slices.Contains(but, name) {
			return fmt.Errorf("%w: there is already something in %s; a backup is restored into an empty or absent folder", ErrNotEmpty, d.path)
		}
	}
	return nil
}

// fill makes the database in a file that counts for nothing until it is whole:
// so it needs no journal, and indexes are made when all rows are in.
func (a *archive) fill(ctx context.Context, path string, o Options) (err error) {
	steps, err := loadMigrations(migrationFiles, "sqlite")
	if err != nil {
		return err
	}
	raw, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		return fmt.Errorf("store: %s: %w", filepath.Base(path), err)
	}
	defer func() { err = errors.Join(err, raw.Close()) }()
	c := &sqliteConn{c: raw, dialect: &dialect{mark: "sqlite:"}, stmts: map[string]*sqlite.Stmt{}}
	for _, p := range []string{"journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "trusted_schema=OFF", "temp_store=MEMORY", "cache_size=-65536"} {
		if _, err := c.pragma(p); err != nil {
			return fmt.Errorf("store: set %s: %w", p, err)
		}
	}
	meta := &restoredMeta{now: o.Now()}
	if err := c.migrateTo(steps, a.m.Schema, &sumMove{now: meta.now}); err != nil {
		return err
	}
	indexes, err := c.dropIndexes()
	if err != nil {
		return err
	}
	if err := c.exec("BEGIN"); err != nil {
		return err
	}
	if err := a.load(func(s *shape, next func() ([]any, error)) error {
		return c.load(ctx, s, meta.rows(s, next))
	}); err != nil {
		return err
	}
	if err := meta.sums(c, o.Key, a.m.Schema); err != nil {
		return err
	}
	for table, last := range a.m.Counters {
		if err := c.exec("DELETE FROM sqlite_sequence WHERE name = ?", table); err != nil {
			return err
		}
		if err := c.exec("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", table, last); err != nil {
			return err
		}
	}
	for _, sql := range indexes {
		if err := c.exec(sql); err != nil {
			return fmt.Errorf("store: %w", err)
		}
	}
	if err := c.exec("COMMIT"); err != nil {
		return err
	}
	_, err = c.pragma("journal_mode=WAL") // as every reader expects it
	return err
}

// dropIndexes returns the statements that make them again.
func (c *sqliteConn) dropIndexes() (again []string, err error) {
	var names []string
	err = c.query(&read{sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name", scan: func(r *row) error {
		names, again = append(names, r.Text(0)), append(again, r.Text(1))
		return nil
	}})
	for _, name := range names {
		if err == nil {
			err = c.exec(`DROP INDEX "` + name + `"`)
		}
	}
	return again, err
}

const lookForStop = 1000 // rows between two looks at the context

func (c *sqliteConn) load(ctx context.Context, s *shape, next func() ([]any, error)) error {
	st, err := c.prepared(s.inserts())
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		if n%lookForStop == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		values, err := next()
		if err != nil || values == nil {
			return err
		}
		for i, v := range values {
			if err := bindSQLite(st, i+1, v); err != nil {
				return err
			}
		}
		if _, err := st.Step(); err != nil {
			return errors.Join(err, st.Reset())
		}
		if err := st.Reset(); err != nil {
			return err
		}
	}
}

// intoPostgres does everything in one transaction, the schema included.
func (a *archive) intoPostgres(ctx context.Context, o Options) error {
	cfg, err := postgresConfig(o)
	if err != nil {
		return err
	}
	steps, err := loadMigrations(migrationFiles, "postgres")
	if err != nil {
		return err
	}
	conn, err := pgx.ConnectConfig(ctx, cfg.ConnConfig)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	e := &postgresEngine{dialect: &dialect{mark: "pg:", numbered: true}, log: o.logger()}
	if err := e.checkServer(ctx, conn); err != nil {
		return err
	}
	meta := &restoredMeta{now: o.Now()}
	return pgx.BeginFunc(ctx, conn, func(pt pgx.Tx) error {
		if err := emptyDatabase(ctx, pt); err != nil {
			return err
		}
		if _, err := pt.Exec(ctx, createVersions); err != nil {
			return fmt.Errorf("store: migrate: %w", err)
		}
		for _, m := range steps {
			if m.version > a.m.Schema {
				break
			}
			if err := runPostgresStep(ctx, pt, e.dialect, m, &sumMove{now: meta.now}); err != nil {
				return fmt.Errorf("store: migration %04d_%s: %w", m.version, m.name, err)
			}
		}
		if err := a.load(func(s *shape, next func() ([]any, error)) error {
			return copyRows(ctx, pt, s, meta.rows(s, next))
		}); err != nil {
			return err
		}
		if err := meta.sums(pgStatements{ctx, pt, e.dialect}, o.Key, a.m.Schema); err != nil {
			return err
		}
		return a.setCounters(ctx, pt)
	})
}

func emptyDatabase(ctx context.Context, pt pgx.Tx) error {
	if _, err := pt.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(migrationLock)); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	var n int
	if err := pt.QueryRow(ctx, "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()").Scan(&n); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if n > 0 {
		return fmt.Errorf("%w: the database has %d tables; a backup is restored into an empty one", ErrNotEmpty, n)
	}
	return nil
}

func copyRows(ctx context.Context, pt pgx.Tx, s *shape, next func() ([]any, error)) error {
	_, err := pt.CopyFrom(ctx, pgx.Identifier{s.name}, s.columns, pgx.CopyFromFunc(func() ([]any, error) {
		values, err := next()
		for i, v := range values {
			if n, isInt := v.(int64); isInt && s.kinds[i] == "BOOLEAN" {
				values[i] = n != 0
			}
		}
		return values, err
	}))
	return err
}

func (a *archive) setCounters(ctx context.Context, pt pgx.Tx) error {
	all, err := shapes(a.m.Schema)
	if err != nil {
		return err
	}
	for i := range all {
		last := a.m.Counters[all[i].name]
		if all[i].counter == "" || last == 0 {
			continue
		}
		if _, err := pt.Exec(ctx, "SELECT setval(pg_get_serial_sequence($1, $2), $3)", all[i].name, all[i].counter, last); err != nil {
			return fmt.Errorf("store: counter of %s: %w", all[i].name, err)
		}
	}
	return nil
}
