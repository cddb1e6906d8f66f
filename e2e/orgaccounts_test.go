package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	contact "github.com/alibabacloud-go/dingtalk/contact_1_0"
	oauth2 "github.com/alibabacloud-go/dingtalk/oauth2_1_0"
	util "github.com/alibabacloud-go/tea-utils/v2/service"
	"github.com/alibabacloud-go/tea/tea"
)

func contactClient(t *testing.T, s *server) *contact.Client {
	t.Helper()
	client, err := contact.NewClient(dingtalkConfig(s))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// administer runs a command of the program through the running server.
func (s *server) administer(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, append(args, "--server", s.url(""))...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("mingce %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func TestDingTalkSDKDisablesAndEnablesAnOrgAccount(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	client, runtime := contactClient(t, s), &util.RuntimeOptions{}
	disabled := func() bool {
		t.Helper()
		r, err := client.QueryStatusWithOptions(&contact.QueryStatusRequest{UserId: tea.String("org1001")},
			&contact.QueryStatusHeaders{XAcsDingtalkAccessToken: tea.String(tokenA)}, runtime)
		if err != nil {
			t.Fatal(err)
		}
		return tea.BoolValue(r.Body.Disable)
	}
	equal(t, "disabled at first", disabled(), false)

	off, err := client.SetDisableWithOptions(&contact.SetDisableRequest{UserId: tea.String("org1001"), Reason: tea.String("离职")},
		&contact.SetDisableHeaders{XAcsDingtalkAccessToken: tea.String(tokenA)}, runtime)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "result", tea.BoolValue(off.Body.Result), true)
	equal(t, "disabled then", disabled(), true)
	entry := s.audited(t, tea.StringValue(off.Headers["x-acs-request-id"]))
	if !strings.Contains(string(entry.After), "离职") {
		t.Errorf("history: got %s, want the reason", entry.After)
	}

	on, err := client.SetEnableWithOptions(&contact.SetEnableRequest{UserId: tea.String("org1001")},
		&contact.SetEnableHeaders{XAcsDingtalkAccessToken: tea.String(tokenA)}, runtime)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "result", tea.BoolValue(on.Body.Result), true)
	equal(t, "disabled at last", disabled(), false)

	out, err := client.SignOutWithOptions(&contact.SignOutRequest{UserId: tea.String("org1001"), ReasonI18nForEmployee: map[string]*string{"zh_CN": tea.String("请重新登录")}},
		&contact.SignOutHeaders{XAcsDingtalkAccessToken: tea.String(tokenA)}, runtime)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "signed out", tea.BoolValue(out.Body.Result), true)
}

func TestDingTalkSDKOrgAccountErrors(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	client := contactClient(t, s)
	tests := map[string]struct {
		token, userID string
		status        int
		code, message string
	}{
		"no userId":              {tokenA, "", 400, "invalid.param", "无效参数"},
		"nobody":                 {tokenA, "nobody", 400, "user.not.exist", "用户不存在"},
		"a normal account":       {tokenA, adminOfA, 400, "exclusive.account.only", "只能操作归属该组织的专属账号"},
		"a joined account":       {tokenB, "b1001", 400, "exclusive.account.only", "只能操作归属该组织的专属账号"},
		"without the permission": {tokenNoPermits, "org1001", 403, "Forbidden.AccessDenied.AccessTokenPermissionDenied", "没有调用该接口的权限"},
		"no such token":          {"no-such-token", "org1001", 400, "InvalidAuthentication", "不合法的access_token"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := client.QueryStatusWithOptions(&contact.QueryStatusRequest{UserId: tea.String(test.userID)},
				&contact.QueryStatusHeaders{XAcsDingtalkAccessToken: tea.String(test.token)}, &util.RuntimeOptions{})
			e := errorAs[*tea.SDKError](t, err)
			equal(t, "code", tea.StringValue(e.Code), test.code)
			equal(t, "status", tea.IntValue(e.StatusCode), test.status)
			if message := tea.StringValue(e.Message); !strings.HasPrefix(message, fmt.Sprintf("code: %d, %s", test.status, test.message)) || strings.Contains(message, "<nil>") {
				t.Errorf("message: got %q", message)
			}
			if test.status == 403 {
				equal(t, "requiredScopes", fmt.Sprint(e.AccessDeniedDetail["requiredScopes"]), "[Contact.OrgAccountSecurity.ReadWrite]")
			}
		})
	}
}

