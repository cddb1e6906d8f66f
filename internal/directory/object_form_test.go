package directory

import (
	"strings"
	"testing"
)

func TestReadNumber(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		text, home string
		mobile     bool
		want       string
	}{
		{"13900001234", "", false, "86-13900001234"},
		{"13900001234", "852", false, "86-13900001234"},
		{"8613900001234", "852", false, "86-13900001234"},
		{"61239999", "852", false, "852-61239999"},
		{"61239999", "852", true, "852-61239999"},
		{"010-00003004", "", false, "86-01000003004"},
		{"010-00003004", "", true, ""},
		{"+1 (555) 010-0200", "", false, "1-5550100200"},
		{"+86-10-00006002", "", false, "86-1000006002"},
		{"+44 20 7946 0000", "", false, "44-2079460000"},
		{"+86 8613900001234", "", false, "86-13900001234"},
		{"+999 123456789", "", false, ""},
		{"00210 123456789", "", false, ""},
		{"+", "", false, ""},
		{"12900002006", "", false, ""},
		{"1234", "", false, ""},
		{strings.Repeat("2", 20), "", false, "86-" + strings.Repeat("2", 20)},
		{strings.Repeat("2", 21), "", false, ""},
		{"61239999", "999", false, ""},
	} {
		p, err := ReadNumber(tc.text, tc.home, tc.mobile)
		if got := p.String(); err != nil && tc.want != "" || err == nil && got != tc.want {
			t.Errorf("ReadNumber(%q, %q, %v): got %s, %v, want %q", tc.text, tc.home, tc.mobile, got, err, tc.want)
		}
	}
}

// What an import takes, the editor of contacts reads as the same number.
func TestReadNumberIsWhatContactsTake(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"13900001234", "010-00003004", "+1 5550100200", "86-00123456789", "+86 00861390000", "+86 8613900001234", "0044 20 7946 0000", "86-86139000012345"} {
		p, err := ReadNumber(text, "", false)
		if err != nil {
			continue
		}
		c := Contact{}
		if err := c.applyNumber(p.String(), &problems{kind: ContactKind}); err != nil || c.Phone() != p.String() {
			t.Errorf("number %q was read as %s, which contacts read as %s (%v)", text, p, c.Phone(), err)
		}
	}
}

func TestCheckName(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind Kind
		name string
		rule string
		most int
	}{
		{ContactKind, "测试甲", "", 0},
		{ContactKind, strings.Repeat("甲", 80), "", 0},
		{ContactKind, strings.Repeat("甲", 81), RuleTooLong, 80},
		{ContactKind, "a\tb", RuleValueInvalid, 0},
		{ContactKind, "\u200b", RuleValueInvalid, 0},
		{EmployeeKind, "员工甲", "", 0},
		{EmployeeKind, "a\nb", RuleValueInvalid, 0},
		{DepartmentKind, "市场部", "", 0},
		{DepartmentKind, "市场-部", RuleCharacterInvalid, 0},
		{DepartmentKind, strings.Repeat("部", 65), RuleTooLong, 64},
		{LabelKind, strings.Repeat("标", 65), RuleTooLong, 64},
		{LabelGroupKind, "客户等级", "", 0},
		{MessageContactKind, "联系人", "", 0},
		{MessageContactKind, "人", RuleValueInvalid, 0},
		{MessageContactKind, "contact 1", RuleValueInvalid, 0},
		{MessageContactKind, "abcdefghijklm", RuleTooLong, 12},
	} {
		if rule, most := tc.kind.CheckName(tc.name); rule != tc.rule || most != tc.most {
			t.Errorf("name %q of a %s: got %q, %d, want %q, %d", tc.name, tc.kind, rule, most, tc.rule, tc.most)
		}
	}
}
