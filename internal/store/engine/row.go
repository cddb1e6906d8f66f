package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"zombiezen.com/go/sqlite"
)

// Row is the current row of a query, read by column number from 0. It is valid
// inside the scan function only. A column of another type, or a NULL read as a
// value, returns the zero value, and the read fails after scan has returned.
type Row struct {
	stmt   *sqlite.Stmt // on SQLite
	values [][]byte     // on PostgreSQL
	fields []pgconn.FieldDescription
	err    error
}

func (r *Row) bad(i int, want string) {
	if r.err == nil {
		r.err = fmt.Errorf("store: column %d is not %s: %w", i, want, ErrBadColumn)
	}
}

// Null reports whether a column is NULL.
func (r *Row) Null(i int) bool {
	if r.stmt != nil {
		return r.stmt.ColumnType(i) == sqlite.TypeNull
	}
	return r.values[i] == nil
}

// Text reads a TEXT column.
func (r *Row) Text(i int) string {
	if r.stmt != nil {
		if r.stmt.ColumnType(i) != sqlite.TypeText {
			r.bad(i, "text")
			return ""
		}
		return r.stmt.ColumnText(i)
	}
	switch r.fields[i].DataTypeOID {
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID, pgtype.NameOID, pgtype.UnknownOID:
		if r.values[i] != nil {
			return string(r.values[i])
		}
	}
	r.bad(i, "text")
	return ""
}

// NullText reads a TEXT column that may be NULL.
func (r *Row) NullText(i int) *string {
	if r.Null(i) {
		return nil
	}
	s := r.Text(i)
	return &s
}

// Int reads a BIGINT column, a count or an EXISTS. (A sum is numeric on
// PostgreSQL: CAST(sum(x) AS BIGINT).)
func (r *Row) Int(i int) int64 {
	if r.stmt != nil {
		if r.stmt.ColumnType(i) != sqlite.TypeInteger {
			r.bad(i, "an integer")
			return 0
		}
		return r.stmt.ColumnInt64(i)
	}
	n, ok := pgInt(&r.fields[i], r.values[i])
	if !ok {
		r.bad(i, "an integer")
	}
	return n
}

// NullInt reads a BIGINT column that may be NULL.
func (r *Row) NullInt(i int) *int64 {
	if r.Null(i) {
		return nil
	}
	n := r.Int(i)
	return &n
}

// Bool reads a BOOLEAN column or a comparison.
func (r *Row) Bool(i int) bool { return r.Int(i) != 0 }

// Bytes reads a BYTEA column; NULL gives nil. The bytes are a copy.
func (r *Row) Bytes(i int) []byte {
	if r.Null(i) {
		return nil
	}
	if r.stmt != nil {
		if r.stmt.ColumnType(i) != sqlite.TypeBlob {
			r.bad(i, "bytes")
			return nil
		}
		b := make([]byte, r.stmt.ColumnLen(i))
		return b[:r.stmt.ColumnBytes(i, b)]
	}
	if r.fields[i].DataTypeOID != pgtype.ByteaOID || r.fields[i].Format != pgtype.BinaryFormatCode {
		r.bad(i, "bytes")
		return nil
	}
	return append([]byte{}, r.values[i]...)
}

// Value reads a column of any type: nil, int64, string or []byte.
func (r *Row) Value(i int) any {
	if r.Null(i) {
		return nil
	}
	switch r.Cell(i) {
	case IntCell:
		return r.Int(i)
	case TextCell:
		return r.Text(i)
	}
	return r.Bytes(i)
}

// pgInt decodes the integer types and bool, in both of the protocol's forms.
func pgInt(f *pgconn.FieldDescription, v []byte) (int64, bool) {
	if v == nil {
		return 0, false
	}
	switch f.DataTypeOID {
	case pgtype.Int8OID, pgtype.Int4OID, pgtype.Int2OID, pgtype.BoolOID:
	default:
		return 0, false
	}
	if f.Format == pgtype.TextFormatCode {
		if f.DataTypeOID == pgtype.BoolOID {
			return b2i(string(v) == "t"), true
		}
		n, err := strconv.ParseInt(string(v), 10, 64)
		return n, err == nil
	}
	switch len(v) {
	case 8:
		return int64(binary.BigEndian.Uint64(v)), true
	case 4:
		return int64(int32(binary.BigEndian.Uint32(v))), true
	case 2:
		return int64(int16(binary.BigEndian.Uint16(v))), true
	case 1:
		return int64(v[0]), true
	}
	return 0, false
}

// ErrBadColumn means that a value has another type than its column.
var ErrBadColumn = errors.New("a value has the wrong type")

func b2i(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
