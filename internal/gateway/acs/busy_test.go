package acs

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/api"
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

// Malformed and forbidden requests are refused in the format that they ask for.
func TestRefusalsAreInTheFormAskedFor(t *testing.T) {
	t.Parallel()
	form := func(method, target, body string) *http.Request {
		r := httptest.NewRequest(method, target, strings.NewReader(body))
		r.Header.Set("Content-Type", formType)
		return r
	}
	charset := form("POST", "/", "Action=GetMessageContact&Format=JSON")
	charset.Header.Set("Content-Type", formType+";charset=GBK")
	for name, r := range map[string]*http.Request{
		"broken form":     form("POST", "/", "a=%zz&Action=GetMessageContact&Format=JSON"),
		"broken query":    form("GET", "/?a=%zz&Action=GetMessageContact&Format=JSON", ""),
		"too large":       form("POST", "/", "Format=JSON&a="+strings.Repeat("x", api.MaxBody)),
		"another charset": charset,
		"method":          form("PUT", "/", "Action=GetMessageContact&Format=JSON"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newWorld(t).send(t, r)
			if a.Code < 400 || !strings.HasPrefix(a.body, `{"RequestId":`) {
				t.Errorf("got %d %s, want an error in JSON", a.Code, a.body)
			}
		})
	}
}
