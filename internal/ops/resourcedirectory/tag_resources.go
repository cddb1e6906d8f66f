package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type tagResources struct {
	tagged
	Tags []directory.Tag
}

// TagResources gives objects tags
// (docs/spec/tags-and-members.md#giving-tags).
var TagResources = api.Define(&Operations, api.Op[tagResources, api.None]{
	Route: api.RPC(version, "TagResources"),
	Also:  older("TagResources"),
	Group: "Tag",
	Doc:   api.Text{Zh: "为成员、资源夹或管控策略添加标签，已有的标签键改为新值。", En: "Gives members, folders or control policies tags; keys that they have get the new value."},

	Before: enabled,
	Sooner: func(_ context.Context, _ *directory.Session, in *tagResources, refused *api.ArgumentError) error {
		return in.sooner(refused)
	},
	In: func(in *tagResources) api.Fields {
		return api.Fields{
			in.idsField().Required(missingResourceID), in.typeOfIDsField(),
			tagsField(&in.Tags, "要添加的标签。", "The tags.").Required(missingTag),
		}
	},
	Codes: []*api.Code{noAccount, noFolder, noControlPolicy, tagQuota, conflicting},

	Do: func(ctx context.Context, s *directory.Session, in *tagResources) (*api.None, error) {
		return nil, s.TagObjects(ctx, in.kind(), in.ResourceIDs, in.Tags)
	},
})
