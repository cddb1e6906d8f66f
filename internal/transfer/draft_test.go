package transfer

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// cell is a cell of a table, and property one of a card.
func cell(column int, field, text string) Cell {
	return Cell{Field: field, Line: 2, Column: column, Header: "H" + fmt.Sprint(column), Text: text}
}

func property(line int64, header, field, text string) Cell {
	return Cell{Field: field, Line: line, Header: header, Text: text}
}

func draftOf(kind directory.Kind, cells ...Cell) Draft {
	return (&DraftOptions{Kind: kind}).Draft(&Record{Row: 1, Line: 2, Cells: cells})
}

// shown is a draft as the tests compare it: field=value, field>reference,
// !code field at column, ?code field at column, -missing.
func shown(d Draft) string {
	var s []string
	for _, name := range slices.Sorted(maps.Keys(d.Values)) {
		s = append(s, fmt.Sprintf("%s=%v", name, d.Values[name]))
	}
	for _, r := range d.References {
		s = append(s, r.Field+">"+r.Text)
	}
	for _, p := range d.Errors {
		s = append(s, fmt.Sprintf("!%s %s %d", p.Code, p.Field, p.Column))
	}
	for _, p := range d.Warnings {
		s = append(s, fmt.Sprintf("?%s %s %d", p.Code, p.Field, p.Column))
	}
	for _, p := range d.Missing {
		s = append(s, "-"+p.Field)
	}
	return strings.Join(s, ", ")
}

func TestDraftPhone(t *testing.T) {
	t.Parallel()
	const good = "mobile=86-13900001234, -name"
	for text, want := range map[string]string{
		"13900001234": good, "139 0000 1234": good, "139-0000-1234": good, "139.0000.1234": good, "(139) 0000-1234": good,
		"１３９００００１２３４": good, "139–0000—1234": good, "+86 139 0000 1234": good, "+8613900001234": good, "＋86-139-0000-1234": good,
		"0086 13900001234": good, "008613900001234": good, "8613900001234": good, "86 139 0000 1234": good, "86-13900001234": good,
		"(+86)13900001234": good, "tel:+86-139-0000-1234": good, "TEL:13900001234": good, "13900001234.0": good, "13900001234.000": good,
		"1.3900001234E+10": good, "1.3900001234e10": good, "1.39000012340E10": good, "13900001234\u202c": good, "\u202a13900001234": good,

		"13900001234 x12":           "mobile=86-13900001234, ?valueDropped mobile 3, -name",
		"13900001234x12":            "mobile=86-13900001234, ?valueDropped mobile 3, -name",
		"13900001234 ext. 12":       "mobile=86-13900001234, ?valueDropped mobile 3, -name",
		"13900001234 Ext 12":        "mobile=86-13900001234, ?valueDropped mobile 3, -name",
		"13900001234, ext. 12":      "mobile=86-13900001234, ?valueDropped mobile 3, -name",
		"tel:+8613900001234;ext=12": "mobile=86-13900001234, ?valueDropped mobile 3, -name",
		"010-00001234转12":           "mobile=86-01000001234, ?valueDropped mobile 3, -name",
		"010-00001234 转 12":         "mobile=86-01000001234, ?valueDropped mobile 3, -name",

		"010-00003004": "mobile=86-01000003004, -name", "+86-10-00006002": "mobile=86-1000006002, -name",
		"+1 (555) 010-0200": "mobile=1-5550100200, -name", "+44 20 7946 0000": "mobile=44-2079460000, -name",
		"852-61239999": "mobile=852-61239999, -name", "+85261239999": "mobile=852-61239999, -name", "0085261239999": "mobile=852-61239999, -name",
		"+7 912 345 67 89": "mobile=7-9123456789, -name", "95588": "mobile=86-95588, -name", "4008001234": "mobile=86-4008001234, -name",

		"1.39E+10": "!numberMangled mobile 3, -name", "1.39E10": "!numberMangled mobile 3, -name", "1.390000E+10": "!numberMangled mobile 3, -name",
		"1.39000012345E+10": "!numberMangled mobile 3, -name", "1E+99999999999999999999": "!numberMangled mobile 3, -name",

		"12900002006": "!mobileInvalid mobile 3, -name", "1234": "!mobileInvalid mobile 3, -name", "139000012a4": "!mobileInvalid mobile 3, -name",
		"phone": "!mobileInvalid mobile 3, -name", "+": "!mobileInvalid mobile 3, -name", "+999 123456789": "!mobileInvalid mobile 3, -name",
		"++8613900001234": "!mobileInvalid mobile 3, -name", "tel:": "!mobileInvalid mobile 3, -name", "x12": "!mobileInvalid mobile 3, -name",
		"139_0000_1234": "!mobileInvalid mobile 3, -name", "139\u200b00001234": "!mobileInvalid mobile 3, -name", strings.Repeat("2", 21): "!mobileInvalid mobile 3, -name",
		"139\x0000001234": "!characterInvalid mobile 3, -name",

		"13900001234;13900001235":     "mobile=86-13900001234, ?valueDropped mobile 3, -name",
		"13900001234、+8613900001234":  good,
		"13900001234 / 13900001235":   "!mobileInvalid mobile 3, -name",
		"13900001234 ::: 13900001235": "mobile=86-13900001234, ?valueDropped mobile 3, -name",
		"a|13900001235":               "!mobileInvalid mobile 3, ?valueDropped mobile 3, -name",
		";":                           "-name, -mobile",
	} {
		if got := shown(draftOf(directory.ContactKind, cell(3, "mobile", text))); got != want {
			t.Errorf("mobile %q: got %s, want %s", text, got, want)
		}
	}
}

