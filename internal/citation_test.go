package internal_test

import (
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"
)

var update = flag.Bool("update", false, "rewrite drawings; remove lines of testdata/uncited.txt that are no longer true")

// uncitedList names the rules of docs/spec that nothing cites, one a line. It may
// only shrink.
const uncitedList = "internal/testdata/uncited.txt"

// Whoever writes down where a rule comes from names a page and its heading, and
// whoever moves the heading is told who named it.
func TestCitationsResolve(t *testing.T) {
	t.Parallel()
	for _, failure := range readRepository(t, os.DirFS("..")).broken() {
		t.Error(failure)
	}
}

// A rule of docs/spec is cited where it is kept or tested, or it is listed.
func TestRulesAreCited(t *testing.T) {
	t.Parallel()
	r := readRepository(t, os.DirFS(".."))
	list := r.files[uncitedList]
	if *update {
		list = r.stillUncited(list)
		if err := os.WriteFile("../"+uncitedList, []byte(list), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, failure := range r.uncited(list) {
		t.Error(failure)
	}
}

// repository is the text of a tree that cites or is cited.
type repository struct {
	files map[string]string  // by path
	all   map[string]bool    // paths of all files and folders
	pages map[string]*mdPage // those of files that end in .md
}

// mdPage is a page of Markdown.
type mdPage struct {
	anchors map[string]bool
	rules   []string // anchors of headings with text of their own, in order
}

// citing are the ends of names of files in which citations are followed.
var citing = []string{".go", ".txtar", ".sql", ".md", ".txt", ".py", ".js", ".java", ".sh", "Makefile"}

// readRepository reads what git keeps: no hidden folder but .ci, and nothing that
// was installed or is a corpus of a fuzz test.
func readRepository(t *testing.T, tree fs.FS) *repository {
	t.Helper()
	r := &repository{files: map[string]string{}, all: map[string]bool{}, pages: map[string]*mdPage{}}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(name)
		if d.IsDir() {
			hidden := strings.HasPrefix(base, ".") && name != "." && name != ".ci"
			if hidden || base == "node_modules" || base == "target" || strings.HasSuffix(name, "testdata/fuzz") {
				return fs.SkipDir
			}
			r.all[name] = true
			return nil
		}
		r.all[name] = true
		ends := func(end string) bool { return strings.HasSuffix(base, end) }
		if path.Dir(name) != ".ci" && !slices.ContainsFunc(citing, ends) {
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		r.files[name] = string(text)
		if ends(".md") {
			r.pages[name] = readPage(string(text))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var (
	heading  = regexp.MustCompile(`^(#{1,6})\s+(.*?)(?:\s+#+)?\s*$`)
	anchored = regexp.MustCompile(`<a (?:id|name)="([^"]+)"`)
)

// readPage reads a page's anchors and rules. A rule is a heading below the title
// with text between it and the next heading; a list of sources is none.
func readPage(text string) *mdPage {
	p := &mdPage{anchors: map[string]bool{}}
	rule, code := "", false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			code = !code
		}
		for _, m := range anchored.FindAllStringSubmatch(line, -1) {
			p.anchors[m[1]] = true
		}
		m := heading.FindStringSubmatch(line)
		switch {
		case m != nil && !code:
			rule = p.add(m[2])
			if m[1] == "#" || strings.EqualFold(m[2], "Sources") {
				rule = ""
			}
		case rule != "" && strings.TrimSpace(line) != "":
			p.rules = append(p.rules, rule)
			rule = ""
		}
	}
	return p
}

// add enters a heading and returns its anchor: its slug, and a number after it
// when the page has had that heading before.
func (p *mdPage) add(heading string) string {
	anchor := slug(heading)
	for n := 1; p.anchors[anchor]; n++ {
		anchor = slug(heading) + "-" + strconv.Itoa(n)
	}
	p.anchors[anchor] = true
	return anchor
}

var inlineLink = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)

// slug is the anchor that GitHub gives a heading: lower case, a hyphen for each
// space, and neither punctuation nor markup.
func slug(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r), r == '-', r == '_':
			return unicode.ToLower(r)
		}
		return -1
	}, inlineLink.ReplaceAllString(heading, "$1"))
}

// citation is a place that names a page, or a heading of one.
type citation struct {
	file   string
	line   int
	target string // as written
	page   string // path in the repository
	anchor string
}

