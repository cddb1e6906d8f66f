package engine

import (
	"errors"
	"os"
	"testing"
)

// With Existing, Open creates nothing.
func TestOpenOnlyWhatExists(t *testing.T) {
	t.Parallel()
	existing := func(o Options) Options { o.Existing = true; return o }
	for name, fresh := range map[string]func(testing.TB) Options{"sqlite": sqliteOptions, "postgres": postgresOptions} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := fresh(t)
			if _, err := Open(ctx, existing(o), testSchema); !errors.Is(err, ErrNoData) {
				t.Fatalf("of nothing: got %v, want %v", err, ErrNoData)
			}
			if o.Dir != "" {
				if _, err := os.Lstat(o.Dir); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("the folder: got %v, want none", err)
				}
				if err := os.MkdirAll(o.Dir, 0o700); err != nil {
					t.Fatal(err)
				}
				if _, err := Open(ctx, existing(o), testSchema); !errors.Is(err, ErrNoData) {
					t.Errorf("of an empty folder: got %v, want %v", err, ErrNoData)
				}
			}
			if err := mustOpen(t, o).Close(); err != nil {
				t.Fatal(err)
			}
			if err := mustOpen(t, existing(o)).Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
