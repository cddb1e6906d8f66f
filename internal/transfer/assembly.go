package transfer

import (
	"bytes"
	"slices"
)

// assembly is a record that is put together from the lines of a file.
type assembly struct {
	rec     Record
	rows    int64
	ignored ignoredHeaders

	size    int64 // bytes of its lines that belong to fields
	longest int64 // of them
}

// reset forgets the last record.
func (a *assembly) reset() {
	raw := a.rec.Raw[:0]
	if cap(raw) > maxRow {
		raw = nil
	}
	cells := a.rec.Cells[:0]
	if cap(cells) > 1000 {
		cells = nil
	}
	clear(a.rec.Cells)
	a.rec = Record{Kind: a.rec.Kind, Cells: cells, Raw: raw}
	a.size, a.longest = 0, 0
}

// fail makes the record one that could not be read. The first reason counts.
func (a *assembly) fail(p Problem) {
	if a.rec.Problem == nil {
		a.rec.Problem = &p
	}
}

func (a *assembly) warn(p Problem) {
	if a.rec.Problem == nil {
		a.rec.Warnings = append(a.rec.Warnings, p)
	}
}

func (a *assembly) addCell(c Cell) {
	if a.rec.Problem == nil {
		a.rec.Cells = append(a.rec.Cells, c)
	}
}

// fits counts a line and reports whether what the record has beside its longest
// line is still within the limit (docs/spec/import.md#folded-lines).
func (a *assembly) fits(length int64) bool {
	a.size += length
	a.longest = max(a.longest, length)
	return a.size-a.longest <= maxRow
}

// finish completes the record.
func (a *assembly) finish() *Record {
	a.rows++
	a.rec.Row = a.rows
	if a.rec.Problem != nil {
		a.rec.Cells, a.rec.Warnings, a.rec.CellErrors, a.rec.Given = a.rec.Cells[:0], nil, nil, nil
	}
	a.ignored.end(a.rec.Problem == nil)
	if !slices.IsSortedFunc(a.rec.Cells, byPreference) {
		slices.SortStableFunc(a.rec.Cells, byPreference)
	}
	return &a.rec
}

func byPreference(a, b Cell) int { return a.Ranked - b.Ranked }

// shownBytes are more bytes than a problem shows of a value.
const shownBytes = 400

// clipped returns the start of a value, valid UTF-8.
func clipped[T string | []byte](value T) string {
	return string(bytes.ToValidUTF8([]byte(value[:min(len(value), shownBytes)]), []byte("\ufffd")))
}

// ignoredHeaders counts what belongs to no field. A record's share counts once
// it could be read.
type ignoredHeaders struct {
	index   map[string]int
	list    []Ignored
	pending []int64 // beside list
	touched []int   // those of the record
}

// The headers that are counted, and the most bytes of each: a file may have as
// many as it has lines.
const (
	maxIgnored       = 1000
	maxIgnoredHeader = 1000
)

// add counts a value of the record.
func (h *ignoredHeaders) add(header []byte) {
	header = header[:min(len(header), maxIgnoredHeader)]
	i, ok := h.index[string(header)]
	if !ok {
		if len(h.list) == maxIgnored {
			return
		}
		if h.index == nil {
			h.index = map[string]int{}
		}
		i = len(h.list)
		h.index[string(header)] = i
		h.list = append(h.list, Ignored{Header: string(bytes.ToValidUTF8(header, []byte("\ufffd")))})
		h.pending = append(h.pending, 0)
	}
	if h.pending[i] == 0 {
		h.touched = append(h.touched, i)
	}
	h.pending[i]++
}

// end ends a record, and counts its values if it could be read.
func (h *ignoredHeaders) end(readable bool) {
	for _, i := range h.touched {
		if readable {
			h.list[i].Count += h.pending[i]
		}
		h.pending[i] = 0
	}
	h.touched = h.touched[:0]
}

// counted returns the headers that were counted.
func (h *ignoredHeaders) counted() []Ignored {
	var counted []Ignored
	for _, i := range h.list {
		if i.Count > 0 {
			counted = append(counted, i)
		}
	}
	return counted
}
