package top

import (
	"slices"
	"strconv"

	"github.com/mingce/mingce/internal/api"
)

// gatewayCode is an error that the gateway answers as error_response: the outer
// number and text, and for some a sub code.
type gatewayCode struct {
	code            *api.Code
	number          int
	msg             string
	subCode, subMsg string
}

// platform declares a code of the platform; its number is its name.
func platform(number int, msg string, why, fix api.Text) *gatewayCode {
	return &gatewayCode{
		code:   &api.Code{HTTP: 200, Code: strconv.Itoa(number), Msg: msg, Why: why, Fix: fix},
		number: number, msg: msg,
	}
}

// sub adds the sub code that the platform sends with the code.
func (c *gatewayCode) sub(code, msg string) *gatewayCode {
	c.subCode, c.subMsg, c.code.Sub = code, msg, code
	return c
}

// waiting marks a code after which a caller should retry.
func (c *gatewayCode) waiting() *gatewayCode {
	c.code.Wait = true
	return c
}

// below declares an error that is named, explained and armed by its sub code,
// under an outer code that it shares with others.
func below(number int, msg, subCode, subMsg string, why, fix api.Text) *gatewayCode {
	c := platform(number, msg, why, fix).sub(subCode, subMsg)
	c.code.Code = subCode
	if subMsg != "" {
		c.code.Msg = subMsg
	}
	return c
}

// dingtalk declares an error number of DingTalk's own checks, which is sent as
// a sub code of 88 (docs/spec/top.md#dingtalk-numbers-under-88).
func dingtalk(number, msg string, why, fix api.Text) *gatewayCode {
	return below(88, "ding talk error", number, msg, why, fix)
}

