package oapi

import (
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// userOutput is an employee in an answer. Nil fields are left out
// (docs/spec/org-accounts.md#reading-of-an-employee).
type userOutput struct {
	UserID, UnionID, Name, Telephone, JobNumber, Title  string
	Avatar, StateCode, Mobile                           *string
	Email, OrgEmail, OrgEmailType, WorkPlace, Remark    *string
	Extension, ExtensionI18n, Gender, Manager           *string
	AccountType, OwnerOrg, OwnerName, LoginID, Nickname *string
	HideMobile, Active, RealAuthed, Senior, Admin, Boss bool
	OrgAccount                                          bool
	Disabled                                            *bool
	HiredDate                                           *int64
	CreateTime                                          string
	DeptIDs                                             []int64
	Orders                                              []directory.DeptOrder
	Positions                                           []directory.DeptPosition
	ExtAttrs                                            []directory.ExtAttr
	LeaderIn                                            []leaderIn
	Roles                                               []directory.HeldRole
	DeptOrder                                           int64 // lists only
	Leader                                              bool
}

type leaderIn struct {
	DeptID int64
	Leader bool
}

// createTime formats the time of creation as the vendor does: with
// milliseconds, in UTC.
const createTime = "2006-01-02T15:04:05.000Z"

func userOf(v *directory.EmployeeView) userOutput {
	out := userOutput{
		UserID: v.UserID, UnionID: v.UnionID, Name: v.Name, Telephone: v.Private.Telephone, JobNumber: v.Profile.JobNumber, Title: v.Profile.Title,
		Avatar: filled(v.Profile.AvatarMediaID), HideMobile: v.Profile.HideMobile, Senior: v.Profile.Senior, Admin: v.Admin, Boss: v.Boss,
		// Decision: every employee is active, and no real name is verified.
		Active: true, Gender: filled(v.Profile.Gender), Manager: filled(v.ManagerID), OrgAccount: v.OrgAccount,
		AccountType: filled(v.AccountKind), OwnerOrg: filled(v.OwnerOrg), OwnerName: filled(v.OwnerName),
		LoginID: v.LoginID, Nickname: v.Nickname, Disabled: v.Disabled, CreateTime: v.CreatedAt.UTC().Format(createTime),
		DeptIDs: v.DeptIDs, Positions: v.Profile.Positions,
		Email: filled(v.Private.Email), OrgEmail: filled(v.Private.OrgEmail), WorkPlace: filled(v.Private.WorkPlace), Remark: filled(v.Private.Remark),
		Extension: filled(v.Private.Extension), ExtensionI18n: filled(v.Private.ExtensionI18n), ExtAttrs: v.Private.ExtAttrs,
	}
	if out.OrgEmail != nil {
		out.OrgEmailType = filled(v.Profile.OrgEmailType)
	}
	if v.Profile.HiredDate != 0 {
		out.HiredDate = &v.Profile.HiredDate
	}
	if v.Mobile != nil {
		state, number, _ := strings.Cut(*v.Mobile, "-")
		out.StateCode, out.Mobile = &state, &number
	}
	out.Orders = make([]directory.DeptOrder, len(v.DeptIDs))
	out.Roles = v.Roles
	out.LeaderIn = make([]leaderIn, len(v.DeptIDs))
	for i, id := range v.DeptIDs {
		out.Orders[i] = directory.DeptOrder{DeptID: id, Order: v.OrderIn(id)}
		out.LeaderIn[i] = leaderIn{id, slices.Contains(v.LeaderIn, id)}
	}
	return out
}

// userFields are the fields that reading one employee and listing a department
// have in common.
func userFields(u *userOutput) api.Fields {
	return api.Fields{
		api.String("userid", &u.UserID).Example("023420013645").Describe("员工的 userid。", "Id of the employee."),
		api.String("unionid", &u.UnionID).Example("z21HjQliSzpw0YWCNxmii6u2Os62cZ62").
			Describe("员工在当前开发者企业范围内的唯一标识。", "Id of the person within the apps of this organisation."),
		api.String("name", &u.Name).Example("张三").Describe("姓名。", "Name."),
		api.OptString("avatar", &u.Avatar).Example("@lALPDfmVUw19YdrNA-jNA-g").Describe("头像；默认头像不返回。", "Picture; absent for the default one."),
		api.OptString("state_code", &u.StateCode).Example("86").
			Describe("国家码；需要企业员工手机号信息权限（fieldMobile）。", "Country code; needs the permission fieldMobile."),
		api.OptString("mobile", &u.Mobile).Personal().Example("13800001001").
			Describe("手机号；需要企业员工手机号信息权限（fieldMobile）。加入的其他组织账号还需要其组织的授权。",
				"Mobile; needs the permission fieldMobile and, for accounts of other organisations, their grant."),
		api.Bool("hide_mobile", &u.HideMobile).Example("false").Describe("是否隐藏手机号。", "Whether the profile page hides the mobile."),
		api.String("telephone", &u.Telephone).Personal().Example("010-86123456-2345").Describe("分机号。", "Telephone."),
		api.String("job_number", &u.JobNumber).Example("4").Describe("工号。", "Job number."),
		api.String("title", &u.Title).Example("技术总监").Describe("职位。", "Job title."),
		api.OptString("email", &u.Email).Personal().Example("test@example.com").
			Describe("邮箱；需要邮箱等个人信息权限（fieldEmail）。", "Mail address; needs the permission fieldEmail."),
		api.OptString("org_email", &u.OrgEmail).Personal().Example("test@example.com").
			Describe("企业邮箱；需要邮箱等个人信息权限（fieldEmail）。", "Business mail address; needs the permission fieldEmail."),
		api.OptString("org_email_type", &u.OrgEmailType).Example("profession").Describe("企业邮箱类型。", "Kind of business mailbox."),
		api.OptString("work_place", &u.WorkPlace).Example("未来park").Describe("办公地点；需要 fieldEmail。", "Place of work; needs fieldEmail."),
		api.OptString("remark", &u.Remark).Example("备注备注").Describe("备注；需要 fieldEmail。", "Remark; needs fieldEmail."),
		api.Ints("dept_id_list", &u.DeptIDs).Example("[2,3]").Describe("所属部门。", "Departments."),
		api.OptString("extension", &u.Extension).Example(`{"爱好":"旅游"}`).Describe("扩展属性，JSON 文本；需要 fieldEmail。", "Custom fields of the organisation as JSON text; needs fieldEmail."),
		api.OptInt("hired_date", &u.HiredDate).Example("1597573616828").Describe("入职时间，毫秒。", "Date of entry in Unix milliseconds."),
		api.Bool("active", &u.Active).Example("true").Describe("是否已激活。", "Whether the account is active."),
		api.Bool("admin", &u.Admin).Example("false").Describe("是否企业管理员。", "Whether an administrator."),
		api.Bool("boss", &u.Boss).Example("false").Describe("是否企业老板。", "Whether the owner of the company."),
		api.Bool("exclusive_account", &u.OrgAccount).Example("false").Describe("是否企业账号。", "Whether it is an org account."),
		api.OptString("exclusive_account_type", &u.AccountType).Example("dingtalk").Describe("企业账号类型：sso 或 dingtalk。", "Kind of org account: sso or dingtalk."),
		api.OptString("exclusive_account_corp_id", &u.OwnerOrg).Example("ding87654321").Describe("企业账号归属组织。", "Organisation that owns the org account."),
		api.OptString("exclusive_account_corp_name", &u.OwnerName).Example("示例科技").Describe("企业账号归属组织的名称。", "Its name."),
		api.OptString("login_id", &u.LoginID).Example("login_id3").Describe("登录名，仅本企业的钉钉自建企业账号。", "Login id, of the organisation's own accounts built in DingTalk only."),
		api.OptString("nickname", &u.Nickname).Example("昵称").Describe("昵称，仅本企业的企业账号。", "Nickname, of the organisation's own org accounts only."),
		api.OptBool("disable_status", &u.Disabled).Example("false").
			Describe("企业账号的停用状态：本企业的企业账号，或其组织已授权 status 的账号。", "Whether the org account is disabled: of the organisation's own, and of those whose owner granted status."),
	}
}

// moreUserFields are the fields of one employee that lists do not show.
func moreUserFields(u *userOutput) api.Fields {
	return api.Fields{
		api.Objects("dept_order_list", &u.Orders, orderFields).Describe("在各部门中的排序。", "Place in the departments."),
		api.Objects("dept_position_list", &u.Positions, positionFields).Describe("部门内任职信息。", "Positions in the departments."),
		api.Objects("role_list", &u.Roles, func(r *directory.HeldRole) api.Fields {
			return api.Fields{
				api.Int("id", &r.ID).Example("2130459002").Describe("角色 ID。", "Id of the role."),
				api.String("name", &r.Name).Example("财务").Describe("角色名称。", "Name of the role."),
				api.String("group_name", &r.GroupName).Example("职能").Describe("角色组名称。", "Name of its group."),
			}
		}).OmitEmpty().Describe("角色；没有时不返回。", "Roles; absent if there are none."),
		api.Objects("leader_in_dept", &u.LeaderIn, func(l *leaderIn) api.Fields {
			return api.Fields{
				api.Int("dept_id", &l.DeptID).Example("2").Describe("部门 ID。", "Department."),
				api.Bool("leader", &l.Leader).Example("false").Describe("是否主管。", "Whether the employee leads it."),
			}
		}).Describe("所在部门及是否主管。", "Departments, and whether the employee leads them."),
		api.OptString("extension_i18n", &u.ExtensionI18n).Describe("扩展属性的国际化值；需要 fieldEmail。", "The extension in other languages; needs fieldEmail."),
		api.Objects("ext_attrs", &u.ExtAttrs, extAttrFields).Describe("自定义字段；需要 fieldEmail。", "Custom fields of the organisation; needs fieldEmail."),
		api.OptString("gender", &u.Gender).Example("F").Describe("性别。", "Gender."),
		api.Bool("real_authed", &u.RealAuthed).Example("false").Describe("是否已实名认证；本服务不认证，总是 false。", "Whether the real name was verified; always false here."),
		api.Bool("senior", &u.Senior).Example("false").Describe("是否高管。", "Whether senior."),
		api.OptString("manager_userid", &u.Manager).Example("102530009661373952").Describe("直属主管。", "The manager."),
		api.String("create_time", &u.CreateTime).Example("2026-11-22T10:00:00.000Z").Describe("创建时间。", "When the employee was added."),
	}
}
