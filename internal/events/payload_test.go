package events

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

func TestPayloads(t *testing.T) {
	t.Parallel()
	const head = `"EventTime":1783603075000,"CorpId":"ding12345678","BizId":"996668777","eventId":"ev1","timeStamp":"1783603075000","TimeStamp":"1783603075000"`
	for _, x := range []struct{ topic, facts, pushed, streamed string }{
		{"user_add_org", `{"userId":["u1"],"optStaffId":"manager164"}`,
			`{"EventType":"user_add_org",` + head + `,"userId":["u1"],"UserId":["u1"],"OptStaffId":"manager164"}`,
			`{"timeStamp":"1783603075000","eventId":"ev1","userId":["u1"],"optStaffId":"manager164"}`},
		{"org_dept_create", `{"deptId":[9007199254740993]}`,
			`{"EventType":"org_dept_create",` + head + `,"deptId":[9007199254740993],"DeptId":[9007199254740993]}`,
			`{"timeStamp":"1783603075000","eventId":"ev1","deptId":[9007199254740993]}`},
		{"contact_leave_org", `{"userId":"123","name":"<张三>"}`,
			`{"EventType":"contact_leave_org",` + head + `,"userId":"123","name":"<张三>"}`,
			`{"timeStamp":"1783603075000","eventId":"ev1","userId":"123","name":"<张三>"}`},
		{"user_modify_org", `{"userId":["u1"],"diffInfo":{"prev":{},"curr":{},"userid":"u1"}}`,
			`{"EventType":"user_modify_org",` + head + `,"userId":["u1"],"UserId":["u1"],"diffInfo":[{"prev":{},"curr":{},"userid":"u1"}]}`,
			`{"timeStamp":"1783603075000","eventId":"ev1","userId":["u1"],"diffInfo":[{"prev":{},"curr":{},"userid":"u1"}]}`},
		{"org_remove", "", `{"EventType":"org_remove",` + head + `}`, `{"timeStamp":"1783603075000","eventId":"ev1"}`},
	} {
		d := directory.Delivery{Ref: directory.SubscriptionRef{Org: "ding12345678"}, EventID: "ev1", Topic: x.topic, Payload: x.facts, BornAt: time.UnixMilli(1783603075000)}
		if got, err := pushed(d); err != nil || string(got) != x.pushed {
			t.Errorf("%s pushed: got %s, %v; want %s", x.topic, got, err, x.pushed)
		}
		if got, err := streamed(d); err != nil || string(got) != x.streamed {
			t.Errorf("%s streamed: got %s, %v; want %s", x.topic, got, err, x.streamed)
		}
	}
}

func TestPushesAreASCII(t *testing.T) {
	t.Parallel()
	text := `{"name":"张三 100% 𠮷 é","n":1}`
	got := string(ascii([]byte(text)))
	if want := `{"name":"\u5f20\u4e09 100\u0025 \ud842\udfb7 \u00e9","n":1}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var a, b any
	if json.Unmarshal([]byte(text), &a) != nil || json.Unmarshal([]byte(got), &b) != nil || !reflect.DeepEqual(a, b) {
		t.Errorf("got %v, want %v", b, a)
	}
}
