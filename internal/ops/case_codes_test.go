package ops_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/instance"
	"golang.org/x/tools/txtar"
)

// TestEveryCodeHasACase checks testdata/uncovered.txt, the list of codes that
// no case answers. It may only shrink.
func TestEveryCodeHasACase(t *testing.T) {
	t.Parallel()
	var uncovered []string
	for _, p := range instance.Products() {
		for _, o := range p.Operations {
			seen := answeredCodes(t, filepath.Join("*", "testdata", fileName(o.Name)))
			if !seen["success"] {
				uncovered = append(uncovered, o.Name+" success")
			}
			for _, c := range o.Codes() {
				if line := o.Name + " " + c.Code; !seen[c.Code] && !slices.Contains(uncovered, line) {
					uncovered = append(uncovered, line)
				}
			}
		}
	}
	slices.Sort(uncovered)
	got := strings.Join(append(uncovered, ""), "\n")
	if *update {
		if err := os.WriteFile("testdata/uncovered.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/uncovered.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("codes without a case:\n%s\ntestdata/uncovered.txt says:\n%s", got, want)
	}
}

// fileName is the name of an operation in snake case.
func fileName(operation string) string {
	s := strings.TrimPrefix(operation, "dingtalk.")
	s = regexp.MustCompile(`([a-z0-9])([A-Z])`).ReplaceAllString(s, "${1}_${2}")
	return strings.ToLower(strings.ReplaceAll(s, ".", "_"))
}

func answeredCodes(t *testing.T, pattern string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(pattern + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	others, err := filepath.Glob(pattern + ".*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, others...)
	seen := map[string]bool{}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if f.Name == "answer" {
				seen[codeIn(string(f.Data))] = true
			}
		}
	}
	return seen
}

var xmlCode = regexp.MustCompile(`<(?:sub_code|Code|code|ding_open_errcode)>([^<]+)<`)

// codeIn returns the code of an answer in any family's envelope, or "success".
func codeIn(answer string) string {
	status, body, _ := strings.Cut(answer, "\n")
	var v any
	d := json.NewDecoder(strings.NewReader(body))
	d.UseNumber()
	if d.Decode(&v) != nil {
		if m := xmlCode.FindStringSubmatch(body); m != nil && m[1] != "0" {
			return m[1]
		}
		return "success"
	}
	if c := findCode(v); c != "" && c != "0" {
		return c
	}
	if strings.HasPrefix(status, "200 ") {
		return "success"
	}
	return status
}

func findCode(v any) string {
	m, ok := v.(map[string]any)
	if !ok {
		return ""
	}
	for _, name := range []string{"sub_code", "Code", "code", "ding_open_errcode", "errcode"} {
		if c, ok := m[name]; ok {
			return fmt.Sprint(c)
		}
	}
	for _, inner := range m {
		if c := findCode(inner); c != "" {
			return c
		}
	}
	return ""
}
