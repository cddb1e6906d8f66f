package transfer

import (
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"
)

// excelRows reads the rows of a sheet (docs/spec/import.md#excel). Merged cells stand behind all rows, so
// the sheet is read twice.
type excelRows struct {
	book   *workbook
	x      *xmlScanner
	merges []mergedCells // by first row, as far as they are not begun
	merged []mergedColumn
	inData bool
	line   int64 // of the last row
	total  int64 // bytes of all texts

	row    tableRow
	length int // bytes of the row's texts
	column int // of the last cell
	text   []byte
}

// mergedCells is a range of merged cells. Rows and columns are counted from 1,
// columns end with the most that a table has.
type mergedCells struct {
	firstRow, lastRow int64
	firstCol, lastCol int16
}

// mergedColumn is what a column of merged cells holds in the rows to come.
type mergedColumn struct {
	until int64
	cell  tableCell
}

const (
	mostMerges  = 2_000_000
	mostSheetAt = 1 << 30 // any row or column number
	mostText    = 4 << 30 // bytes of all cells: texts can be shared by many
)

// openRows begins to read the rows of a sheet.
func (w *workbook) openRows(name string) (*excelRows, error) {
	r := &excelRows{book: w}
	if err := w.elements(name, r.addMerge); err != nil {
		return nil, w.refusal(err)
	}
	slices.SortStableFunc(r.merges, func(a, b mergedCells) int { return cmp.Compare(a.firstRow, b.firstRow) })
	var err error
	r.x, err = w.open(name)
	return r, err
}

func (r *excelRows) addMerge(x *xmlScanner) error {
	if string(x.name) != "mergeCell" {
		return nil
	}
	ref, _, err := x.attr("ref")
	if err != nil {
		return err
	}
	from, to, ok := strings.Cut(ref, ":")
	if !ok {
		return nil
	}
	col1, row1, ok1 := cellAt(from)
	col2, row2, ok2 := cellAt(to)
	if !ok1 || !ok2 || col2 < col1 || row2 < row1 || row1 == 0 {
		return errXML
	}
	if col1 > mostColumns {
		return nil
	}
	if len(r.merges) == mostMerges {
		return &FileError{Code: "tooLarge", Detail: "merged cells"}
	}
	r.merges = append(r.merges, mergedCells{row1, row2, int16(col1), int16(min(col2, mostColumns))})
	return nil
}

// cellAt reads the address of a cell: "C7" is column 3, row 7. A row of 0 is
// none.
func cellAt(ref string) (column int, row int64, ok bool) {
	i := 0
	for ; i < len(ref) && ref[i] >= 'A' && ref[i] <= 'Z' && column < mostSheetAt/26; i++ {
		column = column*26 + int(ref[i]-'A') + 1
	}
	if i == len(ref) {
		return column, 0, column > 0
	}
	row, err := strconv.ParseInt(ref[i:], 10, 64)
	return column, row, err == nil && column > 0 && row > 0 && row <= mostSheetAt
}

// next returns the next row with cells, or io.EOF.
func (r *excelRows) next() (*tableRow, error) {
	row, err := r.nextRow()
	if err != nil && err != io.EOF {
		return nil, r.book.refusal(err)
	}
	return row, err
}

func (r *excelRows) nextRow() (*tableRow, error) {
	for {
		begins, err := r.x.next()
		if err != nil {
			return nil, err
		}
		switch name := string(r.x.name); {
		case name == "sheetData":
			r.inData = begins
		case name == "row" && begins && r.inData:
			if err := r.readRow(); err != nil {
				return nil, err
			}
			return &r.row, nil
		}
	}
}

// readRow reads from the beginning of a row to its end.
func (r *excelRows) readRow() error {
	number, ok, err := r.x.attr("r")
	if err != nil {
		return err
	}
	line := r.line + 1
	if ok {
		if line, err = strconv.ParseInt(number, 10, 64); err != nil || line <= r.line || line > mostSheetAt {
			return errXML
		}
	}
	r.line = line
	r.row = tableRow{line: line, cells: r.row.cells[:0]}
	r.length, r.column = 0, 0
	for depth := 1; depth > 0; {
		begins, err := r.x.next()
		switch {
		case err != nil:
			return noEOF(err)
		case !begins:
			depth--
		case depth == 1 && string(r.x.name) == "c":
			if err := r.readCell(); err != nil {
				return err
			}
		default:
			depth++
		}
	}
	r.merge()
	r.row.width = len(r.row.cells)
	if err := r.checkTotal(); err != nil {
		return err
	}
	r.total += int64(r.length)
	return nil
}

// readCell reads from the beginning of a cell to its end.
func (r *excelRows) readCell() error {
	var attrs [3]string
	for i, name := range []string{"r", "t", "s"} {
		var err error
		if attrs[i], _, err = r.x.attr(name); err != nil {
			return err
		}
	}
	if r.column++; attrs[0] != "" {
		column, _, ok := cellAt(attrs[0])
		if !ok {
			return errXML
		}
		r.column = column
	}
	value, formula, err := r.readValue()
	if err != nil {
		return err
	}
	c := tableCell{line: r.line, column: r.column}
	switch {
	case formula && len(r.text) == 0 && !(value && attrs[1] == "str"): // a stored empty text is one
		c.unknown = true
	case value:
		err = r.setValue(&c, attrs[1], attrs[2])
	}
	if err != nil {
		return err
	}
	r.put(c)
	return r.checkTotal()
}

