package resourcedirectory

import (
	"fmt"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Codes of tags. The vendor's pages list none, so they follow the pattern of the
// others (docs/spec/tags-and-members.md#codes-of-tags).
var (
	missingResourceType = missing("ResourceType")
	missingResourceID   = missing("ResourceId")
	missingTag          = missing("Tag")
	missingTagKey       = missing("TagKey")
	resourceTypeInvalid = malformed("ResourceType", "Account、Folder、ControlPolicy，区分大小写；资源组不在本服务中", "Account, Folder, ControlPolicy, in this spelling; there are no resource groups here")
	resourceIDInvalid   = malformed("ResourceId", fmt.Sprintf("最多 %d 个该类型对象的 ID，每个一次", directory.MaxTagObjects), fmt.Sprintf("at most %d ids of objects of the type, each once", directory.MaxTagObjects))
	tagInvalid          = malformed("Tag", fmt.Sprintf("最多 %d 个标签；键 1 至 %d 个字符且不重复，不以 acs: 或 aliyun 开头；值不超过 %d 个字符，不以 acs: 开头；都不含 http:// 或 https://", directory.MaxTags, directory.MaxTagText, directory.MaxTagText), fmt.Sprintf("at most %d tags; keys of 1 to %d characters, each once, that do not begin with acs: or aliyun; values of at most %d that do not begin with acs:; neither with http:// or https:// in it", directory.MaxTags, directory.MaxTagText, directory.MaxTagText), directory.ErrTags)
	tagKeyInvalid       = malformed("TagKey", fmt.Sprintf("1 至 %d 个标签键，每个 1 至 %d 个字符", directory.MaxTags, directory.MaxTagText), fmt.Sprintf("1 to %d keys of tags, of 1 to %d characters", directory.MaxTags, directory.MaxTagText))
	allInvalid          = malformed("All", "true、false", "true, false")
	tagQuota            = answering(http.StatusConflict, "LimitExceeded.Tag", "The maximum number of tags exceeds the limit.",
		api.Textf("某个对象的标签将超过 %d 个。", "An object would have more than %d tags.", directory.MaxTags),
		api.Text{Zh: "先用 UntagResources 移除不用的标签。", En: "Take tags that are not used away with UntagResources first."}, directory.ErrTagQuota)
	noControlPolicy = answering(http.StatusNotFound, "EntityNotExists.ControlPolicy", "The specified control policy does not exist.",
		api.Text{Zh: "资源目录中没有这个管控策略。", En: "The resource directory has no such control policy."},
		api.Text{Zh: "检查策略 ID。", En: "Check the id of the policy."}, directory.ErrControlPolicyNotFound)
)
