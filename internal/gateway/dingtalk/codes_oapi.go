package dingtalk

import (
	"slices"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Codes of the oapi gateway itself, always with HTTP 200
// (docs/spec/dingtalk.md#envelope-of-the-own-gateway and
// docs/spec/dingtalk.md#table-of-numbers).
var (
	pathHelp = api.Text{Zh: "核对路径的拼写；/topapi/ 之下还要核对大小写。本服务提供的接口见接口参考。",
		En: "Check the spelling of the path and, below /topapi/, its case. The reference lists the calls offered here."}

	oapiBusy = &api.Code{HTTP: 200, Code: "-1", Msg: "系统繁忙", Wait: true, Why: restBusy.Why, Fix: restBusy.Fix}

	oapiMethodName = &api.Code{HTTP: 200, Code: "22", Msg: "Invalid method",
		Why: api.Text{Zh: "该路径没有对应的接口；sub_msg 给出由路径得出的接口名。", En: "No operation has this path; sub_msg shows the operation name derived from the path."},
		Fix: pathHelp}

	oapiMissing = &api.Code{HTTP: 200, Code: "40", Msg: "Missing required arguments",
		Why: api.Text{Zh: "缺少必填参数，冒号后是参数名。", En: "A required parameter is missing; its name follows the colon."},
		Fix: api.Text{Zh: "在查询串、表单或 JSON 请求体中给出该参数。", En: "Give the parameter in the query, the form or the JSON body."}}

	oapiInvalid = &api.Code{HTTP: 200, Code: "41", Msg: "Invalid arguments",
		Why: api.Text{Zh: "参数类型不符，或同名参数给出了不同的值，冒号后是参数名。", En: "A parameter is of the wrong type or was given twice; its name follows the colon."},
		Fix: api.Text{Zh: "按接口页面更正该参数，并且只给一次。", En: "Correct the parameter as the operation's page says, and give it once."}}

	oapiLayer = &api.Code{HTTP: 200, Code: "88", Msg: "鉴权异常",
		Why: api.Text{Zh: "鉴权或准入未通过，原因见 sub_code 和 sub_msg；注入 88 时按 40014 回答。", En: "Authentication or admission failed; sub_code and sub_msg say why. Armed, it answers as 40014 does."},
		Fix: api.Text{Zh: "按 sub_code 查找原因。", En: "Look up the sub_code."}}

	oapiPath = &api.Code{HTTP: 200, Code: "404", Msg: "请求的URI地址不存在",
		Why: restNotFound.Why, Fix: pathHelp}

	oapiNeedsGET = &api.Code{HTTP: 200, Code: "43001", Msg: "需要GET请求",
		Why: api.Text{Zh: "该接口只接受 GET。", En: "The operation allows GET only."},
		Fix: api.Text{Zh: "改用 GET，参数放在查询串中。", En: "Use GET with the parameters in the query."}}

	oapiNeedsPOST = &api.Code{HTTP: 200, Code: "43002", Msg: "需要POST请求",
		Why: api.Text{Zh: "写操作只接受 POST。", En: "Operations that change something allow POST only."},
		Fix: api.Text{Zh: "改用 POST，参数放在 JSON 或表单请求体中。", En: "Use POST with a JSON or form body."}}

	oapiBody = &api.Code{HTTP: 200, Code: "47001", Msg: "解析JSON/XML内容错误",
		Why: api.Text{Zh: "请求体既不是 JSON 对象也不是表单，或不是 UTF-8，或经过压缩。", En: "The body is neither a JSON object nor a form, or not in UTF-8, or compressed."},
		Fix: api.Text{Zh: "以 application/json 或 application/x-www-form-urlencoded 发送 UTF-8 文本。", En: "Send UTF-8 text as application/json or application/x-www-form-urlencoded."}}

	// Decision: the vendor's number for a body that is too long; our limit is 1 MiB.
	oapiTooLarge = &api.Code{HTTP: 200, Code: "41101", Msg: "数据内容过长", Why: restTooLarge.Why, Fix: restTooLarge.Fix}

	// Under /topapi a missing token is 88 with 40000
	// (docs/spec/dingtalk.md#authentication-of-own-gateway-calls).
	oapiNoToken = &api.Code{HTTP: 200, Code: "40035", Msg: "缺少参数 access_token", Why: oapiBlankToken.Why, Fix: oapiBlankToken.Fix}

	// The other parameters outside /topapi
	// (docs/spec/dingtalk-older-paths.md#missing-parameter-of-an-older-path).
	oapiAbsent = &api.Code{HTTP: 200, Code: "40035", Msg: "缺少参数",
		Why: api.Text{Zh: "旧版路径缺少必填参数，空格后是参数名。", En: "A call on an older path lacks a required parameter; its name follows the blank."}, Fix: oapiMissing.Fix}
	oapiWrong = &api.Code{HTTP: 200, Code: "40035", Msg: "不合法的参数",
		Why: api.Text{Zh: "旧版路径的参数类型不符，或同名参数给出了不同的值，冒号后是参数名。", En: "A parameter of a call on an older path is of the wrong type or was given twice; its name follows the colon."}, Fix: oapiInvalid.Fix}
)

// The codes of authentication and admission. Under /topapi they are sub codes
// of 88, elsewhere they are codes of their own
// (docs/spec/dingtalk.md#errors-in-layers). Some texts describe the call: see
// api.Refused.
var (
	oapiBlankToken = &api.Code{HTTP: 200, Code: "40000", Msg: api.BlankToken,
		Why: api.Text{Zh: "请求没有 access_token 参数；请求头中的凭证在这里不起作用。", En: "The request has no parameter access_token; a token in a header is not accepted here."},
		Fix: api.Text{Zh: "用 GET /gettoken 获取凭证，作为查询参数 access_token 发送。", En: "Get a token from GET /gettoken and send it as the query parameter access_token."}}

	oapiToken = &api.Code{HTTP: 200, Code: "40014", Msg: "不合法的access_token",
		Why: api.Text{Zh: "凭证未知、已过期，是员工登录得到的用户凭证，或其应用、企业已停用。", En: "The token is unknown or expired, or that of a person who logged in, or its app or organisation was disabled."},
		Fix: api.Text{Zh: "用 GET /gettoken 重新获取。", En: "Get a new one from GET /gettoken."}}

	oapiPermission = &api.Code{HTTP: 200, Code: "60011", Msg: "应用尚未开通所需的权限",
		Why: api.Text{Zh: "应用没有该接口要求的权限点；文本中有权限点和说明它的页面。", En: "The app lacks the permission the operation needs; the text names it and the page that explains it."}, Fix: restPermission.Fix,
		Cause: directory.ErrAppPermission} // of an app that the call names

	oapiAddress = &api.Code{HTTP: 200, Code: "60020", Msg: "访问ip不在白名单之中", Why: restAddress.Why, Fix: restAddress.Fix}

	// Inferred: the vendor prints no text for 90018, so it takes the one of the
	// REST gateway's limit (docs/spec/dingtalk.md#text-of-a-throttled-own-gateway-call).
	oapiThrottled = &api.Code{HTTP: 200, Code: "90018", Msg: restThrottled.Msg, Wait: true, Why: restThrottled.Why,
		Fix: api.Text{Zh: "文本写明限额和结束时间：等到那时再重试，或由管理员调整限额。", En: "The text states the limit and when it ends: wait until then, or ask an administrator to raise the limit."}}

	oapiSignTimeForm = &api.Code{HTTP: 200, Code: "853001", Msg: "timestamp参数格式不正确，必须是当前时间的毫秒数",
		Why: api.Text{Zh: "签名请求的 timestamp 不是毫秒数。", En: "The timestamp of a signed request is not a number of milliseconds."},
		Fix: api.Text{Zh: "以毫秒为单位发送当前时间。", En: "Send the current time in milliseconds."}}
	oapiSignTime = &api.Code{HTTP: 200, Code: "853002", Msg: "timestamp参数不合法，该参数值与钉钉服务器当前时间相差超过1分钟",
		Why: api.Text{Zh: "签名请求的 timestamp 与服务器时间相差太多（本服务容许 10 分钟）。", En: "The timestamp of a signed request is too far from the server's clock (10 minutes are allowed here)."},
		Fix: api.Text{Zh: "校准客户端时钟，每次请求重新签名。", En: "Set the client's clock and sign every request anew."}}
	oapiSignKey = &api.Code{HTTP: 200, Code: "853003", Msg: "accessKey参数不合法，必须是钉钉开放平台存在的appId",
		Why: api.Text{Zh: "accessKey 不是本服务上可用的应用，或不属于 corpId 所指的企业。", En: "accessKey is not an enabled app of this server, or not one of the organisation that corpId names."},
		Fix: api.Text{Zh: "使用应用的 appKey。", En: "Use the app's appKey."}}
	oapiSignature = &api.Code{HTTP: 200, Code: "853004", Msg: "signature参数不正确，与钉钉服务端计算出来的签名不一致，注意该参数传递时必须urlEncode",
		Why: api.Text{Zh: "签名与服务端计算的不一致。", En: "The signature is not the one the server computes."},
		Fix: api.Text{Zh: "用 appSecret 对 timestamp（有 suiteTicket 时再加换行和它）做 HMAC-SHA256，Base64 后进行 URL 编码。",
			En: "HMAC-SHA256 of the timestamp (and, with a suiteTicket, a line feed and the ticket) under the appSecret, in Base64, URL-encoded."}}
)

// OAPICodes returns every code of the oapi gateway itself, and DingTalk's whole
// table, whose numbers can be armed.
func OAPICodes() []*api.Code {
	own := []*api.Code{oapiBusy, oapiMethodName, oapiMissing, oapiInvalid, oapiLayer, oapiPath, oapiNeedsGET, oapiNeedsPOST, oapiBody,
		oapiTooLarge, oapiBlankToken, oapiToken, oapiPermission, oapiAddress, oapiThrottled, oapiSignTimeForm, oapiSignTime, oapiSignKey, oapiSignature}
	table := slices.DeleteFunc(api.Errcodes(), func(c *api.Code) bool { return api.CodeNamed(c.Code, own) != nil })
	return slices.Concat(own, table, []*api.Code{oapiNoToken, oapiAbsent, oapiWrong})
}
