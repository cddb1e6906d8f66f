package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
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
	if err != nil {
		return nil, err
	}
	if version == newest {
		s.load()
		return s.newest.shapes, s.newest.err
	}
	c, err := s.inMemory(version)
	if err != nil {
		return nil, err
	}
	defer c.c.Close()
	return readShapes(c)
}

// readShapes reads the tables from the schema of a database.
func readShapes(c *sqliteConn) (found []Shape, err error) {
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

// Newest is the newest schema version that the program knows, on either engine.
func (s *Schema) Newest() (int64, error) {
	v := &s.version
	v.once.Do(func() {
		for _, engine := range []string{"sqlite", "postgres"} {
			var steps []migration
			if steps, v.err = s.steps(engine); v.err != nil {
				return
			}
			v.newest = max(v.newest, steps[len(steps)-1].version)
		}
	})
	return v.newest, v.err
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
