package e2e

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// leftOut skips a test because something is missing. In CI it fails instead.
func leftOut(t *testing.T, missing string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing; .ci/run and make e2e install it", missing)
	}
	t.Skipf("left out: %s is missing", missing)
}

// requireInstalled skips the test without the clients that `make e2e` installs.
func requireInstalled(t *testing.T, dir string) {
	t.Helper()
	if _, err := os.Stat(dir); err != nil {
		leftOut(t, dir)
	}
}

// requireTools skips the test without these programs of the operating system.
func requireTools(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			leftOut(t, name)
		}
	}
}

// runSuite runs a suite in another language against the server and returns its output.
// The exit code is ignored: the tests are counted by the lines, and a suite that cannot start has none.
func runSuite(t *testing.T, s *server, dir string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	// TOP clients send local time without a zone, and the platform's zone is China's.
	cmd.Env = append(os.Environ(), "MINGCE_HOST="+s.host, "TZ=Asia/Shanghai", "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
	cmd.Env = append(cmd.Env, env...)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	err := cmd.Run()
	if err != nil {
		t.Errorf("%s %v: %v\n%s", name, args, err, output.String())
	}
	return output.String()
}

// reportEach reports every result in a suite's output as a subtest. The regular expression has the
// groups name, and passed for a test that passed.
func reportEach(t *testing.T, output string, line *regexp.Regexp) {
	t.Helper()
	found := line.FindAllStringSubmatch(output, -1)
	if len(found) == 0 {
		t.Errorf("no test ran; the output was:\n%s", output)
	}
	for _, match := range found {
		t.Run(match[line.SubexpIndex("name")], func(t *testing.T) {
			if match[line.SubexpIndex("passed")] == "" {
				t.Error(match[0])
			}
		})
	}
}

// authority writes the server's certificate authority to a file.
func (s *server) authority(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.pem")
	pem := s.call(t, http.MethodGet, "/_mingce/ca.pem", nil)
	if err := os.WriteFile(file, []byte(pem.body), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// standIns returns the environment of a suite that calls with temporary credentials (id, secret and
// token) and a bearer token.
func (s *server) standIns(t *testing.T) []string {
	t.Helper()
	temporary := s.made(t, "sts", "AccessKeyId", "AccessKeySecret", "SecurityToken")
	return []string{"MINGCE_STS=" + strings.Join(temporary, ","), "MINGCE_BEARER=" + s.made(t, "bearer", "BearerToken")[0]}
}

// made runs `mingce key` for the sample's access key and returns the named values of its output.
func (s *server) made(t *testing.T, what string, names ...string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, "key", what, "--server", s.url(""), "--key", accessKey).Output()
	if err != nil {
		t.Fatalf("mingce key %s: %v", what, err)
	}
	var values []string
	for _, name := range names {
		match := regexp.MustCompile(`(?m)^` + name + ` +(\S+)$`).FindSubmatch(out)
		if match == nil {
			t.Fatalf("mingce key %s: got %s, want a %s", what, out, name)
		}
		values = append(values, string(match[1]))
	}
	return values
}
