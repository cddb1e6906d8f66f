package transfer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// told returns a file as its reader tells it: a line for each record, its cells
// as field=text, its problems as !code@line:column(header), its warnings with ?.
func told(in []byte, o ReadOptions) string {
	if o.Kind == "" {
		o.Kind = directory.ContactKind
	}
	var b strings.Builder
	refused := func(err error) string {
		if e := (*FileError)(nil); errors.As(err, &e) {
			return fmt.Sprintf("%sREFUSED %s %d", b.String(), e.Code, e.Line)
		}
		return b.String() + "ERROR " + err.Error()
	}
	r, err := Open(bytes.NewReader(in), o)
	if err != nil {
		return refused(err)
	}
	for {
		rec, err := r.Next()
		if err == io.EOF {
			return b.String()
		}
		if err != nil {
			return refused(err)
		}
		fmt.Fprintf(&b, "%d", rec.Line)
		problem := func(mark string, p Problem) {
			fmt.Fprintf(&b, " %s%s@%d:%d(%s)", mark, p.Code, p.Line, p.Column, p.Header)
		}
		if rec.Problem != nil {
			problem("!", *rec.Problem)
		}
		for _, c := range rec.Cells {
			number := ""
			if c.Number {
				number = "#"
			}
			fmt.Fprintf(&b, " %s=%s%q", c.Field, number, c.Text)
		}
		for _, p := range rec.CellErrors {
			problem("!", p)
		}
		for _, p := range rec.Warnings {
			problem("?", p)
		}
		b.WriteByte('\n')
	}
}

func check(t *testing.T, in string, o ReadOptions, want ...string) {
	t.Helper()
	lines := strings.TrimSuffix(told([]byte(in), o), "\n")
	if all := strings.Join(want, "\n"); lines != all {
		t.Errorf("%.200q with %+v is\n%s\nwant\n%s", in, o, lines, all)
	}
}

