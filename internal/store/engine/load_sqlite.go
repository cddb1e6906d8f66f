package engine

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

	"zombiezen.com/go/sqlite"
)

// intoSQLite loads into a draft file, and renames it when it is on disk.
func (rows *Content) intoSQLite(ctx context.Context, o Options, schema *Schema) (err error) {
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
	if err := rows.fill(ctx, path, o, schema); err != nil {
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

// emptyDataDir creates or opens an empty folder and locks it; undo closes it
// and removes what was created.
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

// lostFound is in the root of every new Linux file system.
const lostFound = "lost+found"

// empty returns ErrNotEmpty if there is anything in the folder except the given
// names and lost+found.
func (d *dataDir) empty(except ...string) error {
	f, err := d.root.Open(".")
	if err != nil {
		return fmt.Errorf("store: data folder: %w", err)
	}
	defer f.Close()
	names, err := f.Readdirnames(len(except) + 2)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("store: data folder: %w", err)
	}
	for _, name := range names {
		if name != lostFound && !slices.Contains(except, name) {
			return fmt.Errorf("%w: %s is not empty; a backup is restored into an empty or absent folder", ErrNotEmpty, d.path)
		}
	}
	return nil
}

// fill creates the database in the draft file. A draft needs no journal, and
// indexes are faster to build once all rows are there.
func (rows *Content) fill(ctx context.Context, path string, o Options, schema *Schema) (err error) {
	steps, err := schema.steps("sqlite")
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
	if err := c.migrateTo(steps, rows.Schema, &sumMove{schema: schema, now: meta.now}); err != nil {
		return err
	}
	indexes, err := c.dropIndexes()
	if err != nil {
		return err
	}
	if err := c.Exec("BEGIN"); err != nil {
		return err
	}
	if err := rows.Tables(func(s *Shape, next func() ([]any, error)) error {
		return c.load(ctx, s, meta.rows(s, next))
	}); err != nil {
		return err
	}
	if err := meta.sums(c, schema, o.Key, rows.Schema); err != nil {
		return err
	}
	for table, last := range rows.Counters {
		if err := c.Exec("DELETE FROM sqlite_sequence WHERE name = ?", table); err != nil {
			return err
		}
		if err := c.Exec("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", table, last); err != nil {
			return err
		}
	}
	for _, sql := range indexes {
		if err := c.Exec(sql); err != nil {
			return fmt.Errorf("store: %w", err)
		}
	}
	if err := c.Exec("COMMIT"); err != nil {
		return err
	}
	_, err = c.pragma("journal_mode=WAL") // as readers expect
	return err
}

// dropIndexes drops the indexes and returns the statements that create them
// again.
func (c *sqliteConn) dropIndexes() (again []string, err error) {
	var names []string
	err = c.Query(&Read{sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name", scan: func(r *Row) error {
		names, again = append(names, r.Text(0)), append(again, r.Text(1))
		return nil
	}})
	for _, name := range names {
		if err == nil {
			err = c.Exec(`DROP INDEX "` + name + `"`)
		}
	}
	return again, err
}

const cancelEvery = 1000 // rows between two checks of the context

func (c *sqliteConn) load(ctx context.Context, s *Shape, next func() ([]any, error)) error {
	st, err := c.prepared(s.Inserts())
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		if n%cancelEvery == 0 && ctx.Err() != nil {
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
