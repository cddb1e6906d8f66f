//go:build linux

package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/transfer"
)

// A full disk stops an import; it goes on once there is room.
func TestImportOnAFullDisk(t *testing.T) {
	t.Parallel()
	const rows = 2000
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=64m"); err != nil {
		t.Skipf("left out: a small file system cannot be mounted here (%v); it needs root", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	s, err := store.Open(context.Background(), store.Options{Dir: filepath.Join(disk, "data"), Key: keyring.DevMaster(), Kind: store.Dev})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	b := newBench(t, s, directory.Settings{})
	filler := filepath.Join(disk, "filler")
	id, full := b.start(transfer.Options{Kind: "contacts"}, manyContacts(rows)).ID, false
	v, err := b.importer.Watch(t.Context(), b.session(), id, 0, func(_ int, p transfer.Progress) error {
		if p.Phase == "write" && p.State == "running" && !full {
			full = true
			fillDisk(t, filler)
		}
		return nil
	})
	if err != nil || v.State != "stopped" || v.Error == nil || v.Error.Code != "diskFull" || v.ExitCode() != 3 && v.Counts.Created > 0 || v.ExitCode() != 1 && v.Counts.Created == 0 {
		t.Fatalf("on a full disk: %+v, %+v, %v", v, v.Error, err)
	}
	t.Logf("stopped after %d rows", v.Counts.Created)
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if _, err := b.importer.Resume(t.Context(), b.session(), id, nil); err != nil {
		t.Fatal(err)
	}
	if v, _ := b.wait(id); v.State != "done" || v.Counts.Created != rows || v.Error != nil {
		t.Errorf("resumed: %+v, %+v", v, v.Error)
	}
	seen := map[string]bool{}
	for _, c := range b.contacts() {
		seen[c.Values.Text("mobile")] = true
	}
	for i := range rows {
		if !seen[fmt.Sprintf("86-139%08d", i)] {
			t.Errorf("row %d is lost", i+1)
		}
	}
	if len(seen) != rows+1 {
		t.Errorf("%d contacts", len(seen))
	}
}

// fillDisk writes a file until there is no room for another byte.
func fillDisk(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for chunk := make([]byte, 1<<16); len(chunk) > 0; {
		if _, err = f.Write(chunk); err != nil {
			chunk = chunk[:len(chunk)/2]
		}
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("filling the disk: got %v, want no space left", err)
	}
}
