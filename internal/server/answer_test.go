package server

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A client that does not read its answer holds no place: with a single place,
// others are still answered
// (docs/spec/reliability.md#places-for-calls).
func TestUnreadAnswersHoldNoPlace(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("x", 8<<20) // more than the sockets hold
	sent := make(chan struct{}, 16)
	h := &handler{
		log: slog.New(slog.DiscardHandler), admission: newAdmission(1, 16), guard: newGuard(true, nil),
		receiver: receiver{newBudget(1<<20, 0, nothing)}, unread: newBudget(64<<20, 0, nothing),
	}
	h.routes.absent = &route{places: h.admission, handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/large" {
			_, _ = io.WriteString(w, large)
			sent <- struct{}{}
		}
	})}
	s, stop := serve(t, Listening{Addr: "127.0.0.1:0"})
	defer stop()
	s.Show(h)
	for range 4 {
		c, err := net.Dial("tcp", s.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, _ = io.WriteString(c, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
	}
	for range 4 {
		<-sent
	}
	if status, _ := get(t, http.DefaultClient, "http://"+s.Addr()+"/small"); status != http.StatusOK {
		t.Errorf("beside unread answers: got %d, want 200", status)
	}
	if h.unread.held() == 0 {
		t.Error("got nothing charged for answers that nobody reads")
	}
}

// A connection above its share loses the slowest of its own answers, not another
// connection's.
func TestUnreadAnswersOfOneConnection(t *testing.T) {
	t.Parallel()
	b := newBudget(10<<20, 2<<20, nothing)
	var cut []string
	hold := func(owner, name string, moved int) *holding {
		h := b.hold(owner, func(until time.Time) error {
			if until.Equal(longAgo) {
				cut = append(cut, name)
			}
			return nil
		})
		h.move(moved)
		return h
	}
	other := hold("b", "other", 0)
	slow, quick := hold("a", "slow", 1), hold("a", "quick", 1000)
	if !other.grow(1<<20) || !slow.grow(1<<20) || !quick.grow(1<<20) {
		t.Fatal("within the share: got cut off")
	}
	if !quick.grow(1 << 20) {
		t.Error("the quick one: got cut off, want the slow one")
	}
	if len(cut) != 1 || cut[0] != "slow" || slow.complete() || !quick.complete() || !other.complete() {
		t.Errorf("got %v cut off, want the slow answer of the connection alone", cut)
	}
	for _, h := range []*holding{slow, quick, other, other} {
		h.release()
	}
	if b.held() != 0 || len(b.owners) != 0 {
		t.Errorf("at the end: got %d bytes held and %v, want none", b.held(), b.owners)
	}
}
