package transfer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// expectation is what an import of a sample must yield.
type expectation struct {
	File string
	Args []string
	Rows []struct {
		Row, Line        int64
		Action           string
		Object           map[string]any
		Errors, Warnings []ProblemReport
	}
}

// A draft has what the samples expect, as far as no directory is asked.
func TestSamplesAsDrafts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/expected/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var want expectation
			if err := json.Unmarshal(b, &want); err != nil {
				t.Fatal(err)
			}
			checkSample(t, &want)
		})
	}
}

func checkSample(t *testing.T, want *expectation) {
	kind := directory.Kind("")
	if len(want.Args) > 1 && want.Args[0] == "--kind" {
		kind = directory.Kind(strings.TrimSuffix(want.Args[1], "s"))
	}
	r, err := Open(strings.NewReader(sample(t, want.File)), ReadOptions{Kind: kind})
	if err != nil {
		t.Fatal(err)
	}
	o := DraftOptions{Kind: kind}
	for _, row := range want.Rows {
		rec, err := r.Next()
		if err != nil {
			t.Fatalf("row %d: %v", row.Row, err)
		}
		d := o.Draft(rec)
		if rec.Row != row.Row || rec.Line != row.Line {
			t.Errorf("row %d: got row %d of line %d, want line %d", row.Row, rec.Row, rec.Line, row.Line)
		}
		if row.Action == RowCreated {
			d.Errors = append(d.Errors, d.Missing...)
		} else if row.Action == RowRejected {
			d.Errors = append(d.Errors, d.Missing...)
			SortProblems(d.Errors)
			d.Warnings = nil
		}
		if got, want := problemsShown(reports(d.Errors)), problemsShown(row.Errors); got != want {
			t.Errorf("row %d, errors: got %s, want %s", row.Row, got, want)
		}
		if got, want := problemsShown(reports(d.Warnings)), problemsShown(row.Warnings); got != want {
			t.Errorf("row %d, warnings: got %s, want %s", row.Row, got, want)
		}
		if row.Action == RowCreated {
			checkValues(t, &d, row.Object)
		}
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the last row: got %v, want the end", err)
	}
}

// checkValues compares what needs no directory.
func checkValues(t *testing.T, d *Draft, object map[string]any) {
	t.Helper()
	for name := range maps.Keys(object) {
		f, _ := d.Kind.Field(name)
		want := fmt.Sprint(object[name])
		if n, ok := object[name].(float64); ok {
			want = fmt.Sprint(int64(n))
		}
		if f.Reference == "" && fmt.Sprint(d.Values[name]) != want {
			t.Errorf("%s: got %v, want %s", name, d.Values[name], want)
		}
	}
	for name, value := range d.Values {
		if _, ok := object[name]; !ok && name != d.Kind.IDField() && !directory.Equal(value, nil) {
			t.Errorf("%s: got %v, want none", name, value)
		}
	}
}

// ofDirectory are codes that only a directory decides on.
var ofDirectory = []string{"ownerNotFound", "labelNotFound", "employeeNotFound", "departmentNotFound", "duplicateInFile"}

func problemsShown(list []ProblemReport) string {
	var s []string
	for _, p := range list {
		field, column := orBlank(p.Field), 0
		if f, ok := directory.ContactKind.Field(field); p.Code == "missing" && (ok && f.Reference != "" || field == "deptIds") || slices.Contains(ofDirectory, p.Code) {
			continue
		}
		if p.Column != nil {
			column = *p.Column
		}
		s = append(s, fmt.Sprintf("%s %d:%d %s %s", p.Code, p.Line, column, orBlank(p.Header), field))
	}
	return strings.Join(s, ", ")
}
