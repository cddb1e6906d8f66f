package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// backupsPerRun is the number of backups by default; MINGCE_BACKUPS sets another.
const backupsPerRun = 5

// ledger is what is known about a writer while it writes.
type ledger struct {
	*writer
	done, begun atomic.Int64 // versions
}

// 8 clients write through every gateway while another process makes one backup after the
// other. Each copy is consistent, and has for each client a version between the one
// acknowledged before the backup and the one in progress after it, in every field and relation
// (docs/spec/reliability.md#backups).
func TestBackupsUnderLoad(t *testing.T) {
	t.Parallel()
	backups := wanted(t, "MINGCE_BACKUPS", backupsPerRun)
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	p := startDev(t, data)
	var ledgers []*ledger
	for _, w := range newWriters(t, p) {
		ledgers = append(ledgers, &ledger{writer: w})
	}
	var stop atomic.Bool
	var writing sync.WaitGroup
	for _, l := range ledgers {
		writing.Go(func() {
			for v := 1; !stop.Load(); v++ {
				l.begun.Store(int64(v))
				if err := l.write(p, v); err != nil {
					t.Errorf("%s: %v", l.name, err)
					return
				}
				l.done.Store(int64(v))
			}
		})
	}
	for n := range backups {
		file := filepath.Join(dir, fmt.Sprint("backup", n))
		before := make([]int64, len(ledgers))
		for i, l := range ledgers {
			before[i] = l.done.Load()
		}
		mingce(t, "backup", "--data", data, file)
		after := make([]int64, len(ledgers))
		for i, l := range ledgers {
			after[i] = l.begun.Load()
		}
		copied := filepath.Join(dir, fmt.Sprint("copy", n))
		mingce(t, "restore", "--data", copied, file)
		mingce(t, "verify", "--data", copied)
		compareCopy(t, copied, ledgers, before, after)
	}
	stop.Store(true)
	writing.Wait()
	p.kill(t)
}

// compareCopy checks the versions that a server on the copy returns.
func compareCopy(t *testing.T, dir string, ledgers []*ledger, before, after []int64) {
	t.Helper()
	p := startDev(t, dir)
	defer p.kill(t)
	for i, l := range ledgers {
		if after[i] == 0 {
			continue // it has not written yet
		}
		l.acknowledged, l.pending = int(before[i]), int(after[i])
		seen, err := readSigned(p, l.writer)
		if err != nil {
			t.Errorf("%s: %v", l.name, err)
			continue
		}
		versions := slices.Compact(slices.Sorted(maps.Values(seen)))
		untouched := before[i] == 0 && len(versions) == 1 && versions[0] <= 0 // the grant shows this as -1
		if !untouched && (len(versions) != 1 || versions[0] < int(before[i]) || versions[0] > int(after[i])) {
			t.Errorf("%s: got versions %v, want one from %d to %d", l.name, seen, before[i], after[i])
		}
	}
}

// readSigned reads an object. It retries while signatures are refused because their second is
// the one of the restore.
func readSigned(p *program, w *writer) (map[string]int, error) {
	for until := time.Now().Add(5 * time.Second); ; {
		seen, err := w.read(p)
		if err == nil || !strings.Contains(err.Error(), "InvalidTimeStamp.Expired") || time.Now().After(until) {
			return seen, err
		}
	}
}

// mingce runs the program in a separate process.
func mingce(t *testing.T, args ...string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &exec.Cmd{Path: self, Args: append([]string{"mingce"}, args...), Env: os.Environ()}
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("mingce %v: %v\n%s", args, err, out)
	}
}
