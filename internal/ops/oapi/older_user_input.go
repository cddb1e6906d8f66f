package oapi

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Limits of an employee on older paths, in characters
// (docs/spec/dingtalk-older-paths.md#writing-of-an-employee).
const (
	olderNameLength = 64
	olderTitle      = 64
	olderWorkPlace  = 50
	olderRemark     = 1000
)

// olderUserInput is an employee in a request on an older path: userInput under
// other names (docs/spec/dingtalk-older-paths.md#names-on-the-older-paths).
type olderUserInput struct {
	userInput
	OrderIn, PositionIn api.Value
}

var deptMapRule = api.Text{Zh: "须为部门 ID 到值的对象，或其文本", En: "must be an object from ids of departments to values, or its text"}

// olderUserInputFields are what create and update have in common.
func olderUserInputFields(u *olderUserInput) api.Fields {
	return api.Fields{
		api.OptBool("isSenior", &u.Senior).Example("false").Describe("是否高管模式。", "Whether the employee is senior."),
		api.OptBool("isHide", &u.HideMobile).Example("false").Describe("是否在个人资料页隐藏手机号。", "Whether the profile page hides the mobile."),
		api.OptString("jobnumber", &u.JobNumber).Brings(directory.JobNumberField).Runes(0, directory.MaxJobNumber, olderJobNumber).Example("4").
			Describe("工号。", "Job number."),
		emailField("email", &u.Email, directory.MaxEmployeeEmail).Brings(directory.EmailField).
			Describe("个人邮箱，企业内唯一。", "Mail address, unique in the organisation."),
		api.OptString("managerUserid", &u.ManagerID).Brings(directory.ManagerField).Runes(0, directory.MaxUserID, managerInvalid).Example("102530009661373952").
			Describe("直属主管。", "The manager."),
		api.OptString("remark", &u.Remark).Brings(directory.RemarkField).Runes(0, olderRemark, remarkInvalid).Example("备注备注").
			Describe("备注。", "Remark."),
		api.OptString("workPlace", &u.WorkPlace).Brings(directory.WorkPlaceField).Runes(0, olderWorkPlace, workPlaceInvalid).Example("未来park").
			Describe("办公地点。", "Place of work."),
		api.OptString("tel", &u.Telephone).Brings(directory.TelephoneField).Runes(0, directory.MaxEmployeeTelephone, telInvalid).Personal().Example("010-86123456-2345").
			Describe("分机号，企业内唯一。", "Telephone, unique in the organisation."),
		api.OptString("position", &u.Title).Brings(directory.TitleField).Runes(0, olderTitle, olderPosition).Example("技术总监").
			Describe("职位。", "Job title."),
		api.Any("positionInDepts", &u.PositionIn).Example(`{"2":"资深产品经理"}`).Check(nil, deptMapRule, u.readPositions).
			Check(olderPosition, api.Textf("职位不超过 %d 个字符", "titles of up to %d characters", olderTitle), func() bool {
				return !slices.ContainsFunc(u.Titles, func(p directory.DeptPosition) bool { return utf8.RuneCountInString(p.Title) > olderTitle })
			}).Describe("在各部门中的职位。", "Titles in the departments."),
		api.Any("orderInDepts", &u.OrderIn).Example(`{"2":17}`).Check(nil, deptMapRule, u.readOrders).
			Describe("在各部门中的排序，数值大的靠前。", "Place in the departments; the larger, the earlier."),
		jsonField("extattr", &u.Extension).Brings(directory.ExtensionField).
			Describef("扩展属性，JSON 对象或其文本，最长 %d 个字符。", "Custom fields of the organisation, a JSON object or its text of up to %d characters.", directory.MaxExtension),
		emailField("orgEmail", &u.OrgEmail, directory.MaxOrgEmail).Brings(directory.OrgEmailField).
			Describe("企业邮箱。", "Business mail address."),
		api.OptInt("hiredDate", &u.HiredDate).Range(0, directory.MaxHiredDate, olderParameter).Example("1597573616828").
			Describe("入职时间，毫秒。", "Date of entry in Unix milliseconds."),
	}
}

// olderDeptIDsField is department: [1,2], "[1,2]" or "1,2".
func olderDeptIDsField(p *[]int64) api.Field {
	return api.Ints("department", p).Brings(directory.DepartmentsField).Invalid(departmentsMalformed).Example("[2,3]").
		MaxItems(directory.MaxEmployeeDepts, tooManyDepartments).
		Check(departmentsMalformed, api.Text{Zh: "ID 须大于 0", En: "ids above 0"}, func() bool { return !slices.ContainsFunc(*p, func(id int64) bool { return id < 1 }) }).
		Describef("所属部门 ID 列表，1 至 %d 个。", "Departments, 1 to %d of them.", directory.MaxEmployeeDepts)
}

func (u *olderUserInput) readPositions() bool {
	list, ok := readDeptMap(u.PositionIn)
	u.Titles = nil
	for _, v := range list {
		u.Titles = append(u.Titles, directory.DeptPosition{DeptID: v.DeptID, Title: v.Text})
		ok = ok && api.PlainText(v.Text)
	}
	return ok && len(list) <= directory.MaxEmployeeDepts
}

func (u *olderUserInput) readOrders() bool {
	list, ok := readDeptMap(u.OrderIn)
	u.Orders = []directory.DeptOrder{}
	for _, v := range list {
		order, err := strconv.ParseInt(v.Text, 10, 64)
		ok = ok && err == nil
		u.Orders = append(u.Orders, directory.DeptOrder{DeptID: v.DeptID, Order: order})
	}
	return ok && len(list) <= directory.MaxEmployeeDepts
}
