//go:build linux

package store_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
)

// TestOpenOnAFullDisk: data that cannot be opened for want of space names the
// remedy, and opens once there is room.
func TestOpenOnAFullDisk(t *testing.T) {
	t.Parallel()
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("left out: a small file system cannot be mounted here (%v); it needs root", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	open := func() error {
		s, err := store.Open(context.Background(), store.Options{Dir: filepath.Join(disk, "data"), Key: keyring.DevMaster(), Now: time.Now})
		if err != nil {
			return err
		}
		return s.Close()
	}
	if err := open(); err != nil {
		t.Fatal(err)
	}
	filler := filepath.Join(disk, "filler")
	f, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	for size := 1 << 16; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	_ = f.Close()
	if err := open(); err == nil || !strings.Contains(err.Error(), "make room") {
		t.Errorf("on a full disk: got %v, want an error that says what helps", err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if err := open(); err != nil {
		t.Errorf("with room again: got %v", err)
	}
}
