package extcontact

import (
	"math"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Sizes of a page (docs/spec/external-contacts.md#size-and-offset-over-top).
const (
	defaultSize = 20
	maxSize     = 100
)

// topPage is size and offset of the TOP methods, where each has its own default
// and a bad one is the gateway's 41.
type topPage struct {
	Size, Offset *int64
	most         int64
}

// SetSession implements [api.SessionAware].
func (p *topPage) SetSession(s *directory.Session) { p.most = mostSize(s) }

// mostSize is the largest size a request may ask for; where paging is lenient,
// larger ones count as 100 (docs/spec/external-contacts.md#sizes-above-the-limit).
func mostSize(s *directory.Session) int64 {
	if s.LenientPaging() {
		return math.MaxInt64
	}
	return maxSize
}

func topPageFields(p *topPage) api.Fields {
	return api.Fields{
		api.OptInt("size", &p.Size).Range(1, maxSize, nil).UpTo(&p.most).Example("20").
			Describef("分页大小，1 至 %d，默认 %d。", "Page size, 1 to %d; %d if absent.", maxSize, defaultSize),
		api.OptInt("offset", &p.Offset).Range(0, math.MaxInt64, nil).Example("0").
			Describe("偏移量，从 0 开始，默认 0。", "Offset, from 0; 0 if absent."),
	}
}

func (p *topPage) page() (offset, size int64) {
	size = defaultSize
	if p.Size != nil {
		size = min(*p.Size, maxSize)
	}
	if p.Offset != nil {
		offset = *p.Offset
	}
	return offset, size
}

// ownPage is size and offset of the own gateway: they apply only if both are
// given, and bad ones have their own numbers
// (docs/spec/external-contacts.md#size-and-offset-over-the-own-gateway).
type ownPage struct {
	Size, Offset *int64
	most         int64
}

// SetSession implements [api.SessionAware].
func (p *ownPage) SetSession(s *directory.Session) { p.most = mostSize(s) }

func ownPageFields(p *ownPage) api.Fields {
	return api.Fields{
		api.OptInt("size", &p.Size).Example("20").
			Describef("分页大小，1 至 %d；与 offset 同时给出才生效，否则为 %d。", "Page size, 1 to %d; used only together with offset, else %d.", maxSize, defaultSize),
		api.OptInt("offset", &p.Offset).Example("0").
			Describe("偏移量，从 0 开始；与 size 同时给出才生效，否则为 0。", "Offset, from 0; used only together with size, else 0."),
	}
}

// page checks the two together, which no rule of one field can.
func (p *ownPage) page(badSize *api.Code) (offset, size int64, err error) {
	switch {
	case p.Size == nil || p.Offset == nil:
		return 0, defaultSize, nil
	case *p.Size < 1 || *p.Size > p.most:
		return 0, 0, &api.ArgumentError{Parameter: "size", Code: badSize, Rule: api.NumberFrom(1, maxSize)}
	case *p.Offset < 0:
		return 0, 0, &api.ArgumentError{Parameter: "offset", Code: offsetInvalid, Rule: api.Text{Zh: "不小于 0 的整数", En: "a number from 0 on"}}
	}
	return *p.Offset, min(*p.Size, maxSize), nil
}

// contactPage is a page of contacts; never nil, so that an empty list is
// written.
type contactPage struct {
	Results []directory.Contact
	api.Status
}

// groupPage is a page of label groups.
type groupPage struct {
	Results []directory.LabelGroup
	api.Status
}

func resultsField(p *[]directory.Contact, fields func(*directory.Contact) api.Fields) api.Field {
	return api.Objects("results", p, fields).Item("open_ext_contact").Describe("外部联系人列表。", "External contacts.")
}

func groupsField(p *[]directory.LabelGroup) api.Field {
	return api.Objects("results", p, groupFields).Item("open_label_group").Describe("标签组列表。", "Label groups.")
}

// groupFields is a label group in an answer; the group's own id is not shown.
func groupFields(g *directory.LabelGroup) api.Fields {
	return api.Fields{nameOfGroup(g), colorOfGroup(g), labelsOfGroup(g, func(l *directory.Label) api.Fields {
		return api.Fields{nameOfLabel(l), idOfLabel(l)}
	})}
}

// extGroupFields is a group in the JSON text of dingtalk.corp.ext.listlabelgroups,
// in the order of the vendor's sample.
func extGroupFields(g *directory.LabelGroup) api.Fields {
	return api.Fields{colorOfGroup(g), nameOfGroup(g), labelsOfGroup(g, func(l *directory.Label) api.Fields {
		return api.Fields{idOfLabel(l), nameOfLabel(l)}
	})}
}

func nameOfGroup(g *directory.LabelGroup) api.Field {
	return api.String("name", &g.Name).Example("类型").Describe("标签组名称。", "Name of the group.")
}

func colorOfGroup(g *directory.LabelGroup) api.Field {
	return api.Int("color", &g.Color).Example("-15220075").Describe("颜色，有符号 32 位 ARGB。", "Colour, signed 32-bit ARGB.")
}

func labelsOfGroup(g *directory.LabelGroup, fields func(*directory.Label) api.Fields) api.Field {
	if g.Labels == nil {
		g.Labels = []directory.Label{}
	}
	return api.Objects("labels", &g.Labels, fields).Item("open_label").Describe("标签列表。", "Labels.")
}

func nameOfLabel(l *directory.Label) api.Field {
	return api.String("name", &l.Name).Example("客户").Describe("标签名称。", "Name of the label.")
}

func idOfLabel(l *directory.Label) api.Field {
	return api.Int("id", &l.ID).Example("1026002").Describe("标签 ID。", "Id of the label.")
}
