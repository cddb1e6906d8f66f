package transfer

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/mingce/mingce/internal/directory"
)

// reject reads a file and returns the file of its records, all rejected.
func reject(t *testing.T, in []byte, o ReadOptions, codes ...string) []byte {
	t.Helper()
	if o.Kind == "" {
		o.Kind = directory.ContactKind
	}
	r, err := Open(bytes.NewReader(in), o)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := NewRejectedWriter(&out, r.Info())
	if err != nil {
		t.Fatal(err)
	}
	for {
		rec, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		these := codes
		if rec.Problem != nil {
			these = []string{rec.Problem.Code}
		}
		if err := w.Write(rec, these); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Rejected rows of CSV (docs/spec/import.md#rejected-records).
func TestRejectedCSV(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxRow)
	tests := []struct{ name, in, want string }{
		{"rows", "contacts\r\nname,mobile,email\r\n'=a,\"1\r\n2\"\r\nb,1,,,x\r\n", "name,mobile,email,mingce_errors\r\n'=a,\"1\r\n2\",,missing\r\nb,1,,,x,tooManyCells\r\n"},
		{"semicolon", "name;mobile\na;1\n", "name;mobile;mingce_errors\na;1;missing\n"},
		{"cut off in quotes", "name,mobile,email\na,\"1\n", "name,mobile,email,mingce_errors\na,\"1\n\",,truncated\n"},
		{"cut off", "name,mobile,email\na,1", "name,mobile,email,mingce_errors\na,1,,truncated\n"},
		{"GBK", "name,mobile\n\xd2\xd2,1\n", "name,mobile,mingce_errors\n乙,1,missing\n"},
		{"invalid", "\xef\xbb\xbfname,mobile\n\xd2,1\n", "name,mobile,mingce_errors\n\ufffd,1,encodingInvalid\n"},
		{"too long", "name,mobile\n" + long + ",1\nb,2\n", "name,mobile,mingce_errors\n,,rowTooLong\nb,2,missing\n"},
		{"rejected before", "name,mobile,mingce_errors\na,1,tooLong;missing\nb,2\n", "name,mobile,mingce_errors\na,1,missing\nb,2,missing\n"},
		{"rejected before, moved", "mingce_errors,name,mobile\ntooLong,a,1\n", "name,mobile,mingce_errors\na,1,missing\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := string(reject(t, []byte(test.in), ReadOptions{}, "missing")); got != "\ufeff"+test.want {
				t.Errorf("rejected are\n%q\nwant\n%q", got, "\ufeff"+test.want)
			}
		})
	}
	got := string(reject(t, []byte("name;mobile\na;1\n"), ReadOptions{}, "missing", "tooLong"))
	if want := "\ufeffname;mobile;mingce_errors\na;1;\"missing;tooLong\"\n"; got != want {
		t.Errorf("rejected are %q, want %q", got, want)
	}
	// A file of rejected records is read as the one before.
	check(t, got, ReadOptions{}, `2 name="a" mobile="1"`)
	check(t, "name,mobile,mingce_errors\n,,rowTooLong\na,1,x\n", ReadOptions{}, `3 name="a" mobile="1"`)
}

func TestRejectedRowsOfSheets(t *testing.T) {
	t.Parallel()
	in := book(t, nil, [3]string{"联系人 <1>", "", rows([]string{"name", "mobile", "email", "mingce_errors"},
		[]string{"'=a &lt; _x005F_x0041_ _x0001_", `<c><v>1.39E10</v></c>`, `<c t="e"><v>#N/A</v></c>`, "tooLong", "note"},
		[]string{" b ", `<c s="1"><v>45352</v></c>`})})
	out := reject(t, in, ReadOptions{}, "missing", "tooLong")
	want := []string{
		`2 name="=a < _x0041_ \x01" mobile=#"13900000000" !cellError@2:3(email)`,
		`3 name="b" mobile="2024-03-01"`,
	}
	checkBook(t, in, ReadOptions{}, want...)
	checkBook(t, out, ReadOptions{Sheet: "联系人 <1>"}, want...)
	checkBook(t, out, ReadOptions{Map: map[string]string{"remark": "#4"}}, // the column is never read
		`REFUSED columnUnknown 0`)
	other, err := excelize.OpenReader(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	if styles, err := other.GetStyle(1); err != nil || styles == nil || other.Styles.CellStyles == nil {
		t.Errorf("the workbook has no style Normal, which some programs ask for: %v", err)
	}
	got, err := other.GetRows("联系人 <1>")
	if err != nil || len(got) != 3 || !slices.Equal(got[1], []string{"'=a < _x0041_ \x01", "13900000000", "#N/A", "missing;tooLong"}) {
		t.Errorf("excelize reads %q, %v", got, err)
	}
	r, err := Open(bytes.NewReader(out), ReadOptions{Kind: directory.ContactKind})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	if i := r.Info(); len(i.Ignored) > 0 || len(i.Columns) != 3 {
		t.Errorf("of the file of rejected rows is told %+v", i)
	}
}

func TestRejectedTexts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		format Format
		want   string
	}{
		{VCard, "BEGIN:VCARD\r\nEND:VCARD\r\ncut off\n"},
		{JSONL, "BEGIN:VCARD\r\nEND:VCARD\r\ncut off\n"},
		{LDIF, "version: 1\n\nBEGIN:VCARD\r\nEND:VCARD\r\n\ncut off\n\n"},
	}
	for _, test := range tests {
		var out bytes.Buffer
		w, err := NewRejectedWriter(&out, &Info{Format: test.format})
		for _, raw := range []string{"BEGIN:VCARD\r\nEND:VCARD\r\n", "", "cut off"} {
			err = errors.Join(err, w.Write(&Record{Raw: []byte(raw)}, []string{"missing"}))
		}
		if err = errors.Join(err, w.Close()); err != nil || out.String() != test.want {
			t.Errorf("%s: %q, %v; want %q", test.format, out.String(), err, test.want)
		}
	}
}
