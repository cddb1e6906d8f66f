package directory

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"
)

// Colours of label groups. Decision: the vendor's app offers six, of which
// three are known; the others are ours
// (docs/spec/external-contacts.md#colours-of-label-groups).
const (
	labelGreen  = -15220075
	labelBlue   = -11687445
	labelYellow = -543394
	labelRed    = -1293500
	labelPurple = -6724881
	labelGrey   = -8355712
)

var labelColors = []int64{labelGreen, labelBlue, labelYellow, labelRed, labelPurple, labelGrey}

// DefaultLabelGroups are the label groups of a new organisation, as the
// vendor's sample answer shows them
// (docs/spec/external-contacts.md#label-groups-of-a-new-organisation). Ids count
// up from first, groups and labels alike, as in that sample: one id is skipped
// before the labels of each group, because it is the group's own.
func DefaultLabelGroups(first int64) []LabelGroup {
	groups := []LabelGroup{
		{Name: "类型", Color: labelGreen, Labels: labelsNamed("客户", "渠道商", "供应商", "合作伙伴", "面试人员", "其他类型")},
		{Name: "级别", Color: labelBlue, Labels: labelsNamed("一般", "重要", "核心")},
		{Name: "状态", Color: labelYellow, Labels: labelsNamed("潜在", "意向", "洽谈", "成交", "流失")},
		{Name: "人事招聘状态", Color: labelYellow, Labels: labelsNamed("待邀约", "待面试", "初试", "复试", "入职")},
	}
	id := first
	for i := range groups {
		g := &groups[i]
		g.ID = id
		id++
		for j := range g.Labels {
			g.Labels[j].ID, g.Labels[j].GroupID = id, g.ID
			id++
		}
	}
	return groups
}

func labelsNamed(names ...string) []Label {
	labels := make([]Label, len(names))
	for i, name := range names {
		labels[i].Name = name
	}
	return labels
}

// firstLabelID is the first id of the default labels of an organisation. It follows from the
// organisation, so that one that is made anew and takes in its own export has the same labels
// under the same ids (docs/spec/export.md#exports-of-everything).
func firstLabelID(org string) int64 {
	const least, span = 1_000_000_000, 9_000_000_000 // ids have ten digits
	sum := sha256.Sum256([]byte("default labels\n" + org))
	return least + int64(binary.BigEndian.Uint64(sum[:8])%(span-100))
}

// putDefaultLabels writes the label groups of a new organisation.
func (s *Session) putDefaultLabels(tx Tx) {
	for i, g := range DefaultLabelGroups(firstLabelID(s.org)) {
		tx.Labels().PutLabelGroup(g.madeAt(s.now), int64(i)+1)
	}
}

// madeAt returns the group with its labels as made at a time.
func (g LabelGroup) madeAt(at time.Time) LabelGroup {
	g.CreatedAt, g.UpdatedAt = at, at
	g.Labels = slices.Clone(g.Labels)
	for i := range g.Labels {
		g.Labels[i].CreatedAt, g.Labels[i].UpdatedAt = at, at
	}
	return g
}
