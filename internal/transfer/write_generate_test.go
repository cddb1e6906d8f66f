package transfer

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/mingce/mingce/internal/directory"
)

// heldObjects is a source of objects for tests.
type heldObjects struct {
	objects []directory.Object
	err     error // told after the objects
}

func (h heldObjects) Each(kind directory.Kind, fn func(directory.Object) error) error {
	for _, o := range h.objects {
		if o.Kind != kind {
			continue
		}
		if err := fn(o); err != nil {
			return err
		}
	}
	return h.err
}

func (h heldObjects) Whole(kind directory.Kind, fn func(directory.Object) error) error {
	return h.Each(kind, fn)
}

func (heldObjects) Seq() int64 { return 4711 }

func (heldObjects) Time() time.Time {
	return time.Date(2026, 3, 1, 9, 30, 0, 5e6, time.FixedZone("", 8*3600))
}

func heldObject(kind directory.Kind, id string, values directory.Values) directory.Object {
	return directory.Object{
		Kind: kind, ID: id, Version: 2, Values: values,
		CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 67e6, time.UTC), UpdatedAt: time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC),
	}
}

// sampleOrganisation has an object of each kind, and names that need care.
func sampleOrganisation() heldObjects {
	return heldObjects{objects: []directory.Object{
		heldObject(directory.DepartmentKind, "1", directory.Values{"deptId": int64(1), "name": "示例公司"}),
		heldObject(directory.DepartmentKind, "3", directory.Values{"deptId": int64(3), "name": "研发部", "parentId": int64(1), "managerUserIds": []string{"u1", "u;2"}}),
		heldObject(directory.DepartmentKind, "4", directory.Values{
			"deptId": int64(4), "name": "A/B;C", "parentId": int64(3), "order": int64(-1), "code": "=R",
			"extra": map[string]any{"sourceIdentifier": "s"},
		}),
		heldObject(directory.EmployeeKind, "u1", directory.Values{
			"userId": "u1", "name": "王工", "mobile": "86-13900001234", "deptIds": []int64{4, 1}, "title": "工程师", "jobNumber": "007",
			"email": "wang@example.com", "orgEmail": "w@corp.example.com", "telephone": "010-65551234", "workPlace": "北京", "remark": "一\n=二",
			"managerUserId": "u;2", "hiredDate": int64(1709222400000), "hideMobile": true, "gender": "male",
			"extra": map[string]any{"positions": []any{map[string]any{"deptId": int64(4), "title": "x"}}, "nickname": "小\"王"},
		}),
		heldObject(directory.LabelGroupKind, "10", directory.Values{"groupId": int64(10), "name": "客户等级", "color": int64(-15220075)}),
		heldObject(directory.LabelKind, "11", directory.Values{"labelId": int64(11), "name": "普通", "groupId": int64(10), "group": "客户等级", "color": int64(-15220075)}),
		heldObject(directory.LabelKind, "12", directory.Values{"labelId": int64(12), "name": "A/B;C", "groupId": int64(10), "group": "客户等级"}),
		heldObject(directory.LabelKind, "13", directory.Values{"labelId": int64(13), "name": "甲，乙", "groupId": int64(10), "group": "客户等级"}),
		heldObject(directory.ContactKind, "900001", directory.Values{
			"userId": "900001", "name": "测试甲", "mobile": "86-13900001234", "email": "jia@example.com", "title": "=HYPERLINK(\"http://x\")",
			"companyName": "示例, 公司; \"甲\"", "address": "上海市示例路2号; 3楼, 200000", "remark": "第一行\n-第二行\\",
			"followerUserId": "u1", "labelIds": []int64{13, 12, 11}, "shareDeptIds": []int64{4, 3, 99}, "shareUserIds": []string{"u;2", "u1"},
		}),
		heldObject(directory.ContactKind, "#9,+=", directory.Values{
			"userId": "#9,+=", "name": "Ann Sample", "mobile": "1-5550100200", "followerUserId": "u1", "labelIds": []int64{11},
			"remark": strings.Repeat("长的备注，折行时不能切断字符。", 6),
		}),
		heldObject(directory.MessageContactKind, "c-1", directory.Values{
			"contactId": "c-1", "name": "运维", "email": "ops@example.com", "phone": "86-13900001235", "title": "Technical Director",
			"messageTypes": []string{"Security", "Fault"}, "members": []string{"2", "1"}, "status": "Verified",
		}),
	}}
}