func TestDraftPhoneOfEmployee(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"13900010001":   "mobile=86-13900010001, -name",
		"010-00001234":  "!mobileInvalid mobile 1, -name",
		"+852 61239999": "mobile=852-61239999, -name",
		"+852 6123":     "!mobileInvalid mobile 1, -name",
	} {
		if got := shown(draftOf(directory.EmployeeKind, cell(1, "mobile", text))); got != want {
			t.Errorf("mobile %q of an employee: got %s, want %s", text, got, want)
		}
	}
	if got, want := shown(draftOf(directory.EmployeeKind, cell(1, "telephone", "010-1234 ext. 5"))), "telephone=010-1234 ext. 5, -name, -mobile"; got != want {
		t.Errorf("telephone of an employee: got %s, want %s", got, want)
	}
	if got, want := shown(draftOf(directory.EmployeeKind, cell(1, "accountType", "sso"), cell(2, "name", "员工甲"))), "accountType=sso, name=员工甲"; got != want {
		t.Errorf("account of the organisation: got %s, want %s", got, want)
	}
}

func TestDraftPhoneAbroad(t *testing.T) {
	t.Parallel()
	abroad := DraftOptions{Kind: directory.ContactKind, Country: "852"}
	for text, want := range map[string]string{
		"61239999": "852-61239999", "13900001234": "86-13900001234", "8613900001234": "86-13900001234", "+1 555 010 0200": "1-5550100200", "86-13900001234": "86-13900001234",
	} {
		d := abroad.Draft(&Record{Line: 2, Cells: []Cell{cell(1, "mobile", text)}})
		if got := d.Values.Text("mobile"); got != want {
			t.Errorf("mobile %q with --country 852: got %q, want %q", text, got, want)
		}
	}
}

