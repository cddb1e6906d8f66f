package transfer_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/storetest"
	"github.com/mingce/mingce/internal/transfer"
)

// edit carries out edits before an import.
func (b *bench) edit(edits ...directory.Edit) {
	b.t.Helper()
	for _, e := range edits {
		if _, err := b.session().EditObject(b.t.Context(), e); err != nil {
			b.t.Fatalf("%s %s: %v", e.Kind, e.ID, err)
		}
	}
}

func create(kind directory.Kind, id string, v directory.Values) directory.Edit {
	return directory.Edit{Kind: kind, Do: directory.CreateObject, ID: id, Values: v}
}

func remove(kind directory.Kind, id string) directory.Edit {
	return directory.Edit{Kind: kind, Do: directory.RemoveObject, ID: id}
}

// comparable is a report without the ids that only the real run tells.
func comparable(t *testing.T, rows []transfer.RowReport) (list []string) {
	t.Helper()
	for _, r := range rows {
		r.ObjectID, r.Object = nil, nil
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, string(text))
	}
	return list
}

// twice imports a file as a preview and then really, and demands the same
// report. It returns the rows of the real run.
func (b *bench) twice(t *testing.T, o transfer.Options, text string) []transfer.RowReport {
	t.Helper()
	o.Preview = true
	preview, planned := b.do(o, text)
	o.Preview = false
	v, rows := b.do(o, text)
	lines := strings.Split(text, "\n")
	told, foretold := comparable(t, rows), comparable(t, planned)
	for i := range told {
		if i >= len(foretold) || told[i] != foretold[i] {
			t.Errorf("row %d %s\n     got %s\nforetold %s", i+1, lines[rows[i].Line-1], told[i], foretold[i])
		}
	}
	if v.Counts != preview.Counts || v.State != "done" || preview.State != "previewed" {
		t.Errorf("%s %+v %+v; preview %s %+v %+v", v.State, v.Error, v.Counts, preview.State, preview.Error, preview.Counts)
	}
	return rows
}

