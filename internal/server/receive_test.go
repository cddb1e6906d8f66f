package server

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/api"
)

// deadlines is a writer that records its read deadline.
type deadlines struct {
	*httptest.ResponseRecorder
	set func(time.Time)
}

func (d deadlines) SetReadDeadline(t time.Time) error { d.set(t); return nil }

func received(x *receiver, body io.Reader, length int64, set func(time.Time)) (*http.Request, func()) {
	r := httptest.NewRequest(http.MethodPost, "/", body)
	r.ContentLength = length
	release, _ := x.take(deadlines{httptest.NewRecorder(), set}, r, longestBody)
	return r, release
}

func TestBodiesAreReceivedWhole(t *testing.T) {
	t.Parallel()
	x := &receiver{newBudget(8<<20, 0, nothing)}
	for _, size := range []int{1, firstRead - 1, firstRead, firstRead + 1, 65535, 65536, 70000, longestBody - 1, longestBody, longestBody + 1} {
		for _, length := range []int64{int64(size), -1} {
			name := fmt.Sprintf("%d bytes of %d", size, length)
			r, release := received(x, strings.NewReader(strings.Repeat("x", size)), length, func(time.Time) {})
			if _, ok := r.Body.(*api.Body); !ok {
				t.Fatalf("%s: the body is %T, want it in memory", name, r.Body)
			}
			got, err := api.ReadBody(httptest.NewRecorder(), r, longestBody)
			var long *http.MaxBytesError
			if isLong := size > longestBody; errors.As(err, &long) != isLong || !isLong && (err != nil || len(got) != size) {
				t.Errorf("%s: got %d bytes and %v", name, len(got), err)
			}
			if held := x.budget.held(); held > int64(size)+2*piece {
				t.Errorf("%s: got %d bytes charged", name, held)
			}
			release()
			if held := x.budget.held(); held != 0 {
				t.Fatalf("%s: got %d bytes charged after the call, want none", name, held)
			}
		}
	}
}

// The beginning of a body that is too long is passed on, because it may tell the format
// of the refusal. The wait for it is short.
func TestBeginningOfTooLongBodies(t *testing.T) {
	t.Parallel()
	x := &receiver{newBudget(8<<20, 0, nothing)}
	body := "format=json&a=" + strings.Repeat("x", longestBody)
	for _, length := range []int64{int64(len(body)), -1} {
		waits := 0
		r, release := received(x, strings.NewReader(body), length, func(time.Time) { waits++ })
		got, err := api.ReadBody(httptest.NewRecorder(), r, longestBody)
		var long *http.MaxBytesError
		if string(got) != body[:firstRead] || !errors.As(err, &long) || waits == 0 {
			t.Errorf("length %d: got %d bytes, %v and %d deadlines, want %d, the limit and one", length, len(got), err, waits, firstRead)
		}
		release()
		if held := x.budget.held(); held != 0 {
			t.Errorf("length %d: got %d bytes charged after the call, want none", length, held)
		}
	}
}

