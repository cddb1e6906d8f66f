package transfer

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"

	"github.com/mingce/mingce/internal/directory"
)

var updateExports = flag.Bool("update-exports", false, "rewrite testdata/export")

// exportOf returns the file of an export.
func exportOf(t testing.TB, src ObjectSource, o WriteOptions) ([]byte, ExportResult) {
	t.Helper()
	var b bytes.Buffer
	result, err := Export(context.Background(), src, &b, ExportOptions{WriteOptions: o, KindName: "test"})
	if err != nil {
		t.Fatalf("%s of %ss: %v", o.Format, o.Kind, err)
	}
	return b.Bytes(), result
}

// Each file of testdata/export is what an export of the sample gives.
func TestGoldenExports(t *testing.T) {
	t.Parallel()
	contacts := func(o WriteOptions) WriteOptions {
		o.Kind = directory.ContactKind
		return o
	}
	for name, o := range map[string]WriteOptions{
		"contacts.csv":         contacts(WriteOptions{Format: CSV}),
		"contacts-zh.csv":      contacts(WriteOptions{Format: CSV, Encoding: GB18030, Header: ChineseTitles, Delimiter: ";"}),
		"contacts-fields.csv":  contacts(WriteOptions{Format: CSV, Encoding: UTF8, Header: FieldTitles, Delimiter: "tab", Fields: []string{"updatedAt", "remark", "name"}}),
		"contacts-masked.csv":  contacts(WriteOptions{Format: CSV, Encoding: UTF8, Mask: true, Fields: []string{"name", "mobile", "email"}}),
		"contacts.xlsx.csv":    contacts(WriteOptions{Format: Excel}),
		"contacts.vcf":         contacts(WriteOptions{Format: VCard}),
		"contacts-4.vcf":       contacts(WriteOptions{Format: VCard, VCardVersion: VCard4}),
		"contacts.ldif":        contacts(WriteOptions{Format: LDIF}),
		"contacts.jsonl":       contacts(WriteOptions{Format: JSONL, Fields: []string{"name", "email"}, Mask: true}),
		"employees.csv":        {Format: CSV, Kind: directory.EmployeeKind},
		"employees.vcf":        {Format: VCard, Kind: directory.EmployeeKind},
		"employees.ldif":       {Format: LDIF, Kind: directory.EmployeeKind},
		"departments.csv":      {Format: CSV, Kind: directory.DepartmentKind},
		"labels.csv":           {Format: CSV, Kind: directory.LabelKind, Header: ChineseTitles},
		"message-contacts.csv": {Format: CSV, Kind: directory.MessageContactKind},
		"all.jsonl":            {Format: JSONL, Kinds: directory.Kinds},
	} {
		o.CorpID, o.CorpName = "ding87654321", "示例公司"
		got, _ := exportOf(t, sampleOrganisation(), o)
		if o.Format == Excel {
			got = sheetsAsCSV(t, got)
		}
		path := filepath.Join("testdata", "export", name)
		if *updateExports {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is now\n%s", name, got)
		}
	}
}

// sheetsAsCSV lists a workbook's cells.
func sheetsAsCSV(t *testing.T, workbook []byte) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(workbook))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b strings.Builder
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for i := range row {
				row[i] = strconv.Quote(row[i])
			}
			b.WriteString(sheet + ": " + strings.Join(row, ",") + "\n")
		}
	}
	return []byte(b.String())
}

// Every cell of a workbook is a text that stays one.
func TestWorkbookCellsAreTexts(t *testing.T) {
	t.Parallel()
	workbook, _ := exportOf(t, sampleOrganisation(), WriteOptions{Format: Excel, Kind: directory.ContactKind})
	f, err := excelize.OpenReader(bytes.NewReader(workbook))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, cell := range []string{"A1", "A2", "C2", "E2", "J2", "M2", "O2"} {
		kind, err := f.GetCellType("contacts", cell)
		if err != nil || kind != excelize.CellTypeInlineString {
			t.Errorf("%s is of type %v, %v", cell, kind, err)
		}
		if formula, err := f.GetCellFormula("contacts", cell); err != nil || formula != "" {
			t.Errorf("%s is the formula %q, %v", cell, formula, err)
		}
		style, err := f.GetCellStyle("contacts", cell)
		if err != nil {
			t.Fatal(err)
		}
		if quoted := f.Styles.CellXfs.Xf[style].QuotePrefix; quoted == nil || !*quoted {
			t.Errorf("%s is not marked as a text", cell)
		}
	}
}

