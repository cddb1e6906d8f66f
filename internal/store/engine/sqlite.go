package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/mingce/mingce/internal/keyring"
)

const (
	// minSQLite: older libraries have a race that can corrupt the file when the
	// WAL is reset, and memory errors in FTS5.
	minSQLite = 3_053_002

	busyTimeout = 5 * time.Second
	maxStmts    = 500 // prepared statements kept per connection

	writerCacheKiB = 16 << 10
	readerCacheKiB = 4 << 10
)

// sqliteEngine is one database file with one writer and several readers.
type sqliteEngine struct {
	dialect *dialect
	readers *readers
	mu      sync.Mutex
	all     []*sqliteConn
	writer  *writer // nil: for reading only
	dir     *dataDir
	master  *keyring.Master
}

// openSQLite opens the folder, the database and the nonces.
func (db *DB) openSQLite(ctx context.Context, o Options) error {
	if sqlite.VersionNumber < minSQLite {
		return fmt.Errorf("store: SQLite %s is too old, want 3.53.2 or newer", sqlite.Version)
	}
	dir, err := openDataDir(o.Dir, o.Ephemeral)
	if err != nil {
		return err
	}
	e := &sqliteEngine{dialect: &dialect{mark: "sqlite:"}, dir: dir, master: db.master}
	// The flag and the nonces wait for their own fsyncs; run them beside the
	// database.
	var others sync.WaitGroup
	var late error
	others.Go(func() {
		if db.nonces, late = openSQLiteNonces(dir, db.now, db.fail); late != nil {
			return
		}
		if late = dir.markRunning(); late != nil {
			late = fmt.Errorf("store: data folder: %w", late)
		}
	})
	err = db.startSQLite(ctx, e, o)
	others.Wait()
	if err = errors.Join(err, late); err != nil {
		if db.nonces != nil {
			err = errors.Join(err, db.nonces.close())
		}
		return errors.Join(err, e.close())
	}
	db.engine = e
	return nil
}

func (db *DB) startSQLite(ctx context.Context, e *sqliteEngine, o Options) error {
	path, err := e.dir.file(databaseFile)
	if err != nil {
		return err
	}
	if err := e.dir.dropSums(); err != nil {
		return err
	}
	cfg := connConfig{path: path, sync: "FULL", cacheKiB: max(writerCacheKiB, o.CacheKiB)}
	if o.Ephemeral {
		cfg.sync = "OFF" // the files do not outlive the process
	}
	w, err := e.connect(cfg)
	if err != nil {
		return err
	}
	if o.Existing {
		if err := checkInitialised(w.Query); err != nil {
			return err
		}
	}
	if err := migrateSQLite(ctx, w, newSumMove(db.schema, db.master, db.now())); err != nil {
		return err
	}
	if err := e.dir.sync(); err != nil {
		return err
	}
	e.writer = newWriter(w, func() (*sqliteConn, error) {
		return e.connect(connConfig{path: path, sync: cfg.sync, cacheKiB: 64})
	}, o.tuning)
	e.writer.onFail, e.writer.broken = db.fail, db.brokenError
	e.writer.deleted = db.schema.Deleted
	e.writer.openSums = func() (*sqliteSums, error) { return openSQLiteSums(w, db.schema, db.master) }
	e.readers = newReaders(runtime.GOMAXPROCS(0)+1, func() (*sqliteConn, error) {
		return e.connect(connConfig{path: path, sync: cfg.sync, cacheKiB: readerCacheKiB, readOnly: true})
	}, e.writer.exited)
	e.writer.start()
	return nil
}

func (e *sqliteEngine) connect(cfg connConfig) (*sqliteConn, error) {
	c, err := openSQLiteConn(cfg, e.dialect)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, c)
	return c, nil
}

// view borrows a reader and holds a read transaction while fn runs.
func (e *sqliteEngine) view(ctx context.Context, t *Tx, fn func(*Tx) error) (err error) {
	c, err := e.readers.take(ctx)
	if err != nil {
		return err
	}
	defer e.readers.give(c)
	if err := c.Exec("BEGIN"); err != nil {
		return sqliteError(err)
	}
	defer func() {
		// Ending a read transaction frees its snapshot and cannot lose anything.
		if end := c.Exec("COMMIT"); end != nil && err == nil {
			err = sqliteError(end)
		}
	}()
	t.reads = c
	if err := fn(t); t.err == nil {
		return err
	}
	return sqliteError(t.err)
}

func (e *sqliteEngine) update(ctx context.Context, c *call) error {
	if e.writer == nil {
		return errReading
	}
	return e.writer.submit(ctx, c)
}

// close stops the writer, checkpoints the WAL into the database and releases
// the folder.
func (e *sqliteEngine) close() error {
	var errs []error
	if e.writer != nil {
		errs = append(errs, e.writer.close())
		e.readers.close()
	}
	for i := len(e.all) - 1; i >= 0; i-- { // the writer was opened first
		errs = append(errs, e.all[i].c.Close())
	}
	clean := e.writer != nil && errors.Join(errs...) == nil
	if clean && !e.dir.temporary {
		errs = append(errs, e.dir.writeSums(e.master))
	}
	return errors.Join(append(errs, e.dir.close(clean))...)
}
