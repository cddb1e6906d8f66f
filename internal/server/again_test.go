package server_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/server"
)

// Every route says when to come again while the directory is busy.
func TestBusyRoutesSayWhenToComeAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.Handler = server.New(s.instance.Config(slog.New(slog.DiscardHandler), "test")) // with streams
	ticket, err := s.admin.OpenStream(t.Context(), directory.SampleAppKey, "sample-app-secret-0001", "127.0.0.1", []string{"*"})
	s.must(t, err)
	s.must(t, s.instance.Close())

	get := func(target string) *http.Request { return httptest.NewRequest("GET", target, nil) }
	stream := get("/connect?ticket=" + ticket)
	stream.Header.Set("Connection", "Upgrade")
	stream.Header.Set("Upgrade", "websocket")
	rest := get("/v1.0/contact/orgAccounts/status?userId=org1001")
	rest.Header.Set("x-acs-dingtalk-access-token", "unknown")
	for name, r := range map[string]*http.Request{
		"own gateway": get("/topapi/extcontact/list?access_token=unknown"),
		"token":       get("/gettoken?appkey=" + directory.SampleAppKey + "&appsecret=x"),
		"REST":        rest,
		"login page":  get("/oauth2/auth?" + pageQuery().Encode()),
		"stream":      stream,
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if again := w.Header().Get("Retry-After"); again != "1" {
			t.Errorf("%s: got %d %s with Retry-After %q, want 1", name, w.Code, w.Body, again)
		}
	}
}
