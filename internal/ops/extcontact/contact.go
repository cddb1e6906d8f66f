package extcontact

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// contactInput is a contact in a request (docs/spec/external-contacts.md#fields-in-a-request).
// A field that is absent or null is nil; "" and [] are not.
type contactInput struct {
	UserID, Name, FollowerUserID, StateCode, Mobile string

	Title, CompanyName, Address, Remark *string
	LabelIDs, ShareDeptIDs              []int64
	ShareUserIDs                        []string
}

// spelling has the names that methods spell differently. Every method reads the
// other spellings, too; its own wins. follower_user and share_userid are what
// the published Python client dingtalk-sdk sends for ext.add
// (docs/spec/external-contacts.md#spelling-in-the-older-family).
type spelling struct {
	follower, depts, users                string
	otherFollower, otherDepts, otherUsers []string
	tooManyDepts, tooManyUsers            *api.Code
}

func spelled(follower, depts, users string) *spelling {
	other := func(name, a, b string) string {
		if name == a {
			return b
		}
		return a
	}
	return &spelling{
		follower: follower, depts: depts, users: users,
		tooManyDepts: tooMany(depts), tooManyUsers: tooMany(users),
		otherFollower: []string{other(follower, "follower_user_id", "follower_userid"), "follower_user"},
		otherDepts:    []string{other(depts, "share_dept_ids", "share_deptids")},
		otherUsers:    []string{other(users, "share_user_ids", "share_userids"), "share_userid"},
	}
}

var (
	plainNames     = spelled("follower_user_id", "share_dept_ids", "share_user_ids") // dingtalk.corp.extcontact.*, own gateway
	extAddNames    = spelled("follower_userid", "share_deptids", "share_userids")    // dingtalk.corp.ext.add
	extUpdateNames = spelled("follower_userid", "share_dept_ids", "share_userids")   // dingtalk.corp.ext.update
)

// create returns the fields of a contact to be created, in the order of the
// checks: labels after the other required ones
// (docs/spec/external-contacts.md#required-fields-of-a-creation).
func (n *spelling) create(c *contactInput) api.Fields {
	return append(api.Fields{
		nameField(c),
		n.followerField(c),
		api.String("state_code", &c.StateCode).Required(emptyParameter).Brings(directory.CountryField).Example("86").
			Describe("国家码，不带加号。", "Country code without plus."),
		api.String("mobile", &c.Mobile).Required(emptyParameter).Brings(directory.MobileField).Personal().Example("13088888888").
			Describe("手机号，在企业内与国家码一起唯一。", "Mobile; unique in the organisation together with the country code."),
	}, n.sharedFields(c)...)
}

// update returns the fields of a contact to be changed
// (docs/spec/external-contacts.md#required-fields-of-an-update). mobile and
// state_code are not part of the vendor's contract here.
func (n *spelling) update(c *contactInput) api.Fields {
	return append(api.Fields{
		api.String("user_id", &c.UserID).Brings(directory.ContactField).Alias("userid").Required(emptyParameter).
			Runes(1, directory.MaxUserID, contactUnknownInUpdate).Example("123420013632").
			Describe("该外部联系人的 userId。", "Id of the external contact."),
		nameField(c),
		n.followerField(c),
		api.String("state_code", &c.StateCode).Example("86").
			Describe("国家码；仅当服务允许修改手机号时生效。", "Country code; used only if the server allows numbers to be changed.").Brings(directory.CountryField),
		api.String("mobile", &c.Mobile).Personal().Example("13088888888").
			Describe("手机号；仅当服务允许修改手机号时生效。", "Mobile; used only if the server allows numbers to be changed.").Brings(directory.MobileField),
	}, n.sharedFields(c)...)
}

func nameField(c *contactInput) api.Field {
	return api.String("name", &c.Name).Required(emptyParameter).Brings(directory.NameField).
		Runes(1, directory.MaxContactName, nameInvalid).Example("张三").
		Describe("名称。", "Name.")
}

func (n *spelling) followerField(c *contactInput) api.Field {
	return api.String(n.follower, &c.FollowerUserID).Brings(directory.OwnerField).Alias(n.otherFollower...).Required(emptyParameter).
		Runes(1, directory.MaxUserID, userUnknown).Example("023420013645").
		Describe("负责人的 userId，必须是本企业员工。", "User id of the owner, an employee of the organisation.")
}

// sharedFields are the fields of both creations and updates; a contact has at
// least one label (docs/spec/external-contacts.md#required-labels).
func (n *spelling) sharedFields(c *contactInput) api.Fields {
	return api.Fields{
		// Several labels of one group are allowed (docs/spec/external-contacts.md#labels-of-one-group).
		api.Ints("label_ids", &c.LabelIDs).Required(labelRequired).Brings(directory.LabelsField).MaxItems(directory.MaxContactEntries, tooManyLabels).Example("[1,2,3]").
			Describe("标签 ID 列表。", "Label ids."),
		api.OptString("title", &c.Title).Runes(0, directory.MaxContactTitle, tooLong).Brings(directory.TitleField).Example("开发工程师").
			Describe("职位。", "Job title."),
		api.Ints(n.depts, &c.ShareDeptIDs).Brings(directory.SharedDepartmentsField).Alias(n.otherDepts...).MaxItems(directory.MaxContactEntries, n.tooManyDepts).Example("[1,2,3]").
			Describe("共享给的部门 ID。", "Departments it is shared with."),
		api.OptString("address", &c.Address).Runes(0, directory.MaxContactAddress, tooLong).Brings(directory.AddressField).Example("地址内容").
			Describe("地址。", "Address."),
		api.OptString("remark", &c.Remark).Runes(0, directory.MaxContactRemark, tooLong).Brings(directory.RemarkField).Example("备注内容").
			Describe("备注。", "Remark."),
		api.OptString("company_name", &c.CompanyName).Runes(0, directory.MaxContactCompany, tooLong).Brings(directory.CompanyField).Example("钉钉").
			Describe("企业名。", "Company."),
		api.Strings(n.users, &c.ShareUserIDs).Brings(directory.SharedEmployeesField).Alias(n.otherUsers...).MaxItems(directory.MaxContactEntries, n.tooManyUsers).Example(`["023420013644"]`).
			Describe("共享给的员工 userId 列表。", "Employees it is shared with."),
	}
}

