package transfer

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"github.com/mingce/mingce/internal/directory"
)

// mostSheetText keeps the XML of a sheet below 4 GiB, beyond which Excel takes a
// file for damaged: escapes make a text up to five times as long.
const mostSheetText = 500 << 20

// excelEncoder writes a workbook of text cells. Sheets of more than 16 MiB lie
// in a file until the end, when they are compressed into the workbook; no more
// than that is held in memory.
type excelEncoder struct {
	w       io.Writer
	kind    directory.Kind
	header  string
	columns []directory.ObjectField
	names   *Names

	file     *excelize.File
	sheet    *excelize.StreamWriter
	sheets   int
	row      int // of the sheet, the header included
	text     int // bytes of the sheet's texts
	mostRows int // of a sheet
	style    int
	cells    []any
	cell     []byte
}

func newExcelEncoder(w io.Writer, o WriteOptions) (*excelEncoder, error) {
	columns, err := tableColumns(o.Kind, o.Fields)
	if err != nil {
		return nil, err
	}
	e := &excelEncoder{w: w, kind: o.Kind, columns: columns, names: o.Names, mostRows: excelize.TotalRows}
	if e.header, err = oneOf("header", o.Header, EnglishTitles, ChineseTitles, FieldTitles); err != nil {
		return nil, err
	}
	e.file = excelize.NewFile(excelize.Options{TmpDir: o.TempDir})
	// Its own way holds the whole workbook in memory before it writes.
	e.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w) })
	return e, nil
}

func (e *excelEncoder) begin() (err error) {
	e.style, err = e.file.NewStyle(&excelize.Style{NumFmt: 49}) // text
	if err != nil {
		return err
	}
	quoted := true // what is typed over a cell stays a text too
	e.file.Styles.CellXfs.Xf[e.style].QuotePrefix = &quoted
	return e.nextSheet()
}

// nextSheet begins a sheet with its header.
func (e *excelEncoder) nextSheet() (err error) {
	if err := e.endSheet(); err != nil {
		return err
	}
	e.sheets++
	name := sheetNames[e.kind]
	if e.sheets == 1 {
		err = e.file.SetSheetName("Sheet1", name)
	} else {
		name = fmt.Sprintf("%s %d", name, e.sheets)
		_, err = e.file.NewSheet(name)
	}
	if err != nil {
		return err
	}
	if e.sheet, err = e.file.NewStreamWriter(name); err != nil {
		return err
	}
	e.row, e.text, e.cells = 0, 0, e.cells[:0]
	for i := range e.columns {
		e.put(titleOf(e.kind, e.columns[i].Name, e.header))
	}
	return e.writeRow()
}

// sheetNames are the words by which people call the kinds.
var sheetNames = map[directory.Kind]string{
	directory.ContactKind:        "contacts",
	directory.EmployeeKind:       "employees",
	directory.DepartmentKind:     "departments",
	directory.LabelKind:          "labels",
	directory.LabelGroupKind:     "label groups",
	directory.MessageContactKind: "message contacts",
}

func (e *excelEncoder) object(o *directory.Object) error {
	if e.row == e.mostRows || e.text > mostSheetText {
		if err := e.nextSheet(); err != nil {
			return err
		}
	}
	e.cells = e.cells[:0]
	for i := range e.columns {
		e.cell = appendCell(e.cell[:0], o, &e.columns[i], e.names)
		text := string(e.cell)
		if len(text) > excelize.TotalCellChars && utf16Length(text) > excelize.TotalCellChars {
			// Paths of many departments: their ids fit, and a cut path would
			// be another department.
			text = string(appendCell(e.cell[:0], o, &e.columns[i], nil))
		}
		if mayBeFormula([]byte(text)) {
			text = safeCell(text)
		}
		e.put(text)
	}
	return e.writeRow()
}

// put adds a cell to the row; none at all for an empty text.
func (e *excelEncoder) put(text string) {
	if text == "" {
		e.cells = append(e.cells, nil)
		return
	}
	e.text += len(text)
	e.cells = append(e.cells, excelize.Cell{StyleID: e.style, Value: text})
}

func (e *excelEncoder) writeRow() error {
	e.row++
	name, err := excelize.CoordinatesToCellName(1, e.row)
	if err != nil {
		return err
	}
	return e.sheet.SetRow(name, e.cells)
}

func (e *excelEncoder) endSheet() error {
	if e.sheet == nil {
		return nil
	}
	return e.sheet.Flush()
}

func (e *excelEncoder) end(*total) error {
	err := e.endSheet()
	if err == nil {
		err = e.file.Write(e.w)
	}
	return errors.Join(err, e.file.Close())
}

// discard removes the temporary files.
func (e *excelEncoder) discard() { _ = e.file.Close() } // nothing is left to be told

func utf16Length(s string) (n int) {
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}
