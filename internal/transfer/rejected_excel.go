package transfer

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// rejectedSheet writes a workbook of one sheet as it goes: nothing of it lies in
// a file meanwhile.
type rejectedSheet struct {
	zip  *zip.Writer
	out  *bufio.Writer // the sheet
	cols int           // of the header, without the errors
	row  int
}

// Parts of a workbook that are always the same. Cells have style 1, which keeps
// whatever is typed over them a text.
const (
	sheetTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`
	sheetRoot = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	sheetRelations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`
	sheetStyles = `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font/></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>` +
		`<cellXfs count="2"><xf xfId="0"/><xf xfId="0" numFmtId="49" applyNumberFormat="1" quotePrefix="1"/></cellXfs>` +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
	sheetBook = `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
		`<sheets><sheet name="%s" sheetId="1" r:id="rId1"/></sheets></workbook>`
	sheetStart = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`
	sheetEnd   = `</sheetData></worksheet>`
)

func newRejectedSheet(w io.Writer, info *Info) (*rejectedSheet, error) {
	s := &rejectedSheet{zip: zip.NewWriter(w)}
	for _, part := range [][2]string{
		{"[Content_Types].xml", sheetTypes},
		{"_rels/.rels", sheetRoot},
		{"xl/workbook.xml", fmt.Sprintf(sheetBook, escapeXML(info.Sheet))},
		{"xl/_rels/workbook.xml.rels", sheetRelations},
		{"xl/styles.xml", sheetStyles},
		{"xl/worksheets/sheet1.xml", sheetStart},
	} {
		out, err := s.zip.Create(part[0])
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(out, xml.Header+part[1]); err != nil {
			return nil, err
		}
		s.out = bufio.NewWriter(out)
	}
	header := &Record{}
	for _, c := range info.Columns {
		header.RawCells = append(header.RawCells, RawCell{Text: c.Header})
	}
	s.cols = len(header.RawCells)
	return s, s.write(header, errorsColumn)
}

func (s *rejectedSheet) write(rec *Record, codes string) error {
	s.row++
	fmt.Fprintf(s.out, `<row r="%d">`, s.row)
	for i, c := range rec.RawCells {
		s.put(i, c)
	}
	s.put(s.cols, RawCell{Text: codes})
	_, err := s.out.WriteString(`</row>`)
	return err
}

// put writes a cell. A number stays one and an error too: as texts they would be
// taken for what they are not. Errors of the writer show at the end of the row.
func (s *rejectedSheet) put(column int, c RawCell) {
	switch at := fmt.Sprintf("%s%d", columnName(column), s.row); {
	case c.Text == "":
	case c.Number:
		fmt.Fprintf(s.out, `<c r="%s"><v>%s</v></c>`, at, escapeXML(c.Text))
	case c.Error:
		fmt.Fprintf(s.out, `<c r="%s" t="e"><v>%s</v></c>`, at, escapeXML(c.Text))
	default:
		fmt.Fprintf(s.out, `<c r="%s" s="1" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, at, escapeXML(escapeExcel(c.Text)))
	}
}

func (s *rejectedSheet) close() error {
	if _, err := s.out.WriteString(sheetEnd); err != nil {
		return err
	}
	if err := s.out.Flush(); err != nil {
		return err
	}
	return s.zip.Close()
}

// columnName returns the letters of a column, counted from 0.
func columnName(column int) string {
	name := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

func escapeXML(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder does not fail
	return b.String()
}

// escapeExcel writes characters that XML cannot hold, and what would be taken
// for one, as _xHHHH_.
func escapeExcel(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r < ' ' && r != '\t' && r != '\n', r == 0xfffe, r == 0xffff:
			fmt.Fprintf(&b, "_x%04X_", r)
		case r == '_' && unescapeExcel(s[i:min(len(s), i+7)]) != s[i:min(len(s), i+7)]:
			b.WriteString("_x005F_")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