// The codes of the platform (docs/spec/top.md#codes-of-the-platform). The ones
// that no request causes here are declared so that they can be armed.
var (
	uploadFail = platform(3, "Upload Fail",
		api.Text{Zh: "图片上传失败。", En: "A picture could not be stored."},
		api.Text{Zh: "检查文件后重新上传。", En: "Check the file and send it again."})
	userCallLimited = platform(4, "User Call Limited",
		api.Text{Zh: "用户调用次数超限。", En: "The user has used up the calls of this period."},
		api.Text{Zh: "降低调用频率，稍后重试。", En: "Call less often and try again later."}).
		waiting()
	sessionCallLimited = platform(5, "Session Call Limited",
		api.Text{Zh: "会话调用次数超限。", En: "The session has used up the calls of this period."},
		api.Text{Zh: "降低调用频率，稍后重试。", En: "Call less often and try again later."}).
		waiting()
	partnerCallLimited = platform(6, "Partner Call Limited",
		api.Text{Zh: "合作伙伴调用次数超限。", En: "The partner has used up the calls of this period."},
		api.Text{Zh: "降低调用频率，稍后重试。", En: "Call less often and try again later."}).
		waiting()
	// Inferred: the text of sub_msg, which is filled in for each answer
	// (docs/spec/top.md#calls-above-the-rate).
	appCallLimited = platform(7, "App Call Limited",
		api.Text{Zh: "该应用调用此接口过于频繁。", En: "The app calls this method too often."},
		api.Text{Zh: "等待一秒后重试，并把调用分散开。", En: "Wait a second, try again, and spread the calls over time."}).
		sub(apiAccessLimit, "").waiting()
	appAccessLimited = below(7, "App Call Limited", "accesscontrol.limited-by-app-access-count", "",
		api.Text{Zh: "应用的调用次数超限。", En: "The app has used up the calls of this period."},
		api.Text{Zh: "降低调用频率，稍后重试。", En: "Call less often and try again later."}).
		waiting()
	appFrequencyLimited = platform(8, "App Call Exceeds Limited Frequency",
		api.Text{Zh: "应用调用频率超限。", En: "The app calls more often than its rate allows."},
		api.Text{Zh: "降低调用频率，稍后重试。", En: "Call less often and try again later."}).
		waiting()
	httpActionNotAllowed = platform(9, "Http Action Not Allowed",
		api.Text{Zh: "只接受 GET 和 POST 请求。", En: "Only GET and POST are accepted."},
		api.Text{Zh: "改用 POST。", En: "Use POST."})
	serviceUnavailable = platform(10, "Service Currently Unavailable",
		api.Text{Zh: "服务暂时不可用。", En: "The service is not available at the moment."},
		api.Text{Zh: "稍后重试。", En: "Try again later."}).
		waiting()
	insufficientISV = platform(11, "Insufficient ISV Permissions",
		api.Text{Zh: "应用没有包含此接口的权限包。", En: "The app has no permission package with this method."},
		api.Text{Zh: "为应用申请相应权限。", En: "Have the permission added to the app."}).
		sub("isv.permission-api-package-limit", "")
	insufficientUser = platform(12, "Insufficient User Permissions",
		api.Text{Zh: "用户权限不足。", En: "The user may not do this."},
		api.Text{Zh: "请管理员授予权限。", En: "Ask an administrator for the right."})
	insufficientPartner = platform(13, "Insufficient Partner Permissions",
		api.Text{Zh: "合作伙伴权限不足。", En: "The partner may not do this."},
		api.Text{Zh: "请管理员授予权限。", En: "Ask an administrator for the right."})
	internalError = platform(15, "Remote service error",
		api.Text{Zh: "服务器内部出错，这不是调用方的错误。", En: "The server failed; the request is not to blame."},
		api.Text{Zh: "用 request_id 在服务器日志中查找原因，或把它告诉管理员。", En: "Look up the request_id in the server's log, or give it to the administrator."}).
		sub("isp.unknown-error", "")
	// Inferred: the text of sub_msg.
	busy = below(15, "Remote service error", "isp.service-unavailable", "服务不可用",
		api.Text{Zh: "目录此刻过于繁忙，没有做任何更改。", En: "The directory is too busy at the moment; nothing was changed."},
		api.Text{Zh: "稍等片刻后用同样的参数重试。", En: "Wait a moment and repeat the call as it was."}).waiting()
	missingMethod = platform(21, "Missing method",
		api.Text{Zh: "缺少参数 method。", En: "The parameter method is missing."},
		api.Text{Zh: "在查询串、表单或路径（/router/rest/接口名）中给出 method。", En: "Name the method in the query, in the form or in the path (/router/rest/<method>)."})
	invalidMethod = platform(22, "Invalid method",
		api.Text{Zh: "没有这个接口。", En: "There is no method of this name."},
		api.Text{Zh: "检查接口名的拼写和大小写。", En: "Check spelling and case of the method's name."})
	invalidFormat = platform(23, "Invalid format",
		api.Text{Zh: "format 只能是 xml 或 json。", En: "format is xml or json."},
		api.Text{Zh: "改正 format，或省略它（默认 xml）。", En: "Correct format, or leave it out for xml."})
	missingSignature = platform(24, "Missing signature",
		api.Text{Zh: "参数 sign 存在但为空。", En: "The parameter sign is present but empty."},
		api.Text{Zh: "计算签名，或完全不传 sign 而只用 session。", En: "Compute the signature, or send no sign at all and rely on the session."})
	invalidSignature = platform(25, "Invalid signature",
		api.Text{Zh: "签名与请求不符。", En: "The signature does not match the request."},
		api.Text{Zh: "检查密钥和 sign_method；对排序后的全部参数签名（sign、空值和文件除外），参数值不做 URL 编码。", En: "Check the secret and sign_method; sign all parameters in sorted order except sign, empty ones and files, with values not URL-encoded."})
	missingSession = platform(26, "Missing session",
		api.Text{Zh: "缺少 session，即应用的 access_token。", En: "The session is missing; it is the app's access token."},
		api.Text{Zh: "用 /gettoken 取得 access_token，作为 session 传入。", En: "Get an access token from /gettoken and send it as session."})
	invalidSession = platform(27, "Invalid session",
		api.Text{Zh: "session 属于另一个企业，不是 app_key 的企业。", En: "The session belongs to an organisation other than the app_key's."},
		api.Text{Zh: "使用同一企业的 app_key 和 access_token。", En: "Use an app_key and an access token of the same organisation."}).
		sub("invalid-sessionkey", "SessionKey非法")
	missingAppKey = platform(28, "Missing app key",
		api.Text{Zh: "请求带有签名，但没有 app_key。", En: "The request is signed but names no app_key."},
		api.Text{Zh: "传入 app_key。", En: "Send the app_key."})
	invalidAppKey = platform(29, "Invalid app Key",
		api.Text{Zh: "没有这个 app_key，或它已停用。", En: "There is no such app_key, or it is disabled."},
		api.Text{Zh: "检查 app_key 以及所用的服务器。", En: "Check the app_key, and that this is its server."}).
		sub("isv.appkey-not-exists", "")
	missingTimestamp = platform(30, "Missing timestamp",
		api.Text{Zh: "签名请求必须带 timestamp。", En: "A signed call needs a timestamp."},
		api.Text{Zh: "传入 timestamp，格式 yyyy-MM-dd HH:mm:ss，时区 GMT+8。", En: "Send timestamp as yyyy-MM-dd HH:mm:ss in GMT+8."})
	invalidTimestamp = platform(31, "Invalid timestamp",
		api.Text{Zh: "timestamp 无法识别，或与服务器时间相差超过 10 分钟。", En: "The timestamp cannot be read, or is more than 10 minutes off the server's clock."},
		api.Text{Zh: "校准时钟，使用 GMT+8 的 yyyy-MM-dd HH:mm:ss。", En: "Set the clock; use yyyy-MM-dd HH:mm:ss in GMT+8."})
	missingVersion = platform(32, "Missing version",
		api.Text{Zh: "缺少参数 v。", En: "The parameter v is missing."},
		api.Text{Zh: "传入 v=2.0。", En: "Send v=2.0."})
	invalidVersion = platform(33, "Invalid version",
		api.Text{Zh: "v 不是版本号。", En: "v is not a version number."},
		api.Text{Zh: "传入 v=2.0。", En: "Send v=2.0."})
	unsupportedVersion = platform(34, "Unsupported version",
		api.Text{Zh: "不支持该版本，只支持 2.0。", En: "Only version 2.0 is supported."},
		api.Text{Zh: "传入 v=2.0。", En: "Send v=2.0."})
	missingArguments = platform(40, "Missing required arguments",
		api.Text{Zh: "缺少冒号后所列的必选参数，或其值为空。", En: "The parameter named after the colon is missing or empty."},
		api.Text{Zh: "补上该参数。", En: "Send the parameter."})
	invalidArguments = platform(41, "Invalid arguments",
		api.Text{Zh: "冒号后所列的参数不合法、超出范围或重复出现。", En: "The parameter named after the colon is malformed, out of range or repeated."},
		api.Text{Zh: "对照接口文档改正该参数。", En: "Correct the parameter as the method's page describes it."})
	forbiddenRequest = platform(42, "Forbidden request",
		api.Text{Zh: "请求被禁止。", En: "The request is not allowed."},
		api.Text{Zh: "请管理员检查应用的设置。", En: "Ask the administrator to check the app's settings."})
	parameterError = platform(43, "Parameter error",
		api.Text{Zh: "请求体无法读取：格式不对、超过 1 MiB，或参数多于 1000 个。", En: "The request cannot be read: wrong form, over 1 MiB, or more than 1000 parameters."},
		api.Text{Zh: "用 UTF-8 的表单、multipart 或 JSON 发送，并缩小请求。", En: "Send a form, multipart or JSON in UTF-8, and make the request smaller."})
	invalidEncoding = platform(47, "Invalid encoding",
		api.Text{Zh: "参数不是 UTF-8、百分号编码有误，或请求体被压缩。", En: "A parameter is not UTF-8, its percent-encoding is broken, or the body is compressed."},
		api.Text{Zh: "以 UTF-8 编码参数，不要压缩请求体。", En: "Encode parameters in UTF-8 and do not compress the body."})
	// The error sample of the seed (docs/spec/top.md#error-responses).
	remoteServiceError = platform(50, "Remote service error",
		api.Text{Zh: "复杂参数（如 contact）不是合法的 JSON，或其中的字段类型不对。", En: "A structured parameter such as contact is not well-formed JSON, or a field in it has the wrong type."},
		api.Text{Zh: "把该参数写成 JSON 对象文本，字段名用下划线形式。", En: "Send the parameter as the text of a JSON object with snake_case names."}).
		sub("isv.invalid-parameter", "非法参数")
	insufficientSecurity = platform(53, "Insufficient security level",
		api.Text{Zh: "应用的安全级别不够。", En: "The app's security level is too low."},
		api.Text{Zh: "请管理员检查应用的设置。", En: "Ask the administrator to check the app's settings."})
	// Armed by its number, it is answered as its most common sub code.
	dingtalkError = platform(88, "ding talk error",
		api.Text{Zh: "钉钉的校验未通过，原因见 sub_code 和 sub_msg；注入 88 时按 40014 回答。", En: "One of DingTalk's own checks failed; sub_code and sub_msg say which. Armed, it answers as 40014 does."},
		api.Text{Zh: "按 sub_code 查找原因。", En: "Look up the sub_code."})
	invalidToken = dingtalk("40014", "不合法的access_token",
		api.Text{Zh: "access_token 不存在、已过期或已作废。", En: "The access token is unknown, expired or revoked."},
		api.Text{Zh: "重新获取 access_token 后再调用。", En: "Get a new access token and call again."})
	expiredToken = dingtalk("42001", "access_token超时",
		api.Text{Zh: "access_token 已过期。", En: "The access token has expired."},
		api.Text{Zh: "重新获取 access_token 后再调用。", En: "Get a new access token and call again."})
	noPermission = dingtalk("60011", "应用尚未开通所需的权限",
		api.Text{Zh: "应用没有此接口要求的权限；sub_msg 中有权限点和说明它的页面。", En: "The app lacks the permission that the method asks for; sub_msg names it and the page that explains it."},
		api.Text{Zh: "请管理员为应用添加该权限。", En: "Have an administrator add the permission to the app."})
	addressRefused = dingtalk("60020", "访问ip不在白名单之中",
		api.Text{Zh: "请求来自应用白名单之外的 IP 地址。", En: "The request comes from an address outside the app's list."},
		api.Text{Zh: "从白名单中的地址调用，或请管理员添加该地址。", En: "Call from a listed address, or have this one added."})
)

