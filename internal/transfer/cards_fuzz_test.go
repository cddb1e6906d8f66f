package transfer

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/mingce/mingce/internal/directory"
)

// fuzzReading checks what holds for whatever a file has.
func fuzzReading(f *testing.F, open openFunc, kinds ...directory.Kind) {
	f.Fuzz(func(t *testing.T, in string) {
		for _, kind := range kinds {
			checkReading(t, open, in, ReadOptions{Kind: kind})
		}
	})
}

func checkReading(t *testing.T, open openFunc, in string, o ReadOptions) {
	t.Helper()
	r, err := open(strings.NewReader(in), "", o)
	row, line := int64(0), int64(0)
	for err == nil {
		var rec *Record
		if rec, err = r.Next(); err != nil {
			break
		}
		row++
		if rec.Row != row || rec.Line <= line {
			t.Fatalf("%q: row %d of line %d after row %d of line %d", in, rec.Row, rec.Line, row-1, line)
		}
		line = rec.Line
		checkRecord(t, in, rec)
	}
	if e := (*FileError)(nil); err != io.EOF && !errors.As(err, &e) {
		t.Fatalf("%q: %v", in, err)
	}
}

func checkRecord(t *testing.T, in string, rec *Record) {
	t.Helper()
	if rec.Problem != nil && len(rec.Cells)+len(rec.Given)+len(rec.Warnings)+len(rec.CellErrors) > 0 {
		t.Fatalf("%q: %v and something else", in, rec.Problem)
	}
	if !utf8.Valid(rec.Raw) {
		t.Fatalf("%q: kept %q", in, rec.Raw)
	}
	ranks := map[string]int{}
	for _, c := range rec.Cells {
		if !utf8.ValidString(c.Text) || !utf8.ValidString(c.Header) {
			t.Fatalf("%q: cell %v", in, c)
		}
		if c.Line < rec.Line || c.Ranked < ranks[c.Field] {
			t.Fatalf("%q: cell %v of line %d", in, c, rec.Line)
		}
		ranks[c.Field] = c.Ranked
	}
	for _, p := range append(rec.Warnings, rec.CellErrors...) {
		if p.Line < rec.Line || !utf8.ValidString(p.Value) || !utf8.ValidString(p.Header) {
			t.Fatalf("%q: %v", in, p)
		}
	}
}

func FuzzVCard(f *testing.F) {
	for _, name := range []string{"vcard21-qp.vcf", "vcard30-multi.vcf", "vcard40.vcf"} {
		f.Add(sample(f, name))
	}
	f.Add("BEGIN:VCARD\r\r\nAGENT:\nBEGIN:VCARD\rEND:VCARD\nFN;CHARSET=GBK;BASE64:1cU=\n AA\nTEL;X=\"a:1\n\tb=\n =41\n")
	fuzzReading(f, openVCard, directory.ContactKind, directory.EmployeeKind)
}

func FuzzLDIF(f *testing.F) {
	f.Add(sample(f, "directory.ldif"))
	f.Add(entry("cn;x:< a", "sn:: 1cU=", "o: \xd5\xc5", "manager: cn=a\\,b+ou=\"c\"\\2C", "jpegPhoto:: AA", " BB") + "search: 2\r\r\ndn: ou=a\nchangetype: x\n-\ndn: b")
	fuzzReading(f, openLDIF, directory.ContactKind, directory.EmployeeKind, directory.DepartmentKind)
}

// A line is taken for JSON exactly when the standard library takes it, but for
// its depth, and equal keys are found.
func FuzzJSONL(f *testing.F) {
	f.Add(sample(f, "records.jsonl"))
	f.Add(`{"kind":"mingce-export"}` + "\n" + `{"name":"\ud800","extra":{"a":[1.5,-0,1e3,null]},"labelIds":[1,"2"],"name":1}` + "\r" + `{"kind":"end"}`)
	f.Fuzz(func(t *testing.T, in string) {
		checkReading(t, openJSONL, in, ReadOptions{})
		checkReading(t, openJSONL, in, contactFile)
		checkReading(t, openJSONL, in, employeeFile)
		if !utf8.ValidString(in) {
			return
		}
		var object map[string]any
		_, fault := scanJSON([]byte(in))
		malformed := fault != nil && fault.code == "malformed"
		if wrong := json.Unmarshal([]byte(in), &object) != nil || object == nil; wrong != malformed && strings.Count(in, "[")+strings.Count(in, "{") <= maxDepth {
			t.Fatalf("%q: %v", in, fault)
		}
	})
}
