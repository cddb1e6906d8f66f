package ops_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// The page of a refused number says which parameter it was and what the rule is,
// in both languages.
func TestThePageOfARefusedNumberNamesIt(t *testing.T) {
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
		{"/topapi/extcontact/create", fmt.Sprintf(contact, "999", "13900001234"), "60103", "state_code", "a country code that is assigned", "已分配的国家码"},
		{"/topapi/extcontact/create", fmt.Sprintf(contact, "86", "+852 6123 9999"), "60103", "mobile", "a number of the country of state_code", "所指国家的号码"},
		{"/topapi/v2/user/get", `{}`, "40", "userid", "must be present and not empty", "须给出且不为空"},
	} {
		body, err := io.ReadAll(p.send(t, request("POST", c.path+"?access_token="+directory.SampleToken, c.body)).Body)
		if err != nil {
			t.Fatal(err)
		}
		id := requestIDs.FindSubmatch(body)
		if id == nil || !strings.Contains(string(body), `"errcode":`+c.code+",") {
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
