package role

import (
	"math"

	"github.com/mingce/mingce/internal/api"
)

// Sizes of a page (docs/spec/dingtalk-roles.md#pages-of-roles-and-members).
const (
	defaultSize = 20
	mostGroups  = 200
	mostMembers = 100
)

// page is size and offset.
type page struct{ Size, Offset *int64 }

// ownFields are size and offset on the own gateway, where they count only
// together.
func (p *page) ownFields(most int) api.Fields {
	return api.Fields{
		api.OptInt("size", &p.Size).Invalid(sizeInvalid).Example("20").
			Describef("分页大小，1 至 %d；与 offset 同时给出才生效，否则为 %d。", "Page size, 1 to %d; used only together with offset, else %d.", most, defaultSize),
		api.OptInt("offset", &p.Offset).Invalid(offsetInvalid).Example("0").
			Describe("偏移量，从 0 开始；与 size 同时给出才生效，否则为 0。", "Offset, from 0; used only together with size, else 0."),
	}
}

// own checks the two together, which no rule of one field can.
func (p *page) own(most int64) (offset, size int64, err error) {
	switch {
	case p.Size == nil || p.Offset == nil:
		return 0, defaultSize, nil
	case *p.Size < 1 || *p.Size > most:
		return 0, 0, &api.ArgumentError{Parameter: "size", Code: sizeInvalid, Rule: api.NumberFrom(1, most)}
	case *p.Offset < 0:
		return 0, 0, &api.ArgumentError{Parameter: "offset", Code: offsetInvalid, Rule: api.Text{Zh: "不小于 0 的整数", En: "a number from 0 on"}}
	}
	return *p.Offset, *p.Size, nil
}

// topFields are size and offset of the TOP methods, where each has its own
// default and a bad one is the gateway's 41.
func (p *page) topFields(most int64) api.Fields {
	return api.Fields{
		api.OptInt("size", &p.Size).Range(1, most, nil).Example("20").
			Describef("分页大小，1 至 %d，默认 %d。", "Page size, 1 to %d; %d if absent.", most, defaultSize),
		api.OptInt("offset", &p.Offset).Range(0, math.MaxInt64, nil).Example("0").
			Describe("偏移量，从 0 开始，默认 0。", "Offset, from 0; 0 if absent."),
	}
}

func (p *page) top() (offset, size int64) {
	size = defaultSize
	if p.Size != nil {
		size = *p.Size
	}
	if p.Offset != nil {
		offset = *p.Offset
	}
	return offset, size
}

func moreField(name string, p *bool) api.Field {
	return api.Bool(name, p).Example("false").Describe("是否还有更多。", "Whether there are more.")
}
