package e2e

import (
	"os/exec"
	"path/filepath"
	"testing"
)

func TestNodeMessageContacts(t *testing.T) {
	t.Parallel()
	requireInstalled(t, "node/node_modules")
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("node is not installed")
	}
	box := openMailbox(t)
	s := startDev(t, append([]string{"--ephemeral"}, box.flags()...)...)
	output := runSuite(t, s, "node", nil, node, "--test-reporter=tap", "message_contact_life.js", box.serveHTTP(t))
	reportEach(t, output, tapLine)
}

func TestPythonMessageContacts(t *testing.T) {
	t.Parallel()
	requireInstalled(t, "python/.venv")
	python, err := filepath.Abs("python/.venv/bin/python")
	if err != nil {
		t.Fatal(err)
	}
	box := openMailbox(t)
	s := startDev(t, append([]string{"--ephemeral"}, box.flags()...)...)
	output := runSuite(t, s, "python", nil, python, "-W", "ignore", "-B", "message_contact_life.py", box.serveHTTP(t))
	reportEach(t, output, unittestLine)
}