// A preview tells every rule for which the core would refuse a row, at the same
// place and in the same words as the real run: one row for each rule and kind.
func TestPreviewsTellEveryRuleOfTheCore(t *testing.T) {
	t.Parallel()
	b := newBench(t, storetest.Open(t), directory.Settings{MaxContacts: 3, MaxMessageContacts: 5, MaxMembersPerContact: 2, MaxVerificationsPerDay: 5})
	b.session()
	partner := b.dir.Session(directory.CommandLine(directory.PartnerOrg), "test", "request")
	if _, err := partner.EditObject(t.Context(), create(directory.EmployeeKind, "theirs", directory.Values{"name": "外", "mobile": "86-13700000001", "deptIds": []int64{1}, "accountType": "sso"})); err != nil {
		t.Fatal(err)
	}
	if err := partner.GrantJoin(t.Context(), directory.JoinGrant{ToOrg: directory.SampleOrg}); err != nil {
		t.Fatal(err)
	}
	b.edit(
		create(directory.EmployeeKind, "own", directory.Values{"name": "甲", "mobile": "86-13900000001", "deptIds": []int64{2}, "email": "own@example.com", "telephone": "801"}),
		create(directory.EmployeeKind, "org", directory.Values{"name": "乙", "deptIds": []int64{2}, "accountType": "dingtalk", "extra": map[string]any{"login_id": "org"}}),
		create(directory.EmployeeKind, "gone", directory.Values{"name": "丙", "mobile": "86-13900000002", "deptIds": []int64{2}}),
		remove(directory.EmployeeKind, "gone"),
		create(directory.EmployeeKind, "heir", directory.Values{"name": "丁", "mobile": "86-13900000002", "deptIds": []int64{2}}),
		create(directory.LabelGroupKind, "70", directory.Values{"name": "组"}),
		create(directory.LabelKind, "71", directory.Values{"name": "签", "group": "组"}),
		remove(directory.LabelKind, "71"), remove(directory.LabelGroupKind, "70"),
		create(directory.ContactKind, "c1", directory.Values{"name": "客", "mobile": "86-13600000001", "labelIds": []int64{1}, "followerUserId": "heir"}),
		remove(directory.ContactKind, "c1"),
		directory.Edit{Kind: directory.EmployeeKind, Do: directory.RemoveObject, ID: "heir"},
		create(directory.EmployeeKind, "heir2", directory.Values{"name": "戊", "mobile": "86-13900000002", "deptIds": []int64{2}}),
		directory.Edit{Kind: directory.MessageContactKind, Do: directory.CreateObject, ID: "c-Active", Verified: true,
			Values: directory.Values{"name": "mia", "email": "mia@example.com", "title": "CEO", "messageTypes": []string{"FaultMessage"}, "status": "Active", "members": []string{oneAccount}}},
		directory.Edit{Kind: directory.MessageContactKind, Do: directory.CreateObject, ID: "c-Going", Verified: true,
			Values: directory.Values{"name": "gus", "email": "gus@example.com", "title": "CEO", "messageTypes": []string{"FaultMessage"}, "status": "Active", "members": []string{oneAccount}}},
		remove(directory.MessageContactKind, "c-Going"), // in the background, as it has a member
	)
	long := strings.Repeat("长", 3000)
	type row struct{ kind, object, want string }
	person := func(more string) string { return `{"name":"人","mobile":"86-13911110000","deptIds":[2]` + more + `}` }
	contact := func(more string) string {
		return `{"name":"人","mobile":"86-13922220000","labelIds":[1],"followerUserId":"` + wangFang + `"` + more + `}`
	}
	receiver := func(more string) string {
		return `{"name":"eva","email":"eva@example.com","title":"CEO","messageTypes":["FaultMessage"]` + more + `}`
	}
	rows := []row{
		{"employee", `{"userId":"org","accountType":"sso"}`, "valueInvalid@accountType"},
		{"employee", `{"userId":"own","accountType":"joined"}`, "valueInvalid@accountType"},
		{"employee", `{"userId":"own","accountType":"dingtalk"}`, "valueInvalid@accountType"}, // without a login id
		{"employee", `{"userId":"` + zhangSan + `","name":"人","mobile":"86-13911110001","deptIds":[2]}`, "idTaken@userId"},
		{"employee", `{"userId":"e1","name":"人","deptIds":[2],"accountType":"dingtalk","extra":{"login_id":"org"}}`, "loginIdTaken@extra"},
		{"employee", `{"userId":"e2","name":"人","deptIds":[2],"accountType":"joined","extra":{"outer_exclusive_corpid":"dingnone","outer_exclusive_userid":"x"}}`, "accountNotOffered@extra"},
		{"employee", `{"userId":"e3","name":"人","deptIds":[2],"accountType":"joined","extra":{"outer_exclusive_corpid":"` + directory.PartnerOrg + `","outer_exclusive_userid":"theirs"}}`, ""},
		{"employee", `{"userId":"e4","name":"人","deptIds":[2],"accountType":"joined","extra":{"outer_exclusive_corpid":"` + directory.PartnerOrg + `","outer_exclusive_userid":"theirs"}}`, "accountTaken@extra"},
		{"employee", `{"userId":"e5","name":"人","deptIds":[2],"accountType":"joined"}`, "valueInvalid@extra valueInvalid@extra"},
		{"employee", person(`,"email":"OWN@example.com"`), "emailTaken@email"},
		{"employee", person(`,"telephone":"801"`), "telephoneTaken@telephone"},
		{"employee", `{"userId":"e6","name":"人","mobile":"86-13900000001","deptIds":[2]}`, "valueDropped@userId"}, // the number means that employee
		{"employee", `{"userId":"own","mobile":"86-13900000009"}`, "mobileFixed@mobile"},
		{"employee", person(`,"gender":"X"`), "valueInvalid@gender"},
		{"employee", person(`,"hiredDate":-1`), "dateInvalid@hiredDate"},
		{"employee", person(`,"deptIds":[99]`), "duplicateKey@deptIds"},
		{"employee", `{"name":"人","mobile":"86-13911110000","deptIds":[99]}`, "departmentNotFound@deptIds"},
		{"employee", `{"name":"人","mobile":"86-13911110002"}`, "missing@deptIds"},
		{"employee", `{"name":"人","deptIds":[2]}`, "missing@mobile"},
		{"employee", `{"name":"人","deptIds":[2],"accountType":"dingtalk"}`, "valueInvalid@accountType"},
		{"employee", person(`,"title":"` + long + `"`), "tooLong@title"},
		{"employee", person(`,"orgEmail":"x"`), "emailInvalid@orgEmail"},
		{"employee", person(`,"disabled":true`), "valueInvalid@disabled"},
		{"employee", person(`,"extra":{"wings":true,"senior":"yes","nickname":"` + long + `"}`), "fieldUnknown@extra valueInvalid@extra valueInvalid@accountType tooLong@extra"},
		{"employee", person(`,"extra":{"extension":"no JSON"}`), "valueInvalid@extra"},
		{"employee", person(`,"extra":{"dept_order_list":[{"dept_id":3,"order":1}]}`), "valueInvalid@extra"},
		{"employee", person(`,"extra":{"account":"account/other"}`), "valueInvalid@extra"},
		{"employee", person(`,"extra":{"password_hash":"$1$x"}`), "valueInvalid@extra"},
		{"employee", person(`,"extra":{"login_email":"x"}`), "emailInvalid@extra"},
		{"employee", `{"userId":"gone","name":"新"}`, "mobileTaken@mobile"},
		{"department", `{"deptId":-5,"name":"部"}`, "valueInvalid@deptId"},
		{"department", `{"deptId":1,"name":"另一个公司","parentId":2}`, "isRoot@parentId"},
		{"department", `{"name":"部","order":-1}`, "valueInvalid@order"},
		{"department", `{"name":"部","code":"` + long + `"}`, "tooLong@code"},
		{"department", `{"name":"部","extra":{"hide_dept":1,"wings":2}}`, "fieldUnknown@extra valueInvalid@extra"},
		{"department", `{"name":"部","extra":{"source_identifier":"` + long + `"}}`, "tooLong@extra"},
		{"department", `{"name":"部","extra":{"dept_permits":` + numbers(3000) + `}}`, "tooMany@extra"},
		{"department", `{"name":"a-b"}`, "characterInvalid@name"},
		{"department", `{"name":"部","parentId":99}`, "departmentNotFound@parentId"},
		{"department", `{"deptId":2,"parentId":2}`, "departmentCycle@parentId"},
		{"department", `{"deptId":2,"name":"研发部"}`, "nameTaken@name"},
		{"department", `{"deptId":2,"managerUserIds":["own"]}`, ""},
		{"department", `{"deptId":3,"managerUserIds":["own","nobody"]}`, "referenceNotFound@managerUserIds referenceNotFound@managerUserIds"},
		{"label-group", `{"groupId":-1,"name":"组一"}`, "valueInvalid@groupId"},
		{"label-group", `{"name":"组一","color":99999999999}`, "valueInvalid@color"},
		{"label-group", `{"name":"客户等级"}`, ""},
		{"label", `{"labelId":71}`, "groupNotFound@groupId"},
		{"label", `{"name":"签","groupId":99}`, "labelGroupNotFound@groupId"},
		{"label", `{"labelId":2,"name":"重要"}`, "nameTaken@name"},
		{"contact", contact(`,"userId":"own"`), "idTaken@userId"},
		{"contact", `{"name":"人","mobile":"86-13800000001","userId":"c7","labelIds":[1],"followerUserId":"` + wangFang + `"}`, "valueDropped@userId"},
		{"contact", `{"name":"人","mobile":"86-13900000001","labelIds":[1],"followerUserId":"` + wangFang + `"}`, "employeeMobile@mobile"},
		{"contact", `{"userId":"c1","name":"回"}`, "ownerNotFound@followerUserId"},
		{"contact", contact(`,"email":"x"`), "emailInvalid@email"},
		{"contact", contact(`,"shareUserIds":["nobody"]`), "employeeNotFound@shareUserIds"},
		{"contact", contact(`,"companyName":"` + long + `"`), "tooLong@companyName"},
		{"contact", contact(``), ""},
		{"contact", `{"name":"人","mobile":"86-13922220001","labelIds":[1],"followerUserId":"` + wangFang + `"}`, ""},
		{"contact", `{"name":"人","mobile":"86-13922220002","labelIds":[1],"followerUserId":"` + wangFang + `"}`, "quotaFull@"},
		{"message-contact", receiver(`,"contactId":"x"`), "valueInvalid@contactId"},
		{"message-contact", receiver(`,"members":["` + oneAccount + `"]`), "notVerified@members"},
		{"message-contact", receiver(`,"members":["nobody"],"status":"Active"`), "referenceNotFound@members"},
		{"message-contact", `{"contactId":"c-Active","members":["nobody"]}`, "memberNotFound@members"},
		{"message-contact", `{"contactId":"c-Active","members":["` + oneAccount + `","no1","no2","no3"]}`, "memberNotFound@members memberNotFound@members memberNotFound@members tooMany@members"},
		{"message-contact", `{"contactId":"c-Going","messageTypes":["AccountExpenses"]}`, "beingDeleted@status"},
		{"message-contact", `{"contactId":"c-Active","name":"tom"}`, "matchConflict@name"},
		{"message-contact", `{"contactId":"c-Active","title":"King"}`, "valueInvalid@title"},
		{"message-contact", `{"contactId":"c-Active","messageTypes":["Gossip"]}`, "valueInvalid@messageTypes"},
		{"message-contact", `{"contactId":"c-Active","phone":"1-5550100200"}`, "mobileInvalid@phone"},
		{"message-contact", `{"contactId":"c-Active","email":"mia2@example.com"}`, ""},
		{"message-contact", `{"contactId":"c-Active","email":"mia+2@example.com"}`, ""},
		{"message-contact", `{"contactId":"c-Active","email":"mia+3@example.com"}`, "verificationLimit@email"},
		{"message-contact", `{"name":"ida","email":"ida@example.com","title":"CEO","messageTypes":["FaultMessage"]}`, "quotaFull@"},
	}
	var text strings.Builder
	var want []string
	for _, r := range rows {
		fmt.Fprintf(&text, `{"kind":%q,"object":%s}`+"\n", r.kind, r.object)
		want = append(want, r.want)
	}
	var got []string
	for i, r := range b.twice(t, transfer.Options{OnDuplicate: "update"}, text.String()) {
		_, problems, _ := strings.Cut(told([]transfer.RowReport{r})[0], " ")
		problems = strings.TrimPrefix(strings.TrimPrefix(problems, "zhangSan"), " ")
		if rejected := r.Action == "rejected"; rejected == (len(r.Errors) == 0) {
			t.Errorf("row %d: %+v", i+1, r)
		}
		got = append(got, problems)
	}
	for i := range rows {
		if got[i] != want[i] {
			t.Errorf("row %d %s: got %q, want %q", i+1, rows[i].object[:min(len(rows[i].object), 120)], got[i], want[i])
		}
	}
	t.Run("every rule", func(t *testing.T) {
		t.Parallel()
		elsewhere := strings.Fields("hasMembers hasChildren lastReceiver followsContacts outOfScope consentMissing " + // nothing is deleted, and no app imports
			"characterInvalid labelNotFound departmentDepth featureOff tooMany mobileInvalid missing")
		for _, rule := range directory.Rules {
			if !slices.ContainsFunc(want, func(s string) bool { return strings.Contains(s, rule+"@") }) && !slices.Contains(elsewhere, rule) {
				t.Errorf("no row for the rule %s", rule)
			}
		}
	})
}

