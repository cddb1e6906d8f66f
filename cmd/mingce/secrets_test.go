package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/mingce/mingce/mingcetest"
)

// Neither secrets nor personal values reach the log or the metrics, however
// much is logged and whether calls succeed or fail
// (docs/spec/reliability.md#logs-and-metrics-without-personal-data).
func TestNoSecretReachesTheLog(t *testing.T) {
	t.Parallel()
	var log lockedBuffer
	p := startLogged(t, &log, "dev", "--ephemeral", "--tls-addr", "", "--verbose")
	for _, target := range []string{
		"POST /v1.0/oauth2/accessToken " + `{"appKey":"` + mingcetest.AppKey + `","appSecret":"canary-secret-1"}`,
		"POST /v1.0/oauth2/accessToken " + `{"appKey":"` + mingcetest.AppKey + `","appSecret":"` + mingcetest.AppSecret + `"}`,
		"POST /v1.0/oauth2/userAccessToken " + `{"clientId":"` + mingcetest.AppKey + `","clientSecret":"canary-secret-2","code":"canary-code-1","grantType":"authorization_code"}`,
		"GET /gettoken?appkey=" + mingcetest.AppKey + "&appsecret=canary-secret-3",
		"GET /gettoken?appkey=" + mingcetest.AppKey + "&appsecret=" + mingcetest.AppSecret,
		"POST /topapi/v2/user/get?access_token=canary-token-1 {}",
		"POST /topapi/v2/user/create?access_token=" + mingcetest.AccessToken + ` {"name":"金丝雀","mobile":"13987654321","dept_id_list":"2","email":"canary@example.com","exclusive_account":true,"exclusive_account_type":"dingtalk","login_id":"canarylogin","init_password":"canary-password-1"}`,
		"POST /topapi/v2/user/create?access_token=" + mingcetest.AccessToken + ` {"name":"金丝雀","mobile":"13987654321","dept_id_list":"999"}`,
		"POST /topapi/extcontact/create?access_token=" + mingcetest.AccessToken + ` {"contact":{"name":"金丝雀","mobile":"13987654321","state_code":"86","follower_user_id":"023420013645","label_ids":[1],"remark":"金丝雀的备注"}}`,
		"POST /topapi/extcontact/create?access_token=" + mingcetest.AccessToken + ` {"contact":{"name":"金丝雀","mobile":"13987654321x","state_code":"86","follower_user_id":"023420013645","label_ids":[1]}}`,
		"GET /router/rest?method=dingtalk.corp.extcontact.get&v=2.0&session=canary-token-2&user_id=1",
		"PUT /v1.0/contact/orgAccounts/mobiles/visibleInOtherOrg " + `{"toCorpIds":["canary@example.com"],"optUserId":"13987654321"}`,
		"GET /console/errors/50?requestId=canary-token-3",
		"POST /verify/canary-token-4 code=canary-code-2",
		"POST /mingce/v1/apps canary-secret-4",
	} {
		method, rest, _ := strings.Cut(target, " ")
		path, body, _ := strings.Cut(rest, " ")
		_, _ = p.do(method, path, "application/json", body)
	}
	for _, v := range []url.Values{
		{"Action": {"AddMessageContact"}, "Name": {"金丝雀"}, "EmailAddress": {"canary@example.com"}, "PhoneNumber": {"86-13987654321"}, "Title": {"Other"}, "MessageTypes.1": {"FaultMessage"}},
		{"Action": {"AddMessageContact"}, "Name": {"金丝雀"}, "EmailAddress": {"canary@example.com@"}, "PhoneNumber": {"86-1398765432100"}, "Title": {"Other"}, "MessageTypes.1": {"FaultMessage"}},
		{"Action": {"SendEmailVerificationForMessageContact"}, "ContactId": {"c-Verify0Pending1"}, "EmailAddress": {"jerry@example.com"}},
	} {
		_, _ = p.rpc(v.Get("Action"), v)
	}
	canaries := append(sentSecrets(t, p), "canary-", "canary@", "金丝雀", "13987654321", "jerry@example.com",
		mingcetest.AppSecret, mingcetest.AccessToken, mingcetest.AccessKeySecret)
	metrics, err := p.do(http.MethodGet, "/metrics", "", "")
	if err != nil {
		t.Fatal(err)
	}
	p.kill(t)
	logged := log.String()
	if !strings.Contains(logged, "request") {
		t.Errorf("log: got %q, want the failed calls in it", logged)
	}
	for _, canary := range canaries {
		for where, text := range map[string]string{"log": logged, "metrics": string(metrics)} {
			if i := strings.Index(text, canary); i >= 0 {
				t.Errorf("%s: got %q in %q, want it nowhere", where, canary, text[max(0, i-200):min(len(text), i+100)])
			}
		}
	}
}

// sentSecrets returns the code and the link of the message that was sent.
func sentSecrets(t *testing.T, p *program) []string {
	t.Helper()
	b, err := p.do(http.MethodGet, "/_mingce/messages/wait?to=jerry@example.com&timeout=10s", "", "")
	var m struct{ Link, Code string }
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil || m.Code == "" || m.Link == "" {
		t.Fatal(fmt.Errorf("the captured mail: %w %s", err, b))
	}
	return []string{m.Code, m.Link[strings.LastIndexByte(m.Link, '/')+1:]}
}

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
