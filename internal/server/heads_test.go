package server

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
	"weak"
)

const longHeader = "X-Long: "

// Heads that never end hold no more than their budget, and give it back when their
// connections close
// (docs/spec/reliability.md#bounded-memory).
func TestUnfinishedHeadsStayWithinTheBudget(t *testing.T) {
	t.Parallel()
	const most = 1 << 20
	b := newBudget(most, 0, nothing)
	var list []*strictConn
	cut := 0
	for range 200 {
		client, server := net.Pipe()
		c := &strictConn{Conn: server, budget: b}
		list = append(list, c)
		go func() { _, _ = io.WriteString(client, "GET / HTTP/1.1\r\n"+longHeader+strings.Repeat("h", 32<<10)) }()
		if n, _ := io.ReadFull(c, make([]byte, 30<<10)); n < 30<<10 {
			cut++
		}
		if held := b.held(); held > most {
			t.Fatalf("after %d heads: got %d bytes held, want at most %d", len(list), held, most)
		}
	}
	if b.held() == 0 {
		t.Error("unfinished heads: got nothing charged")
	}
	for _, c := range list {
		_ = c.Close()
	}
	if held := b.held(); held != 0 || len(b.holders) != 0 || b.leaving != 0 {
		t.Errorf("after all were closed: got %d bytes held by %d, %d leaving, want none (%d did not get through)", held, len(b.holders), b.leaving, cut)
	}
}

// Short headers are charged the memory they take, far more than their text, and so is a
// request line that does not end.
func TestManyHeadersAreChargedWhatTheyTake(t *testing.T) {
	t.Parallel()
	const many = 1000
	var fields strings.Builder
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for i := range many {
		fmt.Fprintf(&fields, "%x:\r\n", i)
		r.Header[fmt.Sprintf("%x", i)] = []string{""}
	}
	x := &receiver{newBudget(1<<20, 0, nothing)}
	release, _ := x.take(httptest.NewRecorder(), r, longestBody)
	defer release()
	if held := x.budget.held(); held < many*fieldCost {
		t.Errorf("%d headers: got %d bytes charged during the call, want %d for each", many, held, fieldCost)
	}
	for text, want := range map[string]int64{
		"GET / HTTP/1.1\r\n" + fields.String(): many * fieldCost,
		"GET /" + strings.Repeat("a", 50<<10):  50 << 10,
	} {
		b := newBudget(8<<20, 0, nothing)
		client, server := net.Pipe()
		s := &strictConn{Conn: server, budget: b}
		go func() { _, _ = io.WriteString(client, text) }()
		if _, err := io.ReadFull(s, make([]byte, len(text))); err != nil {
			t.Fatal(err)
		}
		if held := b.held(); held < want {
			t.Errorf("%.20q, unfinished: got %d bytes charged, want %d", text, held, want)
		}
		_ = s.Close()
	}
}

// Pipelined heads, each arriving with the end of the one before, are charged one by one.
func TestPipelinedHeadsAreChargedOneByOne(t *testing.T) {
	t.Parallel()
	b := newBudget(1<<20, 0, nothing)
	client, server := net.Pipe()
	s := &strictConn{Conn: server, budget: b}
	defer s.Close()
	request := "GET / HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("x", 900) + "\r\n\r\n"
	go func() {
		_, _ = io.WriteString(client, request[:20])
		for range 100 {
			_, _ = io.WriteString(client, request[20:]+request[:20])
		}
	}()
	if _, err := io.ReadFull(s, make([]byte, 100*len(request)+20)); err != nil || b.held() != 0 {
		t.Errorf("a hundred heads of 1 KiB: got %v and %d bytes charged, want none", err, b.held())
	}
}

// A long head is charged until it is complete. A short one is not charged.
func TestHeadsAreChargedUntilTheyAreWhole(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		length int
		during bool
	}{{1 << 10, false}, {60 << 10, true}} {
		b := newBudget(1<<20, 0, nothing)
		client, server := net.Pipe()
		s := &strictConn{Conn: server, budget: b}
		first := "GET / HTTP/1.1\r\n" + longHeader + strings.Repeat("h", c.length)
		go func() { _, _ = io.WriteString(client, first+"\r\n\r\n") }()
		buffer := make([]byte, 4<<10)
		for read := 0; read < len(first); {
			n, err := s.Read(buffer[:min(len(buffer), len(first)-read)])
			if err != nil {
				t.Fatal(err)
			}
			read += n
		}
		if during := b.held() > 0; during != c.during {
			t.Errorf("head of %d bytes, unfinished: got charged %t, want %t", c.length, during, c.during)
		}
		if _, err := io.ReadFull(s, buffer[:4]); err != nil {
			t.Fatal(err)
		}
		if held := b.held(); held != 0 {
			t.Errorf("head of %d bytes, whole: got %d bytes charged, want none", c.length, held)
		}
		_ = s.Close()
	}
}

