package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"
)

// Shape is one table as the migrations create it, the same on both engines.
type Shape struct {
	Name    string
	Columns []string
	Kinds   []string // declared types: TEXT, BIGINT, BOOLEAN, BYTEA (INTEGER for a counter)
	Key     []string // columns of the primary key, in its order
	Counter string   // the column whose values the engine assigns, or ""
}

// engineTables are left out of the shapes: they belong to one engine or are
// written by the migrations.
var engineTables = []string{"schema_version", "nonce", "nonce_epoch"}

// Shapes returns the tables at a version of the schema, sorted by name. They
// must not be changed.
func (s *Schema) Shapes(version int64) ([]Shape, error) {
	newest, err := s.Newest()
	if err != nil || version != newest {
		return s.makeShapes(version)
	}
	s.newest.once.Do(func() { s.newest.shapes, s.newest.err = s.makeShapes(newest) })
	return s.newest.shapes, s.newest.err
}

// makeShapes runs the migrations in an empty SQLite database and reads its
// schema.
func (s *Schema) makeShapes(version int64) (found []Shape, err error) {
	steps, err := s.steps("sqlite")
	if err != nil {
		return nil, err
	}
	raw, err := sqlite.OpenConn(":memory:", sqlite.OpenReadWrite|sqlite.OpenCreate|sqlite.OpenMemory)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	defer raw.Close()
	c := &sqliteConn{c: raw, dialect: &dialect{mark: "sqlite:"}, stmts: map[string]*sqlite.Stmt{}}
	if err := c.migrateTo(steps, version, &sumMove{schema: s}); err != nil {
		return nil, err
	}
	at := map[string]int{}
	err = c.Query(&Read{
		sql: `SELECT t.name, c.name, c.type, c.pk, t.sql LIKE '%AUTOINCREMENT%' FROM sqlite_schema t, pragma_table_info(t.name) c
			WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY t.name, c.cid`,
		scan: func(r *Row) error {
			name, column := r.Text(0), r.Text(1)
			if slices.Contains(engineTables, name) {
				return nil
			}
			i, ok := at[name]
			if !ok {
				i, at[name] = len(found), len(found)
				found = append(found, Shape{Name: name})
			}
			t := &found[i]
			t.Columns, t.Kinds = append(t.Columns, column), append(t.Kinds, strings.ToUpper(r.Text(2)))
			if pk := int(r.Int(3)); pk > 0 {
				t.Key = append(t.Key, fmt.Sprintf("%02d %s", pk, column))
				if r.Bool(4) {
					t.Counter = column
				}
			}
			return nil
		},
	})
	for i := range found {
		slices.Sort(found[i].Key)
		for j, k := range found[i].Key {
			found[i].Key[j] = k[3:]
		}
	}
	slices.SortFunc(found, func(a, b Shape) int { return cmp.Compare(a.Name, b.Name) })
	return found, err
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

// Newest is the newest schema version that the program knows, on either engine.
func (s *Schema) Newest() (newest int64, err error) {
	for _, engine := range []string{"sqlite", "postgres"} {
		steps, err := s.steps(engine)
		if err != nil {
			return 0, err
		}
		newest = max(newest, steps[len(steps)-1].version)
	}
	return newest, nil
}

// Index is the index of a column, or -1.
func (s *Shape) Index(column string) int { return slices.Index(s.Columns, column) }

// Selects is the query for all rows.
func (s *Shape) Selects() string {
	return `SELECT "` + strings.Join(s.Columns, `", "`) + `" FROM "` + s.Name + `"`
}

// Inserts is the statement that inserts one row.
func (s *Shape) Inserts() string {
	return `INSERT INTO "` + s.Name + `" ("` + strings.Join(s.Columns, `", "`) + `") VALUES (` + Marks(len(s.Columns)) + ")"
}
