package transfer

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

func everyPlan() []*plan {
	return []*plan{
		{Row: 1, Line: 2, Kind: directory.ContactKind, Action: RowCreated, Name: "甲", ID: "100000000000000001", Made: true, Version: 1, CreatedAt: 1709222400000,
			Object: directory.Values{"userId": "100000000000000001", "name": "甲", "labelIds": []int64{1, -2}, "shareUserIds": []string{"a", ""}},
			Shown:  map[string][]string{"labelIds": {"", "组/新"}, "followerUserId": {"某人"}},
			Makes: []directory.Edit{{Kind: directory.LabelKind, Do: directory.CreateObject, ID: "77", NewID: true,
				Values: directory.Values{"labelId": int64(77), "name": "新", "group": "组"}}},
			Warnings: []Problem{{Code: "valueDropped", Line: 2, Column: 3, Header: "邮箱", Field: "email", Value: "x@y", Most: 7}}},
		{Row: 2, Line: 3, Kind: directory.EmployeeKind, Action: RowUpdated, ID: "u", Version: 5, From: 4, Given: []string{"name", "hideMobile"}, Restored: true, Late: []string{"managerUserId"},
			Object: directory.Values{"userId": "u", "hideMobile": true, "hiredDate": int64(9), "extra": map[string]any{"senior": true, "list": []any{"x", 1.5}}}},
		{Row: 3, Line: 4, Action: RowRejected, Errors: []Problem{{Code: "malformed", Line: 4, Column: 19}}},
		{Row: 4, Line: 5, Kind: directory.DepartmentKind, Action: RowSkipped, ID: "3"},
		{Row: 5, Line: 6, Kind: directory.MessageContactKind, Action: RowCreated, ID: "c-1", Verified: true, Version: 2,
			Object: directory.Values{"contactId": "c-1", "status": "Active"}, Set: directory.Values{"status": "Verifying"}},
	}
}

func TestPlansAreReadBack(t *testing.T) {
	t.Parallel()
	c := coder{}
	want := everyPlan()
	for _, p := range want {
		c.plan(p)
	}
	got, err := parsePlans(c.b)
	if err != nil || len(got) != len(want) {
		t.Fatalf("got %d plans, %v", len(got), err)
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("plan %d:\n got %+v\nwant %+v", i+1, got[i], want[i])
		}
	}
}

func FuzzPlans(f *testing.F) {
	for _, p := range everyPlan() {
		c := coder{}
		c.plan(p)
		f.Add(c.b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		plans, err := parsePlans(b)
		if err != nil {
			return
		}
		c := coder{}
		for _, p := range plans {
			c.plan(p)
			_ = p.edits()
			_ = p.report(false)
		}
		if again, err := parsePlans(c.b); err != nil || len(again) != len(plans) {
			t.Errorf("what was read is not read again: %v", err)
		}
	})
}

func TestKeySet(t *testing.T) {
	t.Parallel()
	s, want := newKeySet(), map[string]uint32{}
	for i := range 50_000 {
		key := fmt.Sprint(i * 7 % 40_000)
		row := uint32(i + 1)
		s.put("a", key, row)
		want[key] = row
	}
	for key, row := range want {
		if got := s.get("a", key); got != row {
			t.Fatalf("%s: got row %d, want %d", key, got, row)
		}
		if s.get("b", key) != 0 {
			t.Fatalf("%s is in the other space, too", key)
		}
	}
	s.add("n", "x", 1)
	s.add("n", "x", 1)
	if got := s.get("n", "x"); got != 1 {
		t.Errorf("one row: got %d", got)
	}
	if s.add("n", "x", 2); s.get("n", "x") != manyRows {
		t.Errorf("two rows: got %d", s.get("n", "x"))
	}
	if perKey := float64(len(s.marks)*12) / float64(s.used); perKey > 24 {
		t.Errorf("%.0f bytes for each key", perKey)
	}
}

func TestPathsAndLabelsAreFound(t *testing.T) {
	t.Parallel()
	tr := newTree()
	for _, n := range []*treeNode{{id: 1, name: "公司"}, {id: 2, parent: 1, name: "市场部"}, {id: 3, parent: 2, name: "一组"}, {id: 4, parent: 1, name: "研发部"},
		{id: 5, parent: 4, name: "一组"}, {id: 6, parent: 1, name: "a/b"}, {id: 7, parent: 1, name: "一组"}, {id: 8, parent: 4, name: "独"}} {
		tr.put(n)
	}
	for text, want := range map[string]string{
		"4": "4", "市场部": "2", "市场部/一组": "3", "公司-研发部-一组": "5", "研发部>一组": "5", `a\/b`: "6", "一组": "7", "独": "8", "公司": "1",
		"99": "path [99]", "没有": "path [没有]", "市场部/没有": "path [市场部 没有]", " 市场部 / 一组 ": "3",
	} {
		found, path, several := tr.find(text)
		got := fmt.Sprint("path ", path)
		if found != nil {
			got = fmt.Sprint(found.id)
		}
		if several {
			got = "several"
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
	if got := tr.path(6); got != `a\/b` {
		t.Errorf("path: %s", got)
	}
	l := newLabels()
	one, two := &groupNode{id: 1, name: "甲组"}, &groupNode{id: 2, name: "乙组"}
	l.putGroup(one)
	l.putGroup(two)
	for _, n := range []*labelNode{{id: 11, name: "重要", group: one}, {id: 12, name: "重要", group: two}, {id: 13, name: "普通", group: two}, {id: 14, name: "x/y", group: one}} {
		l.put(n)
	}
	for text, want := range map[string]string{
		"普通": "13", "重要": "several", "甲组/重要": "11", "乙组/重要": "12", "14": "14", `x\/y`: "14", `甲组/x\/y`: "14", "甲组/新": "new 甲组/新", "新": "new /新",
	} {
		n, several, group, name := l.find(text)
		got := strings.Join([]string{"new ", group, "/", name}, "")
		if n != nil {
			got = fmt.Sprint(n.id)
		}
		if several {
			got = "several"
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}
