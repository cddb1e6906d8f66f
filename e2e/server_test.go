package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The sample organisation that every `mingce dev` starts with.
const (
	corpA, corpB   = "ding87654321", "ding12345678"
	appKeyA        = "dingsampleappkey01"
	appSecretA     = "sample-app-secret-0001"
	tokenA         = "101w3c04ffa2386da6530e5123bdf260"
	tokenB         = "202w3c04ffa2386da6530e5123bdf260"
	tokenNoPermits = "303w3c04ffa2386da6530e5123bdf260"
	adminOfA       = "102530009661373952"

	externalContact = "123420013632"

	accessKey, accessSecret     = "testAccessKeyId", "testAccessKeySecret"
	readonlyKey, readonlySecret = "readonlyKeyId", "readonlyKeySecret"

	activeContact  = "c-qL4HqKONzOM7abcd" // tom
	pendingContact = "c-Verify0Pending1"  // jerry
)

// program is the binary under test, built once per run as a user would build it.
var program string

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "mingce-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)

	program = filepath.Join(dir, "mingce")
	build := exec.Command("go", "build", "-o", program, "./cmd/mingce")
	build.Dir = ".."
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the program: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// server is one running `mingce dev` or `mingce serve`.
type server struct {
	host    string // host:port of plain HTTP, the form of the SDKs' Endpoint
	tlsHost string
	output  lockedBuffer

	process *os.Process
	exited  chan struct{}
	exit    int // valid once exited is closed
}

func (s *server) url(path string) string { return "http://" + s.host + path }

// startDev starts `mingce dev` with the flags given and returns when it is ready.
func startDev(t *testing.T, flags ...string) *server {
	t.Helper()
	s := launchDev(t, flags...)
	s.waitReady(t)
	return s
}

// launchDev starts `mingce dev` without waiting for it.
func launchDev(t *testing.T, flags ...string) *server {
	t.Helper()
	s := &server{host: freeAddress(t), tlsHost: freeAddress(t)}
	s.launch(t, nil, append([]string{"dev", "--addr", s.host, "--tls-addr", s.tlsHost}, flags...)...)
	return s
}

// launch starts a command that listens on the server's addresses, with additional environment
// variables.
func (s *server) launch(t *testing.T, env []string, args ...string) {
	t.Helper()
	s.exited = make(chan struct{})
	home := t.TempDir()
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_DATA_HOME="+home, "TMPDIR="+home)
	cmd.Env = append(cmd.Env, env...)
	cmd.Stdout, cmd.Stderr = &s.output, &s.output
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting mingce %s: %v", args[0], err)
	}
	s.process = cmd.Process
	go func() {
		_ = cmd.Wait()
		s.exit = cmd.ProcessState.ExitCode()
		close(s.exited)
	}()
	t.Cleanup(func() {
		if !s.hasExited() {
			equal(t, "exit code after SIGTERM", s.stop(t), 0)
		}
		if t.Failed() {
			t.Logf("output of mingce %s:\n%s", args[0], s.output.String())
		}
	})
}

func (s *server) waitReady(t *testing.T) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		if response, err := http.Get(s.url("/readyz")); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-poll.C:
		case <-s.exited:
			t.Fatalf("mingce ended with %d before it was ready:\n%s", s.exit, s.output.String())
		case <-deadline:
			t.Fatalf("mingce was not ready after 30 s:\n%s", s.output.String())
		}
	}
}

// stop asks the server to end and returns its exit code.
func (s *server) stop(t *testing.T) int {
	t.Helper()
	if err := s.process.Signal(syscall.SIGTERM); err != nil {
		t.Fatalf("sending SIGTERM: %v", err)
	}
	return s.wait(t)
}

// wait returns the exit code of a server that is about to end.
func (s *server) wait(t *testing.T) int {
	t.Helper()
	select {
	case <-s.exited:
	case <-time.After(30 * time.Second):
		t.Errorf("mingce still runs after 30 s:\n%s", s.output.String())
		_ = s.process.Kill()
		<-s.exited
	}
	return s.exit
}

func (s *server) hasExited() bool {
	select {
	case <-s.exited:
		return true
	default:
		return false
	}
}

