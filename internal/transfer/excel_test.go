package transfer

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/mingce/mingce/internal/directory"
)

// book returns a workbook of sheets: name, "hidden" or "", and what is in its
// worksheet. Further parts replace or complete the usual ones.
func book(t testing.TB, further map[string]string, sheets ...[3]string) []byte {
	t.Helper()
	parts := map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts>` +
			`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="21"/></cellXfs></styleSheet>`,
	}
	names := `<sheets>`
	relations := `<Relationships><Relationship Id="s" Type="http://x/styles" Target="styles.xml"/><Relationship Id="t" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/>`
	for i, s := range sheets {
		names += fmt.Sprintf(`<sheet name=%q sheetId="%d" state=%q r:id="r%d"/>`, s[0], i+1, s[1], i)
		relations += fmt.Sprintf(`<Relationship Id="r%d" Type="http://x/worksheet" Target="worksheets/sheet%d.xml"/>`, i, i)
		parts[fmt.Sprintf("xl/worksheets/sheet%d.xml", i)] = `<?xml version="1.0"?><worksheet>` + s[2] + `</worksheet>`
	}
	parts["xl/workbook.xml"] = `<workbook xmlns:r="x">` + names + `</sheets></workbook>`
	parts["xl/_rels/workbook.xml.rels"] = relations + `</Relationships>`
	maps.Copy(parts, further)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, parts[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rows returns sheet data of rows of inline texts; a text that begins with < is
// a cell as it stands.
func rows(rows ...[]string) string {
	var b strings.Builder
	b.WriteString("<sheetData>")
	for _, row := range rows {
		b.WriteString("<row>")
		for _, cell := range row {
			if !strings.HasPrefix(cell, "<") {
				cell = `<c t="inlineStr"><is><t>` + cell + `</t></is></c>`
			}
			b.WriteString(cell)
		}
		b.WriteString("</row>")
	}
	return b.String() + "</sheetData>"
}

func checkBook(t *testing.T, in []byte, o ReadOptions, want ...string) {
	t.Helper()
	got := strings.TrimSuffix(told(in, o), "\n")
	if want := strings.Join(want, "\n"); got != want {
		t.Errorf("with %+v it is\n%s\nwant\n%s", o, got, want)
	}
}

// What cells of a sheet say (docs/spec/import.md#excel).
func TestCellsOfSheets(t *testing.T) {
	t.Parallel()
	tests := []struct{ cell, want string }{
		{`<c><v>13900001234</v></c>`, `#"13900001234"`},
		{`<c t="n"><v>1.3900001234E10</v></c>`, `#"13900001234"`},
		{`<c><v>7999.0</v></c>`, `#"7999"`},
		{`<c><v>-0.050</v></c>`, `#"-0.05"`},
		{`<c><v>1E-3</v></c>`, `#"0.001"`},
		{`<c><v>3.1400000000000001</v></c>`, `#"3.14"`},
		{`<c><v>110101199001011234</v></c>`, `#"110101199001011234"`},
		{`<c><v>-0</v></c>`, `#"0"`},
		{`<c><v>1E999999999</v></c>`, `"1E999999999"`},
		{`<c><v>12a</v></c>`, `"12a"`},
		{`<c t="b"><v>1</v></c>`, `"true"`},
		{`<c t="d"><v>2024-03-01T00:00:00</v></c>`, `"2024-03-01"`},
		{`<c s="1"><v>45352</v></c>`, `"2024-03-01"`},
		{`<c s="2"><v>45352.75</v></c>`, `"2024-03-01"`},
		{`<c s="1"><v>59</v></c>`, `"1900-02-28"`},
		{`<c s="1"><v>61</v></c>`, `"1900-03-01"`},
		{`<c s="3"><v>0.5</v></c>`, `#"0.5"`},
		{`<c s="1"><v>99999999</v></c>`, `#"99999999"`},
		{`<c t="str"><f>"a"&amp;"b"</f><v>ab</v></c>`, `"ab"`},
		{`<c><f>1+1</f><v>2</v></c>`, `#"2"`},
		{`<c t="s"><v>1</v></c>`, `"shared <text>"`},
		{`<c t="inlineStr"><is><r><t>rich</t></r><r><t xml:space="preserve"> text</t></r><rPh><t>reading</t></rPh></is></c>`, `"rich text"`},
		{`<c t="inlineStr"><is><t>a_x000D__x4e2d_ _x12</t></is></c>`, `"a\r中 _x12"`},
		{`<c t="inlineStr"><is><t><![CDATA[<&amp;]]]>]]>&#x4e2d;&lt;</t></is></c>`, `"<&amp;]]]>中<"`},
		{`<c t="inlineStr"><is><t>'=1 &#160;</t></is></c>`, `"=1"`},
	}
	for _, test := range tests {
		in := book(t, map[string]string{"xl/sharedStrings.xml": `<sst><si><t>x</t></si><si><r><t>shared </t></r><r><t>&lt;text&gt;</t></r><rPh><t>no</t></rPh></si></sst>`},
			[3]string{"a", "", rows([]string{"name", "mobile"}, []string{test.cell, "1"})})
		checkBook(t, in, ReadOptions{}, `2 name=`+test.want+` mobile="1"`)
	}
	in := book(t, nil, [3]string{"a", "", rows([]string{"name", "mobile", "email", "x"},
		[]string{`<c><f>A1</f></c>`, `<c><f>A1</f><v/></c>`, `<c t="e"><v>#N/A</v></c>`, `<c t="e"><v>#N/A</v></c>`},
		[]string{`<c t="str"><f>""</f><v></v></c>`, "1"},
		[]string{`<c><f>A1</f></c>`})})
	checkBook(t, in, ReadOptions{},
		"2 !cellError@2:3(email) ?formulaWithoutValue@2:1(name) ?formulaWithoutValue@2:2(mobile)",
		`3 mobile="1"`)
}