// The grant changes what the other organisation reads
// (docs/spec/org-accounts.md#effect-of-a-visibility-grant).
func TestDingTalkSDKGrantIsVisibleInTheOtherOrganisation(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	client := contactClient(t, s)
	mobile := func() string {
		t.Helper()
		r, err := client.BatchGetUserWithOptions(&contact.BatchGetUserRequest{UserIdList: tea.StringSlice([]string{"b1001", "nobody"})},
			&contact.BatchGetUserHeaders{XAcsDingtalkAccessToken: tea.String(tokenB)}, &util.RuntimeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "users", len(r.Body.UserList), 1)
		equal(t, "not authorised", fmt.Sprint(tea.StringSliceValue(r.Body.UnauthorizedUserIdList)), "[nobody]")
		return tea.StringValue(r.Body.UserList[0].StateCode) + " " + tea.StringValue(r.Body.UserList[0].Mobile)
	}
	equal(t, "before", mobile(), " ")
	mustGrant(t, s, tokenA)
	equal(t, "after", mobile(), "86 13800001001")
	s.call(t, http.MethodDelete, "/mingce/v1/orgs/"+corpA+"/visibility-grants/"+corpB+"?optUserId="+adminOfA, nil, "x-acs-dingtalk-access-token", tokenA)
	equal(t, "withdrawn", mobile(), " ")
}

func TestDingTalkSDKSearchesAndReads(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	client, runtime := contactClient(t, s), &util.RuntimeOptions{}

	users, err := client.SearchUserWithOptions(&contact.SearchUserRequest{QueryWord: tea.String("chenjing"), Offset: tea.Int32(0), Size: tea.Int32(10)},
		&contact.SearchUserHeaders{XAcsDingtalkAccessToken: tea.String(tokenA)}, runtime)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "people found", fmt.Sprint(tea.StringSliceValue(users.Body.List), tea.BoolValue(users.Body.HasMore), tea.Int64Value(users.Body.TotalCount)), "[org1001] false 1")

	departments, err := client.SearchDepartmentWithOptions(&contact.SearchDepartmentRequest{QueryWord: tea.String("部"), Offset: tea.Int32(0), Size: tea.Int32(1)},
		&contact.SearchDepartmentHeaders{XAcsDingtalkAccessToken: tea.String(tokenA)}, runtime)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "departments found", fmt.Sprint(tea.Int64Value(departments.Body.List[0]), tea.BoolValue(departments.Body.HasMore), tea.Int64Value(departments.Body.TotalCount)), "2 true 2")

	info, err := client.GetOrgAuthInfoWithOptions(&contact.GetOrgAuthInfoRequest{},
		&contact.GetOrgAuthInfoHeaders{XAcsDingtalkAccessToken: tea.String(tokenA)}, runtime)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "organisation", tea.StringValue(info.Body.OrgName), "示例科技")

	if _, err := client.MultiOrgPermissionGrantWithOptions(&contact.MultiOrgPermissionGrantRequest{JoinCorpId: tea.String(corpB), GrantDeptIdList: []*int64{tea.Int64(2)}},
		&contact.MultiOrgPermissionGrantHeaders{XAcsDingtalkAccessToken: tea.String(tokenA)}, runtime); err != nil {
		t.Fatalf("an operation without a result: got %v", err)
	}
	if _, err := client.TransformToExclusiveAccountWithOptions(&contact.TransformToExclusiveAccountRequest{UserId: tea.String("023420013645"), TransformType: tea.String("migrate")},
		&contact.TransformToExclusiveAccountHeaders{XAcsDingtalkAccessToken: tea.String(tokenA)}, runtime); err != nil {
		t.Fatalf("an operation without a result: got %v", err)
	}
	owned, err := client.ListOwnedOrgByStaffIdWithOptions(&contact.ListOwnedOrgByStaffIdRequest{UserId: tea.String("023420013645")},
		&contact.ListOwnedOrgByStaffIdHeaders{XAcsDingtalkAccessToken: tea.String(tokenA)}, runtime)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "owned organisations", len(owned.Body.OrgList), 0)
	normal, err := client.TransformToNormalAccountWithOptions(&contact.TransformToNormalAccountRequest{UserId: tea.String("org1002")},
		&contact.TransformToNormalAccountHeaders{XAcsDingtalkAccessToken: tea.String(tokenA)}, runtime)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "a normal account again", tea.BoolValue(normal.Body.Success), true)

	s.call(t, http.MethodPost, "/topapi/v2/user/delete?access_token="+tokenA, map[string]string{"userid": "org1002"})
	left, err := client.ListEmpLeaveRecordsWithOptions(&contact.ListEmpLeaveRecordsRequest{
		StartTime: tea.String(time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)), NextToken: tea.String("0"), MaxResults: tea.Int32(10)},
		&contact.ListEmpLeaveRecordsHeaders{XAcsDingtalkAccessToken: tea.String(tokenA)}, runtime)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "who left", len(left.Body.Records), 1)
	equal(t, "and how", tea.StringValue(left.Body.Records[0].UserId)+" "+tea.StringValue(left.Body.Records[0].LeaveReason), "org1002 oapi")
}

