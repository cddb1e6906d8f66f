package extcontact

import (
	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// contactInput is OpenExtContact in a request. A field that is absent or null
// is nil; "" and [] are not (dingtalk-external-contacts D.5).
type contactInput struct {
	UserID, Name, FollowerUserID, StateCode, Mobile string

	Title, CompanyName, Address, Remark *string
	LabelIDs, ShareDeptIDs              []int64
	ShareUserIDs                        []string
}

// createFields are the fields of a contact to be created, in the order of the
// checks: required ones first, labels after them (D.8).
func createFields(c *contactInput) api.Fields {
	return append(api.Fields{
		nameField(c),
		followerField(c),
		api.String("state_code", &c.StateCode).Required(emptyParameter).Example("86").
			Describe("国家码，不带加号。", "Country code without plus."),
		api.String("mobile", &c.Mobile).Required(emptyParameter).Personal().Example("13088888888").
			Describe("手机号，在企业内与国家码一起唯一。", "Mobile; unique in the organisation together with the country code."),
	}, sharedFields(c)...)
}

// updateFields are the fields of a contact to be changed. mobile and state_code
// are no part of the vendor's contract here.
func updateFields(c *contactInput) api.Fields {
	return append(api.Fields{
		api.String("user_id", &c.UserID).Alias("userid").Required(emptyParameter).
			Runes(1, directory.MaxUserID, contactUnknownInUpdate).Example("123420013632").
			Describe("该外部联系人的 userId。", "Id of the external contact."),
		nameField(c),
		followerField(c),
		api.String("state_code", &c.StateCode).Example("86").
			Describe("国家码；仅当服务允许修改手机号时生效。", "Country code; counts only where the server allows numbers to be changed."),
		api.String("mobile", &c.Mobile).Personal().Example("13088888888").
			Describe("手机号；仅当服务允许修改手机号时生效。", "Mobile; counts only where the server allows numbers to be changed."),
	}, sharedFields(c)...)
}

func nameField(c *contactInput) api.Field {
	return api.String("name", &c.Name).Required(emptyParameter).
		Runes(1, directory.MaxContactName, nameInvalid).Example("张三").
		Describe("名称。", "Name.")
}

func followerField(c *contactInput) api.Field {
	return api.String("follower_user_id", &c.FollowerUserID).Alias("follower_userid").Required(emptyParameter).
		Runes(1, directory.MaxUserID, userUnknown).Example("023420013645").
		Describe("负责人的 userId，必须是本企业员工。", "User id of the owner, an employee of the organisation.")
}

func sharedFields(c *contactInput) api.Fields {
	return api.Fields{
		api.Ints("label_ids", &c.LabelIDs).Required(labelRequired).MaxItems(directory.MaxContactEntries, tooManyLabels).Example("[1,2,3]").
			Describe("标签 ID 列表。", "Label ids."),
		api.OptString("title", &c.Title).Runes(0, directory.MaxContactTitle, tooLong).Example("开发工程师").
			Describe("职位。", "Job title."),
		api.Ints("share_dept_ids", &c.ShareDeptIDs).Alias("share_deptids").MaxItems(directory.MaxContactEntries, tooManyDepartments).Example("[1,2,3]").
			Describe("共享给的部门 ID。", "Departments it is shared with."),
		api.OptString("address", &c.Address).Runes(0, directory.MaxContactAddress, tooLong).Example("地址内容").
			Describe("地址。", "Address."),
		api.OptString("remark", &c.Remark).Runes(0, directory.MaxContactRemark, tooLong).Example("备注内容").
			Describe("备注。", "Remark."),
		api.OptString("company_name", &c.CompanyName).Runes(0, directory.MaxContactTitle, tooLong).Example("钉钉").
			Describe("企业名。", "Company."),
		api.Strings("share_user_ids", &c.ShareUserIDs).Alias("share_userids").MaxItems(directory.MaxContactEntries, tooManyUsers).Example(`["023420013644"]`).
			Describe("共享给的员工 userId 列表。", "Employees it is shared with."),
	}
}

func (c contactInput) contact() directory.Contact {
	return directory.Contact{
		Name: c.Name, FollowerID: c.FollowerUserID, LabelIDs: c.LabelIDs, StateCode: c.StateCode, Mobile: c.Mobile,
		Title: c.Title, CompanyName: c.CompanyName, Address: c.Address, Remark: c.Remark,
		ShareDeptIDs: c.ShareDeptIDs, ShareUserIDs: c.ShareUserIDs,
	}
}

func (c contactInput) update() directory.ContactUpdate {
	u := directory.ContactUpdate{
		Name: &c.Name, FollowerID: &c.FollowerUserID, LabelIDs: c.LabelIDs,
		Title: c.Title, CompanyName: c.CompanyName, Address: c.Address, Remark: c.Remark,
		ShareDeptIDs: c.ShareDeptIDs, ShareUserIDs: c.ShareUserIDs,
	}
	if c.Mobile != "" {
		u.Mobile = &c.Mobile
	}
	if c.StateCode != "" {
		u.StateCode = &c.StateCode
	}
	return u
}

// contactFields is OpenExtContact in an answer, in the order of [D-33402]; note
// userid here and user_id in requests.
func contactFields(c *directory.Contact) api.Fields {
	return api.Fields{
		api.OptString("title", &c.Title).Example("开发工程师").Describe("职位。", "Job title."),
		api.Ints("share_dept_ids", &c.ShareDeptIDs).Example("[1,2,3]").Describe("共享给的部门 ID。", "Departments it is shared with."),
		api.Ints("label_ids", &c.LabelIDs).Example("[1,2,3]").Describe("标签 ID 列表。", "Label ids."),
		api.OptString("remark", &c.Remark).Example("备注内容").Describe("备注。", "Remark."),
		api.OptString("address", &c.Address).Example("地址内容").Describe("地址。", "Address."),
		api.String("name", &c.Name).Example("张三").Describe("名称。", "Name."),
		api.String("follower_user_id", &c.FollowerID).Example("023420013645").Describe("负责人的 userId。", "User id of the owner."),
		api.String("state_code", &c.StateCode).Example("86").Describe("国家码。", "Country code."),
		api.OptString("company_name", &c.CompanyName).Example("钉钉").Describe("企业名。", "Company."),
		api.Strings("share_user_ids", &c.ShareUserIDs).Example(`["023420013644"]`).Describe("共享给的员工。", "Employees it is shared with."),
		api.String("mobile", &c.Mobile).Personal().Example("13088888888").Describe("手机号。", "Mobile."),
		api.String("userid", &c.ID).Example("123420013632").Describe("该外部联系人的 userId。", "Id of the external contact."),
	}
}