// The head of a request is charged as long as the call lasts, with a body or
// without one, and with an answer that is not read.
func TestLongHeadsAreChargedWithTheirCall(t *testing.T) {
	t.Parallel()
	const long = 50 << 10
	for _, body := range []string{"", "a=b"} {
		x := &receiver{newBudget(1<<20, 0, nothing)}
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("X-Long", strings.Repeat("h", long))
		release, _ := x.take(httptest.NewRecorder(), r, longestBody)
		if held := x.budget.held(); held < long {
			t.Errorf("body %q: got %d bytes charged during the call, want its head's %d", body, held, long)
		}
		release()
		if held := x.budget.held(); held != 0 {
			t.Errorf("body %q: got %d bytes charged after the call, want none", body, held)
		}
	}
	full := &receiver{newBudget(long/2, 0, nothing)}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("a=b"))
	r.Header.Set("X-Long", strings.Repeat("h", long))
	release, _ := full.take(httptest.NewRecorder(), r, longestBody)
	if _, err := io.ReadAll(r.Body); err != errCutOff {
		t.Errorf("without room: got %v, want the body cut off", err)
	}
	release()
	if held := full.budget.held(); held != 0 || full.budget.leaving != 0 {
		t.Errorf("without room, after the call: got %d bytes charged, %d leaving, want none", held, full.budget.leaving)
	}
}

// An HTTP/2 session counts as several connections, and makes room for itself.
func TestSessionsCountAsSeveralConnections(t *testing.T) {
	t.Parallel()
	x := newConnections(ConnectionLimits{Total: 2 * sessionWeight, PerAddress: 100}, nil, func() {})
	var peers []*peer
	var list []*connection
	for i := range sessionWeight + 1 {
		p := newPeer(fmt.Sprintf("198.51.100.7:%d", i))
		c := x.admit(p)
		c.waiting.Store(int64(i))
		peers, list = append(peers, p), append(list, c)
	}
	if last := list[len(list)-1]; !last.isSession() || x.weight != 2*sessionWeight {
		t.Fatalf("the first session: got refused or a weight of %d, want %d", x.weight, 2*sessionWeight)
	}
	if !list[1].isSession() {
		t.Fatal("a second session: got refused, want room made for it")
	}
	<-peers[0].closed
	list[1].begin()
	if list[0].isSession() {
		t.Error("a connection that is closed already: got made a session")
	}
	for _, c := range list {
		x.mu.Lock()
		x.forget(c)
		x.mu.Unlock()
	}
	if x.weight != 0 || x.count() != 0 {
		t.Errorf("at the end: got %d connections that weigh %d, want none", x.count(), x.weight)
	}
}