// The grammar of CSV (docs/spec/import.md#csv).
func TestCSV(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"line ends", "name,mobile\r\na,1\nb,2\rc,3", `2 name="a" mobile="1"|3 name="b" mobile="2"|4 name="c" mobile="3"`},
		{"lines inside quotes", "name,mobile\n\"a\r\nb\rc\nd\",1\ne,2\n", `2 name="a\r\nb\rc\nd" mobile="1"|6 name="e" mobile="2"`},
		{"doubled quotes", "name,mobile\n\"a \"\"b\"\"\",1\n", `2 name="a \"b\"" mobile="1"`},
		{"quote in an unquoted cell", "name,mobile\na \"b, 1\n 5\",2\n", `2 name="a \"b" mobile="1"|3 name="5\"" mobile="2"`},
		{"text behind the closing quote", "name,mobile\n\"a\"b\"c,1\n", `2 name="ab\"c" mobile="1"`},
		{"blank lines", "\n , ,\nname,mobile\n\n,,,\n \t,\u00a0\n\"\",\na,1\n\n", `8 name="a" mobile="1"`},
		{"fewer cells", "name,mobile,email\na\nb,1\n", `2 name="a"|3 name="b" mobile="1"`},
		{"more cells", "name,mobile\na,1,,\nb,2,,x\nc,3\n", `2 name="a" mobile="1"|3 !tooManyCells@3:4()|4 name="c" mobile="3"`},
		{"end within quotes", "name,mobile\na,1\nb,\"2\n", `2 name="a" mobile="1"|3 !truncated@3:0()`},
		{"end within empty quotes", "name,mobile\na,1\n,\"\n", `2 name="a" mobile="1"|3 !truncated@3:0()`},
		{"end within a line", "name,mobile,email\na,1,\nb,2", `2 name="a" mobile="1"|3 !truncated@3:0()`},
		{"end of a DOS file", "name,mobile\na,1\n\x1a", `2 name="a" mobile="1"`},
		{"end of a DOS file in the last line", "name,mobile\na,1\x1a", `2 name="a" mobile="1"`},
		{"the same character elsewhere", "name,mobile\na\x1a,1\n", `2 name="a\x1a" mobile="1"`},
		{"end without line end", "name,mobile\na,1", `2 name="a" mobile="1"`},
		{"header again", "name,mobile\na,1\n name,mobile\nb,2\n", `2 name="a" mobile="1"|4 name="b" mobile="2"`},
		{"one column", "mobile\n1\n2", `2 mobile="1"|3 mobile="2"`},
		{"formula", "name,mobile\n=1+1,1\n", `2 name="=1+1" mobile="1"`},
		{"NUL", "name,mobile\na\x00b,1\n", `2 name="a\x00b" mobile="1"`},
		{"empty", "", `REFUSED empty 0`},
		{"only blanks", " \n,,\n", `REFUSED empty 0`},
		{"only a header", "name,mobile\n", `REFUSED empty 0`},
		{"only headers", "name,mobile\nname,mobile\n,\n", `REFUSED empty 0`},
		{"a page", "\r\n <HTML><table><tr><td>name</td></tr></table></html>", `REFUSED formatUnsupported 0`},
		{"a page with a type", "<!DOCTYPE html>\n<html></html>", `REFUSED formatUnsupported 0`},
		{"XML of a spreadsheet", "<?xml version=\"1.0\"?>\n<Workbook></Workbook>", `REFUSED formatUnsupported 0`},
		{"a list of JSON", "[{\"name\":\"a\"},\n{\"name\":\"b\"}]", `REFUSED formatUnsupported 0`},
		{"a header behind markup", "<html>\nname,mobile\na,1\n", `3 name="a" mobile="1"`},
		{"too wide for its header", "x\n" + strings.Repeat("x,", 1200) + "name,mobile\n", `REFUSED tooManyColumns 2`},
		{"no header", "a,b\nc,d\n", `REFUSED headerNotFound 0`},
		{"too little of a header", "name,b\nc,d\n", `REFUSED headerNotFound 0`},
		{"UTF-32", "\xff\xfe\x00\x00n\x00\x00\x00", `REFUSED encodingUnsupported 0`},
		{"invalid bytes", "\xef\xbb\xbfname,mobile\na,1\nb\xd0,2\nc,3\xff\nd,4\n",
			`2 name="a" mobile="1"|3 !encodingInvalid@3:1(name)|4 !encodingInvalid@4:2(mobile)|5 name="d" mobile="4"`},
		{"mixed encodings", "姓名,手机号\n甲,1\n\"\n\xd2\xd2\",2\n丙,3\n", `2 name="甲" mobile="1"|3 !encodingMixed@3:1(姓名)|5 name="丙" mobile="3"`},
		{"GBK", "name,mobile\na,1\n\xd2\xd2,2\n", `2 name="a" mobile="1"|3 name="乙" mobile="2"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			check(t, test.in, ReadOptions{Format: CSV}, strings.Split(test.want, "|")...)
		})
	}
}

func TestDelimiters(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, asked, want string }{
		{"comma", "name,mobile\na,1\n", "", ","},
		{"semicolon", "name;mobile\na;1\n", "", ";"},
		{"tab", "name\tmobile\na\t1\n", "", "\t"},
		{"bar", "name|mobile\na|1\n", "", "|"},
		{"most frequent", "name;a,b;mobile\na;;1\n", "", ";"},
		{"equally frequent", "a;b,name,mobile,c;d;e\n,a,1,\n", "", ","},
		{"inside quotes", "\"a;b;c\",\"x \"\";\"\"\",name,mobile\n,,a,1\n", "", ","},
		{"first line with any", "contacts\n,,,\nname|mobile\na|1\n", "", "|"},
		{"none", "mobile\n1\n", "", ","},
		{"announced", "sep=|\nname|a,b,c|mobile\na||1\n", "", "|"},
		{"announced tab", "\xef\xbb\xbfSEP=\t\r\nname\tmobile\na\t1\n", "", "\t"},
		{"asked for", "name:mobile\na:1\n", ":", ":"},
		{"asked for by name", "name\ta,b,c\tmobile\na\t\t1\n", "tab", "\t"},
		{"wide", "name，mobile\na，1\n", "，", "，"},
		{"asked for against what is announced", "sep=;\nname,mobile\na,1\n", ",", ","},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r, err := Open(strings.NewReader(test.in), ReadOptions{Kind: directory.ContactKind, Delimiter: test.asked})
			if err != nil {
				t.Fatal(err)
			}
			rec, err := r.Next()
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Info().Delimiter; got != test.want || len(rec.Cells) == 0 || rec.Cells[len(rec.Cells)-1].Text != "1" {
				t.Errorf("%q is separated by %q, cells %+v; want %q", test.in, got, rec.Cells, test.want)
			}
		})
	}
	if _, err := Open(strings.NewReader("a"), ReadOptions{Kind: directory.ContactKind, Format: CSV, Delimiter: `"`}); err == nil {
		t.Error("a quote was taken for a delimiter")
	}
}

// What a cell loses (docs/spec/import.md#cells).
func TestCells(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"a b", "a b"},
		{" \t\u00a0\u3000a\u200b\ufeff ", "a"},
		{"\u202d+86 139\u202c", "+86 139"},
		{`="13900000001"`, "13900000001"},
		{` =" 1 " `, "1"},
		{`="a""b"`, `a"b`},
		{`="`, `="`},
		{"'+86", "+86"},
		{"''+86", "'+86"},
		{"'1", "1"},
		{"' =x", " =x"},
		{"'＝x", "＝x"},
		{"'\tx", "\tx"},
		{"'\nx", "\nx"},
		{"'a", "'a"},
		{"'", "'"},
		{"'99 and '98", "99 and '98"},
		{"a\n'=b\r\n'c\r'1", "a\n=b\r\n'c\r1"},
		{"a\n'\nb", "a\n'\nb"},
		{"line\n", "line\n"},
	}
	for _, test := range tests {
		if got := cleanCell(test.in); got != test.want {
			t.Errorf("%q is read as %q, want %q", test.in, got, test.want)
		}
	}
}

