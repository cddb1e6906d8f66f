package server_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// An app may be required to sign: then its token is not enough on the TOP gateway.
func TestAppThatMustSign(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	call := func() string {
		r := httptest.NewRequest(http.MethodPost, "/router/rest?method=dingtalk.corp.extcontact.get&v=2.0&format=json&session="+directory.SampleToken,
			strings.NewReader("user_id=123420013632"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		body, err := io.ReadAll(s.send(r).Body)
		s.must(t, err)
		return string(body)
	}
	if got := call(); !strings.Contains(got, "张三") {
		t.Fatalf("before: got %s, want the contact", got)
	}
	yes := true
	_, err := s.admin.ChangeApp(t.Context(), directory.SampleAppKey, directory.AppUpdate{RequireSigning: &yes})
	s.must(t, err)
	if got := call(); !strings.Contains(got, `"code":24`) {
		t.Errorf("after: got %s, want 24", got)
	}
}
