package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/keyring"
)

// rowCheck looks at every row of every table. What stops it in a table ends the
// view, so the rest is looked at in another.
type rowCheck struct {
	*CheckReport
	left   []shape
	keys   map[string]*keyring.Tenant
	summer *summer
	sums   rowSums // what the rows should come to; nil if that is not known
	terms  termCheck
}

// content reads every row of every table, opens what is sealed and compares the
// sums.
func (r *CheckReport) content(ctx context.Context, s *Store) error {
	tables, err := shapes(r.Schema)
	if err != nil {
		return err
	}
	c := &rowCheck{CheckReport: r, left: tables}
	if c.summer, err = newSummer(s.master, r.Schema); err != nil {
		return err
	}
	c.left = slices.Concat(tables, c.summer.tables[len(c.summer.tables)-1:])
	if err := s.view(ctx, "", c.readSums); err != nil && !r.damage(err) {
		return err
	}
	for before := len(c.left) + 1; len(c.left) > 0 && len(c.left) < before; {
		before = len(c.left)
		if err := s.view(ctx, "", c.rest); err != nil && !r.damage(err) {
			return err
		}
	}
	return nil
}

// readSums says once what is wrong with the sums themselves.
func (c *rowCheck) readSums(t *tx) error {
	if c.Schema < firstSums {
		return nil
	}
	total, _, err := readSums(t.readOne, sumKey(t.master))
	c.Since = total.since
	return err
}

// readOne makes a transaction a source of reads.
func (t *tx) readOne(r *read) error { return t.batch(r) }

// rest checks the tables that are left against the sums of the same moment.
func (c *rowCheck) rest(t *tx) (err error) {
	if c.keys, err = c.tenantKeys(t); err != nil {
		return err
	}
	c.sums, c.terms = nil, termCheck{master: t.master, sums: map[string]*termSums{}}
	if !c.Since.IsZero() {
		total, _, err := readSums(t.readOne, sumKey(t.master))
		if err == nil && len(total.sums) == len(c.summer.tables) && !total.moving {
			c.sums = total.sums
		}
	}
	for len(c.left) > 0 {
		table := &c.left[0]
		c.left = c.left[1:]
		if err := c.table(t, table); err != nil {
			return fmt.Errorf("%s: %w", table.name, err)
		}
	}
	return nil
}

func (c *rowCheck) table(t *tx, s *shape) error {
	sealed, last := s.sealedColumns(), int64(0)
	summed := slices.IndexFunc(c.summer.tables, func(o shape) bool { return o.name == s.name })
	var there rowSum
	var buf []byte
	c.terms.begin(s)
	err := t.each(s.selects(), nil, func(row *row) error {
		if s.name != stepTable { // a backup has no rows of it, but the number of its schema
			c.Rows++
		}
		if !c.readable(s, row) {
			return nil // it cannot fit the sum either
		}
		if s.counter != "" {
			last = max(last, row.Int(s.index(s.counter)))
		}
		for _, i := range sealed {
			c.opens(s, row, i)
		}
		if ownRow(s, row.Text) {
			if row.Text(s.index("value")) != "begun" {
				c.find("meta: the mark of the nonces was altered")
			}
			return nil
		}
		c.terms.row(s, row)
		if summed < 0 {
			return nil
		}
		var err error
		if buf, err = c.summer.append(buf[:0], summed, row); err == nil {
			there.add(c.summer.of(summed, buf))
		}
		return err
	})
	if err != nil {
		return err
	}
	if s.counter != "" {
		given, err := t.lastValue(s)
		if err != nil {
			return err
		}
		if given < last {
			c.find("%s: its counter stands at %d, behind number %d that it has given", s.name, given, last)
		}
	}
	if newest, err := newestSchema(); err == nil && c.Schema == newest && !c.terms.fit(s.name) {
		c.find("%s: it does not hold the terms of the names that are there", s.name)
	}
	if summed >= 0 && c.sums != nil && there != c.sums[summed] {
		c.find("%s: %s", s.name, there.differs(c.sums[summed]))
	}
	return nil
}

// differs says how rows that were found differ from what was written.
func (s rowSum) differs(from rowSum) string {
	const by = "by something else than this program, or damaged"
	switch n := s.rows - from.rows; {
	case n > 0:
		return fmt.Sprintf("%d rows more than were written: added %s", n, by)
	case n < 0:
		return fmt.Sprintf("%d rows fewer than were written: removed %s", -n, by)
	}
	return "rows are not as they were written: changed " + by
}

// opens checks that a sealed value belongs to its row.
func (c *rowCheck) opens(s *shape, row *row, i int) {
	if row.Null(i) {
		return
	}
	c.Sealed++
	tenant := c.keys[row.Text(s.index("org"))]
	if tenant == nil {
		c.find("a row of %s belongs to an organisation without a key", s.name)
		return
	}
	name := s.sealedRow(row)
	if _, err := tenant.Open(s.name, name, s.columns[i], row.Bytes(i)); err != nil {
		c.find("%s.%s of %q does not open: it was altered, or its row", s.name, s.columns[i], name)
	}
}

// sealedNames are the columns that name a row in what is sealed in it, where they
// are not those of its primary key without the organisation.
var sealedNames = map[string][]string{
	"outbox":         {"id"}, // its key on SQLite is the number
	"event_delivery": {"app_key", "channel", "event_id"},
	"leave_record":   {"id"},
}

func (s *shape) sealedName() []string {
	if names, ok := sealedNames[s.name]; ok {
		return names
	}
	return slices.DeleteFunc(slices.Clone(s.key), func(column string) bool { return column == "org" })
}

// sealedRow is the row's part of the place of a sealed value.
func (s *shape) sealedRow(r *row) string {
	var parts []string
	for _, column := range s.sealedName() {
		if i := s.index(column); s.kinds[i] == "TEXT" {
			parts = append(parts, r.Text(i))
		} else {
			parts = append(parts, strconv.FormatInt(r.Int(i), 10))
		}
	}
	return strings.Join(parts, "/")
}

// readable checks that every value has the type of its column; SQLite would
// store any.
func (c *rowCheck) readable(s *shape, r *row) bool {
	ok := true
	for i, kind := range s.kinds {
		if r.Null(i) {
			continue
		}
		want := map[string]byte{"TEXT": textCell, "BIGINT": intCell, "INTEGER": intCell, "BOOLEAN": intCell, "BYTEA": bytesCell}[kind]
		if r.kind(i) != want {
			c.find("%s.%s: a value has the wrong type", s.name, s.columns[i])
			ok = false
		}
	}
	return ok
}

var errBadColumn = errors.New("a value has the wrong type")