// handedOut are the ports that freeAddress has returned.
var handedOut sync.Map

// freeAddress returns an address that nobody listens on, and returns it only once. Its port is below
// the ephemeral ports: the clients open so many connections that one could take it before the server
// does. No process is started meanwhile, because it would inherit the open port for a moment.
func freeAddress(t *testing.T) string {
	t.Helper()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	for range 100 {
		address := fmt.Sprintf("127.0.0.1:%d", 10000+rand.IntN(20000))
		if _, taken := handedOut.LoadOrStore(address, true); taken {
			continue
		}
		if listener, err := net.Listen("tcp", address); err == nil {
			listener.Close()
			return address
		}
	}
	t.Fatal("no address is free")
	return ""
}

// reply is an answer read to its end.
type reply struct {
	status int
	header http.Header
	body   string
}

func (r reply) String() string { return fmt.Sprintf("%d %s", r.status, r.body) }

// decode reads the answer's JSON into a value of the shape the test asks for.
func decode[T any](t *testing.T, r reply) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("answer %s is not the JSON expected: %v", r, err)
	}
	return v
}

func readReply(t *testing.T, response *http.Response) reply {
	t.Helper()
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, string(body)}
}

// call sends one request. url.Values are sent as a form, and any other body but a string as JSON.
func (s *server) call(t *testing.T, method, path string, body any, headers ...string) reply {
	t.Helper()
	var content []byte
	contentType := ""
	switch b := body.(type) {
	case nil:
	case url.Values:
		content, contentType = []byte(b.Encode()), "application/x-www-form-urlencoded;charset=UTF-8"
	case string:
		content, contentType = []byte(b), "application/json"
	default:
		var err error
		if content, err = json.Marshal(b); err != nil {
			t.Fatal(err)
		}
		contentType = "application/json"
	}
	request, err := http.NewRequestWithContext(t.Context(), method, s.url(path), bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	return readReply(t, response)
}

// fault makes the next call of an operation answer with a documented error.
func (s *server) fault(t *testing.T, operation, code string) {
	t.Helper()
	r := s.call(t, http.MethodPost, "/_mingce/faults", map[string]any{"operation": operation, "fault": code, "times": 1})
	if r.status/100 != 2 {
		t.Fatalf("POST /_mingce/faults for %s of %s: got %s, want 2xx", code, operation, r)
	}
}

type auditEntry struct {
	Org, Actor, API, RequestID, Object, Action string
	Before, After                              json.RawMessage
}

// audited returns the history entry of one request, found by the id in its answer.
func (s *server) audited(t *testing.T, requestID string) auditEntry {
	t.Helper()
	if requestID == "" {
		t.Fatal("the answer carries no request id to look for in the history")
	}
	r := s.call(t, http.MethodGet, "/_mingce/audit?limit=100", nil)
	for _, entry := range decode[struct{ Entries []auditEntry }](t, r).Entries {
		if entry.RequestID == requestID {
			return entry
		}
	}
	t.Fatalf("history: got no entry of request %s, want one; it holds %s", requestID, r)
	return auditEntry{}
}

// visibilityGrants returns what corp A lets other organisations see, by corp id.
func (s *server) visibilityGrants(t *testing.T) map[string]string {
	t.Helper()
	r := s.call(t, http.MethodGet, "/mingce/v1/orgs/"+corpA+"/visibility-grants", nil, "x-acs-dingtalk-access-token", tokenA)
	grants := map[string]string{}
	for _, grant := range decode[struct {
		Grants []struct {
			ToCorpID string
			Fields   []string
		}
	}](t, r).Grants {
		grants[grant.ToCorpID] = strings.Join(grant.Fields, " ")
	}
	return grants
}

// lockedBuffer collects the output of a process, and can be read while the process writes.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// errorAs returns err as the client's own error type.
func errorAs[E error](t *testing.T, err error) E {
	t.Helper()
	var e E
	if !errors.As(err, &e) {
		t.Fatalf("error: got %T %v, want a %T", err, err, e)
	}
	return e
}

// equal reports a difference as `what: got X, want Y`.
func equal[V comparable](t *testing.T, what string, got, want V) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
