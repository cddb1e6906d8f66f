package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// ownCall makes a call to DingTalk's own gateway like the vendor's curl samples: the token and every
// parameter in one form.
func (s *server) ownCall(t *testing.T, name string, parameters url.Values) map[string]any {
	t.Helper()
	form := url.Values{"access_token": {tokenA}}
	for k, v := range parameters {
		form[k] = v
	}
	return decode[map[string]any](t, s.call(t, http.MethodPost, "/topapi/extcontact/"+name, form))
}

// TestExternalContactByCurl makes the six calls to the own gateway in the form of the curl samples on
// their pages, and of the Java SDK, which sends the contact as JSON in a string.
func TestExternalContactByCurl(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	const contact = `{"title":"开发工程师","share_dept_ids":[1,2,3],"label_ids":[1,2,3],"remark":"备注内容","address":"地址内容","name":"张三",` +
		`"follower_user_id":"023420013645","state_code":"86","company_name":"钉钉","share_user_ids":["023420013644"],"mobile":"13088888888"}`

	created := s.ownCall(t, "create", url.Values{"contact": {contact}})
	id, _ := created["userid"].(string)
	if created["errcode"] != 0.0 || created["errmsg"] != "ok" || id == "" {
		t.Fatalf("create: got %v, want errcode 0 and a userid", created)
	}
	equal(t, "the same again", s.ownCall(t, "create", url.Values{"contact": {contact}})["errcode"], any(22005.0))
	equal(t, "contact=null", s.ownCall(t, "create", url.Values{"contact": {"null"}})["errmsg"], any("Missing required arguments:contact"))

	changed := strings.Replace(contact, `"title":"开发工程师"`, `"title":"","user_id":"`+id+`"`, 1)
	equal(t, "update", s.ownCall(t, "update", url.Values{"contact": {changed}})["errcode"], any(0.0))
	got, _ := s.ownCall(t, "get", url.Values{"user_id": {id}})["result"].(map[string]any)
	equal(t, "title after the update", got["title"], any(""))
	equal(t, "mobile after the update", got["mobile"], any("13088888888"))

	list, _ := s.ownCall(t, "list", url.Values{"size": {"1"}, "offset": {"1"}})["results"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["userid"] != id {
		t.Errorf("second page of one: got %v, want contact %s", list, id)
	}
	groups, _ := s.ownCall(t, "listlabelgroups", url.Values{"size": {"20"}, "offset": {"0"}})["results"].([]any)
	equal(t, "label groups", len(groups), 3)

	equal(t, "delete", s.ownCall(t, "delete", url.Values{"user_id": {id}})["errcode"], any(0.0))
	equal(t, "delete again", s.ownCall(t, "delete", url.Values{"user_id": {id}})["errcode"], any(33012.0))
	equal(t, "get after delete", s.ownCall(t, "get", url.Values{"user_id": {id}})["errcode"], any(33012.0))
}

// TestExternalContactsInXML reads the answers like an XML client of the TOP gateway.
func TestExternalContactsInXML(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	const head = `<\?xml version="1.0" encoding="utf-8" \?>`
	for method, body := range map[string]string{
		"dingtalk.corp.extcontact.list": head + `<dingtalk_corp_extcontact_list_response><result><results><open_ext_contact><label_ids><number>1</number></label_ids>` +
			`<name>张三</name><follower_user_id>023420013645</follower_user_id><state_code>86</state_code><mobile>13800000001</mobile>` +
			`<userid>123420013632</userid></open_ext_contact></results><ding_open_errcode>0</ding_open_errcode><error_msg>成功</error_msg>` +
			`<success>true</success></result><request_id>[0-9a-z]{12,13}</request_id></dingtalk_corp_extcontact_list_response>`,
		"dingtalk.corp.ext.list": head + `<dingtalk_corp_ext_list_response><result>\[{&quot;userid&quot;:&quot;123420013632&quot;,.*}\]</result>` +
			`<request_id>[0-9a-z]{12,13}</request_id></dingtalk_corp_ext_list_response>`,
		"dingtalk.oapi.extcontact.list": head + `<dingtalk_oapi_extcontact_list_response><errcode>0</errcode><errmsg>ok</errmsg><results><open_ext_contact>.*` +
			`</open_ext_contact></results><request_id>[0-9a-z]{12,13}</request_id></dingtalk_oapi_extcontact_list_response>`,
	} {
		matches(t, method, s.topCall(t, method, "xml", tokenA, url.Values{"size": {"20"}, "offset": {"0"}}), 200, "text/xml;charset=utf-8", body)
	}
}
