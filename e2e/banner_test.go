package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What `mingce dev` prints under a heading is copied and run as it stands: who
// tries it first must not have to repair it.
func TestPrintedCallsWork(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	s.waitPrinted(t, "Stop with Ctrl-C")

	curl := exec.Command("bash", "-e", "-c", strings.ReplaceAll(s.printed(t, "# curl"), "curl ", "curl -sS "))
	succeeds(t, "curl", curl, `"success":true`, `{"result":true}`)

	// In a folder of this module, so that the SDK's version is the tested one.
	dir, err := os.MkdirTemp(".", "printed-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	write(t, filepath.Join(dir, "main.go"), s.printed(t, "# Go"))
	succeeds(t, "Go", exec.Command("go", "run", "./"+dir), `"result": true`)

	call := filepath.Join("node", filepath.Base(dir)+".js")
	write(t, call, s.printed(t, "# Node.js"))
	t.Cleanup(func() { os.Remove(call) })
	succeeds(t, "Node.js", exec.Command("node", call), "Name: 'tom'", "Status: 'Active'")
}

// waitPrinted waits for a text in the output: the server answers before it has
// printed everything.
func (s *server) waitPrinted(t *testing.T, text string) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	for !strings.Contains(s.output.String(), text) {
		select {
		case <-poll.C:
		case <-deadline:
			t.Fatalf("got no %q in the output", text)
		}
	}
}

// printed is what stands below a heading of the output, up to the next one.
func (s *server) printed(t *testing.T, heading string) string {
	t.Helper()
	_, after, ok := strings.Cut(s.output.String(), "\n"+heading)
	if !ok {
		t.Fatalf("got no %q in the output", heading)
	}
	_, after, _ = strings.Cut(after, "\n")
	block, _, _ := strings.Cut(after, "\n# ")
	return block
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func succeeds(t *testing.T, what string, c *exec.Cmd, wants ...string) {
	t.Helper()
	out, err := c.CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", what, err, out)
		return
	}
	for _, want := range wants {
		if !strings.Contains(string(out), want) {
			t.Errorf("%s: got %s, want %s in it", what, out, want)
		}
	}
}
