package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type listTagValues struct {
	tagged
	TagKey, ValueFilter string
	tagPaging
}

type listedTagValues struct {
	Tags      []string
	NextToken string
}

// ListTagValues lists the values of one key of the tags that objects of a type have
// (docs/spec/tags-and-members.md#listing-keys-and-values).
var ListTagValues = api.Define(&Operations, api.Op[listTagValues, listedTagValues]{
	Route:    api.RPC(version, "ListTagValues"),
	Also:     older("ListTagValues"),
	Group:    "Tag",
	Doc:      api.Text{Zh: "查询标签键的标签值。", En: "Lists the values of a key of tags."},
	ReadOnly: true,

	Before: enabled,
	Sooner: func(_ context.Context, _ *directory.Session, in *listTagValues, refused *api.ArgumentError) error {
		return in.sooner(refused)
	},
	In: func(in *listTagValues) api.Fields {
		return append(api.Fields{
			in.typeField(),
			api.String("TagKey", &in.TagKey).Required(missingTagKey).Invalid(tagKeyInvalid).Runes(1, directory.MaxTagText, tagKeyInvalid).
				Example("k1").Describe("标签键。", "Key of the tags."),
			api.String("ValueFilter", &in.ValueFilter).Example("v").Describe("标签值包含它即匹配，不区分大小写。", "Part of the value, in any case."),
		}, in.tagPaging.fields()...)
	},
	Out: func(out *listedTagValues) api.Fields {
		return api.Fields{
			api.Objects("Tags", &out.Tags, func(word *string) api.Fields {
				return api.Fields{api.String("Value", word).Example("v1").Describe("标签值。", "Value.")}
			}).Describe("标签值，每个一条。", "The values, each once."),
			nextTokenOut(&out.NextToken),
		}
	},

	Do: func(ctx context.Context, s *directory.Session, in *listTagValues) (*listedTagValues, error) {
		words, token, err := in.words(ctx, s, directory.TagWordFilter{Kind: in.kind(), Key: in.TagKey, Keyword: in.ValueFilter})
		return &listedTagValues{words, token}, err
	},
})
