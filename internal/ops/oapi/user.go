package oapi

import (
	"slices"
	"unicode/utf8"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// userInput is an employee in a request. Absent and null fields are nil.
type userInput struct {
	UserID, Language                                               string
	Name, Mobile, Telephone, JobNumber, Title, Email, LoginEmail   *string
	OrgEmail, OrgEmailType, WorkPlace, Remark, Gender, ManagerID   *string
	ExclusiveMobile, MobileStatus, AvatarMediaID, Nickname         *string
	LoginID, InitPassword, ExclusiveType, OuterCorpID, OuterUserID *string
	HideMobile, Senior, SendPassword, Exclusive                    *bool
	HiredDate                                                      *int64
	MergeMode                                                      int64
	Extension, ExtensionI18n                                       api.Value
	DeptIDs                                                        []int64
	Orders                                                         []directory.DeptOrder
	Titles, Positions                                              []directory.DeptPosition
	ExtAttrs                                                       []directory.ExtAttr
	Force                                                          []string
}

// Limits of the calls under /topapi/v2/; older calls allow more
// (docs/spec/dingtalk-older-paths.md#writing-of-an-employee).
const (
	maxJobNumber = 50
	maxEmail     = 50
)

// Values of fields.
const (
	forceManager  = "manager_userid"
	forceOrgEmail = "org_email"
	mobileChecked = "verified"
)

// sharedUserFields are what create and update have in common.
func sharedUserFields(u *userInput) api.Fields {
	return append(api.Fields{
		api.OptString("mobile", &u.Mobile).Brings(directory.MobileField).Invalid(mobileInvalid).Personal().Example("13800009999").
			Describe("手机号，普通账号必填，企业内唯一；中国大陆以外的号码写作 +xx-xxxxxx。更新时不能更改。",
				"Mobile, required of normal accounts and unique in the organisation; numbers outside mainland China as +xx-xxxxxx. An update cannot change it."),
		api.OptBool("hide_mobile", &u.HideMobile).Invalid(wrongParameter).Example("false").
			Describe("是否在个人资料页隐藏手机号。", "Whether the profile page hides the mobile."),
		api.OptString("telephone", &u.Telephone).Brings(directory.TelephoneField).Runes(0, directory.MaxEmployeeTelephone, wrongParameter).Personal().Example("010-86123456-2345").
			Describe("分机号，企业内唯一。", "Telephone, unique in the organisation."),
		api.OptString("job_number", &u.JobNumber).Brings(directory.JobNumberField).Runes(0, maxJobNumber, jobNumberInvalid).Example("4").
			Describe("工号。", "Job number."),
		api.OptString("title", &u.Title).Brings(directory.TitleField).Runes(0, directory.MaxEmployeeTitle, wrongParameter).Example("技术总监").
			Describe("职位。", "Job title."),
		emailField("email", &u.Email, maxEmail).Brings(directory.EmailField).
			Describe("个人邮箱，企业内唯一。", "Mail address, unique in the organisation."),
		emailField("org_email", &u.OrgEmail, directory.MaxOrgEmail).Brings(directory.OrgEmailField).
			Describe("企业邮箱；更新时仅在 force_update_fields 含 org_email 时可清空。", "Business mail address; an update clears it only with force_update_fields."),
		api.OptString("org_email_type", &u.OrgEmailType).OneOf(wrongParameter, directory.OrgEmailTypes...).Example("profession").
			Describe("企业邮箱类型：profession 标准版，base 基础版。", "Kind of business mailbox: profession or base."),
		api.OptString("work_place", &u.WorkPlace).Brings(directory.WorkPlaceField).Runes(0, directory.MaxWorkPlace, wrongParameter).Example("未来park").
			Describe("办公地点。", "Place of work."),
		api.OptString("remark", &u.Remark).Brings(directory.RemarkField).Runes(0, directory.MaxEmployeeRemark, wrongParameter).Example("备注备注").
			Describe("备注。", "Remark."),
		api.Objects("dept_order_list", &u.Orders, orderFields).Invalid(wrongParameter).MaxItems(directory.MaxEmployeeDepts, wrongParameter).
			Describe("在各部门中的排序，数值大的靠前。", "Place in the departments; the larger, the earlier."),
		api.Objects("dept_title_list", &u.Titles, titleFields).Invalid(wrongParameter).MaxItems(directory.MaxEmployeeDepts, wrongParameter).
			Describe("在各部门中的职位。", "Titles in the departments."),
		api.Objects("dept_position_list", &u.Positions, positionFields).Brings(directory.PositionsField).Invalid(wrongParameter).MaxItems(directory.MaxEmployeeDepts, wrongParameter).
			Describe("部门内任职信息。", "Positions in the departments."),
		jsonField("extension", &u.Extension).Brings(directory.ExtensionField).Describef("扩展属性，JSON 对象，最长 %d 个字符。", "Custom fields of the organisation, a JSON object of up to %d characters.", directory.MaxExtension),
		jsonField("extension_i18n", &u.ExtensionI18n).Brings(directory.ExtensionI18nField).Describe("扩展属性的国际化值。", "The same in other languages."),
		api.Objects("ext_attrs", &u.ExtAttrs, extAttrFields).Brings(directory.ExtAttrsField).Invalid(extensionInvalid).MaxItems(directory.MaxExtAttrs, extensionInvalid).
			Describe("自定义字段。", "Custom fields of the organisation, one by one."),
		api.Int("ext_attrs_update_mode", &u.MergeMode).Invalid(wrongParameter).Range(0, 1, wrongParameter).Example("0").
			Describe("扩展属性更新方式：0 覆盖（默认），1 追加。", "How extension and ext_attrs are updated: 0 replace (default), 1 merge."),
		api.OptBool("senior_mode", &u.Senior).Invalid(wrongParameter).Example("false").
			Describe("是否高管模式。", "Whether the employee is senior."),
		api.OptInt("hired_date", &u.HiredDate).Invalid(wrongParameter).Range(0, directory.MaxHiredDate, wrongParameter).Example("1597573616828").
			Describe("入职时间，毫秒。", "Date of entry in Unix milliseconds."),
		api.OptString("manager_userid", &u.ManagerID).Brings(directory.ManagerField).Runes(0, directory.MaxUserID, managerInvalid).Example("102530009661373952").
			Describe("直属主管；更新时仅在 force_update_fields 含 manager_userid 时可清空。", "The manager; an update clears it only with force_update_fields."),
		api.OptString("gender", &u.Gender).OneOf(genderInvalid, directory.Genders...).Example("F").
			Describe("性别。", "Gender."),
	}, accountFields(u)...)
}

// accountFields are the fields of org accounts
// (docs/spec/org-accounts.md#kinds-of-account).
func accountFields(u *userInput) api.Fields {
	return api.Fields{
		api.OptString("exclusive_mobile", &u.ExclusiveMobile).Brings(directory.MobileField).Invalid(mobileInvalid).Personal().Example("+86-13412341234").
			Describe("企业账号的手机号。", "Mobile of an org account."),
		api.OptString("exclusive_mobile_verify_status", &u.MobileStatus).OneOf(wrongParameter, mobileChecked, "notVerified").Example("verified").
			Describe("企业账号手机号的验证状态。", "Whether that mobile was verified."),
		api.OptString("avatarMediaId", &u.AvatarMediaID).Brings(directory.AvatarField).Runes(0, directory.MaxAvatar, wrongParameter).Example("@lALPDfmVUw19YdrNA-jNA-g").
			Describe("企业账号的头像。", "Picture of an org account."),
		api.OptString("nickname", &u.Nickname).Brings(directory.NicknameField).Runes(0, directory.MaxNickname, wrongParameter).Example("昵称").
			Describe("企业账号的昵称。", "Nickname of an org account."),
		api.OptString("init_password", &u.InitPassword).Invalid(wrongPassword).Example("init_password220").
			Describef("钉钉自建企业账号的初始密码，至少 %d 个字符，不能全是字母或数字。", "First password of an account built in DingTalk: %d characters or more, not letters only, not digits only.", directory.MinPassword),
		api.OptBool("send_password_to_user", &u.SendPassword).Invalid(wrongParameter).Example("false").
			Check(wrongParameter, api.Text{Zh: "需要 init_password", En: "needs init_password"}, func() bool { return !is(u.SendPassword) || text(u.InitPassword) != "" }).
			Describe("是否把登录名和初始密码发给本人：优先短信，否则邮件；需要 init_password。", "Whether to send login name and first password to the person: by text message, else by mail; needs init_password."),
	}
}

func emailField(name string, p **string, most int) api.Field {
	return api.OptString(name, p).Runes(0, most, emailInvalid).Personal().Example("test@example.com").
		Check(emailInvalid, api.MailRule, func() bool { return text(*p) == "" || directory.IsMail(**p) })
}

// jsonField is a JSON object, or the text of one
// (docs/spec/org-accounts.md#extension-fields).
func jsonField(name string, v *api.Value) api.Field {
	return api.Any(name, v).Example(`{"爱好":"旅游"}`).Check(extensionInvalid, api.Textf("不超过 %d 个字符的 JSON 对象", "a JSON object of up to %d characters", directory.MaxExtension), func() bool {
		p := textOfJSON(*v)
		return p != nil && utf8.RuneCountInString(*p) <= directory.MaxExtension && api.PlainText(*p)
	})
}

// textOfJSON returns the text of a JSON object, however it was sent, or nil.
func textOfJSON(v api.Value) *string {
	switch v.Kind {
	case api.TextValue:
		if parsed, err := api.ParseJSON([]byte(v.Text)); v.Text != "" && (err != nil || parsed.Kind != api.ObjectValue) {
			return nil
		}
		return &v.Text
	case api.ObjectValue:
		s := string(v.AppendJSON(nil))
		return &s
	}
	return nil
}

func orderFields(o *directory.DeptOrder) api.Fields {
	return api.Fields{
		api.Int("dept_id", &o.DeptID).Invalid(wrongParameter).Example("2").Describe("部门 ID。", "Department."),
		api.Int("order", &o.Order).Invalid(wrongParameter).Example("1").Describe("排序，数值大的靠前。", "Place; the larger, the earlier."),
	}
}

func titleFields(p *directory.DeptPosition) api.Fields {
	return api.Fields{
		api.Int("dept_id", &p.DeptID).Invalid(wrongParameter).Example("2").Describe("部门 ID。", "Department."),
		api.String("title", &p.Title).Runes(0, directory.MaxEmployeeTitle, wrongParameter).OmitEmpty().Example("资深产品经理").Describe("部门内职位。", "Title in it."),
	}
}

func positionFields(p *directory.DeptPosition) api.Fields {
	return append(titleFields(p),
		api.String("work_place", &p.WorkPlace).Runes(0, directory.MaxWorkPlace, wrongParameter).OmitEmpty().Example("未来park").Describe("部门内办公地点。", "Place of work in it."),
		api.OptBool("is_main", &p.Main).Invalid(wrongParameter).Example("true").Describe("是否主任职。", "Whether it is the main position."),
	)
}

func extAttrFields(a *directory.ExtAttr) api.Fields {
	return api.Fields{
		api.String("code", &a.Code).Runes(0, directory.MaxExtensionName, extensionInvalid).OmitEmpty().Example("hobby").Describe("字段编码。", "Code of the field."),
		api.String("name", &a.Name).Runes(0, directory.MaxExtensionName, extensionInvalid).OmitEmpty().Example("爱好").Describe("字段名称。", "Name of the field."),
		api.Object("value", &a.Value, func(v *directory.ExtAttrValue) api.Fields {
			return api.Fields{
				api.String("text", &v.Text).Runes(0, directory.MaxExtAttrText, extensionInvalid).OmitEmpty().Example("旅游").Describe("文本。", "Text."),
				api.String("url", &v.URL).Runes(0, directory.MaxExtAttrText, extensionInvalid).OmitEmpty().Example("https://example.com").Describe("链接。", "Link."),
				api.String("images", &v.Images).Runes(0, directory.MaxExtAttrText, extensionInvalid).OmitEmpty().Describe("图片。", "Pictures."),
			}
		}).Invalid(extensionInvalid).Describe("字段值。", "Value of the field."),
	}
}

// deptIDsField is dept_id_list: "2,3,4" or [2,3,4].
func deptIDsField(p *[]int64) api.Field {
	return api.Ints("dept_id_list", p).Brings(directory.DepartmentsField).Invalid(departmentIDInvalid).Example("[2,3]").
		MaxItems(directory.MaxEmployeeDepts, tooManyDepartments).
		Check(departmentIDInvalid, api.Text{Zh: "ID 须大于 0", En: "ids above 0"}, func() bool { return !slices.ContainsFunc(*p, func(id int64) bool { return id < 1 }) }).
		Describef("所属部门 ID 列表，1 至 %d 个。", "Departments, 1 to %d of them.", directory.MaxEmployeeDepts)
}

// kind returns the kind of account of a new employee.
func (u *userInput) kind() string {
	switch {
	case u.OuterCorpID != nil || u.OuterUserID != nil:
		return directory.AccountJoined
	case u.Exclusive == nil || !*u.Exclusive:
		return directory.AccountNormal
	case u.ExclusiveType != nil:
		return *u.ExclusiveType
	}
	return ""
}

// newEmployee is the employee that the request describes.
func (u *userInput) newEmployee() directory.NewEmployee {
	n := directory.NewEmployee{Employee: directory.Employee{
		UserID: u.UserID, Name: text(u.Name), DeptIDs: u.DeptIDs, AccountType: u.kind(), ManagerID: text(u.ManagerID),
		OuterOrg: text(u.OuterCorpID), OuterUserID: text(u.OuterUserID),
		Profile: directory.Profile{
			JobNumber: text(u.JobNumber), Title: text(u.Title), OrgEmailType: text(u.OrgEmailType), Nickname: text(u.Nickname),
			AvatarMediaID: text(u.AvatarMediaID), Gender: text(u.Gender), HideMobile: is(u.HideMobile), Senior: is(u.Senior),
			MobileVerified: text(u.MobileStatus) == mobileChecked, Orders: u.Orders, Positions: directory.WithTitles(u.Positions, u.Titles),
		},
		Private: directory.Private{
			Telephone: text(u.Telephone), Email: text(u.Email), OrgEmail: text(u.OrgEmail), LoginEmail: text(u.LoginEmail), LoginID: text(u.LoginID),
			WorkPlace: text(u.WorkPlace), Remark: text(u.Remark), Extension: text(textOfJSON(u.Extension)),
			ExtensionI18n: text(textOfJSON(u.ExtensionI18n)), ExtAttrs: u.ExtAttrs,
		},
	}, Password: text(u.InitPassword), SendPassword: is(u.SendPassword)}
	if u.HiredDate != nil {
		n.Profile.HiredDate = *u.HiredDate
	}
	n.Mobile = text(u.Mobile)
	if u.isOrgAccount() {
		n.Mobile = text(u.ExclusiveMobile)
	}
	return n
}

// isOrgAccount reports whether the request is for an org account that this
// organisation owns.
func (u *userInput) isOrgAccount() bool {
	return u.kind() != directory.AccountNormal && u.kind() != directory.AccountJoined
}

// mixed reports whether the request has a mobile that the kind of account does
// not allow.
func (u *userInput) mixed() bool {
	if u.isOrgAccount() {
		return text(u.Mobile) != ""
	}
	return text(u.ExclusiveMobile) != "" || u.kind() == directory.AccountJoined && text(u.Mobile) != ""
}

// update is the change that the request describes.
func (u *userInput) update() directory.EmployeeUpdate {
	out := directory.EmployeeUpdate{
		Name: u.Name, Mobile: u.Mobile, Telephone: u.Telephone, JobNumber: u.JobNumber, Title: u.Title, Email: u.Email, OrgEmail: u.OrgEmail,
		OrgEmailType: u.OrgEmailType, WorkPlace: u.WorkPlace, Remark: u.Remark, Extension: textOfJSON(u.Extension),
		ExtensionI18n: textOfJSON(u.ExtensionI18n), Gender: u.Gender, ManagerID: u.ManagerID, Nickname: u.Nickname, AvatarMediaID: u.AvatarMediaID,
		LoginID: u.LoginID, Password: u.InitPassword, SendPassword: is(u.SendPassword), HideMobile: u.HideMobile, Senior: u.Senior, HiredDate: u.HiredDate,
		DeptIDs: u.DeptIDs, Orders: u.Orders, Titles: u.Titles, Positions: u.Positions, ExtAttrs: u.ExtAttrs, MergeExt: u.MergeMode == 1,
		ExclusiveMobile: u.ExclusiveMobile,
		ClearManager:    slices.Contains(u.Force, forceManager), ClearOrgEmail: slices.Contains(u.Force, forceOrgEmail),
	}
	if u.MobileStatus != nil {
		verified := *u.MobileStatus == mobileChecked
		out.MobileVerified = &verified
	}
	return out
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

func is(p *bool) bool { return p != nil && *p }

// filled returns a text that an answer leaves out if it is empty.
func filled(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
