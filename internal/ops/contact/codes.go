package contact

import (
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// The two codes of docs/spec/org-accounts.md#visibility-grant-call.
// invalid.param stands for several causes; each has its own explanation.
var (
	invalidParam = &api.Code{HTTP: http.StatusBadRequest, Code: "invalid.param", Msg: "参数无效", Names: true,
		Why: api.Text{Zh: "某个参数缺失、类型不对或取值不允许。", En: "A parameter is missing, of the wrong type or not among the values allowed."},
		Fix: api.Text{Zh: "对照参数表检查请求体。", En: "Compare the body with the table of parameters."}}
	operatorInvalid = &api.Code{HTTP: http.StatusBadRequest, Code: "invalid.param", Msg: "参数无效", Names: true, Cause: directory.ErrGrantOperator,
		Why: api.Text{Zh: "optUserId 不是当前企业的在职员工。", En: "optUserId is not an active employee of the calling organisation."},
		Fix: api.Text{Zh: "填写当前企业下真实员工的 userId，用于审计。", En: "Give the user id of a real employee of the calling organisation; it is recorded in the history."}}
	targetInvalid = &api.Code{HTTP: http.StatusBadRequest, Code: "invalid.param", Msg: "参数无效", Names: true, Cause: directory.ErrGrantTarget,
		Why: api.Textf("toCorpIds 中有组织不存在、已停用，或就是调用者自己；或超过 %d 个。", "toCorpIds names an organisation that does not exist, is disabled or is the caller itself; or more than %d.", directory.MaxGrantTargets),
		Fix: api.Text{Zh: "检查每个 corpId；有一个不对，整个调用都不生效。", En: "Check each corp id; one wrong id fails the whole call."}}
	systemBusy = &api.Code{HTTP: http.StatusInternalServerError, Code: "system.busy", Msg: "系统繁忙", Cause: directory.ErrBusy,
		Why: api.Text{Zh: "服务暂时不可用，没有任何更改。", En: "The service is overloaded at the moment; nothing was changed."},
		Fix: api.Text{Zh: "稍后重试；重复调用是安全的。", En: "Try again later; repeating the call is safe."}}
)
