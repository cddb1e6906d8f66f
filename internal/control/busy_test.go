package control

import (
	"net/http/httptest"
	"testing"
)

func TestBusySaysWhenToComeAgain(t *testing.T) {
	t.Parallel()
	for e, want := range map[*refusal]string{busy: "1", notOffered: ""} {
		w := httptest.NewRecorder()
		fail(w, e)
		if got := w.Header().Get("Retry-After"); got != want {
			t.Errorf("%s: got Retry-After %q, want %q", e.code, got, want)
		}
	}
}
