package store

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"zombiezen.com/go/sqlite"
)

// shape is one table as the migrations make it, the same on both engines.
type shape struct {
	name    string
	columns []string
	kinds   []string // declared types: TEXT, BIGINT, BOOLEAN, BYTEA (INTEGER for a counter)
	key     []string // columns of the primary key, in its order
	counter string   // the column whose values the engine gives, or ""
}

// engineTables belong to one engine or are written by the migrations.
var engineTables = []string{"schema_version", "nonce", "nonce_epoch"}

// newestShapes are the shapes of the schema that the program writes.
var newestShapes = sync.OnceValues(func() ([]shape, error) { return makeShapes(math.MaxInt64) })

// shapes returns the tables at a version of the schema, in the order of their
// names. They are not to be changed.
func shapes(version int64) ([]shape, error) {
	newest, err := newestSchema()
	if err == nil && version == newest {
		return newestShapes()
	}
	return makeShapes(version)
}

// makeShapes asks SQLite what the migrations make in an empty database.
func makeShapes(version int64) (found []shape, err error) {
	steps, err := loadMigrations(migrationFiles, "sqlite")
	if err != nil {
		return nil, err
	}
	raw, err := sqlite.OpenConn(":memory:", sqlite.OpenReadWrite|sqlite.OpenCreate|sqlite.OpenMemory)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	defer raw.Close()
	c := &sqliteConn{c: raw, dialect: &dialect{mark: "sqlite:"}, stmts: map[string]*sqlite.Stmt{}}
	if err := c.migrateTo(steps, version, &sumMove{}); err != nil {
		return nil, err
	}
	at := map[string]int{}
	err = c.query(&read{
		sql: `SELECT t.name, c.name, c.type, c.pk, t.sql LIKE '%AUTOINCREMENT%' FROM sqlite_schema t, pragma_table_info(t.name) c
			WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY t.name, c.cid`,
		scan: func(r *row) error {
			name, column := r.Text(0), r.Text(1)
			if slices.Contains(engineTables, name) {
				return nil
			}
			i, ok := at[name]
			if !ok {
				i, at[name] = len(found), len(found)
				found = append(found, shape{name: name})
			}
			t := &found[i]
			t.columns, t.kinds = append(t.columns, column), append(t.kinds, strings.ToUpper(r.Text(2)))
			if pk := int(r.Int(3)); pk > 0 {
				t.key = append(t.key, fmt.Sprintf("%02d %s", pk, column))
				if r.Bool(4) {
					t.counter = column
				}
			}
			return nil
		},
	})
	for i := range found {
		slices.Sort(found[i].key)
		for j, k := range found[i].key {
			found[i].key[j] = k[3:]
		}
	}
	slices.SortFunc(found, func(a, b shape) int { return cmp.Compare(a.name, b.name) })
	return found, err
}

// migrateTo runs the steps up to a version in an empty file.
func (c *sqliteConn) migrateTo(steps []migration, version int64, sums *sumMove) error {
	if err := c.exec(createVersions); err != nil {
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

// newestSchema is the newest version of the schema that the program knows on
// either engine.
func newestSchema() (newest int64, err error) {
	for _, engine := range []string{"sqlite", "postgres"} {
		steps, err := loadMigrations(migrationFiles, engine)
		if err != nil {
			return 0, err
		}
		newest = max(newest, steps[len(steps)-1].version)
	}
	return newest, nil
}

func (s *shape) index(column string) int { return slices.Index(s.columns, column) }

// selects is the query for all rows.
func (s *shape) selects() string {
	return `SELECT "` + strings.Join(s.columns, `", "`) + `" FROM "` + s.name + `"`
}

// inserts is the statement for one row.
func (s *shape) inserts() string {
	return `INSERT INTO "` + s.name + `" ("` + strings.Join(s.columns, `", "`) + `") VALUES (` + marks(len(s.columns)) + ")"
}
