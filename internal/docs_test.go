package internal_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The decisions are numbered without gaps, and docs/adr/README.md lists each.
func TestDecisionsAreListed(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../docs/adr/[0-9]*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("got no decisions: %v", err)
	}
	var want strings.Builder
	for i, file := range files { // Glob sorts
		name, n := filepath.Base(file), i+1
		if !strings.HasPrefix(name, fmt.Sprintf("%04d-", n)) {
			t.Fatalf("got %s, want decision %d: the numbers have a gap, or one is used twice", name, n)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		title := regexp.MustCompile(fmt.Sprintf(`\A# %d\. (.+)\n`, n)).FindStringSubmatch(string(text))
		if title == nil {
			t.Errorf("%s: does not begin with \"# %d. \" and a title", name, n)
			continue
		}
		fmt.Fprintf(&want, "| %d | [%s](%s) |\n", n, title[1], name)
	}
	index, err := os.ReadFile("../docs/adr/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, got, _ := strings.Cut(string(index), "|---|---|\n")
	if got != want.String() {
		t.Errorf("docs/adr/README.md lists\n%swant\n%s", got, &want)
	}
}

// docs/README.md links every page, and every folder of pages by its own README.
func TestPagesAreListed(t *testing.T) {
	t.Parallel()
	index, err := os.ReadFile("../docs/README.md")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	folders, err := filepath.Glob("../docs/*/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, folders...) {
		page = strings.TrimPrefix(filepath.ToSlash(page), "../docs/")
		if page != "README.md" && !strings.Contains(string(index), "]("+page+")") {
			t.Errorf("docs/README.md does not link %s", page)
		}
	}
}

const architecture = "../docs/architecture.md"

// The drawing of the architecture is that of the import table.
func TestDrawingOfTheArchitecture(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(architecture)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := bytes.Cut(page, []byte("```mermaid\n"))
	got, after, closed := bytes.Cut(rest, []byte("```\n"))
	if !found || !closed {
		t.Fatal("docs/architecture.md has no drawing")
	}
	want := drawing(imports())
	if string(got) == want {
		return
	}
	if !*update {
		t.Fatalf("the drawing in docs/architecture.md is not that of the import table; run: go test ./internal -update\ngot\n%swant\n%s", got, want)
	}
	page = slices.Concat(before, []byte("```mermaid\n"+want+"```\n"), after)
	if err := os.WriteFile(architecture, page, 0o644); err != nil {
		t.Fatal(err)
	}
}

// Each package is named in the architecture, so that a reader finds what it is
// for.
func TestPackagesAreInTheArchitecture(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(architecture)
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range packages(t) {
		if !strings.Contains(string(page), "| `"+pkg+"` |") {
			t.Errorf("docs/architecture.md has no row for `%s`", pkg)
		}
	}
}

// packages are the folders that hold Go files other than tests.
func packages(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	sources(t, func(_, pkg string) { all[pkg] = true })
	return all
}

// imports is the import table without the packages of tests. A program may import
// everything, which here means all packages below internal, and so may a package
// below internal, but not another of its kind.
func imports() map[string][]string {
	all := map[string][]string{}
	for row := range mayImport {
		if !strings.HasPrefix(row, "internal/") || !strings.HasSuffix(row, "test") {
			all[row] = nil
		}
	}
	everything := func(row string) bool { return slices.Contains(mayImport[row], "*") }
	internal := func(row string) bool { return strings.HasPrefix(row, "internal/") }
	for from := range all {
		for to := range all {
			above := everything(from) && (!everything(to) || internal(to) && !internal(from))
			if from != to && (above || !everything(from) && isAllowed(mayImport[from], to)) {
				all[from] = append(all[from], to)
			}
		}
	}
	return all
}

// drawing is the graph in mermaid's language, without the arrows that a longer way
// along others makes plain.
func drawing(imports map[string][]string) string {
	var reaches func(from, to string) bool
	reaches = func(from, to string) bool {
		return from == to || slices.ContainsFunc(imports[from], func(next string) bool { return reaches(next, to) })
	}
	var b strings.Builder
	b.WriteString("flowchart TB\n")
	for _, from := range slices.Sorted(maps.Keys(imports)) {
		for _, to := range slices.Sorted(slices.Values(imports[from])) {
			longer := func(other string) bool { return other != to && reaches(other, to) }
			if !slices.ContainsFunc(imports[from], longer) {
				fmt.Fprintf(&b, "    %s --> %s\n", node(from), node(to))
			}
		}
	}
	return b.String()
}

// node is a row of the table in mermaid's language.
func node(row string) string {
	name := strings.TrimPrefix(row, "internal/")
	return strings.NewReplacer("/", "_", "*", "all").Replace(name) + "[" + name + "]"
}

func TestDrawing(t *testing.T) {
	t.Parallel()
	got := drawing(map[string][]string{
		"cmd/x": {"internal/core", "internal/wire/*"}, "internal/wire/*": {"internal/core"}, "internal/core": nil,
	})
	want := "flowchart TB\n    cmd_x[cmd/x] --> wire_all[wire/*]\n    wire_all[wire/*] --> core[core]\n"
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

var (
	// What stands in backticks and begins like a path of the repository.
	paths = regexp.MustCompile("`((?:cmd|internal|docs|e2e|bench|attack|mingcetest|\\.ci)/[^`\\s]*)`")
	// A file that is named without its folder.
	goFiles = regexp.MustCompile("`(\\w+\\.go)`")
)

var forDevelopers = []string{"docs/adding-an-operation.md", "docs/architecture.md", "docs/developing.md"}

// Files and folders that the pages for developers name exist.
func TestNamedFilesExist(t *testing.T) {
	t.Parallel()
	r := readRepository(t, os.DirFS(".."))
	named := regexp.MustCompile(`\.[A-Z]\w*$`) // what a package has
	base := map[string]bool{}
	for file := range r.all {
		base[path.Base(file)] = true
	}
	for page := range r.pages {
		if path.Dir(page) != "docs/adr" && !slices.Contains(forDevelopers, page) {
			continue
		}
		for _, m := range paths.FindAllStringSubmatch(r.files[page], -1) {
			pattern := strings.TrimSuffix(named.ReplaceAllString(m[1], ""), "/")
			if !slices.ContainsFunc(slices.Collect(maps.Keys(r.all)), func(file string) bool {
				same, err := path.Match(pattern, file)
				return same && err == nil
			}) {
				t.Errorf("%s: there is no %s", page, m[1])
			}
		}
		for _, m := range goFiles.FindAllStringSubmatch(r.files[page], -1) {
			if !base[m[1]] {
				t.Errorf("%s: there is no file %s", page, m[1])
			}
		}
	}
}
