package transfer

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

func reportRows() []RowReport {
	created := NewRowReport(1, 2, directory.ContactKind, RowCreated, "900001", directory.Values{"name": "=测试<甲>", "userId": "900001"}, nil,
		[]Problem{{Code: "valueDropped", Line: 3, Column: 4, Header: "电话", Field: "mobile", Value: "+86 139\n-1"}})
	plain := NewRowReport(2, 4, directory.ContactKind, RowUnchanged, "900002", directory.Values{"name": "乙"}, nil, nil)
	rejected := NewRowReport(3, 5, directory.ContactKind, RowRejected, "", nil,
		[]Problem{{Code: "emailInvalid", Line: 5, Column: 2, Header: "邮箱", Field: "email", Value: strings.Repeat("x", 100)}, {Code: "missing", Line: 5, Field: "mobile"}},
		[]Problem{{Code: "nameFromCompany", Line: 5, Field: "name"}})
	rejected.Name = "丙"
	unread := NewRowReport(4, 6, "", RowRejected, "", nil, []Problem{{Code: "malformed", Line: 6, Column: 19}}, nil)
	return []RowReport{created, plain, rejected, unread}
}

func report(t *testing.T, format Format) string {
	t.Helper()
	var b bytes.Buffer
	w, err := NewReportWriter(&b, format)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reportRows() {
		if err := w.Write(&r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestReportTable(t *testing.T) {
	t.Parallel()
	text := report(t, CSV)
	if !strings.HasPrefix(text, "\uFEFFrow,line,action,objectId,name,field,column,header,code,message,messageZh,value\r\n") {
		t.Errorf("got %q first, want the mark of UTF-8 and the header", text[:min(len(text), 120)])
	}
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"1", "2", "created", "900001", "'=测试<甲>", "mobile", "4", "电话", "valueDropped", "'+86 139\n'-1"},
		{"2", "4", "unchanged", "900002", "乙", "", "", "", "", ""},
		{"3", "5", "rejected", "", "丙", "mobile", "", "", "missing", ""},
		{"3", "5", "rejected", "", "丙", "email", "2", "邮箱", "emailInvalid", strings.Repeat("x", 80)},
		{"4", "6", "rejected", "", "", "", "19", "", "malformed", ""},
	}
	if len(lines) != len(want)+1 {
		t.Fatalf("got %d lines, want %d: %q", len(lines), len(want)+1, lines)
	}
	for i, line := range lines[1:] {
		got := append(append([]string{}, line[:9]...), line[11])
		if strings.Join(got, "|") != strings.Join(want[i], "|") {
			t.Errorf("line %d: got %q, want %q", i+2, got, want[i])
		}
		if (line[8] == "") != (line[9]+line[10] == "") {
			t.Errorf("line %d: got code %q with messages %q, %q", i+2, line[8], line[9], line[10])
		}
	}
}

func TestReportLines(t *testing.T) {
	t.Parallel()
	text := report(t, JSONL)
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) != 4 {
		t.Fatalf("got %d lines, want 4: %s", len(lines), text)
	}
	for i, want := range []string{
		`{"row":1,"line":2,"action":"created","kind":"contact","objectId":"900001","object":{"name":"=测试<甲>","userId":"900001"},"errors":[],"warnings":[{"code":"valueDropped","line":3,"column":4,"header":"电话","field":"mobile","value":"+86 139\n-1","message":"`,
		`{"row":2,"line":4,"action":"unchanged","kind":"contact","objectId":"900002","object":{"name":"乙"},"errors":[],"warnings":[]}`,
		`{"row":3,"line":5,"action":"rejected","kind":"contact","objectId":null,"object":null,"errors":[{"code":"missing","line":5,"column":null,"header":null,"field":"mobile","value":"","message":"`,
		`{"row":4,"line":6,"action":"rejected","kind":null,"objectId":null,"object":null,"errors":[{"code":"malformed","line":6,"column":19,"header":null,"field":null,"value":"","message":"`,
	} {
		if !strings.HasPrefix(lines[i], want) || !json.Valid([]byte(lines[i])) {
			t.Errorf("line %d: got %s, want %s…", i+1, lines[i], want)
		}
	}
	if !strings.HasSuffix(lines[2], `"warnings":[]}`) {
		t.Errorf("a rejected record: got %s, want no warnings", lines[2])
	}
	var back RowReport
	if err := json.Unmarshal([]byte(lines[2]), &back); err != nil || back.ObjectID != nil || len(back.Errors) != 2 || *back.Errors[1].Column != 2 {
		t.Errorf("read back: got %+v, %v", back, err)
	}
}

func TestReportFormats(t *testing.T) {
	t.Parallel()
	if _, err := NewReportWriter(io.Discard, Excel); err == nil {
		t.Error("a report in xlsx: got no error")
	}
}
