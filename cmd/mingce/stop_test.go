//go:build unix

package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A stop under load answers every call in flight, exits with 0 and loses nothing acknowledged
// (docs/spec/reliability.md#orderly-stop).
func TestStopAnswersCallsInFlight(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := startDev(t, dir)
	writers := newWriters(t, p)
	p.delay(t, 700*time.Millisecond)
	var inFlight, others sync.WaitGroup
	for _, w := range writers {
		inFlight.Go(func() {
			w.pending = 1
			if err := w.write(p, 1); err != nil {
				t.Errorf("%s, in flight at the stop: %v", w.name, err)
				return
			}
			w.acknowledged = 1
		})
	}
	p.awaitInFlight(t, len(writers))
	p.signal(t, syscall.SIGTERM)
	for range 4 { // new callers are refused or answered, never left waiting
		others.Go(func() { _, _ = p.do(http.MethodGet, "/healthz", "", "") })
	}
	inFlight.Wait()
	others.Wait()
	if got := p.exitCode(t); got != 0 {
		t.Errorf("exit code after SIGTERM: got %d, want 0", got)
	}
	p = startDev(t, dir)
	for _, w := range writers {
		w.reconcile(t, p, 0)
		if w.acknowledged != 1 {
			t.Errorf("%s: got version %d, want 1", w.name, w.acknowledged)
		}
	}
	p.kill(t)
}

// timeout(1) and some supervisors signal a process and its group, so that one signal arrives
// twice. Calls in flight are still answered.
func TestASignalThatComesTwiceIsOne(t *testing.T) {
	t.Parallel()
	p := startProgram(t, "dev", "--ephemeral", "--tls-addr", "")
	w := contactWriter(t, p, 0)
	p.delay(t, 300*time.Millisecond)
	var inFlight sync.WaitGroup
	inFlight.Go(func() {
		if err := w.write(p, 1); err != nil {
			t.Errorf("in flight at the stop: %v", err)
		}
	})
	p.awaitInFlight(t, 1)
	p.signal(t, syscall.SIGTERM)
	p.awaitClosed(t)
	p.signal(t, syscall.SIGTERM)
	inFlight.Wait()
	if got := p.exitCode(t); got != exitDone {
		t.Errorf("exit code: got %d, want %d", got, exitDone)
	}
}

// A second signal ends the process at once, even while calls are in flight, and acknowledged
// changes are still there
// (docs/spec/reliability.md#orderly-stop).
func TestSecondSignalExitsAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := startDev(t, dir)
	writers := newWriters(t, p)
	writeOnce(t, p, writers)
	p.delay(t, time.Minute)
	var inFlight sync.WaitGroup
	for _, w := range writers {
		w.pending = 2
		inFlight.Go(func() {
			if err := w.write(p, 2); err == nil {
				t.Errorf("%s: got an answer, want the connection closed", w.name)
			}
		})
	}
	p.awaitInFlight(t, len(writers))
	p.signal(t, syscall.SIGTERM)
	p.awaitClosed(t)
	begin := time.Now()
	p.signal(t, syscall.SIGTERM)
	if got := p.exitCode(t); got != exitFailed {
		t.Errorf("exit code after the second SIGTERM: got %d, want %d", got, exitFailed)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("exit after the second SIGTERM: got %s, want at once", took)
	}
	inFlight.Wait()
	p = startDev(t, dir)
	for _, w := range writers {
		w.reconcile(t, p, 0)
	}
	p.kill(t)
}

// delay makes all calls of operations take d.
func (p *program) delay(t *testing.T, d time.Duration) {
	t.Helper()
	body := fmt.Sprintf(`{"operation":"*","delayMs":%d,"times":1000000}`, d.Milliseconds())
	if _, err := p.do(http.MethodPost, "/_mingce/faults", "application/json", body); err != nil {
		t.Fatal(err)
	}
}

func (p *program) awaitInFlight(t *testing.T, n int) {
	t.Helper()
	want := fmt.Sprintf("\nmingce_calls_in_flight %d\n", n)
	eventually(t, fmt.Sprintf("%d calls in flight", n), func() bool {
		b, err := p.do(http.MethodGet, "/metrics", "", "")
		return err == nil && strings.Contains(string(b), want)
	})
}

// awaitClosed waits until the program accepts no more connections.
func (p *program) awaitClosed(t *testing.T) {
	t.Helper()
	eventually(t, "no more connections", func() bool {
		c, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
		if err == nil {
			_ = c.Close()
		}
		return err != nil
	})
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("after 20 s: got none of it, want %s", what)
		}
	}
}

func (p *program) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := p.command.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

func (p *program) exitCode(t *testing.T) int {
	t.Helper()
	_ = p.command.Wait()
	return p.command.ProcessState.ExitCode()
}

// Who follows an import does not delay the stop, and is told how to go on
// (docs/spec/json-api.md#events-of-an-import).
func TestStopDoesNotWaitForFollowers(t *testing.T) {
	t.Parallel()
	p := startProgram(t, "dev", "--ephemeral", "--tls-addr", "")
	file := filepath.Join(t.TempDir(), "many.csv")
	var rows strings.Builder
	rows.WriteString("name,mobile,labels,owner\n")
	for i := range 100_000 {
		fmt.Fprintf(&rows, "批量%d,139%08d,普通,王芳\n", i, i)
	}
	if err := os.WriteFile(file, []byte(rows.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(p.command.Path, "import", file, "--kind", "contacts", "--org", "ding87654321", "--server", p.url, "--progress", "json")
	said, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(said)
	if !lines.Scan() {
		t.Fatal("no progress")
	}
	p.signal(t, syscall.SIGTERM)
	last := ""
	for lines.Scan() {
		last = lines.Text()
	}
	if err := c.Wait(); err == nil || !strings.Contains(last, "--resume im-") {
		t.Errorf("the command ended with %v, saying %q", err, last)
	}
	if got := p.exitCode(t); got != exitDone {
		t.Errorf("exit code: got %d, want %d", got, exitDone)
	}
}
