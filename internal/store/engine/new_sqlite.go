package engine

import (
	"errors"
	"fmt"

	"zombiezen.com/go/sqlite"
)

// load runs the migrations in an empty database in memory, once for a process,
// and keeps its tables and its bytes. New files are copies of it: each of the
// migrations would parse the schema again and wait for the disk.
func (s *Schema) load() {
	s.newest.once.Do(func() { s.newest.shapes, s.newest.image, s.newest.err = s.makeNewest() })
}

func (s *Schema) makeNewest() (shapes []Shape, image []byte, err error) {
	newest, err := s.Newest()
	if err != nil {
		return nil, nil, err
	}
	c, err := s.inMemory(newest)
	if err != nil {
		return nil, nil, err
	}
	defer c.c.Close()
	if shapes, err = readShapes(c); err != nil {
		return nil, nil, err
	}
	if image, err = c.c.Serialize("main"); err != nil {
		return nil, nil, fmt.Errorf("store: %w", err)
	}
	return shapes, image, nil
}

// inMemory runs the migrations up to a version in an empty database. It has no
// sums, and its steps no time.
func (s *Schema) inMemory(version int64) (*sqliteConn, error) {
	steps, err := s.steps("sqlite")
	if err != nil {
		return nil, err
	}
	c, err := openInMemory()
	if err != nil {
		return nil, err
	}
	if err := c.migrateTo(steps, version, &sumMove{schema: s}); err != nil {
		return nil, errors.Join(err, c.c.Close())
	}
	return c, nil
}

func openInMemory() (*sqliteConn, error) {
	raw, err := sqlite.OpenConn(":memory:", sqlite.OpenReadWrite|sqlite.OpenCreate|sqlite.OpenMemory)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return &sqliteConn{c: raw, dialect: &dialect{mark: "sqlite:"}, stmts: map[string]*sqlite.Stmt{}}, nil
}

// migrateTo runs the steps up to and including version in an empty file.
func (c *sqliteConn) migrateTo(steps []migration, version int64, sums *sumMove) error {
	if err := c.Exec(createVersions); err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	for _, m := range steps {
		if m.version > version {
			break
		}
		if err := c.migrate(m, sums); err != nil {
			return fmt.Errorf("store: migration %04d_%s: %w", m.version, m.name, err)
		}
	}
	return nil
}

// isEmpty reports whether the file has no table.
func (c *sqliteConn) isEmpty() (empty bool, err error) {
	err = c.Query(&Read{sql: "SELECT NOT EXISTS (SELECT * FROM sqlite_schema)", scan: func(r *Row) error {
		empty = r.Bool(0)
		return nil
	}})
	return empty, err
}

// create gives an empty file the newest schema, in one transaction: a process
// that is killed leaves the file empty or complete.
func (c *sqliteConn) create(sums *sumMove) (err error) {
	newest, err := sums.schema.Newest()
	if err != nil {
		return err
	}
	if sums.schema.load(); sums.schema.newest.err != nil {
		return sums.schema.newest.err
	}
	draft, err := openInMemory()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, draft.c.Close()) }()
	if err := draft.c.Deserialize("main", sums.schema.newest.image); err != nil {
		return err
	}
	// What differs from file to file: the time, and the key of the sums.
	err = draft.inTransaction(func() error {
		if err := draft.Exec("UPDATE schema_version SET applied_at = ?", sums.now.UnixMilli()); err != nil {
			return err
		}
		if err := sums.begin(draft); err != nil {
			return err
		}
		return sums.after(draft, newest)
	})
	if err != nil {
		return err
	}
	return draft.copyTo(c)
}

func (c *sqliteConn) copyTo(to *sqliteConn) error {
	b, err := sqlite.NewBackup(to.c, "main", c.c, "main")
	if err != nil {
		return err
	}
	_, err = b.Step(-1) // all pages
	return errors.Join(err, b.Close())
}
