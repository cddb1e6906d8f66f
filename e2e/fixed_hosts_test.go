package e2e

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// pluginBack is where the login plugins want people to come back to.
const pluginBack = "https://app.example/accounts/dingtalk/login/callback/"

// Login plugins and other programs are used as they are published. Their hosts are fixed, so each
// suite resolves the vendor's names to the server under test and trusts its authority. The suites
// drive the login pages as a browser does.
func TestFixedHosts(t *testing.T) {
	t.Parallel()
	ip := addressWithPort443(t)
	s := &server{host: freeAddress(t), tlsHost: net.JoinHostPort(ip, "443")}
	s.launch(t, nil, "dev", "--ephemeral", "--vendor-hosts", "--addr", s.host, "--tls-addr", s.tlsHost)
	s.waitReady(t)
	s.administer(t, "app", "change", appKeyA, "--redirect-uri", pluginBack)
	authority := s.authority(t)
	env := []string{"MINGCE_IP=" + ip, "MINGCE_BACK=" + pluginBack}

	t.Run("Python", func(t *testing.T) {
		requireInstalled(t, "python/.venv")
		python, err := filepath.Abs("python/.venv/bin/python")
		if err != nil {
			t.Fatal(err)
		}
		output := runSuite(t, s, "python/fixed_hosts", append(env, "REQUESTS_CA_BUNDLE="+authority), python, "-W", "ignore", "-B", "-m", "unittest", "-v")
		reportEach(t, output, unittestLine)
	})
	t.Run("Node.js", func(t *testing.T) {
		requireInstalled(t, "node/node_modules")
		requireTools(t, "node")
		node, err := exec.LookPath("node")
		if err != nil {
			t.Fatal(err)
		}
		output := runSuite(t, s, "node/fixed_hosts", append(env, "NODE_EXTRA_CA_CERTS="+authority), node, "--test-reporter=tap", "passport.test.js")
		reportEach(t, output, tapLine)
	})
	t.Run("Java", func(t *testing.T) {
		requireTools(t, "java", "keytool")
		requireInstalled(t, "java/target/clients")
		hosts := filepath.Join(t.TempDir(), "hosts")
		names := ip + " oapi.dingtalk.com api.dingtalk.com login.dingtalk.com\n127.0.0.1 localhost\n"
		if err := os.WriteFile(hosts, []byte(names), 0o600); err != nil {
			t.Fatal(err)
		}
		runJUnit(t, s, "fixedhosts", env, append(s.trustStore(t), "-Djdk.net.hosts.file="+hosts)...)
	})
}