// gatewayCodes are sorted by number.
var gatewayCodes = slices.Concat([]*gatewayCode{
	uploadFail, userCallLimited, sessionCallLimited, partnerCallLimited, appCallLimited, appAccessLimited, apiAccessLimited,
	appFrequencyLimited, httpActionNotAllowed, serviceUnavailable, insufficientISV, insufficientUser,
	insufficientPartner, internalError, busy, missingMethod, invalidMethod, invalidFormat, missingSignature,
	invalidSignature, missingSession, invalidSession, missingAppKey, invalidAppKey, missingTimestamp,
	invalidTimestamp, missingVersion, invalidVersion, unsupportedVersion, missingArguments, invalidArguments,
	forbiddenRequest, parameterError, invalidEncoding, remoteServiceError, insufficientSecurity, dingtalkError,
	invalidToken, expiredToken, noPermission, addressRefused,
}, subCodes)

// layeredCodes are the other numbers of authentication and admission.
var layeredCodes = func() (list []*gatewayCode) {
	for _, c := range api.Errcodes() {
		if api.IsLayered(c.Code) && gatewayCodeNamed(c.Code, gatewayCodes) == nil {
			list = append(list, &gatewayCode{code: c, number: dingtalkError.number, msg: dingtalkError.msg, subCode: c.Code, subMsg: c.Msg})
		}
	}
	return list
}()

