package mingcetest_test

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/mingce/mingce/mingcetest"
)

func call(t *testing.T, c *http.Client, method, address, body string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("x-acs-dingtalk-access-token", mingcetest.AccessToken)
	answer, err := c.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const (
	grants    = "/mingce/v1/orgs/" + mingcetest.CorpID + "/visibility-grants"
	visible   = "/v1.0/contact/orgAccounts/mobiles/visibleInOtherOrg"
	grantBody = `{"toCorpIds":["` + mingcetest.PartnerCorpID + `"],"optUserId":"102530009661373952","fields":["mobile"]}`
)

func TestServerAnswersTheSamplesAndResets(t *testing.T) {
	t.Parallel()
	s := mingcetest.Start(t)
	c := http.DefaultClient

	if got, want := call(t, c, http.MethodPut, s.URL+visible, grantBody), `{"result":true}`; got != want {
		t.Errorf("grant: got %s, want %s", got, want)
	}
	if got, want := call(t, c, http.MethodGet, s.URL+grants, ""), `"toCorpName":"伙伴公司","fields":["mobile"]`; !strings.Contains(got, want) {
		t.Errorf("grants: got %s, want %s in it", got, want)
	}
	s.Reset(t)
	if got, want := strings.TrimSpace(call(t, c, http.MethodGet, s.URL+grants, "")), `{"grants":[]}`; got != want {
		t.Errorf("grants after reset: got %s, want %s", got, want)
	}
}

func TestServerProvokesFaults(t *testing.T) {
	t.Parallel()
	s := mingcetest.Start(t)
	s.Fault(t, "OrgAccountMobileVisibleInOtherOrg", "system.busy", 1)
	if got := call(t, http.DefaultClient, http.MethodPut, s.URL+visible, grantBody); !strings.Contains(got, `"code":"system.busy"`) {
		t.Errorf("armed call: got %s, want system.busy", got)
	}
	if got, want := call(t, http.DefaultClient, http.MethodPut, s.URL+visible, grantBody), `{"result":true}`; got != want {
		t.Errorf("next call: got %s, want %s", got, want)
	}
}

func TestServerAnswersHTTPSWithItsOwnAuthority(t *testing.T) {
	t.Parallel()
	s := mingcetest.Start(t)
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.CAs}, ForceAttemptHTTP2: true}}
	defer c.CloseIdleConnections()
	q := url.Values{"method": {"dingtalk.corp.extcontact.get"}, "session": {mingcetest.AccessToken}, "format": {"json"}, "v": {"2.0"}, "user_id": {"123420013632"}}
	if got := call(t, c, http.MethodGet, s.TLSURL+"/router/rest?"+q.Encode(), ""); !strings.Contains(got, "张三") {
		t.Errorf("sample contact over HTTPS: got %s, want 张三", got)
	}
}
