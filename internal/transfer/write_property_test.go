package transfer

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/emersion/go-vcard"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"github.com/mingce/mingce/internal/directory"
)

// importedCell is what an import takes from a cell: without blanks at its ends
// and without the apostrophes that protect it.
func importedCell(cell string) string { return spreadsheetBare(trimEdges(cell)) }

func trimEdges(text string) string { return strings.TrimFunc(text, isEdge) }

// sameText reports whether an import of the cell gives the text, but for blanks
// at its ends.
func sameText(cell, text string) bool {
	return trimEdges(importedCell(cell)) == trimEdges(text) && (trimEdges(text) != text || importedCell(cell) == text)
}

func drawObjects(t *rapid.T, kinds ...directory.Kind) (directory.Kind, []directory.Object) {
	kind := rapid.SampledFrom(kinds).Draw(t, "kind")
	objects := make([]directory.Object, rapid.IntRange(0, 4).Draw(t, "objects"))
	for i := range objects {
		objects[i] = drawObject(t, kind)
	}
	return kind, objects
}

func writeAll(t rapid.TB, o WriteOptions, objects []directory.Object) []byte {
	var b bytes.Buffer
	w, err := NewWriter(&b, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range objects {
		if err := w.Write(object); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// checkRow compares a row with the texts of its object, and its cells with what
// spreadsheets run.
func checkRow(t rapid.TB, o directory.Object, row []string, text func(string) string) {
	columns, _ := tableColumns(o.Kind, nil)
	for i, f := range columns {
		want := text(string(appendCell(nil, &o, &columns[i], nil)))
		got := ""
		if i < len(row) {
			got = row[i]
		}
		if !sameText(got, want) {
			t.Errorf("%s: %q is read back from %q as %q", f.Name, want, got, importedCell(got))
		}
		for line := range strings.FieldsFuncSeq(got, func(r rune) bool { return r == '\n' || r == '\r' }) {
			if startsFormula(line) {
				t.Errorf("%s: a spreadsheet would run %q", f.Name, line)
			}
		}
	}
}

// docs/spec/export.md#cells
func TestCSVIsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind, objects := drawObjects(t, directory.Kinds...)
		o := WriteOptions{Format: CSV, Kind: kind, Encoding: rapid.SampledFrom([]string{"", UTF8, GB18030}).Draw(t, "encoding")}
		o.Delimiter = rapid.SampledFrom([]string{"", ";", "|", "tab", "，"}).Draw(t, "delimiter")
		file := writeAll(t, o, objects)
		text := func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") } // as encoding/csv has it
		if o.Encoding == GB18030 {
			var err error
			if file, err = simplifiedchinese.GB18030.NewDecoder().Bytes(file); err != nil {
				t.Fatal(err)
			}
			file = bytes.Map(noPrivate, file)
			lines := text
			text = func(s string) string { return strings.Map(noPrivate, lines(s)) }
		}
		if o.Encoding == "" && !bytes.HasPrefix(file, []byte("\ufeff")) {
			t.Fatal("no byte order mark")
		}
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file, []byte("\ufeff"))))
		delimiter, _ := readDelimiter(o.Delimiter)
		r.Comma, _ = utf8.DecodeRune(delimiter)
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatalf("%v\n%s", err, file)
		}
		if len(rows) != len(objects)+1 {
			t.Fatalf("%d rows of %d objects", len(rows), len(objects))
		}
		for i, row := range rows[1:] {
			checkRow(t, objects[i], row, text)
		}
	})
}

// noPrivate drops what the decoder does not know (docs/spec/export.md#encodings).
func noPrivate(r rune) rune {
	if r >= 0xE000 && r <= 0xE864 {
		return utf8.RuneError
	}
	return r
}

// Whatever spreadsheetSafe changes, the quick look has seen.
func TestMayBeFormula(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(hostileText(true), rapid.String()).Draw(t, "cell")
		if spreadsheetSafe(s) != s && !mayBeFormula([]byte(s)) {
			t.Errorf("%q is overlooked", s)
		}
	})
}

func TestWorkbookIsReadBack(t *testing.T) {
	t.Parallel()
	for _, kind := range directory.Kinds { // a workbook of many rows costs as much as one of none
		generator := rapid.Custom(func(t *rapid.T) directory.Object { return drawObject(t, kind) })
		objects := make([]directory.Object, 100)
		for i := range objects {
			objects[i] = generator.Example(i)
		}
		f, err := excelize.OpenReader(bytes.NewReader(writeAll(t, WriteOptions{Format: Excel, Kind: kind}, objects)))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := f.GetRows(f.GetSheetName(0))
		if err != nil || len(rows) != len(objects)+1 {
			t.Fatalf("%d rows of %d objects, %v", len(rows), len(objects), err)
		}
		for i, row := range rows[1:] {
			checkRow(t, objects[i], row, func(s string) string { return strings.ReplaceAll(s, "\uffff", "\ufffd") }) // no XML holds it
		}
	}
}

func TestJSONLinesAreReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind, objects := drawObjects(t, directory.Kinds...)
		lines := bytes.Split(bytes.TrimSuffix(writeAll(t, WriteOptions{Format: JSONL, Kind: kind}, objects), []byte("\n")), []byte("\n"))
		if len(lines) != len(objects)+2 {
			t.Fatalf("%d lines of %d objects", len(lines), len(objects))
		}
		for i, o := range objects {
			var line struct {
				Kind                 directory.Kind
				Version              int64
				CreatedAt, UpdatedAt string
				Object               map[string]any
			}
			if err := json.Unmarshal(lines[i+1], &line); err != nil {
				t.Fatalf("%v: %s", err, lines[i+1])
			}
			text, err := json.Marshal(o.Values)
			if err != nil {
				t.Fatal(err)
			}
			var want map[string]any
			if err := json.Unmarshal(text, &want); err != nil {
				t.Fatal(err)
			}
			if line.Kind != kind || line.Version != o.Version || line.CreatedAt != "2026-01-02T03:04:05.067Z" || !reflect.DeepEqual(line.Object, want) {
				t.Errorf("%v became %s", o, lines[i+1])
			}
		}
		for _, line := range [][]byte{lines[0], lines[len(lines)-1]} {
			if !json.Valid(line) {
				t.Errorf("no JSON: %s", line)
			}
		}
	})
}

// docs/spec/export.md#vcard
func TestCardsAreReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind, objects := drawObjects(t, directory.ContactKind, directory.EmployeeKind)
		file := writeAll(t, WriteOptions{Format: VCard, Kind: kind, CorpID: "c;d", VCardVersion: rapid.SampledFrom([]string{VCard3, VCard4}).Draw(t, "version")}, objects)
		for line := range strings.SplitAfterSeq(string(file), "\r\n") {
			if len(line) > 75+2 || !utf8.ValidString(line) || strings.ContainsAny(strings.TrimSuffix(line, "\r\n"), "\r\n") {
				t.Errorf("line %q of %d bytes", line, len(line))
			}
		}
		cards := vcard.NewDecoder(bytes.NewReader(file))
		for _, o := range objects {
			card, err := cards.Decode()
			if err != nil {
				t.Fatal(err)
			}
			// The decoder leaves \; as it is, and cards have one kind of line break.
			form := strings.NewReplacer("\r\n", "\n", "\r", "\n", ";", `\;`)
			check := func(got, field string) {
				t.Helper()
				if want, _ := o.Values[field].(string); got != form.Replace(want) {
					t.Errorf("%s: %q became %q", field, want, got)
				}
			}
			check(card.Value("FN"), "name")
			check(card.Value("TITLE"), "title")
			check(card.Value("NOTE"), "remark")
			check(card.Value("X-MINGCE-USERID"), "userId")
			if kind == directory.ContactKind {
				check(card.Value("ORG"), "companyName")
				check(card.Value("EMAIL"), "email")
				check(strings.TrimSuffix(strings.TrimPrefix(card.Value("ADR"), ";;"), ";;;;"), "address")
			}
			number, err := directory.ReadMobile(strings.TrimPrefix(card.Value("TEL"), "tel:"), "")
			if mobile := o.Values["mobile"].(string); (err == nil || !strings.HasPrefix(mobile, "999-")) && number.String() != mobile {
				t.Errorf("%s became %v from %s: %v", mobile, number, card.Value("TEL"), err)
			}
		}
		if _, err := cards.Decode(); err != io.EOF {
			t.Errorf("after the last card: %v", err)
		}
	})
}

// readLDIF is a small reader of LDIF: attributes by name for each entry.
func readLDIF(t *rapid.T, file string) (entries []map[string][]string) {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimSuffix(file, "\n"), "\n") {
		if len(line) > 76 {
			t.Errorf("line of %d bytes: %s", len(line), line)
		}
		if rest, ok := strings.CutPrefix(line, " "); ok {
			lines[len(lines)-1] += rest
		} else {
			lines = append(lines, line)
		}
	}
	for _, line := range lines[1:] { // below the version
		if line == "" {
			entries = append(entries, map[string][]string{})
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if encoded, is := strings.CutPrefix(value, ":"); is {
			decoded, err := base64.StdEncoding.DecodeString(strings.TrimLeft(encoded, " "))
			if err != nil {
				t.Fatal(err)
			}
			value = string(decoded)
		} else {
			value = strings.TrimLeft(value, " ")
		}
		if !ok || name == "" {
			t.Fatalf("no attribute: %q", line)
		}
		entry := entries[len(entries)-1]
		entry[name] = append(entry[name], value)
	}
	return entries
}

