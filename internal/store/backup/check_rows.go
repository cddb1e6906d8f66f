package backup

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/engine"
)

// rowCheck reads every row of every table. An error in a table ends the view,
// so the remaining tables are read in another.
type rowCheck struct {
	*Report
	left   []engine.Shape
	master *keyring.Master
	keys   map[string]*keyring.Tenant
	summer *engine.Summer
	sums   []engine.RowSum // the expected sums; nil if unknown
	terms  *store.TermCheck
}

// content reads every row of every table, opens what is sealed and compares the
// sums.
func (r *Report) content(ctx context.Context, s *store.Store) error {
	tables, err := s.Schema().Shapes(r.Schema)
	if err != nil {
		return err
	}
	c := &rowCheck{Report: r, left: tables, master: s.Master()}
	if c.summer, err = s.Summer(r.Schema); err != nil {
		return err
	}
	c.left = slices.Concat(tables, c.summer.Tables[len(c.summer.Tables)-1:])
	if err := s.DB.View(ctx, "", c.readSums); err != nil && !r.damage(err) {
		return err
	}
	for before := len(c.left) + 1; len(c.left) > 0 && len(c.left) < before; {
		before = len(c.left)
		if err := s.DB.View(ctx, "", c.rest); err != nil && !r.damage(err) {
			return err
		}
	}
	return nil
}

// readSums reports once what is wrong with the sums themselves.
func (c *rowCheck) readSums(t *engine.Tx) (err error) {
	_, c.Since, err = t.Sums(c.Schema)
	return err
}

// rest checks the remaining tables against the sums of the same snapshot.
func (c *rowCheck) rest(t *engine.Tx) (err error) {
	c.keys, err = t.TenantKeys(func(err error) { c.find("the key of an organisation cannot be opened: %v", err) })
	if err != nil {
		return err
	}
	c.sums, c.terms = nil, store.NewTermCheck(c.master)
	if !c.Since.IsZero() {
		sums, _, err := t.Sums(c.Schema)
		if err != nil && !engine.Damage(err) { // damage was told before
			return err
		}
		if len(sums) == len(c.summer.Tables) {
			c.sums = sums
		}
	}
	for len(c.left) > 0 {
		table := &c.left[0]
		c.left = c.left[1:]
		if err := c.table(t, table); err != nil {
			return fmt.Errorf("%s: %w", table.Name, err)
		}
	}
	return nil
}

func (c *rowCheck) table(t *engine.Tx, s *engine.Shape) error {
	sealed, last := sealedColumns(s), int64(0)
	summed := slices.IndexFunc(c.summer.Tables, func(o engine.Shape) bool { return o.Name == s.Name })
	var there engine.RowSum
	var buf []byte
	c.terms.Begin(s)
	err := t.Each(s.Selects(), nil, func(row *engine.Row) error {
		if s.Name != engine.StepTable { // a backup has the schema's version instead of its rows
			c.Rows++
		}
		if !c.readable(s, row) {
			return nil // the sum will not match either
		}
		if s.Counter != "" {
			last = max(last, row.Int(s.Index(s.Counter)))
		}
		for _, i := range sealed {
			c.opens(s, row, i)
		}
		if engine.LocalRow(s, row.Text) {
			if row.Text(s.Index("value")) != "begun" {
				c.find("meta: the entry of the nonces was altered")
			}
			return nil
		}
		c.terms.Row(s, row)
		if summed < 0 {
			return nil
		}
		var err error
		if buf, err = c.summer.Append(buf[:0], summed, row); err == nil {
			there.Add(c.summer.Of(summed, buf))
		}
		return err
	})
	if err != nil {
		return err
	}
	if s.Counter != "" {
		given, err := t.LastValue(s)
		if err != nil {
			return err
		}
		if given < last {
			c.find("%s: its counter is at %d, below its row %d", s.Name, given, last)
		}
	}
	if newest, err := store.Schema().Newest(); err == nil && c.Schema == newest && !c.terms.Fit(s.Name) {
		c.find("%s: the terms do not match the names", s.Name)
	}
	if summed >= 0 && c.sums != nil && there != c.sums[summed] {
		c.find("%s: %s", s.Name, differs(there, c.sums[summed]))
	}
	return nil
}

// differs describes how the rows found differ from the rows written.
func differs(found, written engine.RowSum) string {
	const by = "by something other than this program, or damaged"
	switch n := found.Rows - written.Rows; {
	case n > 0:
		return fmt.Sprintf("%d more rows than were written: added %s", n, by)
	case n < 0:
		return fmt.Sprintf("%d fewer rows than were written: removed %s", -n, by)
	}
	return "rows are not as they were written: changed " + by
}

// opens checks that a sealed value can be opened in its row.
func (c *rowCheck) opens(s *engine.Shape, row *engine.Row, i int) {
	if row.Null(i) {
		return
	}
	c.Sealed++
	tenant := c.keys[row.Text(s.Index("org"))]
	if tenant == nil {
		c.find("a row of %s belongs to an organisation without a key", s.Name)
		return
	}
	name := sealedRow(s, row)
	if _, err := tenant.Open(s.Name, name, s.Columns[i], row.Bytes(i)); err != nil {
		c.find("%s.%s of %q cannot be opened: the value or its row was altered", s.Name, s.Columns[i], name)
	}
}

// sealedName returns the columns that bind a sealed value to its row.
func sealedName(s *engine.Shape) []string {
	if names := store.Schema().Tables[s.Name].SealedBy; names != nil {
		return names
	}
	return slices.DeleteFunc(slices.Clone(s.Key), func(column string) bool { return column == "org" })
}

// sealedRow is the name of a row to which its sealed values are bound.
func sealedRow(s *engine.Shape, r *engine.Row) string {
	var parts []string
	for _, column := range sealedName(s) {
		if i := s.Index(column); s.Kinds[i] == "TEXT" {
			parts = append(parts, r.Text(i))
		} else {
			parts = append(parts, strconv.FormatInt(r.Int(i), 10))
		}
	}
	return strings.Join(parts, "/")
}

// readable checks that every value has the type of its column, which SQLite
// does not enforce.
func (c *rowCheck) readable(s *engine.Shape, r *engine.Row) bool {
	ok := true
	for i, kind := range s.Kinds {
		if r.Null(i) {
			continue
		}
		want := map[string]byte{"TEXT": engine.TextCell, "BIGINT": engine.IntCell, "INTEGER": engine.IntCell, "BOOLEAN": engine.IntCell, "BYTEA": engine.BytesCell}[kind]
		if r.Cell(i) != want {
			c.find("%s.%s: a value has the wrong type", s.Name, s.Columns[i])
			ok = false
		}
	}
	return ok
}
