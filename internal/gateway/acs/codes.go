package acs

import (
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// The gateway's own codes, in the order of their checks. Texts are the vendor's
// bytes where a page shows them
// (docs/spec/alibaba-cloud.md#codes-of-the-gateway).
var (
	unsupportedMethod = &api.Code{HTTP: http.StatusMethodNotAllowed, Code: "UnsupportedHTTPMethod", Msg: "This http method is not supported.",
		Why: api.Text{Zh: "RPC 接口只接受 GET 和 POST。", En: "RPC operations allow GET and POST only."},
		Fix: api.Text{Zh: "改用 GET 或 POST；签名的字符串以所用的方法开头，换方法后要重新签名。", En: "Use GET or POST. The string to sign begins with the method, so sign again after changing it."}}
	// Decision: the vendor's code for a body that is too large is not known.
	entityTooLarge = &api.Code{HTTP: http.StatusRequestEntityTooLarge, Code: "RequestEntityTooLarge", Msg: "The request entity is too large.",
		Why: api.Text{Zh: "请求体超过 1 MiB。", En: "The body is larger than 1 MiB."},
		Fix: api.Text{Zh: "缩小请求体，例如把一次调用拆成几次。", En: "Send less, for example by splitting the call."}}
	// Decision: no vendor code is known for the next four either.
	tooManyParameters = &api.Code{HTTP: http.StatusBadRequest, Code: "TooManyParameters", Msg: "The number of parameters exceeds the limit.",
		Why: api.Text{Zh: "查询串和表单中的参数合计超过 1000 个。", En: "Query and form together carry more than 1,000 parameters."},
		Fix: api.Text{Zh: "把一次调用拆成几次。", En: "Split the call."}}
	invalidContentType = &api.Code{HTTP: http.StatusBadRequest, Code: "InvalidContentType", Msg: "Specified parameter Content-Type is not valid.",
		Why: api.Text{Zh: "请求体不是 UTF-8 的 application/x-www-form-urlencoded，其中的参数读不出来。", En: "The body is not application/x-www-form-urlencoded in UTF-8, so its parameters cannot be read."},
		Fix: api.Text{Zh: "把参数放进查询串或表单；不要发送 JSON 请求体。", En: "Put the parameters into the query or a form; do not send a JSON body."}}
	invalidContentEncoding = &api.Code{HTTP: http.StatusBadRequest, Code: "InvalidContentEncoding", Msg: "Specified parameter Content-Encoding is not valid.",
		Why: api.Text{Zh: "不接受压缩的请求体。", En: "Compressed bodies are not accepted."},
		Fix: api.Text{Zh: "去掉 Content-Encoding，发送未压缩的内容。", En: "Drop Content-Encoding and send the body as it is."}}
	malformedRequest = &api.Code{HTTP: http.StatusBadRequest, Code: "InvalidParameter", Msg: "Specified parameter is not valid.",
		Why: api.Text{Zh: "有一个参数的名称或请求体本身无法解析，因此无法指出其名称。", En: "The name of a parameter, or the body itself, cannot be read, so no name can be given."},
		Fix: api.Text{Zh: "名称和值都要是 UTF-8 文本，按 RFC 3986 百分号编码，不含控制字符。", En: "Names and values are UTF-8 text without control characters, percent-encoded after RFC 3986."}}

	missingAction  = missing("Action", "V1 签名放在参数 Action,V3 签名放在请求头 x-acs-action。", "With signature V1 it is the parameter Action, with V3 the header x-acs-action.")
	missingVersion = missing("Version", "V1 签名放在参数 Version,V3 签名放在请求头 x-acs-version,例如 2022-04-19。", "With signature V1 it is the parameter Version, with V3 the header x-acs-version, such as 2022-04-19.")
	invalidVersion = &api.Code{HTTP: http.StatusBadRequest, Code: "InvalidVersion", Msg: "Specified parameter Version is not valid.",
		Why: api.Text{Zh: "本服务没有这个 API 版本。", En: "This service has no such API version."},
		Fix: api.Text{Zh: "消息联系人接口用 2022-04-19；检查 Endpoint 是否指向本服务。", En: "Message contacts are in 2022-04-19; check that the endpoint is meant for this product."}}
	actionNotFound = &api.Code{HTTP: http.StatusNotFound, Code: "InvalidAction.NotFound", Msg: "Specified api is not found, please check your url and method.",
		Why: api.Text{Zh: "该版本没有这个接口；接口名区分大小写，路径只能是 /。", En: "This version has no such operation. Names are case-sensitive and the path is always /."},
		Fix: api.Text{Zh: "对照控制台的接口列表检查 Action 和 Version。", En: "Compare Action and Version with the list of operations in the console."}}
	invalidFormat = &api.Code{HTTP: http.StatusBadRequest, Code: "InvalidParameter.Format", Msg: "Specified parameter format is not valid.",
		Why: api.Text{Zh: "Format 只能是 JSON 或 XML（不区分大小写）。", En: "Format is JSON or XML, in any case of letters."},
		Fix: api.Text{Zh: "改为 Format=JSON，或去掉它而得到 XML。", En: "Send Format=JSON, or leave it out and get XML."}}

	missingAccessKeyID      = missing("AccessKeyId", "请求没有带任何凭证:请用 AccessKey 签名(V1 参数或 V3 的 Authorization 请求头)。", "The request carries no credential: sign it with an access key (parameters of V1 or the Authorization header of V3).")
	missingSignature        = missing("Signature", "带了 AccessKeyId 却没有签名;SDK 会自动签名。", "There is an AccessKeyId but no signature; the SDKs sign by themselves.")
	missingSignatureNonce   = missing("SignatureNonce", "每次请求用一个新的随机数(V3 为请求头 x-acs-signature-nonce)。", "Send a new random value with each request (header x-acs-signature-nonce with V3).")
	missingTimestamp        = missing("Timestamp", "UTC 时间,格式 yyyy-MM-ddTHH:mm:ssZ(V3 为请求头 x-acs-date)。", "The time in UTC as yyyy-MM-ddTHH:mm:ssZ (header x-acs-date with V3).")
	missingSignatureMethod  = missing("SignatureMethod", "填 HMAC-SHA1 或 HMAC-SHA256。", "Send HMAC-SHA1 or HMAC-SHA256.")
	missingSignatureVersion = missing("SignatureVersion", "填 1.0。", "Send 1.0.")
	missingBearerToken      = missing("BearerToken", "SignatureType=BEARERTOKEN 要求带 BearerToken。", "SignatureType=BEARERTOKEN asks for a BearerToken.")
	missingSecurityToken    = missing("SecurityToken", "以 STS. 开头的临时 AccessKey 必须带 SecurityToken。", "A temporary access key, whose id begins with STS., needs its SecurityToken.")

	timestampFormat = &api.Code{HTTP: http.StatusBadRequest, Code: "InvalidTimeStamp.Format", Msg: "Specified time stamp or date value is not well formatted.",
		Why: api.Text{Zh: "时间不是 yyyy-MM-ddTHH:mm:ssZ 格式的 UTC 时间。", En: "The time is not UTC in the form yyyy-MM-ddTHH:mm:ssZ."},
		Fix: api.Text{Zh: "例如 2026-11-22T09:48:32Z；不带毫秒，不带时区偏移。", En: "Write it like 2026-11-22T09:48:32Z, without milliseconds or offset."}}
	timestampExpired = &api.Code{HTTP: http.StatusBadRequest, Code: "InvalidTimeStamp.Expired", Msg: "Specified time stamp or date value is expired.",
		Why: api.Text{Zh: "请求时间与服务器相差太大：V1 允许早 31 分钟、晚 15 分钟，V3 前后各 15 分钟。", En: "The request's time is too far from the server's: V1 allows 31 minutes before and 15 after, V3 allows 15 either way."},
		Fix: api.Text{Zh: "校准本机时钟（NTP），每次请求都重新取时间并签名，不要重放旧请求；服务器刚异常重启时，稍后重试即可。", En: "Set the clock by NTP, and take the time and sign anew for each request. Right after an unclean restart of the server, simply try again."}}
	keyNotFound = &api.Code{HTTP: http.StatusNotFound, Code: "InvalidAccessKeyId.NotFound", Msg: "Specified access key is not found.",
		Why:   api.Text{Zh: "本服务没有这个 AccessKeyId。", En: "This server has no such AccessKeyId."},
		Fix:   api.Text{Zh: "检查 AccessKeyId 是否属于本服务（而不是云上的账号）；用 mingce key 列出或新建。", En: "Check that the key is one of this server and not of an account in the cloud; list or create keys with mingce key."},
		Cause: directory.ErrKeyNotFound}
	keyInactive = &api.Code{HTTP: http.StatusBadRequest, Code: "InvalidAccessKeyId.Inactive", Msg: "Specified access key is disabled.",
		Why:   api.Text{Zh: "该 AccessKey 已被禁用。", En: "The access key has been disabled."},
		Fix:   api.Text{Zh: "请管理员启用它，或换一个 AccessKey。", En: "Ask the administrator to enable it, or use another key."},
		Cause: directory.ErrKeyInactive}
	invalidSignatureMethod = &api.Code{HTTP: http.StatusBadRequest, Code: "InvalidSignatureMethod", Msg: "Specified signature method is not valid.",
		Why: api.Text{Zh: "支持 HMAC-SHA1、HMAC-SHA256（V1）和 ACS3-HMAC-SHA256、ACS3-HMAC-SM3（V3）。", En: "Supported are HMAC-SHA1 and HMAC-SHA256 (V1), ACS3-HMAC-SHA256 and ACS3-HMAC-SM3 (V3)."},
		Fix: api.Text{Zh: "在 SDK 中改用其中一种签名算法。", En: "Choose one of these in the SDK."}}
	invalidSignatureVersion = &api.Code{HTTP: http.StatusBadRequest, Code: "InvalidSignatureVersion", Msg: "Specified parameter SignatureVersion is not valid.",
		Why: api.Text{Zh: "参数签名的 SignatureVersion 只有 1.0。", En: "The only SignatureVersion of signed parameters is 1.0."},
		Fix: api.Text{Zh: "填 SignatureVersion=1.0;V3 签名没有这个参数。", En: "Send SignatureVersion=1.0. Signature V3 has no such parameter."}}
	invalidSignatureType = &api.Code{HTTP: http.StatusBadRequest, Code: "InvalidSignatureType", Msg: "Specified parameter SignatureType is not valid.",
		Why: api.Text{Zh: "SignatureType 只能为空或 BEARERTOKEN。", En: "SignatureType is empty or BEARERTOKEN."},
		Fix: api.Text{Zh: "用 AccessKey 签名时去掉 SignatureType。", En: "Leave SignatureType out when signing with an access key."}}
	incompleteSignature = &api.Code{HTTP: http.StatusBadRequest, Code: "IncompleteSignature", Msg: "The request signature does not conform to Aliyun standards.",
		Why: api.Text{Zh: "签名的形式不对：Authorization 写法不完整、请求体与 x-acs-content-sha256 或 x-acs-content-sm3 不符、有 x-acs-* 请求头没有签名、签名的请求头缺失或出现两次，或一次请求带了两种凭证。", En: "The form of the signature is wrong: an incomplete Authorization, a body that does not match x-acs-content-sha256 or x-acs-content-sm3, an x-acs-* header that is not signed, a signed header that is absent or repeated, or two credentials in one request."},
		Fix: api.Text{Zh: "官方 SDK 会正确签名：请检查中间的代理是否增删或改写了请求头、请求体。自己签名时，签名发送的每个 x-acs-* 请求头，对实际发送的字节计算摘要，只用一种凭证。", En: "The official SDKs sign correctly: look for a proxy in between that adds, drops or rewrites headers or the body. If you sign yourself, sign every x-acs-* header you send, hash the bytes you really send, and use one credential."}}
	signatureMismatch = &api.Code{HTTP: http.StatusBadRequest, Code: "SignatureDoesNotMatch", Msg: "Specified signature is not matched with our calculation.",
		Why: api.Text{Zh: "用该 AccessKey 的密钥算出的签名与请求中的不同。错误信息里有服务器签名的字符串。", En: "The signature computed with this key's secret differs from the request's. The message shows the string the server signed."},
		Fix: api.Text{Zh: "把自己的待签名字符串与信息中的比较：相同说明 AccessKeySecret 错了；不同就看第一个不同之处（常见：空格要写成 %20、* 写成 %2A、~ 不编码、方法不同、代理改了 Host）。", En: "Compare your string to sign with the one in the message. If they are equal, the AccessKeySecret is wrong; else look at the first difference (often: space is %20, * is %2A, ~ stays, another method, or a proxy that changed Host)."}}
	nonceUsed = &api.Code{HTTP: http.StatusBadRequest, Code: "SignatureNonceUsed", Msg: "Specified signature nonce was used already.",
		Why: api.Text{Zh: "这个 AccessKey 已经用过这个随机数；失败的调用也会用掉随机数，被限流的除外。", En: "This key has used this nonce before; a call that fails uses it up too, unless it was throttled."},
		Fix: api.Text{Zh: "每次请求（包括重试）都生成新的随机数并重新签名。", En: "Make a new nonce and sign again for every request, retries included."}}
	// Decision: the vendor's statuses of the next two are not known.
	securityTokenExpired = &api.Code{HTTP: http.StatusBadRequest, Code: "InvalidSecurityToken.Expired", Msg: "Specified SecurityToken is expired.",
		Why: api.Text{Zh: "临时凭证已过期。", En: "The temporary credential has expired."},
		Fix: api.Text{Zh: "重新获取 STS 凭证。", En: "Get new STS credentials."}}
	securityTokenMalformed = &api.Code{HTTP: http.StatusForbidden, Code: "InvalidSecurityToken.Malformed", Msg: "Specified SecurityToken is malformed.",
		Why: api.Text{Zh: "SecurityToken 不属于这个 AccessKey；普通 AccessKey 不带 SecurityToken。", En: "The SecurityToken does not belong to this access key; a plain key has none."},
		Fix: api.Text{Zh: "使用普通 AccessKey 时去掉 SecurityToken；使用 STS 时三个值要来自同一次获取。", En: "Drop SecurityToken with a plain key; with STS, take all three values from one answer."}}
	// Decision: the vendor's code for a bad bearer token is not known.
	invalidBearerToken = &api.Code{HTTP: http.StatusForbidden, Code: "InvalidBearerToken", Msg: "Specified bearer token is not valid.",
		Why: api.Text{Zh: "Bearer 令牌未知或已过期。", En: "The bearer token is unknown or expired."},
		Fix: api.Text{Zh: "改用 AccessKey 签名，或换一个有效的令牌。", En: "Sign with an access key instead, or use a valid token."}}

	throttlingUser = &api.Code{HTTP: http.StatusBadRequest, Wait: true, Code: "Throttling.User", Msg: "Request was denied due to user flow control.",
		Why: api.Text{Zh: "该 AccessKey 调用此接口过于频繁。", En: "This access key calls the operation too often."},
		Fix: api.Text{Zh: "按响应头 x-ratelimit-user-api 的 TimeLeft（毫秒）等待后重试。", En: "Wait for TimeLeft (milliseconds) of the header x-ratelimit-user-api, then try again."}}
	throttlingAPI = &api.Code{HTTP: http.StatusBadRequest, Wait: true, Code: "Throttling.Api", Msg: "Request was denied due to api flow control.",
		Why: api.Text{Zh: "此接口的总调用量过大。", En: "The operation is called too often by all callers together."},
		Fix: api.Text{Zh: "稍后重试，间隔逐次加长。", En: "Try again later, with growing pauses."}}
	throttling = &api.Code{HTTP: http.StatusBadRequest, Wait: true, Code: "Throttling", Msg: "Request was denied due to request throttling.",
		Why: api.Text{Zh: "请求过于频繁。", En: "There are too many requests."},
		Fix: api.Text{Zh: "稍后重试，间隔逐次加长。", En: "Try again later, with growing pauses."}}
	noPermission = &api.Code{HTTP: http.StatusForbidden, Code: "NoPermission", Msg: "You are not authorized to perform this operation.",
		Why: api.Text{Zh: "该 AccessKey 的策略不允许此操作；AccessDeniedDetail 说明操作、身份以及是没有授权（ImplicitDeny）还是明确拒绝（ExplicitDeny）。", En: "The policy of the access key does not allow the action. AccessDeniedDetail names the action, the identity, and whether nothing allows it (ImplicitDeny) or a statement denies it (ExplicitDeny)."},
		Fix: api.Text{Zh: "请管理员在策略中加上 resourcemanager:<Action>，或换一个权限足够的 AccessKey。", En: "Ask the administrator to allow resourcemanager:<Action> in the policy, or use a key that may."}}
	directoryNotEnabled = &api.Code{HTTP: http.StatusNotFound, Code: "EntityNotExists.ResourceDirectory",
		Msg:   "The resource directory for the account is not enabled. We recommend that you first enable the resource directory for the account.",
		Why:   api.Text{Zh: "该账号还没有开通资源目录。", En: "The account has no resource directory yet."},
		Fix:   api.Text{Zh: "先为该组织开通资源目录，再调用。", En: "Enable the resource directory of the organisation first."},
		Cause: directory.ErrDirectoryNotEnabled}
	internalError = &api.Code{HTTP: http.StatusInternalServerError, Code: "InternalError", Msg: "The request processing has failed due to some unknown error.",
		Why: api.Text{Zh: "服务器内部出错；日志中有以 RequestId 标记的原因。", En: "Something failed inside the server; its log has the cause under the RequestId."},
		Fix: api.Text{Zh: "请把 RequestId 交给管理员。", En: "Give the RequestId to the administrator."}}
	serviceUnavailable = &api.Code{HTTP: http.StatusServiceUnavailable, Code: "ServiceUnavailable", Msg: "The request has failed due to a temporary failure of the server.",
		Why:   api.Text{Zh: "服务器暂时繁忙，本次调用没有改变任何数据。", En: "The server is busy at the moment; nothing was changed."},
		Fix:   api.Text{Zh: "稍后重试；SDK 和 Terraform 会自动重试。", En: "Try again; the SDKs and Terraform do so by themselves."},
		Cause: directory.ErrBusy}

	// The two patterns stand for any parameter name; see missingArgument and
	// invalidArgument for the codes made from them.
	missingPattern = missingArgument("<Name>")
	invalidPattern = invalidArgument("<Name>")
)

// throttlings are the codes whose answers say in a header when to retry.
var throttlings = []*api.Code{throttlingUser, throttlingAPI, throttling}

var codes = []*api.Code{
	unsupportedMethod, entityTooLarge, tooManyParameters, invalidContentType, invalidContentEncoding, malformedRequest,
	missingAction, missingVersion, invalidVersion, actionNotFound, invalidFormat,
	missingAccessKeyID, missingSignature, missingSignatureNonce, missingTimestamp, missingSignatureMethod,
	missingSignatureVersion, missingBearerToken, missingSecurityToken,
	timestampFormat, timestampExpired, keyNotFound, keyInactive,
	invalidSignatureMethod, invalidSignatureVersion, invalidSignatureType, incompleteSignature, signatureMismatch, nonceUsed,
	securityTokenExpired, securityTokenMalformed, invalidBearerToken,
	throttlingUser, throttlingAPI, throttling, noPermission, directoryNotEnabled,
	missingPattern, invalidPattern, internalError, serviceUnavailable,
}

// Codes returns every code the gateway itself can answer. In two of them,
// MissingParameter.<Name> and InvalidParameter.<Name>, "<Name>" stands for the
// name of any parameter.
func Codes() []*api.Code { return codes }

// missing returns the code of a required system parameter.
func missing(name, zh, en string) *api.Code {
	return &api.Code{HTTP: http.StatusBadRequest, Code: "Missing" + name, Msg: name + " is mandatory for this action.",
		Why: api.Text{Zh: "请求缺少 " + name + "。", En: "The request lacks " + name + "."},
		Fix: api.Text{Zh: zh, En: en}}
}

// missingArgument returns the family's code for a required parameter of an
// operation that declares no code for it
// (docs/spec/alibaba-cloud.md#pattern-of-parameter-errors).
func missingArgument(name string) *api.Code {
	return &api.Code{HTTP: http.StatusBadRequest, Code: "MissingParameter." + name, Msg: "You must specify " + name + ".",
		Why: api.Text{Zh: "必填参数 " + name + " 缺失或为空。", En: "The required parameter " + name + " is absent or empty."},
		Fix: api.Text{Zh: "补上该参数；列表写作 " + name + ".1、" + name + ".2。", En: "Add it; a list is written " + name + ".1, " + name + ".2."}}
}

// invalidArgument returns the family's code for a malformed parameter.
func invalidArgument(name string) *api.Code {
	return &api.Code{HTTP: http.StatusBadRequest, Code: "InvalidParameter." + name, Msg: "The " + name + " is invalid.",
		Why: api.Text{Zh: "参数 " + name + " 的值或写法不合要求,或者出现了多次。", En: "The parameter " + name + " has a value or form that is not acceptable, or occurs more than once."},
		Fix: api.Text{Zh: "对照接口说明检查它的类型、取值和个数；每个参数只给一次。", En: "Compare its type, value and number with the operation's page; give each parameter once."}}
}
