package dingtalk

import (
	"net/http"
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/api"
)

// provoked declares a code that this gateway answers only when it is armed, or
// that an operation answers with its own explanation
// (docs/spec/dingtalk.md#armed-codes-of-the-rest-gateway).
func provoked(status int, name, msg, en string) *api.Code {
	fix := api.Text{Zh: "对照接口页面检查请求；若是注入的故障，请清除。", En: "Compare the request with the operation's page; if it is an armed fault, clear it."}
	if status >= http.StatusInternalServerError {
		fix = api.Text{Zh: "稍后重试；若是注入的故障，请清除。", En: "Try again later; if it is an armed fault, clear it."}
	}
	return &api.Code{HTTP: status, Code: name, Msg: msg, Fix: fix, Why: api.Text{
		Zh: msg + "。接口自己返回它时另有说明；否则只在注入故障时出现。",
		En: en + ". An operation that answers it has its own explanation; otherwise it occurs only when a fault is armed.",
	}}
}

// waiting marks a code after which a caller should retry.
func waiting(c *api.Code) *api.Code {
	c.Wait = true
	return c
}

// Codes of the gateway, for all operations.
var (
	restTokenBusy = waiting(provoked(http.StatusInternalServerError, "systemBusy", "系统繁忙", "The system is busy; the code of token calls"))

	restTooMany = waiting(provoked(http.StatusTooManyRequests, "systemBusy", "请求太频繁", "There are too many requests"))

	restAPIDenied = provoked(http.StatusBadRequest, "apiPermissionDenied", "无权限访问此接口", "There is no permission for the operation")

	restArmed = []*api.Code{
		provoked(http.StatusBadRequest, "accesstoken.expired", "用户accessToken过期", "The person's token has expired"),
		restAPIDenied,
		waiting(provoked(http.StatusForbidden, "Forbidden.AccessDenied.QpmLimitForSuitekeyAndOrgAndApi",
			"您的ISV应用调用钉钉开放平台当前接口的所有请求都被暂时禁用了", "A third-party app called the operation for one organisation more often per minute than allowed")),
		restTooMany,
		provoked(http.StatusInternalServerError, "unknownError", "未知错误", "An unknown error"),
	}
)

