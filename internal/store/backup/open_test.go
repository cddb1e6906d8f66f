package backup

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/enginetest"
)

type Options = store.Options

var ctx = context.Background()

// Files in the folder of SQLite data.
const (
	databaseFile = "mingce.db"
	lockFile     = "mingce.lock"
	sumsFile     = "mingce.sums"
)

// engines runs a test on a fresh store of each engine.
func engines(t *testing.T, test func(t *testing.T, open func(...func(*Options)) *store.Store)) {
	t.Helper()
	enginetest.Engines(t, sqliteOptions, postgresOptions, mustOpen, test)
}

func sqliteOptions(t testing.TB) Options {
	return Options{Dir: filepath.Join(t.TempDir(), "data"), Key: keyring.DevMaster(), Kind: store.Dev, Strict: true}
}

func postgresOptions(t testing.TB) Options {
	return Options{Database: enginetest.Database(t), Key: keyring.DevMaster(), Kind: store.Dev, Strict: true}
}

func mustOpen(t testing.TB, o Options) *store.Store {
	t.Helper()
	s, err := store.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// copyFolder copies the files of a data folder except those of the running
// process.
func copyFolder(t *testing.T, to, from string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(to, databaseFile+"-shm")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
}
