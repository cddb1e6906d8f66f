package transfer

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

const (
	// headerLines are the lines with text among which the header is.
	headerLines = 20
	// mostRows is the most rows of a file (docs/spec/import.md#limits-of-files).
	mostRows = 5_000_000
)

// rowSource yields the rows of a table.
type rowSource interface {
	// next returns the next row, valid until the next call, or io.EOF.
	next() (*tableRow, error)
}

// tableRow is a row as it was read.
type tableRow struct {
	line  int64
	cells []tableCell // at most mostColumns
	width int         // number of cells
	extra tableCell   // the first beyond cells that is not blank

	code     string    // why it could not be read, or ""
	codeCell tableCell // where that shows

	open    bool // the file ends within quotes
	unended bool // the file ends within the row's last line

	raw   []byte    // of CSV
	spans []csvSpan // of CSV: the cells within raw
}

// tableCell is a cell as it was read.
type tableCell struct {
	text   string
	line   int64
	column int // from 1; 0: there is no such cell

	number  bool   // of Excel: the text is an exact decimal
	failed  string // of Excel: an error value
	unknown bool   // of Excel: a formula whose value was not stored
}

// clone returns a row that stays valid.
func (r *tableRow) clone() *tableRow {
	c := *r
	c.cells, c.raw, c.spans = slices.Clone(r.cells), slices.Clone(r.raw), slices.Clone(r.spans)
	return &c
}

// blank reports whether the row holds nothing but blanks, leaving out the column
// with that index.
func (r *tableRow) blank(but int) bool {
	if r.code != "" || r.open || r.extra.column > 0 {
		return false
	}
	for i := range r.cells {
		c := &r.cells[i]
		if i != but && (c.failed != "" || !isBlankText(c.text)) {
			return false
		}
	}
	return true
}

func isBlankText(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !isBlank(r) && r != '\r' && r != '\n' }) < 0
}

// texts returns what the cells say.
func (r *tableRow) texts() []string {
	texts := make([]string, len(r.cells))
	for i := range r.cells {
		texts[i] = cleanCell(r.cells[i].text)
	}
	return texts
}

// filled returns the number of the last cell that is not blank.
func (r *tableRow) filled() int {
	if r.extra.column > 0 {
		return r.extra.column
	}
	for i := len(r.cells); i > 0; i-- {
		if !isBlankText(r.cells[i-1].text) {
			return i
		}
	}
	return 0
}

// table is a Reader of rows with a header.
type table struct {
	rows    rowSource
	kind    directory.Kind
	header  *tableHeader
	ahead   []*tableRow // read while the header was looked for
	ignored []int64     // by column: values that were not empty
	beyond  int64       // of Excel: values in columns that the header does not have
	decoder *decoder    // of CSV

	info Info
	rec  Record
	err  error // what Next returns from now on
}

// newTable finds the header (docs/spec/import.md#headers-of-tables).
func newTable(rows rowSource, o ReadOptions) (*table, error) {
	mapped, err := newColumnMap(o.Kind, o.Map)
	if err != nil {
		return nil, err
	}
	t := &table{rows: rows, kind: o.Kind}
	for len(t.ahead) < headerLines {
		row, err := rows.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if !row.blank(-1) {
			t.ahead = append(t.ahead, row.clone())
		}
	}
	if len(t.ahead) == 0 {
		return nil, &FileError{Code: "empty"}
	}
	return t, t.findHeader(mapped)
}

// findHeader takes the line with the most recognised cells for the header.
func (t *table) findHeader(mapped columnMap) error {
	best, most, columns := -1, 0, 0
	for i, row := range t.ahead {
		columns = max(columns, row.filled())
		if row.code == "rowTooLong" {
			continue
		}
		h := newTableHeader(t.kind, row.texts(), mapped)
		if n := h.known; n > most {
			best, most, t.header = i, n, h
		}
	}
	if wide := slices.IndexFunc(t.ahead, func(r *tableRow) bool { return r.filled() > mostColumns }); most == 0 && wide >= 0 {
		return &FileError{Code: "tooManyColumns", Line: t.ahead[wide].line}
	}
	if most == 0 || most == 1 && columns > 1 {
		return &FileError{Code: "headerNotFound"}
	}
	row := t.ahead[best]
	if row.filled() > mostColumns {
		return &FileError{Code: "tooManyColumns", Line: row.line}
	}
	if err := t.header.check(mapped); err != nil {
		return err
	}
	t.info.HeaderLine, t.info.LinesBeforeHeader = row.line, int64(best)
	t.info.Columns = t.header.columns()
	t.info.RawHeader, _ = t.raw(row)
	t.ahead = t.ahead[best+1:]
	t.ignored = make([]int64, len(t.header.texts))
	return nil
}

func (t *table) Info() *Info {
	if t.decoder != nil {
		t.info.Encoding = t.decoder.encoding()
	}
	t.info.Ignored = nil // callers may keep the one before
	for i, n := range t.ignored {
		if n > 0 {
			t.info.Ignored = append(t.info.Ignored, Ignored{Header: t.header.texts[i], Count: n})
		}
	}
	if t.beyond > 0 {
		t.info.Ignored = append(t.info.Ignored, Ignored{Count: t.beyond})
	}
	return &t.info
}

