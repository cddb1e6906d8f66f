package oauth2

import (
	"errors"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

var (
	wrongPairWhy = api.Text{Zh: "没有这样的应用，或密钥不对，或应用已停用。", En: "There is no such app, its secret is wrong, or it is disabled."}
	wrongPairFix = api.Text{Zh: "核对应用的 appKey 和 appSecret，成对使用，不要有多余的空格。", En: "Check that appKey and appSecret belong together and have no stray blanks."}
	busyWhy      = api.Text{Zh: "服务暂时不可用，没有签发凭证。", En: "The service is overloaded at the moment; no token was issued."}
	busyFix      = api.Text{Zh: "稍后重试；重复调用是安全的。", En: "Try again later; repeating the call is safe."}
)

// POST /v1.0/oauth2/accessToken (docs/spec/dingtalk.md#token-of-an-internal-app).
var invalidClientIDOrSecret = &api.Code{HTTP: http.StatusBadRequest, Code: "invalidClientIdOrSecret", Msg: "无效的clientId或者clientSecret",
	Cause: errWrongPair, Why: wrongPairWhy, Fix: wrongPairFix}

// POST /v1.0/oauth2/{corpId}/token: in each the message is the code
// (docs/spec/dingtalk.md#token-for-an-organisation).
var (
	invalidClient = &api.Code{HTTP: http.StatusBadRequest, Code: "invalid.client", Msg: "invalid.client",
		Cause: errWrongPair, Why: wrongPairWhy, Fix: wrongPairFix}
	unsupportedGrantType = &api.Code{HTTP: http.StatusBadRequest, Code: "unsupported.grant.type", Msg: "unsupported.grant.type",
		Why: api.Text{Zh: "grant_type 不是 client_credentials。", En: "grant_type is not client_credentials."},
		Fix: api.Text{Zh: "发送 \"grant_type\":\"client_credentials\"。", En: "Send \"grant_type\":\"client_credentials\"."}}
	unauthorizedClient = &api.Code{HTTP: http.StatusUnauthorized, Code: "unauthorized.client", Msg: "unauthorized.client", Cause: errForeignCorp,
		Why: api.Text{Zh: "应用没有得到路径中的企业的授权；企业内部应用只属于一个企业。", En: "The app is not authorised by the organisation in the path; an internal app belongs to one organisation."},
		Fix: api.Text{Zh: "在路径中使用应用所属企业的 corpId。", En: "Use the corpId of the app's own organisation in the path."}}
	serverError = &api.Code{HTTP: http.StatusInternalServerError, Code: "server.error", Msg: "server.error", Cause: directory.ErrBusy,
		Why: busyWhy, Fix: busyFix}
)

// POST /v1.0/oauth2/userAccessToken (docs/spec/dingtalk.md#user-tokens).
// Decision: an invalid refresh token is answered like an invalid code; the
// vendor names no code for it.
var (
	userInvalidClient = &api.Code{HTTP: http.StatusBadRequest, Code: "invalidClientIdOrSecret", Msg: "无效的clientId或者clientSecret",
		Cause: errWrongPair, Why: wrongPairWhy, Fix: wrongPairFix}
	invalidCode = &api.Code{HTTP: http.StatusBadRequest, Code: "invalidParameter.authCode.notFound", Msg: "不合法的临时授权码", Cause: directory.ErrCodeInvalid,
		Why: api.Text{Zh: "code 或 refreshToken 未知、已使用、已过期、属于其他应用，或用户已停用、已登出、已修改密码。",
			En: "code or refreshToken is unknown, used, expired or another app's, or the person was disabled, signed out or has a new password."},
		Fix: api.Text{Zh: "让用户重新登录。code 只能使用一次，5 分钟内有效；refreshToken 用后即换新。",
			En: "Have the person log in again. A code works once within 5 minutes; each refresh gives a new refreshToken."}}
	grantTypeInvalid = &api.Code{HTTP: http.StatusBadRequest, Code: "invalid.param", Msg: "参数无效", Names: true,
		Why: api.Text{Zh: "grantType 不是 authorization_code 或 refresh_token。", En: "grantType is neither authorization_code nor refresh_token."},
		Fix: api.Text{Zh: "用授权码换取时传 authorization_code，刷新时传 refresh_token。", En: "Send authorization_code with a code, refresh_token with a refreshToken."}}
	userBusy = &api.Code{HTTP: http.StatusInternalServerError, Code: "system.busy", Msg: "系统繁忙", Cause: directory.ErrBusy,
		Why: busyWhy, Fix: busyFix}
)

// Tokens for an authorising organisation, and tickets
// (docs/spec/dingtalk-login.md#tokens-for-an-authorising-organisation).
var (
	foreignWhy  = api.Text{Zh: "应用没有得到该企业的授权；企业内部应用只属于一个企业。", En: "The app is not authorised by that organisation; an internal app belongs to one organisation."}
	foreignFix  = api.Text{Zh: "使用应用所属企业的 corpId。", En: "Use the corpId of the app's own organisation."}
	corpMissing = &api.Code{HTTP: http.StatusOK, Code: "41027", Msg: "需要授权企业的corpid参数",
		Why: api.Text{Zh: "请求没有 auth_corpid。", En: "The request has no auth_corpid."}, Fix: foreignFix}
	corpForeign     = &api.Code{HTTP: http.StatusOK, Code: "48004", Msg: "授权关系无效", Cause: errForeignCorp, Why: foreignWhy, Fix: foreignFix}
	suiteKeyInvalid = &api.Code{HTTP: http.StatusBadRequest, Code: "invalidSuiteKey", Msg: "suitekey不合法",
		Cause: errWrongPair, Why: wrongPairWhy, Fix: wrongPairFix}
	suiteTicketInvalid = &api.Code{HTTP: http.StatusBadRequest, Code: "invalidSuiteTicket", Msg: "suiteTicket无效",
		Why: api.Text{Zh: "请求没有 suiteTicket。", En: "The request has no suiteTicket."},
		Fix: api.Text{Zh: "传任意非空的值。", En: "Send any value that is not empty."}}
	authInvalid = &api.Code{HTTP: http.StatusBadRequest, Code: "invalidAuthInfo", Msg: "授权关系不存在", Cause: errForeignCorp, Why: foreignWhy, Fix: foreignFix}
	tokenBusy   = &api.Code{HTTP: http.StatusInternalServerError, Code: "systemBusy", Msg: "系统繁忙", Cause: directory.ErrBusy, Why: busyWhy, Fix: busyFix}
)

// GET /gettoken (docs/spec/dingtalk.md#token-call-of-the-own-gateway).
var (
	missingPair = &api.Code{HTTP: http.StatusOK, Code: "40035", Msg: "缺少参数 corpid or appkey",
		Why: api.Text{Zh: "查询串中没有 appkey 和 appsecret，也没有 corpid 和 corpsecret；GET 请求体中的参数不会被读取。",
			En: "The query holds neither appkey and appsecret nor corpid and corpsecret; parameters in the body of a GET are not read."},
		Fix: api.Text{Zh: "把两个参数放在查询串中。", En: "Put both parameters into the query."}}
	wrongAppPair = &api.Code{HTTP: http.StatusOK, Code: "40096", Msg: "不合法的appKey或appSecret", Cause: errWrongPair,
		Why: wrongPairWhy, Fix: wrongPairFix}
	wrongCorpPair = &api.Code{HTTP: http.StatusOK, Code: "40089", Msg: "不合法的corpId或corpSecret", Cause: errWrongCorpPair,
		Why: api.Text{Zh: "没有这样的企业，或 corpsecret 不是该企业任何应用的密钥。", En: "There is no such organisation, or none of its apps has this corpsecret."},
		Fix: api.Text{Zh: "corpsecret 是该企业一个应用的 appSecret。", En: "corpsecret is the appSecret of an app of that organisation."}}
)

// Causes of the codes above.
var (
	errWrongPair     = errors.New("app key or secret is wrong")
	errWrongCorpPair = errors.New("corp id or secret is wrong")
	errForeignCorp   = errors.New("the app belongs to another organisation")
)
