package engine

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/keyring"
)

const crashDir = "MINGCE_TEST_CRASH_DIR"

// TestMain lets the test binary also act as the process that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		writeUntilKilled(dir)
	}
	os.Exit(m.Run())
}

// writeUntilKilled writes pairs of rows and nonces from 8 goroutines and prints
// each acknowledged call.
func writeUntilKilled(dir string) {
	s, err := Open(ctx, Options{Dir: dir, Key: keyring.DevMaster(), Kind: Dev}, testSchema)
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	run := time.Now().UnixNano()
	var mu sync.Mutex // one line, one write: a torn line would be a false report
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d-%d-%d", run, g, i)
				err := s.Update(ctx, "a", func(t *Tx) error {
					t.addItem(id, id, 0)
					t.addItem(id+"-twin", id+"-twin", 0)
					return nil
				})
				fresh, nonceErr := s.UseNonce(ctx, "key", id, time.Now().Add(time.Hour))
				if err = errors.Join(err, nonceErr); err != nil || !fresh {
					fmt.Println("error", err, fresh)
					os.Exit(1)
				}
				mu.Lock()
				fmt.Println("ok", id)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

// After kill -9, every acknowledged change is there and no call is half done
// (docs/spec/reliability.md#acknowledged-changes).
func TestAcknowledgedWritesSurviveKill(t *testing.T) {
	t.Parallel()
	cycles := 3
	if testing.Short() {
		cycles = 1
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o := sqliteOptions(t)
	s := withItems(t, mustOpen(t, o))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	var ledger []string
	for cycle := range cycles {
		ledger = append(ledger, killAfter(t, self, o.Dir, 100*(cycle+1))...)
		checkLedger(t, o, ledger)
	}
	t.Logf("%d kills, %d acknowledged writes", cycles, len(ledger))
}

// killAfter runs the writing process, kills it after n acknowledged calls, and
// returns all acknowledged calls.
func killAfter(t *testing.T, self, dir string, n int) (ledger []string) {
	t.Helper()
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), crashDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		id, ok := strings.CutPrefix(lines.Text(), "ok ")
		if !ok {
			t.Errorf("the writing process said %q", lines.Text())
		}
		if ledger = append(ledger, id); len(ledger) == n {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || len(ledger) < n {
		t.Fatalf("the writing process ended by itself after %d calls", len(ledger))
	}
	return ledger
}

func checkLedger(t *testing.T, o Options, ledger []string) {
	t.Helper()
	s, err := Open(ctx, o, testSchema)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	have := map[string]bool{}
	err = s.View(ctx, "a", func(t *Tx) error {
		return t.Each("SELECT id FROM item WHERE org = 'a'", nil, func(r *Row) error {
			have[r.Text(0)] = true
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ledger {
		if !have[id] {
			t.Errorf("acknowledged row %s is lost", id)
		}
	}
	for id := range have {
		if twin := strings.TrimSuffix(id, "-twin"); have[twin] != have[twin+"-twin"] {
			t.Errorf("call %s is half done", twin)
		}
	}
	for _, id := range ledger[max(0, len(ledger)-200):] {
		if fresh, err := s.UseNonce(ctx, "key", id, time.Now().Add(time.Hour)); fresh || err != nil {
			t.Fatalf("nonce %s after the kill: got fresh %v (%v), want a replay", id, fresh, err)
		}
	}
	err = s.View(ctx, "a", func(t *Tx) error {
		_, err := t.One("PRAGMA integrity_check", nil, func(r *Row) error {
			if got := r.Text(0); got != "ok" {
				return errors.New(got)
			}
			return nil
		})
		return err
	})
	if err != nil {
		t.Errorf("integrity_check: %v", err)
	}
}

func TestOneProcessPerFolder(t *testing.T) {
	t.Parallel()
	o := sqliteOptions(t)
	s := mustOpen(t, o)
	_, err := Open(ctx, o, testSchema)
	if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), fmt.Sprint("process ", os.Getpid())) {
		t.Errorf("got %v, want a refusal that names the process", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(ctx, o, testSchema); err != nil {
		t.Fatalf("after close: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(o.Dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range left {
		left[i] = filepath.Base(left[i])
	}
	if got, want := strings.Join(left, " "), "mingce.db mingce.lock mingce.sums nonce.db"; got != want {
		t.Errorf("files after close: got %s, want %s", got, want)
	}
}

func TestFilesAreForTheOwnerOnly(t *testing.T) {
	t.Parallel()
	o := sqliteOptions(t)
	mustOpen(t, o)
	files, err := os.ReadDir(o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 && filepath.Separator == '/' {
			t.Errorf("%s: got mode %04o, want 0600", f.Name(), mode)
		}
	}
}

func TestEphemeralDataIsRemoved(t *testing.T) {
	t.Parallel()
	o := sqliteOptions(t)
	o.Dir, o.Ephemeral = "", true
	s := mustOpen(t, o)
	dir := s.engine.(*sqliteEngine).dir.path
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("got %v, want the folder gone", err)
	}
}

// Only a restart of the machine may lose nonces, so only then are older signed
// requests refused.
func TestUncleanStart(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, c := range []struct {
		name, flag string
		want       time.Time
	}{
		{"clean", "", time.Time{}},
		{"killed", bootID(), time.Time{}},
		{"machine restarted", "another run of the machine", now},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := sqliteOptions(t)
			o.Now = func() time.Time { return now }
			if err := mustOpen(t, o).Close(); err != nil { // there is data, under the right key
				t.Fatal(err)
			}
			if c.flag != "" {
				if err := os.WriteFile(filepath.Join(o.Dir, runningFile), []byte(c.flag), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			// Neither a failed start nor a clean one clears that.
			wrong := o
			wrong.Key = keyring.NewMaster()
			if s, err := Open(ctx, wrong, testSchema); err == nil {
				t.Errorf("opened under another key: %v", s.Close())
			}
			for _, at := range []time.Time{now, now.Add(time.Minute)} {
				o.Now = func() time.Time { return at }
				s, err := Open(ctx, o, testSchema)
				if err != nil {
					t.Fatal(err)
				}
				if got := s.RefuseBefore(); !got.Equal(c.want) {
					t.Errorf("start at %v: got %v, want %v", at, got, c.want)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
