package internal_test

import (
	"fmt"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// Nobody can follow a citation of a document that is not in the repository, or of
// a letter and a number: a comment names a page of docs and its heading
// (docs/adr/0002-specifications-in-the-repository.md).
func TestNothingOutsideIsCited(t *testing.T) {
	t.Parallel()
	for _, failure := range readRepository(t, os.DirFS("..")).outside() {
		t.Error(failure)
	}
}

var (
	// Papers that this program was made from.
	papers = regexp.MustCompile(`dingtalk-(?:org-accounts|external-contacts|real-programs)|` +
		`resource-directory-(?:message-contacts|tools)|reliability-and-security|records-in-and-out|` +
		`\bdesign\.md\b|\[(?:doc|ev)\d+\]|\[(?:seed|wire:[^\]]*)\]`)
	// Their sections, rows and goals: B.15, C5, D2.1, P39.
	letters = regexp.MustCompile(`(?:^|[\s(,;])([A-Z]\.?\d{1,2}(?:\.\d+)?)(?:$|[\s),;:.])`)
	// What looks the same: versions of signatures, and parameters of a list.
	noSection = regexp.MustCompile(`^(?:V[13]|X\.\d)$`)
)

// outside says where a file cites what is not in the repository.
func (r *repository) outside() (failures []string) {
	for _, file := range slices.Sorted(maps.Keys(r.files)) {
		if file == "internal/outside_test.go" {
			continue
		}
		n, comments := 0, commentsOf(file)
		for line := range strings.Lines(r.files[file]) {
			n++
			found := papers.FindAllString(line, -1)
			for _, m := range letters.FindAllStringSubmatch(comments(line), -1) {
				if !noSection.MatchString(m[1]) {
					found = append(found, m[1])
				}
			}
			for _, f := range found {
				failures = append(failures, fmt.Sprintf("%s:%d: %s is not in the repository", file, n, f))
			}
		}
	}
	return failures
}

// commentsOf returns a function that is called with a file's lines in turn and
// returns what of each is a comment.
func commentsOf(file string) func(line string) string {
	after := func(mark string) func(string) string {
		return func(line string) string {
			_, comment, _ := strings.Cut(line, mark)
			return comment
		}
	}
	switch path.Ext(file) {
	case ".go", ".java", ".js":
		return after("//")
	case ".sql":
		return after("--")
	case ".txt", ".py":
		return after("#")
	case ".txtar": // what stands before the first file
		ended := false
		return func(line string) string {
			ended = ended || strings.HasPrefix(line, "-- ")
			if ended {
				return ""
			}
			return line
		}
	}
	return func(string) string { return "" }
}

func TestOutsideFailures(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ file, text, want string }{
		{"a.go", "// Signatures V1 and V3, tags Tag.1, X.1.\nvar a = \"B.1\"\n", ""},
		{"a.go", "\tx() // order of checks (B.15)\n", "B.15"},
		{"a.go", "// row (C5, below)\n", "C5"},
		{"a.go", "// how long delivery is tried (P39).", "P39"},
		{"a.go", "// see dingtalk-org-accounts", "dingtalk-org-accounts"},
		{"a.md", "[doc0099]", "[doc0099]"},
		{"a.sql", "-- numbers grow (D2.1)", "D2.1"},
		{"a.txtar", "Decision: D.8.\n-- a --\nC5 is data\n", "D.8"},
	} {
		want := ""
		if tt.want != "" {
			want = tt.file + ":1: " + tt.want + " is not in the repository"
		}
		r := readRepository(t, fstest.MapFS{tt.file: {Data: []byte(tt.text)}})
		if got := strings.Join(r.outside(), "\n"); got != want {
			t.Errorf("%q: got %q, want %q", tt.text, got, want)
		}
	}
}
