package transfer

import (
	"io"
	"maps"
	"slices"
)

// mappedHeaders are the fields that --map assigns in files without columns: to
// properties, attributes or keys (docs/spec/import.md#mapped-properties).
type mappedHeaders struct {
	columns columnMap
	seen    map[string]bool // fields whose header the file has
}

// newMappedHeaders returns what the options map. It returns a *FileError for a
// field that the kind has not.
func newMappedHeaders(o ReadOptions) (mappedHeaders, error) {
	columns, err := newColumnMap(o.Kind, o.Map)
	return mappedHeaders{columns: columns, seen: map[string]bool{}}, err
}

// has reports whether the field is assigned, if only to nothing: it then has no
// other header.
func (m mappedHeaders) has(field string) bool {
	_, ok := m.columns[field]
	return ok
}

// field returns the field that the header is assigned to, or "".
func (m mappedHeaders) field(header string) string {
	if len(m.columns) == 0 {
		return ""
	}
	header = normalHeader(header)
	for field, to := range m.columns {
		if to.header != "" && to.header == header {
			m.seen[field] = true
			return field
		}
	}
	return ""
}

// end returns io.EOF, or a *FileError if there was no such header in the file.
func (m mappedHeaders) end() error {
	for _, field := range slices.Sorted(maps.Keys(m.columns)) {
		if to := m.columns[field]; (to.number > 0 || to.header != "") && !m.seen[field] {
			return &FileError{Code: "columnUnknown", Detail: to.asked}
		}
	}
	return io.EOF
}
