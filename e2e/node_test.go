package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// tapLine is one top-level result of Node's test runner.
var tapLine = regexp.MustCompile(`(?m)^(?P<result>ok|not ok) \d+ - (?P<name>.*?)(?: # .*)?$`)

func TestNodeClients(t *testing.T) {
	t.Parallel()
	requireInstalled(t, "node/node_modules")
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("node is not installed")
	}
	s := startDev(t, "--ephemeral")

	files, err := filepath.Glob("node/*.test.js")
	if err != nil || len(files) == 0 {
		t.Fatalf("test files in node: got %d, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			output := runSuite(t, s, "node", node, "--test-reporter=tap", filepath.Base(file))
			reportEach(t, output, tapLine)
		})
	}
}

// requireInstalled leaves a suite out where its clients are not installed, but not in CI.
func requireInstalled(t *testing.T, dir string) {
	t.Helper()
	if _, err := os.Stat(dir); err == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing: run the suite with make e2e", dir)
	}
	t.Skipf("left out: %s is missing; make e2e installs it", dir)
}

// runSuite runs a suite in another language against the server and returns its output.
// The lines are judged, not the exit code, so a suite that cannot start shows no lines.
func runSuite(t *testing.T, s *server, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	// TOP clients send local time without a zone, and the platform's zone is China's.
	cmd.Env = append(os.Environ(), "MINGCE_HOST="+s.host, "TZ=Asia/Shanghai", "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	err := cmd.Run()
	if err != nil {
		t.Errorf("%s %v: %v\n%s", name, args, err, output.String())
	}
	return output.String()
}

// reportEach shows every result in a suite's output as a test of its own.
func reportEach(t *testing.T, output string, line *regexp.Regexp) {
	t.Helper()
	found := line.FindAllStringSubmatch(output, -1)
	if len(found) == 0 {
		t.Errorf("no test ran; the output was:\n%s", output)
	}
	for _, match := range found {
		t.Run(match[line.SubexpIndex("name")], func(t *testing.T) {
			equal(t, "result", match[line.SubexpIndex("result")], "ok")
		})
	}
}
