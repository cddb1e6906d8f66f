package resourcedirectory

import (
	"context"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type listTagResources struct {
	tagged
	Tags []directory.TagMatch
	tagPaging
}

type listedTagResources struct {
	TagResources []taggedResource
	NextToken    string
}

type taggedResource struct {
	directory.TaggedObject
	ResourceType string
}

// ListTagResources lists tags, one entry for each tag of each object
// (docs/spec/tags-and-members.md#listing-tags).
var ListTagResources = api.Define(&Operations, api.Op[listTagResources, listedTagResources]{
	Route:    api.RPC(version, "ListTagResources"),
	Also:     older("ListTagResources"),
	Group:    "Tag",
	Doc:      api.Text{Zh: "查询成员、资源夹或管控策略的标签。", En: "Lists the tags of members, folders or control policies."},
	ReadOnly: true,

	Before: enabled,
	Sooner: func(_ context.Context, _ *directory.Session, in *listTagResources, refused *api.ArgumentError) error {
		return in.sooner(refused)
	},
	In: func(in *listTagResources) api.Fields {
		return append(api.Fields{
			in.idsField(), in.typeOfIDsField(),
			tagMatchesField(&in.Tags, "只列出有这些标签的对象的全部标签；不给出值则任意值都匹配。", "Lists all tags of the objects that have all these; without a value any value matches."),
		}, in.tagPaging.fields()...)
	},
	Out: func(out *listedTagResources) api.Fields {
		return api.Fields{
			api.Objects("TagResources", &out.TagResources, func(t *taggedResource) api.Fields {
				return api.Fields{
					api.String("ResourceId", &t.ID).Example("181761095690****").Describe("对象的 ID。", "ID of the object."),
					api.String("ResourceType", &t.ResourceType).Example("Account").Describe("对象类型。", "Type of the object."),
					api.String("TagKey", &t.Key).Example("k1").Describe("标签键。", "Key of the tag."),
					api.String("TagValue", &t.Value).Example("v1").Describe("标签值。", "Value of the tag."),
				}
			}).Describe("标签，每个对象的每个标签一条。", "The tags, one entry for each tag of each object."),
			nextTokenOut(&out.NextToken),
		}
	},

	Do: func(ctx context.Context, s *directory.Session, in *listTagResources) (*listedTagResources, error) {
		f := directory.TagFilter{Kind: in.kind(), IDs: in.ResourceIDs, Tags: in.Tags, Limit: in.limit()}
		f.After.ID, f.After.Key, _ = strings.Cut(in.after, tokenMark) // ids have no mark in them
		found, err := s.TaggedObjects(ctx, f)
		if err != nil {
			return nil, err
		}
		out := &listedTagResources{}
		if int64(len(found)) == f.Limit {
			found = found[:in.MaxResults]
			last := found[len(found)-1]
			out.NextToken = tagToken(last.ID + tokenMark + last.Key)
		}
		out.TagResources = make([]taggedResource, len(found))
		for i, t := range found {
			out.TagResources[i] = taggedResource{t, in.ResourceType}
		}
		return out, nil
	},
})
