package engine

import (
	"errors"
	"time"

	"github.com/mingce/mingce/internal/keyring"
)

// sumMove carries the sums of the rows over a change of the schema, which changes
// what rows look like. Whatever did not fit before does not fit afterwards: the
// difference is noted before the first step and added behind the last. Data that
// was never summed is taken as it is.
type sumMove struct {
	schema *Schema
	master *keyring.Master
	key    *keyring.Key
	now    time.Time
}

func newSumMove(schema *Schema, m *keyring.Master, now time.Time) *sumMove {
	return &sumMove{schema, m, sumKey(m), now}
}

// before is called in front of the first step, in a transaction. A move that was
// killed is under way already.
func (m *sumMove) before(x Statements, have int64) error {
	if have < firstSums {
		return nil
	}
	total, _, err := readSums(x.Query, m.key)
	if errors.Is(err, ErrNoSums) || total.moving {
		return nil // verify says what is missing; nothing makes it whole
	}
	if err != nil {
		return err
	}
	s, err := newSummer(m.schema, m.master, have)
	if err != nil {
		return err
	}
	there, err := sumRows(x.Query, s)
	if err != nil {
		return err
	}
	total.moving = true
	total.sums.sub(there)
	return writeSums(x, m.key, &total, m.now)
}

// begin is part of the step that makes the table.
func (m *sumMove) begin(x Statements) error {
	return writeSums(x, m.key, &sumRecord{moving: true, since: m.now}, m.now)
}

// after is called behind the last step, in a transaction.
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
	there, err := sumRows(x.Query, s)
	if err != nil {
		return err
	}
	if len(total.sums) > 0 {
		if err := m.carry(there, s.Tables, &total); err != nil {
			return err
		}
	}
	total.moving, total.schema, total.sums = false, schema, there
	return writeSums(x, m.key, &total, m.now)
}

// carry adds what did not fit before to the sums of the same tables. Where one is
// gone, the versions of the schema, which stand last, take it over.
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
