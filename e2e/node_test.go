package e2e

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// tapLine is one top-level result of Node's test runner.
var tapLine = regexp.MustCompile(`(?m)^(?:(?P<passed>ok)|not ok) \d+ - (?P<name>.*?)(?: # .*)?$`)

func TestNodeClients(t *testing.T) {
	t.Parallel()
	requireInstalled(t, "node/node_modules")
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("node is not installed")
	}
	s := startDev(t, "--ephemeral")
	authority := s.authority(t)
	env := []string{"MINGCE_TLS_HOST=" + s.tlsHost, "MINGCE_CA=" + authority, "NODE_EXTRA_CA_CERTS=" + authority}

	files, err := filepath.Glob("node/*.test.js")
	if err != nil || len(files) == 0 {
		t.Fatalf("test files in node: got %d, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			output := runSuite(t, s, "node", env, node, "--test-reporter=tap", filepath.Base(file))
			reportEach(t, output, tapLine)
		})
	}
}
