package resourcedirectory

import (
	"errors"
	"math"
	"regexp"
	"slices"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Forms of a message contact's values.
var (
	// docs/spec/resource-directory.md#id-of-a-contact
	contactIDForm = regexp.MustCompile(`^c-[0-9A-Za-z]{1,64}$`)
	// Ids of a resource directory, its root, a folder and an account
	// (docs/spec/resource-directory.md#ids-in-a-directory). The vendor's
	// examples have fixed lengths; other lengths are accepted here.
	memberForm = regexp.MustCompile(`^(rd-[0-9A-Za-z]{1,32}|r-[0-9A-Za-z]{1,32}|fd-[0-9A-Za-z]{1,32}|[0-9]{16})$`)
)

const (
	maxPageSize     = 100
	defaultPageSize = 10

	// docs/spec/resource-directory.md#dates-of-contact-operations
	dateForm = "2006-01-02 15:04:05"
)

var contactIDRule = api.Text{Zh: "c- 加字母和数字", En: "c- and letters and digits"}

func contactIDField(p *string) api.Field {
	return api.String("ContactId", p).Brings(directory.MessageContactField).Required(missingContactID).Invalid(contactIDInvalid).
		Check(contactIDInvalid, contactIDRule, func() bool { return contactIDForm.MatchString(*p) }).
		Example("c-qL4HqKONzOM7****").Describe("联系人 ID。", "ID of the contact.")
}

func nameField(f api.Field, p func() string) api.Field {
	return f.Brings(directory.NameField).Invalid(nameInvalid).
		Check(nameInvalid, api.Text{Zh: "只能是汉字和英文字母", En: "Chinese characters and English letters only"}, func() bool {
			return !errors.Is(directory.CheckMessageContactName(p()), directory.ErrMessageContactNameForm)
		}).
		Runes(directory.MinMessageContactName, directory.MaxMessageContactName, nameLength).
		Example("tom").Describe("联系人的名称。", "Name of the contact.")
}

func emailField(f api.Field, p func() string) api.Field {
	return f.Invalid(emailInvalid).Personal().
		Runes(0, directory.MaxMessageContactEmail, emailLength).
		Check(emailInvalid, api.MailRule, func() bool { return p() == "" || directory.IsMail(p()) }).
		Example("someone***@example.com").Describe("联系人的邮箱地址，验证通过后才生效。", "Mail address of the contact; it takes effect once verified.")
}

// knownEmailField is a mail address that the contact already has: the vendor's
// pages have no code for its length
// (docs/spec/resource-directory.md#e-mail-address-of-a-contact).
func knownEmailField(p *string) api.Field {
	return api.String("EmailAddress", p).Invalid(emailInvalid).Personal().Runes(0, directory.MaxMessageContactEmail, emailInvalid).
		Check(emailInvalid, api.MailRule, func() bool { return *p == "" || directory.IsMail(*p) }).
		Example("someone***@example.com")
}

// countries are the country codes that the deployment allows; an operation
// with a phone number embeds them.
type countries struct{ codes []string }

// SetSession implements [api.SessionAware].
func (c *countries) SetSession(s *directory.Session) { c.codes = s.MobileCountryCodes() }

func phoneField(f api.Field, p func() string, allowed *countries) api.Field {
	return f.Invalid(phoneInvalid).Personal().
		Check(countryInvalid, api.Text{Zh: "允许的国家码", En: "a country code that is allowed"}, func() bool {
			return p() == "" || !errors.Is(directory.CheckMessageContactPhone(p(), allowed.codes), directory.ErrMessageContactCountry)
		}).
		Check(phoneInvalid, api.Text{Zh: "<国家码>-<号码>，且是该国家的手机号码", En: "<country code>-<number>, a mobile number of its country"}, func() bool {
			return p() == "" || directory.CheckMessageContactPhone(p(), allowed.codes) == nil
		}).
		Example("86-139****1234").Describe("联系人的手机号码，格式 86-<手机号码>，验证通过后才生效。", "Mobile of the contact as 86-<number>; it takes effect once verified.")
}

func titleField(f api.Field) api.Field {
	return f.Invalid(titleInvalid).OneOf(titleInvalid, directory.Titles...).
		Example("TechnicalDirector").Describe("联系人的职位。", "Job title of the contact.")
}

func typesField(p *[]string) api.Field {
	return api.Strings("MessageTypes", p).Invalid(typesInvalid).OneOf(typesInvalid, directory.MessageTypes...).
		Example("AccountExpenses").Describe("联系人接收的消息分类。", "Kinds of messages the contact receives.")
}

// membersField is the list of members; none is the code for an empty list.
func membersField(p *[]string, none *api.Code) api.Field {
	return api.Strings("Members", p).Required(none).Invalid(membersInvalid).
		Check(none, api.Text{Zh: "至少一个 ID", En: "at least one id"}, func() bool { return len(*p) > 0 }).
		Check(membersInvalid, api.Text{Zh: "资源目录、资源夹或成员的 ID", En: "ids of a resource directory, folders or members"}, func() bool {
			return !slices.ContainsFunc(*p, func(id string) bool { return !memberForm.MatchString(id) })
		}).
		Example("fd-ZDNPiT****").Describef("资源目录、资源夹或成员的 ID，一次 1 至 %d 个。", "Ids of the resource directory, folders or members, 1 to %d at a time.", directory.MaxMembersPerCall)
}

// idsOnce is the rule of distinctMembers in words.
var idsOnce = api.Text{Zh: "每个 ID 只能出现一次", En: "every id once"}

func distinctMembers(p *[]string) func() bool {
	return func() bool {
		seen := map[string]bool{}
		for _, id := range *p {
			if seen[id] {
				return false
			}
			seen[id] = true
		}
		return true
	}
}

// paging are the parameters of a list
// (docs/spec/resource-directory.md#pages-of-contact-lists).
type paging struct{ PageNumber, PageSize int64 }

func (p *paging) fields() api.Fields {
	return api.Fields{
		api.Int("PageNumber", &p.PageNumber).Invalid(pageNumberInvalid).Range(1, math.MaxInt32, pageNumberInvalid).
			Example("1").Describe("页码，从 1 开始，默认 1。", "Page, from 1 on; 1 by default."),
		api.Int("PageSize", &p.PageSize).Invalid(pageSizeInvalid).Range(1, maxPageSize, pageSizeInvalid).
			Example("10").Describef("每页条数，1 至 %d，默认 %d。", "Entries of a page, 1 to %d; %d by default.", maxPageSize, defaultPageSize),
	}
}

// settle sets the defaults.
func (p *paging) settle() {
	if p.PageNumber == 0 {
		p.PageNumber = 1
	}
	if p.PageSize == 0 {
		p.PageSize = defaultPageSize
	}
}

func (p *paging) offset() int64 { return (p.PageNumber - 1) * p.PageSize }

// page is the position of an answer in its list.
type page struct{ TotalCount, PageSize, PageNumber int64 }

func (p *page) fields() api.Fields {
	return api.Fields{
		api.Int("TotalCount", &p.TotalCount).Example("1").Describe("总条数。", "Entries on all pages."),
		api.Int("PageSize", &p.PageSize).Example("10").Describe("每页条数。", "Entries of a page."),
		api.Int("PageNumber", &p.PageNumber).Example("1").Describe("页码。", "Page."),
	}
}

// changedMember is a binding in the answers of AssociateMembers and
// DisassociateMembers.
type changedMember struct{ ContactID, MemberID, ModifyDate string }

type changedMembers struct{ Members []changedMember }

func changedMembersOf(s *directory.Session, contactID string, ids []string) *changedMembers {
	out := &changedMembers{Members: make([]changedMember, len(ids))}
	for i, id := range ids {
		out.Members[i] = changedMember{contactID, id, s.Now().In(directory.Zone).Format(dateForm)}
	}
	return out
}

func changedMembersFields(out *changedMembers) api.Fields {
	return api.Fields{api.Objects("Members", &out.Members, func(m *changedMember) api.Fields {
		return api.Fields{
			api.String("ContactId", &m.ContactID).Example("c-qL4HqKONzOM7****").Describe("联系人 ID。", "ID of the contact."),
			api.String("MemberId", &m.MemberID).Example("fd-ZDNPiT****").Describe("资源目录、资源夹或成员的 ID。", "ID of the resource directory, folder or member."),
			api.String("ModifyDate", &m.ModifyDate).Example("2023-03-27 17:19:21").Describe("变更时间。", "Time of the change."),
		}
	}).Describe("变更的绑定。", "Bindings that were changed.")}
}

// value reads an optional text; absent reads as "".
func value(p **string) func() string {
	return func() string {
		if *p == nil {
			return ""
		}
		return **p
	}
}

// plain reads a text.
func plain(p *string) func() string { return func() string { return *p } }

// messageContact is a contact as Get and List answer it.
type messageContact struct {
	directory.MessageContact
	EmailAddress, PhoneNumber  string
	CreateDate, AssociatedDate string
}

func answered(c directory.MessageContact, s *directory.Session) messageContact {
	if c.Members == nil {
		c.Members = []string{}
	}
	m := messageContact{
		MessageContact: c, EmailAddress: s.ShownAddress(c.Email), PhoneNumber: s.ShownAddress(c.Phone),
		CreateDate: c.CreatedAt.In(directory.Zone).Format(dateForm),
	}
	if !c.AssociatedAt.IsZero() {
		m.AssociatedDate = c.AssociatedAt.In(directory.Zone).Format(dateForm)
	}
	return m
}

// messageContactFields: a contact without a phone has no PhoneNumber; Members
// is always a list.
func messageContactFields(c *messageContact) api.Fields {
	return api.Fields{
		api.String("ContactId", &c.ID).Example("c-qL4HqKONzOM7****").Describe("联系人 ID。", "ID of the contact."),
		api.String("Name", &c.Name).Example("tom").Describe("联系人的名称。", "Name of the contact."),
		api.String("EmailAddress", &c.EmailAddress).OmitEmpty().Personal().Example("someone***@example.com").Describe("联系人的邮箱地址。", "Mail address of the contact."),
		api.String("PhoneNumber", &c.PhoneNumber).OmitEmpty().Personal().Example("86-139****1234").Describe("联系人的手机号码。", "Mobile of the contact."),
		api.String("Title", &c.Title).Example("TechnicalDirector").Describe("联系人的职位。", "Job title of the contact."),
		api.Strings("MessageTypes", &c.MessageTypes).Example("AccountExpenses").Describe("联系人接收的消息分类。", "Kinds of messages the contact receives."),
		api.Strings("Members", &c.Members).Example("fd-ZDNPiT****").Describe("直接绑定的资源目录、资源夹或成员。", "Resource directory, folders and members bound directly."),
		api.String("Status", &c.Status).Example(directory.Active).Describe("状态：Verifying 待验证，Active 已生效，Deleting 删除中。", "Verifying, Active or Deleting."),
		api.String("CreateDate", &c.CreateDate).Example("2023-03-27 17:19:21").Describe("创建时间。", "Time of creation."),
	}
}
