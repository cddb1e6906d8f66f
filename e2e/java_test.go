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
	requireTools(t, "java", "keytool")
	requireInstalled(t, "java/target/clients")
	t.Run("HTTP", func(t *testing.T) {
		s := startDev(t, "--ephemeral")
		runJUnit(t, s, "clients", append(s.standIns(t), "MINGCE_SCHEME=http"))
	})
	t.Run("TLS", func(t *testing.T) {
		s := startDev(t, "--ephemeral")
		runJUnit(t, s, "clients", append(s.standIns(t), "MINGCE_SCHEME=https", "MINGCE_HOST="+s.tlsHost), s.trustStore(t)...)
	})
}

// The Stream client's host and port 443 are fixed: its machine must resolve the vendor's name to the
// server under test, and trust its authority.
func TestJavaStream(t *testing.T) {
	t.Parallel()
	requireTools(t, "java", "keytool")
	requireInstalled(t, "java/target/clients")
	ip := addressWithPort443(t)
	s := &server{host: freeAddress(t), tlsHost: net.JoinHostPort(ip, "443")}
	s.launch(t, nil, "dev", "--ephemeral", "--vendor-hosts", "--addr", s.host, "--tls-addr", s.tlsHost)
	s.waitReady(t)

	hosts := filepath.Join(t.TempDir(), "hosts")
	if err := os.WriteFile(hosts, []byte(ip+" api.dingtalk.com\n127.0.0.1 localhost\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	runJUnit(t, s, "stream", nil, append(s.trustStore(t), "-Djdk.net.hosts.file="+hosts)...)
}

// trustStore makes Java trust only the server's authority.
func (s *server) trustStore(t *testing.T) (properties []string) {
	t.Helper()
	const password = "changeit"
	store := filepath.Join(t.TempDir(), "trust.p12")
	keytool := exec.CommandContext(t.Context(), "keytool", "-importcert", "-noprompt", "-alias", "mingce",
		"-file", s.authority(t), "-keystore", store, "-storetype", "PKCS12", "-storepass", password)
	if out, err := keytool.CombinedOutput(); err != nil {
		t.Fatalf("keytool: %v\n%s", err, out)
	}
	return []string{"-Djavax.net.ssl.trustStore=" + store, "-Djavax.net.ssl.trustStorePassword=" + password}
}

// addressWithPort443 returns a loopback address whose port 443 nobody uses.
func addressWithPort443(t *testing.T) string {
	t.Helper()
	syscall.ForkLock.RLock() // as in freeAddress
	defer syscall.ForkLock.RUnlock()
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