// A frame of HTTP/2 is as short as the protocol permits, because its buffer stays with the
// connection. A session may have as many requests at once as clients take for granted, and
// no more, because each takes memory before it is charged
// (docs/spec/reliability.md#bounded-memory).
func TestSessionsAreSmall(t *testing.T) {
	t.Parallel()
	s, _, stop := serveTLS(t, Listening{TLSAddr: "127.0.0.1:0"})
	defer stop()
	s.Show(http.HandlerFunc(ok))
	c, err := tls.Dial("tcp", s.TLSAddr(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = io.WriteString(c, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00")
	frame := make([]byte, 9)
	if _, err := io.ReadFull(c, frame); err != nil || frame[3] != 4 {
		t.Fatalf("first frame: got %v (%v), want settings", frame, err)
	}
	settings := make([]byte, int(frame[1])<<8|int(frame[2]))
	if _, err := io.ReadFull(c, settings); err != nil {
		t.Fatal(err)
	}
	longest, requests := uint32(16<<10), uint32(0) // unless it is said
	for ; len(settings) >= 6; settings = settings[6:] {
		switch value := binary.BigEndian.Uint32(settings[2:]); binary.BigEndian.Uint16(settings) {
		case 3:
			requests = value
		case 5:
			longest = value
		}
	}
	if longest != 16<<10 {
		t.Errorf("longest frame: got %d, want %d", longest, 16<<10)
	}
	if requests != sessionRequests {
		t.Errorf("requests at once: got %d, want %d", requests, sessionRequests)
	}
	if x := s.open; x.weight < sessionWeight {
		t.Errorf("weight of the session: got %d, want at least %d", x.weight, sessionWeight)
	}
}

// A session that ends in the middle of a request leaves nothing in memory, so that opening
// and closing many does not fill it
// (docs/spec/reliability.md#bounded-memory).
func TestEndedSessionsAreForgotten(t *testing.T) {
	t.Parallel()
	s, _, stop := serveTLS(t, Listening{TLSAddr: "127.0.0.1:0"})
	defer stop()
	inside := make(chan struct{})
	s.Show(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		inside <- struct{}{}
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	var below net.Conn
	client := &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, DialTLSContext: func(_ context.Context, network, addr string) (c net.Conn, err error) {
		c, err = tls.Dial(network, addr, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
		below = c
		return c, err
	}}}
	body, rest := io.Pipe()
	defer rest.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		if answer, err := client.Post("https://"+s.TLSAddr()+"/", "", body); err == nil {
			_ = answer.Body.Close()
		}
	}()
	<-inside
	remembered := weak.Make(func() *connection {
		s.open.mu.Lock()
		defer s.open.mu.Unlock()
		for c := range s.open.open {
			return c
		}
		return nil
	}())
	_ = below.Close()
	<-done
	for end := time.Now().Add(20 * time.Second); remembered.Value() != nil; runtime.GC() {
		if time.Now().After(end) {
			t.Fatal("the connection is still in memory after its end")
		}
	}
}

// Pages being made delay no call, and unread pages are charged
// (docs/spec/reliability.md#slow-clients).
func TestPagesHoldUpNoCall(t *testing.T) {
	t.Parallel()
	inside, leave := make(chan struct{}), make(chan struct{})
	h := &handler{
		log: slog.New(slog.DiscardHandler), admission: newAdmission(1, 1), guard: newGuard(true, nil),
		receiver: receiver{newBudget(1<<20, 0, nothing)}, unread: newBudget(64<<20, 0, nothing),
	}
	pages := newAdmission(1, 16)
	h.routes.console = &route{places: pages, handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		inside <- struct{}{}
		<-leave
		_, _ = io.WriteString(w, strings.Repeat("x", 8<<20)) // more than the sockets hold
	})}
	h.routes.oapi = &route{places: h.admission, handler: http.HandlerFunc(ok)}
	s, stop := serve(t, Listening{Addr: "127.0.0.1:0"})
	defer stop()
	s.Show(h)
	for range 3 {
		c, err := net.Dial("tcp", s.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, _ = io.WriteString(c, "GET /console/ HTTP/1.1\r\nHost: a\r\n\r\n")
	}
	for range 3 { // one after the other
		<-inside
		if got := pages.inFlight(); got != 1 {
			t.Errorf("pages at once: got %d, want 1", got)
		}
		if status, _ := get(t, http.DefaultClient, "http://"+s.Addr()+"/topapi/x"); status != http.StatusOK {
			t.Errorf("a call beside them: got %d, want 200", status)
		}
		leave <- struct{}{}
	}
	for h.unread.held() < 3*8<<20 { // all of them are charged in the end
		runtime.Gosched()
	}
	if status, _ := get(t, http.DefaultClient, "http://"+s.Addr()+"/topapi/x"); status != http.StatusOK {
		t.Errorf("a call beside pages that nobody reads: got %d, want 200", status)
	}
}

// Clients that stop in the middle of a TLS handshake do not delay others
// (docs/spec/reliability.md#slow-clients).
func TestHandshakesThatStopHoldUpNobody(t *testing.T) {
	t.Parallel()
	s, _, stop := serveTLS(t, Listening{TLSAddr: "127.0.0.1:0"})
	defer stop()
	s.Show(http.HandlerFunc(ok))
	places := s.secure.(*secureListener).agreeing
	for range 4 * cap(places) {
		c, err := net.Dial("tcp", s.TLSAddr())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, _ = io.WriteString(c, "\x16\x03\x01\x02\x00") // a record that does not come
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	for range 4 * cap(places) {
		if status, _ := get(t, client, "https://"+s.TLSAddr()+"/healthz"); status != http.StatusOK {
			t.Errorf("got %d, want 200", status)
		}
	}
}