var (
	// A page, named from the root of the repository.
	named = regexp.MustCompile(`(?:^|[^\w/.-])((?:docs/[\w/-]+|[\w-]+)\.md)(?:#([\p{L}\p{N}_-]+))?`)
	// A decision by its number alone.
	numbered = regexp.MustCompile(`(docs/adr/\d+)(?:[^\d-]|$)`)
	// A link of a page, to a page or other file.
	linked = regexp.MustCompile(`\]\(([^)\s:#]*)(?:#([^)\s]+))?\)`)
)

// citations returns what a file cites. Outside of pages a citation with a
// heading begins with docs/, so that it can be followed by whoever reads it;
// a page's links are relative to it.
func (r *repository) citations(file string) (all []citation) {
	n := 0
	for line := range strings.Lines(r.files[file]) {
		n++
		for _, m := range named.FindAllStringSubmatch(line, -1) {
			if strings.HasPrefix(m[1], "docs/") || m[2] != "" && !strings.HasSuffix(file, ".md") {
				all = append(all, citation{file, n, strings.TrimRight(m[1]+"#"+m[2], "#"), m[1], m[2]})
			}
		}
		for _, m := range numbered.FindAllStringSubmatch(line, -1) {
			all = append(all, citation{file, n, m[1], m[1], ""})
		}
		if !strings.HasSuffix(file, ".md") {
			continue
		}
		for _, m := range linked.FindAllStringSubmatch(line, -1) {
			page := file
			if m[1] != "" {
				page = path.Join(path.Dir(file), m[1])
			}
			all = append(all, citation{file, n, strings.TrimRight(m[1]+"#"+m[2], "#"), page, m[2]})
		}
	}
	return all
}

// broken says which citations name a page or heading that does not exist, in the
// order of files.
func (r *repository) broken() (failures []string) {
	for _, file := range slices.Sorted(maps.Keys(r.files)) {
		if file == "internal/citation_test.go" { // its trees cite wrongly on purpose
			continue
		}
		for _, c := range r.citations(file) {
			what := ""
			switch page := r.pages[c.page]; {
			case !r.all[c.page]:
				what = "there is no such page" + near(path.Base(c.page), maps.Keys(r.pages))
			case c.anchor != "" && (page == nil || !page.anchors[c.anchor]):
				what = "the page has no such heading"
				if page != nil {
					what += near(c.anchor, maps.Keys(page.anchors))
				}
			default:
				continue
			}
			failures = append(failures, fmt.Sprintf("%s:%d: %s: %s", c.file, c.line, c.target, what))
		}
	}
	return failures
}

// near names up to three of the candidates that have most words in common with
// what was written.
func near(written string, candidates func(func(string) bool)) string {
	words := func(s string) []string {
		return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	}
	common := map[string]int{}
	for c := range candidates {
		for _, w := range words(written) {
			if w != "md" && slices.Contains(words(c), w) {
				common[c]++
			}
		}
	}
	best := slices.SortedFunc(maps.Keys(common), func(a, b string) int {
		if common[a] != common[b] {
			return common[b] - common[a]
		}
		return strings.Compare(a, b)
	})
	if len(best) == 0 {
		return ""
	}
	return "; near: " + strings.Join(best[:min(3, len(best))], ", ")
}

// rules returns the rules of docs/spec, and which of them are cited by code, by a
// case, by SQL or by a table of a test.
func (r *repository) rules() (rules []string, cited map[string]bool) {
	for _, file := range slices.Sorted(maps.Keys(r.pages)) {
		if path.Dir(file) == "docs/spec" && path.Base(file) != "README.md" {
			for _, anchor := range r.pages[file].rules {
				rules = append(rules, file+"#"+anchor)
			}
		}
	}
	cited = map[string]bool{}
	for file := range r.files {
		end := path.Ext(file)
		if file == uncitedList || end != ".go" && end != ".txtar" && end != ".sql" && end != ".txt" {
			continue
		}
		for _, c := range r.citations(file) {
			cited[c.page+"#"+c.anchor] = true
		}
	}
	return rules, cited
}

// uncited says where the list and the rules that nothing cites differ.
func (r *repository) uncited(list string) (failures []string) {
	listed := map[string]bool{}
	for line := range strings.Lines(list) {
		if line = strings.TrimSpace(line); line != "" {
			if listed[line] {
				failures = append(failures, line+": twice in "+uncitedList)
			}
			listed[line] = true
		}
	}
	rules, cited := r.rules()
	for _, rule := range rules {
		switch {
		case cited[rule] && listed[rule]:
			failures = append(failures, rule+": is cited now; take it from "+uncitedList+" (go test ./internal -update)")
		case !cited[rule] && !listed[rule]:
			failures = append(failures, rule+": nothing cites this rule; name it where it is kept or tested")
		}
		delete(listed, rule)
	}
	for _, rule := range slices.Sorted(maps.Keys(listed)) {
		failures = append(failures, rule+": in "+uncitedList+", but no such rule exists")
	}
	return failures
}