func TestDraftNumbersOfExcel(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind        directory.Kind
		field, text string
		mangled     bool
	}{
		{directory.ContactKind, "mobile", "13900001234", false},
		{directory.ContactKind, "mobile", "13900000000", true},
		{directory.ContactKind, "mobile", "1390000123400000", true},
		{directory.ContactKind, "userId", "123420013632", false},
		{directory.ContactKind, "userId", "1234567890123456", true},
		{directory.ContactKind, "followerUserId", "10000000000", true},
		{directory.ContactKind, "labelIds", "1234567890123450", true},
		{directory.ContactKind, "remark", "13900000000", false},
		{directory.DepartmentKind, "order", "10000000000", false},
		{directory.EmployeeKind, "jobNumber", "1000000", false},
	} {
		c := cell(1, tc.field, tc.text)
		c.Number = true
		d := draftOf(tc.kind, c)
		got := len(d.Errors) > 0 && d.Errors[0].Code == "numberMangled"
		if got != tc.mangled || len(d.Errors) > 0 && !got {
			t.Errorf("number %s of %s: got errors %v, want mangled %v", tc.text, tc.field, d.Errors, tc.mangled)
		}
		c.Number = false
		if d := draftOf(tc.kind, c); slices.ContainsFunc(d.Errors, func(p Problem) bool { return p.Code == "numberMangled" }) {
			t.Errorf("text %s of %s: got %v, want no lost digits: it is no number", tc.text, tc.field, d.Errors)
		}
	}
	c := cell(1, "mobile", "13900000004.5")
	c.Number = true
	if d := draftOf(directory.ContactKind, c); len(d.Errors) != 1 || d.Errors[0].Code != "mobileInvalid" {
		t.Errorf("a number with a fraction: got %v", d.Errors)
	}
}

func TestDraftMail(t *testing.T) {
	t.Parallel()
	const good = "email=Beth@example.com, -name, -mobile"
	for text, want := range map[string]string{
		"Beth@example.com": good, "mailto:Beth@example.com": good, "MAILTO:Beth@example.com?subject=x": good, "Beth Sample <Beth@example.com>": good,
		"<Beth@example.com>": good, "Beth＠example.com": good, " Beth@example.com ": good, "Beth@example.com;beth@EXAMPLE.com": good,
		"Beth@example.com,other@example.com":             "email=Beth@example.com, ?valueDropped email 2, -name, -mobile",
		"dora@example":                                   "!emailInvalid email 2, -name, -mobile",
		"a b@example.com":                                "!emailInvalid email 2, -name, -mobile",
		".a@example.com":                                 "!emailInvalid email 2, -name, -mobile",
		"a..b@example.com":                               "!emailInvalid email 2, -name, -mobile",
		"a.@example.com":                                 "!emailInvalid email 2, -name, -mobile",
		"a@.example.com":                                 "!emailInvalid email 2, -name, -mobile",
		"@example.com":                                   "!emailInvalid email 2, -name, -mobile",
		"a@b@example.com":                                "!emailInvalid email 2, -name, -mobile",
		strings.Repeat("a", 65) + "@example.com":         "!emailInvalid email 2, -name, -mobile",
		"a@" + strings.Repeat("b.", 60) + "example.com":  "!tooLong email 2, -name, -mobile",
		strings.Repeat("a", 64) + "@b.example.com":       "email=" + strings.Repeat("a", 64) + "@b.example.com, -name, -mobile",
		"a@example.com\nmailto:b@example.com ::: 3@x.cn": "email=a@example.com, ?valueDropped email 2, ?valueDropped email 2, -name, -mobile",
	} {
		if got := shown(draftOf(directory.ContactKind, cell(2, "email", text))); got != want {
			t.Errorf("email %q: got %s, want %s", text, got, want)
		}
	}
}

