package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// peer is a connection from an address, which can be seen closed.
type peer struct {
	net.Conn
	addr   netip.AddrPort
	closed chan struct{}
}

func newPeer(addr string) *peer {
	return &peer{addr: netip.MustParseAddrPort(addr), closed: make(chan struct{})}
}

func (p *peer) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(p.addr) }
func (p *peer) Close() error         { close(p.closed); return nil }

func TestConnectionsOfOneAddressLeaveRoomForOthers(t *testing.T) {
	t.Parallel()
	trusted, _ := ParseProxies([]string{"192.0.2.1"})
	refused := 0
	x := newConnections(ConnectionLimits{Total: 100, PerAddress: 3}, trusted, func() { refused++ })
	var first *connection
	for i := range 3 {
		c := x.admit(newPeer(fmt.Sprintf("198.51.100.7:%d", i)))
		if c == nil {
			t.Fatalf("connection %d: got refused, want taken", i)
		}
		first = c
	}
	if p := newPeer("198.51.100.7:4"); x.admit(p) != nil || refused != 1 {
		t.Errorf("one too many: got taken, %d refused, want it refused", refused)
	}
	for _, addr := range []string{"198.51.100.8:1", "[2001:db8::1]:1", "[2001:db8::2]:1", "[2001:db8::3]:1"} {
		if x.admit(newPeer(addr)) == nil {
			t.Errorf("%s: got refused, want taken", addr)
		}
	}
	if x.admit(newPeer("[2001:db8::4]:1")) != nil {
		t.Error("a fourth of one network of IPv6: got taken, want refused")
	}
	for i := range 10 { // each stands for many
		for _, host := range []string{"127.0.0.1", "192.0.2.1", "[::1]"} {
			if x.admit(newPeer(fmt.Sprintf("%s:%d", host, 1000+i))) == nil {
				t.Errorf("%s: got refused, want taken", host)
			}
		}
	}
	before := x.count()
	_ = first.Close()
	if x.count() != before-1 || x.admit(newPeer("198.51.100.7:5")) == nil {
		t.Errorf("after one left: got %d connections of %d and no room, want room for one", x.count(), before)
	}
}

func TestTheLongestWaitingConnectionMakesRoom(t *testing.T) {
	t.Parallel()
	x := newConnections(ConnectionLimits{Total: 3, PerAddress: 3}, nil, func() {})
	peers := []*peer{newPeer("127.0.0.1:1"), newPeer("127.0.0.1:2"), newPeer("127.0.0.1:3")}
	var list []*connection
	for i, p := range peers {
		c := x.admit(p)
		c.waiting.Store(int64(i))
		list = append(list, c)
	}
	list[0].begin() // in the middle of a call
	if x.admit(newPeer("127.0.0.1:4")) == nil {
		t.Fatal("a fourth: got refused, want the longest waiting closed")
	}
	<-peers[1].closed
	list[2].begin()
	for c := range x.open {
		if c.calls.Load() == 0 {
			c.begin()
		}
	}
	if x.admit(newPeer("127.0.0.1:5")) != nil {
		t.Error("all in the middle of a call: got another taken, want it refused")
	}
	list[0].end()
	if x.admit(newPeer("127.0.0.1:6")) == nil {
		t.Error("after a call has ended: got refused, want its connection closed for another")
	}
	<-peers[0].closed
}

// A connection whose answer is not read, however short it is, waits for its client.
func TestReadingAnswersIsWaiting(t *testing.T) {
	t.Parallel()
	x := newConnections(ConnectionLimits{}, nil, func() {})
	for _, size := range []int{10, 10 * firstRead} {
		c := x.admit(newPeer("127.0.0.1:1"))
		var during, sending int32
		h := &handler{
			log: slog.New(slog.DiscardHandler), guard: newGuard(true, nil),
			receiver: receiver{newBudget(1<<20, 0, nothing)}, unread: newBudget(1<<20, 0, nothing),
		}
		h.routes.absent = &route{handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			during = c.calls.Load()
			_, _ = w.Write(make([]byte, size))
		})}
		r := httptest.NewRequest(http.MethodGet, "/x", nil)
		h.ServeHTTP(writing{httptest.NewRecorder(), func() { sending = c.calls.Load() }}, r.WithContext(context.WithValue(r.Context(), connectionKey{}, c)))
		if during != 1 || sending != 0 {
			t.Errorf("%d bytes: got %d calls while it is carried out, %d while its answer is sent, want 1 and 0", size, during, sending)
		}
	}
}

