package dingtalk

import (
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Codes of the REST gateway itself
// (docs/spec/dingtalk.md#order-of-checks-on-the-rest-gateway).
var (
	restNotFound = &api.Code{HTTP: http.StatusNotFound, Code: "InvalidAction.NotFound",
		Msg: "Specified api is not found, please check your url and method.",
		Why: api.Text{Zh: "该路径和请求方法没有对应的接口。", En: "No operation has this path and method."},
		Fix: api.Text{Zh: "核对路径中的拼写和大小写，以及请求方法。", En: "Check the spelling and case of the path, and the HTTP method."}}

	// Decision: a wrong HTTP method gets the text of an unknown operation, with
	// status 405.
	restMethod = &api.Code{HTTP: http.StatusMethodNotAllowed, Code: "InvalidAction.NotFound", Msg: restNotFound.Msg,
		Why: api.Text{Zh: "接口只使用 GET、POST、PUT 和 DELETE。", En: "Operations use GET, POST, PUT and DELETE only."},
		Fix: api.Text{Zh: "改用接口文档给出的请求方法。", En: "Use the method the operation's page gives."}}

	restToken = &api.Code{HTTP: http.StatusBadRequest, Code: "InvalidAuthentication", Msg: "不合法的access_token",
		Why: api.Text{Zh: "请求头 x-acs-dingtalk-access-token 重复，或其中的凭证未知、已过期、类型不对。",
			En: "The header x-acs-dingtalk-access-token is repeated, or its token unknown, expired or of the wrong kind."},
		Fix: api.Text{Zh: "用 POST /v1.0/oauth2/accessToken 获取访问凭证，原样放入该请求头，不加引号，只放一次。",
			En: "Get a token from POST /v1.0/oauth2/accessToken and put it into that header as it is: without quotes, and once."}}

	restNoToken = &api.Code{HTTP: http.StatusBadRequest, Code: "AuthenticationFailed.MissingParameter", Msg: "缺少参数：x-acs-dingtalk-access-token",
		Why: api.Text{Zh: "请求没有请求头 x-acs-dingtalk-access-token；查询串和 Authorization 中的凭证在这里不起作用。",
			En: "There is no header x-acs-dingtalk-access-token; a token in the query or in Authorization is not accepted here."},
		Fix: restToken.Fix}

	restAddress = &api.Code{HTTP: http.StatusForbidden, Code: "Forbidden.AccessDenied.IpNotInWhiteList", Msg: "访问ip不在白名单之中",
		Why: api.Text{Zh: "应用限制了可以调用的来源地址，本次请求的地址不在其中。", En: "The app may be used from listed addresses only, and the request came from another one."},
		Fix: api.Text{Zh: "把出口地址加入应用的地址名单，或从名单内的地址调用。", En: "Add the address to the app's list, or call from a listed address."}}

	restPermission = &api.Code{HTTP: http.StatusForbidden, Code: "Forbidden.AccessDenied.AccessTokenPermissionDenied",
		Msg:   "没有调用该接口的权限，接口权限申请参考：https://open.dingtalk.com/document/orgapp-server/add-api-permission",
		Why:   api.Text{Zh: "应用没有该接口要求的权限点，见 accessdenieddetail.requiredScopes。", En: "The app lacks the permission the operation needs; accessdenieddetail.requiredScopes names it."},
		Fix:   api.Text{Zh: "由管理员给应用添加该权限点。", En: "Have an administrator give the app that permission."},
		Cause: directory.ErrAppPermission} // of an app that the call names

	restThrottled = &api.Code{HTTP: http.StatusForbidden, Wait: true, Code: "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi",
		Msg: "您的企业应用调用钉钉开放平台当前接口的所有请求都被暂时禁用了",
		Why: api.Text{Zh: "该应用每秒调用该接口的次数超过了限制。", En: "The app called the operation more often per second than allowed."},
		Fix: api.Text{Zh: "降低频率，稍后重试；管理员可以调整应用的限额。", En: "Slow down and retry later; an administrator can raise the app's limit."}}

	restThrottledMinute = &api.Code{HTTP: http.StatusForbidden, Wait: true, Code: "Forbidden.AccessDenied.QpmLimitForAppkeyAndApi", Msg: restThrottled.Msg,
		Why: api.Text{Zh: "该应用每分钟调用该接口的次数超过了限制。", En: "The app called the operation more often per minute than allowed."}, Fix: restThrottled.Fix}

	restThrottledAPI = &api.Code{HTTP: http.StatusForbidden, Wait: true, Code: "Forbidden.AccessDenied.QpsLimitForApi",
		Msg: "您的服务器调用钉钉开放平台当前接口的所有请求都被暂时禁用了",
		Why: api.Text{Zh: "该接口的总调用频率超过了限制。", En: "The operation was called more often in total than allowed."}, Fix: restThrottled.Fix}

	restThrottledSuite = &api.Code{HTTP: http.StatusForbidden, Wait: true, Code: "Forbidden.AccessDenied.QpsLimitForSuitekeyAndOrgAndApi",
		Msg: "您的ISV应用调用钉钉开放平台当前接口的所有请求都被暂时禁用了",
		Why: api.Text{Zh: "第三方应用为一个企业调用该接口的频率超过了限制。", En: "A third-party app called the operation for one organisation more often than allowed."}, Fix: restThrottled.Fix}

	restQuota = &api.Code{HTTP: http.StatusForbidden, Wait: true, Code: "Forbidden.AccessDenied.ApiCountLimitForOrg",
		Msg: "您的企业本月api调用量已超过限制",
		Why: api.Text{Zh: "企业本月的调用量用完了。本服务没有月度额度，此错误只在注入故障时出现。",
			En: "The organisation used up its calls of the month. This server has no monthly quota; the error occurs only when a fault is armed."},
		Fix: api.Text{Zh: "清除注入的故障。", En: "Clear the armed fault."}}

	restNoBody = &api.Code{HTTP: http.StatusBadRequest, Code: "Missingbody", Msg: "body is mandatory for this action.",
		Why: api.Text{Zh: "该接口要求 JSON 请求体，而请求体为空或是表单。", En: "The operation needs a JSON body, and the body is empty or a form."},
		Fix: api.Text{Zh: "以 Content-Type: application/json 发送 JSON 对象。", En: "Send a JSON object with Content-Type: application/json."}}

	restParameter = &api.Code{HTTP: http.StatusBadRequest, Code: "invalid.param", Msg: "参数无效", Names: true,
		Why: api.Text{Zh: "请求体不是有效的 JSON，或参数缺失、类型不符、取值不被允许；冒号后给出参数名。",
			En: "The body is not valid JSON, or a parameter is missing, of the wrong type or invalid; its name follows the colon."},
		Fix: api.Text{Zh: "按接口页面更正该参数。", En: "Correct that parameter as the operation's page says."}}

	// Decision: 413 has the code of a bad parameter, in JSON, so that SDKs can
	// parse it (docs/spec/dingtalk.md#unreadable-bodies-of-rest-calls).
	restTooLarge = &api.Code{HTTP: http.StatusRequestEntityTooLarge, Code: "invalid.param", Msg: "参数无效",
		Why: api.Text{Zh: "请求体超过 1 MiB。", En: "The body is larger than 1 MiB."},
		Fix: api.Text{Zh: "把请求拆成较小的几次。", En: "Split the request into smaller ones."}}

	restBusy = &api.Code{HTTP: http.StatusInternalServerError, Wait: true, Code: "system.busy", Msg: "系统繁忙",
		Why: api.Text{Zh: "服务暂时无法完成请求，没有任何改动。", En: "The server could not carry out the call now; nothing was changed."},
		Fix: api.Text{Zh: "稍后重试。若一直如此，请把请求编号交给管理员。", En: "Retry later. If it stays, give the request id to the administrator."}}
)

func restCodes() []*api.Code {
	return []*api.Code{restNotFound, restMethod, restNoToken, restToken, restAddress, restPermission, restThrottled, restThrottledMinute,
		restThrottledAPI, restThrottledSuite, restQuota, restNoBody, restParameter, restTooLarge, restBusy}
}
