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

// smallDisk is a sample organisation on a disk that can be filled.
func smallDisk(t *testing.T) (b *bench, fill, free func(), reopen func()) {
	t.Helper()
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=64m"); err != nil {
		t.Skipf("left out: a small file system cannot be mounted here (%v); it needs root", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	open := func() *store.Store {
		s, err := store.Open(context.Background(), store.Options{Dir: filepath.Join(disk, "data"), Key: keyring.DevMaster(), Kind: store.Dev})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	b = newBench(t, open(), directory.Settings{})
	filler := filepath.Join(disk, "filler")
	fill = func() { fillDisk(t, filler) }
	free = func() {
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
	}
	reopen = func() {
		b.importer.Close()
		b.store.Close()
		b.store = open()
		b.dir = b.over(b.store)
		b.open()
	}
	return b, fill, free, reopen
}

// stopOnFullDisk imports until the disk is full.
func stopOnFullDisk(t *testing.T, b *bench, fill func(), text string) (id string) {
	t.Helper()
	id = b.start(transfer.Options{Kind: "contacts"}, text).ID
	full := false
	v, err := b.importer.Watch(t.Context(), b.session(), id, func(p transfer.Progress) error {
		if p.Phase == "write" && p.State == "running" && !full {
			full = true
			fill()
		}
		return nil
	})
	if err != nil || v.State != "stopped" || v.Error == nil || v.Error.Code != "diskFull" || v.ExitCode() != 3 && v.Counts.Created > 0 || v.ExitCode() != 1 && v.Counts.Created == 0 {
		t.Fatalf("on a full disk: %+v, %+v, %v", v, v.Error, err)
	}
	t.Logf("stopped after %d rows", v.Counts.Created)
	return id
}

// checkAll demands each row of manyContacts exactly once, and besides it only the
// sample's contact and others.
func checkAll(t *testing.T, b *bench, rows int, others ...string) {
	t.Helper()
	seen := map[string]int{}
	for _, c := range b.contacts() {
		seen[c.Values.Text("mobile")]++
	}
	for i := range rows {
		if n := seen[fmt.Sprintf("86-139%08d", i)]; n != 1 {
			t.Errorf("row %d is there %d times", i+1, n)
		}
	}
	if len(seen) != rows+1+len(others) {
		t.Errorf("%d contacts", len(seen))
	}
}

// A full disk stops an import; it goes on once there is room.
func TestImportOnAFullDisk(t *testing.T) {
	t.Parallel()
	const rows = 2000
	b, fill, free, _ := smallDisk(t)
	id := stopOnFullDisk(t, b, fill, manyContacts(rows))
	free()
	resumeAll(t, b, id, rows)
}

// The process that has met a full disk is gone, and could not even say so: the
// next one tells the truth, and goes on behind the last row that is written.
func TestRestartAfterAFullDisk(t *testing.T) {
	t.Parallel()
	const rows = 2000
	b, fill, free, reopen := smallDisk(t)
	id := stopOnFullDisk(t, b, fill, manyContacts(rows))
	b.importer.Close()
	free()
	reopen()
	v, err := b.importer.Get(t.Context(), b.session(), id)
	written := int64(len(b.contacts()) - 1)
	if err != nil || v.State != "interrupted" && v.State != "stopped" || v.Counts.Created != written || written == rows {
		t.Errorf("after the restart: %+v, %+v, %v; %d contacts", v, v.Error, err, written)
	}
	list, err := b.importer.List(t.Context(), b.session(), "", 10)
	if err != nil || len(list) != 1 || list[0].State != v.State || list[0].Counts != v.Counts {
		t.Errorf("list: %+v, %v", list, err)
	}
	resumeAll(t, b, id, rows)
}

// Once there is room, the process stores by itself that an import has stopped, so
// others no longer wait for it.
func TestOthersGoOnAfterAFullDisk(t *testing.T) {
	t.Parallel()
	const rows = 2000
	b, fill, free, reopen := smallDisk(t)
	id := stopOnFullDisk(t, b, fill, manyContacts(rows))
	free()
	if v, told := b.do(transfer.Options{Kind: "contacts"}, contactsHeader+"别人,13700000001,,,普通,王芳\n"); v.State != "done" || len(told) != 1 || told[0].Action != "created" {
		t.Errorf("another import: %+v, %+v", v, v.Error)
	}
	reopen()
	if v, err := b.importer.Get(t.Context(), b.session(), id); err != nil || v.State != "stopped" || v.Error == nil || v.Error.Code != "diskFull" {
		t.Errorf("after the restart: %+v, %+v, %v", v, v.Error, err)
	}
	resumeAll(t, b, id, rows, "86-13700000001")
}

// resumeAll goes on with an import of so many contacts, which must then have made each once,
// beside others.
func resumeAll(t *testing.T, b *bench, id string, rows int, others ...string) {
	t.Helper()
	if _, err := b.importer.Resume(t.Context(), b.session(), id, nil); err != nil {
		t.Fatal(err)
	}
	if v, told := b.wait(id); v.State != "done" || v.Counts.Created != int64(rows) || v.Error != nil || len(told) != rows {
		t.Errorf("resumed: %+v, %+v, %d rows told", v, v.Error, len(told))
	}
	checkAll(t, b, rows, others...)
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
