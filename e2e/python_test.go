package e2e

import (
	"path/filepath"
	"regexp"
	"testing"
)

// unittestLine is one result of `python -m unittest -v`.
var unittestLine = regexp.MustCompile(`(?m)^(?P<name>test\w+) \(.*\) \.\.\. (?:(?P<passed>ok)|.*)$`)

func TestPythonClients(t *testing.T) {
	t.Parallel()
	requireInstalled(t, "python/.venv")
	python, err := filepath.Abs("python/.venv/bin/python")
	if err != nil {
		t.Fatal(err)
	}
	s := startDev(t, "--ephemeral")
	env := append(s.standIns(t), "MINGCE_TLS_HOST="+s.tlsHost, "MINGCE_CA="+s.authority(t))
	output := runSuite(t, s, "python", env, python, "-W", "ignore", "-B", "-m", "unittest", "-v")
	reportEach(t, output, unittestLine)
}
