package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestReferenceIsCurrent(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "..", "docs", "reference")
	pages := referencePages()
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(got) != string(want) {
			t.Errorf("docs/reference/%s differs from the catalogue; run: go generate ./...", name)
		}
	}
	found, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range found {
		if pages[filepath.Base(path)] == nil {
			t.Errorf("docs/reference/%s: nothing generates it; run: go generate ./...", filepath.Base(path))
		}
	}
}