// oneAccount is an account of the sample directory.
const oneAccount = "1817610956901234"

func numbers(n int) string {
	list := make([]int, n)
	for i := range list {
		list[i] = i + 1
	}
	text, _ := json.Marshal(list) // of numbers
	return string(text)
}

// Whatever rows of all kinds meet each other and the directory, the write pass
// refuses nothing that the check has let pass, and leaves what the preview told.
func TestPreviewsOfAllKinds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(48) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 9))
			b := newBench(t, storetest.Open(t), directory.Settings{MaxContacts: 8, MaxMessageContacts: 4, MaxVerificationsPerDay: 6, AutoVerify: seed%2 == 0, UpdateVisibleAtOnce: seed%3 == 0})
			setUp := strings.Builder{}
			for range 30 {
				setUp.WriteString(randomObject(r))
			}
			b.do(transfer.Options{OnDuplicate: "update"}, setUp.String())
			for _, kind := range directory.Kinds { // some of them into the bin
				for _, id := range binnable[kind] {
					if r.IntN(2) == 0 {
						_, _ = b.session().EditObject(t.Context(), directory.Edit{Kind: kind, Do: directory.RemoveObject, ID: id, NewOwner: wangFang})
					}
				}
			}
			text := strings.Builder{}
			for range 40 {
				text.WriteString(randomObject(r))
			}
			o := transfer.Options{OnDuplicate: pick(r, "skip", "update", "update", "create"), Owner: pick(r, "", "王芳")}
			last := map[string]transfer.RowReport{}
			for _, row := range b.twice(t, o, text.String()) {
				if row.Object != nil && row.ObjectID != nil {
					last[*row.Kind+" "+*row.ObjectID] = row
				}
			}
			for name, row := range last {
				o, err := b.session().Object(t.Context(), directory.Kind(*row.Kind), *row.ObjectID)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				for field, value := range row.Object {
					switch field {
					case "groupId", "group", "color", "extra", "managerUserId", "managerUserIds", "order": // are filled in, or follow from other rows
					default:
						if got := o.Values[field]; fmt.Sprint(got) != fmt.Sprint(value) {
							t.Errorf("%s, row %d: %s: got %v, told %v", name, row.Row, field, got, value)
						}
					}
				}
			}
		})
	}
}

