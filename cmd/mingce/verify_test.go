//go:build linux

package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// closedData makes data of dev that nobody uses.
func closedData(t *testing.T, dir string) {
	t.Helper()
	p := startDev(t, dir)
	p.kill(t)
	if err := os.Remove(filepath.Join(dir, "mingce.db-shm")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
}

// isNotCalledDamaged checks what verify says and how it ends if it cannot read the data.
func isNotCalledDamaged(t *testing.T, name string, c *exec.Cmd, want string) {
	t.Helper()
	out, _ := c.CombinedOutput()
	text := string(out)
	if code := c.ProcessState.ExitCode(); code != exitPartly || !strings.Contains(text, want) || strings.Contains(text, "tampered") || strings.Contains(text, "WRONG") {
		t.Errorf("%s: got exit code %d and\n%s\nwant %d, %q, and nothing wrong with the data", name, code, text, exitPartly, want)
	}
}

// What keeps the check from beginning ends it with 1: nothing was done.
func TestVerifyThatCannotBegin(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data, key, other := filepath.Join(dir, "mingce-data"), filepath.Join(dir, "mingce.key"), filepath.Join(dir, "other.key")
	if err := os.Mkdir(filepath.Join(dir, "other"), 0o700); err != nil {
		t.Fatal(err)
	}
	mingce(t, "init", "--org-name", "星河科技", "--org", "dingstar", "--config", filepath.Join(dir, "mingce.json"), "--addr", "127.0.0.1:0")
	mingce(t, "init", "--org-name", "星河科技", "--org", "dingstar", "--config", filepath.Join(dir, "other", "mingce.json"), "--addr", "127.0.0.1:0")
	if err := os.Rename(filepath.Join(dir, "other", "mingce.key"), other); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		data, key, want string
		exit            int
	}{
		{filepath.Join(dir, "nowhere"), key, "there is no folder", exitFailed},
		{data, filepath.Join(dir, "no.key"), "no.key", exitFailed},
		{data, other, "another master key", exitFailed},
		{data, key, "", exitDone},
	} {
		var out, errs bytes.Buffer
		got := run([]string{"verify", "--data", c.data, "--key", c.key}, &out, &errs)
		if got != c.exit || !strings.Contains(errs.String(), c.want) || strings.Contains(out.String(), "WRONG") {
			t.Errorf("%s with %s: got exit code %d and\n%s%s\nwant %d, %q", c.data, c.key, got, out.String(), errs.String(), c.exit, c.want)
		}
	}
}

// named returns a name under which the test binary is the program.
func named(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	name := filepath.Join(t.TempDir(), "mingce")
	if err := errors.Join(err, os.Symlink(self, name)); err != nil {
		t.Fatal(err)
	}
	return name
}

// A full disk is not called damage.
func TestVerifyOnAFullDisk(t *testing.T) {
	t.Parallel()
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=16m"); err != nil {
		t.Skipf("left out: a small file system cannot be mounted here (%v); it needs root", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	data, filler := filepath.Join(disk, "data"), filepath.Join(disk, "filler")
	closedData(t, data)
	fill(t, filler)
	isNotCalledDamaged(t, "on a full disk", exec.Command(named(t), "verify", "--data", data), "make room")
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	mingce(t, "verify", "--data", data)
}

// Neither is a disk that does not give what is on it, wherever that begins.
func TestVerifyOnABadDisk(t *testing.T) {
	t.Parallel()
	strace := findStrace(t)
	data := filepath.Join(t.TempDir(), "data")
	closedData(t, data)
	mingce(t, "verify", "--data", data)
	// SQLite reads with pread64, the program itself with read.
	traced := []string{"-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "-P", filepath.Join(data, "mingce.db"), "-P", filepath.Join(data, "mingce.db-wal"),
		"-e", "trace=pread64,read", "-e", "inject=read:error=EIO:when=1+"}
	for _, when := range []string{"1+", "2+", "5+", "20+", "100+"} {
		line := slices.Concat(traced, []string{"-e", "inject=pread64:error=EIO:when=" + when, named(t), "verify", "--data", data})
		isNotCalledDamaged(t, "disk error at read "+when, exec.Command(strace, line...), "disk")
	}
}
