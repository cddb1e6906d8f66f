package top

import "github.com/mingce/mingce/internal/api"

// apiAccessLimit is the sub code of a throttled call.
const apiAccessLimit = "accesscontrol.limited-by-api-access-count"

// apiAccessLimited is 7 under the name of its sub code.
var apiAccessLimited = below(7, "App Call Limited", apiAccessLimit, "",
	api.Text{Zh: "该应用调用此接口过于频繁；sub_msg 写明还要等多少秒。", En: "The app calls this method too often; sub_msg has the seconds to wait."},
	api.Text{Zh: "等待后重试，并把调用分散开。", En: "Wait, try again, and spread the calls over time."}).waiting()

// The other sub codes of the platform
// (docs/spec/top.md#sub-codes-of-the-platform): isv, the caller's fault, is
// under 50, a missing permission under 11, and isp, the server's fault, under
// 15. No request causes them here.
var subCodes = []*gatewayCode{
	isv("isv.missing-parameter", "缺少参数", "A required parameter is missing"),
	isv("isv.missing-parameter:<Name>", "缺少参数", "A required parameter is missing; it is named after the colon"),
	isv("isv.invalid-parameter", "非法参数", "A value is not valid"),
	isv("isv.invalid-parameter:<Name>", "非法参数", "A value is not valid; its parameter is named after the colon"),
	isv("isv.invalid-permission", "没有权限", "The caller may not do this"),
	isv("isv.parameters-mismatch:<Name>", "参数不匹配", "Two parameters contradict each other; they are named after the colon"),
	isv("isv.<Name>-not-exist:invalid-<Name>", "对象不存在", "The object is not found"),
	isv("isv.<Name>-service-error:<Name>", "业务错误", "A rule of the service failed"),
	isv("isv.appkey-not-exists", "", "There is no such app_key").under(29, "Invalid app Key"),
	isv("isv.permission-api-package-limit", "", "The app has no permission package with this method").under(11, "Insufficient ISV Permissions"),
	isv("isv.permission-<Name>", "", "The app lacks a permission").under(11, "Insufficient ISV Permissions"),
	isp("isp.unknown-error", "", "The server failed"),
	isp("isp.<Name>-service-unavailable", "服务不可用", "A service behind the gateway is not available").waiting(),
	isp("isp.remote-service-error", "远程服务出错", "A service behind the gateway failed"),
	isp("isp.remote-service-timeout", "远程服务超时", "A service behind the gateway took too long"),
	isp("isp.remote-connection-error", "远程服务连接出错", "A service behind the gateway could not be reached"),
	isp("isp.null-pointer-exception", "系统内部错误", "The server failed"),
	isp("isp.top-parse-error", "系统内部错误", "The gateway could not read an answer"),
	isp("isp.top-mapping-parse-error", "系统内部错误", "The gateway could not read an answer"),
	isp("isp.top-remote-connection-timeout", "远程连接超时", "The gateway could not reach a service in time"),
	isp("isp.top-remote-connection-error", "远程连接出错", "The gateway could not reach a service"),
	isp("isp.top-remote-unknown-error", "远程服务未知错误", "A service behind the gateway failed"),
}

// Inferred: the text of sub_msg; the vendor's table gives only meanings.
func isv(sub, msg, en string) *gatewayCode {
	return provoked(50, sub, msg, en, api.Text{Zh: "检查请求；若是注入的故障，请清除。", En: "Check the request; if it is an armed fault, clear it."})
}

func isp(sub, msg, en string) *gatewayCode {
	return provoked(15, sub, msg, en, api.Text{Zh: "稍后重试；若是注入的故障，请清除。", En: "Try again later; if it is an armed fault, clear it."})
}

func provoked(number int, sub, msg, en string, fix api.Text) *gatewayCode {
	return below(number, "Remote service error", sub, msg, api.Text{Zh: "只在注入故障时出现，是该子错误码的答复。",
		En: en + ". By this name it occurs only when a fault is armed."}, fix)
}

// under moves a sub code to another outer code.
func (c *gatewayCode) under(number int, msg string) *gatewayCode {
	c.number, c.msg = number, msg
	if c.subMsg == "" {
		c.code.Msg = msg
	}
	return c
}
