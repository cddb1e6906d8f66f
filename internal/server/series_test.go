package server_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/server"
	"github.com/mingce/mingce/mingcetest"
)

// No label holds what a caller can choose freely.
func TestSeriesAreBounded(t *testing.T) {
	t.Parallel()
	h, _ := assembled(t, func(c *server.Config) { c.Dev, c.AnyHost = true, true })
	s := &site{Handler: h}
	series := func() int {
		answer := s.send(httptest.NewRequest(http.MethodGet, "/metrics", nil))
		text, err := io.ReadAll(answer.Body)
		s.must(t, err)
		return strings.Count(string(text), "\nmingce_calls_total{")
	}
	send := func(i int) {
		for _, r := range []*http.Request{
			httptest.NewRequest(http.MethodGet, fmt.Sprintf("/v1.0/x%d", i), nil),
			httptest.NewRequest(fmt.Sprint("M", i), "/v1.0/contact/users/me", nil),
			httptest.NewRequest(http.MethodGet, fmt.Sprintf("/topapi/x%d", i), nil),
			httptest.NewRequest(http.MethodGet, fmt.Sprintf("/router/rest?method=m%d&format=f%d", i, i), nil),
			httptest.NewRequest(http.MethodGet, fmt.Sprintf("/?Action=A%d&Version=v%d", i, i), nil),
			httptest.NewRequest(http.MethodGet, fmt.Sprintf("/?p%d=1&p%d=1", i, i), nil),
			httptest.NewRequest(http.MethodGet, fmt.Sprintf("/console/errors/c%d", i), nil),
		} {
			s.send(r)
		}
	}
	send(0)
	before := series()
	for i := range 50 {
		send(i)
		fault := fmt.Sprintf(`{"operation":"GetMessageContact","fault":"InvalidParameter.x%d","times":1}`, i)
		if armed := s.send(httptest.NewRequest(http.MethodPost, "/_mingce/faults", strings.NewReader(fault))); armed.StatusCode != http.StatusOK {
			t.Fatalf("arm %s: got %d", fault, armed.StatusCode)
		}
		v := url.Values{"Action": {"GetMessageContact"}, "Version": {"2022-04-19"}, "ContactId": {directory.SampleMessageContact}, "Format": {"JSON"}}
		mingcetest.SignRPC(http.MethodGet, v, directory.SampleAccessKey, directory.SampleAccessSecret)
		answer := s.send(httptest.NewRequest(http.MethodGet, "/?"+v.Encode(), nil))
		if body, _ := io.ReadAll(answer.Body); !strings.Contains(string(body), fmt.Sprintf(`InvalidParameter.x%d"`, i)) {
			t.Fatalf("an armed fault: got %s", body)
		}
	}
	if got := series(); got > before+2 {
		t.Errorf("got %d series after requests of every kind, %d after one of each", got, before)
	}
}
