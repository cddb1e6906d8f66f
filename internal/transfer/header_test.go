package transfer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// Headers are recognised by their normal form
// (docs/spec/import.md#headers-of-tables).
func TestRecognisedHeaders(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind          directory.Kind
		header, field string
	}{
		{directory.ContactKind, "手机号(必填)", "mobile"},
		{directory.ContactKind, "*手机号（11位）：", "mobile"},
		{directory.ContactKind, " MOBILE_phone ", "mobile"},
		{directory.ContactKind, "ｍｏｂｉｌｅ", "mobile"},
		{directory.ContactKind, "“姓名”", "name"},
		{directory.ContactKind, "手机\n号码", "mobile"},
		{directory.ContactKind, "E-mail 9 - Value", "email"},
		{directory.ContactKind, "E-mail 10 - Value", ""},
		{directory.ContactKind, "followerUserId", "followerUserId"},
		{directory.ContactKind, "shareDeptIds", "shareDeptIds"},
		{directory.ContactKind, "Business Country/Region", "parts.address.country"},
		{directory.ContactKind, "Address 2 - ZipCode", "parts.address.postalCode"},
		{directory.ContactKind, "Street", "parts.address.street"},
		{directory.ContactKind, "Address", "address"},
		{directory.ContactKind, "姓", "parts.family"},
		{directory.ContactKind, "(手机号)", ""},
		{directory.ContactKind, "extra", ""},
		{directory.EmployeeKind, "员工姓名", "name"},
		{directory.EmployeeKind, "座机", "telephone"},
		{directory.EmployeeKind, "accountType", "accountType"},
		{directory.EmployeeKind, "Street", ""},
		{directory.DepartmentKind, "path", "path"},
		{directory.DepartmentKind, "部门名称", "name"},
		{directory.DepartmentKind, "Email", ""},
		{directory.DepartmentKind, "First Name", ""},
		{directory.LabelKind, "标签组", "group"},
		{directory.LabelGroupKind, "groupId", "groupId"},
		{directory.LabelGroupKind, "名称", "name"},
		{directory.MessageContactKind, "Job Title", "title"},
		{directory.MessageContactKind, "status", ""},
	}
	for _, test := range tests {
		h := newTableHeader(test.kind, []string{test.header}, nil)
		if got := h.fields[0].field; got != test.field {
			t.Errorf("%s: %q is %q, want %q", test.kind, test.header, got, test.field)
		}
	}
}

// Every synonym of headers.json means its field, however people write it.
func TestEverySynonymInAllForms(t *testing.T) {
	t.Parallel()
	var file map[string]json.RawMessage
	mustUnmarshal(headersFile, &file)
	wide := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r > ' ' && r < 0x7f {
				return r + 0xfee0
			}
			return r
		}, s)
	}
	for _, kind := range directory.Kinds {
		var fields map[string]json.RawMessage
		if file[string(kind)] == nil {
			continue
		}
		mustUnmarshal(file[string(kind)], &fields)
		for field, raw := range fields {
			var names []string
			if json.Unmarshal(raw, &names) != nil {
				continue // the parts of addresses, which have tests of their own
			}
			for _, name := range names {
				name = strings.ReplaceAll(name, " N ", " 3 ") // Google counts
				for _, form := range []string{name, "\ufeff" + name, " " + name + "\u3000", "*" + name + "：", name + "（必填）", name + " (required)", strings.ToUpper(name), strings.ToLower(name),
					wide(name), `="` + name + `"`, "“" + name + "”", strings.ReplaceAll(name, " ", "_"), strings.ReplaceAll(name, " ", "\n")} {
					if got := newTableHeader(kind, []string{cleanCell(form)}, nil).fields[0].field; got != field {
						t.Errorf("%s: %q is %q, want %q", kind, form, got, field)
					}
				}
			}
		}
	}
}

