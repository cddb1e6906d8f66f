package server

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// Connections that do nothing, send headers or bodies very slowly, or read answers slowly
// do not keep others from being served. When their time is over or they leave, nothing
// remains of them. The full numbers are for a nightly run
// (docs/spec/reliability.md#slow-clients).
func TestSlowClientsHarmNobody(t *testing.T) {
	const idle, headers, bodies, readers = 200, 100, 50, 30
	s, stop := serve(t, Listening{Addr: "127.0.0.1:0"})
	defer stop()
	large := strings.Repeat("x", 1<<20)
	s.Show(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/large" {
			_, _ = io.WriteString(w, large)
		}
	}))
	client := &http.Client{Transport: &http.Transport{}, Timeout: 2 * time.Second}
	healthy := func(when string) {
		t.Helper()
		begin := time.Now()
		for range 50 {
			if status, _ := get(t, client, "http://"+s.Addr()+"/"); status != http.StatusOK {
				t.Fatalf("%s: got status %d, want 200", when, status)
			}
		}
		if took := time.Since(begin); took > 2*time.Second { // the goal for one call is 0.25 s
			t.Errorf("%s: got 50 calls in %s, want at most 2 s", when, took)
		}
	}
	healthy("before")
	client.CloseIdleConnections()
	files, goroutines := openFiles(t), runtime.NumGoroutine()

	begins := map[string]int{
		"":                                       idle,
		"POST / HTTP/1.1\r\nHost: a\r\nX-Slow: ": headers,
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n": bodies,
		"GET /large HTTP/1.1\r\nHost: a\r\n\r\n":                     readers,
	}
	var conns, slow []net.Conn
	for begin, n := range begins {
		for range n {
			c, err := net.Dial("tcp", s.Addr())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := fmt.Fprint(c, begin); err != nil {
				t.Fatal(err)
			}
			if conns = append(conns, c); n == headers {
				slow = append(slow, c)
			}
		}
	}
	healthy("among slow clients")

	// A header that never ends ends the connection after 5 seconds.
	var ended sync.WaitGroup
	for _, c := range slow {
		ended.Go(func() {
			_ = c.SetReadDeadline(time.Now().Add(15 * time.Second))
			if _, err := io.Copy(io.Discard, c); err != nil {
				t.Errorf("connection whose header never ends: got %v, want it closed", err)
			}
		})
	}
	ended.Wait()
	for _, c := range conns {
		_ = c.Close()
	}
	client.CloseIdleConnections()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		f, g := openFiles(t), runtime.NumGoroutine()
		if f <= files+5 && g <= goroutines+5 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("after all left: got %d open files and %d goroutines, want %d and %d as before", f, g, files, goroutines)
		}
	}
}

// openFiles counts this process's open files; it is 0 on systems without /proc.
func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return len(entries)
}