// stillUncited returns the lines of the list that are true. It adds none.
func (r *repository) stillUncited(list string) string {
	rules, cited := r.rules()
	var b strings.Builder
	for line := range strings.Lines(list) {
		if rule := strings.TrimSpace(line); slices.Contains(rules, rule) && !cited[rule] && !strings.Contains(b.String(), line) {
			b.WriteString(line)
		}
	}
	return b.String()
}

const examplePage = `# Contacts
What all operations share.

## Names
### Length
Up to 80 characters.
### What is ` + "`stored`" + `, and [how](README.md)?
Everything.
` + "```" + `
# no heading
` + "```" + `
### Length
Again.
### 名称 of a label
Text.
## Sources
- a page
`

func exampleTree(more fstest.MapFS) fstest.MapFS {
	tree := fstest.MapFS{
		"docs/spec/contacts.md": {Data: []byte(examplePage)},
		"docs/spec/README.md":   {Data: []byte("# Marks\n## Fact\nNo rule: [names](contacts.md#names), [top](#marks)\n")},
		"a.go": {Data: []byte(`// Good: (docs/spec/contacts.md#length), docs/spec/contacts.md#length-1;
// docs/spec/contacts.md#what-is-stored-and-how. See docs/spec/README.md.
// https://example.com/docs/gone.md is no citation.`)},
		"a.sql": {Data: []byte("-- docs/spec/contacts.md#名称-of-a-label\n")},
	}
	maps.Copy(tree, more)
	return tree
}

func TestCitationFailures(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, file, text, want string }{
		{"nothing", "b.go", "// docs/spec/contacts.md#names\n", ""},
		{"page", "b.go", "//\n// docs/spec/contact.md\n", "b.go:2: docs/spec/contact.md: there is no such page"},
		{"near page", "x/b.txtar", "docs/adr/contacts.md#a\n", "x/b.txtar:1: docs/adr/contacts.md#a: there is no such page; near: docs/spec/contacts.md"},
		{"heading", "b.sql", "-- docs/spec/contacts.md#label-name\n", "b.sql:1: docs/spec/contacts.md#label-name: the page has no such heading; near: 名称-of-a-label"},
		{"heading of code", "Makefile", "# docs/spec/contacts.md#no-heading\n", "Makefile:1: docs/spec/contacts.md#no-heading: the page has no such heading"},
		{"short", ".ci/run", "# contacts.md#length\n", ".ci/run:1: contacts.md#length: there is no such page; near: docs/spec/contacts.md"},
		{"number", "b.go", "// (docs/adr/0003)\n", "b.go:1: docs/adr/0003: there is no such page"},
		{"link", "docs/b.md", "[x](spec/contacts.md#lengths)\n", "docs/b.md:1: spec/contacts.md#lengths: the page has no such heading"},
		{"image", "docs/b.md", "![x](images/x.png)\n", "docs/b.md:1: images/x.png: there is no such page"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := readRepository(t, exampleTree(fstest.MapFS{tt.file: {Data: []byte(tt.text)}}))
			if got := strings.Join(r.broken(), "\n"); got != tt.want {
				t.Errorf("got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestUncitedFailures(t *testing.T) {
	t.Parallel()
	const rule, gone = "docs/spec/contacts.md#length", "docs/spec/contacts.md#gone"
	r := readRepository(t, exampleTree(nil))
	if got := r.uncited(""); got != nil {
		t.Errorf("got %q, want nothing", got)
	}
	list := rule + "\n" + gone + "\n"
	want := []string{
		rule + ": is cited now; take it from " + uncitedList + " (go test ./internal -update)",
		gone + ": in " + uncitedList + ", but no such rule exists",
	}
	if got := r.uncited(list); !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if got := r.stillUncited(list); got != "" {
		t.Errorf("after -update: got %q, want no line", got)
	}

	r = readRepository(t, exampleTree(fstest.MapFS{"a.go": {Data: []byte("package a")}, "b.md": {Data: []byte(rule)}}))
	want = []string{
		rule + ": nothing cites this rule; name it where it is kept or tested",
		"docs/spec/contacts.md#what-is-stored-and-how: nothing cites this rule; name it where it is kept or tested",
		"docs/spec/contacts.md#length-1: nothing cites this rule; name it where it is kept or tested",
	}
	if got := r.uncited(""); !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if got := r.stillUncited(list); got != rule+"\n" {
		t.Errorf("after -update: got %q, want what is still uncited, and nothing new", got)
	}
}
