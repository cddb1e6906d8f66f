package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mostModules is how many modules of others the program may consist of.
const mostModules = 39

// The program needs no C compiler, and is made of few modules
// (docs/spec/reliability.md#few-modules-and-no-c). That two builds are the same
// bytes is shown by .ci/reproducible
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
