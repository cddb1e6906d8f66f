package resourcedirectory

import (
	"regexp"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Forms of a message contact's values (resource-directory-message-contacts B.1).
var (
	contactIDForm = regexp.MustCompile(`^c-[0-9A-Za-z]{1,64}$`)
	nameForm      = regexp.MustCompile(`^[A-Za-z\p{Han}]*$`)
	// One address: a dot-atom of 1 to 64 characters, and a domain with a dot.
	emailForm = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$")
	phoneForm = regexp.MustCompile(`^([1-9][0-9]{0,3})-([0-9]{5,20})$`)
	mainland  = regexp.MustCompile(`^1[3-9][0-9]{9}$`)
)

const (
	maxEmail      = 100 // Decision: the vendor names no figure
	maxEmailLocal = 64
	dateForm      = "2006-01-02 15:04:05"
)

func contactIDField(p *string) api.Field {
	return api.String("ContactId", p).Required(missingContactID).Invalid(contactIDInvalid).
		Check(contactIDInvalid, "c- and letters and digits", func() bool { return contactIDForm.MatchString(*p) }).
		Example("c-qL4HqKONzOM7****").Describe("联系人 ID。", "ID of the contact.")
}

func nameField(f api.Field, p func() string) api.Field {
	return f.Invalid(nameInvalid).
		Check(nameInvalid, "Chinese characters and English letters only", func() bool { return nameForm.MatchString(p()) }).
		Runes(2, 12, nameLength).
		Example("tom").Describe("联系人的名称。", "Name of the contact.")
}

func emailField(f api.Field, p func() string) api.Field {
	return f.Invalid(emailInvalid).Personal().
		Check(emailLength, "at most 100 characters", func() bool { return len(p()) <= maxEmail }).
		Check(emailInvalid, "one address of the form local@domain", func() bool { return p() == "" || validEmail(p()) }).
		Example("someone***@example.com").Describe("联系人的邮箱地址，验证通过后才生效。", "Mail address of the contact; it takes effect once verified.")
}

func validEmail(s string) bool {
	return emailForm.MatchString(s) && strings.IndexByte(s, '@') <= maxEmailLocal
}

func phoneField(f api.Field, p func() string) api.Field {
	return f.Invalid(phoneInvalid).Personal().
		Check(phoneInvalid, "86-<mobile>", func() bool { return p() == "" || phoneForm.MatchString(p()) }).
		Check(countryInvalid, "country code 86", func() bool { return p() == "" || strings.HasPrefix(p(), "86-") }).
		Check(phoneInvalid, "a mobile of mainland China", func() bool { return p() == "" || mainland.MatchString(strings.TrimPrefix(p(), "86-")) }).
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
	CreateDate string
}

func answered(c directory.MessageContact, zone *time.Location) messageContact {
	if c.Members == nil {
		c.Members = []string{}
	}
	return messageContact{c, c.CreatedAt.In(zone).Format(dateForm)}
}

// messageContactFields: a contact without a phone has no PhoneNumber; Members
// is always a list (B.6).
func messageContactFields(c *messageContact) api.Fields {
	return api.Fields{
		api.String("ContactId", &c.ID).Example("c-qL4HqKONzOM7****").Describe("联系人 ID。", "ID of the contact."),
		api.String("Name", &c.Name).Example("tom").Describe("联系人的名称。", "Name of the contact."),
		api.String("EmailAddress", &c.Email.Address).OmitEmpty().Personal().Example("someone***@example.com").Describe("联系人的邮箱地址。", "Mail address of the contact."),
		api.String("PhoneNumber", &c.Phone.Address).OmitEmpty().Personal().Example("86-139****1234").Describe("联系人的手机号码。", "Mobile of the contact."),
		api.String("Title", &c.Title).Example("TechnicalDirector").Describe("联系人的职位。", "Job title of the contact."),
		api.Strings("MessageTypes", &c.MessageTypes).Example("AccountExpenses").Describe("联系人接收的消息分类。", "Kinds of messages the contact receives."),
		api.Strings("Members", &c.Members).Example("fd-ZDNPiT****").Describe("直接绑定的资源目录、资源夹或成员。", "Resource directory, folders and members bound directly."),
		api.String("Status", &c.Status).Example(directory.Active).Describe("状态：Verifying 待验证，Active 已生效，Deleting 删除中。", "Verifying, Active or Deleting."),
		api.String("CreateDate", &c.CreateDate).Example("2023-03-27 17:19:21").Describe("创建时间。", "Time of creation."),
	}
}
