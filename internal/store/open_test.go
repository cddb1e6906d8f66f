package store

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store/enginetest"
)

var ctx = context.Background()

// engines runs a test on a fresh store of each engine.
func engines(t *testing.T, test func(t *testing.T, open func(...func(*Options)) *Store)) {
	t.Helper()
	enginetest.Engines(t, sqliteOptions, postgresOptions, mustOpen, test)
}

func sqliteOptions(t testing.TB) Options {
	return Options{Dir: filepath.Join(t.TempDir(), "data"), Key: keyring.DevMaster(), Kind: Dev, Strict: true}
}

func postgresOptions(t testing.TB) Options {
	return Options{Database: enginetest.Database(t), Key: keyring.DevMaster(), Kind: Dev, Strict: true}
}

func mustOpen(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}