func TestLongRowsArePassedOver(t *testing.T) {
	t.Parallel()
	most := strings.Repeat("x", maxRow-len(`,1`))
	in := "name,mobile\n" + most + ",1\n" + most + ",12\nb,\"" + strings.Repeat("y\"\"\n", 3<<20) + "\",x\nc,3\n"
	check(t, in, ReadOptions{},
		fmt.Sprintf("2 name=%q mobile=\"1\"", most),
		"3 !rowTooLong@3:2(mobile)",
		"4 !rowTooLong@4:2(mobile)",
		fmt.Sprintf("%d name=\"c\" mobile=\"3\"", 4+3<<20+1))
	check(t, "name,mobile\na,1\nb,\""+strings.Repeat("y", 2*maxRow), ReadOptions{}, `2 name="a" mobile="1"`, "3 !rowTooLong@3:2(mobile)")
	check(t, "name,mobile\na,1"+strings.Repeat(",", 500_000)+"\nb,2"+strings.Repeat(",", 500_000)+"x\n", ReadOptions{},
		`2 name="a" mobile="1"`, "3 !tooManyCells@3:500002()")
}

func TestLimitsOfTables(t *testing.T) {
	t.Parallel()
	wide := func(n int) string { return "name,mobile" + strings.Repeat(",x", n-2) }
	check(t, wide(1000)+"\na,1\n", ReadOptions{}, `2 name="a" mobile="1"`)
	check(t, "\n"+wide(1001)+"\na,1\n", ReadOptions{}, "REFUSED tooManyColumns 2")
	check(t, wide(1000)+strings.Repeat(",", 3000)+"\na,1\n", ReadOptions{}, `2 name="a" mobile="1"`)
	r, err := Open(strings.NewReader("mobile\n1\n2\n3\n"), ReadOptions{Kind: directory.ContactKind})
	if err != nil {
		t.Fatal(err)
	}
	r.(*table).rec.Row = mostRows - 2
	for err == nil {
		_, err = r.Next()
	}
	if e := (*FileError)(nil); !errors.As(err, &e) || e.Code != "tooManyRows" || e.Line != 4 {
		t.Errorf("got %v, want tooManyRows in line 4", err)
	}
	if _, err := Open(hugeFile{}, ReadOptions{}); err == nil {
		t.Error("a file of more than 4 GiB was taken")
	}
}

type hugeFile struct{ io.ReaderAt }

func (hugeFile) Size() int64 { return mostBytes + 1 }

func FuzzCSV(f *testing.F) {
	f.Add([]byte("name,mobile\n\"a\"\"b\r\n\",1\n"), "")
	f.Add([]byte("sep=;\n姓名;手机号\n甲;'1\n"), "")
	f.Add([]byte("name,mobile\n\xd2\xd2,\"2"), ",")
	f.Fuzz(func(t *testing.T, in []byte, delimiter string) {
		o := ReadOptions{Kind: directory.ContactKind, Format: CSV, Delimiter: delimiter}
		r, err := Open(bytes.NewReader(in), o)
		if err != nil {
			return
		}
		var line int64
		for {
			rec, err := r.Next()
			if err != nil {
				if _, refused := errors.AsType[*FileError](err); !refused && err != io.EOF {
					t.Fatal(err)
				}
				break
			}
			if rec.Line <= line {
				t.Fatalf("line %d comes after line %d", rec.Line, line)
			}
			line = rec.Line
			if rec.Problem == nil && len(rec.Raw) == 0 {
				t.Fatalf("line %d has no raw text", line)
			}
			for _, c := range rec.Cells {
				if c.Text == "" || c.Line < line || c.Column < 1 {
					t.Fatalf("line %d has the cell %+v", line, c)
				}
			}
		}
	})
}

func BenchmarkCSV(b *testing.B) {
	var in bytes.Buffer
	in.WriteString("姓名,手机号,公司,职位,地址,标签,负责人,备注,邮箱,部门\r\n")
	const rows = 100_000
	for i := range rows {
		fmt.Fprintf(&in, "测试%d,139%08d,示例贸易有限公司,采购经理,上海市示例路%d号,客户等级/重要,王芳,\"首次, 导入\",a%d@example.com,销售\r\n", i, i, i, i)
	}
	b.SetBytes(int64(in.Len()))
	b.ReportAllocs()
	for b.Loop() {
		r, err := Open(bytes.NewReader(in.Bytes()), ReadOptions{Kind: directory.ContactKind})
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			_, err = r.Next()
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}
