package top

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestBusyAnswersInTheFormAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for format, want := range map[string]string{
		"json": `"sub_code":"isp.service-unavailable"`,
		"xml":  `<sub_code>isp.service-unavailable</sub_code>`,
	} {
		r := httptest.NewRequest("POST", "/router/rest?method=dingtalk.corp.extcontact.get", strings.NewReader("format="+format))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		a := httptest.NewRecorder()
		w.handler.Busy(a, r)
		if got := a.Body.String(); a.Code != 200 || !strings.Contains(got, want) {
			t.Errorf("format %s: got %d %s, want 200 and %s", format, a.Code, got, want)
		}
	}
}
