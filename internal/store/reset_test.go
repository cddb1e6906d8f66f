package store

import (
	"errors"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store/engine"
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

// TestResetShowsNothingBetween: calls while the data is reset see the sample
// organisation, before or after.
func TestResetShowsNothingBetween(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *Store) {
		s := open()
		d := sampleData(t, s)
		done := make(chan struct{})
		var calls sync.WaitGroup
		for range 4 {
			calls.Go(func() {
				for ended := false; !ended; {
					select {
					case <-done:
						ended = true // one more look, after the last reset
					default:
					}
					d.Forget()
					if _, err := d.Org(ctx, directory.SampleOrg); err != nil {
						t.Errorf("organisation: %v", err)
						return
					}
					if _, err := d.TokenPrincipal(ctx, directory.PartnerToken); err != nil {
						t.Errorf("token: %v", err)
						return
					}
				}
			})
		}
		for range 5 {
			if err := s.Reset(ctx, d.Sample()...); err != nil {
				t.Error(err)
			}
		}
		close(done)
		calls.Wait()
		var contacts, entries int64
		if err := s.view(ctx, "", func(t *tx) error {
			return t.Batch(
				engine.One("SELECT count(*) FROM contact", nil, nil, func(r *row) error { contacts = r.Int(0); return nil }),
				engine.One("SELECT count(*) FROM audit", nil, nil, func(r *row) error { entries = r.Int(0); return nil }))
		}); err != nil || contacts != 1 || entries != 0 {
			t.Errorf("got %d contacts, %d entries, %v, want the sample's one contact and no history", contacts, entries, err)
		}
	})
}
