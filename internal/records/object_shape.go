package records

import (
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// kindRoutes is what the calls on the objects of a kind need to know of it.
type kindRoutes struct {
	kind          directory.Kind
	plural        string // in paths: "label-groups"
	one, many     string // in operation ids: "LabelGroup", "LabelGroups"
	zh            string
	en, enMany    string
	read, readAll string // permissions of the vendor's calls; "": only an admin key will do
	write         string
	filters       []parameterOf
	// vendor is the vendor's call that creates such an object: its codes stand
	// for the core's errors, too.
	vendor string
	sample map[string]any
}

var kinds = []kindRoutes{
	{
		kind: directory.ContactKind, plural: "contacts", one: "Contact", many: "Contacts",
		zh: "外部联系人", en: "external contact", enMany: "external contacts",
		read: "qyapi_ext_read", readAll: "qyapi_ext_read", write: "qyapi_ext_write", vendor: "dingtalk.oapi.extcontact.create",
		filters: []parameterOf{
			inQuery("label", whole(api.Text{Zh: "有这个标签的。", En: "Those with this label."})),
			inQuery("follower", text(api.Text{Zh: "由这名员工负责的。", En: "Those that this employee owns."})),
			inQuery("dept", whole(api.Text{Zh: "共享给这个部门的。", En: "Those shared with this department."})),
			mobileFilter, emailFilter, sinceFilter,
		},
		sample: map[string]any{
			"userId": "900001", "name": "测试甲", "mobile": "86-13900001234", "email": "jia@example.com", "title": "采购经理",
			"companyName": "示例科技", "address": "杭州市示例路 1 号", "remark": "2026 年展会", "followerUserId": "org1001",
			"labelIds": []any{1}, "shareDeptIds": []any{2}, "shareUserIds": []any{"org1002"},
		},
	},
	{
		kind: directory.EmployeeKind, plural: "employees", one: "Employee", many: "Employees",
		zh: "员工", en: "employee", enMany: "employees",
		read: "qyapi_get_member", readAll: "qyapi_get_department_member", write: "qyapi_manage_addresslist", vendor: "dingtalk.oapi.v2.user.create",
		filters: []parameterOf{
			inQuery("dept", whole(api.Text{Zh: "这个部门的。", En: "Those of this department."})),
			inQuery("recursive", truth(api.Text{Zh: "连同下级部门。", En: "With the departments below."})),
			mobileFilter, emailFilter, sinceFilter,
		},
		sample: map[string]any{
			"userId": "org1001", "name": "陈静", "mobile": "86-13800001001", "deptIds": []any{1}, "title": "技术总监", "jobNumber": "A-17",
			"email": "chenjing@example.com", "orgEmail": "chenjing@example.com", "hiredDate": int64(1709251200000),
		},
	},
	{
		kind: directory.DepartmentKind, plural: "departments", one: "Department", many: "Departments",
		zh: "部门", en: "department", enMany: "departments",
		read: "qyapi_get_department_list", readAll: "qyapi_get_department_list", write: "qyapi_manage_addresslist",
		vendor: "dingtalk.oapi.v2.department.create",
		filters: []parameterOf{
			inQuery("parent", whole(api.Text{Zh: "直属这个部门的。", En: "Those directly below this department."})),
			inQuery("recursive", truth(api.Text{Zh: "连同更下级的部门。", En: "With those further below."})),
		},
		sample: map[string]any{"deptId": 2, "name": "市场部", "parentId": 1, "order": 10},
	},
	{
		kind: directory.LabelKind, plural: "labels", one: "Label", many: "Labels",
		zh: "标签", en: "label", enMany: "labels", read: "qyapi_ext_read", readAll: "qyapi_ext_read", write: "qyapi_ext_write",
		filters: []parameterOf{inQuery("group", text(api.Text{Zh: "这个标签组的，编号或名称。", En: "Those of this group, by id or name."}))},
		sample:  map[string]any{"labelId": 1, "name": "重要客户", "groupId": 1, "group": "客户等级", "color": -15220075},
	},
	{
		kind: directory.LabelGroupKind, plural: "label-groups", one: "LabelGroup", many: "LabelGroups",
		zh: "标签组", en: "label group", enMany: "label groups", read: "qyapi_ext_read", readAll: "qyapi_ext_read", write: "qyapi_ext_write",
		sample: map[string]any{"groupId": 1, "name": "客户等级", "color": -15220075},
	},
	{
		kind: directory.MessageContactKind, plural: "message-contacts", one: "MessageContact", many: "MessageContacts",
		zh: "消息联系人", en: "message contact", enMany: "message contacts", vendor: "AddMessageContact",
		sample: map[string]any{"contactId": "c-qL4HqKONzOM7****", "name": "示例联系人", "email": "test@example.com", "title": "TechnicalDirector",
			"messageTypes": []any{"AccountExpenses"}},
	},
}

var (
	mobileFilter = inQuery("mobile", text(api.Text{Zh: "这个手机号的，形如 86-13900001234。", En: "Those with this mobile, like 86-13900001234."}))
	emailFilter  = inQuery("email", text(api.Text{Zh: "这个邮箱的。", En: "Those with this mail address."}))
	sinceFilter  = inQuery("updatedSince", moment(api.Text{Zh: "这个时间以来改动过的。", En: "Those changed since this time."}))
)

// pagingOf are the parameters of a list that every kind has.
func pagingOf() []parameterOf {
	sorts := []string{}
	for _, by := range []directory.ObjectSort{directory.ByCreation, directory.ByName, directory.ByUpdate} {
		sorts = append(sorts, string(by), "-"+string(by))
	}
	return []parameterOf{
		inQuery("q", text(api.Text{Zh: "搜索文本，与 mingce contact search 相同。", En: "A text to search for, as in mingce contact search."}).upTo(200)),
		inQuery("sort", text(api.Text{Zh: "次序；加 - 为倒序。缺省 created。", En: "The order; - reverses it. created if absent."}).oneOf(sorts...)),
		limitParameter, cursorParameter,
		inQuery("count", truth(api.Text{Zh: "同时返回总数 total。", En: "Also answer the total."})),
		revealParameter,
	}
}

var (
	limitParameter  = inQuery("limit", whole(api.Text{Zh: "每页个数，缺省 50。", En: "Entries of a page; 50 if absent."}).from(1, directory.MaxObjectPage))
	cursorParameter = inQuery("cursor", text(api.Text{Zh: "上一页的 next；其他参数须不变。", En: "next of the page before; the other parameters must be the same."}))
	revealParameter = inQuery("reveal", truth(api.Text{
		Zh: "返回完整的手机号和邮箱：需要管理密钥，或应用有 fieldMobile、fieldEmail；记入历史。",
		En: "Answer phones and mail addresses in clear: for an admin key, or an app with fieldMobile and fieldEmail; it is recorded in the history.",
	}))
)

// defaultPage is the number of entries of a page without limit.
const defaultPage = 50

// texts of the fields, by their names in all kinds.
var fieldTexts = map[string]api.Text{
	"userId":         {Zh: "编号；新建时可以给出，否则生成。", En: "Id; a new object may bring one, else it is generated."},
	"deptId":         {Zh: "编号；新建时可以给出，否则生成。", En: "Id; a new object may bring one, else it is generated."},
	"labelId":        {Zh: "标签编号。", En: "Id of the label."},
	"groupId":        {Zh: "标签组编号。", En: "Id of the label group."},
	"contactId":      {Zh: "编号；由服务生成。", En: "Id; generated by the server."},
	"name":           {Zh: "名称。", En: "Name."},
	"mobile":         {Zh: "手机号，国家码-号码。", En: "Mobile: country code, hyphen, number."},
	"email":          {Zh: "邮箱。", En: "Mail address."},
	"title":          {Zh: "职位。", En: "Job title."},
	"companyName":    {Zh: "公司。", En: "Company."},
	"address":        {Zh: "地址。", En: "Address."},
	"remark":         {Zh: "备注，可以多行。", En: "Remark; may have several lines."},
	"followerUserId": {Zh: "负责人，一名员工的 userId。", En: "Owner: userId of an employee."},
	"labelIds":       {Zh: "标签编号。", En: "Ids of labels."},
	"shareDeptIds":   {Zh: "共享给的部门。", En: "Departments it is shared with."},
	"shareUserIds":   {Zh: "共享给的员工。", En: "Employees it is shared with."},
	"deptIds":        {Zh: "所在部门，第一个为主部门。", En: "Departments; the first is the main one."},
	"jobNumber":      {Zh: "工号。", En: "Job number."},
	"orgEmail":       {Zh: "企业邮箱。", En: "Mail address of the organisation."},
	"telephone":      {Zh: "座机或分机。", En: "Telephone or extension."},
	"workPlace":      {Zh: "办公地点。", En: "Place of work."},
	"managerUserId":  {Zh: "直属主管的 userId。", En: "userId of the manager."},
	"hiredDate":      {Zh: "入职日期，Unix 毫秒。", En: "Date of hire, in Unix milliseconds."},
	"hideMobile":     {Zh: "对同事隐藏手机号。", En: "The mobile is hidden from colleagues."},
	"gender":         {Zh: "性别。", En: "Gender."},
	"accountType":    {Zh: "账号类型。", En: "Type of the account."},
	"disabled":       {Zh: "已停用。", En: "The account is disabled."},
	"admin":          {Zh: "是主管理员。", En: "Is a main administrator."},
	"extra":          {Zh: "其余存储的内容，用厂商的名称。", En: "What is stored beyond the fields, by the vendor's names."},
	"parentId":       {Zh: "上级部门；缺省 1，即根部门。", En: "The department above; 1, the root, if absent."},
	"order":          {Zh: "在上级部门中的次序。", En: "Order among its siblings."},
	"code":           {Zh: "在其他系统中的标识。", En: "Identifier elsewhere."},
	"managerUserIds": {Zh: "部门主管的 userId。", En: "userIds of the managers."},
	"group":          {Zh: "标签组的名称。", En: "Name of the label group."},
	"color":          {Zh: "颜色；标签为所在组的颜色。", En: "Colour; of a label, that of its group."},
	"phone":          {Zh: "手机号，国家码-号码。", En: "Mobile: country code, hyphen, number."},
	"messageTypes":   {Zh: "接收的消息类型。", En: "Types of messages that are received."},
	"members":        {Zh: "绑定到的账号、资源夹或资源目录。", En: "Accounts, folders or the directory that it is bound to."},
	"status":         {Zh: "验证状态。", En: "Whether its addresses are verified."},
	"version":        {Zh: "版本，从 1 起，每次改动加一。", En: "Version: 1, and one more with each change."},
	"createdAt":      {Zh: "创建时间；较早版本未记录的没有。", En: "Time of creation; absent where an earlier version did not note it."},
	"updatedAt":      {Zh: "最后改动的时间；较早版本未记录的没有。", En: "Time of the last change; absent where an earlier version did not note it."},
}

// fieldShape is the shape of a field of a kind.
func (k *kindRoutes) fieldShape(f directory.ObjectField) *shape {
	doc := fieldTexts[f.Name]
	s := &shape{doc: doc, told: true}
	switch f.Type {
	case directory.TextField:
		s.is, s.runes = textShape, f.Most
	case directory.NumberField, directory.DateField:
		s.is = wholeShape
	case directory.BoolField:
		s.is = boolShape
	case directory.TextsField:
		s.is, s.items, s.size = listShape, &shape{is: textShape}, f.Most
	case directory.NumbersField:
		s.is, s.items, s.size = listShape, &shape{is: wholeShape}, f.Most
	case directory.ExtraField:
		s.is, s.items = mapShape, &shape{is: anyShape}
	}
	s.sample = k.sample[f.Name]
	return s
}

// stamps are the members that the server sets on every object.
func stamps() []field {
	return []field{
		{name: "version", required: true, readOnly: true, shape: whole(fieldTexts["version"]).example(1)},
		{name: "createdAt", readOnly: true, shape: moment(fieldTexts["createdAt"]).example("2026-11-29T08:00:00.000Z")},
		{name: "updatedAt", readOnly: true, shape: moment(fieldTexts["updatedAt"]).example("2026-11-29T08:00:00.000Z")},
	}
}

// shown is an object of the kind in an answer.
func (k *kindRoutes) shown() *shape {
	var fields []field
	for i, f := range k.kind.Fields() {
		fields = append(fields, field{name: f.Name, required: i == 0, readOnly: f.ReadOnly, shape: k.fieldShape(f)})
	}
	return members(append(fields, stamps()...)...).named(k.one)
}

// created is an object of the kind that is to be created. What is missing or too
// long is told by the rules, not by the shape.
func (k *kindRoutes) created() *shape { return k.written("Create", true) }

// changed is a change of an object: null clears a field.
func (k *kindRoutes) changed() *shape { return k.written("Change", false) }

func (k *kindRoutes) written(suffix string, create bool) *shape {
	var fields []field
	for _, f := range k.kind.Fields() {
		s := k.fieldShape(f)
		needed := create && f.Required && !k.optional(f)
		s.nullable = !needed
		fields = append(fields, field{name: f.Name, required: needed, readOnly: f.ReadOnly, shape: s})
	}
	for _, f := range stamps() {
		f.required = false
		f.shape = f.shape.described(api.Text{Zh: f.doc.Zh + "由服务设定，发送时不起作用。", En: f.doc.En + " Set by the server; ignored when it is sent."})
		fields = append(fields, f)
	}
	s := members(fields...).named(k.one + suffix)
	s.told = true
	return s
}

// optional reports whether a required field may be absent all the same: a label
// can name its group by id, and only normal accounts need a mobile.
func (k *kindRoutes) optional(f directory.ObjectField) bool {
	return k.kind == directory.LabelKind && f.Name == "group" || k.kind == directory.EmployeeKind && f.Name == "mobile"
}

// base is the path of the kind's list.
func (k *kindRoutes) base() string {
	if k.kind == directory.MessageContactKind {
		return "/mingce/v1/directories/{directoryId}/" + k.plural
	}
	return orgPath + "/" + k.plural
}

const orgPath = "/mingce/v1/orgs/{corpId}"

// texts for operations, with the kind's name in both languages.
func (k *kindRoutes) say(zh, en string) api.Text {
	return api.Text{Zh: strings.ReplaceAll(zh, "%", k.zh), En: strings.NewReplacer("%%", k.enMany, "%", k.en).Replace(en)}
}
