package engine

import (
	"encoding/binary"
	"fmt"

	"github.com/jackc/pgx/v5/pgtype"
	"zombiezen.com/go/sqlite"
)

// In backups and sums, a row is encoded as its values, each a kind byte
// followed by the value. Booleans are integers, as on SQLite.
const (
	NullCell  = 0
	IntCell   = 1 // zig-zag varint
	TextCell  = 2 // length, bytes
	BytesCell = 3
)

// AppendRow appends the first columns of a row.
func AppendRow(b []byte, r *Row, columns int) (_ []byte, err error) {
	for i := range columns {
		if b, err = appendCell(b, r, i); err != nil {
			return nil, err
		}
	}
	return b, r.err
}

func appendCell(b []byte, r *Row, i int) ([]byte, error) {
	if r.Null(i) {
		return append(b, NullCell), nil
	}
	switch r.Cell(i) {
	case IntCell:
		return binary.AppendVarint(append(b, IntCell), r.Int(i)), nil
	case TextCell:
		return AppendText(append(b, TextCell), r.Text(i)), nil
	case BytesCell:
		return AppendText(append(b, BytesCell), r.Bytes(i)), nil
	}
	return nil, fmt.Errorf("store: column %d has a type that no backup holds", i)
}

// AppendValues is [AppendRow] for values: nil, int64, string and []byte.
func AppendValues(b []byte, values []any) []byte {
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			b = append(b, NullCell)
		case int64:
			b = binary.AppendVarint(append(b, IntCell), v)
		case string:
			b = AppendText(append(b, TextCell), v)
		case []byte:
			b = AppendText(append(b, BytesCell), v)
		}
	}
	return b
}

// Cell is the kind of a value that is not NULL. NullCell means an unknown type.
func (r *Row) Cell(i int) byte {
	if r.stmt != nil {
		switch r.stmt.ColumnType(i) {
		case sqlite.TypeInteger:
			return IntCell
		case sqlite.TypeText:
			return TextCell
		case sqlite.TypeBlob:
			return BytesCell
		}
		return NullCell
	}
	switch r.fields[i].DataTypeOID {
	case pgtype.Int8OID, pgtype.Int4OID, pgtype.Int2OID, pgtype.BoolOID:
		return IntCell
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID:
		return TextCell
	case pgtype.ByteaOID:
		return BytesCell
	}
	return NullCell
}

// AppendText appends a text after its length, so that no two lists of texts
// encode the same.
func AppendText[T string | []byte](b []byte, s T) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}
