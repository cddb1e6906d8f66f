package records

import (
	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// conflictTexts say what stands against undoing an object, and what helps
// (docs/spec/history.md#conflicts-of-an-undo). Others are rules ([ruleTexts]).
var conflictTexts = map[string]api.Text{
	directory.ChangedSince: {Zh: "其后他人改动了这些字段；决定 undo 则放弃那些改动，keep 则保留它们。",
		En: "Others have changed these fields since; decide undo to give their changes up, or keep to leave them."},
	directory.DeletedSince: {Zh: "其后他人删除了这个对象；决定 undo 则恢复它，keep 则不恢复。",
		En: "Others have deleted it since; decide undo to restore it, or keep to leave it deleted."},
	directory.Referenced: {Zh: "它已是其他对象的负责人、主管、标签或上级；先改动那些对象，或决定 keep。",
		En: "It is the owner, manager, label or parent of something else by now; change that first, or decide keep."},
	directory.ConflictErased: {Zh: "已被抹除，无法找回；决定 keep。", En: "It was erased, and nothing can bring it back; decide keep."},
	directory.ConflictPurged: {Zh: "已从回收站清除，无法找回；决定 keep，需要时重新创建。",
		En: "It was purged from the bin, and nothing can bring it back; decide keep, and create it anew if it is needed."},
	directory.ConflictRefused: {Zh: "检查时它已被他人改动或删除；再次撤销即可看到原因，或决定 keep。",
		En: "Others changed or deleted it during the check; undo the same again to see what stands against it, or decide keep."},
	directory.ConflictChangedDuring: {Zh: "撤销期间他人改动了它或它所需之物，因此保持原样；再次撤销，即可看到原因并作决定。",
		En: "Others changed it, or what it needs, during the undo, so it was left as it is; undo the same again to see what stands against it."},
}

// conflictText is what a conflict says. A rule's remedy comes first: the other way is
// to leave the object as it is.
func conflictText(conflict string) api.Text {
	if t, ok := conflictTexts[conflict]; ok {
		return t
	}
	t := ruleText(conflict, 0)
	return api.Text{Zh: t.Zh + "或决定 keep。", En: t.En + " Or decide keep."}
}
