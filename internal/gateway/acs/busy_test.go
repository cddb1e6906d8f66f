package acs

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestBusyAnswersInTheFormAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for body, want := range map[string]string{
		"Action=GetMessageContact&Format=JSON": `"Code":"ServiceUnavailable"`,
		"Action=GetMessageContact":             `<Code>ServiceUnavailable</Code>`,
	} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		a := httptest.NewRecorder()
		w.Busy(a, r)
		if got := a.Body.String(); a.Code != 503 || !strings.Contains(got, want) {
			t.Errorf("%s: got %d %s, want 503 and %s", body, a.Code, got, want)
		}
	}
}
