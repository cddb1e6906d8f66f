package records

import (
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// While nothing happens, a follower hears that the connection is alive.
func TestCommentsBetweenEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		recorder := httptest.NewRecorder()
		c := &call{API: &API{}, request: httptest.NewRequest("GET", "/", nil)}
		e := &eventWriter{w: &streamWriter{call: c, w: recorder, answer: &reply{status: 200, stream: &stream{media: "text/event-stream"}}}}
		stop := e.keepAlive()
		time.Sleep(3*commentEvery + time.Second)
		stop()
		if got := strings.Count(recorder.Body.String(), ": still here\n\n"); got != 3 {
			t.Errorf("got %d comments in 46 seconds, want 3", got)
		}
	})
}