// docs/spec/export.md#ldif
func TestLDIFIsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind, objects := drawObjects(t, directory.ContactKind, directory.EmployeeKind)
		file := string(writeAll(t, WriteOptions{Format: LDIF, Kind: kind, CorpID: "c"}, objects))
		entries := readLDIF(t, file)
		if len(entries) != len(objects) {
			t.Fatalf("%d entries of %d objects", len(entries), len(objects))
		}
		for i, o := range objects {
			check := func(field string, attributes ...string) {
				t.Helper()
				var got string
				for _, a := range attributes {
					got += strings.Join(entries[i][a], "\n")
				}
				if want, _ := o.Values[field].(string); got != want {
					t.Errorf("%s: %q became %q", field, want, got)
				}
			}
			check("name", "cn")
			check("userId", "uid")
			check("title", "title")
			check("remark", "description")
			if kind == directory.ContactKind {
				check("email", "mail")
				check("companyName", "o")
				check("address", "postalAddress", "street")
			}
			if !strings.HasSuffix(entries[i]["dn"][0], ",o=c") {
				t.Errorf("dn %q", entries[i]["dn"][0])
			}
		}
	})
}

// splitCell separates the parts of a cell as an import does
// (docs/spec/import.md#cells).
func splitCell(cell string) (parts []string) {
	part := ""
	for rest := cell; rest != ""; {
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case strings.HasPrefix(rest, `\;`), strings.HasPrefix(rest, `\/`):
			size = 2
		case strings.HasPrefix(rest, " ::: "):
			parts, part, rest = append(parts, trimEdges(part)), "", rest[5:]
			continue
		case strings.ContainsRune(";；,，、|\n", r):
			parts, part, rest = append(parts, trimEdges(part)), "", rest[size:]
			continue
		}
		part, rest = part+rest[:size], rest[size:]
	}
	return append(parts, trimEdges(part))
}

// segments separates a path; what is escaped in its names is literal.
func segments(path string) []string {
	var names []string
	name := ""
	for rest := path; rest != ""; {
		switch {
		case strings.HasPrefix(rest, `\;`), strings.HasPrefix(rest, `\/`):
			name, rest = name+rest[1:2], rest[2:]
		case rest[0] == '/':
			names, name, rest = append(names, name), "", rest[1:]
		default:
			name, rest = name+rest[:1], rest[1:]
		}
	}
	return append(names, name)
}

// docs/spec/export.md#names-instead-of-ids
func TestNamesAreReadBack(t *testing.T) {
	t.Parallel()
	name := rapid.OneOf(hostileText(false), rapid.SampledFrom([]string{"根", "甲", "乙", "7", "a>b", "a-b", "甲/乙", "* x"}))
	rapid.Check(t, func(t *rapid.T) {
		src := heldObjects{objects: []directory.Object{heldObject(directory.DepartmentKind, "1", directory.Values{"name": "根"})}}
		labels, paths, times := map[string]string{}, map[string]string{}, map[string]string{}
		pathOf := map[string]string{"1": ""}
		for i := range rapid.IntRange(0, 8).Draw(t, "number") {
			id := strconv.Itoa(i + 2)
			group, own := name.Draw(t, "group"), name.Draw(t, "label")
			if key := group + "\x00" + own; labels[key] == "" && own != "" && group != "" {
				labels[key] = id
				src.objects = append(src.objects, heldObject(directory.LabelKind, id, directory.Values{"group": group, "name": own}))
			}
			own, parent := name.Draw(t, "department"), int64(rapid.IntRange(1, i+1).Draw(t, "parent"))
			above, ok := pathOf[strconv.FormatInt(parent, 10)]
			if path := above + "\x00" + own; ok && own != "" && paths[path] == "" {
				paths[path], pathOf[id] = id, path
				if times[own] = id; slices.ContainsFunc(src.objects, func(o directory.Object) bool {
					return o.Kind == directory.DepartmentKind && o.Values["name"] == own
				}) {
					times[own] = "several"
				}
				src.objects = append(src.objects, heldObject(directory.DepartmentKind, id, directory.Values{"name": own, "parentId": parent}))
			}
		}
		names, err := ReadNames(src)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range src.objects {
			id, _ := strconv.ParseInt(o.ID, 10, 64)
			text, resolve := names.Label(id), func(part string) string {
				s := segments(part)
				if len(s) != 2 {
					return part
				}
				return labels[strings.Join(s, "\x00")]
			}
			if o.Kind == directory.DepartmentKind {
				text, resolve = names.Department(id), func(part string) string {
					if _, err := strconv.Atoi(part); err == nil {
						return part
					}
					s := segments(part)
					if len(s) == 1 && times[s[0]] != "" && times[s[0]] != "several" {
						return times[s[0]]
					}
					if len(s) == 1 && strings.ContainsAny(part, ">-") || s[0] == "根" {
						return "another way"
					}
					return paths["\x00"+strings.Join(s, "\x00")]
				}
			}
			for _, part := range splitCell(text + ";" + text) {
				if got := resolve(part); got != o.ID {
					t.Errorf("%s %s %v: %q is taken for %q", o.Kind, o.ID, o.Values, text, got)
				}
			}
		}
	})
}
