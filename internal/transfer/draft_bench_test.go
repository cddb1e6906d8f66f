package transfer

import (
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

func BenchmarkDraft(b *testing.B) {
	o := DraftOptions{Kind: directory.ContactKind}
	r := &Record{Line: 2, Cells: []Cell{cell(1, "name", "测试甲"), cell(2, "mobile", "139 0000 2001"), cell(3, "companyName", "示例贸易有限公司"), cell(4, "title", "采购经理"),
		cell(5, "address", "上海市示例路1号"), cell(6, "labelIds", "客户等级/重要；渠道商"), cell(7, "followerUserId", "王芳"), cell(8, "remark", "首次导入"), cell(9, "email", "a@example.com")}}
	b.ReportAllocs()
	for b.Loop() {
		if d := o.Draft(r); len(d.Errors) > 0 {
			b.Fatal(d.Errors)
		}
	}
}
