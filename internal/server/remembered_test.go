package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The pieces that bodies are received in are reused, up to a bounded number.
func TestPiecesAreBounded(t *testing.T) {
	for range 10 * cap(pieces) {
		givePiece(new([piece]byte))
	}
	if n := len(pieces); n != cap(pieces) || n*piece > 8<<20 {
		t.Errorf("got %d pieces of %d bytes, want at most 8 MiB", n, piece)
	}
}

// The head of a request for a stream stays in memory as long as the stream.
func TestHeadsOfStreamsAreBounded(t *testing.T) {
	t.Parallel()
	reached := 0
	h := stream(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
	for pad, want := range map[int]int{100: http.StatusOK, longestStreamHead: http.StatusRequestHeaderFieldsTooLarge} {
		for _, r := range []*http.Request{
			httptest.NewRequest(http.MethodGet, "/connect?ticket="+strings.Repeat("x", pad), nil),
			httptest.NewRequest(http.MethodGet, "/connect", nil),
		} {
			r.Header.Set("X-Pad", strings.Repeat("x", pad))
			w := httptest.NewRecorder()
			if h.ServeHTTP(w, r); w.Code != want {
				t.Errorf("a head with %d bytes: got %d, want %d", pad, w.Code, want)
			}
		}
	}
	if reached != 2 {
		t.Errorf("got %d requests through, want 2", reached)
	}
}
