package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Every call that `mingce dev` prints works when it is copied and run unchanged.
func TestPrintedCallsWork(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	s.waitPrinted(t, "Stop with Ctrl-C")

	for _, c := range []struct {
		client string
		run    func(*testing.T, *server)
	}{
		{"curl", printedCurl}, {"Java", printedJava}, {"Python", printedPython}, {"Go", printedGo}, {"Node.js", printedNode},
		{"PHP", printedPHP}, {".NET", printedDotNet}, {"Terraform", printedTerraform},
	} {
		t.Run(c.client, func(t *testing.T) { c.run(t, s) })
	}
}

func printedCurl(t *testing.T, s *server) {
	curl := exec.Command("bash", "-e", "-c", strings.ReplaceAll(s.printed(t, "# curl"), "curl ", "curl -sS "))
	succeeds(t, "curl", curl, `"success":true`, `{"result":true}`)
}

// printedGo runs in a folder of this module, so that the SDK's version is the tested one.
func printedGo(t *testing.T, s *server) {
	dir, err := os.MkdirTemp(".", "printed-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	write(t, filepath.Join(dir, "main.go"), s.printed(t, "# Go"))
	succeeds(t, "Go", exec.Command("go", "run", "./"+dir), `"result": true`)
}

func printedNode(t *testing.T, s *server) {
	call := filepath.Join("node", "printed-call.js")
	write(t, call, s.printed(t, "# Node.js"))
	t.Cleanup(func() { os.Remove(call) })
	succeeds(t, "Node.js", exec.Command("node", call), "Name: 'tom'", "Status: 'Active'")
}

func printedPython(t *testing.T, s *server) {
	requireInstalled(t, "python/.venv")
	call := filepath.Join(t.TempDir(), "call.py")
	write(t, call, s.printed(t, "# Python"))
	succeeds(t, "Python", exec.Command(filepath.Join("python", ".venv", "bin", "python"), "-W", "ignore", call), "'Name': 'tom'", "'Status': 'Active'")
}

// printedJava also follows the heading, which names the SDK and how to get it.
func printedJava(t *testing.T, s *server) {
	requireTools(t, "mvn", "java")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "Call.java"), s.printed(t, "# Java"))
	run := exec.Command("bash", "-e", "-c", strings.Replace(s.instruction(t, "# Java"), "mvn ", "mvn -q -B ", 1))
	run.Dir = dir
	succeeds(t, "Java", run, `"name":"张三"`, `"success":true`)
}

func printedPHP(t *testing.T, s *server) {
	requireTools(t, "php")
	call := filepath.Join(t.TempDir(), "call.php")
	write(t, call, s.printed(t, "# PHP"))
	succeeds(t, "PHP", exec.Command("php", call), `"errcode":0`, `"name":"张三"`)
}

func printedDotNet(t *testing.T, s *server) {
	requireTools(t, "mcs", "mono")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "Call.cs"), s.printed(t, "# .NET"))
	_, mono, _ := strings.Cut(s.instruction(t, "# .NET"), "Mono: ")
	run := exec.Command("bash", "-e", "-c", mono)
	run.Dir = dir
	succeeds(t, ".NET", run, `{"result":true}`)
}

// printedTerraform reads the settings as a shell does. The provider is not available here, but its
// address and authority can be checked.
func printedTerraform(t *testing.T, s *server) {
	run := exec.Command("bash", "-e", "-c", s.printed(t, "# Terraform")+
		"\ncurl -sS --cacert \"$SSL_CERT_FILE\" \"https://$ALIBABA_CLOUD_ENDPOINT_RESOURCEDIRECTORYMASTER/healthz\"")
	run.Dir = t.TempDir()
	succeeds(t, "Terraform", run, "ok")
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

// printed returns the text below a heading of the output, up to the next heading or the last line.
func (s *server) printed(t *testing.T, heading string) string {
	t.Helper()
	_, after, ok := strings.Cut(s.output.String(), "\n"+heading)
	if !ok {
		t.Fatalf("got no %q in the output", heading)
	}
	_, after, _ = strings.Cut(after, "\n")
	block, _, _ := strings.Cut(after, "\n# ")
	block, _, _ = strings.Cut(block, "\nStop with")
	return block
}

// instruction returns the command after "then: " in a heading.
func (s *server) instruction(t *testing.T, heading string) string {
	t.Helper()
	_, after, _ := strings.Cut(s.output.String(), "\n"+heading)
	line, _, _ := strings.Cut(after, "\n")
	_, command, _ := strings.Cut(line, ", then")
	_, command, ok := strings.Cut(command, ": ")
	if !ok {
		t.Fatalf("got no command in the heading %q", heading+line)
	}
	return command
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
