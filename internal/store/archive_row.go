package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgtype"
	"zombiezen.com/go/sqlite"
)

// A row in a backup is its values, each a byte for the kind and the value.
// Booleans are integers, as on SQLite.
const (
	nullCell  = 0
	intCell   = 1 // zig-zag varint
	textCell  = 2 // length, bytes
	bytesCell = 3
)

func appendRow(b []byte, r *row, columns int) (_ []byte, err error) {
	for i := range columns {
		if b, err = appendCell(b, r, i); err != nil {
			return nil, err
		}
	}
	return b, r.err
}

func appendCell(b []byte, r *row, i int) ([]byte, error) {
	if r.Null(i) {
		return append(b, nullCell), nil
	}
	switch r.kind(i) {
	case intCell:
		return binary.AppendVarint(append(b, intCell), r.Int(i)), nil
	case textCell:
		return appendText(append(b, textCell), r.Text(i)), nil
	case bytesCell:
		return appendText(append(b, bytesCell), r.Bytes(i)), nil
	}
	return nil, fmt.Errorf("store: column %d has a type that no backup holds", i)
}

// appendValues is appendRow for values as readRow reads them.
func appendValues(b []byte, values []any) []byte {
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			b = append(b, nullCell)
		case int64:
			b = binary.AppendVarint(append(b, intCell), v)
		case string:
			b = appendText(append(b, textCell), v)
		case []byte:
			b = appendText(append(b, bytesCell), v)
		}
	}
	return b
}

// kind is the kind of a value that is not NULL.
func (r *row) kind(i int) byte {
	if r.stmt != nil {
		switch r.stmt.ColumnType(i) {
		case sqlite.TypeInteger:
			return intCell
		case sqlite.TypeText:
			return textCell
		case sqlite.TypeBlob:
			return bytesCell
		}
		return nullCell
	}
	switch r.fields[i].DataTypeOID {
	case pgtype.Int8OID, pgtype.Int4OID, pgtype.Int2OID, pgtype.BoolOID:
		return intCell
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID:
		return textCell
	case pgtype.ByteaOID:
		return bytesCell
	}
	return nullCell
}

var errBadRow = errors.New("store: backup: a row cannot be read")

// readRow appends the next row's values (nil, int64, string, []byte) and
// returns what follows the row.
func readRow(values []any, b []byte, columns int) (_ []any, rest []byte, err error) {
	for range columns {
		if len(b) == 0 {
			return nil, nil, errBadRow
		}
		kind := b[0]
		b = b[1:]
		switch kind {
		case nullCell:
			values = append(values, nil)
		case intCell:
			v, n := binary.Varint(b)
			if n <= 0 {
				return nil, nil, errBadRow
			}
			values, b = append(values, v), b[n:]
		case textCell, bytesCell:
			size, n := binary.Uvarint(b)
			if n <= 0 || size > uint64(len(b)-n) {
				return nil, nil, errBadRow
			}
			b = b[n:]
			if kind == textCell {
				values = append(values, string(b[:size]))
			} else {
				values = append(values, b[:size:size])
			}
			b = b[size:]
		default:
			return nil, nil, errBadRow
		}
	}
	return values, b, nil
}