func TestMergedCells(t *testing.T) {
	t.Parallel()
	in := book(t, nil, [3]string{"a", "", rows(
		[]string{"name", "mobile", "contact", ""},
		[]string{"", "", "company", "email"},
		[]string{"a", "1", "Example", "covered"},
		[]string{"b", "2", "hidden"},
		nil,
		[]string{"c", "3", "Other"},
	) + `<mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:B2"/><mergeCell ref="C1:D1"/><mergeCell ref="C3:D5"/><mergeCell ref="ZZZ1:ZZZ9"/></mergeCells>`})
	checkBook(t, in, ReadOptions{},
		`3 name="a" mobile="1" companyName="Example"`,
		`4 name="b" mobile="2" companyName="Example"`,
		`6 name="c" mobile="3" companyName="Other"`)
}

func TestSheets(t *testing.T) {
	t.Parallel()
	header := []string{"name", "mobile"}
	in := book(t, nil,
		[3]string{"hidden", "hidden", rows(header, []string{"h", "1"})},
		[3]string{"secret", "veryHidden", rows(header, []string{"s", "1"})},
		[3]string{"notes", "visible", rows([]string{"read me"}, []string{"first"})},
		[3]string{"first", "", rows(header, []string{"f", "1"})},
		[3]string{"second", "", rows(header, []string{"s", "1", "note"}, header, []string{"s", "2", "note"})})
	checkBook(t, in, ReadOptions{}, `2 name="f" mobile="1"`)
	checkBook(t, in, ReadOptions{Sheet: "hidden"}, `2 name="h" mobile="1"`)
	checkBook(t, in, ReadOptions{Sheet: "second"}, `2 name="s" mobile="1"`, `4 name="s" mobile="2"`)
	checkBook(t, in, ReadOptions{Sheet: "notes"}, `REFUSED headerNotFound 0`)
	checkBook(t, in, ReadOptions{Sheet: "third"}, `REFUSED sheetNotFound 0`)
	checkBook(t, book(t, nil, [3]string{"a", "", rows()}), ReadOptions{}, `REFUSED empty 0`)
	checkBook(t, book(t, nil, [3]string{"a", "", rows(header)}), ReadOptions{}, `REFUSED empty 0`)
	checkBook(t, book(t, nil, [3]string{"a", "", rows([]string{"read me"})}), ReadOptions{}, `REFUSED headerNotFound 0`)
	r, err := Open(bytes.NewReader(in), ReadOptions{Kind: directory.ContactKind, Sheet: "second"})
	for err == nil {
		_, err = r.Next()
	}
	if err != io.EOF {
		t.Fatal(err)
	}
	if i := r.Info(); i.Sheet != "second" || i.Format != Excel || len(i.Ignored) != 1 || i.Ignored[0] != (Ignored{"", 2}) {
		t.Errorf("got %+v, want the second sheet with two notes beside the table", i)
	}
}

