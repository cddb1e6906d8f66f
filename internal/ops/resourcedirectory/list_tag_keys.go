package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type listTagKeys struct {
	tagged
	KeyFilter string
	tagPaging
}

type listedTagKeys struct {
	Tags      []string
	NextToken string
}

// ListTagKeys lists the keys of the tags that objects of a type have
// (docs/spec/tags-and-members.md#listing-keys-and-values).
var ListTagKeys = api.Define(&Operations, api.Op[listTagKeys, listedTagKeys]{
	Route:    api.RPC(version, "ListTagKeys"),
	Also:     older("ListTagKeys"),
	Group:    "Tag",
	Doc:      api.Text{Zh: "查询标签键。", En: "Lists the keys of tags."},
	ReadOnly: true,

	Before: enabled,
	Sooner: func(_ context.Context, _ *directory.Session, in *listTagKeys, refused *api.ArgumentError) error {
		return in.sooner(refused)
	},
	In: func(in *listTagKeys) api.Fields {
		return append(api.Fields{
			in.typeField(),
			api.String("KeyFilter", &in.KeyFilter).Example("k").Describe("标签键包含它即匹配，不区分大小写。", "Part of the key, in any case."),
		}, in.tagPaging.fields()...)
	},
	Out: func(out *listedTagKeys) api.Fields {
		return api.Fields{
			api.Objects("Tags", &out.Tags, func(word *string) api.Fields {
				return api.Fields{api.String("Key", word).Example("k1").Describe("标签键。", "Key.")}
			}).Describe("标签键，每个一条。", "The keys, each once."),
			nextTokenOut(&out.NextToken),
		}
	},

	Do: func(ctx context.Context, s *directory.Session, in *listTagKeys) (*listedTagKeys, error) {
		words, token, err := in.words(ctx, s, directory.TagWordFilter{Kind: in.kind(), Keyword: in.KeyFilter})
		return &listedTagKeys{words, token}, err
	},
})
