package transfer_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/transfer"
)

const (
	contactsHeader = "姓名,手机号,公司,邮箱,标签,负责人\n"
	zhangSan       = directory.SampleContact // 86-13800000001
	wangFang       = "023420013645"
)

// told is a row as one line: action, id if it is that of the sample, codes.
func told(rows []transfer.RowReport) (list []string) {
	for _, r := range rows {
		line := r.Action
		if r.ObjectID != nil && *r.ObjectID == zhangSan {
			line += " zhangSan"
		}
		for _, p := range append(slices.Clone(r.Errors), r.Warnings...) {
			field := ""
			if p.Field != nil {
				field = *p.Field
			}
			line += " " + p.Code + "@" + field
		}
		list = append(list, line)
	}
	return list
}

func (b *bench) same(what string, got, want []string) {
	b.t.Helper()
	if !slices.Equal(got, want) {
		b.t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

func (b *bench) contact(id string) directory.Object {
	b.t.Helper()
	o, err := b.session().Object(b.t.Context(), directory.ContactKind, id)
	if err != nil {
		b.t.Fatal(err)
	}
	return o
}

func (b *bench) contacts() (list []directory.Object) {
	b.t.Helper()
	for after := ""; ; {
		p, err := b.session().Objects(b.t.Context(), directory.ObjectQuery{Kind: directory.ContactKind, Limit: 200, After: after})
		if err != nil {
			b.t.Fatal(err)
		}
		if list = append(list, p.Items...); p.Next == "" {
			return list
		}
		after = p.Next
	}
}

// Each policy for duplicates, with a row that meets a contact of the directory
// and rows that meet each other.
func TestDuplicates(t *testing.T) {
	t.Parallel()
	file := contactsHeader +
		"张三新,13800000001,新公司,,普通,王芳\n" +
		"甲,13900000001,,,普通,王芳\n" +
		"乙,13900000001,公司乙,,,\n" +
		"甲,13900000001,,,普通,王芳\n"
	for policy, want := range map[string][]string{
		"skip":   {"skipped zhangSan", "created", "skipped duplicateInFile@mobile", "skipped duplicateInFile@mobile"},
		"update": {"updated zhangSan", "created", "updated", "updated"},
		"create": {"rejected mobileTaken@mobile", "created", "rejected mobileTaken@mobile missing@followerUserId missing@labelIds", "rejected mobileTaken@mobile"},
		"fail":   nil,
	} {
		for _, preview := range []bool{true, false} {
			t.Run(fmt.Sprint(policy, preview), func(t *testing.T) {
				t.Parallel()
				b := sample(t)
				v, rows := b.do(transfer.Options{Kind: "contacts", OnDuplicate: policy, Preview: preview}, file)
				got := told(rows)
				for i := range got {
					parts := strings.Fields(got[i])
					slices.Sort(parts[1:])
					got[i] = strings.Join(parts, " ")
				}
				for i := range want {
					parts := strings.Fields(want[i])
					slices.Sort(parts[1:])
					want[i] = strings.Join(parts, " ")
				}
				b.same("rows", got, want)
				switch n := len(b.contacts()); {
				case policy == "fail":
					if v.State != "failed" || v.Error == nil || v.Error.Code != "duplicate" || *v.Error.Line != 2 || v.ExitCode() != 1 || n != 1 {
						t.Errorf("fail: %+v %+v, %d contacts", v, v.Error, n)
					}
				case preview && n != 1, !preview && n != 2:
					t.Errorf("%d contacts", n)
				}
			})
		}
	}
}

// A row may change what an earlier row has made, and free a number that a later
// one takes.
func TestRowsBuildOnEarlierRows(t *testing.T) {
	t.Parallel()
	file := "用户ID,姓名,手机号,标签,负责人\n" +
		"c1,甲,13900000001,普通,王芳\n" +
		"c1,,13900000002,,\n" + // another number
		"c2,乙,13900000001,普通,王芳\n" + // takes the one that is free now
		"c1,甲甲,,重要,\n" +
		"c3,丙,13900000002,普通,王芳\n" + // that of c1 by now: c1 is meant
		zhangSan + ",,13900000009,,\n" +
		",丁,13800000001,普通,王芳\n" // was that of the sample's contact
	for _, preview := range []bool{true, false} {
		b := sample(t)
		v, rows := b.do(transfer.Options{Kind: "contacts", OnDuplicate: "update", Preview: preview}, file)
		b.same("rows", told(rows), []string{"created", "updated", "created", "updated", "updated valueDropped@userId", "updated zhangSan", "created"})
		if v.State != "previewed" && preview || v.State != "done" && !preview {
			t.Errorf("state %s, %+v", v.State, v.Error)
		}
		if o := rows[3].Object; o.Text("name") != "甲甲" || o.Text("mobile") != "86-13900000002" {
			t.Errorf("row 4: %v", o)
		}
		if preview {
			continue
		}
		if c := b.contact("c1"); c.Version != 4 || c.Values.Text("name") != "丙" || c.Values.Text("mobile") != "86-13900000002" {
			t.Errorf("c1: %+v", c)
		}
		if c := b.contact("c2"); c.Values.Text("mobile") != "86-13900000001" {
			t.Errorf("c2: %+v", c)
		}
		if n := len(b.contacts()); n != 4 {
			t.Errorf("%d contacts", n)
		}
	}
}

func TestIDsThatWereUsed(t *testing.T) {
	t.Parallel()
	file := "用户ID,姓名,手机号,标签,负责人\n" + zhangSan + ",新名,13900000001,普通,王芳\n" + wangFang + ",某,13900000002,普通,王芳\n"
	for policy, want := range map[string][]string{
		"skip":   {"skipped zhangSan inBin@userId", "rejected idTaken@userId"},
		"update": {"updated zhangSan", "rejected idTaken@userId"},
		"create": {"rejected idTaken@userId", "rejected idTaken@userId"},
	} {
		b := sample(t)
		_, err := b.session().EditObject(t.Context(), directory.Edit{Kind: directory.ContactKind, Do: directory.RemoveObject, ID: zhangSan})
		if err != nil {
			t.Fatal(err)
		}
		_, rows := b.do(transfer.Options{Kind: "contacts", OnDuplicate: policy, Preview: true}, file)
		b.same(policy+", preview", told(rows), want)
		_, rows = b.do(transfer.Options{Kind: "contacts", OnDuplicate: policy}, file)
		b.same(policy, told(rows), want)
		if policy == "update" {
			if c := b.contact(zhangSan); c.Values.Text("name") != "新名" || c.Values.Text("mobile") != "86-13900000001" || c.Version != 4 {
				t.Errorf("restored: %+v", c)
			}
		}
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	b := sample(t)
	b.do(transfer.Options{Kind: "contacts"}, contactsHeader+"甲,13900000001,一,a@example.com,普通,王芳\n乙,13900000002,一,A@example.com,普通,王芳\n丙,13900000003,一,c@example.com,普通,王芳\n")
	update := func(match, line string) []string {
		_, rows := b.do(transfer.Options{Kind: "contacts", OnDuplicate: "update", Match: match, Preview: true}, contactsHeader+line)
		return told(rows)
	}
	b.same("two have the address", update("email", "丁,13900000004,,a@EXAMPLE.com,普通,王芳"), []string{"rejected matchAmbiguous@email"})
	b.same("different ones", update("mobile,email", "丁,13900000001,,c@example.com,普通,王芳"), []string{"rejected matchConflict@email"})
	b.same("name and company", update("name+company", "丙,,一,,,"), []string{"unchanged"})
	b.same("taken under another key", update("email", "丁,13900000001,,c@example.com,,"), []string{"rejected mobileTaken@mobile"})
	b.same("no key has a value", update("email", "丁,13900000009,,,普通,王芳"), []string{"created"})
	b.same("an employee's number", update("", "戊,13800001001,,,普通,王芳"), []string{"rejected employeeMobile@mobile"})
}

func TestOptionsForRows(t *testing.T) {
	t.Parallel()
	b := sample(t)
	do := func(o transfer.Options, lines string) []transfer.RowReport {
		o.Kind, o.Preview = "contacts", true
		_, rows := b.do(o, contactsHeader+lines)
		return rows
	}
	rows := do(transfer.Options{OnDuplicate: "update", Empty: "clear"}, "张三,13800000001,,,,")
	b.same("what is required is not cleared", told(rows), []string{"rejected missing@followerUserId missing@labelIds"})
	rows = do(transfer.Options{OnDuplicate: "update", Empty: "clear", Owner: "李强"}, "张三,13800000001,,,普通,")
	if o := rows[0].Object; rows[0].Action != "updated" || o.Text("followerUserId") != "023420013644" {
		t.Errorf("owner of a cleared cell: %+v", rows[0])
	}
	rows = do(transfer.Options{OnDuplicate: "update", Owner: "李强", Labels: transfer.Texts{"普通"}}, "张三,13800000001,,,,")
	if o := rows[0].Object; o.Text("followerUserId") != wangFang || !slices.Equal(o.Numbers("labelIds"), []int64{1, 2}) {
		t.Errorf("owner stays, labels are added: %v", o)
	}
	rows = do(transfer.Options{CreateLabels: true, Owner: "13800001001"}, "甲,13900000001,,,新标签;客户等级/很新,\n乙,13900000002,,,新标签,\n")
	if got := fmt.Sprint(rows[0].Object["labelIds"], rows[1].Object["labelIds"], rows[0].Object["followerUserId"]); got != "[导入/新标签 客户等级/很新] [导入/新标签]org1001" {
		t.Errorf("new labels: %s", got)
	}
	v, real := b.do(transfer.Options{Kind: "contacts", CreateLabels: true, Owner: wangFang}, contactsHeader+"甲,13900000001,,,新标签;客户等级/很新,\n乙,13900000002,,,新标签,\n")
	b.same("made labels", v.CreatedLabels, []string{"导入/新标签", "客户等级/很新"})
	if ids := real[0].Object.Numbers("labelIds"); len(ids) != 2 || !slices.Equal(real[1].Object.Numbers("labelIds"), ids[:1]) || !slices.Equal(b.contact(*real[0].ObjectID).Values.Numbers("labelIds"), ids) {
		t.Errorf("real labels: %+v", real)
	}
	most := int64(1)
	v, _ = b.do(transfer.Options{Kind: "contacts", MaxRejected: &most}, contactsHeader+"丙,1,,,,\n丁,2,,,,\n戊,13900000005,,,普通,王芳\n")
	if v.State != "failed" || v.Error.Code != "tooManyRejected" || v.ExitCode() != 1 || len(b.contacts()) != 3 {
		t.Errorf("too many rejected: %+v", v)
	}
}

func TestQuotaAndFeature(t *testing.T) {
	t.Parallel()
	file := contactsHeader + "甲,13900000001,,,普通,王芳\n乙,13900000002,,,普通,王芳\n丙,13900000003,,,普通,王芳\n"
	b := newBench(t, openStore(t), directory.Settings{MaxContacts: 3})
	for _, preview := range []bool{true, false} {
		_, rows := b.do(transfer.Options{Kind: "contacts", Preview: preview}, file)
		b.same("quota", told(rows), []string{"created", "created", "rejected quotaFull@"})
	}
}

func TestReferencesToLaterRows(t *testing.T) {
	t.Parallel()
	header := "姓名,手机号,部门,直属上级\n"
	for _, preview := range []bool{true, false} {
		b := sample(t)
		_, rows := b.do(transfer.Options{Kind: "employees", Preview: preview}, header+
			"甲,13900000001,研发部,乙\n乙,13900000002,研发部,\n丙,13900000003,研发部,丁\n丁,139,研发部,\n戊,13900000004,研发部,无此人\n己,13900000005,研发部,庚\n庚,13900000006,研发部,\n庚,13900000007,研发部,\n")
		b.same("rows", told(rows), []string{"created", "created", "created referenceNotFound@managerUserId", "rejected mobileInvalid@mobile",
			"rejected employeeNotFound@managerUserId", "created referenceNotFound@managerUserId", "created", "created"})
		if got := rows[0].Object.Text("managerUserId"); preview && got != "乙" || !preview && got != *rows[1].ObjectID {
			t.Errorf("manager: %q", got)
		}
		if !preview {
			o, err := b.session().Object(t.Context(), directory.EmployeeKind, *rows[0].ObjectID)
			if err != nil || o.Values.Text("managerUserId") != *rows[1].ObjectID {
				t.Errorf("stored manager: %+v, %v", o, err)
			}
		}
	}
	b := sample(t)
	_, rows := b.do(transfer.Options{}, `{"kind":"department","object":{"deptId":77,"name":"部","managerUserIds":["e1","e9"]}}
{"kind":"employee","object":{"userId":"e1","name":"员","mobile":"86-13900000001","deptIds":[77],"managerUserId":"nobody"}}
`)
	b.same("JSON Lines", told(rows), []string{"created referenceNotFound@managerUserIds", "created referenceNotFound@managerUserId"})
	if o, err := b.session().Object(t.Context(), directory.DepartmentKind, "77"); err != nil || !slices.Equal(o.Values.Texts("managerUserIds"), []string{"e1"}) {
		t.Errorf("leaders: %+v, %v", o, err)
	}
}

func TestDepartments(t *testing.T) {
	t.Parallel()
	b := sample(t)
	for _, preview := range []bool{true, false} {
		v, rows := b.do(transfer.Options{Kind: "departments", OnDuplicate: "update", CreateDepartments: true, Preview: preview},
			"部门路径,部门编码\n研发部,R\n研发部/一组,R1\n新部/二组,\n研发部,\n新部,N\n")
		b.same("rows", told(rows), []string{"updated", "created", "created", "unchanged", "updated"})
		b.same("made", v.CreatedDepartments, []string{"新部"})
	}
	deep := strings.Repeat("层/", 14) + "层"
	_, rows := b.do(transfer.Options{Kind: "departments", CreateDepartments: true}, "部门路径,部门编码\n"+deep+",\n坏-名/x,\n市场部,\n")
	b.same("bad paths", told(rows), []string{"rejected departmentDepth@parentId", "rejected characterInvalid@path", "skipped"})
}

func TestLabels(t *testing.T) {
	t.Parallel()
	b := sample(t)
	for _, preview := range []bool{true, false} {
		v, rows := b.do(transfer.Options{Kind: "labels", Preview: preview}, "标签名称,标签组\n重要,客户等级\n新,客户等级\n新,客户等级\n新,新组\n")
		b.same(fmt.Sprint("rows ", v.State, v.Error), told(rows), []string{"skipped", "created", "skipped duplicateInFile@name", "created"})
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	b := sample(t)
	for want, o := range map[string]transfer.Options{
		"invalidParameter kind":        {Kind: "people"},
		"invalidParameter format":      {Kind: "contacts", Format: "pdf"},
		"invalidParameter onDuplicate": {Kind: "contacts", OnDuplicate: "merge"},
		"invalidParameter match":       {Kind: "contacts", Match: "path"},
		"fieldUnknown map":             {Kind: "contacts", Map: transfer.Texts{"phone=x"}},
		"invalidParameter country":     {Kind: "contacts", Country: "CN"},
		"invalidParameter delimiter":   {Kind: "contacts", Delimiter: "::"},
	} {
		_, err := b.importer.Start(t.Context(), b.session(), o, transfer.Input{Name: "x", Body: strings.NewReader("x")})
		usage := new(transfer.UsageError)
		if !errors.As(err, &usage) || usage.Code+" "+usage.Parameter != want {
			t.Errorf("%+v: got %v, want %s", o, err, want)
		}
	}
}

// Files that are refused leave nothing but their import.
func TestRefusedFiles(t *testing.T) {
	t.Parallel()
	b := sample(t)
	for name, c := range map[string]struct{ text, want string }{
		"nothing":       {"", "empty"},
		"only a header": {contactsHeader, "empty"},
		"no header":     {"a,b\n1,2\n", "headerNotFound"},
		"zip":           {"PK\x03\x04xxxxxxxxxxxxxxxxxxxxxxxx", "malformed"},
		"old Excel":     {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("x", 512), "formatUnsupported"},
		"cut off":       {`{"kind":"mingce-export","formatVersion":1,"corpId":"ding87654321","kinds":["contact"]}` + "\n" + `{"kind":"contact","version":1,"object":{"name":"甲","mobile":"86-13900000001","followerUserId":"` + wangFang + `","labelIds":[1]}}` + "\n", "truncated"},
	} {
		v, _ := b.do(transfer.Options{Kind: "contacts"}, c.text)
		if v.State != "failed" || v.Error == nil || v.Error.Code != c.want || v.Error.Message == "" || v.Error.MessageZh == "" || v.ExitCode() != 1 {
			t.Errorf("%s: got %s %+v, want %s", name, v.State, v.Error, c.want)
		}
	}
	if n := len(b.contacts()); n != 1 {
		t.Errorf("%d contacts", n)
	}
	v, err := b.importer.Start(t.Context(), b.session(), transfer.Options{Kind: "contacts"}, transfer.Input{Name: "x", Body: strings.NewReader(contactsHeader + "x"), Limit: 10})
	if err != nil || v.State != "failed" || v.Error.Code != "tooLarge" {
		t.Errorf("too large: %+v, %v", v, err)
	}
	v, err = b.importer.Start(t.Context(), b.session(), transfer.Options{Kind: "contacts"}, transfer.Input{Name: "x", Body: strings.NewReader(contactsHeader + "x"), Unchanged: func() bool { return false }})
	if err != nil || v.State != "failed" || v.Error.Code != "fileChanged" {
		t.Errorf("changed: %+v, %v", v, err)
	}
}

// An import that was refused after some of its rows were judged has written
// none, and says so.
func TestRefusedImportsTellNothingWritten(t *testing.T) {
	t.Parallel()
	b := sample(t)
	file := contactsHeader + "甲,13900000001,,,普通,王芳\n乙,139,,,普通,王芳\n丙,13900000003,,,普通,王芳\n丁,139,,,普通,王芳\n张三,13800000001,,,普通,王芳\n"
	one := int64(1)
	for _, preview := range []bool{true, false} {
		v, rows := b.do(transfer.Options{Kind: "contacts", MaxRejected: &one, Preview: preview}, file)
		b.same("too many rejected", told(rows), []string{"rejected mobileInvalid@mobile", "rejected mobileInvalid@mobile"})
		if v.State != "failed" || v.Error.Code != "tooManyRejected" || v.Counts.Created != 0 || v.Counts.Rejected != 2 || v.Counts.Rows != 4 {
			t.Errorf("too many rejected: %+v %+v", v.Counts, v.Error)
		}
		v, rows = b.do(transfer.Options{Kind: "contacts", OnDuplicate: "fail", Preview: preview}, file)
		b.same("duplicate", told(rows), []string{"rejected mobileInvalid@mobile", "rejected mobileInvalid@mobile"})
		if v.State != "failed" || v.Error.Code != "duplicate" || v.Counts.Created != 0 {
			t.Errorf("duplicate: %+v %+v", v.Counts, v.Error)
		}
		var report bytes.Buffer
		if err := b.importer.Report(t.Context(), b.session(), v.ID, transfer.JSONL, &report); err != nil || strings.Contains(report.String(), `"created"`) {
			t.Errorf("report: %s, %v", &report, err)
		}
	}
	v, _ := b.do(transfer.Options{Kind: "contacts", Map: []string{"title=nope"}}, file)
	if v.State != "failed" || v.Error.Code != "columnUnknown" || v.ExitCode() != 2 {
		t.Errorf("unknown column: %s %+v, exit %d", v.State, v.Error, v.ExitCode())
	}
}

// A line whose object cannot be read is told as that, and not as an object
// without fields.
func TestLinesWithoutAnObject(t *testing.T) {
	t.Parallel()
	b := sample(t)
	v, rows := b.do(transfer.Options{}, `{"kind":"contact","object":[]}
{"kind":"contact"}
{"kind":"employee","object":"x"}
{"kind":"contact","object":{}}
`)
	b.same("rows", told(rows), []string{"rejected valueInvalid@", "rejected valueInvalid@", "rejected valueInvalid@",
		"rejected missing@name missing@mobile missing@followerUserId missing@labelIds"})
	if h := rows[0].Errors[0].Header; h == nil || *h != "object" || v.ExitCode() != 1 {
		t.Errorf("header %v, exit %d", h, v.ExitCode())
	}
}

func TestMessageContacts(t *testing.T) {
	t.Parallel()
	b := sample(t)
	header := "姓名,邮箱,手机号,职务,消息类型\n"
	lines := "tom,tom@example.com,,TechnicalDirector,AccountExpenses\nann,ann@example.com,13900000001,TechnicalDirector,AccountExpenses;ServiceMessage\n" +
		"bob,bob@example.com,+1 5550100200,TechnicalDirector,AccountExpenses\nann,other@example.com,,TechnicalDirector,AccountExpenses\n,x@example.com,,Boss,\n"
	for _, preview := range []bool{true, false} {
		_, rows := b.do(transfer.Options{Kind: "message-contacts", Directory: "rd-StSamp", Preview: preview}, header+lines)
		b.same("rows", told(rows), []string{"skipped", "created", "rejected mobileInvalid@phone", "skipped duplicateInFile@name",
			"rejected missing@name missing@messageTypes valueInvalid@title"})
	}
	_, rows := b.do(transfer.Options{Kind: "message-contacts", OnDuplicate: "update"}, header+"tom,,,CEO,\n")
	b.same("update", told(rows), []string{"updated"})
	_, rows = b.do(transfer.Options{}, `{"kind":"message-contact","object":{"contactId":"c-Imported0000001","name":"eve","email":"eve@example.com","title":"CEO","messageTypes":["AccountExpenses"],"status":"Active"}}`+"\n")
	b.same("verified", told(rows), []string{"created"})
	o, err := b.session().Object(t.Context(), directory.MessageContactKind, "c-Imported0000001")
	if err != nil || o.Values.Text("status") != "Active" {
		t.Errorf("verified: %+v, %v", o, err)
	}
	_, err = b.importer.Start(t.Context(), b.session(), transfer.Options{Kind: "message-contacts", Directory: "rd-Other1"}, transfer.Input{Name: "x", Body: strings.NewReader(header)})
	if usage := new(transfer.UsageError); !errors.As(err, &usage) || usage.Parameter != "directory" {
		t.Errorf("another directory: %v", err)
	}
}