func TestHeaderIsTheBestLine(t *testing.T) {
	t.Parallel()
	check(t, "手机\n\nname,手机,x\na,1\n", ReadOptions{}, `4 name="a" mobile="1"`)
	check(t, "name,mobile\na,1\nname,mobile,email\nb,2,c\n", ReadOptions{}, `4 name="b" mobile="2" email="c"`)
	check(t, "name,mobile\nemail,mobile\n", ReadOptions{}, `2 name="email" mobile="mobile"`)
	far := strings.Repeat("nothing\n", headerLines-1)
	check(t, far+"name,mobile\na,1\n", ReadOptions{}, `21 name="a" mobile="1"`)
	check(t, far+"nothing\nname,mobile\na,1\n", ReadOptions{}, "REFUSED headerNotFound 0")
	r, err := Open(strings.NewReader("sep=,\n\nnotes\n,,\nmore,notes\nname,mobile\na,1\n"), ReadOptions{Kind: directory.ContactKind})
	if err != nil {
		t.Fatal(err)
	}
	if i := r.Info(); i.HeaderLine != 6 || i.LinesBeforeHeader != 2 {
		t.Errorf("the header is in line %d behind %d lines, want 6 behind 2", i.HeaderLine, i.LinesBeforeHeader)
	}
}

func TestTitleIsAJobTitleOnlyWithoutABetterColumn(t *testing.T) {
	t.Parallel()
	check(t, "Name,Title\na,Buyer\n", ReadOptions{}, `2 name="a" title="Buyer"`)
	check(t, "First Name,Title\na,Mr.\n,x\n", ReadOptions{Map: map[string]string{"name": "First Name"}}, `2 name="a"`, `3`)
	check(t, "Name,Title,职位\na,Mr.,Buyer\n", ReadOptions{}, `2 name="a" title="Buyer"`)
	check(t, "First Name,Title,Mobile\na,Buyer,1\n", ReadOptions{Map: map[string]string{"title": "Title"}}, `2 mobile="1" title="Buyer" parts.given="a"`)
}

// Cells of one field come in the order of preference.
func TestOrderOfCells(t *testing.T) {
	t.Parallel()
	check(t, "Home Phone,Business Phone,Phone 2 - Value,Phone 1 - Value,手机,Other City,Home Street,Business City\n1,2,3,4,5,6,7,8\n", ReadOptions{},
		`2 mobile="5" mobile="3" mobile="4" mobile="2" mobile="1" parts.address.city="8" parts.address.city="6" parts.address.street="7"`)
	r, err := Open(strings.NewReader("Home Street,Other City,Business City,City\n1,2,3,4\n"), ReadOptions{Kind: directory.ContactKind})
	if err != nil {
		t.Fatal(err)
	}
	rec, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	ranked := map[string]int{}
	for _, c := range rec.Cells {
		ranked[c.Part] = c.Ranked
	}
	if len(ranked) != 4 || ranked["Business"] >= ranked["Home"] || ranked["Home"] >= ranked["Other"] || ranked["Other"] >= ranked[""] {
		t.Errorf("prefixes of addresses are ranked %v", ranked)
	}
}

func TestMappedColumns(t *testing.T) {
	t.Parallel()
	in := "who,mobile,手机,email\na,1,2,b\n"
	mapped := func(pairs ...string) ReadOptions {
		m := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return ReadOptions{Map: m}
	}
	check(t, in, mapped(), `2 mobile="1" mobile="2" email="b"`)
	check(t, in, mapped("name", "Who"), `2 name="a" mobile="1" mobile="2" email="b"`)
	check(t, in, mapped("mobile", "#3"), `2 mobile="2" email="b"`)
	check(t, in, mapped("mobile", "手机号"), "REFUSED columnUnknown 0")
	check(t, in, mapped("mobile", "#5"), "REFUSED columnUnknown 0")
	check(t, in, mapped("mobile", ""), `2 email="b"`)
	check(t, in, mapped("phone", "手机"), "REFUSED fieldUnknown 0")
	check(t, in, mapped("extra", "who"), "REFUSED fieldUnknown 0")
	check(t, in, mapped("parts.given", "who", "parts.address.city", "email"), `2 mobile="1" mobile="2" parts.given="a" parts.address.city="b"`)
	check(t, "x,y\na,1\n", mapped("name", "x", "mobile", "y"), `2 name="a" mobile="1"`)
	check(t, "x,y\na,1\n", mapped("name", "#1", "mobile", "#2"), `2 name="a" mobile="1"`)
}