func TestForeignSheets(t *testing.T) {
	t.Parallel()
	prefixed := `<?xml version="1.0" encoding="UTF-8"?><!-- > --><x:worksheet xmlns:x="y"><x:sheetData><x:row r="3"><x:c r="B3" t="str"><x:v>name</x:v></x:c>` +
		"\n<x:c r='D3' t='str' note='a>b'><x:v>mobile</x:v></x:c></x:row><x:row r=\"5\" ><x:c r=\"D5\"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>"
	in := book(t, map[string]string{"xl/worksheets/sheet0.xml": prefixed}, [3]string{"a", "", ""})
	checkBook(t, in, ReadOptions{}, `5 mobile=#"1"`)
	wide := "\xff\xfe"
	for _, c := range []byte(prefixed) {
		wide += string([]byte{c, 0})
	}
	in = book(t, map[string]string{"xl/worksheets/sheet0.xml": wide}, [3]string{"a", "", ""})
	checkBook(t, in, ReadOptions{}, `5 mobile=#"1"`)
	in = book(t, map[string]string{"xl/_rels/workbook.xml.rels": `<R><Relationship Id="r0" Type="x/worksheet" TargetMode="External" Target="http://127.0.0.1:1/sheet.xml"/></R>`},
		[3]string{"a", "", rows([]string{"name", "mobile"}, []string{"a", "1"})})
	checkBook(t, in, ReadOptions{}, `REFUSED empty 0`)
}

