package server

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mingce/mingce/internal/api"
)

// The answer to a call above its rate is delayed. Meanwhile it holds no place and its
// request stays counted. Other answers are not delayed, nor are those of callers that left.
func TestAnswersToComeLaterDwell(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := bareHandler(4, 1<<20)
		h.routes.absent = &route{places: h.admission, handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/early" {
				w.Header().Set("Retry-After", "1")
			}
			if r.URL.Path == "/refused" {
				api.HoldBack(w)
			}
			w.WriteHeader(http.StatusOK)
		})}
		took := func(r *http.Request) time.Duration {
			begun := time.Now()
			h.ServeHTTP(httptest.NewRecorder(), r)
			return time.Since(begun)
		}
		if got := took(httptest.NewRequest(http.MethodGet, "/absent", nil)); got != 0 {
			t.Errorf("an ordinary answer took %v, want no time", got)
		}
		time.AfterFunc(aMoment/2, func() {
			if n := h.admission.inFlight(); n != 0 {
				t.Errorf("%d places are held meanwhile, want 0", n)
			}
		})
		if got := took(httptest.NewRequest(http.MethodGet, "/early", nil)); got < aMoment || got >= 2*aMoment {
			t.Errorf("the answer to an early call took %v, want %v to twice that", got, aMoment)
		}
		if got := took(httptest.NewRequest(http.MethodGet, "/refused", nil)); got < aMoment || got >= 2*aMoment {
			t.Errorf("an answer that is asked to wait took %v, want %v to twice that", got, aMoment)
		}
		gone, leave := context.WithCancel(t.Context())
		time.AfterFunc(aMoment/2, leave)
		if got := took(httptest.NewRequest(http.MethodGet, "/early", nil).WithContext(gone)); got != aMoment/2 {
			t.Errorf("a caller that left was delayed for %v, want %v", got, aMoment/2)
		}
	})
}
