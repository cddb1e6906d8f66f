package server

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// refusing returns a server with a single place that answers how a request's body ended.
func refusing(t *testing.T) (*Server, *handler, *tls.Config) {
	t.Helper()
	h := bareHandler(1, 8<<20)
	h.routes.absent = &route{places: h.admission, handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, errors.As(err, new(*http.MaxBytesError)))
	})}
	s, _, stop := serveTLS(t, Listening{Addr: "127.0.0.1:0", TLSAddr: "127.0.0.1:0"})
	t.Cleanup(stop)
	s.Show(h)
	return s, h, &tls.Config{InsecureSkipVerify: true}
}

// A client that sends all of a body that is too long before it reads gets the answer, plain
// and over TLS, with a length and in chunks.
func TestTooLongBodiesAreAnswered(t *testing.T) {
	t.Parallel()
	s, _, trust := refusing(t)
	body := bytes.Repeat([]byte("x"), 16*longestBody)
	for _, secure := range []bool{false, true} {
		for _, framed := range []string{
			fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body),
			fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(body), body),
		} {
			var c net.Conn
			var err error
			if secure {
				c, err = tls.Dial("tcp", s.TLSAddr(), trust)
			} else {
				c, err = net.Dial("tcp", s.Addr())
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(c, "POST /absent HTTP/1.1\r\nHost: a\r\n"+framed); err != nil {
				t.Errorf("TLS %t, %.20s: sent with %v", secure, framed, err)
			}
			response, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Errorf("TLS %t, %.20s: got %v, want an answer", secure, framed, err)
			} else if got, err := io.ReadAll(response.Body); err != nil || string(got) != "true" || !response.Close {
				t.Errorf("TLS %t, %.20s: got %q, %v, close %t; want it refused and the end", secure, framed, got, err, response.Close)
			}
			_ = c.Close()
		}
	}
}

// On HTTP/2 the answer comes after the whole body.
func TestTooLongBodiesOfHTTP2AreRead(t *testing.T) {
	t.Parallel()
	s, _, trust := refusing(t)
	transport := &http.Transport{TLSClientConfig: trust, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	body := &counted{Reader: bytes.NewReader(make([]byte, 16*longestBody))}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+s.TLSAddr()+"/absent", io.NopCloser(body))
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = 16 * longestBody
	response, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got, err := io.ReadAll(response.Body); err != nil || string(got) != "true" || response.ProtoMajor != 2 || body.n != 16*longestBody {
		t.Errorf("got %q, %v over HTTP/%d after %d bytes, want it refused after all of them", got, err, response.ProtoMajor, body.n)
	}
}

type counted struct {
	io.Reader
	n int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

// A client that goes on sending holds no place, and its memory and connection make room
// for others.
func TestTheRestOfTooLongBodiesHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	s, h, _ := refusing(t)
	c, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "POST /absent HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\nbegin", 2*longestBody)
	first := bufio.NewReader(c)
	if response, err := http.ReadResponse(first, nil); err != nil {
		t.Fatal(err)
	} else if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	response, err := http.Post("http://"+s.Addr()+"/absent", "text/plain", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	s.open.mu.Lock()
	made := s.open.makeRoom(nil)
	s.open.mu.Unlock()
	if _, err := first.ReadByte(); !made || err == nil {
		t.Errorf("room for another connection: got %t and %v, want the first to make it", made, err)
	}
	if n := h.admission.inFlight(); n != 0 {
		t.Errorf("got %d places taken, want none", n)
	}
}

// After a body that broke off, net/http goes on reading before it closes the connection.
// That must not take for ever.
func TestWhatFollowsABrokenBodyHasATime(t *testing.T) {
	t.Parallel()
	x := &receiver{newBudget(8<<20, 0, nothing)}
	for _, length := range []int64{-1, 60000} {
		var last time.Time
		_, release := received(x, io.MultiReader(strings.NewReader(strings.Repeat("x", 50000)), failing{errors.New("i/o timeout")}), length, func(t time.Time) { last = t })
		if last.IsZero() {
			t.Errorf("length %d: got no deadline after the body, want one", length)
		}
		release()
	}
}
