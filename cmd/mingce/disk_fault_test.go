//go:build linux

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
)

// findStrace returns the program that injects faults of the disk. The test is left out
// without it, but fails where it is required.
func findStrace(t *testing.T) string {
	t.Helper()
	without := t.Skipf
	if os.Getenv("MINGCE_TEST_STRACE_REQUIRED") != "" {
		without = t.Fatalf
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		without("left out: strace, which injects the faults, is not installed")
	}
	if out, err := exec.Command(strace, "-f", "-qq", "-o", "/dev/null", "true").CombinedOutput(); err != nil {
		without("left out: strace may not trace here (%v): %s", err, out)
	}
	return strace
}

// A disk error in any write or sync, lasting or not, is reported to the caller or harmless:
// everything acknowledged is complete afterwards, and a failed sync ends the program.
// MINGCE_DISK_FAULTS=40 tries the first 40 system calls of each kind, one by one
// (docs/spec/reliability.md#disk-errors).
func TestDiskFaults(t *testing.T) {
	t.Parallel()
	strace := findStrace(t)
	var faults []diskFault
	for _, f := range []diskFault{
		{calls: "fsync,fdatasync", fails: "EIO", ends: true},
		{calls: "pwrite64", fails: "EIO", ends: true},
		{calls: "pwrite64", fails: "ENOSPC"},
	} {
		for _, when := range places(t) {
			f.when = when
			faults = append(faults, f)
		}
	}
	for _, f := range faults {
		t.Run(fmt.Sprintf("%s of %s at %s", f.fails, f.calls, f.when), func(t *testing.T) {
			t.Parallel()
			f.try(t, strace)
		})
	}
}

// places returns which calls fail, as strace numbers them: "9" is only the ninth, "30+" the
// thirtieth and all after it.
func places(t *testing.T) []string {
	list := []string{"9", "30+"}
	if s := os.Getenv("MINGCE_DISK_FAULTS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			list = append(list, strconv.Itoa(i+1))
		}
	}
	return list
}

type diskFault struct {
	calls, fails string
	when         string
	ends         bool // the program must end
}

// try writes with the fault until the program ends or has refused often, and then checks the data
// without the fault.
func (f diskFault) try(t *testing.T, strace string) {
	dir := t.TempDir()
	p := startDev(t, dir)
	writers := newWriters(t, p)
	writeOnce(t, p, writers)
	p.kill(t)

	traced := []string{strace, "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=" + f.calls,
		"-e", "inject=" + f.calls + ":error=" + f.fails + ":when=" + f.when}
	p, err := tryProgram(t, io.Discard, traced, "dev", "--data", dir, "--tls-addr", "")
	if err == nil {
		var wg sync.WaitGroup
		for _, w := range writers {
			wg.Go(func() { f.write(t, p, w) })
		}
		wg.Wait()
		p.kill(t)
	} else {
		t.Logf("the fault kept it from starting: %v", err)
	}
	p = startDev(t, dir)
	for i, w := range writers {
		w.reconcile(t, p, i)
	}
	p.kill(t)
}

func (f diskFault) write(t *testing.T, p *program, w *writer) {
	const most = 60
	for range most {
		w.pending = w.acknowledged + 1
		err := w.write(p, w.pending)
		switch {
		case errors.Is(err, errGone):
			return
		case err == nil:
			w.acknowledged = w.pending
		}
	}
	if f.ends {
		t.Errorf("%s: got %d calls answered, want the program to end with the fault", w.name, most)
	}
}
