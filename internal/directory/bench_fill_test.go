package directory_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store"
)

// fillVersion is raised when what the benchmarks fill changes.
const fillVersion = 1

// benchStore is a store on SQLite files that fill has filled.
func benchStore(b *testing.B, name string, size int, fill func(*store.Store)) *store.Store {
	b.Helper()
	dir := filepath.Join(b.TempDir(), "data")
	if size < 100_000 {
		return openBenchStore(b, dir, 0, fill)
	}
	copyDir(b, benchFiles(b, name, size, fill), dir)
	return openBenchStore(b, dir, 0, nil)
}

// benchFiles returns the folder of files that fill has filled. Filling a million
// takes minutes, so it is done once for each version of the schema and kept in
// the system's folder for temporary files.
func benchFiles(b *testing.B, name string, size int, fill func(*store.Store)) string {
	b.Helper()
	made := filepath.Join(os.TempDir(), fmt.Sprintf("mingce-bench-%s-%d-%s", name, size, schemaHash(b)))
	if _, err := os.Stat(made); !errors.Is(err, fs.ErrNotExist) {
		return made
	}
	draft, err := os.MkdirTemp(os.TempDir(), "mingce-bench-draft-")
	if err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(draft)
	at, began := filepath.Join(draft, "data"), time.Now()
	s := openBenchStore(b, at, fillCacheKiB, fill)
	sealAll(b, s)
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	fmt.Fprintf(os.Stderr, "%s of %d made in %s, kept in %s\n", name, size, time.Since(began).Round(time.Second), made)
	if err := os.Rename(at, made); err != nil && !errors.Is(err, fs.ErrExist) {
		b.Fatal(err)
	}
	return made
}

// BenchmarkFillDirectory measures nothing: it puts the files of a directory with
// as many contacts as SIZE says into the folder that MINGCE_BENCH_FILL names, for
// the measurements over HTTP.
func BenchmarkFillDirectory(b *testing.B) {
	dir := os.Getenv("MINGCE_BENCH_FILL")
	if dir == "" {
		b.Skip("MINGCE_BENCH_FILL names no folder")
	}
	copyDir(b, benchFiles(b, "contacts", largeDirectory(), fillContacts(b, largeDirectory())), dir)
}

func openBenchStore(b *testing.B, dir string, cacheKiB int, fill func(*store.Store)) *store.Store {
	b.Helper()
	s, err := store.Open(context.Background(), store.Options{Dir: dir, Key: dev, Kind: store.Dev, CacheKiB: cacheKiB})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	if fill != nil {
		fill(s)
	}
	return s
}

// fillCacheKiB holds most of the pages that a million objects are on.
const fillCacheKiB = 3 << 20

// schemaHash names the schema by what its migrations say.
func schemaHash(b *testing.B) string {
	b.Helper()
	h := sha256.New()
	fmt.Fprintln(h, fillVersion)
	files, err := filepath.Glob("../store/migrations/*.sql")
	if err != nil || len(files) == 0 {
		b.Fatal("no migrations", err)
	}
	for _, name := range files { // in the order of their names
		text, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = h.Write(text)
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// sealAll brings the chain over the history up to date, as the server does in
// the background.
func sealAll(b *testing.B, s *store.Store) {
	b.Helper()
	for n := 1; n > 0; {
		var err error
		if n, err = s.SealAudit(context.Background(), 1000); err != nil {
			b.Fatal(err)
		}
	}
}

func copyDir(b *testing.B, from, to string) {
	b.Helper()
	copyOne := func(name string) error {
		in, err := os.Open(filepath.Join(from, name))
		if err != nil {
			return err
		}
		defer in.Close()
		out, err := os.OpenFile(filepath.Join(to, name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return err
		}
		_, err = io.Copy(out, in)
		return errors.Join(err, out.Close())
	}
	err := os.MkdirAll(to, 0o700)
	files, list := os.ReadDir(from)
	err = errors.Join(err, list)
	for _, f := range files {
		err = errors.Join(err, copyOne(f.Name()))
	}
	if err != nil {
		b.Fatal(err)
	}
}

// fillBatch is how many objects one transaction creates: SQLite's journal of a
// savepoint grows with them.
const fillBatch = 250

// inBatches creates n objects, some in each transaction. Many callers share a
// commit: pages that many of them change are written once.
func inBatches(b *testing.B, s directory.Store, org string, n int, create func(tx directory.Tx, i int) error) {
	b.Helper()
	var next atomic.Int64
	var wait sync.WaitGroup
	failed := make(chan error, 1)
	for range min(256, n/fillBatch+1) {
		wait.Go(func() {
			for from := int(next.Add(fillBatch)) - fillBatch; from < n; from = int(next.Add(fillBatch)) - fillBatch {
				err := s.Update(context.Background(), org, func(tx directory.Tx) error {
					for i := from; i < min(from+fillBatch, n); i++ {
						if err := create(tx, i); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					select {
					case failed <- err:
					default:
					}
					return
				}
			}
		})
	}
	wait.Wait()
	select {
	case err := <-failed:
		b.Fatal(err)
	default:
	}
}
