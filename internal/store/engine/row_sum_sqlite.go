package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/mingce/mingce/internal/keyring"
)

// sqliteSums maintains the sums of the rows on SQLite's writer. Temporary
// triggers of its connection, which are not in the file, report every row that
// any statement changes. The new sums of a whole group are written once, before
// its COMMIT.
type sqliteSums struct {
	conn      *sqliteConn
	summer    *Summer
	key       *keyring.Key
	record    sumRecord
	now       RowSums // in the current transaction
	call      RowSums // before the current call
	committed RowSums
	buf       []byte
	off       bool // no valid sums to maintain; verify reports why
}

const sumFunction = "mingce_sum"

// openSQLiteSums reads the sums of an open file. It does not compare them with
// the rows: changes are added and subtracted, so an existing difference stays.
func openSQLiteSums(conn *sqliteConn, schema *Schema, master *keyring.Master) (*sqliteSums, error) {
	newest, err := schema.Newest()
	if err != nil {
		return nil, err
	}
	s := &sqliteSums{conn: conn, key: sumKey(master)}
	if s.summer, err = newSummer(schema, master, newest); err != nil {
		return nil, err
	}
	s.record, _, err = readSums(conn.Query, s.key)
	if errors.Is(err, ErrNoSums) || err == nil && (s.record.moving || len(s.record.sums) != len(s.summer.Tables)) {
		s.off = true
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	s.now, s.call, s.committed = s.record.sums, slices.Clone(s.record.sums), slices.Clone(s.record.sums)
	return s, s.createTriggers()
}

// createTriggers creates the SQL function and the triggers that call it.
func (s *sqliteSums) createTriggers() error {
	err := s.conn.c.CreateFunction(sumFunction, &sqlite.FunctionImpl{NArgs: -1, AllowIndirect: true, Scalar: s.changed})
	if err != nil {
		return fmt.Errorf("store: sums of rows: %w", err)
	}
	var script strings.Builder
	for i := range s.summer.Tables {
		t := &s.summer.Tables[i]
		columns := t.Columns
		if n := s.summer.skip[i]; n >= 0 {
			columns = slices.Delete(slices.Clone(columns), n, n+1)
		}
		added, removed := ", NEW."+strings.Join(columns, ", NEW."), ", OLD."+strings.Join(columns, ", OLD.")
		for _, e := range [...]struct{ event, rows string }{{"INSERT", "0" + added}, {"DELETE", "1" + removed}, {"UPDATE", "1" + removed + added}} {
			fmt.Fprintf(&script, "CREATE TEMP TRIGGER sum_%[1]s_%[2]s AFTER %[2]s ON main.%[1]s BEGIN SELECT %[3]s(%[4]d, %[5]s); END;\n",
				t.Name, e.event, sumFunction, i, e.rows)
		}
	}
	if err := sqlitex.ExecuteScript(s.conn.c, script.String(), nil); err != nil {
		return fmt.Errorf("store: sums of rows: %w", err)
	}
	return nil
}

// changed implements the SQL function. Its arguments are the index of the
// table, whether the first row is a removed one, and the summed columns of the
// removed row, the added row, or both.
func (s *sqliteSums) changed(_ sqlite.Context, a []sqlite.Value) (null sqlite.Value, err error) {
	table, removed, row := int(a[0].Int64()), a[1].Int64() == 1, a[2:]
	n := len(s.summer.Tables[table].Columns)
	if s.summer.skip[table] >= 0 {
		n--
	}
	for ; len(row) > 0 && err == nil; row = row[n:] {
		err = s.changedRow(table, removed, row[:n])
		removed = false
	}
	return null, err
}

func (s *sqliteSums) changedRow(table int, removed bool, row []sqlite.Value) error {
	if LocalRow(&s.summer.Tables[table], func(column int) string { return row[column].Text() }) {
		return nil
	}
	b := s.buf[:0]
	for i := range row {
		v := &row[i]
		switch v.Type() {
		case sqlite.TypeNull:
			b = append(b, NullCell)
		case sqlite.TypeInteger:
			b = binary.AppendVarint(append(b, IntCell), v.Int64())
		case sqlite.TypeText:
			b = AppendText(append(b, TextCell), v.Text())
		case sqlite.TypeBlob:
			b = AppendText(append(b, BytesCell), v.Blob())
		default:
			return ErrBadColumn
		}
	}
	s.buf = b
	if sum := s.summer.Of(table, b); removed {
		s.now[table].sub(sum)
	} else {
		s.now[table].Add(sum)
	}
	return nil
}

// begin starts a call; undo reverts what it changed.
func (s *sqliteSums) begin() { copy(s.call, s.now) }
func (s *sqliteSums) undo()  { copy(s.now, s.call) }

// write adds the record to the transaction, before its COMMIT.
func (s *sqliteSums) write() error {
	if s.off || slices.Equal(s.now, s.committed) {
		return nil
	}
	s.record.version++
	return s.conn.Exec("UPDATE row_sum SET version = ?, sums = ?", s.record.version, s.record.seal(s.key))
}

// ended is called after the transaction, committed or not.
func (s *sqliteSums) ended(committed bool) {
	if committed {
		copy(s.committed, s.now)
	} else {
		copy(s.now, s.committed)
	}
}