func TestDraftText(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ field, text, want string }{
		{"title", "a\r\n\r\nb\nc", "title=a b c"},
		{"title", "a\u2028b", "title=a b"},
		{"title", "\na\n", "title=a"},
		{"title", "=1+1", "title==1+1"},
		{"title", "a;b,c", "title=a;b,c"},
		{"title", "ｆｕｌｌ", "title=ｆｕｌｌ"},
		{"title", "a\tb", "title=a\tb"},
		{"title", "\n\r\n", ""},
		{"title", "  \u00a0", ""},
		{"title", "a\x00b", "!characterInvalid title 1"},
		{"title", "a\x7fb", "!characterInvalid title 1"},
		{"title", "a\u0085b", "!characterInvalid title 1"},
		{"title", "a\x1bb", "!characterInvalid title 1"},
		{"title", "a\xffb", "!characterInvalid title 1"},
		{"title", strings.Repeat("经", 200), "title=" + strings.Repeat("经", 200)},
		{"title", strings.Repeat("经", 201), "!tooLong title 1"},
		{"remark", "a\r\nb\rc\nd\t", "remark=a\nb\nc\nd\t"},
		{"remark", "a\vb", "!characterInvalid remark 1"},
		{"remark", strings.Repeat("x", 2001), "!tooLong remark 1"},
		{"userId", "900001", "userId=900001"},
		{"userId", "a\u200bb", "!valueInvalid userId 1"},
		{"userId", strings.Repeat("1", 65), "!tooLong userId 1"},
		{"address", "示例省示例市\n示例街1号", "address=示例省示例市 示例街1号"},
		{"followerUserId", "王芳", "followerUserId>王芳"},
		{"followerUserId", "a,b", "followerUserId>a,b"},
	} {
		got := strings.TrimSuffix(strings.TrimSuffix(shown(draftOf(directory.ContactKind, cell(1, tc.field, tc.text))), "-name, -mobile"), ", ")
		if got != tc.want {
			t.Errorf("%s %q: got %s, want %s", tc.field, tc.text, got, tc.want)
		}
	}
	d := draftOf(directory.ContactKind, cell(1, "title", strings.Repeat("经", 201)))
	if d.Errors[0].Most != 200 {
		t.Errorf("a title that is too long: got a limit of %d, want 200", d.Errors[0].Most)
	}
}

func TestDraftLists(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind              directory.Kind
		field, text, want string
	}{
		{directory.ContactKind, "labelIds", "重要；渠道商", "labelIds>重要, labelIds>渠道商"},
		{directory.ContactKind, "labelIds", "a;b,c，d、e|f\ng ::: h", "labelIds>a, labelIds>b, labelIds>c, labelIds>d, labelIds>e, labelIds>f, labelIds>g, labelIds>h"},
		{directory.ContactKind, "labelIds", "* myContacts ::: 普通", "labelIds>普通"},
		{directory.ContactKind, "labelIds", "* myContacts", ""},
		{directory.ContactKind, "labelIds", "*star", "labelIds>*star"},
		{directory.ContactKind, "labelIds", `g\/1/a\;b; c\d`, `labelIds>g\/1/a\;b, labelIds>c\d`},
		{directory.ContactKind, "labelIds", "重要;重要; 重要 ", "labelIds>重要"},
		{directory.ContactKind, "labelIds", strings.Repeat("x;", 3) + "1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20", "!tooMany labelIds 1"},
		{directory.ContactKind, "labelIds", "a;b\x00", "!characterInvalid labelIds 1"},
		{directory.ContactKind, "shareUserIds", `a\;b;c\/d`, "shareUserIds>a;b, shareUserIds>c/d"},
		{directory.EmployeeKind, "deptIds", "示例科技-市场部-华东组", "deptIds>示例科技-市场部-华东组"},
		{directory.EmployeeKind, "deptIds", `市场部/华东组;a\/b`, `deptIds>市场部/华东组, deptIds>a\/b`},
		{directory.EmployeeKind, "managerUserId", "李强", "managerUserId>李强"},
		{directory.DepartmentKind, "path", `a/b\/c`, `path>a/b\/c`},
		{directory.DepartmentKind, "parentId", "1", "parentId>1"},
		{directory.DepartmentKind, "managerUserIds", "u1, u2", "managerUserIds>u1, managerUserIds>u2"},
		{directory.MessageContactKind, "messageTypes", "FaultMessage;ProductMessage", "messageTypes=[FaultMessage ProductMessage]"},
		{directory.MessageContactKind, "messageTypes", "FaultMessage;Other", "!valueInvalid messageTypes 1"},
	} {
		d := draftOf(tc.kind, cell(1, tc.field, tc.text))
		d.Missing = nil
		if got := shown(d); got != tc.want {
			t.Errorf("%s of a %s, %q: got %s, want %s", tc.field, tc.kind, tc.text, got, tc.want)
		}
	}
}

