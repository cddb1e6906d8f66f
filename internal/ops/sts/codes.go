package sts

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// The codes of AssumeRole. NoPermission has three texts
// (docs/spec/sts.md#rights-to-assume-a-role).
var (
	missingRoleARN = &api.Code{HTTP: http.StatusBadRequest, Code: "MissingParameter.RoleArn", Msg: "You must specify RoleArn.",
		Why: api.Text{Zh: "没有给出 RoleArn，或其值为空。", En: "RoleArn is absent or empty."},
		Fix: api.Text{Zh: "补上 RoleArn，如 acs:ram::<账号 ID>:role/<角色名>。", En: "Give RoleArn, such as acs:ram::<account>:role/<role>."}}
	missingSession = &api.Code{HTTP: http.StatusBadRequest, Code: "MissingParameter.RoleSessionName", Msg: "You must specify RoleSessionName.",
		Why: api.Text{Zh: "没有给出 RoleSessionName，或其值为空。", En: "RoleSessionName is absent or empty."},
		Fix: api.Text{Zh: "给会话起一个名字，它会出现在操作记录中。", En: "Name the session; the name appears in the history."}}
	roleARNInvalid = &api.Code{HTTP: http.StatusBadRequest, Code: "InvalidParameter.RoleArn", Msg: "The parameter RoleArn is wrongly formed.",
		Why: api.Text{Zh: "RoleArn 不是 acs:ram::<16 位账号 ID>:role/<角色名> 的形式。", En: "RoleArn is not of the form acs:ram::<16 digits of the account>:role/<role>."},
		Fix: api.Text{Zh: "mingce role list 列出角色的 ARN。", En: "mingce role list shows the ARNs of roles."}}
	sessionInvalid = &api.Code{HTTP: http.StatusBadRequest, Code: "InvalidParameter.RoleSessionName", Msg: "The parameter RoleSessionName is wrongly formed.",
		Why: api.Text{Zh: "RoleSessionName 不是 2 至 64 个字母、数字、.、@、- 或 _。", En: "RoleSessionName is not 2 to 64 letters, digits, dots, @, hyphens and underscores."},
		Fix: api.Text{Zh: "换一个只含这些字符的名字。", En: "Choose a name of these characters."}}
	durationForm = &api.Code{HTTP: http.StatusBadRequest, Code: "InvalidParameter.DurationSeconds", Msg: "The Min/Max value of DurationSeconds is 15min/1hr.",
		Why: api.Text{Zh: "DurationSeconds 不是一个数。", En: "DurationSeconds is not a number."},
		Fix: api.Text{Zh: "给出秒数，或省略它（3600）。", En: "Give seconds, or leave it out for 3600."}}
	durationBounds = &api.Code{HTTP: http.StatusBadRequest, Code: "InvalidParameter.DurationSeconds", Msg: "The Min/Max value of DurationSeconds is 15min/",
		Why:   api.Text{Zh: "DurationSeconds 小于 900，或大于该角色的最长会话时间（MaxSessionDuration，默认 3600）。", En: "DurationSeconds is below 900, or above what the role allows (its MaxSessionDuration, 3600 by default)."},
		Fix:   api.Text{Zh: "减小它，或建一个会话更长的角色：mingce role create --max-session 12h。", En: "Make it smaller, or make a role with longer sessions: mingce role create --max-session 12h."},
		Cause: directory.ErrDuration, Detail: func(cause error) string {
			most := directory.DefaultMaxSession
			if e := (*directory.MaxSessionError)(nil); errors.As(cause, &e) {
				most = e.Max
			}
			return strconv.FormatFloat(most.Hours(), 'f', -1, 64) + "hr."
		}}
	policyLength = &api.Code{HTTP: http.StatusBadRequest, Code: "InvalidParameter.Policy", Msg: "The Policy is invalid.",
		Why: api.Textf("Policy 超过 %d 个字符。", "Policy is longer than %d characters.", maxPolicy),
		Fix: api.Text{Zh: "去掉空白，或把权限放进角色的策略。", En: "Drop white space, or put the rights into the role's policy."}}
	policyGrammar = &api.Code{HTTP: http.StatusBadRequest, Code: "InvalidParameter.PolicyGrammar", Msg: "The parameter Policy has not passed grammar check.",
		Why: api.Text{Zh: "Policy 不是 RAM 策略语言的 JSON 文档。", En: "Policy is no JSON document in the language of RAM policies."},
		Fix: api.Text{Zh: "对照 RAM 策略的语法检查 Version、Statement、Effect、Action 和 Resource。", En: "Check Version, Statement, Effect, Action and Resource against the language of RAM policies."}}
	externalInvalid = &api.Code{HTTP: http.StatusBadRequest, Code: "InvalidParameter.ExternalId", Msg: "The ExternalId is invalid.",
		Why: api.Text{Zh: "ExternalId 不是 2 至 1224 个字母、数字、_ + = , . @ : / 或 -。", En: "ExternalId is not 2 to 1224 letters, digits and characters of _ + = , . @ : / -."},
		Fix: api.Text{Zh: "使用与信任策略中 sts:ExternalId 一致的值。", En: "Give the value that the trust policy states for sts:ExternalId."}}
	sourceInvalid = &api.Code{HTTP: http.StatusBadRequest, Code: "InvalidParameter.SourceIdentity", Msg: "The SourceIdentity is invalid.",
		Why: api.Textf("SourceIdentity 超过 %d 个字符。", "SourceIdentity is longer than %d characters.", maxSource),
		Fix: api.Text{Zh: "缩短它。", En: "Make it shorter."}}
	noRole = &api.Code{HTTP: http.StatusNotFound, Code: "EntityNotExist.Role", Msg: "The specified Role not exists.",
		Why: api.Text{Zh: "没有这个账号或角色；其他组织的角色视为不存在。", En: "There is no such account or role. Roles of other organisations count as missing."},
		Fix: api.Text{Zh: "检查 RoleArn；mingce role list 列出角色，mingce role create 新建。", En: "Check RoleArn; mingce role list shows the roles, mingce role create makes one."}, Cause: directory.ErrRAMRoleNotFound}
	rootRefused = &api.Code{HTTP: http.StatusForbidden, Code: "NoPermission", Msg: "Roles may not be assumed by root accounts.",
		Why: api.Text{Zh: "主账号的 AccessKey 不能扮演角色。", En: "A root key may not assume roles."},
		Fix: api.Text{Zh: "使用 RAM 用户的 AccessKey：不带 --root 的 mingce key create。", En: "Use the key of a RAM user: mingce key create without --root."}, Cause: directory.ErrRootAssumes}
	notAuthorized = &api.Code{HTTP: http.StatusForbidden, Code: "NoPermission", Msg: "You are not authorized to do this action. You should be authorized by RAM.",
		Why: api.Text{Zh: "调用者的策略不允许对该角色执行 sts:AssumeRole；AccessDeniedDetail 说明原因。", En: "The caller's policy does not allow sts:AssumeRole on the role; AccessDeniedDetail says why."},
		Fix: api.Text{Zh: "在调用者的策略中允许 sts:AssumeRole，Resource 为角色的 ARN 或 *。", En: "Allow sts:AssumeRole in the caller's policy, with the role's ARN or * as Resource."}}
	notTrusted = &api.Code{HTTP: http.StatusForbidden, Code: "NoPermission",
		Msg: "No permission perform sts:AssumeRole on this Role. Maybe you are not authorized to perform sts:AssumeRole or the specified role does not trust you.",
		Why: api.Text{Zh: "角色的信任策略没有允许调用者，或其条件（如 sts:ExternalId）不满足。", En: "The role's trust policy does not allow the caller, or a condition such as sts:ExternalId is not met."},
		Fix: api.Text{Zh: "让信任策略的 Principal 包含 acs:ram::<调用者账号>:root、:user/<名称> 或 :role/<名称>；GetCallerIdentity 显示调用者是谁。", En: "Name acs:ram::<caller's account>:root, :user/<name> or :role/<name> as a Principal of the trust policy; GetCallerIdentity shows who calls."}, Cause: directory.ErrRAMRoleDistant}
)
