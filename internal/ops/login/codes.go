package login

import (
	"errors"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Causes of the codes below.
var (
	errWrongPair     = errors.New("app id or secret is wrong")
	errWrongCorpPair = errors.New("organisation or secret is wrong")
)

var (
	pairWhy     = api.Text{Zh: "没有这样的应用，或密钥不对，或应用已停用。", En: "There is no such app, its secret is wrong, or it is disabled."}
	pairFix     = api.Text{Zh: "核对应用的 appKey 和 appSecret，成对使用。", En: "Check that appKey and appSecret belong together."}
	corpPairWhy = api.Text{Zh: "没有这样的企业，或 SSO 密钥不是该企业任何应用的 appSecret。", En: "There is no such organisation, or none of its apps has this secret; the SSO secret is an app's appSecret."}
	corpPairFix = api.Text{Zh: "使用企业的 corpId 和它一个应用的 appSecret。", En: "Use the organisation's corpId and the appSecret of one of its apps."}
	codeWhy     = api.Text{Zh: "授权码缺失、未知、已使用、已过期、种类不对、属于其他企业或其他应用，或用户已停用、已删除、已修改密码。",
		En: "The code is missing, unknown, used, expired, of another kind, or of another organisation or app, or the person was disabled, deleted or has a new password."}
	codeFix = api.Text{Zh: "让用户重新登录，取得新的授权码。授权码只能使用一次，5 分钟内有效。", En: "Have the person log in again. A code works once within 5 minutes."}
)

func oapiCode(number, msg string, cause error, why, fix api.Text) *api.Code {
	return &api.Code{HTTP: http.StatusOK, Code: number, Msg: msg, Cause: cause, Why: why, Fix: fix}
}

// Codes of the oapi gateway (docs/spec/dingtalk-login.md#refused-codes).
var (
	codeInvalid = oapiCode("40078", "不存在的临时授权码", directory.ErrCodeInvalid, codeWhy, codeFix)
	codeMissing = oapiCode("41026", "缺少tmp_auth_code", nil,
		api.Text{Zh: "请求没有 tmp_auth_code。", En: "The request has no tmp_auth_code."},
		api.Text{Zh: "传登录页返回的 code。", En: "Send the code that the login page returned."})
	wrongPair     = oapiCode("40086", "不合法的第三方应用appid", errWrongPair, pairWhy, pairFix)
	wrongCorpPair = oapiCode("40089", "不合法的corpId或corpSecret", errWrongCorpPair, corpPairWhy, corpPairFix)
	openIDUnknown = oapiCode("40073", "不存在的openid", directory.ErrOpenID,
		api.Text{Zh: "openid 不是永久授权码的用户。", En: "openid is not the person of the persistent code."},
		api.Text{Zh: "使用 get_persistent_code 同时返回的 openid。", En: "Use the openid that get_persistent_code returned with it."})
	persistentInvalid = oapiCode("40084", "不合法的永久授权码", directory.ErrPersistentCode,
		api.Text{Zh: "永久授权码未知，属于其他应用，或用户已停用、已登出、已修改密码，或应用更换了密钥。",
			En: "The persistent code is unknown or another app's, or the person was disabled, signed out or has a new password, or the app a new secret."},
		api.Text{Zh: "让用户重新登录，再调用 get_persistent_code。", En: "Have the person log in again and call get_persistent_code."})
	ssoCodeInvalid = oapiCode("41007", "无效的ssocode", directory.ErrCodeInvalid, codeWhy, codeFix)
)

// Codes of the REST gateway
// (docs/spec/dingtalk-login.md#single-sign-on-of-administrators).
var (
	restWrongPair = &api.Code{HTTP: http.StatusBadRequest, Code: "invalidClientIdOrSecret", Msg: "无效的clientId或者clientSecret", Cause: errWrongCorpPair,
		Why: corpPairWhy, Fix: corpPairFix}
	restCodeInvalid = &api.Code{HTTP: http.StatusBadRequest, Code: "invalidCode", Msg: "无效的授权码", Cause: directory.ErrCodeInvalid,
		Why: codeWhy, Fix: codeFix}
	restTokenInvalid = &api.Code{HTTP: http.StatusBadRequest, Code: "invalidToken", Msg: "无效的token", Cause: directory.ErrTokenInvalid,
		Why: api.Text{Zh: "请求头中不是 ssoAccessToken 的凭证，或凭证已过期。", En: "The header holds no token of ssoAccessToken, or an expired one."},
		Fix: api.Text{Zh: "用 POST /v1.0/oauth2/ssoAccessToken 获取凭证。", En: "Get a token from POST /v1.0/oauth2/ssoAccessToken."}}
)
