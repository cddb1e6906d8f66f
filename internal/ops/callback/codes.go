package callback

import (
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// The vendor's numbers and texts for callbacks ([doc0013]).
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
	incomplete = &api.Code{HTTP: http.StatusOK, Code: "71010", Msg: "POST的JSON数据不包含所需要的参数字段或包含的参数格式非法",
		Why: api.Text{Zh: "缺少 call_back_tag、token、aes_key 或 url，或格式不对；token 为 6 到 63 个字符。", En: "call_back_tag, token, aes_key or url is missing or malformed; a token has 6 to 63 characters."},
		Fix: api.Text{Zh: "四个参数都要给出。", En: "Give all four parameters."}}
	forbidden = &api.Code{HTTP: http.StatusOK, Code: "71013", Msg: "此域名或IP不能注册或者接收回调事件", Cause: directory.ErrReceiverForbidden,
		Why: api.Text{Zh: "地址指向本机或内网，而本部署不允许。", En: "The address leads to this machine or a private network, which this deployment does not allow."},
		Fix: api.Text{Zh: "使用公网地址，或由管理员打开 --events-allow-private。", En: "Use a public address, or have the administrator set --events-allow-private."}}
	badAESKey = &api.Code{HTTP: http.StatusOK, Code: "900004", Msg: "不合法的aeskey",
		Why: api.Text{Zh: "aes_key 不是 43 个字母和数字。", En: "aes_key is not 43 letters and digits."},
		Fix: api.Text{Zh: "随机生成 43 个字符，从 a-z、A-Z、0-9 中选取。", En: "Make 43 random characters of a-z, A-Z and 0-9."}}
	badURL = &api.Code{HTTP: http.StatusOK, Code: "400050", Msg: "回调地址无效", Cause: directory.ErrReceiverURL,
		Why: api.Text{Zh: "url 不是 http 或 https 的绝对地址，或带有用户名、片段，或超过 1024 个字符。", En: "url is no absolute http or https address, or holds a user name or a fragment, or is longer than 1024 characters."},
		Fix: api.Text{Zh: "给出形如 https://example.com/callback 的地址。", En: "Give an address like https://example.com/callback."}}
	unreachable = &api.Code{HTTP: http.StatusOK, Code: "400051", Msg: "回调地址访问异常", Cause: directory.ErrReceiverUnreachable,
		Why: api.Text{Zh: "连接不上回调地址。", En: "No connection to the address could be made."},
		Fix: api.Text{Zh: "检查域名、端口和证书，并确认接收程序已启动。", En: "Check name, port and certificate, and that the receiving program runs."}}
	wrongAnswer = &api.Code{HTTP: http.StatusOK, Code: "400052", Msg: "回调地址访返回数据错误", Cause: directory.ErrReceiverAnswer,
		Why: api.Text{Zh: "接收程序没有以 HTTP 200 返回加密的 success，或签名、密钥、corpId 不符，或发生了跳转。", En: "The program did not answer 200 with an encrypted success, or signature, key or corp id do not match, or it redirected."},
		Fix: api.Text{Zh: "加解密时 ownerKey 使用 corpId，并返回 msg_signature、timeStamp、nonce、encrypt 四项。", En: "Use the corp id as owner key, and answer msg_signature, timeStamp, nonce and encrypt."}}
	timedOut = &api.Code{HTTP: http.StatusOK, Code: "400054", Msg: "回调URL访问超时", Cause: directory.ErrReceiverTimeout,
		Why: api.Text{Zh: "接收程序在 1500 毫秒内没有答复。", En: "The program did not answer within 1500 milliseconds."},
		Fix: api.Text{Zh: "收到 check_url 后立即答复，耗时的处理放到后台。", En: "Answer check_url at once; do slow work in the background."}}

	// Decision: for an app that subscribed neither over HTTP nor in Stream mode.
	noCallback = &api.Code{HTTP: http.StatusOK, Code: "400040", Msg: "回调不存在", Cause: directory.ErrSubscriptionNotFound,
		Why: api.Text{Zh: "该应用没有订阅任何事件。", En: "The app has subscribed to no events."},
		Fix: api.Text{Zh: "先用 register_call_back 注册，或以 Stream 模式连接。", En: "Register by register_call_back, or connect in Stream mode."}}

	// As the vendor's gateway answers wrong credentials (public reports of
	// Stream clients quote it).
	authFailed = &api.Code{HTTP: http.StatusUnauthorized, Code: "authFailed", Msg: "鉴权失败", Cause: directory.ErrAppSecret,
		Why: api.Text{Zh: "没有这样的应用，或密钥不对，或应用已停用。", En: "There is no such app, or the secret is wrong, or the app was switched off."},
		Fix: api.Text{Zh: "核对 clientId 和 clientSecret，成对使用，不要有多余的空格。", En: "Check clientId and clientSecret: a pair, without stray blanks."}}
	wrongAddress = &api.Code{HTTP: http.StatusForbidden, Code: "Forbidden.AccessDenied.IpNotInWhiteList", Msg: "访问ip不在白名单之中", Cause: directory.ErrAppAddress,
		Why: api.Text{Zh: "应用限制了可以调用的来源地址，本次请求的地址不在其中。", En: "The app may be used from listed addresses only, and the request came from another one."},
		Fix: api.Text{Zh: "把出口地址加入应用的地址名单，或从名单内的地址连接。", En: "Add the address to the app's list, or connect from a listed address."}}
	invalidParam = &api.Code{HTTP: http.StatusBadRequest, Code: "invalid.param", Msg: "参数无效",
		Why: api.Text{Zh: "subscriptions 缺失或格式不对，或超过 100 项。", En: "subscriptions is missing or malformed, or has more than 100 entries."},
		Fix: api.Text{Zh: "发送 [{\"type\":\"EVENT\",\"topic\":\"*\"}] 这样的列表。", En: "Send a list like [{\"type\":\"EVENT\",\"topic\":\"*\"}]."}}
)
