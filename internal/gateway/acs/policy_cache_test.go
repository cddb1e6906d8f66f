package acs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// Parsed policies are cached up to a number and a total length, and a long one
// is parsed each time.
func TestPoliciesAreBounded(t *testing.T) {
	t.Parallel()
	var ps policies
	of := func(name string, pad int) {
		document := `{"Version":"1","Statement":[]}` + strings.Repeat(" ", pad)
		ps.of(&directory.Principal{PolicyName: name, Policy: document})
		ps.of(&directory.Principal{PolicyName: name, Policy: document})
		held := 0
		for key := range ps.parsed {
			held += len(key.name) + len(key.text)
		}
		if len(ps.parsed) > policyCacheSize || held > policyCacheBytes || held != ps.bytes {
			t.Fatalf("got %d policies with %d bytes, counted as %d", len(ps.parsed), held, ps.bytes)
		}
	}
	for i := range 2 * policyCacheSize {
		of(fmt.Sprint(i), 0)
	}
	for i := range 50 {
		of(fmt.Sprint("long", i), 100<<10)
	}
	of("longer than all", policyCacheBytes)
}
