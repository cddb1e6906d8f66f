//go:build linux

package main

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A full disk loses nothing acknowledged. Reads continue, writes are answered "busy", and work
// again by themselves within 5 seconds once there is room
// (docs/spec/reliability.md#full-disks).
func TestDiskFull(t *testing.T) {
	t.Parallel()
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=16m"); err != nil {
		t.Skipf("left out: a small file system cannot be mounted here (%v); it needs root", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	data := filepath.Join(disk, "data")
	p := startDev(t, data)
	writers := newWriters(t, p)
	writeOnce(t, p, writers)
	filler := filepath.Join(disk, "filler")
	fill(t, filler)

	refused := 0
	for _, w := range writers { // a last page may have been free
		for range 20 {
			w.pending = w.acknowledged + 1
			if err := w.write(p, w.pending); errors.Is(err, errGone) {
				t.Fatalf("%s: got no answer on a full disk, want one that says busy", w.name)
			} else if err != nil {
				refused++
				break
			}
			w.acknowledged = w.pending
		}
	}
	if refused == 0 {
		t.Error("on a full disk: got no writer refused, want most of them")
	}
	for _, w := range writers {
		seen, err := oneVersion(w.read(p))
		if err != nil || seen != w.acknowledged {
			t.Errorf("%s, read on a full disk: got version %d (%v), want %d", w.name, seen, err, w.acknowledged)
		}
	}

	read := signedCall()
	read.works(t, p)
	read.isRefused(t, p, "on a full disk", "SignatureNonceUsed")

	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	room := time.Now()
	for _, w := range writers {
		w.pending = w.acknowledged + 1
		eventually(t, w.name+" writing again", func() bool { return w.write(p, w.pending) == nil })
		w.acknowledged = w.pending
	}
	if took := time.Since(room); took > 5*time.Second {
		t.Errorf("writing again after there was room: got %s, want at most 5 s", took)
	}
	p.kill(t)
	p = startDev(t, data)
	for i, w := range writers {
		w.reconcile(t, p, i)
	}
	p.kill(t)
}

// fill writes a file until there is no room for another byte.
func fill(t *testing.T, name string) {
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
