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

// sqliteSums keeps the sums of the rows on SQLite's writer. Temporary triggers
// of its connection, which are not in the file, tell it of every row that any
// statement changes. One record, with what all calls of a group have changed, is
// written before its COMMIT.
type sqliteSums struct {
	conn      *sqliteConn
	summer    *Summer
	key       *keyring.Key
	record    sumRecord
	now       RowSums // in the transaction under way
	call      RowSums // before the call under way
	committed RowSums
	buf       []byte
	off       bool // there are none to keep, as verify says
}

const sumFunction = "mingce_sum"

// openSQLiteSums reads the sums of an open file. Rows that do not fit them are
// none of its business: what it adds and takes away leaves the difference.
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
	return s, s.watch()
}

// watch makes the function and the triggers that call it.
func (s *sqliteSums) watch() error {
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
		added, gone := ", NEW."+strings.Join(columns, ", NEW."), ", OLD."+strings.Join(columns, ", OLD.")
		for _, e := range [...]struct{ event, rows string }{{"INSERT", "0" + added}, {"DELETE", "1" + gone}, {"UPDATE", "1" + gone + added}} {
			fmt.Fprintf(&script, "CREATE TEMP TRIGGER sum_%[1]s_%[2]s AFTER %[2]s ON main.%[1]s BEGIN SELECT %[3]s(%[4]d, %[5]s); END;\n",
				t.Name, e.event, sumFunction, i, e.rows)
		}
	}
	if err := sqlitex.ExecuteScript(s.conn.c, script.String(), nil); err != nil {
		return fmt.Errorf("store: sums of rows: %w", err)
	}
	return nil
}

// changed is the function: the number of the table, whether the first row is one
// that is gone, and what counts of the row that is gone, the new row, or both.
func (s *sqliteSums) changed(_ sqlite.Context, a []sqlite.Value) (null sqlite.Value, err error) {
	table, gone, row := int(a[0].Int64()), a[1].Int64() == 1, a[2:]
	n := len(s.summer.Tables[table].Columns)
	if s.summer.skip[table] >= 0 {
		n--
	}
	for ; len(row) > 0 && err == nil; row = row[n:] {
		err = s.changedRow(table, gone, row[:n])
		gone = false
	}
	return null, err
}

func (s *sqliteSums) changedRow(table int, gone bool, row []sqlite.Value) error {
	if OwnRow(&s.summer.Tables[table], func(column int) string { return row[column].Text() }) {
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
	if sum := s.summer.Of(table, b); gone {
		s.now[table].sub(sum)
	} else {
		s.now[table].Add(sum)
	}
	return nil
}

// begin is called with a call; undo forgets what it has changed.
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

// ended is called when the transaction has ended, one way or the other.
func (s *sqliteSums) ended(committed bool) {
	if committed {
		copy(s.committed, s.now)
	} else {
		copy(s.now, s.committed)
	}
}