var binnable = map[directory.Kind][]string{
	directory.ContactKind: {"c1", "c2", "c3"}, directory.EmployeeKind: {"e1", "e2", "e3"}, directory.DepartmentKind: {"53", "52", "51"},
	directory.LabelKind: {"62", "63"}, directory.LabelGroupKind: {"61"}, directory.MessageContactKind: {"c-A", "c-B"},
}

func randomObject(r *rand.Rand) string {
	maybe := func(field string, values ...string) string {
		if r.IntN(2) == 0 {
			return ""
		}
		return `,"` + field + `":` + pick(r, values...)
	}
	switch kind := pick(r, "contact", "contact", "employee", "employee", "department", "label", "label-group", "message-contact", "message-contact"); kind {
	case "contact":
		return fmt.Sprintf(`{"kind":"contact","object":{"name":%q%s%s%s%s%s}}`+"\n", pick(r, "甲", "乙", "丙"), maybe("userId", `"c1"`, `"c2"`, `"c3"`, `"e1"`),
			`,"mobile":"86-1360000000`+pick(r, "1", "2", "3", "4")+`"`, maybe("labelIds", "[1]", "[62]", "[63,1]", "[]"), maybe("followerUserId", `"e1"`, `"`+wangFang+`"`, `"nobody"`), maybe("shareDeptIds", "[51]", "[53]"))
	case "employee":
		return fmt.Sprintf(`{"kind":"employee","object":{"name":%q,"userId":%q%s%s%s%s%s%s}}`+"\n", pick(r, "甲", "乙", "丙"), pick(r, "e1", "e2", "e3", "c1"),
			maybe("mobile", `"86-13900000001"`, `"86-13900000002"`, `"86-13600000001"`), maybe("deptIds", "[2]", "[51]", "[53,2]"), maybe("accountType", `"dingtalk"`, `"sso"`, `"joined"`, `"normal"`),
			maybe("extra", `{"login_id":"x"}`, `{"login_id":"y"}`, `{}`, `{"wings":1}`), maybe("email", `"a@example.com"`, `"b@example.com"`, `"x"`), maybe("managerUserId", `"e1"`, `"e2"`, `"nobody"`))
	case "department":
		return fmt.Sprintf(`{"kind":"department","object":{"name":%q,"deptId":%s%s%s%s}}`+"\n", pick(r, "部一", "部二", "部三"), pick(r, "51", "52", "53", "1"), maybe("parentId", "1", "51", "52", "53", "2"),
			maybe("managerUserIds", `["e1"]`, `["e2","e3"]`, `["`+wangFang+`"]`), maybe("code", `"A"`, `""`))
	case "label-group":
		return fmt.Sprintf(`{"kind":"label-group","object":{"name":%q,"groupId":61}}`+"\n", pick(r, "组一", "组二", "客户等级"))
	case "label":
		return fmt.Sprintf(`{"kind":"label","object":{"name":%q,"labelId":%s%s%s}}`+"\n", pick(r, "签一", "签二", "普通"), pick(r, "62", "63"), maybe("groupId", "61"), maybe("group", `"组一"`, `"客户等级"`, `"组三"`))
	}
	return fmt.Sprintf(`{"kind":"message-contact","object":{"name":%q,"contactId":%q,"email":%q,"title":"CEO","messageTypes":["FaultMessage"]%s%s%s}}`+"\n", pick(r, "ann", "bob", "tom"), pick(r, "c-A", "c-B", "c-C"),
		pick(r, "a@example.com", "b@example.com", "c@example.com"), maybe("status", `"Active"`, `"Verifying"`), maybe("members", `["`+oneAccount+`"]`, `["nobody"]`, `[]`), maybe("phone", `"86-13900000001"`, `""`))
}