// Codes returns every code that the gateway itself can answer, and the numbers of
// DingTalk's table, which can be armed as business failures.
func Codes() []*api.Code {
	var codes []*api.Code
	for _, c := range ownCodes {
		codes = append(codes, c.code)
	}
	for _, c := range api.Errcodes() {
		if !api.IsLayered(c.Code) {
			codes = append(codes, c)
		}
	}
	return codes
}

// gatewayCodeNamed returns the code of that name, or nil. For a sub code with a
// placeholder it returns a copy with the actual name.
func gatewayCodeNamed(name string, among []*gatewayCode) *gatewayCode {
	for _, c := range among {
		if c.code.Code == name {
			return c
		}
	}
	for _, c := range among {
		if c.code.IsCase(name) {
			made := *c
			made.code, made.subCode = api.CodeNamed(name, []*api.Code{c.code}), name
			return &made
		}
	}
	return nil
}

// gatewayCodeOf returns the platform code that an operation declares by a
// number below 100, or nil for a business code. -1 is a business code.
func gatewayCodeOf(c *api.Code) *gatewayCode {
	n, err := strconv.Atoi(c.Code)
	if err != nil || n <= 0 || n >= 100 {
		return nil
	}
	if own := gatewayCodeNamed(c.Code, gatewayCodes); own != nil {
		return own
	}
	return &gatewayCode{code: c, number: n, msg: c.Msg}
}
