package server

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// P35: a session always has a few requests; when all sessions have many beyond, each
// further one is read late, and carried out nevertheless.
func TestP35RequestsOfSessionsAreBounded(t *testing.T) {
	t.Parallel()
	s, _, stop := serveTLS(t, Listening{TLSAddr: "127.0.0.1:0"})
	inside, end := make(chan struct{}), make(chan struct{})
	s.Show(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		inside <- struct{}{}
		<-end
	}))
	s.open.further.Store(furtherRequests - 2) // other sessions have the rest
	client := &http.Client{Transport: &http.Transport{
		ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, MaxConnsPerHost: 1}}
	var all sync.WaitGroup
	begin := func() time.Duration {
		begun := time.Now()
		all.Go(func() {
			resp, err := client.Post("https://"+s.TLSAddr(), "text/plain", strings.NewReader("a"))
			if err != nil {
				t.Error(err)
				return
			}
			_ = resp.Body.Close()
		})
		<-inside
		return time.Since(begun)
	}
	for range fewRequests + 2 {
		begin()
	}
	for range 2 {
		if got := begin(); got < fullPause*fullPauses {
			t.Errorf("a request beyond what all may have: got it after %v, want at least %v", got, fullPause*fullPauses)
		}
	}
	close(end)
	all.Wait()
	client.CloseIdleConnections()
	stop()
	if left := s.open.further.Load() - (furtherRequests - 2); left != 0 {
		t.Errorf("at the end: got %d further requests counted, want none", left)
	}
}

// While the processors are behind, heads wait for those before them to begin. Heads that
// net/http refuses never do: they are forgotten once a session is quiet.
func TestHeadsWaitForThoseBefore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newSessionConn(nil, &connection{all: newConnections(ConnectionLimits{}, nil, nothing)})
		pace := func(want time.Duration) {
			t.Helper()
			begun := time.Now()
			if c.pace(); time.Since(begun) != want {
				t.Errorf("got a wait of %v, want %v", time.Since(begun), want)
			}
		}
		for range fewRequests {
			pace(0)
		}
		pace(behindPause * behindPauses)
		time.AfterFunc(behindPause*3/2, func() { c.counted.begun.Add(2) })
		pace(2 * behindPause)
		pace(behindPause * behindPauses)
		time.Sleep(quietTime)
		pace(0)
	})
}

// The frames are followed however they are cut, and only a head waits.
func TestSessionsFollowFrames(t *testing.T) {
	t.Parallel()
	wire := "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" +
		"\x00\x00\x00\x04\x00\x00\x00\x00\x00" + // settings
		"\x00\x00\x03\x01\x05\x00\x00\x00\x01abc" + // a head
		"\x00\x00\x02\x00\x01\x00\x00\x00\x01de" // data
	for size := 1; size <= len(wire); size++ {
		near, far := net.Pipe()
		x := newConnections(ConnectionLimits{}, nil, nothing)
		c := newSessionConn(far, &connection{all: x})
		go func() {
			_, _ = io.WriteString(near, wire)
			_ = near.Close()
		}()
		var got strings.Builder
		p := make([]byte, size)
		for {
			n, err := c.Read(p)
			got.Write(p[:n])
			if err != nil {
				break
			}
		}
		if got.String() != wire || c.have != 0 || c.payload != 0 || c.preface != 0 {
			t.Errorf("read by %d: got %q, %d and %d bytes of a frame still to come", size, got.String(), c.have, c.payload)
		}
	}
}

// A plain port speaks no HTTP/2, which nothing follows there.
func TestPlainPortsRefuseSessions(t *testing.T) {
	t.Parallel()
	s, err := Listen(Listening{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error)
	go func() { served <- s.Serve(ctx) }()
	defer func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	}()
	s.Show(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("got a request") }))
	for _, line := range []string{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00", "\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"} {
		c, err := net.Dial("tcp", s.Addr())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, line)
		answer, _ := io.ReadAll(c)
		if !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") {
			t.Errorf("%q: got %q, want 400", line, answer)
		}
		_ = c.Close()
	}
}

// A session whose client has left is not read to its end, however much is still to come.
func TestSessionsOfClientsThatHaveLeftEnd(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("nothing tells it there")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	x := newConnections(ConnectionLimits{}, nil, nothing)
	x.further.Store(furtherRequests)
	c := newSessionConn(conn, &connection{Conn: conn, all: x})
	defer conn.Close()
	c.preface = 0
	c.counted.requests.Store(fewRequests)
	head := "\x00\x00\x00\x01\x05\x00\x00\x00\x01"
	_, _ = io.WriteString(client, head+head)
	p := make([]byte, frameHeader)
	if n, err := c.Read(p); n != frameHeader || err != nil {
		t.Fatalf("while the client waits: got %d bytes and %v, want the head", n, err)
	}
	_, _ = io.WriteString(conn, "an answer that is not read")
	_ = client.Close()
	if n, err := c.Read(p); n != 0 || err == nil {
		t.Errorf("when the client has left: got %d bytes and %v, want an end", n, err)
	}
}
