package server

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A session may always have a few requests. When all sessions together have many more, each
// further one is read late, but still carried out
// (docs/spec/reliability.md#bounded-memory).
func TestRequestsOfSessionsAreBounded(t *testing.T) {
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

// A head that net/http refuses never starts a request. It is forgotten once the session is
// quiet, so that it does not slow down later heads.
func TestRefusedHeadsAreForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newSessionConn(nil, &connection{all: newConnections(ConnectionLimits{}, nil, nothing)})
		behind := func(want int64) {
			t.Helper()
			c.pace()
			if got := c.heads - c.counted.begun.Load(); got != want {
				t.Errorf("got %d heads that have not begun, want %d", got, want)
			}
		}
		behind(1)
		behind(2)
		c.counted.begun.Add(1)
		time.Sleep(quietTime - 1)
		behind(2)
		time.Sleep(quietTime)
		behind(1)
	})
}

// Frames are followed however the network cuts them, and only heads are delayed.
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

// A plain port speaks no HTTP/2, because nothing would follow its frames there.
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

// The requests that a client sends before it has seen the settings are carried out.
func TestAHundredRequestsComeBeforeTheSettings(t *testing.T) {
	t.Parallel()
	s, _, stop := serveTLS(t, Listening{TLSAddr: "127.0.0.1:0"})
	defer stop()
	begun, end := make(chan struct{}), make(chan struct{})
	s.Show(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		begun <- struct{}{}
		<-end
	}))
	c, err := tls.Dial("tcp", s.TLSAddr(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	defer close(end)
	sent := []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00")
	for i := range 100 {
		sent = append(sent, 0, 0, 6, headersFrame, 5, 0, 0, 0, byte(2*i+1))
		sent = append(sent, "\x82\x87\x84\x41\x01a"...) // GET, https, /, a
	}
	if _, err := c.Write(sent); err != nil {
		t.Fatal(err)
	}
	late := time.After(20 * time.Second)
	for i := range 100 {
		select {
		case <-begun:
		case <-late:
			t.Fatalf("got %d requests, want 100", i)
		}
	}
}
