package transfer_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/transfer"
)

// A preview tells exactly what the import then does: for files whose rows meet
// each other and the directory in all ways, under every policy.
func TestPreviewsTellWhatHappens(t *testing.T) {
	t.Parallel()
	for seed := range uint64(24) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 1))
			o := transfer.Options{OnDuplicate: []string{"skip", "update", "create"}[r.IntN(3)], CreateDepartments: r.IntN(2) == 0, CreateLabels: r.IntN(2) == 0}
			text := randomContacts(r)
			if o.Kind = "contacts"; seed%3 == 1 {
				o.Kind, text = "employees", randomEmployees(r)
			}
			if r.IntN(2) == 0 {
				o.Empty = "clear"
			}
			b := sample(t)
			b.do(transfer.Options{Kind: "contacts"}, "用户ID,姓名,手机号,标签,负责人\nc1,旧一,13900000001,普通,王芳\nc2,旧二,13900000002,普通,王芳\nc3,旧三,13900000003,普通,王芳\n")
			for _, edit := range []directory.Edit{{Kind: directory.ContactKind, Do: directory.RemoveObject, ID: "c3"}} {
				if _, err := b.session().EditObject(t.Context(), edit); err != nil {
					t.Fatal(err)
				}
			}
			o.Preview = true
			preview, planned := b.do(o, text)
			o.Preview = false
			v, rows := b.do(o, text)
			b.same(fmt.Sprintf("%+v\n%s", o, text), told(rows), told(planned))
			if v.Counts != preview.Counts {
				t.Errorf("counts: got %+v, previewed %+v", v.Counts, preview.Counts)
			}
			if v.State != "done" || preview.State != "previewed" {
				t.Errorf("states: %s %+v, %s %+v", v.State, v.Error, preview.State, preview.Error)
			}
		})
	}
}

func pick(r *rand.Rand, list ...string) string { return list[r.IntN(len(list))] }

func randomContacts(r *rand.Rand) string {
	var s strings.Builder
	s.WriteString("用户ID,姓名,手机号,公司,标签,负责人,共享部门\n")
	for range 25 {
		fmt.Fprintf(&s, "%s,%s,%s,%s,%s,%s,%s\n", pick(r, "", "", "", "c1", "c2", "c3", "c4", "c5", "023420013645"), pick(r, "", "甲", "乙", "丙"),
			pick(r, "", "13900000001", "13900000002", "13900000003", "13900000004", "13900000005", "13800001001", "1"), pick(r, "", "一", "二"),
			pick(r, "普通", "重要", "新标签", "客户等级/另一个", "渠道商;普通", ""), pick(r, "王芳", "李强", "无此人", "023420013645", "", ""), pick(r, "", "研发部", "研发部/新组", "新部-一-二"))
	}
	return s.String()
}

func randomEmployees(r *rand.Rand) string {
	var s strings.Builder
	s.WriteString("员工UserID,姓名,手机号,部门,直属上级,邮箱,工号\n")
	for range 20 {
		fmt.Fprintf(&s, "%s,%s,%s,%s,%s,%s,%s\n", pick(r, "", "", "e1", "e2", "e3", "c1", "org1001"), pick(r, "甲", "乙", "丙", "丁", ""),
			pick(r, "", "13910000001", "13910000002", "13910000003", "13910000004", "13800001001", "1"), pick(r, "研发部", "研发部/新组", "市场部;新部", "", "新部/一/二"),
			pick(r, "", "", "王芳", "甲", "乙", "e1", "e2", "无此人"), pick(r, "", "", "a@example.com", "b@example.com", "x"), pick(r, "", "7", "8"))
	}
	return s.String()
}
