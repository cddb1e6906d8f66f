package resourcedirectory

import (
	"context"
	"slices"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type untagResources struct {
	tagged
	TagKeys []string
	All     bool
}

// UntagResources takes tags away from objects. Older Terraform providers spell
// the action with another capital
// (docs/spec/tags-and-members.md#taking-tags-away).
var UntagResources = api.Define(&Operations, api.Op[untagResources, api.None]{
	Route: api.RPC(version, "UntagResources"),
	Also:  append(older("UntagResources"), older("UnTagResources")...),
	Group: "Tag",
	Doc:   api.Text{Zh: "移除成员、资源夹或管控策略的标签。", En: "Takes tags away from members, folders or control policies."},

	Before: enabled,
	Sooner: func(_ context.Context, _ *directory.Session, in *untagResources, refused *api.ArgumentError) error {
		return in.sooner(refused)
	},
	In: func(in *untagResources) api.Fields {
		return api.Fields{
			in.idsField().Required(missingResourceID), in.typeOfIDsField(),
			api.Strings("TagKey", &in.TagKeys).Invalid(tagKeyInvalid).MaxItems(directory.MaxTags, tagKeyInvalid).
				Check(tagKeyInvalid, api.Textf("每个键 1 至 %d 个字符", "keys of 1 to %d characters", directory.MaxTagText), func() bool {
					return !slices.ContainsFunc(in.TagKeys, func(key string) bool { return !directory.IsTagLength(key) })
				}).
				Example("k1").Describe("要移除的标签键；对象没有的键不是错误。", "Keys to take away; those that an object does not have are no error."),
			api.Bool("All", &in.All).Invalid(allInvalid).Example("false").Describe("为 true 时移除全部标签，忽略 TagKey。", "With true, all tags are taken away and TagKey is ignored."),
		}
	},
	Codes: []*api.Code{missingTagKey, noAccount, noFolder, noControlPolicy, conflicting},

	Do: func(ctx context.Context, s *directory.Session, in *untagResources) (*api.None, error) {
		if len(in.TagKeys) == 0 && !in.All {
			return nil, &api.ArgumentError{Parameter: "TagKey", Missing: true, Code: missingTagKey}
		}
		return nil, s.UntagObjects(ctx, in.kind(), in.ResourceIDs, in.TagKeys, in.All)
	},
})