// hostileText draws texts that files get wrong. Texts of one line are as the
// directory keeps them: without control characters.
func hostileText(lines bool) *rapid.Generator[string] {
	pieces := []string{
		"=", "+", "-", "@", "＝", "＋", "－", "＠", "'", "''", "'1", "\"", "\"\"", `="1"`, ";", "；", ",", "，", "、", "|", " ::: ", "/", `\`, `\n`, `\;`, `\/`,
		" ", "  ", "\u00a0", "\u3000", "\u200b", "\u200e", "\u202e", "\u2066", "\ufeff", "😀", "👨‍👩‍👧", "é", "e\u0301", "中", "𠮷", "a", "1", "1.39E+10",
		"_x000D_", "_x005F_", "<&>", "]]>", ":", "<", "#", "* ", "BEGIN:VCARD", "END:VCARD", "dn: x", "null", "\u2028", "\uffff", "\ufffd", "\ue5e5",
		strings.Repeat("中", 30), strings.Repeat("x", 80),
	}
	if lines {
		pieces = append(pieces, "\n", "\r\n", "\r", "\t", "\n=", "\n'", "\n\n")
	}
	piece := rapid.OneOf(rapid.SampledFrom(pieces), rapid.Map(rapid.Rune(), func(r rune) string {
		if r < ' ' || r >= 0x7F && r < 0xA0 {
			return "r"
		}
		return string(r)
	}))
	return rapid.Map(rapid.SliceOfN(piece, 0, 8), func(p []string) string { return strings.Join(p, "") })
}

// anyObject draws objects of all kinds.
func anyObject() *rapid.Generator[directory.Object] {
	return rapid.Custom(func(t *rapid.T) directory.Object {
		return drawObject(t, rapid.SampledFrom(directory.Kinds).Draw(t, "kind"))
	})
}

func drawObject(t *rapid.T, kind directory.Kind) directory.Object {
	values := directory.Values{}
	put := func(name string, v any) {
		if !isEmptyValue(v) {
			values[name] = v
		}
	}
	ids := rapid.SliceOfN(rapid.Int64Range(1, 20), 0, 4)
	for _, f := range kind.Fields() {
		switch f.Type {
		case directory.TextField:
			put(f.Name, hostileText(f.Lines).Draw(t, f.Name))
		case directory.NumberField:
			put(f.Name, rapid.Int64Range(-5, 20).Draw(t, f.Name))
		case directory.DateField:
			put(f.Name, rapid.Int64Range(0, 40000).Draw(t, f.Name)*86400000-8*3600000)
		case directory.BoolField:
			put(f.Name, rapid.Bool().Draw(t, f.Name))
		case directory.TextsField:
			put(f.Name, rapid.SliceOfN(hostileText(false), 0, 3).Draw(t, f.Name))
		case directory.NumbersField:
			put(f.Name, ids.Draw(t, f.Name))
		case directory.ExtraField:
			put(f.Name, drawTree(t, 2))
		}
	}
	if f, _ := kind.Field("mobile"); f.Name != "" {
		values["mobile"] = rapid.SampledFrom([]string{"86-13900001234", "1-2425550100", "999-12345", "852-61234567"}).Draw(t, "mobile")
	}
	if _, ok := values["name"]; !ok {
		values["name"] = "n"
	}
	id := strconv.Itoa(rapid.IntRange(2, 99).Draw(t, "id"))
	switch kind {
	case directory.ContactKind, directory.EmployeeKind, directory.MessageContactKind:
		id = "u" + hostileText(false).Draw(t, "id")
		values[kind.IDField()] = id
	default:
		n, _ := strconv.ParseInt(id, 10, 64)
		values[kind.IDField()] = n
	}
	return heldObject(kind, id, values)
}

func drawTree(t *rapid.T, depth int) map[string]any {
	tree := map[string]any{}
	for i := range rapid.IntRange(0, 3).Draw(t, "keys") {
		key := fmt.Sprint(i) + hostileText(true).Draw(t, "key")
		switch kind := rapid.IntRange(0, 6).Draw(t, "type"); {
		case kind == 0:
			tree[key] = hostileText(true).Draw(t, "text")
		case kind == 1:
			tree[key] = rapid.Int64().Draw(t, "number")
		case kind == 2:
			tree[key] = rapid.Float64().Draw(t, "float")
		case kind == 3:
			tree[key] = rapid.Bool().Draw(t, "bool")
		case kind == 4:
			tree[key] = nil
		case depth > 0:
			tree[key] = []any{drawTree(t, depth-1)}
		}
	}
	return tree
}

func benchContact(i int) directory.Object {
	return heldObject(directory.ContactKind, strconv.Itoa(900000+i), directory.Values{
		"userId": strconv.Itoa(900000 + i), "name": "测试联系人", "mobile": "86-13900001234", "email": "someone@example.com", "title": "采购经理",
		"companyName": "示例科技有限公司", "address": "上海市示例路2号3楼", "remark": "一般的备注", "followerUserId": "023420013645",
		"labelIds": []int64{11}, "shareDeptIds": []int64{3}, "shareUserIds": []string{"023420013646"},
	})
}
