package engine

import (
	"errors"
	"time"

	"github.com/mingce/mingce/internal/keyring"
)

// sumMove carries the sums of the rows over a migration, which changes what
// rows look like. The difference between sums and rows is recorded before the
// first step and added again after the last: what did not match before does not
// match afterwards. Data without sums is taken as it is.
type sumMove struct {
	schema *Schema
	master *keyring.Master
	key    *keyring.Key
	now    time.Time
}

func newSumMove(schema *Schema, m *keyring.Master, now time.Time) *sumMove {
	return &sumMove{schema, m, sumKey(m), now}
}

// before is called before the first step, in a transaction. If a killed process
// left a migration unfinished, its record stays.
func (m *sumMove) before(x Statements, have int64) error {
	if have < firstSums {
		return nil
	}
	total, _, err := readSums(x.Query, m.key)
	if errors.Is(err, ErrNoSums) || total.moving {
		return nil // verify reports missing sums; they cannot be restored
	}
	if err != nil {
		return err
	}
	s, err := newSummer(m.schema, m.master, have)
	if err != nil {
		return err
	}
	current, err := sumRows(x.Query, s)
	if err != nil {
		return err
	}
	total.moving = true
	total.sums.sub(current)
	return writeSums(x, m.key, &total, m.now)
}

// begin is part of the step that creates the table.
func (m *sumMove) begin(x Statements) error {
	return writeSums(x, m.key, &sumRecord{moving: true, since: m.now}, m.now)
}

// after is called after the last step, in a transaction.
func (m *sumMove) after(x Statements, schema int64) error {
	total, _, err := readSums(x.Query, m.key)
	if errors.Is(err, ErrNoSums) || err == nil && !total.moving {
		return nil
	}
	if err != nil {
		return err
	}
	s, err := newSummer(m.schema, m.master, schema)
	if err != nil {
		return err
	}
	current, err := sumRows(x.Query, s)
	if err != nil {
		return err
	}
	if len(total.sums) > 0 {
		if err := m.carry(current, s.Tables, &total); err != nil {
			return err
		}
	}
	total.moving, total.schema, total.sums = false, schema, current
	return writeSums(x, m.key, &total, m.now)
}

// carry adds the recorded differences to the sums of the same tables. The
// difference of a dropped table goes to schema_version, which is last.
func (m *sumMove) carry(sums RowSums, tables []Shape, before *sumRecord) error {
	old, err := m.schema.summed(before.schema)
	if err != nil {
		return err
	}
	for i, difference := range before.sums {
		to := len(sums) - 1
		for j := range tables {
			if i < len(old) && tables[j].Name == old[i].Name {
				to = j
			}
		}
		sums[to].Add(difference)
	}
	return nil
}