// checkTotal refuses a workbook whose cells repeat a text too often.
func (r *excelRows) checkTotal() error {
	if r.total+int64(r.length) > mostText {
		return &FileError{Code: "zipBomb", Detail: "texts of cells"}
	}
	return nil
}

// readValue reads what the cell holds into r.text: the texts of an inline text,
// but not the readings above it, or a value. It reports whether there is a value
// and whether a formula.
func (r *excelRows) readValue() (value, formula bool, err error) {
	r.text = r.text[:0]
	reading := 0
	for depth := 1; depth > 0; {
		begins, err := r.x.next()
		if err != nil {
			return false, false, noEOF(err)
		}
		if begins {
			depth++
		} else {
			depth--
		}
		switch string(r.x.name) {
		case "f":
			formula = true
		case "rPh":
			if begins {
				reading++
			} else {
				reading--
			}
		case "v", "t":
			if !begins && reading == 0 {
				value = true
				r.text = append(r.text, r.x.text[:min(len(r.x.text), maxRow+1-len(r.text))]...)
			}
		}
	}
	return value, formula, nil
}

// setValue sets what a cell says by its type and style.
func (r *excelRows) setValue(c *tableCell, kind, style string) error {
	switch kind {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(string(r.text)))
		if err != nil {
			return errXML
		}
		text, ok, err := r.book.texts.text(n)
		if err == nil && !ok {
			err = errXML
		}
		c.text = unescapeExcel(text)
		return err
	case "inlineStr":
		c.text = unescapeExcel(string(r.text))
		return nil
	case "str":
		c.text = unescapeExcel(string(r.text))
		return nil
	}
	text := strings.TrimSpace(string(r.text))
	switch kind {
	case "b":
		c.text = map[string]string{"1": "true", "0": "false"}[text]
		return nil
	case "e":
		c.failed = text
		return nil
	case "d":
		c.text = text[:min(len(text), len("2006-01-02"))]
		return nil
	}
	r.setNumber(c, text, style)
	return nil
}

// setNumber sets a number, or the day that it stands for.
func (r *excelRows) setNumber(c *tableCell, text, style string) {
	decimal, ok := exactDecimal(text)
	if !ok {
		c.text = text
		return
	}
	if n, err := strconv.Atoi(style); err == nil && n >= 0 && n < len(r.book.dates) && r.book.dates[n] {
		if date, ok := dateOfSerial(decimal, r.book.from1904); ok {
			c.text = date
			return
		}
	}
	c.text, c.number = decimal, true
}

// put adds a cell to the row, unless the row is too long already.
func (r *excelRows) put(c tableCell) {
	if c.failed == "" && !c.unknown && c.text == "" {
		return
	}
	if r.length += len(c.text); r.length > maxRow || r.row.code != "" {
		if r.row.code == "" {
			r.row.code, r.row.codeCell = "rowTooLong", tableCell{line: r.line, column: c.column}
		}
		r.row.cells = r.row.cells[:0]
		return
	}
	if c.column > mostColumns {
		if r.row.extra.column == 0 && !isBlankText(c.text) {
			r.row.extra = c
		}
		return
	}
	r.widen(c.column)
	r.row.cells[c.column-1] = c
}

// widen makes sure that the row has that many cells.
func (r *excelRows) widen(n int) {
	for i := len(r.row.cells); i < n; i++ {
		r.row.cells = append(r.row.cells, tableCell{line: r.line, column: i + 1})
	}
}

// merge gives the row what merged cells hold: in each row of the range its first
// column has the value of the first cell, and all others nothing. A row without
// anything of its own stays blank: the range only makes other rows higher.
func (r *excelRows) merge() {
	n := 0
	for ; n < len(r.merges) && r.merges[n].firstRow <= r.line; n++ {
		r.beginMerge(r.merges[n])
	}
	r.merges = r.merges[n:]
	if r.row.blank(-1) || r.row.code != "" {
		return
	}
	for i := range r.merged {
		if m := &r.merged[i]; m.until >= r.line && (i < len(r.row.cells) || m.cell.text != "") {
			r.widen(i + 1)
			cell := m.cell
			cell.line = r.line
			r.length -= len(r.row.cells[i].text)
			r.row.cells[i] = tableCell{line: r.line, column: i + 1}
			if cell.column > 0 {
				r.put(cell)
			}
		}
		if r.row.code != "" {
			return
		}
	}
}

func (r *excelRows) beginMerge(m mergedCells) {
	if m.lastRow < r.line {
		return
	}
	for len(r.merged) < int(m.lastCol) {
		r.merged = append(r.merged, mergedColumn{})
	}
	for i := int(m.firstCol) - 1; i < int(m.lastCol); i++ {
		r.merged[i] = mergedColumn{until: m.lastRow}
	}
	if i := int(m.firstCol) - 1; m.firstRow == r.line && i < len(r.row.cells) {
		r.merged[i].cell = r.row.cells[i]
	}
}