type writing struct {
	*httptest.ResponseRecorder
	note func()
}

func (w writing) Write(b []byte) (int, error) { w.note(); return w.ResponseRecorder.Write(b) }

// A connection without a request for long is closed; one in a request is not.
func TestIdleConnectionsAreClosed(t *testing.T) {
	t.Parallel()
	x := newConnections(ConnectionLimits{}, nil, func() { t.Error("counted as closed to make room") })
	idle, busy := newPeer("198.51.100.7:1"), newPeer("198.51.100.7:2")
	x.admit(idle)
	b := x.admit(busy)
	b.beginRequest()
	x.closeIdle(time.Now().Add(idleTime - time.Second))
	if n := x.count(); n != 2 {
		t.Fatalf("a second before: got %d connections, want both", n)
	}
	x.closeIdle(time.Now().Add(idleTime + time.Second))
	<-idle.closed
	if n := x.count(); n != 1 {
		t.Fatalf("after: got %d connections, want the one in a request", n)
	}
	b.endRequest()
	x.closeIdle(time.Now().Add(idleTime + time.Second))
	<-busy.closed
}

// HTTP/1.1 over TLS is checked like plain HTTP, and handlers see that it is TLS.
func TestTLSIsEndedBeforeRequestsAreFollowed(t *testing.T) {
	t.Parallel()
	s, a, stop := serveTLS(t, Listening{TLSAddr: "127.0.0.1:0"})
	defer stop()
	s.Show(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "TLS %t", r.TLS != nil && r.TLS.HandshakeComplete)
	}))
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(a.PEM)
	for text, want := range map[string]string{
		"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n": "TLS true",
		badRequests["folded header"]:                             "HTTP/1.1 400",
	} {
		c, err := tls.Dial("tcp", s.TLSAddr(), &tls.Config{RootCAs: roots, ServerName: "localhost"})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, text)
		if got, _ := io.ReadAll(c); !strings.Contains(string(got), want) {
			t.Errorf("%q: got %q, want %s", text, got, want)
		}
		_ = c.Close()
	}
	if got := exchange(t, s.TLSAddr(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.0 400") {
		t.Errorf("plain HTTP on the port of HTTPS: got %q, want 400", got)
	}
	if open, _ := s.Connections(); open > 3 {
		t.Errorf("got %d connections counted", open)
	}
}

func TestUnixSockets(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "m.sock")
	s, stop := serve(t, Listening{Addr: "unix:" + path})
	s.Show(http.HandlerFunc(ok))
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != socketMode {
		t.Errorf("mode of the socket: got %v (%v), want %o", info.Mode().Perm(), err, socketMode)
	}
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}}
	if status, body := get(t, client, "http://any/healthz"); status != http.StatusOK || body != "ok\n" {
		t.Errorf("over the socket: got %d %q, want ok", status, body)
	}
	if _, err := Listen(Listening{Addr: "unix:" + path}); err == nil {
		t.Error("a second server on the socket: got no error")
	}
	client.CloseIdleConnections()
	stop()
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the socket after the end: got %v, want it gone", err)
	}

	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false) // as a killed process leaves it
	_ = left.Close()
	again, err := Listen(Listening{Addr: "unix:" + path})
	if err != nil {
		t.Fatalf("beside a socket that nobody answers on: %v", err)
	}
	_ = again.Close()
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(Listening{Addr: "unix:" + path}); err == nil {
		t.Error("in the place of a file: got no error")
	}
}
