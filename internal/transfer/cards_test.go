package transfer

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

type openFunc func(r io.Reader, enc string, o ReadOptions) (Reader, error)

// readTold reads a file and returns what is told about it: a line for each
// record, and for what is part of one, indented.
func readTold(t *testing.T, open openFunc, in, enc string, o ReadOptions) (told string, info *Info) {
	t.Helper()
	read := func(in io.Reader) (string, *Info) {
		r, err := open(in, enc, o)
		if err != nil {
			return tellError(t, err), nil
		}
		var b strings.Builder
		for {
			rec, err := r.Next()
			if err == io.EOF {
				return b.String(), r.Info()
			}
			if err != nil {
				return b.String() + tellError(t, err), r.Info()
			}
			tellRecord(&b, rec)
		}
	}
	told, info = read(strings.NewReader(in))
	if len(in) < 10_000 {
		if again, _ := read(iotest.OneByteReader(strings.NewReader(in))); again != told {
			t.Errorf("read byte by byte:\n%s\nat once:\n%s", again, told)
		}
	}
	return told, info
}

var cellLine = regexp.MustCompile(`^[a-zA-Z0-9.]+=`)

// comparable returns the lines without what stands before them, and the cells of
// each record by field: only within one does their order matter.
func comparable(s string) string {
	var lines []string
	for line := range strings.Lines(strings.Trim(s, "\n\t")) {
		lines = append(lines, strings.TrimSpace(line))
	}
	field := func(line string) string {
		name, _, _ := strings.Cut(line, "=")
		return name
	}
	for start := range lines {
		end := start
		for end < len(lines) && cellLine.MatchString(lines[end]) {
			end++
		}
		slices.SortStableFunc(lines[start:end], func(a, b string) int { return strings.Compare(field(a), field(b)) })
	}
	return strings.Join(lines, "\n")
}

func tellError(t *testing.T, err error) string {
	t.Helper()
	var e *FileError
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	return fmt.Sprintf("file %s %d\n", e.Code, e.Line)
}

func tellRecord(b *strings.Builder, rec *Record) {
	fmt.Fprintf(b, "%d line %d\n", rec.Row, rec.Line)
	for _, c := range rec.Cells {
		text := fmt.Sprintf("%.60q", c.Text)
		if c.List != nil {
			text = fmt.Sprintf("%q", c.List)
		}
		fmt.Fprintf(b, " %s=%s %s:%d\n", c.Field+c.Part, text, c.Header, c.Line)
	}
	for _, name := range slices.Sorted(maps.Keys(rec.Given)) {
		fmt.Fprintf(b, " %s=%#v\n", name, rec.Given[name])
	}
	if rec.Problem != nil {
		tellProblem(b, "problem", *rec.Problem)
	}
	for _, p := range rec.CellErrors {
		tellProblem(b, "error", p)
	}
	for _, p := range rec.Warnings {
		tellProblem(b, "warning", p)
	}
}

func tellProblem(b *strings.Builder, what string, p Problem) {
	fmt.Fprintf(b, " %s %s %s:%d", what, p.Code, p.Header, p.Line)
	if p.Column > 0 {
		fmt.Fprintf(b, " column %d", p.Column)
	}
	if p.Field != "" {
		fmt.Fprintf(b, " %s", p.Field)
	}
	b.WriteByte('\n')
}

func tellIgnored(i *Info) string {
	var list []string
	for _, h := range i.Ignored {
		list = append(list, fmt.Sprintf("%s=%d", h.Header, h.Count))
	}
	return strings.Join(list, " ")
}

// readingTest is a file and what is told about it.
type readingTest struct {
	name, in  string
	enc       string
	want      string // as of readTold, indented anyhow
	ignored   string
	wantOther string // encoding, if it is not utf-8
}

func (test readingTest) run(t *testing.T, open openFunc, o ReadOptions) {
	t.Helper()
	got, info := readTold(t, open, test.in, test.enc, o)
	if comparable(got) != comparable(test.want) {
		t.Errorf("%.2000q is\n%s\nwant%s", test.in, got, test.want)
	}
	if info == nil {
		return
	}
	if ignored := tellIgnored(info); ignored != test.ignored {
		t.Errorf("ignored %q, want %q", ignored, test.ignored)
	}
	encoding := "utf-8"
	if test.wantOther != "" {
		encoding = test.wantOther
	}
	if info.Encoding != encoding {
		t.Errorf("encoding %q, want %q", info.Encoding, encoding)
	}
}

func sample(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// utf16le returns a text of the first plane in UTF-16LE with its mark.
func utf16le(s string) string {
	b := []byte{0xff, 0xfe}
	for _, r := range s {
		b = append(b, byte(r), byte(r>>8))
	}
	return string(b)
}
