package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	contact "github.com/alibabacloud-go/dingtalk/contact_1_0"
	oauth2 "github.com/alibabacloud-go/dingtalk/oauth2_1_0"
	util "github.com/alibabacloud-go/tea-utils/v2/service"
	"github.com/alibabacloud-go/tea/tea"
)

const visibleInOtherOrg = "OrgAccountMobileVisibleInOtherOrg"

// dingtalkConfig is the seed page's configuration with the address of this server.
func dingtalkConfig(s *server) *openapi.Config {
	return &openapi.Config{
		Protocol: tea.String("http"),
		RegionId: tea.String("central"),
		Endpoint: tea.String(s.host),
	}
}

func grantVisibility(t *testing.T, config *openapi.Config, token string, request *contact.OrgAccountMobileVisibleInOtherOrgRequest, runtime *util.RuntimeOptions) (*contact.OrgAccountMobileVisibleInOtherOrgResponse, error) {
	t.Helper()
	client, err := contact.NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	headers := &contact.OrgAccountMobileVisibleInOtherOrgHeaders{XAcsDingtalkAccessToken: tea.String(token)}
	return client.OrgAccountMobileVisibleInOtherOrgWithOptions(request, headers, runtime)
}

// sampleGrant is the request of the seed page 001_ae1dd7d1f9d1fdf1.txt.
func sampleGrant() *contact.OrgAccountMobileVisibleInOtherOrgRequest {
	return &contact.OrgAccountMobileVisibleInOtherOrgRequest{
		ToCorpIds: []*string{tea.String(corpB)},
		OptUserId: tea.String(adminOfA),
		Fields:    []*string{tea.String("mobile")},
	}
}

func TestDingTalkSDKObtainsATokenAndGrantsVisibility(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	client, err := oauth2.NewClient(dingtalkConfig(s))
	if err != nil {
		t.Fatal(err)
	}

	t.Run("token of an internal app", func(t *testing.T) {
		ask := &oauth2.GetAccessTokenRequest{AppKey: tea.String(appKeyA), AppSecret: tea.String(appSecretA)}
		first, err := client.GetAccessToken(ask)
		if err != nil {
			t.Fatal(err)
		}
		second, err := client.GetAccessToken(ask)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "expireIn", tea.Int64Value(first.Body.ExpireIn), 7200)
		equal(t, "token asked for again", tea.StringValue(second.Body.AccessToken), tea.StringValue(first.Body.AccessToken))
		mustGrant(t, s, tea.StringValue(first.Body.AccessToken))
	})

	t.Run("token of the unified call", func(t *testing.T) {
		response, err := client.GetToken(tea.String(corpA), &oauth2.GetTokenRequest{
			ClientId: tea.String(appKeyA), ClientSecret: tea.String(appSecretA), GrantType: tea.String("client_credentials"),
		})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "expires_in", tea.Int32Value(response.Body.ExpiresIn), 7200)
		mustGrant(t, s, tea.StringValue(response.Body.AccessToken))
	})

	t.Run("wrong secret", func(t *testing.T) {
		_, err := client.GetAccessToken(&oauth2.GetAccessTokenRequest{AppKey: tea.String(appKeyA), AppSecret: tea.String("wrong")})
		sdkError := errorAs[*tea.SDKError](t, err)
		equal(t, "code", tea.StringValue(sdkError.Code), "invalidClientIdOrSecret")
		equal(t, "status", tea.IntValue(sdkError.StatusCode), 400)
	})

	t.Run("token of another corp", func(t *testing.T) {
		_, err := client.GetToken(tea.String(corpB), &oauth2.GetTokenRequest{
			ClientId: tea.String(appKeyA), ClientSecret: tea.String(appSecretA), GrantType: tea.String("client_credentials"),
		})
		sdkError := errorAs[*tea.SDKError](t, err)
		equal(t, "code", tea.StringValue(sdkError.Code), "unauthorized.client")
		equal(t, "status", tea.IntValue(sdkError.StatusCode), 401)
	})
}

func mustGrant(t *testing.T, s *server, token string) {
	t.Helper()
	response, err := grantVisibility(t, dingtalkConfig(s), token, sampleGrant(), &util.RuntimeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "result", tea.BoolValue(response.Body.Result), true)
}

func TestDingTalkSDKGrantIsStoredAndAudited(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	response, err := grantVisibility(t, dingtalkConfig(s), tokenA, sampleGrant(), &util.RuntimeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "result", tea.BoolValue(response.Body.Result), true)
	equal(t, "fields granted to corp B", s.visibilityGrants(t)[corpB], "mobile")

	entry := s.audited(t, tea.StringValue(response.Headers["x-acs-request-id"]))
	equal(t, "api in the history", entry.API, visibleInOtherOrg)
	if !strings.Contains(string(entry.After), "mobile") {
		t.Errorf("state after in the history: got %s, want the field mobile", entry.After)
	}
}

// The SDK may send absent fields as nil or as [], which must both work.
func TestDingTalkSDKFieldsOfAGrant(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	tests := map[string]struct {
		fields []*string
		want   string
	}{
		"both":           {tea.StringSlice([]string{"mobile", "status"}), "mobile status"},
		"narrowed":       {tea.StringSlice([]string{"status"}), "status"},
		"missing":        {nil, "mobile"},
		"empty list":     {[]*string{}, "mobile"},
		"the same twice": {tea.StringSlice([]string{"status", "status"}), "status"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			request := sampleGrant()
			request.Fields = test.fields
			if _, err := grantVisibility(t, dingtalkConfig(s), tokenA, request, &util.RuntimeOptions{}); err != nil {
				t.Fatal(err)
			}
			equal(t, "fields granted to corp B", s.visibilityGrants(t)[corpB], test.want)
		})
	}
}

