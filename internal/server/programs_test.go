package server_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// at returns a value in an answer, such as result.userid.
func at(v any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[name]
		case []any:
			var i int
			if _, err := fmt.Sscan(name, &i); err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

// pick logs 王芳 in on a development server and returns the query that the
// program is called with.
func (s *site) pick(t *testing.T, address string) url.Values {
	t.Helper()
	to, err := s.answer(t, address, "userid", "023420013645").Location()
	if err != nil {
		t.Fatal(err)
	}
	return to.Query()
}

// Programs that log people in over the present pages: what each sends, in its
// own order of parameters, and what it reads from the answers.
func TestProgramsThatLogIn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	back := url.QueryEscape(landing)
	for program, page := range map[string]string{
		"casdoor": "/oauth2/auth?client_id=" + directory.SampleAppKey + "&redirect_uri=" + back + "&scope=openid%20corpid&response_type=code&prompt=login%20consent&state=s",
		"kratos":  "/oauth2/auth?client_id=" + directory.SampleAppKey + "&prompt=consent&redirect_uri=" + back + "&response_type=code&scope=openid&state=s",
		"logto":   "/oauth2/auth?client_id=" + directory.SampleAppKey + "&redirect_uri=" + back + "&response_type=code&scope=openid&state=s&prompt=consent",
		"seahub":  "/oauth2/auth?prompt=consent&redirect_uri=" + back + "&response_type=code&client_id=" + directory.SampleAppKey + "&scope=openid&state=s",
	} {
		query := s.pick(t, page)
		want(t, program+": state", query.Get("state"), "s")
		want(t, program+": both names of the code", query.Get("code"), query.Get("authCode"))
		token := s.call(t, "POST", "/v1.0/oauth2/userAccessToken",
			fmt.Sprintf(`{"clientId":%q,"clientSecret":%q,"code":%q,"grantType":"authorization_code"}`, directory.SampleAppKey, directory.SampleSecret, query.Get("authCode")),
			"Content-Type", "application/json;charset=UTF-8")
		me := s.call(t, "GET", "/v1.0/contact/users/me", "", "x-acs-dingtalk-access-token", fmt.Sprint(token["accessToken"]))
		want(t, program+": nick", me["nick"], any("王芳"))
		if me["openId"] == nil || me["unionId"] == nil || token["expireIn"] == nil {
			t.Errorf("%s: got %v and %v, want ids and a life", program, token, me)
		}
		// casdoor goes on to the employee.
		app := s.call(t, "POST", "/v1.0/oauth2/accessToken", fmt.Sprintf(`{"appKey":%q,"appSecret":%q}`, directory.SampleAppKey, directory.SampleSecret))
		found := s.call(t, "POST", "/topapi/user/getbyunionid?access_token="+fmt.Sprint(app["accessToken"]), fmt.Sprintf(`{"unionid":%q}`, me["unionId"]))
		want(t, program+": userid", at(found, "result.userid"), any("023420013645"))
		user := s.call(t, "POST", "/topapi/v2/user/get?access_token="+fmt.Sprint(app["accessToken"]), `{"userid":"023420013645","language":"zh_CN"}`)
		want(t, program+": employee", at(user, "result.name"), any("王芳"))
	}

	// jumpserver takes the same page's code to the older call.
	query := s.pick(t, "/oauth2/auth?response_type=code&client_id="+directory.SampleAppKey+"&redirect_uri="+back+"&scope=openid&prompt=consent&state=s")
	info := s.byCode(t, query.Get("code"))
	union := fmt.Sprint(at(info, "user_info.unionid"))
	app := s.call(t, "GET", "/gettoken?appkey="+directory.SampleAppKey+"&appsecret="+directory.SampleSecret, "")
	found := s.call(t, "POST", "/topapi/user/getbyunionid?access_token="+fmt.Sprint(app["access_token"]), `{"unionid":"`+union+`"}`)
	want(t, "jumpserver: userid", at(found, "result.userid"), any("023420013645"))
}

// apisix's plugin dingtalk-auth takes the code that the client in DingTalk gives
// to a page, which /connect/oauth2/authorize gives to a browser.
func TestProgramInTheClient(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	code := s.pick(t, older("/connect/oauth2/authorize", directory.SampleOrg, "response_type", "code", "scope", "snsapi_base")).Get("code")
	app := s.call(t, "POST", "/v1.0/oauth2/accessToken", fmt.Sprintf(`{"appKey":%q,"appSecret":%q}`, directory.SampleAppKey, directory.SampleSecret))
	got := s.call(t, "POST", "/topapi/v2/user/getuserinfo?access_token="+fmt.Sprint(app["accessToken"]), `{"code":"`+code+`"}`)
	want(t, "errcode", got["errcode"], any(0.0))
	want(t, "userid", at(got, "result.userid"), any("023420013645"))
	again := s.call(t, "POST", "/topapi/v2/user/getuserinfo?access_token="+fmt.Sprint(app["accessToken"]), `{"code":"`+code+`"}`)
	want(t, "the code again", again["errcode"], any(40078.0))
}

// Programs that copy the organisation: virtual-ldap and go-ldap-admin.
func TestProgramsThatCopyTheOrganisation(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	token := fmt.Sprint(s.call(t, "GET", "/gettoken?appkey="+directory.SampleAppKey+"&appsecret="+directory.SampleSecret, "")["access_token"])

	// virtual-ldap reads all departments, and each one's people page by page.
	all := s.call(t, "GET", "/department/list?access_token="+token, "")
	departments, _ := all["department"].([]any)
	want(t, "departments", len(departments), 3)
	want(t, "the root has no parent", at(departments[0], "parentid"), nil)
	want(t, "parent of the next", at(departments[1], "parentid"), any(1.0))
	var names []string
	for _, d := range departments {
		page := s.call(t, "GET", fmt.Sprintf("/user/listbypage?access_token=%s&department_id=%v&offset=0&size=100", token, at(d, "id")), "")
		want(t, "more people", page["hasMore"], any(false))
		people, _ := page["userlist"].([]any)
		for _, p := range people {
			names = append(names, fmt.Sprint(at(p, "name")))
			if at(p, "userid") == nil || at(p, "unionid") == nil || at(p, "department") == nil {
				t.Errorf("person without ids: %v", p)
			}
		}
	}
	want(t, "people", len(names), 5)

	// go-ldap-admin reads what is below the root, people, and who has left.
	below := s.call(t, "GET", "/department/list?access_token="+token+"&id=1&fetch_child=true", "")
	departments, _ = below["department"].([]any)
	want(t, "departments below the root", len(departments), 2)
	page := s.call(t, "POST", "/topapi/v2/user/list?access_token="+token,
		`{"dept_id":2,"cursor":0,"size":50}`)
	want(t, "people of 市场部", at(page, "result.has_more"), any(false))
	want(t, "a person", fmt.Sprint(at(page, "result.list.0.userid") != nil, at(page, "result.list.0.dept_id_list.0")), "true 2")
	left := s.call(t, "POST", "/topapi/smartwork/hrm/employee/querydimission?access_token="+token, `{"offset":0,"size":50}`)
	want(t, "who has left", fmt.Sprint(left["errcode"], len(at(left, "result.data_list").([]any)), at(left, "result.next_cursor")), "0 0 <nil>")
	s.must(t, s.admin.DeleteEmployee(t.Context(), "023420013644", ""))
	left = s.call(t, "POST", "/topapi/smartwork/hrm/employee/querydimission?access_token="+token, `{"offset":0,"size":50}`)
	want(t, "who has left then", at(left, "result.data_list.0"), any("023420013644"))
}