var loginToken = regexp.MustCompile(`name="token" value="([^"]+)"`)

// A person logs in with a browser, and the app learns who it is.
func TestDingTalkSDKUserToken(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	const back = "https://app.example/in"
	s.administer(t, "app", "change", appKeyA, "--redirect-uri", back)
	client := contactClient(t, s)
	if _, err := client.TransformToExclusiveAccountWithOptions(&contact.TransformToExclusiveAccountRequest{UserId: tea.String("023420013645"), TransformType: tea.String("migrate"),
		IdpDingTalk: tea.Bool(true), LoginId: tea.String("wangfang"), InitPassword: tea.String("blue-horse-42")},
		&contact.TransformToExclusiveAccountHeaders{XAcsDingtalkAccessToken: tea.String(tokenA)}, &util.RuntimeOptions{}); err != nil {
		t.Fatal(err)
	}

	code := browserLogin(t, s, back, "wangfang", "blue-horse-42")
	tokens, err := oauth2.NewClient(dingtalkConfig(s))
	if err != nil {
		t.Fatal(err)
	}
	exchange := &oauth2.GetUserTokenRequest{ClientId: tea.String(appKeyA), ClientSecret: tea.String(appSecretA), Code: tea.String(code), GrantType: tea.String("authorization_code")}
	issued, err := tokens.GetUserToken(exchange)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "expireIn", tea.Int64Value(issued.Body.ExpireIn), 7200)
	equal(t, "corpId", tea.StringValue(issued.Body.CorpId), corpA)

	me := func(token string) (*contact.GetUserResponse, error) {
		return client.GetUserWithOptions(tea.String("me"), &contact.GetUserHeaders{XAcsDingtalkAccessToken: tea.String(token)}, &util.RuntimeOptions{})
	}
	person, err := me(tea.StringValue(issued.Body.AccessToken))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "nick", tea.StringValue(person.Body.Nick), "王芳")
	again, err := client.GetUserWithOptions(person.Body.UnionId, &contact.GetUserHeaders{XAcsDingtalkAccessToken: issued.Body.AccessToken}, &util.RuntimeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "by union id", tea.StringValue(again.Body.OpenId), tea.StringValue(person.Body.OpenId))
	_, err = client.GetUserWithOptions(tea.String("z21Hj/Qli+S=="), &contact.GetUserHeaders{XAcsDingtalkAccessToken: issued.Body.AccessToken}, &util.RuntimeOptions{})
	notFound := errorAs[*tea.SDKError](t, err)
	equal(t, "somebody else", fmt.Sprint(tea.StringValue(notFound.Code), tea.IntValue(notFound.StatusCode)), "invalidParameter.user.notFound404")

	refreshed, err := tokens.GetUserToken(&oauth2.GetUserTokenRequest{ClientId: tea.String(appKeyA), ClientSecret: tea.String(appSecretA),
		RefreshToken: issued.Body.RefreshToken, GrantType: tea.String("refresh_token")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = me(tea.StringValue(refreshed.Body.AccessToken)); err != nil {
		t.Fatal(err)
	}
	_, err = tokens.GetUserToken(exchange)
	equal(t, "the code again", tea.StringValue(errorAs[*tea.SDKError](t, err).Code), "invalidParameter.authCode.notFound")
}

// browserLogin fills in the page and returns the code that the app is given.
func browserLogin(t *testing.T, s *server, back, name, password string) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	page := s.url("/oauth2/auth?" + url.Values{"client_id": {appKeyA}, "redirect_uri": {back}, "response_type": {"code"},
		"scope": {"openid corpid"}, "state": {"s1"}, "prompt": {"consent"}}.Encode())
	shown, err := browser.Get(page)
	if err != nil {
		t.Fatal(err)
	}
	defer shown.Body.Close()
	body, err := io.ReadAll(shown.Body)
	if err != nil {
		t.Fatal(err)
	}
	token := loginToken.FindSubmatch(body)
	if token == nil {
		t.Fatalf("login page: got %d without a form", shown.StatusCode)
	}
	answer, err := browser.PostForm(page, url.Values{"name": {name}, "password": {password}, "token": {string(token[1])}})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	to, err := answer.Location()
	if err != nil {
		t.Fatalf("login: got %d without a redirect", answer.StatusCode)
	}
	equal(t, "state", to.Query().Get("state"), "s1")
	return to.Query().Get("authCode")
}