// Workbooks that are refused (docs/spec/import.md#limits-of-workbooks).
func TestRefusedWorkbooks(t *testing.T) {
	t.Parallel()
	data := rows([]string{"name", "mobile"}, []string{"a", "1"})
	good := book(t, nil, [3]string{"a", "", data})
	many := map[string]string{}
	for i := range mostParts {
		many[fmt.Sprintf("x%d", i)] = ""
	}
	sheet := func(xml string) []byte {
		return book(t, map[string]string{"xl/worksheets/sheet0.xml": xml}, [3]string{"a", "", ""})
	}
	var other bytes.Buffer
	z := zip.NewWriter(&other)
	if _, err := z.Create("content.xml"); err != nil {
		t.Fatal(err)
	}
	z.Close()
	tests := []struct {
		name, want string
		in         []byte
	}{
		{"older Excel", "formatUnsupported", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more")},
		{"PDF", "formatUnsupported", []byte("%PDF-1.7")},
		{"other zip", "formatUnsupported", other.Bytes()},
		{"cut off", "malformed", good[:len(good)-30]},
		{"no zip", "malformed", []byte("PK\x03\x04 and nothing")},
		{"bomb", "zipBomb", book(t, map[string]string{"xl/media/image.png": strings.Repeat("\x00", 2<<20)}, [3]string{"a", "", data})},
		{"bomb of blanks", "zipBomb", sheet("<worksheet>" + strings.Repeat(" ", 2<<20) + data + "</worksheet>")},
		{"many parts", "zipBomb", book(t, many, [3]string{"a", "", data})},
		{"document type", "malformed", sheet(`<!DOCTYPE x [<!ENTITY a "b">]><worksheet>` + data + `</worksheet>`)},
		{"unknown entity", "malformed", sheet(`<worksheet>` + strings.Replace(data, "name", "&name;", 1) + `</worksheet>`)},
		{"open element", "malformed", sheet(`<worksheet>` + data)},
		{"wrong end", "malformed", sheet(`<worksheet><sheetData><row></c></row></sheetData></worksheet>`)},
		{"two roots", "malformed", sheet(`<worksheet>` + data + `</worksheet><worksheet/>`)},
		{"deep", "malformed", sheet(`<worksheet>` + strings.Repeat("<a>", 300) + strings.Repeat("</a>", 300) + `</worksheet>`)},
		{"empty part", "malformed", sheet("")},
		{"no UTF-8", "malformed", sheet("<worksheet>\xd0" + data + "</worksheet>")},
		{"NUL", "malformed", sheet(`<worksheet>` + strings.Replace(data, "name", "na&#0;me", 1) + `</worksheet>`)},
		{"no such text", "malformed", sheet(`<worksheet>` + rows([]string{"name", "mobile"}, []string{`<c t="s"><v>7</v></c>`}) + `</worksheet>`)},
		{"rows in disorder", "malformed", sheet(`<worksheet><sheetData><row r="2"/><row r="1"/></sheetData></worksheet>`)},
		{"endless tag", "malformed", sheet(`<worksheet a="` + strings.ReplaceAll(longText(), " ", ">") + `">` + data + `</worksheet>`)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := told(test.in, ReadOptions{}); !strings.HasSuffix(got, "REFUSED "+test.want+" 0") {
				t.Errorf("got %q, want %s", got, test.want)
			}
		})
	}
}

// longText returns more than 1 MiB that does not inflate a hundredfold.
func longText() string {
	var b strings.Builder
	for i := 0; b.Len() < 1200<<10; i++ {
		fmt.Fprintf(&b, "%x ", i*i*7919)
	}
	return b.String()
}

func TestLongRowsOfSheets(t *testing.T) {
	t.Parallel()
	long := longText()
	half := long[:600<<10]
	in := book(t, nil, [3]string{"a", "", rows([]string{"name", "mobile", "remark"},
		[]string{"a", "1", long}, []string{"b", half, half}, []string{"c", "3"})})
	checkBook(t, in, ReadOptions{}, "2 !rowTooLong@2:3(remark)", "3 !rowTooLong@3:3(remark)", `4 name="c" mobile="3"`)
	wide := make([]string, 1001)
	for i := range wide {
		wide[i] = "x"
	}
	wide[0], wide[1] = "name", "mobile"
	checkBook(t, book(t, nil, [3]string{"a", "", rows(wide, []string{"a", "1"})}), ReadOptions{}, "REFUSED tooManyColumns 1")
}

