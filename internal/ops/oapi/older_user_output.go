package oapi

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// olderUser is an employee in an answer of an older path. Nil fields are left
// out (docs/spec/dingtalk-older-paths.md#reading-of-an-employee-on-an-older-path).
type olderUser struct {
	UserID, UnionID, OpenID, Name, Avatar, Position, JobNumber, Tel string
	OrderIn, LeaderIn, Manager                                      string
	Mobile, StateCode, Email, OrgEmail, WorkPlace, Remark           *string
	Active, Admin, Boss, Hide, Senior, RealAuthed, Leader           bool
	DeptIDs                                                         []int64
	Tags                                                            api.None
	Extension                                                       api.Value
	HiredDate                                                       int64
	Order                                                           *int64 // in the listed department
	Roles                                                           []userRole
}

// userRole is a role of an employee in /user/get.
type userRole struct {
	ID        int64
	Name      string
	GroupName string
	Type      *int64 // nil: a role of the organisation's own
}

func olderUserOf(v *directory.EmployeeView) olderUser {
	out := olderUser{
		UserID: v.UserID, UnionID: v.UnionID, OpenID: v.UnionID, Name: v.Name, Avatar: v.Profile.AvatarMediaID, Position: v.Profile.Title,
		JobNumber: v.Profile.JobNumber, Tel: v.Private.Telephone, Manager: v.ManagerID, Active: true, Admin: v.Admin, Boss: v.Boss, Hide: v.Profile.HideMobile,
		Senior: v.Profile.Senior, DeptIDs: v.DeptIDs, HiredDate: v.Profile.HiredDate,
	}
	if v.Mobile != nil {
		state, number, _ := strings.Cut(*v.Mobile, "-")
		out.StateCode, out.Mobile = &state, &number
	}
	if v.Personal {
		out.Email, out.WorkPlace, out.Remark, out.OrgEmail = &v.Private.Email, &v.Private.WorkPlace, &v.Private.Remark, filled(v.Private.OrgEmail)
		// It was checked when it was stored. One without members is absent, too.
		if extension, _ := api.ParseJSON([]byte(v.Private.Extension)); len(extension.Members) > 0 {
			out.Extension = extension
		}
	}
	out.OrderIn = deptMap(v.Profile.Orders, func(o directory.DeptOrder) (int64, string) { return o.DeptID, strconv.FormatInt(o.Order, 10) })
	out.LeaderIn = deptMap(v.DeptIDs, func(id int64) (int64, string) { return id, strconv.FormatBool(slices.Contains(v.LeaderIn, id)) })
	return out
}

// olderRoles are roles with their types, which only those of the default group
// have (docs/spec/dingtalk-roles.md#types-of-roles).
func olderRoles(roles []directory.HeldRole) []userRole {
	list := make([]userRole, len(roles))
	for i, r := range roles {
		list[i] = userRole{ID: r.ID, Name: r.Name, GroupName: r.GroupName}
		if kind := int64(r.Kind); r.Kind != directory.OwnRole {
			list[i].Type = &kind
		}
	}
	return list
}

// olderMember is an employee as a department lists it.
func olderMember(m *directory.MemberView, deptID int64) olderUser {
	out := olderUserOf(&m.EmployeeView)
	out.Leader = m.Leader
	if slices.ContainsFunc(m.Profile.Orders, func(o directory.DeptOrder) bool { return o.DeptID == deptID }) {
		out.Order = &m.Order
	}
	return out
}

