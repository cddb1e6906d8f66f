package backup

import (
	"encoding/binary"
	"errors"

	"github.com/mingce/mingce/internal/store/engine"
)

var errBadRow = errors.New("store: backup: a row cannot be read")

// readRow appends the values of the next row (nil, int64, string, []byte) and
// returns the bytes after it.
func readRow(values []any, b []byte, columns int) (_ []any, rest []byte, err error) {
	for range columns {
		if len(b) == 0 {
			return nil, nil, errBadRow
		}
		kind := b[0]
		b = b[1:]
		switch kind {
		case engine.NullCell:
			values = append(values, nil)
		case engine.IntCell:
			v, n := binary.Varint(b)
			if n <= 0 {
				return nil, nil, errBadRow
			}
			values, b = append(values, v), b[n:]
		case engine.TextCell, engine.BytesCell:
			size, n := binary.Uvarint(b)
			if n <= 0 || size > uint64(len(b)-n) {
				return nil, nil, errBadRow
			}
			b = b[n:]
			if kind == engine.TextCell {
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