// Codes of operations: token calls, and those of the contact product.
var restOfOperations = []*api.Code{
	provoked(400, "invalidClientIdOrSecret", "无效的clientId或者clientSecret", "Client id or secret is wrong"),
	provoked(400, "invalidCode", "无效的授权码", "The code is not valid"),
	provoked(400, "invalidToken", "无效的token", "The token is not valid"),
	provoked(400, "invalidParameter.authCode.notFound", "不合法的临时授权码", "There is no such temporary code"),
	provoked(400, "invalidSuiteKey", "suitekey不合法", "The suite key is not valid"),
	provoked(400, "invalidSuiteTicket", "suiteTicket无效", "The suite ticket is not valid"),
	provoked(400, "invalidAuthInfo", "授权关系不存在", "There is no such authorisation"),
	provoked(400, "invalid.client", "invalid.client", "Client id or secret is wrong"),
	provoked(400, "unsupported.grant.type", "unsupported.grant.type", "The grant type is not supported"),
	provoked(401, "unauthorized.client", "unauthorized.client", "The client is not authorised"),
	waiting(provoked(500, "server.error", "server.error", "The server failed")),

	provoked(400, "user.not.exist", "用户不存在", "There is no such person"),
	provoked(400, "exclusive.account.only", "只能操作归属该组织的专属账号", "Only org accounts of the organisation can be used"),
	provoked(400, "exclusive.account.limit", "只能操作归属该组织的专属账号", "Only org accounts of the organisation can be used"),
	provoked(400, "profile.not.exist", "账号不存在", "There is no such account"),
	provoked(400, "employee.not.exist", "员工不存在", "There is no such employee"),
	provoked(400, "emp.not.exist", "员工不存在", "There is no such employee"),
	provoked(400, "not.main.administrator", "不是主管理员(创建者)", "The person is not the main administrator"),
	provoked(400, "incorrect.format", "钉钉号格式不正确，请重新输入", "The DingTalk id is malformed"),
	provoked(400, "incorrect.length", "钉钉号格式不正确，请重新输入", "The DingTalk id has a wrong length"),
	provoked(400, "incorrect.reserved", "该钉钉号已被占用，请重新输入", "The DingTalk id is taken"),
	provoked(400, "have.been.set", "你已经设置过钉钉号，无法修改", "The DingTalk id was set before"),
	provoked(400, "internalenterpriseaccount.limit", "仅限处理归属本企业的企业账号", "Only org accounts of the organisation can be used"),
	provoked(400, "invalid.userid", "找不到该用户", "There is no such person"),
	provoked(400, "illegal.migration.unionId", "非法的migrationUnionId", "The migrationUnionId is not valid"),
	provoked(400, "invalid.unionId", "invalid unionId", "The unionId is not valid"),
	provoked(400, "parameter.error", "参数错误", "A parameter is wrong"),
	provoked(500, "listsize.too.long", "userId列表超过100", "There are more than 100 user ids"),
	provoked(400, "invalidParameter.system.param", "无效的企业targetCorpId", "There is no organisation targetCorpId"),
	provoked(400, "permission.denied", "没有权限获取企业认证信息", "The app may not read the organisation's certification"),
	provoked(500, "service.system.error", "系统错误", "The system failed"),
	provoked(400, "invalidParameter.param.invalid", "入参错误", "A parameter is wrong"),
	provoked(500, "system.error", "系统错误", "The system failed"),
	provoked(400, "ruleNum.exceed.limit", "该类型可见性规则数量已达上限", "The limit of rules of this kind is reached"),
	provoked(400, "forbid.add.rule", "当前企业可见性规则数量超限，禁止新增规则", "The limit of rules is reached"),
	provoked(400, "directory.invalid", "规则directory不可用", "The directory of the rule cannot be used"),
	provoked(400, "userIdInvalid", "userId不存在", "There is no such person"),
	provoked(400, "excludeNodeExceed", "excludeUserIds、excludeDeptIds、excludeTagIds三个数组元素之和不能超过50", "There are more than 50 exceptions"),
	provoked(400, "subjectNodeExceed", "subjectUserIds、subjectDeptIds、subjectTagIds三个数组元素之和不能超过50", "There are more than 50 subjects"),
	provoked(400, "typeInvalid", "type只能是excludeNode、onlySelf、onlySelfDeptAndChild中的一个", "The type is not one of the three"),
	provoked(400, "subjectNodeEmpty", "subjectUserIds、subjectDeptIds、subjectTagIds不能都为空", "There are no subjects"),
	provoked(400, "idInvalid", "id对应的设置不存在", "There is no such setting"),
	provoked(404, "invalidParameter.user.notFound", "找不到该用户", "There is no such person"),
}

// RESTCodes returns every code of the REST gateway itself, and those of
// operations that can be armed.
func RESTCodes() []*api.Code {
	return slices.Concat(restCodes(), restArmed, []*api.Code{restTokenBusy}, restOfOperations)
}

// restInPlaceOf returns the code to answer for an armed code: the calls for
// tokens have their own code for a busy server.
func restInPlaceOf(o *api.Operation, c *api.Code) *api.Code {
	forTokens := func(r api.Route) bool { return strings.HasPrefix(r.Path, "/v1.0/oauth2/") }
	if c == restTooMany && slices.ContainsFunc(o.Routes, forTokens) {
		return restTokenBusy
	}
	return c
}

// restOwn reports whether a code is an operation's, not the gateway's: the two
// differ in the order of their keys
// (docs/spec/dingtalk.md#error-bodies-of-the-rest-gateway). Codes of admission
// count as the gateway's, even if an operation declares them.
func restOwn(o *api.Operation, c *api.Code) bool {
	if c.Gateway {
		return false
	}
	return slices.Contains(restOfOperations, c) || c == restTokenBusy || o != nil && slices.Contains(o.Codes(), c)
}
