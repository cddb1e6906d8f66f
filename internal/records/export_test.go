package records_test

import (
	"encoding/base64"
	"strings"
	"testing"
)

// Files for people name labels and departments (docs/spec/export.md#names-instead-of-ids),
// also those that the filter leaves out.
func TestExportsNameLabelsAndDepartments(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	w.want(t, 201, "", "POST", org+"/departments", `{"deptId":77,"name":"华东;组","parentId":2}`)
	w.want(t, 201, "", "POST", org+"/departments", `{"deptId":78,"name":"上海","parentId":77}`)
	w.want(t, 201, "", "POST", org+"/contacts", `{"userId":"e1","name":"测试","mobile":"86-13900007777","followerUserId":"org1001","labelIds":[3,1],"shareDeptIds":[78,3]}`)
	for _, tt := range []struct{ body, want string }{
		{`{"kind":"contacts","format":"csv","fields":["labelIds","shareDeptIds"]}`, "\r\n合作关系/渠道商;客户等级/重要,市场部/华东\\;组/上海;研发部\r\n"},
		{`{"kind":"contacts","format":"vcard"}`, "CATEGORIES:合作关系/渠道商,客户等级/重要\r\n"},
		{`{"kind":"employees","format":"csv","fields":["userId","deptIds"]}`, "\r\norg1001,市场部\r\n"},
		{`{"kind":"employees","format":"ldif"}`, "ou:: " + base64.StdEncoding.EncodeToString([]byte("市场部"))},
		{`{"kind":"departments","format":"csv","fields":["name","parentId"],"filter":{"q":"上海"}}`, "\r\n上海,市场部/华东\\;组\r\n"},
		{`{"kind":"contacts","format":"jsonl","fields":["labelIds"],"filter":{"mobile":"86-13900007777"}}`, `"object":{"labelIds":[3,1]}`},
	} {
		if a := w.want(t, 200, "", "POST", org+"/exports", tt.body); !strings.Contains(a.text, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.body, a.text, tt.want)
		}
	}
}