// Only tables put several values into one text.
func TestDraftDoesNotSplitProperties(t *testing.T) {
	t.Parallel()
	d := draftOf(directory.ContactKind, property(3, "TEL", "mobile", "+86-10-00006002;ext=12"), property(4, "EMAIL", "email", "a@example.com"),
		Cell{Field: "labelIds", Line: 5, Header: "CATEGORIES", List: []string{"重要", " a;b ", ""}}, property(6, "FN", "name", "Hal"))
	want := "email=a@example.com, mobile=86-1000006002, name=Hal, labelIds>重要, labelIds>a;b, ?valueDropped mobile 0"
	if got := shown(d); got != want {
		t.Errorf("a card: got %s, want %s", got, want)
	}
	d = draftOf(directory.EmployeeKind, property(3, "ou", "deptIds", "研发,一部"))
	d.Missing = nil
	if got, want := shown(d), "deptIds>研发,一部"; got != want {
		t.Errorf("an entry: got %s, want %s", got, want)
	}
}

func TestDraftSeveralColumns(t *testing.T) {
	t.Parallel()
	ranked := func(rank int, c Cell) Cell { c.Ranked = rank; return c }
	for _, tc := range []struct {
		name  string
		cells []Cell
		want  string
	}{
		{"the preferred counts", []Cell{ranked(2, cell(1, "mobile", "010-00004002")), ranked(1, cell(2, "mobile", "139-0000-4001"))}, "mobile=86-13900004001, ?valueDropped mobile 1"},
		{"the first that is not empty counts", []Cell{ranked(1, cell(1, "mobile", " ")), ranked(2, cell(2, "mobile", "13900004001"))}, "mobile=86-13900004001"},
		{"the same number is not dropped", []Cell{cell(1, "mobile", "+86 13900004001"), cell(2, "mobile", "139-0000-4001")}, "mobile=86-13900004001"},
		{"the first counts though it is wrong", []Cell{cell(1, "mobile", "1"), cell(2, "mobile", "13900004001")}, "!mobileInvalid mobile 1, ?valueDropped mobile 2"},
		{"a wrong value that is dropped", []Cell{cell(1, "mobile", "13900004001"), cell(2, "mobile", "1")}, "mobile=86-13900004001, ?valueDropped mobile 2"},
		{"the same address", []Cell{cell(1, "email", "A@example.com"), cell(2, "email", "a@Example.com")}, "email=A@example.com"},
		{"the same text", []Cell{cell(1, "title", "a\nb"), cell(2, "title", "a b"), cell(3, "title", "A b")}, "title=a b, ?valueDropped title 3"},
		{"lists", []Cell{cell(1, "labelIds", "* x"), cell(2, "labelIds", "a;b"), cell(3, "labelIds", "a；b"), cell(4, "labelIds", "c")}, "labelIds>a, labelIds>b, ?valueDropped labelIds 4"},
		{"owners", []Cell{cell(1, "followerUserId", "a"), cell(2, "followerUserId", "b")}, "followerUserId>a, ?valueDropped followerUserId 2"},
	} {
		d := draftOf(directory.ContactKind, tc.cells...)
		d.Missing = nil
		if got := shown(d); got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestDraftNames(t *testing.T) {
	t.Parallel()
	family, middle, given, company := func(s string) Cell { return cell(1, "parts.family", s) }, func(s string) Cell { return cell(2, "parts.middle", s) },
		func(s string) Cell { return cell(3, "parts.given", s) }, func(s string) Cell { return cell(4, "companyName", s) }
	for _, tc := range []struct {
		kind  directory.Kind
		cells []Cell
		want  string
	}{
		{directory.ContactKind, []Cell{family("Sample"), given("Alan")}, "name=Alan Sample"},
		{directory.ContactKind, []Cell{family("Sample"), middle("Q."), given("Beth")}, "name=Beth Q. Sample"},
		{directory.ContactKind, []Cell{family("测试"), given("三")}, "name=测试三"},
		{directory.ContactKind, []Cell{family("测"), middle("X"), given("三")}, "name=测X三"},
		{directory.ContactKind, []Cell{given("Finn")}, "name=Finn"},
		{directory.ContactKind, []Cell{given("Finn\nJunior"), family("Sample")}, "name=Finn Junior Sample"},
		{directory.ContactKind, []Cell{cell(5, "name", "示例"), family("测试"), given("三")}, "name=示例"},
		{directory.ContactKind, []Cell{cell(5, "name", " "), family("测试"), given("三")}, "name=测试三"},
		{directory.ContactKind, []Cell{company("Example Ltd.")}, "companyName=Example Ltd., name=Example Ltd., ?nameFromCompany name 0"},
		{directory.ContactKind, []Cell{company(strings.Repeat("公", 81))}, "companyName=" + strings.Repeat("公", 81) + ", !tooLong name 4"},
		{directory.ContactKind, []Cell{company(strings.Repeat("公", 201))}, "!tooLong companyName 4"},
		{directory.ContactKind, []Cell{family("a\x00"), company("Example")}, "companyName=Example, !characterInvalid name 1"},
		{directory.ContactKind, []Cell{cell(5, "name", "a\tb"), company("Example")}, "companyName=Example, !valueInvalid name 5"},
		{directory.ContactKind, []Cell{cell(5, "name", strings.Repeat("名", 81))}, "!tooLong name 5"},
		{directory.ContactKind, []Cell{family(strings.Repeat("名", 80)), given("x")}, "!tooLong name 1"},
		{directory.EmployeeKind, []Cell{family("员"), given("工")}, "name=员工"},
		{directory.EmployeeKind, []Cell{cell(4, "title", "x")}, "title=x, -name"},
		{directory.DepartmentKind, []Cell{cell(1, "name", "市场-部")}, "!characterInvalid name 1"},
		{directory.DepartmentKind, []Cell{cell(1, "path", "a/b")}, "path>a/b"},
		{directory.DepartmentKind, []Cell{cell(1, "code", "c")}, "code=c, -name"},
		{directory.LabelKind, []Cell{cell(1, "name", "重要"), cell(2, "group", "客户")}, "group=客户, name=重要"},
		{directory.LabelKind, []Cell{cell(1, "name", "重要"), cell(2, "groupId", "7")}, "name=重要, groupId>7"},
		{directory.LabelKind, []Cell{cell(1, "name", "重要")}, "name=重要, -group"},
		{directory.MessageContactKind, []Cell{cell(1, "name", "x1"), cell(2, "email", strings.Repeat("a", 60)+"@"+strings.Repeat("b", 50)+".cn")}, "!valueInvalid name 1, !tooLong email 2, -title, -messageTypes"},
	} {
		d := draftOf(tc.kind, tc.cells...)
		d.Missing = slices.DeleteFunc(d.Missing, func(p Problem) bool { return p.Field == "mobile" })
		if got := shown(d); got != tc.want {
			t.Errorf("%v: got %s, want %s", tc.cells, got, tc.want)
		}
	}
}

func TestDraftForChange(t *testing.T) {
	t.Parallel()
	d := draftOf(directory.ContactKind, cell(1, "companyName", "Example"), cell(2, "mobile", "13900001234"))
	if got, want := shown(d.ForChange()), "companyName=Example, mobile=86-13900001234"; got != want {
		t.Errorf("a company for a contact that exists: got %s, want %s", got, want)
	}
	if got, want := shown(d), "companyName=Example, mobile=86-13900001234, name=Example, ?nameFromCompany name 0"; got != want {
		t.Errorf("the same draft for a new contact: got %s, want %s", got, want)
	}
}

func TestDraftAddress(t *testing.T) {
	t.Parallel()
	at := func(column int, prefix, part, text string) Cell {
		c := cell(column, "parts.address."+part, text)
		c.Part = prefix
		return c
	}
	for _, tc := range []struct {
		name  string
		cells []Cell
		want  string
	}{
		{"in English", []Cell{at(1, "Business", "street", "1 Example Road"), at(2, "Business", "city", "Sampleton"), at(3, "Business", "state", "SC"),
			at(4, "Business", "postalCode", "00001"), at(5, "Business", "country", "Exampleland")}, "address=1 Example Road, Sampleton, SC, 00001, Exampleland"},
		{"all parts", []Cell{at(1, "", "street", "s"), at(2, "", "city", "c"), at(3, "", "state", "t"), at(4, "", "postalCode", "p"), at(5, "", "country", "l"),
			at(6, "", "extended", "e"), at(7, "", "poBox", "b")}, "address=b, e, s, c, t, p, l"},
		{"in Chinese", []Cell{at(1, "ADR1", "street", "示例路2号"), at(1, "ADR1", "city", "上海市"), at(1, "ADR1", "postalCode", "200000"), at(1, "ADR1", "country", "中国")}, "address=中国上海市示例路2号 200000"},
		{"all parts in Chinese", []Cell{at(1, "", "street", "街"), at(2, "", "city", "市"), at(3, "", "state", "省"), at(4, "", "postalCode", "1"), at(5, "", "country", "国"),
			at(6, "", "extended", "室"), at(7, "", "poBox", "箱")}, "address=国省市街室箱 1"},
		{"two addresses", []Cell{at(1, "Business", "city", "A"), at(3, "Home", "street", "h"), at(2, "Home", "city", "B")}, "address=A, ?valueDropped address 2"},
		{"the same twice", []Cell{at(1, "Business", "city", "A"), at(2, "Home", "city", "A")}, "address=A"},
		{"a whole one with its parts", []Cell{cell(1, "address", "1 Road\nTown"), at(2, "", "street", "1 Road"), at(3, "", "city", "Town")}, "address=1 Road Town"},
		{"a whole one and another", []Cell{cell(1, "address", "1 Road"), at(2, "Home", "city", "Elsewhere")}, "address=1 Road, ?valueDropped address 2"},
		{"none", []Cell{at(1, "", "city", " ")}, ""},
		{"too long", []Cell{at(1, "", "city", strings.Repeat("x", 501))}, "!tooLong address 1"},
		{"characters", []Cell{at(1, "", "city", "a\x00")}, "!characterInvalid address 1"},
	} {
		d := draftOf(directory.ContactKind, tc.cells...)
		d.Missing = nil
		if got := shown(d); got != tc.want {
			t.Errorf("address, %s: got %s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestDraftOtherTypes(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind              directory.Kind
		field, text, want string
	}{
		{directory.EmployeeKind, "hiredDate", "2024-03-01", "hiredDate=1709222400000"},
		{directory.EmployeeKind, "hiredDate", "2024/3/1", "hiredDate=1709222400000"},
		{directory.EmployeeKind, "hiredDate", "2024.3.1", "hiredDate=1709222400000"},
		{directory.EmployeeKind, "hiredDate", "2024年3月1日", "hiredDate=1709222400000"},
		{directory.EmployeeKind, "hiredDate", "２０２４-03-01", "hiredDate=1709222400000"},
		{directory.EmployeeKind, "hiredDate", "2024-02-30", "!dateInvalid hiredDate 1"},
		{directory.EmployeeKind, "hiredDate", "2024-13-01", "!dateInvalid hiredDate 1"},
		{directory.EmployeeKind, "hiredDate", "2024-3/1", "!dateInvalid hiredDate 1"},
		{directory.EmployeeKind, "hiredDate", "01.03.2024", "!dateInvalid hiredDate 1"},
		{directory.EmployeeKind, "hiredDate", "1969-12-31", "!dateInvalid hiredDate 1"},
		{directory.EmployeeKind, "hiredDate", "45352", "!dateInvalid hiredDate 1"},
		{directory.EmployeeKind, "hideMobile", "TRUE", "hideMobile=true"},
		{directory.EmployeeKind, "hideMobile", "是", "hideMobile=true"},
		{directory.EmployeeKind, "hideMobile", "Yes", "hideMobile=true"},
		{directory.EmployeeKind, "hideMobile", "y", "hideMobile=true"},
		{directory.EmployeeKind, "hideMobile", "1", "hideMobile=true"},
		{directory.EmployeeKind, "hideMobile", "否", "hideMobile=false"},
		{directory.EmployeeKind, "hideMobile", "No", "hideMobile=false"},
		{directory.EmployeeKind, "hideMobile", "0", "hideMobile=false"},
		{directory.EmployeeKind, "hideMobile", "maybe", "!valueInvalid hideMobile 1"},
		{directory.EmployeeKind, "gender", "F", "gender=F"},
		{directory.EmployeeKind, "gender", "x", "!valueInvalid gender 1"},
		{directory.DepartmentKind, "deptId", "9001", "deptId=9001"},
		{directory.DepartmentKind, "deptId", "9001.0", "deptId=9001"},
		{directory.DepartmentKind, "deptId", "-1", "!valueInvalid deptId 1"},
		{directory.DepartmentKind, "deptId", "nine", "!valueInvalid deptId 1"},
		{directory.DepartmentKind, "deptId", "99999999999999999999", "!valueInvalid deptId 1"},
		{directory.DepartmentKind, "order", "3", "order=3"},
		{directory.LabelKind, "color", "-15220075", "color=-15220075"},
		{directory.LabelKind, "color", "#17C295", "color=-15220075"},
		{directory.LabelKind, "color", "red", "!valueInvalid color 1"},
		{directory.LabelKind, "color", "99999999999", "!valueInvalid color 1"},
		{directory.MessageContactKind, "title", "CEO", "title=CEO"},
		{directory.MessageContactKind, "title", "Boss", "!valueInvalid title 1"},
		{directory.MessageContactKind, "phone", "13900001234", "phone=86-13900001234"},
		{directory.MessageContactKind, "status", "Active", ""},
	} {
		d := draftOf(tc.kind, cell(1, tc.field, tc.text))
		d.Missing = nil
		if got := shown(d); got != tc.want {
			t.Errorf("%s of a %s, %q: got %s, want %s", tc.field, tc.kind, tc.text, got, tc.want)
		}
	}
}

func TestDraftOrderOfProblems(t *testing.T) {
	t.Parallel()
	o := DraftOptions{Kind: directory.ContactKind}
	r := &Record{Line: 7, Cells: []Cell{
		{Field: "email", Line: 8, Column: 9, Text: "x"}, {Field: "title", Line: 8, Column: 2, Text: "\x01"}, {Field: "mobile", Line: 7, Column: 5, Text: "1"},
		{Field: "address", Line: 7, Column: 4, Text: "\x01"},
	}, CellErrors: []Problem{{Code: "cellError", Line: 7, Column: 1, Field: "name"}}, Warnings: []Problem{{Code: "formulaWithoutValue", Line: 7, Column: 6, Field: "remark"}}}
	want := "!cellError name 1, !characterInvalid address 4, !mobileInvalid mobile 5, !characterInvalid title 2, !emailInvalid email 9, ?formulaWithoutValue remark 6"
	if got := shown(o.Draft(r)); got != want {
		t.Errorf("problems: got %s, want %s", got, want)
	}
}

func TestDraftOfWhatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	o := DraftOptions{Kind: directory.ContactKind}
	d := o.Draft(&Record{Line: 7, Cells: []Cell{cell(1, "mobile", "1")}, Problem: &Problem{Code: "truncated", Line: 7}, Warnings: []Problem{{Code: "urlIgnored"}}})
	if got, want := shown(d), "!truncated  0"; got != want {
		t.Errorf("a record that is cut off: got %s, want %s", got, want)
	}
}

func TestDraftEmpty(t *testing.T) {
	t.Parallel()
	d := draftOf(directory.ContactKind, cell(1, "title", ""), cell(2, "email", " "), cell(3, "email", "a@example.com"), cell(4, "labelIds", "* x"), cell(5, "name", ""), cell(6, "parts.given", "Al"))
	if want := []string{"title", "labelIds"}; !reflect.DeepEqual(d.Empty, want) {
		t.Errorf("empty fields: got %v, want %v", d.Empty, want)
	}
}
