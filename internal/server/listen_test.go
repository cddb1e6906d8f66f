package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func get(t *testing.T, c *http.Client, url string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func TestServerIsAliveBeforeItIsReady(t *testing.T) {
	t.Parallel()
	s, stop := serve(t, Listening{Addr: "127.0.0.1:0"})
	defer stop()
	base := "http://" + s.Addr()
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 503, "/router/rest": 503} {
		if got, body := get(t, http.DefaultClient, base+path); got != want {
			t.Errorf("%s while starting: got %d %s, want %d", path, got, body, want)
		}
	}
	s.Show(http.HandlerFunc(ok))
	if got, _ := get(t, http.DefaultClient, base+"/readyz"); got != 200 {
		t.Errorf("/readyz when shown: got %d, want 200", got)
	}
}

func TestStopFinishesCallsInFlight(t *testing.T) {
	t.Parallel()
	s, stop := serve(t, Listening{Addr: "127.0.0.1:0"})
	began, proceed := make(chan struct{}), make(chan struct{})
	s.Show(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(began)
		<-proceed
		_, _ = io.WriteString(w, "done")
	}))
	answered := make(chan string, 1)
	go func() {
		answer, err := http.Get("http://" + s.Addr() + "/slow")
		if err != nil {
			answered <- err.Error()
			return
		}
		defer answer.Body.Close()
		text, _ := io.ReadAll(answer.Body)
		answered <- string(text)
	}()
	<-began
	leaving := make(chan struct{})
	s.http.RegisterOnShutdown(func() { close(leaving) })
	var stopped sync.WaitGroup
	stopped.Go(stop)
	<-leaving
	close(proceed)
	if got := <-answered; got != "done" {
		t.Errorf("call in flight at the stop: got %q, want its answer", got)
	}
	stopped.Wait()
	if _, err := net.Dial("tcp", s.Addr()); err == nil {
		t.Error("connection after the stop: got accepted, want refused")
	}
}

func TestTakenAddressIsReported(t *testing.T) {
	t.Parallel()
	s, stop := serve(t, Listening{Addr: "127.0.0.1:0"})
	defer stop()
	if _, err := Listen(Listening{Addr: s.Addr()}); err == nil || !strings.Contains(err.Error(), s.Addr()) {
		t.Errorf("second listener: got %v, want an error that names %s", err, s.Addr())
	}
}

// serve runs a server. stop stops it and checks that Serve returned no error.
func serve(t *testing.T, l Listening) (s *Server, stop func()) {
	t.Helper()
	s, err := Listen(l)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx) }()
	return s, func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Serve: got %v, want nil", err)
		}
	}
}

// bareHandler returns a handler without routes, with that many places for calls and bytes
// for receiving.
func bareHandler(places int, receiving int64) *handler {
	h := &handler{
		log: slog.New(slog.DiscardHandler), admission: newAdmission(places, 64), guard: newGuard(true, nil),
		receiver: receiver{newBudget(receiving, 0, nothing)}, unread: newBudget(1<<20, 256<<10, nothing),
	}
	h.metrics = newMetrics(nil, h.admission, "")
	return h
}

// serveTLS is serve with a certificate of an authority of its own.
func serveTLS(t *testing.T, l Listening) (s *Server, a *Authority, stop func()) {
	t.Helper()
	a, err := NewAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := a.Issue(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	l.Certificate = &certificate
	s, stop = serve(t, l)
	return s, a, stop
}

func TestHTTPSWithTheOwnAuthority(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, err := LoadAuthority(dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := a.Issue(time.Now(), "api.dingtalk.com")
	if err != nil {
		t.Fatal(err)
	}
	s, stop := serve(t, Listening{TLSAddr: "127.0.0.1:0", Certificate: &certificate})
	defer stop()
	s.Show(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) }))

	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(a.PEM)
	for _, name := range []string{"127.0.0.1", "localhost", "a.localhost", "mingce", "api.dingtalk.com"} {
		for proto, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2.0": true} {
			transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: name}, ForceAttemptHTTP2: http2}
			if _, got := get(t, &http.Client{Transport: transport}, "https://"+s.TLSAddr()+"/x"); got != proto {
				t.Errorf("%s as %s: got %s, want %s", s.TLSAddr(), name, got, proto)
			}
			transport.CloseIdleConnections()
		}
	}
	_, err = tls.Dial("tcp", s.TLSAddr(), &tls.Config{RootCAs: roots, ServerName: "oapi.dingtalk.com"})
	if err == nil {
		t.Error("a name the certificate was not asked for: got accepted, want refused")
	}
}

func TestAuthorityIsKeptForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var made sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]bool{}
	for range 8 { // processes that start at once
		made.Go(func() {
			a, err := LoadAuthority(dir, time.Now())
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Errorf("LoadAuthority: %v", err)
				return
			}
			seen[string(a.PEM)] = true
		})
	}
	made.Wait()
	if len(seen) != 1 {
		t.Errorf("authorities of one folder: got %d, want 1", len(seen))
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("files: got %v (%v), want %s alone", entries, err, authorityFile)
	}
	info, err := os.Stat(filepath.Join(dir, authorityFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode of %s: got %v (%v), want 0600", authorityFile, info.Mode().Perm(), err)
	}
	for pem := range seen {
		if strings.Contains(pem, "PRIVATE KEY") {
			t.Error("the published certificate holds the key")
		}
	}
}

// issued asks an authority for a certificate. The function returned says why a
// client that trusts the authority does not take it for a host.
func issued(t *testing.T, a *Authority, names ...string) (trusts func(host string) error) {
	t.Helper()
	certificate, err := a.Issue(time.Now(), names...)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(certificate.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(a.PEM)
	return func(host string) error {
		_, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: host})
		return err
	}
}

func TestAuthorityIsTrustedForItsNamesOnly(t *testing.T) {
	t.Parallel()
	a, err := NewAuthority(time.Now(), "contacts.example", "10.1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bank.example", "example", "notcontacts.example", "oapi.dingtalk.com.example", "10.1.2.4"} {
		if _, err := a.Issue(time.Now(), name); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("a certificate for %s: got %v, want an error that names it", name, err)
		}
	}
	// Even with the authority's key, the constraints in its certificate hold.
	unbound := *a.cert
	unbound.PermittedDNSDomains = []string{"bank.example"}
	issuer := &Authority{cert: &unbound, key: a.key, PEM: a.PEM}
	if trusts := issued(t, issuer, "bank.example"); trusts("bank.example") == nil {
		t.Error("a certificate for bank.example: got trusted, want refused by the authority's constraints")
	}
}

// The certificate covers every host that a vendor's client has built in, and a Go client
// accepts it.
func TestVendorHostsAreCertified(t *testing.T) {
	t.Parallel()
	a, err := NewAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	trusts := issued(t, a, VendorHosts...)
	for _, host := range []string{
		"oapi.dingtalk.com", "api.dingtalk.io", "login.dingtalk.com", "wss-open-connection-union.dingtalk.com",
		"eco.taobao.com", "gw.api.taobao.com", "api.taobao.com", "resourcedirectorymaster.aliyuncs.com", "resourcemanager.aliyuncs.com",
		"sts.aliyuncs.com", "sts.cn-hangzhou.aliyuncs.com", "sts-vpc.cn-shenzhen-finance-1.aliyuncs.com", "sts.ap-south-1.aliyuncs.com",
	} {
		if err := trusts(host); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	for _, host := range []string{"ecs.aliyuncs.com", "sts-vpc.ap-south-1.aliyuncs.com", "www.dingtalk.com"} {
		if trusts(host) == nil {
			t.Errorf("%s: got certified, want not: no client of these APIs uses it", host)
		}
	}
}
