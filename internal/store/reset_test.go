package store

import (
	"errors"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/keyring"
)

func TestResetKnowsEveryTableOfANoun(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, file := range files {
		if strings.Contains(file, "_engine") {
			continue
		}
		text, err := migrationFiles.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`CREATE TABLE (\w+)`).FindAllSubmatch(text, -1) {
			want = append(want, string(m[1]))
		}
	}
	got := slices.Sorted(slices.Values(nounTables))
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("tables that Reset empties: got %v, want %v", got, want)
	}
}

func TestResetRefusesRealData(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), Options{Ephemeral: true, Key: keyring.NewMaster(), Kind: Serve})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Reset(t.Context()); !errors.Is(err, ErrWrongKind) {
		t.Errorf("Reset of data of serve: got %v, want ErrWrongKind", err)
	}
}