func TestDingTalkSDKErrors(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	unknownEmployee, ownCorp, unknownField, strangersEmployee := sampleGrant(), sampleGrant(), sampleGrant(), sampleGrant()
	unknownEmployee.OptUserId = tea.String("nobody")
	ownCorp.ToCorpIds = []*string{tea.String(corpA)}
	unknownField.Fields = []*string{tea.String("email")}
	strangersEmployee.OptUserId = tea.String("b0001")

	tests := map[string]struct {
		token   string
		request *contact.OrgAccountMobileVisibleInOtherOrgRequest
		status  int
		code    string
		message string
	}{
		"no required field": {tokenA, &contact.OrgAccountMobileVisibleInOtherOrgRequest{}, 400, "invalid.param", "参数无效"},
		"no such employee":  {tokenA, unknownEmployee, 400, "invalid.param", "参数无效"},
		"employee of B":     {tokenA, strangersEmployee, 400, "invalid.param", "参数无效"},
		"granted to itself": {tokenA, ownCorp, 400, "invalid.param", "参数无效"},
		"no such field":     {tokenA, unknownField, 400, "invalid.param", "参数无效"},
		"no such token":     {"no-such-token", sampleGrant(), 400, "InvalidAuthentication", "不合法的access_token"},
		"empty token":       {"", sampleGrant(), 400, "AuthenticationFailed.MissingParameter", "缺少参数：x-acs-dingtalk-access-token"},
		"token in quotes":   {`"` + tokenA + `"`, sampleGrant(), 400, "InvalidAuthentication", "不合法的access_token"},
		"app not permitted": {tokenNoPermits, sampleGrant(), 403, "Forbidden.AccessDenied.AccessTokenPermissionDenied", "没有调用该接口的权限"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := grantVisibility(t, dingtalkConfig(s), test.token, test.request, &util.RuntimeOptions{})
			sdkError := errorAs[*tea.SDKError](t, err)
			equal(t, "code", tea.StringValue(sdkError.Code), test.code)
			equal(t, "status", tea.IntValue(sdkError.StatusCode), test.status)
			message := tea.StringValue(sdkError.Message)
			if want := fmt.Sprintf("code: %d, %s", test.status, test.message); !strings.HasPrefix(message, want) {
				t.Errorf("message: got %q, want prefix %q", message, want)
			}
			if strings.Contains(message, "<nil>") {
				t.Errorf("message: got %q, want a request id in it", message)
			}
		})
	}
	equal(t, "grants after refused calls", len(s.visibilityGrants(t)), 0)
}

func TestDingTalkSDKShowsThePermissionThatIsMissing(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	_, err := grantVisibility(t, dingtalkConfig(s), tokenNoPermits, sampleGrant(), &util.RuntimeOptions{})
	detail := errorAs[*tea.SDKError](t, err).AccessDeniedDetail
	equal(t, "requiredScopes", fmt.Sprint(detail["requiredScopes"]), "[Contact.OrgAccount.VisiblityInOtherOrg]")
}

func TestDingTalkSDKServerBusy(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")

	s.fault(t, visibleInOtherOrg, "system.busy")
	_, err := grantVisibility(t, dingtalkConfig(s), tokenA, sampleGrant(), &util.RuntimeOptions{})
	sdkError := errorAs[*tea.SDKError](t, err)
	equal(t, "code", tea.StringValue(sdkError.Code), "system.busy")
	equal(t, "status", tea.IntValue(sdkError.StatusCode), 500)
	if message := tea.StringValue(sdkError.Message); !strings.HasPrefix(message, "code: 500, 系统繁忙") {
		t.Errorf("message: got %q, want 系统繁忙 with status 500", message)
	}

	// The failed call has changed nothing, so a client can retry.
	equal(t, "grants after the failed call", len(s.visibilityGrants(t)), 0)
	mustGrant(t, s, tokenA)
}

func TestDingTalkSDKOverTLS(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	config := dingtalkConfig(s)
	config.Protocol, config.Endpoint = tea.String("https"), tea.String(s.tlsHost)
	response, err := grantVisibility(t, config, tokenA, sampleGrant(), &util.RuntimeOptions{IgnoreSSL: tea.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "result", tea.BoolValue(response.Body.Result), true)
}

func TestDingTalkTokenWorksOnEveryGateway(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	r := s.call(t, http.MethodGet, "/gettoken?appkey="+appKeyA+"&appsecret="+appSecretA, nil)
	answer := decode[struct {
		ErrCode     int    `json:"errcode"`
		ErrMsg      string `json:"errmsg"`
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
	}](t, r)
	equal(t, "errcode", answer.ErrCode, 0)
	equal(t, "errmsg", answer.ErrMsg, "ok")
	equal(t, "expires_in", answer.ExpiresIn, 7200)

	mustGrant(t, s, answer.AccessToken)
	equal(t, "name read through the TOP gateway", s.externalContactField(t, answer.AccessToken, "name"), "张三")

	wrong := s.call(t, http.MethodGet, "/gettoken?appkey="+appKeyA+"&appsecret=wrong", nil)
	equal(t, "answer to a wrong secret", wrong.String(), `200 {"errcode":40096,"errmsg":"不合法的appKey或appSecret"}`)
}
