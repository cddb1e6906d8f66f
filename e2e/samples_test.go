package e2e

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// The vendors' three sample requests in languages whose SDKs are in no registry: each program signs
// and sends them by itself, as a user would.

func TestPHPSamples(t *testing.T) {
	t.Parallel()
	requireTools(t, "php")
	if err := exec.CommandContext(t.Context(), "php", "-r", "exit(extension_loaded('curl') ? 0 : 1);").Run(); err != nil {
		leftOut(t, "PHP's curl extension")
	}
	runSamples(t, "php", "samples.php")
}

func TestDotNetSamples(t *testing.T) {
	t.Parallel()
	requireTools(t, "mcs", "mono")
	built := build(t, "mcs", "-codepage:utf8", "-warnaserror", "-out:%", "Samples.cs")
	runSamples(t, "mono", built)
}

func TestCSamples(t *testing.T) {
	t.Parallel()
	requireTools(t, "gcc")
	requireHeaders(t)
	runSamples(t, build(t, "gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-o", "%", "samples.c", "-lcurl", "-lcrypto"))
}

func TestCPlusPlusSamples(t *testing.T) {
	t.Parallel()
	requireTools(t, "g++", "gcc")
	requireHeaders(t)
	runSamples(t, build(t, "g++", "-std=c++17", "-Wall", "-Wextra", "-Werror", "-o", "%", "samples.cpp", "-lcurl", "-lcrypto"))
}

// requireHeaders skips the test without the headers of libcurl.
func requireHeaders(t *testing.T) {
	t.Helper()
	for _, header := range []string{"curl/curl.h", "openssl/hmac.h"} {
		if err := exec.CommandContext(t.Context(), "gcc", "-E", "-include", header, "-x", "c", "/dev/null", "-o", "/dev/null").Run(); err != nil {
			leftOut(t, header)
		}
	}
}

// build compiles a program and returns its path, which replaces the % of an argument.
func build(t *testing.T, compiler string, args ...string) string {
	t.Helper()
	target := filepath.Join(t.TempDir(), "samples")
	for i, arg := range args {
		if n := len(arg) - 1; arg[n] == '%' {
			args[i] = arg[:n] + target
		}
	}
	cmd := exec.CommandContext(t.Context(), compiler, args...)
	cmd.Dir = "samples"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", compiler, err, out)
	}
	return target
}

func runSamples(t *testing.T, name string, args ...string) {
	t.Helper()
	s := startDev(t, "--ephemeral")
	reportEach(t, runSuite(t, s, "samples", nil, name, args...), tapLine)
}