// A sheet has an end; the rows go on in the next one, below a header.
func TestWorkbookOfSeveralSheets(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w, err := newWriter(&b, WriteOptions{Format: Excel, Kind: directory.LabelGroupKind, Fields: []string{"name"}})
	if err != nil {
		t.Fatal(err)
	}
	w.encoder.(*excelEncoder).mostRows = 3
	for i := range 5 {
		if err := w.Write(heldObject(directory.LabelGroupKind, "1", directory.Values{"name": strconv.Itoa(i)})); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	want := `label groups: "Name"|label groups: "0"|label groups: "1"|` +
		`label groups 2: "Name"|label groups 2: "2"|label groups 2: "3"|label groups 3: "Name"|label groups 3: "4"|`
	if got := strings.ReplaceAll(string(sheetsAsCSV(t, b.Bytes())), "\n", "|"); got != want {
		t.Errorf("got %s", got)
	}
}

// docs/spec/export.md#cells
func TestCellTooLargeForASheet(t *testing.T) {
	t.Parallel()
	src := heldObjects{}
	ids := []int64{}
	for id := int64(2); id <= 62; id++ {
		ids = append(ids, id)
		src.objects = append(src.objects, heldObject(directory.DepartmentKind, strconv.FormatInt(id, 10), directory.Values{
			"name": strings.Repeat("部", 60) + strconv.FormatInt(id, 10), "parentId": id - 1,
		}))
	}
	src.objects = append(src.objects, heldObject(directory.EmployeeKind, "u", directory.Values{"deptIds": ids}))
	workbook, _ := exportOf(t, src, WriteOptions{Format: Excel, Kind: directory.EmployeeKind, Fields: []string{"deptIds"}})
	if got := string(sheetsAsCSV(t, workbook)); !strings.Contains(got, `"2;3;4;5;`) || !strings.Contains(got, `;62"`) {
		t.Errorf("got %s", got)
	}
}

// docs/spec/export.md#encodings
func TestGB18030HoldsAllCharacters(t *testing.T) {
	t.Parallel()
	encode := func(text string) string {
		t.Helper()
		encoded, _, err := transform.String(newGB18030Encoder(), text)
		if err != nil {
			t.Fatal(err)
		}
		return encoded
	}
	// Those of the user-defined zones, which the decoder does not know.
	for text, want := range map[string]string{
		"\uE000": "\xAA\xA1", "\uE233": "\xAF\xFE", "\uE234": "\xF8\xA1", "\uE4C5": "\xFE\xFE",
		"\uE4C6": "\xA1\x40", "\uE504": "\xA1\x7E", "\uE505": "\xA1\x80", "\uE5E5": "\x84\x31\xA4\x37", "\uE765": "\xA7\xA0",
		"a\uE000b中": "a\xAA\xA1b\xD6\xD0", "\xEE": "\x84\x31\xA4\x37", "\xEE\x80": "\x84\x31\xA4\x37\x84\x31\xA4\x37",
	} {
		if got := encode(text); got != want {
			t.Errorf("%q became %x, want %x", text, got, want)
		}
	}
	var all strings.Builder
	for r := rune(' '); r <= 0x10FFFF; r++ {
		if r < 0xD800 || r >= 0xE766 {
			all.WriteRune(r)
		}
	}
	back, err := simplifiedchinese.GB18030.NewDecoder().String(encode(all.String()))
	if err != nil {
		t.Fatal(err)
	}
	was, is := []rune(all.String()), []rune(back)
	if len(was) != len(is) {
		t.Fatalf("%d characters became %d", len(was), len(is))
	}
	lost := 0
	for i := range was {
		if was[i] == is[i] {
			continue
		}
		if lost++; is[i] != utf8.RuneError || was[i] > 0xE864 {
			t.Errorf("U+%04X became U+%04X", was[i], is[i])
		}
	}
	if lost > 174 {
		t.Errorf("%d characters are lost", lost)
	}
}

// docs/spec/export.md#result
func TestExportResult(t *testing.T) {
	t.Parallel()
	src := sampleOrganisation()
	file, result := exportOf(t, src, WriteOptions{Format: JSONL, Kinds: directory.Kinds, CorpID: "ding1"})
	counts, digest, err := DigestObjects(context.Background(), src, WriteOptions{Format: JSONL, Kinds: directory.Kinds})
	if err != nil {
		t.Fatal(err)
	}
	if result.Digest != digest.String() || !bytes.Contains(file, []byte(result.Digest)) {
		t.Errorf("digests: result %s, directory %v", result.Digest, digest)
	}
	if result.Bytes != int64(len(file)) || counts[directory.ContactKind] != 2 || result.Counts[directory.ContactKind] != 2 {
		t.Errorf("got %+v, counts %v, %d bytes", result, counts, len(file))
	}
	text, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"kind":"test","format":"jsonl","counts":{"contact":2,"department":3,"employee":1,"label":3,"label-group":1,"message-contact":1},"bytes":`; !strings.HasPrefix(string(text), want) || !strings.HasSuffix(string(text), `"seq":4711,"time":"2026-03-01T01:30:00.005Z"}`) {
		t.Errorf("got %s", text)
	}

	// What the file does not tell, its digest does not tell either.
	clear, _ := exportOf(t, src, WriteOptions{Format: CSV, Kind: directory.ContactKind, Fields: []string{"name"}})
	for _, o := range []WriteOptions{{Format: CSV, Fields: []string{"name"}}, {Format: CSV, Fields: []string{"updatedAt", "name"}}, {Format: JSONL, Fields: []string{"name"}}} {
		o.Kind = directory.ContactKind
		_, one := exportOf(t, src, o)
		other := heldObjects{objects: slices.Clone(src.objects)}
		for i, object := range other.objects {
			if object.Kind == directory.ContactKind {
				other.objects[i].Values = directory.Values{"name": object.Values["name"], "mobile": "86-13900009999"}
			}
		}
		file, two := exportOf(t, other, o)
		if one.Digest != two.Digest || o.Format == CSV && len(o.Fields) == 1 && !bytes.Equal(file, clear) {
			t.Errorf("%v: %s and %s", o.Fields, one.Digest, two.Digest)
		}
	}
}
