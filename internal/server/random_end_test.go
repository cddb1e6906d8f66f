package server

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// Whatever clients do, and whenever they leave, nothing remains: no bytes charged, no
// places taken, no connections counted
// (docs/spec/reliability.md#slow-clients).
func TestNothingRemainsOfClientsThatLeave(t *testing.T) {
	t.Parallel()
	h := bareHandler(4, 1<<20)
	h.routes.absent = &route{places: h.admission, handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("X-Panic") != "" {
			panic("on purpose")
		}
		_, _ = w.Write(append(body, make([]byte, len(r.URL.Path)<<8)...))
	})}
	s, _, stop := serveTLS(t, Listening{Addr: "127.0.0.1:0", TLSAddr: "127.0.0.1:0", Limits: ConnectionLimits{Total: 60}})
	defer stop()
	s.Show(h)
	var all sync.WaitGroup
	var transports sync.Map // one may still be connecting when its request was given up
	for i := range 32 {
		random := rand.New(rand.NewPCG(1, uint64(i)))
		all.Go(func() {
			for range 25 {
				if random.IntN(3) == 0 {
					transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
					transports.Store(transport, nil)
					leaveSession(t.Context(), random, transport, s.TLSAddr())
				} else {
					leaveConnection(random, s)
				}
			}
		})
	}
	all.Wait()
	left := ""
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		left = ""
		transports.Range(func(transport, _ any) bool { transport.(*http.Transport).CloseIdleConnections(); return true })
		for name, b := range map[string]*budget{"receiving": h.receiver.budget, "unread": h.unread, "heads": s.open.heads} {
			b.mu.Lock()
			if b.used != 0 || b.leaving != 0 || len(b.holders) != 0 || len(b.owners) != 0 {
				left += fmt.Sprintf("%s: %d bytes, %d leaving, of %d requests and %d connections; ", name, b.used, b.leaving, len(b.holders), len(b.owners))
			}
			b.mu.Unlock()
		}
		s.open.mu.Lock()
		if len(s.open.open) != 0 || s.open.weight != 0 {
			left += fmt.Sprintf("%d connections of weight %d; ", len(s.open.open), s.open.weight)
		}
		s.open.mu.Unlock()
		if n := h.admission.inFlight() + int(h.admission.queued.Load()) + len(s.secure.(*secureListener).agreeing); n != 0 {
			left += fmt.Sprintf("%d places", n)
		}
		if left == "" {
			return
		}
	}
	t.Errorf("after all have left: got %s, want nothing", left)
}

// leaveConnection sends part of some HTTP/1.1 requests, reads part of the answers and
// leaves.
func leaveConnection(random *rand.Rand, s *Server) {
	addr := s.Addr()
	if random.IntN(2) == 0 {
		addr = s.TLSAddr()
	}
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return
	}
	defer c.Close()
	if tcp, ok := c.(*net.TCPConn); ok && random.IntN(2) == 0 {
		_ = tcp.SetLinger(0) // a reset instead of an end
	}
	_ = c.SetDeadline(time.Now().Add(time.Duration(random.IntN(300)) * time.Millisecond))
	if addr == s.TLSAddr() && random.IntN(8) > 0 {
		c = tls.Client(c, &tls.Config{InsecureSkipVerify: true})
	}
	var text strings.Builder
	for range 1 + random.IntN(3) {
		head := fmt.Sprintf("POST /%s HTTP/1.1\r\nHost: a\r\nX-Long: %s\r\n", strings.Repeat("p", random.IntN(1000)), strings.Repeat("h", random.IntN(20<<10)))
		if random.IntN(8) == 0 {
			head += "X-Panic: yes\r\n"
		}
		body := strings.Repeat("b", random.IntN(1<<(1+random.IntN(20))))
		switch random.IntN(3) {
		case 0:
			fmt.Fprintf(&text, "%sContent-Length: %d\r\n\r\n%s", head, len(body), body)
		case 1:
			fmt.Fprintf(&text, "%sTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\nX: y\r\n\r\n", head, len(body)+1, body+"b")
		case 2:
			fmt.Fprintf(&text, "%sExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", head, random.IntN(2<<20))
		}
	}
	part := text.String()
	if random.IntN(2) == 0 {
		part = part[:random.IntN(len(part)+1)]
	}
	if _, err := io.WriteString(c, part); err == nil {
		_, _ = io.CopyN(io.Discard, c, random.Int64N(1<<20))
	}
}

// leaveSession makes some HTTP/2 requests, gives each up after a while, and leaves.
func leaveSession(ctx context.Context, random *rand.Rand, transport *http.Transport, addr string) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(random.IntN(400))*time.Millisecond)
	defer cancel()
	defer transport.CloseIdleConnections()
	var all sync.WaitGroup
	for range 1 + random.IntN(6) {
		size, path := random.IntN(1<<(1+random.IntN(20))), strings.Repeat("p", random.IntN(2000))
		while, read := time.Duration(random.IntN(200))*time.Millisecond, random.Int64N(1<<20)
		all.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, while)
			defer cancel()
			body := io.MultiReader(strings.NewReader(strings.Repeat("b", size)), waiting{ctx, size%2 == 0})
			request, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+addr+"/"+path, body)
			if err != nil {
				return
			}
			if answer, err := transport.RoundTrip(request); err == nil {
				_, _ = io.CopyN(io.Discard, answer.Body, read)
				_ = answer.Body.Close()
			}
		})
	}
	all.Wait()
}

// waiting is the end of a body, which may not come before the request is given up.
type waiting struct {
	ctx  context.Context
	wait bool
}

func (w waiting) Read([]byte) (int, error) {
	if w.wait {
		<-w.ctx.Done()
	}
	return 0, io.EOF
}
