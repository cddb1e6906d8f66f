package resourcedirectory

import (
	"fmt"
	"net/http"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Codes of control policies
// (docs/spec/control-policies.md#codes-of-control-policies).
var (
	missingPolicyID       = missing("PolicyId")
	missingTargetID       = missing("TargetId")
	missingPolicyName     = missing("PolicyName")
	missingEffectScope    = missing("EffectScope")
	missingPolicyDocument = missing("PolicyDocument")

	policyIDInvalid          = malformed("PolicyId", "cp- 加 16 位字母和数字", "cp- and 16 letters and digits")
	targetIDInvalid          = malformed("TargetId", "r- 加 6 位、fd- 加 10 位字母数字，或 16 位成员 ID", "r- and 6 or fd- and 10 letters and digits, or the 16 digits of a member")
	languageInvalid          = malformed("Language", "zh-CN、en、ja", "zh-CN, en, ja")
	policyTypeInvalid        = malformed("PolicyType", "System、Custom", "System, Custom")
	effectScopeInvalid       = malformed("EffectScope", "RAM", "RAM")
	controlPolicyTypeInvalid = malformed("ControlPolicyType", "不支持该参数，请勿填写", "none; leave it out, there are no resource control policies here")
	policyNameInvalid        = policyNameCode("PolicyName")
	newPolicyNameInvalid     = policyNameCode("NewPolicyName")
	descriptionInvalid       = descriptionCode("Description")
	newDescriptionInvalid    = descriptionCode("NewDescription")
	policyDocumentInvalid    = documentCode("PolicyDocument")
	newPolicyDocumentInvalid = documentCode("NewPolicyDocument")

	policyNameUsed = answering(http.StatusConflict, "EntityAlreadyExists.ControlPolicy", "The control policy already exists.",
		api.Text{Zh: "资源目录中已有同名管控策略。", En: "Another control policy of the resource directory has this name."},
		api.Text{Zh: "更换名称。", En: "Choose another name."}, directory.ErrControlPolicyName)
	policyQuota = answering(http.StatusConflict, "LimitExceeded.ControlPolicy", "The maximum number of control policies exceeds the limit.",
		api.Textf("自定义管控策略数量已达上限（默认 %d）。", "The resource directory has as many custom control policies as it may (%d by default).", directory.DefaultMaxControlPolicies),
		api.Text{Zh: "删除不用的管控策略，或由管理员提高上限。", En: "Delete control policies that are not used, or have the administrator raise the limit."}, directory.ErrControlPolicyQuota)
	policySystem = answering(http.StatusConflict, "DeleteConflict.SystemControlPolicy", "The system control policy cannot be deleted.",
		api.Text{Zh: "系统管控策略不能修改或删除。", En: "The system control policy can be neither changed nor deleted."},
		api.Text{Zh: "改用自定义管控策略。", En: "Use a control policy of your own."}, directory.ErrControlPolicySystem)
	policyAttached = answering(http.StatusConflict, "DeleteConflict.ControlPolicy.Attachment", "The control policy is attached to targets.",
		api.Text{Zh: "管控策略仍绑定在资源夹或成员上。", En: "The control policy is still attached to folders or members."},
		api.Text{Zh: "先用 ListTargetAttachmentsForControlPolicy 查看，再用 DetachControlPolicy 解绑。", En: "See them with ListTargetAttachmentsForControlPolicy and detach it with DetachControlPolicy first."}, directory.ErrControlPolicyAttached)

	noTarget = answering(http.StatusNotFound, "EntityNotExists.Target", "The specified target does not exist in the resource directory.",
		api.Text{Zh: "资源目录中没有这个资源夹或成员；管理账号不能绑定管控策略。", En: "The resource directory has no such folder or member; control policies cannot be attached to the management account."},
		api.Text{Zh: "使用资源夹或成员的 ID。", En: "Give the id of a folder or member."}, directory.ErrControlTargetNotFound)
	policiesNotEnabled = answering(http.StatusConflict, "InvalidControlPolicyEnablementStatus", "The control policy enablement status is not valid to perform this operation.",
		api.Text{Zh: "资源目录没有开启管控策略。", En: "Control policies are not enabled in the resource directory."},
		api.Text{Zh: "先用 EnableControlPolicy 开启。", En: "Enable them with EnableControlPolicy first."}, directory.ErrControlPoliciesOff)
	attachmentExists = answering(http.StatusConflict, "EntityAlreadyExists.ControlPolicyAttachment", "The control policy attachment already exists.",
		api.Text{Zh: "管控策略已绑定在该目标上。", En: "The control policy is attached to the target already."},
		api.Text{Zh: "无需再次绑定。", En: "There is nothing to do."}, directory.ErrAttachmentExists)
	noAttachment = answering(http.StatusNotFound, "EntityNotExists.ControlPolicyAttachment", "The control policy attachment does not exist.",
		api.Text{Zh: "管控策略没有绑定在该目标上。", En: "The control policy is not attached to the target."},
		api.Text{Zh: "用 ListControlPolicyAttachmentsForTarget 查看绑定。", En: "See what is attached with ListControlPolicyAttachmentsForTarget."}, directory.ErrAttachmentNotFound)
	attachmentLast = answering(http.StatusConflict, "DetachConflict.LastControlPolicy", "The last control policy of a target cannot be detached.",
		api.Text{Zh: "每个资源夹和成员至少保留一个管控策略。", En: "Every folder and member keeps at least one control policy."},
		api.Text{Zh: "先绑定另一个管控策略。", En: "Attach another control policy first."}, directory.ErrAttachmentLast)
	attachmentQuota = answering(http.StatusConflict, "LimitExceeded.ControlPolicyAttachment", "The maximum number of control policy attachments exceeds the limit.",
		api.Textf("该目标绑定的自定义管控策略已达上限（默认 %d）。", "The target has as many custom control policies as it may (%d by default).", directory.DefaultMaxControlAttachments),
		api.Text{Zh: "合并策略或解绑不用的策略，或由管理员提高上限。", En: "Merge policies or detach some, or have the administrator raise the limit."}, directory.ErrAttachmentQuota)

	enablingTooOften  = switchedTooOften("EnableControlPolicy", "enable")
	disablingTooOften = switchedTooOften("DisableControlPolicy", "disable")
)

func policyNameCode(name string) *api.Code {
	return malformed(name, fmt.Sprintf("1 至 %d 个字母、数字、汉字、- 和 _，不以 - 和 _ 开头；本服务可设为只接受以字母开头的字母、数字和 -", directory.MaxControlName),
		fmt.Sprintf("1 to %d letters, digits, Chinese characters, - and _ that do not begin with - or _; a server may be set to take only letters, digits and -, a letter first", directory.MaxControlName))
}

func descriptionCode(name string) *api.Code {
	return malformed(name, fmt.Sprintf("不超过 %d 个可显示的字符", directory.MaxControlDescription), fmt.Sprintf("at most %d printable characters", directory.MaxControlDescription))
}

func documentCode(name string) *api.Code {
	return malformed(name, fmt.Sprintf(`不超过 %d 个字符的 JSON：Version 为 "1"，Statement 各项含 Effect、Action 或 NotAction、Resource，可含 Condition`, directory.MaxControlDocument),
		fmt.Sprintf(`JSON of at most %d characters: Version "1", and a list Statement whose entries have Effect, Action or NotAction, Resource and perhaps Condition`, directory.MaxControlDocument))
}

// switchedTooOften is a code that only an armed fault answers.
func switchedTooOften(operation, what string) *api.Code {
	c := answering(http.StatusConflict, "Throttling."+operation, "The "+what+" operation is too frequent. Please try again in 1 minute(s).",
		api.Text{Zh: "切换管控策略状态过于频繁；本服务只在注入故障时返回。", En: "Control policies were switched too often; this server answers so only when a fault is armed."},
		api.Text{Zh: "稍后重试。", En: "Try again later."})
	c.Wait, c.Pause = true, time.Minute
	return c
}
