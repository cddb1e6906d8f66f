package records

import (
	"github.com/mingce/mingce/internal/api"
)

// ruleTexts say what each rule means and what helps
// (docs/spec/records.md#row-codes). %d is the limit.
var ruleTexts = map[string]api.Text{
	"missing":            {Zh: "必填，不能为空；请给出一个值。", En: "It is required and may not be empty; give a value."},
	"tooLong":            {Zh: "最多 %d 个字符；请缩短。", En: "It may have at most %d characters; shorten it."},
	"tooMany":            {Zh: "最多 %d 项；请减少。", En: "It may have at most %d entries; use fewer."},
	"characterInvalid":   {Zh: "含有控制字符、不是合法的文本，或部门名称含有“-”或逗号；请去掉它们。", En: "It holds control characters, is no valid text, or is the name of a department with a hyphen or comma; remove them."},
	"valueInvalid":       {Zh: "值不合法；请对照字段的说明更正。", En: "The value is not valid; correct it as the field's description says."},
	"fieldUnknown":       {Zh: "没有这个字段；请更正或去掉。", En: "There is no such field; correct it or leave it out."},
	"maskedValue":        {Zh: "这是掩码后的值，不能写回；去掉这个字段，或以 reveal=true 读取完整的值再改。", En: "This is a masked value, which cannot be stored; leave the field out, or read the clear value with reveal=true and change that."},
	"mobileInvalid":      {Zh: "不是合法的号码；写成 国家码-号码，如 86-13900001234。", En: "It is no valid number; write country code, hyphen and number, like 86-13900001234."},
	"emailInvalid":       {Zh: "不是合法的邮箱；写成 name@example.com。", En: "It is no valid mail address; write it like name@example.com."},
	"dateInvalid":        {Zh: "不是合法的日期；写成 2024-03-01。", En: "It is no valid date; write it like 2024-03-01."},
	"idTaken":            {Zh: "编号已被使用，或曾被使用；换一个，或不给出编号。", En: "The id is or was another object's; choose another, or give none."},
	"mobileTaken":        {Zh: "号码已属于另一个对象；改用那个对象，或换一个号码。", En: "Another object has this number; change that one, or use another number."},
	"emailTaken":         {Zh: "邮箱已属于另一名员工；换一个邮箱。", En: "Another employee has this mail address; use another."},
	"nameTaken":          {Zh: "同名的对象已存在；换一个名称，或使用已有的。", En: "There is another of this name; choose another name, or use that one."},
	"employeeMobile":     {Zh: "这是本企业一名员工的号码，不能作为外部联系人；换一个号码。", En: "This is the number of an employee, who cannot be an external contact; use another number."},
	"ownerNotFound":      {Zh: "负责人不是本企业的员工；给出一名员工的 userId。", En: "The owner is no employee; give the userId of one."},
	"employeeNotFound":   {Zh: "没有这名员工，或不是该部门的直属成员而不能作其主管；核对 userId。", En: "There is no such employee, or, as a manager of a department, none of its direct members; check the userId."},
	"labelNotFound":      {Zh: "没有这个标签；先创建它，或核对编号。", En: "There is no such label; create it first, or check the id."},
	"departmentNotFound": {Zh: "没有这个部门；先创建它，或核对编号。", En: "There is no such department; create it first, or check the id."},
	"departmentDepth":    {Zh: "部门的层级太深；放在更上级的部门之下。", En: "The department would be too deep in the tree; put it below a higher one."},
	"departmentCycle":    {Zh: "部门不能放在自己之下；换一个上级部门。", En: "A department cannot be below itself; choose another parent."},
	"quotaFull":          {Zh: "数量已达上限；删除一些，或提高上限。", En: "The limit is reached; delete some, or raise the limit."},
	"featureOff":         {Zh: "本企业没有开启这项功能；由管理员开启。", En: "The organisation has this switched off; an administrator can switch it on."},
	"hasMembers":         {Zh: "部门中还有员工；先把他们移走。", En: "The department has members; move them first."},
	"hasChildren":        {Zh: "还有下级；先删除或移走它们。", En: "It has others below it; delete or move them first."},
	"isRoot":             {Zh: "根部门不能这样改动；请选择其他部门。", En: "The root department cannot be changed like that; choose another."},
	"followsContacts":    {Zh: "员工是外部联系人的负责人；先换负责人。", En: "The employee owns external contacts; give them another owner first."},
	"outOfScope":         {Zh: "不在应用的授权范围内；扩大范围，或用管理密钥。", En: "It is outside the app's range; extend the range, or use an admin key."},
	"memberNotFound":     {Zh: "成员、资源夹或资源目录不存在；更正或去掉。", En: "There is no such account, folder or directory; correct it or leave it out."},
	"notVerified":        {Zh: "邮箱或手机验证通过后才能绑定成员；先验证，再设置 members。", En: "It can be bound only once an address is verified; verify one, then set members."},
	"beingDeleted":       {Zh: "正在删除，不能改动；先恢复，或等待删除完成。", En: "It is being deleted; restore it first, or wait."},
	"lastReceiver":       {Zh: "账号将没有消息接收人；先为它绑定另一个消息联系人。", En: "The account would have no receiver of its messages left; bind another contact first."},
	"verificationLimit":  {Zh: "已达验证消息的发送上限，没有发送；稍后再发送。", En: "Too many verification messages were sent, so none was; send one later."},
	"telephoneTaken":     {Zh: "分机号已属于另一名员工；换一个，或留空。", En: "Another employee has this telephone; use another, or leave it empty."},
	"loginIdTaken":       {Zh: "登录账号已被另一名员工使用；换一个。", En: "Another employee has this login id; choose another."},
	"accountTaken":       {Zh: "这个账号已加入本企业；改用那名员工。", En: "The account has joined the organisation already; change that employee."},
	"accountNotOffered":  {Zh: "没有这个账号，或其企业未允许它加入；请那个企业的管理员允许。", En: "There is no such account, or its organisation does not let it join; ask the administrator there."},
	"mobileFixed":        {Zh: "使用个人账号的员工不能改手机号；去掉这个字段，或由本人修改。", En: "The mobile of somebody with an account of their own cannot be changed; leave it out, or let that person change it."},
	"consentMissing":     {Zh: "本人尚未同意加入；先取得同意。", En: "The person has not agreed to be added; ask for their consent first."},
	"groupNotFound":      {Zh: "没有这个标签组；先创建或恢复它，或给出组名。", En: "There is no such group of labels; create or restore it first, or name a group."},
	"changedDuring":      {Zh: "其间被他人改动；重新读取后再改。", En: "Somebody changed it meanwhile; read it again and repeat the change."},
}

// ruleText is what a rule says, with its limit.
func ruleText(rule string, most int) api.Text {
	t, ok := ruleTexts[rule]
	switch {
	case !ok:
		return api.Text{Zh: "违反规则 " + rule + "；见 docs/spec/records.md。", En: "The rule " + rule + " forbids it; docs/spec/records.md has the rules."}
	case rule != "tooLong" && rule != "tooMany":
		return t
	case most == 0:
		return api.Text{Zh: "超出了上限；请缩短或减少。", En: "It exceeds the limit; use less."}
	}
	return api.Textf(t.Zh, t.En, most)
}

// conflicts are the rules that are told with 409: the value is good, but something
// else stands against it.
var conflicts = map[string]bool{
	"mobileTaken": true, "nameTaken": true, "idTaken": true, "hasMembers": true, "hasChildren": true, "isRoot": true,
	"beingDeleted": true, "lastReceiver": true,
	"importRunning": true, "undoConflict": true, "previewOutdated": true,
}
