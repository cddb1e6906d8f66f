package server

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// asService is set in the process that plays the service, to the address to listen on.
const asService = "MINGCE_TEST_SERVICE_ADDRESS"

// TestService is not a test but the service that TestSocketsOfTheServiceManager starts. It
// prints where it listens, or why it does not.
func TestService(t *testing.T) {
	addr := os.Getenv(asService)
	if addr == "" {
		t.Skip("run by another test")
	}
	s, err := Listen(Listening{Addr: addr})
	if err != nil {
		fmt.Printf("service: %v\n", err)
		return
	}
	fmt.Printf("service: listens on %s\n", s.Addr())
	_ = s.Close()
}

func TestSocketsOfTheServiceManager(t *testing.T) {
	t.Parallel()
	var files []*os.File
	var addresses []string
	for range 2 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		f, err := l.(*net.TCPListener).File()
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		files, addresses = append(files, f), append(addresses, l.Addr().String())
	}
	for _, c := range []struct {
		addr, pid, names string
		passed           int
		want             string
	}{
		{"systemd", "$$", "", 1, "listens on " + addresses[0]},
		{"systemd:api", "$$", "admin:api", 2, "listens on " + addresses[1]},
		{"systemd:admin", "$$", "admin:api", 2, "listens on " + addresses[0]},
		{"systemd", "$$", "admin:api", 2, "say which"},
		{"systemd:other", "$$", "admin:api", 2, "say which"},
		{"systemd:api", "$$", "", 1, "say which"},
		{"systemd", "1", "", 1, "LISTEN_PID"}, // meant for another process
		{"systemd", "$$", "", 0, "LISTEN_FDS"},
	} {
		// LISTEN_PID must be known before the process starts, so the shell becomes it.
		service := exec.CommandContext(t.Context(), "sh", "-c", "LISTEN_PID="+c.pid+` exec "$0" -test.run '^TestService$'`, os.Args[0])
		service.Env = append(os.Environ(), asService+"="+c.addr, fmt.Sprintf("LISTEN_FDS=%d", c.passed), "LISTEN_FDNAMES="+c.names)
		service.ExtraFiles = files[:c.passed]
		out, err := service.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "service: ") || !strings.Contains(string(out), c.want) {
			t.Errorf("%s of %d (%s): got %q (%v), want %q", c.addr, c.passed, c.names, out, err, c.want)
		}
	}
	for _, addr := range []string{"unix:/run/m.sock", "127.0.0.1:80", "[::1]:80", "localhost:80"} {
		if !IsLocal(addr) {
			t.Errorf("%s: got reachable from elsewhere, want local", addr)
		}
	}
	for _, addr := range []string{"0.0.0.0:80", ":80", "systemd", "systemd:api", "192.0.2.1:80"} {
		if IsLocal(addr) {
			t.Errorf("%s: got local, want it taken for reachable", addr)
		}
	}
}