// newContact is the parameter of the calls that create a contact: an object, or
// the JSON text of one (docs/spec/external-contacts.md#contact-in-a-request).
type newContact struct{ Contact contactInput }

func (n *spelling) newContact(in *newContact) api.Fields {
	return api.Fields{
		api.Object("contact", &in.Contact, n.create).Required(nil).Whole().Opaque().
			Describe("外部联系人信息。", "The external contact."),
	}
}

// featureFirst reports that an organisation has no external contacts before
// errors inside contact, but after a malformed contact, which the gateway
// refuses (docs/spec/external-contacts.md#order-of-checks-in-a-creation).
func featureFirst(ctx context.Context, s *directory.Session, _ *newContact, refused *api.ArgumentError) error {
	if refused.Code == nil {
		return nil
	}
	return s.ContactsOn(ctx)
}

// changedContact is the parameter of the calls that change one.
type changedContact struct{ Contact contactInput }

// unknownFirst reports an unknown contact before errors inside contact, except
// missing required fields; labels are checked after it
// (docs/spec/external-contacts.md#order-of-checks-in-an-update).
func unknownFirst(ctx context.Context, s *directory.Session, in *changedContact, refused *api.ArgumentError) error {
	if refused.Code == nil || refused.Code == emptyParameter {
		return nil
	}
	_, err := s.Contact(ctx, in.Contact.UserID)
	return err
}

func (n *spelling) changedContact(in *changedContact) api.Fields {
	return api.Fields{
		api.Object("contact", &in.Contact, n.update).Required(nil).Whole().Opaque().
			Describe("外部联系人信息。没有给出的可选字段保持不变，空文本和空列表会清空。", "The external contact. Optional fields that are absent keep their value; empty texts and lists clear it."),
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

// namedContact is the parameter of the calls that read or delete one contact.
type namedContact struct{ UserID string }

// userIDField is the id of a contact, which calls spell in two ways; each reads
// both (docs/spec/external-contacts.md#spelling-of-contact-ids).
func userIDField(in *namedContact, name, alias string) api.Field {
	return api.String(name, &in.UserID).Brings(directory.ContactField).Alias(alias).Required(nil).
		Runes(1, directory.MaxUserID, contactUnknown).Example("123420013632").
		Describe("该外部联系人的 userId。", "Id of the external contact.")
}

func byUserID(in *namedContact) api.Fields { return api.Fields{userIDField(in, "user_id", "userid")} }

// contactFields is a contact in an answer, in the vendor's order
// (docs/spec/external-contacts.md#fields-in-an-answer); note userid here and
// user_id in requests.
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

// ownContactFields is a contact on the own gateway, which adds the mail address
// (docs/spec/external-contacts.md#mail-address-in-an-answer).
func ownContactFields(c *directory.Contact) api.Fields {
	return append(contactFields(c),
		api.OptString("email", &c.Email).Personal().Example("xxx@1.com").Describe("邮箱。", "Mail address."))
}

// extContactFields is a contact in the JSON text of dingtalk.corp.ext.list.
// Decision: its spellings are those of ext.add; no page shows them
// (docs/spec/external-contacts.md#list-in-the-older-family).
func extContactFields(c *directory.Contact) api.Fields {
	return api.Fields{
		api.String("userid", &c.ID).Example("123420013632").Describe("该外部联系人的 userId。", "Id of the external contact."),
		api.String("name", &c.Name).Example("张三").Describe("名称。", "Name."),
		api.String("mobile", &c.Mobile).Personal().Example("13088888888").Describe("手机号。", "Mobile."),
		api.String("state_code", &c.StateCode).Example("86").Describe("国家码。", "Country code."),
		api.OptString("title", &c.Title).Example("开发工程师").Describe("职位。", "Job title."),
		api.OptString("company_name", &c.CompanyName).Example("钉钉").Describe("企业名。", "Company."),
		api.OptString("address", &c.Address).Example("地址内容").Describe("地址。", "Address."),
		api.OptString("remark", &c.Remark).Example("备注内容").Describe("备注。", "Remark."),
		api.String("follower_userid", &c.FollowerID).Example("023420013645").Describe("负责人的 userId。", "User id of the owner."),
		api.Ints("label_ids", &c.LabelIDs).Example("[1,2,3]").Describe("标签 ID 列表。", "Label ids."),
		api.Ints("share_deptids", &c.ShareDeptIDs).Example("[1,2,3]").Describe("共享给的部门 ID。", "Departments it is shared with."),
		api.Strings("share_userids", &c.ShareUserIDs).Example(`["023420013644"]`).Describe("共享给的员工。", "Employees it is shared with."),
	}
}