func TestBrokenBodiesStayBroken(t *testing.T) {
	t.Parallel()
	x := &receiver{newBudget(8<<20, 0, nothing)}
	for _, sent := range []int{0, 10, firstRead, 50000} {
		for _, length := range []int64{-1, 100, 60000} {
			if length >= 0 && length <= int64(sent) {
				continue
			}
			body := io.MultiReader(strings.NewReader(strings.Repeat("x", sent)), failing{io.ErrUnexpectedEOF})
			r, release := received(x, body, length, func(time.Time) {})
			got, err := io.ReadAll(r.Body)
			if !errors.Is(err, io.ErrUnexpectedEOF) || len(got) != min(sent, firstRead) {
				t.Errorf("%d bytes of %d: got %d and %v, want the beginning and the error", sent, length, len(got), err)
			}
			release()
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// halfSent is a body that sends some bytes, and then nothing until its deadline is set to
// the past.
type halfSent struct {
	left    int
	stopped chan struct{}
}

func (h *halfSent) Read(p []byte) (int, error) {
	if h.left > 0 {
		n := min(h.left, len(p))
		h.left -= n
		return n, nil
	}
	<-h.stopped
	return 0, errors.New("i/o timeout")
}

// Half-sent bodies hold no more than the budget, whatever their length promised, and the
// slowest are cut off first. A body that comes at once gets through
// (docs/spec/reliability.md#bounded-memory).
func TestHalfSentBodiesStayWithinTheBudget(t *testing.T) {
	t.Parallel()
	const most = 4 << 20
	x := &receiver{newBudget(most, 0, nothing)}
	type ending struct {
		i   int
		err error
	}
	ended := make(chan ending, 100)
	var halves []*halfSent
	begin := func(i, sent int) {
		h := &halfSent{sent, make(chan struct{})}
		halves = append(halves, h)
		closed := false // the deadline is set under the budget's lock
		go func() {
			r, release := received(x, h, longestBody, func(until time.Time) {
				if until.Equal(longAgo) && !closed {
					closed = true
					close(h.stopped)
				}
			})
			defer release()
			_, err := api.ReadBody(httptest.NewRecorder(), r, longestBody)
			ended <- ending{i, err}
		}()
	}
	for i := range 100 { // 100 KiB each take four pieces: at most 29 of them fit
		begin(i, 100<<10)
	}
	for range 100 - 29 {
		if e := <-ended; !errors.Is(e.err, errCutOff) {
			t.Errorf("half-sent body %d: got %v, want cut off", e.i, e.err)
		}
		if held := x.budget.held(); held > most {
			t.Fatalf("got %d bytes charged, want at most %d", held, most)
		}
	}
	x.budget.mu.Lock()
	for h := range x.budget.holders { // a while later
		h.since, h.last = h.since.Add(-time.Second), h.last.Add(-time.Second)
	}
	x.budget.mu.Unlock()
	r, release := received(x, strings.NewReader(strings.Repeat("x", longestBody)), longestBody, func(time.Time) {})
	if got, err := api.ReadBody(httptest.NewRecorder(), r, longestBody); err != nil || len(got) != longestBody {
		t.Errorf("a body that comes at once: got %d bytes and %v, want all", len(got), err)
	}
	release()
	x.budget.mu.Lock()
	for h := range x.budget.holders { // the rest leaves
		_ = h.deadline(longAgo)
	}
	x.budget.mu.Unlock()
}

// A complete body is not cut off: its call may be running.
func TestCompleteBodiesAreNotCutOff(t *testing.T) {
	t.Parallel()
	x := &receiver{newBudget(2<<20, 0, nothing)}
	whole := strings.Repeat("x", 900<<10)
	r, release := received(x, strings.NewReader(whole), int64(len(whole)), func(time.Time) {})
	defer release()
	_, other := received(x, strings.NewReader(whole), int64(len(whole)), func(time.Time) {})
	defer other()
	if got, err := api.ReadBody(httptest.NewRecorder(), r, longestBody); err != nil || string(got) != whole {
		t.Errorf("the first: got %d bytes and %v, want all of it", len(got), err)
	}
}

// The deadline of a body does not bound its call: net/http would take a deadline that
// passes during the call for a client that has left.
func TestCallsMayTakeLongerThanTheirBodies(t *testing.T) {
	t.Parallel()
	x := &receiver{newBudget(1<<20, 0, nothing)}
	begun, last := false, longAgo
	_, release := received(x, strings.NewReader(strings.Repeat("x", 100<<10)), 100<<10, func(until time.Time) {
		begun, last = begun || !until.IsZero(), until
	})
	defer release()
	if !begun || !last.IsZero() {
		t.Errorf("deadline of the body: got set %t and at last %v, want it set and then lifted", begun, last)
	}
}

// A sender gets more time only by sending.
func TestBodiesMustNotComeTooSlowly(t *testing.T) {
	t.Parallel()
	begun := time.Now()
	for moved, want := range map[int64]time.Duration{0: 10 * time.Second, 8 << 10: 11 * time.Second, 1 << 20: 138 * time.Second} {
		if got := due(begun, moved).Sub(begun); got != want {
			t.Errorf("after %d bytes: got %s, want %s", moved, got, want)
		}
	}
}

// What follows a body that broke off may belong to the same request, so it is not
// answered. net/http itself stops in the middle of such a trailer.
func TestNothingIsAnsweredAfterABrokenBody(t *testing.T) {
	t.Parallel()
	s, stop := serve(t, Listening{Addr: "127.0.0.1:0"})
	defer stop()
	x := &receiver{newBudget(8<<20, 0, nothing)}
	s.Show(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		release, _ := x.take(w, r, longestBody)
		defer release()
		fmt.Fprint(w, r.URL.Path)
	}))
	for _, length := range []int{1, firstRead + 1} {
		request := fmt.Sprintf("POST /outer HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n", length, strings.Repeat("x", length)) +
			"na@me: x\r\nGET http://a/inner?: HTTP/1.1\r\nHost: a\r\n\r\n"
		if got := exchange(t, s.Addr(), request); !strings.HasSuffix(got, "/outer") || strings.Count(got, "HTTP/1.1 200") != 1 {
			t.Errorf("%d bytes: got %q, want one answer", length, got)
		}
	}
}

// Even the slowest body allowed is answered.
func TestAnswersHaveATimeOfTheirOwn(t *testing.T) {
	t.Parallel()
	if longest := time.Until(due(time.Now(), longestBody)); answerTime < longest+30*time.Second {
		t.Errorf("answers are given up after %s, want more than the %s that a body may take", answerTime, longest)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for _, size := range []int{10, 10 * firstRead} {
		w := &writeDeadline{ResponseRecorder: httptest.NewRecorder()}
		a := newAnswer(w)
		_, _ = a.Write(make([]byte, size))
		a.send(r, newBudget(1<<20, 0, nothing))
		if until := time.Until(w.until); until <= 0 || until > transferLag+time.Duration(size/slowest+1)*time.Second+time.Second {
			t.Errorf("an answer of %d bytes: got %s to be read, want at most %s and its length's", size, until, transferLag)
		}
	}
}

type writeDeadline struct {
	*httptest.ResponseRecorder
	until time.Time
}

func (w *writeDeadline) SetWriteDeadline(t time.Time) error { w.until = t; return nil }