// olderUserFields are what reading one employee and listing a department have
// in common.
func olderUserFields(u *olderUser) api.Fields {
	return api.Fields{
		api.String("userid", &u.UserID).Example("023420013645").Describe("员工的 userid。", "Id of the employee."),
		api.String("unionid", &u.UnionID).Example("z21HjQliSzpw0YWCNxmii6u2Os62cZ62").
			Describe("员工在当前开发者企业范围内的唯一标识。", "Id of the person within the apps of this organisation."),
		api.String("name", &u.Name).Example("张三").Describe("姓名。", "Name."),
		api.Bool("active", &u.Active).Example("true").Describe("是否已激活。", "Whether the account is active."),
		api.Bool("isAdmin", &u.Admin).Example("false").Describe("是否企业管理员。", "Whether an administrator."),
		api.Bool("isBoss", &u.Boss).Example("false").Describe("是否企业老板。", "Whether the owner of the company."),
		api.Bool("isHide", &u.Hide).Example("false").Describe("是否隐藏手机号。", "Whether the profile page hides the mobile."),
		api.String("avatar", &u.Avatar).Example("@lALPDfmVUw19YdrNA-jNA-g").Describe("头像；默认头像为空。", "Picture; empty for the default one."),
		api.String("position", &u.Position).Example("技术总监").Describe("职位。", "Job title."),
		api.String("jobnumber", &u.JobNumber).Example("4").Describe("工号。", "Job number."),
		api.String("tel", &u.Tel).Personal().Example("010-86123456-2345").Describe("分机号。", "Telephone."),
		api.Ints("department", &u.DeptIDs).Example("[2,3]").Describe("所属部门。", "Departments."),
		api.OptString("mobile", &u.Mobile).Personal().Example("13800001001").
			Describe("手机号；需要企业员工手机号信息权限（fieldMobile）。", "Mobile; needs the permission fieldMobile."),
		api.OptString("email", &u.Email).Personal().Example("test@example.com").
			Describe("邮箱；需要邮箱等个人信息权限（fieldEmail）。", "Mail address; needs the permission fieldEmail."),
		api.OptString("orgEmail", &u.OrgEmail).Personal().Example("test@example.com").
			Describe("企业邮箱；需要 fieldEmail，没有时不返回。", "Business mail address; needs fieldEmail, absent if there is none."),
		api.OptString("workPlace", &u.WorkPlace).Example("未来park").Describe("办公地点；需要 fieldEmail。", "Place of work; needs fieldEmail."),
		api.OptString("remark", &u.Remark).Example("备注备注").Describe("备注；需要 fieldEmail。", "Remark; needs fieldEmail."),
		api.Any("extattr", &u.Extension).Example(`{"爱好":"旅游"}`).Describe("扩展属性，对象；需要 fieldEmail，没有时不返回。", "Custom fields of the organisation, an object; needs fieldEmail, absent if there are none."),
		api.Int("hiredDate", &u.HiredDate).OmitEmpty().Example("1597573616828").Describe("入职时间，毫秒；没有时不返回。", "Date of entry in Unix milliseconds; absent if unknown."),
	}
}

// moreOlderUserFields are the fields of one employee that lists do not show.
func moreOlderUserFields(u *olderUser) api.Fields {
	return api.Fields{
		api.String("openId", &u.OpenID).Example("z21HjQliSzpw0YWCNxmii6u2Os62cZ62").Describe("同 unionid。", "The same as unionid."),
		api.Bool("isSenior", &u.Senior).Example("false").Describe("是否高管。", "Whether senior."),
		api.Bool("realAuthed", &u.RealAuthed).Example("false").Describe("是否已实名认证；本服务不认证，总是 false。", "Whether the real name was verified; always false here."),
		api.Object("tags", &u.Tags, func(*api.None) api.Fields { return nil }).Describe("标签，总是空对象。", "Tags, always an empty object."),
		api.String("orderInDepts", &u.OrderIn).Example("{2:17}").Describe("在各部门中的排序；不是 JSON 的文本，没有时为 {}。", "Place in the departments: a text that is not JSON, {} if there are none."),
		api.String("isLeaderInDepts", &u.LeaderIn).Example("{2:false}").Describe("是否各部门主管；不是 JSON 的文本。", "Whether it leads the departments: a text that is not JSON."),
		api.Objects("roles", &u.Roles, userRoleFields).OmitEmpty().Describe("角色；没有时不返回。", "Roles; absent if there are none."),
		api.OptString("stateCode", &u.StateCode).Example("86").
			Describe("国家码；需要企业员工手机号信息权限（fieldMobile）。", "Country code; needs the permission fieldMobile."),
		api.String("managerUserid", &u.Manager).OmitEmpty().Example("102530009661373952").Describe("直属主管；没有时不返回。", "The manager; absent if there is none."),
	}
}

func userRoleFields(r *userRole) api.Fields {
	return api.Fields{
		api.Int("id", &r.ID).Example("149").Describe("角色 ID。", "Id of the role."),
		api.String("name", &r.Name).Example("主管理员").Describe("角色名称。", "Name of the role."),
		api.String("groupName", &r.GroupName).Example("默认").Describe("角色组名称。", "Name of its group."),
		api.OptInt("type", &r.Type).Example("101").Describe("类型：101 主管理员，102 子管理员，103 负责人，104 主管；自建角色没有。", "Kind: 101 main and 102 sub administrator, 103 in charge, 104 leader of a department; absent for the organisation's own."),
	}
}