func (t *table) Next() (*Record, error) {
	if t.err != nil {
		return nil, t.err
	}
	row, err := t.nextRow()
	switch {
	case err == io.EOF && t.rec.Row == 0:
		err = &FileError{Code: "empty"}
	case err == nil && t.rec.Row == mostRows:
		err = &FileError{Code: "tooManyRows", Line: row.line}
	}
	if err != nil {
		t.err = err
		return nil, err
	}
	t.read(row)
	return &t.rec, nil
}

// nextRow returns the next row that is a record.
func (t *table) nextRow() (row *tableRow, err error) {
	for {
		if len(t.ahead) > 0 {
			row, t.ahead = t.ahead[0], t.ahead[1:]
		} else if row, err = t.rows.next(); err != nil {
			return nil, err
		}
		if !row.blank(t.header.errors) && !t.isHeader(row) {
			return row, nil
		}
	}
}

// isHeader reports whether the row repeats the header, as files do that were put
// together from several.
func (t *table) isHeader(row *tableRow) bool {
	if row.code != "" {
		return false
	}
	for i, text := range t.header.texts {
		switch {
		case i >= len(row.cells):
			if text != "" {
				return false
			}
		case cleanCell(row.cells[i].text) != text:
			return false
		}
	}
	return row.filled() <= len(t.header.texts)
}

// read makes the row the current record.
func (t *table) read(row *tableRow) {
	r := &t.rec
	*r = Record{
		Row: r.Row + 1, Line: row.line, Kind: t.kind,
		Cells: r.Cells[:0], Warnings: r.Warnings[:0], CellErrors: r.CellErrors[:0],
	}
	r.Raw, r.RawCells = t.raw(row)
	if r.Problem = t.unreadable(row); r.Problem != nil {
		return
	}
	for i := range t.ignored {
		if t.header.fields[i].field == "" && !t.header.silent[i] && i < len(row.cells) && cleanCell(row.cells[i].text) != "" {
			t.ignored[i]++
		}
	}
	for _, i := range t.header.order {
		if i < len(row.cells) {
			t.readCell(&row.cells[i], i)
		}
	}
	for _, list := range [][]Problem{r.CellErrors, r.Warnings} {
		slices.SortFunc(list, func(a, b Problem) int { return cmp.Compare(a.Column, b.Column) })
	}
}

func (t *table) readCell(c *tableCell, column int) {
	known := t.header.fields[column]
	cell := Cell{
		Field: known.field, Part: known.part, Ranked: known.rank,
		Line: c.line, Column: column + 1, Header: t.header.texts[column],
		Text: cleanCell(c.text), Number: c.number,
	}
	switch {
	case c.failed != "":
		cell.Text = c.failed
		t.rec.CellErrors = append(t.rec.CellErrors, cell.problem("cellError", cell.Field))
	case c.unknown:
		t.rec.Warnings = append(t.rec.Warnings, cell.problem("formulaWithoutValue", cell.Field))
	case cell.Text != "":
		t.rec.Cells = append(t.rec.Cells, cell)
	}
}

// unreadable returns why the row is no record, or nil.
func (t *table) unreadable(row *tableRow) *Problem {
	switch {
	case row.code != "":
		return t.problem(row.code, row.codeCell)
	case row.open, row.unended && row.width < len(t.header.texts):
		return &Problem{Code: "truncated", Line: row.line}
	}
	c := t.outside(row)
	switch {
	case c.column == 0:
		return nil
	case t.decoder == nil:
		// A cell of a sheet cannot have slipped: it is a note beside the table.
		t.beyond++
		return nil
	}
	return t.problem("tooManyCells", c)
}

// outside returns the first cell with text in a column that the header does not
// have.
func (t *table) outside(row *tableRow) tableCell {
	for i := len(t.header.texts); i < len(row.cells); i++ {
		if !isBlankText(row.cells[i].text) {
			return row.cells[i]
		}
	}
	return row.extra
}

// problem returns a problem of a cell that may be outside of the header.
func (t *table) problem(code string, c tableCell) *Problem {
	p := &Problem{Code: code, Line: c.line, Column: c.column, Value: c.text}
	if i := c.column - 1; i >= 0 && i < len(t.header.texts) {
		p.Header, p.Field = t.header.texts[i], t.header.fields[i].field
	}
	return p
}

// raw returns the row for a file of rejected records, without the column with
// the errors of another import: bytes of a text, or cells. Of a row that is too
// long there is nothing.
func (t *table) raw(row *tableRow) ([]byte, []RawCell) {
	if row.code == "rowTooLong" {
		return nil, nil
	}
	if row.spans == nil {
		return nil, t.rawCells(row)
	}
	raw := row.raw
	if i := t.header.errors; i >= 0 && i < len(row.spans) {
		from, to := row.spans[i].from, row.spans[i].to
		if i > 0 {
			from = row.spans[i-1].to // the delimiter before it too
		} else if len(row.spans) > 1 {
			to = row.spans[1].from
		}
		raw = slices.Concat(raw[:from], raw[to:])
	}
	return withoutMarks(raw), nil
}

// rawCells returns the cells of a sheet under the header.
func (t *table) rawCells(row *tableRow) []RawCell {
	cells := make([]RawCell, 0, len(row.cells))
	for i, c := range row.cells {
		if i != t.header.errors && i < len(t.header.texts) {
			cells = append(cells, RawCell{Text: c.text + c.failed, Number: c.number, Error: c.failed != ""})
		}
	}
	return cells
}
