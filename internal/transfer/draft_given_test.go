package transfer

import (
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

func TestDraftOfJSONLines(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		kind  directory.Kind
		given directory.Values
		want  string
	}{
		{"a contact", directory.ContactKind, directory.Values{"userId": "900001", "name": "测试九", "mobile": "86-13900009002", "email": "", "followerUserId": "jl001", "labelIds": []int64{900001}},
			"email=, followerUserId=jl001, labelIds=[900001], mobile=86-13900009002, name=测试九, userId=900001"},
		{"a number as people write it", directory.ContactKind, directory.Values{"name": "测试十", "mobile": "+86 139 0000 9003"}, "mobile=86-13900009003, name=测试十"},
		{"only what changes", directory.ContactKind, directory.Values{"userId": "1", "title": "总监"}, "title=总监, userId=1, -name, -mobile"},
		{"wrong values", directory.ContactKind, directory.Values{"name": strings.Repeat("x", 81), "mobile": "1", "email": "x", "title": "a\x00"},
			"!tooLong name 0, !mobileInvalid mobile 0, !emailInvalid email 0, !characterInvalid title 0"},
		{"long lists", directory.ContactKind, directory.Values{"labelIds": make([]int64, 21), "shareUserIds": []string{"a", "b\x00"}}, "!tooMany labelIds 0, !characterInvalid shareUserIds 0, -name, -mobile"},
		{"lines", directory.ContactKind, directory.Values{"name": "a\nb", "mobile": "13900001234", "remark": "a\r\nb"}, "mobile=86-13900001234, name=a b, remark=a\nb"},
		{"a name of blanks", directory.ContactKind, directory.Values{"name": "  ", "mobile": "13900001234"}, "mobile=86-13900001234, !valueInvalid name 0"},
		{"an extension", directory.ContactKind, directory.Values{"name": "n", "mobile": "13900001234 x5"}, "mobile=86-13900001234, name=n, ?valueDropped mobile 0"},
		{"an employee", directory.EmployeeKind, directory.Values{"name": "n", "mobile": "86-13900009001", "deptIds": []int64{9001}, "managerUserId": "u", "hiredDate": int64(1709222400000), "hideMobile": false,
			"extra": map[string]any{"nick": "n"}}, "deptIds=[9001], extra=map[nick:n], hideMobile=false, hiredDate=1709222400000, managerUserId=u, mobile=86-13900009001, name=n"},
		{"a date before all", directory.EmployeeKind, directory.Values{"name": "n", "hiredDate": int64(-1)}, "name=n, !dateInvalid hiredDate 0, -mobile"},
		{"a department", directory.DepartmentKind, directory.Values{"deptId": int64(9001), "name": "示例分部", "parentId": int64(1)}, "deptId=9001, name=示例分部, parentId=1"},
		{"a path", directory.DepartmentKind, directory.Values{"path": `a/b\/c`}, `path>a/b\/c`},
		{"a wrong path", directory.DepartmentKind, directory.Values{"path": "a\x00"}, `!characterInvalid path 0`},
		{"a label", directory.LabelKind, directory.Values{"labelId": int64(900001), "name": "样例标签", "group": "客户等级"}, "group=客户等级, labelId=900001, name=样例标签"},
		{"a colour", directory.LabelGroupKind, directory.Values{"name": "g", "color": int64(1) << 40}, "name=g, !valueInvalid color 0"},
		{"everything null", directory.EmployeeKind, directory.Values{"name": nil, "deptIds": nil, "hiredDate": nil, "disabled": nil, "extra": nil}, "deptIds=[], disabled=false, extra=map[], hiredDate=0, name=, -name, -mobile"},
	} {
		d := (&DraftOptions{}).Draft(&Record{Line: 4, Kind: tc.kind, Given: tc.given})
		if got := shown(d); got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.name, got, tc.want)
		}
		for _, p := range d.Errors {
			if p.Line != 4 || p.Header != p.Field {
				t.Errorf("%s: got a problem at %d %q, want line 4 and the key %q", tc.name, p.Line, p.Header, p.Field)
			}
		}
	}
}

// What an export wrote of stored texts, an import reads back unchanged.
func TestDraftOfOurOwnExport(t *testing.T) {
	t.Parallel()
	given := directory.Values{"name": "n", "mobile": "86-13900001234", "address": "a\nb", "title": " t\u0001", "remark": "a\r\nb"}
	d := (&DraftOptions{}).Draft(&Record{Line: 4, Kind: directory.ContactKind, Given: given, Whole: true, CreatedAt: "2024-03-01T00:00:00.123+08:00"})
	if len(d.Errors) > 0 || len(directory.ContactKind.Differences(given, d.Values)) > 0 {
		t.Errorf("got %q, %v, want %q", d.Values, d.Errors, given)
	}
	if d.CreatedAt != 1709222400123 {
		t.Errorf("time of creation: got %d, want 1709222400123", d.CreatedAt)
	}
	for _, at := range []string{"yesterday", "1960-01-01T00:00:00Z", "99999-01-01T00:00:00Z"} {
		d = (&DraftOptions{}).Draft(&Record{Line: 4, Kind: directory.ContactKind, Given: given, CreatedAt: at})
		if len(d.Errors) == 0 || d.Errors[len(d.Errors)-1].Field != "createdAt" && d.Errors[0].Field != "createdAt" {
			t.Errorf("created %s: got %v, want dateInvalid", at, d.Errors)
		}
	}
}

// A name that is emptied on purpose is not only absent.
func TestDraftForChangeKeepsWhatIsCleared(t *testing.T) {
	t.Parallel()
	d := (&DraftOptions{}).Draft(&Record{Line: 4, Kind: directory.ContactKind, Given: directory.Values{"name": "", "companyName": "Example", "mobile": "86-13900001234"}})
	if got, want := shown(d.ForChange()), "companyName=Example, mobile=86-13900001234, name="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
