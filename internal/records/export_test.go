package records_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

func TestExportsHaveFormatsAndFilters(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	w.newContact(t)
	for format, media := range map[string]string{
		"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "vcard": "text/vcard; charset=utf-8",
		"ldif": "text/ldif; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8",
	} {
		a := w.want(t, 200, "", "POST", org+"/exports", `{"kind":"contacts","format":"`+format+`"}`)
		if a.header.Get("Content-Type") != media || !strings.Contains(a.header.Get("Content-Disposition"), directory.SampleOrg+"-contacts.") {
			t.Errorf("%s: got %v", format, a.header)
		}
	}
	a := w.want(t, 200, "", "POST", org+"/exports", `{"kind":"contacts","header":"field","fields":["name"],"encoding":"utf-8","filter":{"mobile":"86-13900007001"}}`)
	if !strings.Contains(a.text, "测试甲") || strings.Contains(a.text, "1390000") || strings.Count(a.text, "\n") != 2 {
		t.Errorf("got %q", a.text)
	}
	for _, tt := range []struct{ body, code, parameter string }{
		{`{}`, "invalidParameter", "kind"},
		{`{"kind":"people"}`, "invalidParameter", "kind"},
		{`{"kind":"all","format":"csv"}`, "invalidParameter", "format"},
		{`{"kind":"all","filter":{"q":"a"}}`, "invalidParameter", "filter"},
		{`{"kind":"labels","filter":{"follower":"org1001"}}`, "unknownParameter", "filter.follower"},
		{`{"kind":"labels","format":"vcard"}`, "invalidParameter", "format"},
		{`{"kind":"contacts","fields":["colour"]}`, "invalidParameter", "fields"},
		{`{"kind":"contacts","colour":"red"}`, "unknownParameter", "colour"},
	} {
		if a := w.want(t, 400, tt.code, "POST", org+"/exports", tt.body); a.error("parameter") != tt.parameter {
			t.Errorf("%s: got %s", tt.body, a.text)
		}
	}
	if n := len(w.want(t, 200, "", "GET", org+"/exports?limit=2", "").body["items"].([]any)); n != 2 {
		t.Errorf("%d exports on the first page, want 2", n)
	}
	if got := w.digest(t, "contacts"); !strings.Contains(got, `"count":2`) {
		t.Errorf("got %s", got)
	}
}

// Every object tells when it was made, those of the sample organisation too.
func TestLinesOfExportsHaveTimes(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	a := w.want(t, 200, "", "POST", org+"/exports", `{"kind":"all"}`)
	lines := strings.Split(strings.TrimSpace(a.text), "\n")
	for _, line := range lines[1 : len(lines)-1] {
		var l struct{ CreatedAt, UpdatedAt time.Time }
		if err := json.Unmarshal([]byte(line), &l); err != nil || l.CreatedAt.IsZero() || l.UpdatedAt.IsZero() {
			t.Errorf("%s: %v", line, err)
		}
	}
}

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