func TestColumnsOfOurExportsAreKnown(t *testing.T) {
	t.Parallel()
	for _, kind := range directory.Kinds {
		var header, row []string
		for _, f := range kind.Fields() {
			if f.Type != directory.ExtraField {
				header = append(header, f.Name)
			}
		}
		header = append(header, "version", "createdAt", "updatedAt")
		for range header {
			row = append(row, "1")
		}
		in := strings.Join(header, ",") + "\n" + strings.Join(row, ",") + "\n"
		r, err := Open(strings.NewReader(in), ReadOptions{Kind: kind})
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		rec, err := r.Next()
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if n := len(rec.Cells); n != len(tableFields(kind))-countOther(kind) || len(r.Info().Ignored) > 0 {
			t.Errorf("%s: of %v %d are read, %v ignored", kind, header, n, r.Info().Ignored)
		}
	}
}

// countOther counts what a table of the kind can have beside fields of objects.
func countOther(kind directory.Kind) (n int) {
	for _, f := range tableFields(kind) {
		if _, ok := kind.Field(f); !ok {
			n++
		}
	}
	return n
}

func TestSamples(t *testing.T) {
	t.Parallel()
	tests := []struct {
		file    string
		kind    directory.Kind
		lines   string // of the records
		ignored string
		info    Info
	}{
		{"outlook-en.csv", directory.ContactKind, "2 4 5 6 7", "[{Title 2} {Department 1}]", Info{Format: CSV, Encoding: "utf-8", Delimiter: ",", HeaderLine: 1}},
		{"google.csv", directory.ContactKind, "2 4 5", "[{E-mail 1 - Label 1} {Phone 1 - Label 3} {Phone 2 - Label 1}]",
			Info{Format: CSV, Encoding: "utf-8", Delimiter: ",", HeaderLine: 1}},
		{"dingtalk-contacts-gbk.csv", directory.ContactKind, "2 3 4 5 6 7 8", "[]", Info{Format: CSV, Encoding: "gb18030", Delimiter: ",", HeaderLine: 1}},
		{"employees-departments.csv", directory.EmployeeKind, "2 3 4 5 6 7", "[]", Info{Format: CSV, Encoding: "utf-8", Delimiter: ",", HeaderLine: 1}},
		{"excel-mangled-phones.xlsx", directory.ContactKind, "2 3 4 5 6 7 8", "[]", Info{Format: Excel, Sheet: "外部联系人", HeaderLine: 1}},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			t.Parallel()
			in, err := os.ReadFile("testdata/" + test.file)
			if err != nil {
				t.Fatal(err)
			}
			r, err := Open(bytes.NewReader(in), ReadOptions{Kind: test.kind})
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for {
				rec, err := r.Next()
				if err == io.EOF {
					break
				}
				if err != nil || rec.Problem != nil || rec.Row != int64(len(lines)+1) {
					t.Fatalf("row %d: %+v, %v", len(lines)+1, rec, err)
				}
				lines = append(lines, fmt.Sprint(rec.Line))
			}
			i := r.Info()
			if got := strings.Join(lines, " "); got != test.lines || fmt.Sprint(i.Ignored) != test.ignored {
				t.Errorf("records are in lines %s, %v are ignored; want %s, %s", got, i.Ignored, test.lines, test.ignored)
			}
			got := Info{Format: i.Format, Encoding: i.Encoding, Delimiter: i.Delimiter, Sheet: i.Sheet, HeaderLine: i.HeaderLine}
			if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", test.info) {
				t.Errorf("got %+v, want %+v", got, test.info)
			}
		})
	}
}

func TestFormatsAreTold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Format{
		"\xef\xbb\xbf\r\n begin:vcard\r\n":          VCard,
		"version: 1\ndn: o=x\n":                     LDIF,
		"dn: o=x\n":                                 LDIF,
		"# extended LDIF\n#\n\n# LDAPv3\ndn: o=x\n": LDIF,
		"# contacts\nname,mobile\n":                 CSV,
		" \n{\"kind\":\"contact\"}\n":               JSONL,
		"\xff\xfe{\x00}\x00":                        JSONL,
		"name,mobile\n":                             CSV,
		"BEGIN:VCALENDAR\n":                         CSV,
		"":                                          CSV,
		strings.Repeat(" \n", 100_000) + "BEGIN:VCARD\n": VCard,
		"PK\x03\x04": Excel,
	} {
		if got, err := findFormat(bytes.NewReader([]byte(in)), ""); got != want || err != nil {
			t.Errorf("%.40q is %s, %v; want %s", in, got, err, want)
		}
	}
}
