package callback

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// The vendor's numbers and texts for callbacks
// (docs/spec/dingtalk.md#codes-of-callback-registration).
var (
	exists = &api.Code{HTTP: http.StatusOK, Code: "71006", Msg: "回调地址已经存在", Cause: directory.ErrSubscriptionExists,
		Why: api.Text{Zh: "该应用已经注册过回调地址；一个应用只有一个。", En: "The app has a callback address already; an app has one."},
		Fix: api.Text{Zh: "用 update_call_back 更新，或先 delete_call_back。", En: "Change it by update_call_back, or delete_call_back first."}}
	absent = &api.Code{HTTP: http.StatusOK, Code: "71007", Msg: "回调地址已不存在", Cause: directory.ErrSubscriptionNotFound,
		Why: api.Text{Zh: "该应用没有注册回调地址。", En: "The app has no callback address."},
		Fix: api.Text{Zh: "先用 register_call_back 注册。", En: "Register one by register_call_back."}}
	unknownTag = &api.Code{HTTP: http.StatusOK, Code: "71008", Msg: "回调call_back_tag必须在指定的call_back_tag列表中",
		Why: api.Text{Zh: "call_back_tag 中有未知的事件类型。", En: "call_back_tag names an unknown event."},
		Fix: api.Text{Zh: "对照事件列表检查拼写。", En: "Compare its spelling with the list of events."}}
	incomplete = &api.Code{HTTP: http.StatusOK, Code: "71010", Msg: "POST的JSON数据不包含所需要的参数字段或包含的参数格式非法", Cause: directory.ErrReceiverToken,
		Why: api.Textf("缺少 call_back_tag、token、aes_key 或 url，或格式不对；token 为 %d 到 %d 个字符。", "call_back_tag, token, aes_key or url is missing or malformed; a token has %d to %d characters.", directory.MinReceiverToken, directory.MaxReceiverToken),
		Fix: api.Text{Zh: "四个参数都要给出。", En: "Give all four parameters."}}
	forbidden = &api.Code{HTTP: http.StatusOK, Code: "71013", Msg: "此域名或IP不能注册或者接收回调事件", Cause: directory.ErrReceiverForbidden,
		Why: api.Text{Zh: "地址指向本机或内网，而本部署不允许。", En: "The address leads to this machine or a private network, which this deployment does not allow."},
		Fix: api.Text{Zh: "使用公网地址，或由管理员打开 --events-allow-private。", En: "Use a public address, or have the administrator set --events-allow-private."}}
	badAESKey = &api.Code{HTTP: http.StatusOK, Code: "900004", Msg: "不合法的aeskey", Cause: directory.ErrReceiverKey,
		Why: api.Textf("aes_key 不是 %d 个字母和数字。", "aes_key is not %d letters and digits.", directory.ReceiverKeyLength),
		Fix: api.Textf("随机生成 %d 个字符，从 a-z、A-Z、0-9 中选取。", "Make %d random characters of a-z, A-Z and 0-9.", directory.ReceiverKeyLength)}
	badURL = &api.Code{HTTP: http.StatusOK, Code: "71011", Msg: "传入的url参数不是合法的url格式", Cause: directory.ErrReceiverURL,
		Why: api.Textf("url 不是 http 或 https 的绝对地址，或带有用户名、片段，或超过 %d 个字符。", "url is no absolute http or https address, or holds a user name or a fragment, or is longer than %d characters.", directory.MaxReceiverURL),
		Fix: api.Text{Zh: "给出形如 https://example.com/callback 的地址。", En: "Give an address like https://example.com/callback."}}
	// Recorded answers append the reason to the text.
	unreachable = &api.Code{HTTP: http.StatusOK, Code: "71012", Msg: "url地址访问异常,错误原因为:", Cause: directory.ErrReceiverUnreachable, Detail: reason,
		Why: api.Text{Zh: "连接不上回调地址，或它没有在 1500 毫秒内答复，或答复的状态码不是 200，或发生了跳转；原因在文本末尾。", En: "The address could not be reached, did not answer within 1500 milliseconds, redirected, or answered with a status other than 200; the end of the text says which."},
		Fix: api.Text{Zh: "检查域名、端口和证书；收到 check_url 后立即以 200 答复，不跳转，耗时的处理放到后台。", En: "Check name, port and certificate; answer check_url at once with 200 and without redirecting, and do slow work in the background."}}
	wrongAnswer = &api.Code{HTTP: http.StatusOK, Code: "71009", Msg: "返回文本非success", Cause: directory.ErrReceiverAnswer,
		Why: api.Text{Zh: "接收程序没有返回加密的 success，或签名、密钥不符，或 corpId 不对，或答复过长。", En: "The program did not answer with an encrypted success, or signature, key or corp id do not match, or the answer is too long."},
		Fix: api.Text{Zh: "加解密时 ownerKey 使用 corpId，并返回 msg_signature、timeStamp、nonce、encrypt 四项。", En: "Use the corp id as owner key, and answer msg_signature, timeStamp, nonce and encrypt."}}

	// As the vendor's gateway answers wrong credentials (public reports of
	// Stream clients quote it).
	authFailed = &api.Code{HTTP: http.StatusUnauthorized, Code: "authFailed", Msg: "鉴权失败", Cause: directory.ErrAppSecret,
		Why: api.Text{Zh: "没有这样的应用，或密钥不对，或应用已停用。", En: "There is no such app, its secret is wrong, or it is disabled."},
		Fix: api.Text{Zh: "核对 clientId 和 clientSecret，成对使用，不要有多余的空格。", En: "Check that clientId and clientSecret belong together and have no stray blanks."}}
	wrongAddress = &api.Code{HTTP: http.StatusForbidden, Code: "Forbidden.AccessDenied.IpNotInWhiteList", Msg: "访问ip不在白名单之中", Cause: directory.ErrAppAddress, Gateway: true,
		Why: api.Text{Zh: "应用限制了可以调用的来源地址，本次请求的地址不在其中。", En: "The app may be used from listed addresses only, and the request came from another one."},
		Fix: api.Text{Zh: "把出口地址加入应用的地址名单，或从名单内的地址连接。", En: "Add the address to the app's list, or connect from a listed address."}}
	invalidParam = &api.Code{HTTP: http.StatusBadRequest, Code: "invalid.param", Msg: "参数无效", Names: true,
		Why: api.Textf("subscriptions 缺失或格式不对，或超过 %d 项。", "subscriptions is missing or malformed, or has more than %d entries.", maxTopics),
		Fix: api.Text{Zh: "发送 [{\"type\":\"EVENT\",\"topic\":\"*\"}] 这样的列表。", En: "Send a list like [{\"type\":\"EVENT\",\"topic\":\"*\"}]."}}
)

// reason is the vendor's wording of why a receiver could not be reached.
// Without a cause, as for an armed code, it is the one that the vendor's pages
// quote.
func reason(cause error) string {
	e := &directory.ReceiverError{Status: http.StatusBadRequest}
	if cause != nil && !errors.As(cause, &e) {
		return "unknown"
	}
	switch {
	case e.Status >= 300 && e.Status < 400:
		return fmt.Sprintf("不允许3xx跳转.http statusCode is:%d跳转后地址为:%s", e.Status, e.Location)
	case e.Status != 0:
		return fmt.Sprintf("http statusCode is:%d", e.Status)
	case e.Late:
		return "java.net.SocketTimeoutException: Read timed out"
	}
	return e.Reason
}
