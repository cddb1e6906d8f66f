package ops_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
)

// The page of a refused value names the parameter, as the caller spelled it,
// and the rule, in both languages.
func TestThePageOfARefusedValueNamesIt(t *testing.T) {
	t.Parallel()
	h, in := startServer(t, directory.Settings{})
	p := &player{handler: h, instance: in}
	contact := `{"contact":{"name":"n","state_code":%q,"mobile":%q,"follower_user_id":"023420013645","label_ids":[1]}}`
	for _, c := range []struct{ path, body, code, parameter, en, zh string }{
		{"/topapi/v2/user/create", `{"name":"a","mobile":"12","dept_id_list":"1"}`, "60103", "mobile", "a mobile like", "手机号码，形如"},
		{"/topapi/v2/user/create", `{"name":"a","exclusive_account":true,"exclusive_account_type":"dingtalk","login_id":"a.b","init_password":"Secret-123","exclusive_mobile":"12","dept_id_list":"1"}`,
			"60103", "exclusive_mobile", "a mobile like", "手机号码，形如"},
		{"/topapi/v2/user/update", `{"userid":"023420013645","mobile":"12"}`, "60103", "mobile", "a mobile like", "手机号码，形如"},
		{"/topapi/v2/user/getbymobile", `{"mobile":"12"}`, "40104", "mobile", "a mobile like", "手机号码，形如"},
		{"/topapi/extcontact/create", fmt.Sprintf(contact, "999", "13900001234"), "60103", "contact.state_code", "a country code that is assigned", "已分配的国家码"},
		{"/topapi/extcontact/create", fmt.Sprintf(contact, "86", "+852 6123 9999"), "60103", "contact.mobile", "a number of that country, 5 to 20 digits", "该国家的号码，5 至 20 位数字"},
		{"/topapi/v2/user/get", `{}`, "40", "userid", "must be given and not be empty", "须给出，且不能为空"},
		{"/topapi/v2/department/update", `{"dept_id":2,"parent_id":4711}`, "60004", "parent_id", "the parent department must exist", "父部门须存在"},
		{"TOP dingtalk.corp.ext.add", owned("follower_userid", "nobody"), "60121", "contact.follower_userid", "the employee must exist", "员工须存在"},
		{"TOP dingtalk.corp.ext.add", owned("follower_user", "nobody"), "60121", "contact.follower_user", "the employee must exist", "员工须存在"},
		{"TOP dingtalk.corp.ext.add", owned("share_userid", `["023420013645","nobody"]`), "60121", "contact.share_userid[1]", "the employee must exist", "员工须存在"},
		{"TOP dingtalk.corp.ext.add", owned("share_deptids", "[1,4711]"), "60003", "contact.share_deptids[1]", "the department must exist", "部门须存在"},
		{"TOP dingtalk.corp.ext.add", owned("follower_user", strings.Repeat("x", 65)), "60121", "contact.follower_user", "1 to 64 characters", "1 至 64 个字符"},
		{"TOP dingtalk.corp.extcontact.create", owned("share_dept_ids", "[4711]"), "60003", "contact.share_dept_ids[0]", "the department must exist", "部门须存在"},
		{"/v1.0/contact/orgAccounts/mobiles/visibleInOtherOrg", `{"toCorpIds":["ding12345678","ding12345678","ding0"],"optUserId":"102530009661373952"}`,
			"invalid.param", "toCorpIds[2]", "must exist", "须存在"},
	} {
		body, err := io.ReadAll(p.send(t, asked(c.path, c.body)).Body)
		if err != nil {
			t.Fatal(err)
		}
		id := requestIDs.FindSubmatch(body)
		if id == nil || codeIn("\n"+string(body)) != c.code {
			t.Errorf("%s %s: got %s, want %s", c.path, c.body, body, c.code)
			continue
		}
		for lang, rule := range map[string]string{"en": c.en, "zh": c.zh} {
			page, err := io.ReadAll(p.send(t, request("GET", fmt.Sprintf("/console/errors/%s?requestId=%s&lang=%s", c.code, id[1], lang), "")).Body)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(page), ">"+c.parameter+"<") || !strings.Contains(string(page), rule) {
				t.Errorf("%s %s: the page in %s names %s and %q not both", c.path, c.body, lang, c.parameter, rule)
			}
		}
	}
}

// owned is an external contact with one more or one changed member.
func owned(name, value string) string {
	contact := map[string]any{"name": "n", "state_code": "86", "mobile": "13700005555", "follower_user_id": "023420013645", "label_ids": []int{1}}
	if strings.HasPrefix(name, "follower") {
		delete(contact, "follower_user_id")
	}
	contact[name] = value
	text, err := json.Marshal(contact)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// asked is a call with a JSON body, or of a TOP method with its contact.
func asked(path, body string) *http.Request {
	method, isTOP := strings.CutPrefix(path, "TOP ")
	switch {
	case isTOP:
		return topRequest([]string{method, "json", directory.SampleToken}, url.Values{"contact": {body}})
	case strings.HasPrefix(path, "/v1.0/"):
		r := request("PUT", path, body)
		r.Header.Set("x-acs-dingtalk-access-token", directory.SampleToken)
		return r
	}
	return request("POST", path+"?access_token="+directory.SampleToken, body)
}

// Every rule of a parameter has a text in both languages.
func TestRulesAreSaidInBothLanguages(t *testing.T) {
	t.Parallel()
	catalogue, err := instance.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range catalogue.Operations() {
		for _, f := range o.Inputs() {
			for _, rule := range f.Rules() {
				if rule.Zh == "" || rule.En == "" || rule.Zh == rule.En {
					t.Errorf("%s, %s: got the rule %q in Chinese and %q in English, want both", o.Name, f.Name, rule.Zh, rule.En)
				}
			}
		}
	}
}
