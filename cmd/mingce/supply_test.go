package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mostModules is how many third-party modules the program may contain.
const mostModules = 39

// The program needs no C compiler and contains few modules
// (docs/spec/reliability.md#few-modules-and-no-c). .ci/reproducible checks that two builds are
// identical
// (docs/spec/reliability.md#reproducible-builds).
func TestFewModulesAndNoC(t *testing.T) {
	t.Parallel()
	list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}} {{.ImportPath}}{{range .CgoFiles}} cgo:{{.}}{{end}}", ".")
	list.Env = append(list.Environ(), "CGO_ENABLED=0")
	out, err := list.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var modules []string
	for line := range strings.Lines(string(out)) {
		if module, _, _ := strings.Cut(line, " "); module != "" {
			modules = append(modules, module)
		}
		if strings.Contains(line, " cgo:") || strings.HasSuffix(strings.TrimSpace(line), " runtime/cgo") {
			t.Errorf("got %s, want no C", strings.TrimSpace(line))
		}
	}
	slices.Sort(modules)
	if modules = slices.Compact(modules); len(modules) == 0 || len(modules) > mostModules {
		t.Errorf("got %d modules, want 1 to %d: %v", len(modules), mostModules, modules)
	}
}
