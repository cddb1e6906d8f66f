package records

import (
	"net/http"

	"github.com/mingce/mingce/internal/api"
)

// routes are all calls of the API, in the order of its document.
func (a *API) routes() []*route {
	var list []*route
	for i := range kinds {
		list = append(list, kinds[i].objectRoutes()...)
		list = append(list, kinds[i].bulkRoute())
		list = append(list, kinds[i].versionRoutes()...)
	}
	for _, more := range [...][]*route{historyRoutes(), undoRoutes(), binRoutes(), erasureRoutes(), {personRoute()}, importRoutes(), exportRoutes()} {
		list = append(list, more...)
	}
	list = append(list, otherRoutes()...)
	return append(list, documentRoutes()...)
}

// documentRoutes are the OpenAPI documents. Like the reference, they are for
// everybody.
func documentRoutes() []*route {
	any := mapOf(&shape{is: anyShape}, api.Text{Zh: "OpenAPI 3.1 文档。", En: "An OpenAPI 3.1 document."})
	return []*route{
		{
			method: http.MethodGet, path: "/mingce/v1/openapi.json", id: "getOpenAPI", tag: "OpenAPI", access: access{public: true},
			doc:     api.Text{Zh: "本接口的 OpenAPI 文档。", En: "The OpenAPI document of this API."},
			answers: []answerOf{{status: http.StatusOK, doc: api.Text{Zh: "文档。", En: "The document."}, shape: any}},
			do:      func(c *call) (*reply, error) { return &reply{status: http.StatusOK, text: c.document()}, nil },
		},
		{
			method: http.MethodGet, path: "/mingce/v1/openapi/vendors.json", id: "getVendorsOpenAPI", tag: "OpenAPI", access: access{public: true},
			doc:     api.Text{Zh: "厂商接口的 OpenAPI 文档。", En: "The OpenAPI document of the vendors' calls."},
			answers: []answerOf{{status: http.StatusOK, doc: api.Text{Zh: "文档。", En: "The document."}, shape: any}},
			do:      func(c *call) (*reply, error) { return &reply{status: http.StatusOK, text: c.vendors()}, nil },
		},
	}
}

