package server

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mingce/mingce/internal/records"
)

// streamed is an API whose calls are all files.
type streamed struct{ http.HandlerFunc }

func (streamed) Streams(*http.Request) records.Streaming { return records.FileStream }

// handling is a server whose own API is f.
func handling(t *testing.T, f http.HandlerFunc) *httptest.Server {
	h := &handler{
		log: slog.New(slog.DiscardHandler), guard: newGuard(true, nil), streams: newStreamPlaces(),
		receiver: receiver{newBudget(1<<20, 0, nothing)}, unread: newBudget(1<<20, 0, nothing),
	}
	h.routes.admin = &route{handler: streamed{f}}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// A file may be larger than any body or answer that is kept in memory.
func TestFilesPassThrough(t *testing.T) {
	t.Parallel()
	s := handling(t, func(w http.ResponseWriter, r *http.Request) {
		got, err := io.ReadAll(r.Body)
		if len(got) != 4*longestBody || err != nil {
			t.Errorf("got %d bytes, %v", len(got), err)
		}
		_, _ = w.Write(got)
	})
	body := bytes.Repeat([]byte("0123456789abcdef"), 4*longestBody/16)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/mingce/v1/orgs/x/imports", io.MultiReader(bytes.NewReader(body)))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if got, err := io.ReadAll(answer.Body); err != nil || !bytes.Equal(got, body) {
		t.Errorf("got %d bytes, %v, want what was sent", len(got), err)
	}
}

// A file that nobody wants is answered at once, and the client sees the answer.
func TestRefusedFilesAreAnswered(t *testing.T) {
	t.Parallel()
	s := handling(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	answer, err := http.Post(s.URL+"/mingce/v1/orgs/x/imports", "text/csv", strings.NewReader(strings.Repeat("x", 8<<20))) //nolint:noctx // ends with the test
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("got %d", answer.StatusCode)
	}
}

// A file that was refused need not come: the answer does not wait for it, and neither does
// the next file for its place (docs/spec/json-api.md#streams).
func TestRefusedFilesNeedNotCome(t *testing.T) {
	t.Parallel()
	s := handling(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/mingce/v1/orgs/none/imports" {
			_, _ = r.Body.Read(make([]byte, 4))
		}
		w.WriteHeader(http.StatusUnauthorized)
	})
	for i := range maxFiles + maxFilesQueued + 2 { // more than there are places
		c, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		path := []string{"none", "some"}[i%2]
		size := []string{"Content-Length: 1000", "Content-Length: 5368709120", "Transfer-Encoding: chunked"}[i%3]
		if _, err := fmt.Fprintf(c, "POST /mingce/v1/orgs/%s/imports HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n5\r\nname,\r\n", path, size); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatalf("the %dth, %s of %s: %v", i+1, path, size, err)
		}
		if answer.StatusCode != http.StatusUnauthorized || !answer.Close {
			t.Errorf("%s of %s: got %d, close %t; want the refusal and the end", path, size, answer.StatusCode, answer.Close)
		}
	}
}

// Only what a client takes longer than the slowest speed counts, and not the time
// between two transfers.
func TestPaceOfStreams(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var deadline time.Time
		p := pace{set: func(d time.Time) error { deadline = d; return nil }}
		left := func(n int, takes time.Duration) (left time.Duration) {
			_, _ = p.move(func() (int, error) {
				left = time.Until(deadline)
				time.Sleep(takes)
				return n, nil
			})
			return left
		}
		if got := left(slowest, 4*time.Second); got != transferLag {
			t.Errorf("at first: %s", got)
		}
		if !deadline.IsZero() {
			t.Error("a deadline stays between two transfers")
		}
		time.Sleep(time.Hour)
		if got := left(slowest, 0); got != transferLag-3*time.Second {
			t.Errorf("three seconds behind: %s left", got)
		}
		left(1<<30, 0)
		if got := left(0, 0); got != transferLag {
			t.Errorf("after a fast transfer: %s left", got)
		}
	})
}

func TestPlacesOfStreamsAreBounded(t *testing.T) {
	t.Parallel()
	p := streamPlaces{newAdmission(1, 0), newAdmission(1, 0)}
	f := &route{handler: streamed{}}
	places := p.of(f, httptest.NewRequest(http.MethodGet, "/", nil))
	if places != p.files || !places.enter(context.Background()) || places.enter(context.Background()) {
		t.Error("a second file got a place")
	}
	if p.of(&route{handler: http.NotFoundHandler()}, httptest.NewRequest(http.MethodGet, "/", nil)) != nil {
		t.Error("another handler has streams")
	}
}