func TestSharedTextsInAnyOrder(t *testing.T) {
	t.Parallel()
	var table textTable
	text := func(i int) string { return fmt.Sprintf("text %d %s", i, strings.Repeat("x", i%900)) }
	const n = 60_000
	for i := range n {
		if err := table.add([]byte(text(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.seal(); err != nil {
		t.Fatal(err)
	}
	if table.packed == 0 {
		t.Error("no block was packed")
	}
	for i := range 5000 {
		at := i * 7919 % n
		if got, ok, err := table.text(at); got != text(at) || !ok || err != nil {
			t.Fatalf("text %d is %q, %v, %v; want %q", at, got, ok, err, text(at))
		}
	}
	if _, ok, _ := table.text(n); ok {
		t.Error("there is a text behind the last one")
	}
}

func FuzzWorkbook(f *testing.F) {
	sample, err := os.ReadFile("testdata/excel-mangled-phones.xlsx")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sample)
	f.Add(book(f, nil, [3]string{"a", "", rows([]string{"name", "mobile"}, []string{"a", "1"})}))
	f.Fuzz(func(_ *testing.T, in []byte) { told(in, ReadOptions{Format: Excel}) })
}

func FuzzSheet(f *testing.F) {
	f.Add(rows([]string{"name", "mobile"}, []string{"a", `<c r="B2" s="1"><v>1E4</v></c>`})+`<mergeCells><mergeCell ref="A1:B3"/></mergeCells>`, `<sst><si><t>a</t></si></sst>`)
	f.Add(`<sheetData><row r="1"><c t="s"><v>0</v></c></row></sheetData>`, `<sst><si><r><t>&lt;<![CDATA[x]]></t></r></si></sst>`)
	f.Fuzz(func(t *testing.T, sheet, texts string) {
		told(book(t, map[string]string{"xl/sharedStrings.xml": texts}, [3]string{"a", "", sheet}), ReadOptions{Format: Excel})
	})
}

// A known word above the notes of a first sheet is no header while another sheet
// has more; a workbook of one column has one.
func TestSheetOfNotes(t *testing.T) {
	t.Parallel()
	notes := [3]string{"说明", "", rows([]string{"备注"}, []string{"请勿改动"})}
	people := [3]string{"客户", "", rows([]string{"name", "mobile"}, []string{"a", "1"})}
	checkBook(t, book(t, nil, notes, people), ReadOptions{}, `2 name="a" mobile="1"`)
	checkBook(t, book(t, nil, notes, [3]string{"空", "", `<sheetData/>`}), ReadOptions{}, `2 remark="请勿改动"`)
	checkBook(t, book(t, nil, people, notes), ReadOptions{Sheet: "说明"}, `2 remark="请勿改动"`)
}

// Sheets that excelize writes, as our exports do, are read.
func TestWorkbooksOfExcelize(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	defer f.Close()
	day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	for cell, value := range map[string]any{
		"A1": "name", "B1": "mobile", "C1": "remark", "A2": "甲 <&>\nb", "B2": 13900001234, "C2": time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC),
		"A3": true, "B3": 1.5, "C3": "=1+1",
	} {
		if err := f.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	err = errors.Join(f.SetCellStyle("Sheet1", "C2", "C2", day), f.SetCellFormula("Sheet1", "C4", "1+1"), f.SetCellValue("Sheet1", "A4", "c"), f.Write(&b))
	if err != nil {
		t.Fatal(err)
	}
	checkBook(t, b.Bytes(), ReadOptions{},
		`2 name="甲 <&>\nb" mobile=#"13900001234" remark="2024-03-01"`,
		`3 name="true" mobile=#"1.5" remark="=1+1"`,
		`4 name="c" ?formulaWithoutValue@4:3(remark)`)
}

// A text that many cells share counts for each of them.
func TestRepeatedTextsAreABomb(t *testing.T) {
	t.Parallel()
	half := longText()[:500<<10]
	var b strings.Builder
	b.WriteString(`<worksheet><sheetData><row><c t="str"><v>name</v></c><c t="str"><v>mobile</v></c></row>`)
	for i := range 100 {
		fmt.Fprintf(&b, `<row><c t="s"><v>0</v></c><c><v>%d</v></c></row>`, i*i*7919)
	}
	in := book(t, map[string]string{"xl/sharedStrings.xml": "<sst><si><t>" + half + "</t></si></sst>", "xl/worksheets/sheet0.xml": b.String() + "</sheetData></worksheet>"}, [3]string{"a", "", ""})
	r, err := Open(bytes.NewReader(in), ReadOptions{Kind: directory.ContactKind})
	if err != nil {
		t.Fatal(err)
	}
	r.(*table).rows.(*excelRows).total = mostText - 20<<20 // as if there had been 8,000 rows
	for err == nil {
		_, err = r.Next()
	}
	if e := (*FileError)(nil); !errors.As(err, &e) || e.Code != "zipBomb" {
		t.Errorf("got %v, want zipBomb", err)
	}
}