// otherRoutes are the calls of package control below /mingce/v1 (docs/control-api.md).
func otherRoutes() []*route {
	to := inPath("toCorpId", word("获得授权的组织。", "The organisation that has the grant."))
	visibility, joining := access{app: true, permission: "Contact.OrgAccount.VisiblityInOtherOrg"}, access{app: true, permission: "Contact.OrgAccountSecurity.ReadWrite"}
	done := members(required("result", truth(api.Text{Zh: "总是 true。", En: "Always true."}))).named("Done")
	ok := func(s *shape) []answerOf {
		return []answerOf{{status: http.StatusOK, doc: api.Text{Zh: "成功。", En: "Success."}, shape: s}}
	}
	grant := []field{
		required("toCorpId", word("获得授权的组织。", "The organisation that has the grant.")), required("toCorpName", word("它的名称。", "Its name.")),
		required("updatedAt", moment(api.Text{Zh: "授权时间。", En: "Time of the grant."})),
	}
	visible := members(append(grant[:3:3], required("fields", list(word("字段。", "Field."), api.Text{Zh: "开放的字段。", En: "Fields that are open."})),
		required("optUserId", word("操作人。", "Who made the grant.")))...).named("VisibilityGrant")
	join := members(append(grant[:3:3], optional("grantDeptIdList", list(whole(api.Text{}), api.Text{Zh: "部门；没有时为全部。", En: "Departments; absent means everybody."})))...).named("JoinGrant")
	consent := members(
		required("person", word("手机号或登录邮箱，已掩码。", "Mobile or login mail, masked.")), required("given", truth(api.Text{Zh: "是否同意。", En: "Whether the person agreed."})),
		optional("givenAt", moment(api.Text{Zh: "同意的时间。", En: "When."})), optional("until", moment(api.Text{Zh: "有效期。", En: "How long it is valid."}))).named("Consent")
	return []*route{
		{method: http.MethodGet, path: orgPath + "/visibility-grants", id: "listVisibilityGrants", tag: "Grants", access: visibility,
			doc:     api.Text{Zh: "列出对其他组织的可见授权。", En: "Lists the visibility grants of the organisation."},
			answers: ok(members(required("grants", list(visible, api.Text{}))))},
		{method: http.MethodDelete, path: orgPath + "/visibility-grants/{toCorpId}", id: "withdrawVisibilityGrant", tag: "Grants", access: visibility,
			doc:        api.Text{Zh: "撤回可见授权；没有时也成功。", En: "Withdraws a visibility grant; also succeeds if there is none."},
			parameters: []parameterOf{to, inQuery("optUserId", word("操作人，本组织的员工。", "An employee in whose name it is done."))}, answers: ok(done)},
		{method: http.MethodGet, path: orgPath + "/join-grants", id: "listJoinGrants", tag: "Grants", access: joining,
			doc:     api.Text{Zh: "列出允许本组织企业账号加入的组织。", En: "Lists the organisations whose employees this one's org accounts may become."},
			answers: ok(members(required("grants", list(join, api.Text{}))))},
		{method: http.MethodDelete, path: orgPath + "/join-grants/{toCorpId}", id: "withdrawJoinGrant", tag: "Grants", access: joining,
			doc:        api.Text{Zh: "撤回加入授权；已加入的账号保留。", En: "Withdraws a join grant; accounts that have joined stay."},
			parameters: []parameterOf{to}, answers: ok(done)},
		{method: http.MethodGet, path: orgPath + "/consents", id: "listConsents", tag: "Consents",
			doc:     api.Text{Zh: "列出已同意成为员工、尚未加入的人。", En: "Lists the people who agreed to become employees and were not added yet."},
			answers: ok(members(required("consents", list(consent, api.Text{}))))},
		{method: http.MethodPost, path: orgPath + "/consents", id: "setConsent", tag: "Consents",
			doc: api.Text{Zh: "记录一个人是否同意成为员工。", En: "Records whether a person agrees to become an employee."},
			body: members(required("person", word("手机号或登录邮箱。", "A mobile or a login mail.").example("+86-13900001234")),
				required("given", truth(api.Text{Zh: "是否同意。", En: "Whether the person agrees."}))),
			answers: ok(consent)},
		{method: http.MethodPost, path: orgPath + "/notifications", id: "sendNotification", tag: "Notifications",
			doc: api.Text{Zh: "向账号的消息联系人发送消息。", En: "Sends to the message contacts that are in effect for an account."},
			body: members(required("account", word("账号编号。", "Id of the account.")), required("type", word("消息类型。", "Type of the message.")),
				required("subject", word("标题。", "Subject.")), required("text", word("正文。", "Text."))),
			answers: ok(members(required("id", word("消息编号。", "Id of the message.")), required("receivers", list(members(
				required("contactId", word("消息联系人。", "The message contact.")),
				required("channels", list(word("渠道。", "Channel."), api.Text{}))), api.Text{Zh: "接收者。", En: "Who gets it."}))))},
		{method: http.MethodPost, path: "/mingce/v1/admin/commands", id: "runCommand", tag: "Commands",
			doc: api.Text{Zh: "在服务器中运行管理命令。", En: "Runs an administration command inside the server."},
			body: members(required("args", list(word("参数。", "Argument."), api.Text{Zh: "命令行，不含程序名。", En: "The command line without the program's name."})),
				optional("files", mapOf(text(api.Text{}), api.Text{Zh: "命令行所指的文件。", En: "The files that it names."}))),
			answers: ok(members(required("out", word("标准输出。", "Its output.")), required("err", word("标准错误。", "Its errors.")), required("exit", whole(api.Text{Zh: "退出码。", En: "Its exit code."}))))},
	}
}
