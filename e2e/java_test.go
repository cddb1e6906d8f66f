package e2e

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// junitLine is one result of JUnit's console launcher. Class and method are its name;
// a parameterised test has a third part.
var junitLine = regexp.MustCompile(`(?m)^JUnit Jupiter > (?P<name>.*) :: (?:(?P<passed>SUCCESSFUL)|FAILED|ABORTED)$`)

// runJUnit runs the tests of one package and reports each.
func runJUnit(t *testing.T, s *server, pkg string, env []string, properties ...string) {
	t.Helper()
	args := append(properties, "-cp", "target/test-classes:target/clients/*", "org.junit.platform.console.ConsoleLauncher",
		"execute", "--disable-banner", "--disable-ansi-colors", "--details=testfeed", "--select-package="+pkg)
	reportEach(t, runSuite(t, s, "java", env, "java", args...), junitLine)
}

func TestJavaClients(t *testing.T) {
	t.Parallel()
	requireTools(t, "java")
	requireInstalled(t, "java/target/clients")
	s := startDev(t, "--ephemeral")
	runJUnit(t, s, "clients", s.standIns(t))
}

// The Stream client's host is fixed and its port is 443: its machine must take the
// server under test for the vendor's, and trust its authority.
func TestJavaStream(t *testing.T) {
	t.Parallel()
	requireTools(t, "java", "keytool")
	requireInstalled(t, "java/target/clients")
	ip := addressWithPort443(t)
	s := &server{host: freeAddress(t), tlsHost: net.JoinHostPort(ip, "443")}
	s.launch(t, nil, "dev", "--ephemeral", "--vendor-hosts", "--addr", s.host, "--tls-addr", s.tlsHost)
	s.waitReady(t)

	dir := t.TempDir()
	hosts := filepath.Join(dir, "hosts")
	if err := os.WriteFile(hosts, []byte(ip+" api.dingtalk.com\n127.0.0.1 localhost\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	store := filepath.Join(dir, "trust.p12")
	_, authority, _ := strings.Cut(s.trust(t)[1], "=")
	keytool := exec.CommandContext(t.Context(), "keytool", "-importcert", "-noprompt", "-alias", "mingce",
		"-file", authority, "-keystore", store, "-storetype", "PKCS12", "-storepass", "changeit")
	if out, err := keytool.CombinedOutput(); err != nil {
		t.Fatalf("keytool: %v\n%s", err, out)
	}
	runJUnit(t, s, "stream", nil, "-Djdk.net.hosts.file="+hosts,
		"-Djavax.net.ssl.trustStore="+store, "-Djavax.net.ssl.trustStorePassword=changeit")
}

// addressWithPort443 returns a loopback address whose port 443 nobody uses.
func addressWithPort443(t *testing.T) string {
	t.Helper()
	var err error
	for range 10 {
		ip := fmt.Sprintf("127.77.%d.%d", rand.IntN(256), 1+rand.IntN(254))
		var listener net.Listener
		if listener, err = net.Listen("tcp", net.JoinHostPort(ip, "443")); err == nil {
			listener.Close()
			return ip
		}
	}
	if errors.Is(err, syscall.EACCES) {
		leftOut(t, "the right to listen on port 443")
	}
	t.Fatal(err)
	return ""
}
