package server

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Bytes that can be read as one request or as two get at most one answer, whichever length
// the caller and a proxy in front assume
// (docs/spec/reliability.md#ambiguous-requests).
func TestSmuggledRequestsAreNotAnswered(t *testing.T) {
	t.Parallel()
	const inner = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
	for name, request := range map[string]string{
		"both lengths":        "POST /outer HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner,
		"two lengths":         "POST /outer HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\n" + inner,
		"two codings":         "POST /outer HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + inner,
		"disguised coding":    "POST /outer HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + inner,
		"blank before colon":  "POST /outer HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + inner,
		"signed length":       "POST /outer HTTP/1.1\r\nHost: a\r\nContent-Length: +0\r\n\r\n" + inner,
		"two hosts":           "POST /outer HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 0\r\n\r\n" + inner,
		"folded header":       "POST /outer HTTP/1.1\r\nHost: a\r\nX: 1\r\n Transfer-Encoding: chunked\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner,
		"chunk size with LF":  "POST /outer HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\n\n" + inner,
		"length of HTTP/1.0":  "POST /outer HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n" + inner,
		"bare LF in a header": "POST /outer HTTP/1.1\r\nHost: a\r\nX: a\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n" + inner,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, stop := serve(t, Listening{Addr: "127.0.0.1:0"})
			defer stop()
			var smuggled atomic.Bool
			s.Show(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				smuggled.Store(r.URL.Path == "/smuggled")
				_, _ = io.Copy(w, r.Body)
			}))
			answer := exchange(t, s.Addr(), request)
			if smuggled.Load() {
				t.Errorf("got the inner request answered: %s", answer)
			}
			// Chunks are only read after the call has begun.
			if want := "HTTP/1.1 400"; !strings.HasPrefix(answer, want) && name != "chunk size with LF" {
				t.Errorf("got %q, want %s", answer, want)
			}
		})
	}
}

// A connection without chunked requests serves call after call.
func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	s, stop := serve(t, Listening{Addr: "127.0.0.1:0"})
	defer stop()
	s.Show(http.HandlerFunc(ok))
	call := "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"
	last := "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
	if got := strings.Count(exchange(t, s.Addr(), call+call+last), "HTTP/1.1 200"); got != 3 {
		t.Errorf("three calls on a connection: got %d answers, want 3", got)
	}
}

// exchange sends raw bytes and returns everything that comes back.
func exchange(t *testing.T, addr, request string) string {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := fmt.Fprint(c, request); err != nil {
		t.Fatal(err)
	}
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	answer, err := io.ReadAll(c)
	if err != nil && len(answer) == 0 {
		t.Fatal(err)
	}
	return string(answer)
}
