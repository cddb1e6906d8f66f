package resourcedirectory

import (
	"net/http"
	"regexp"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// codeForm is the form of a code that is sent to a phone.
var codeForm = regexp.MustCompile(`^[0-9]{6}$`)

// securePhoneField is the secure mobile phone of an account, under the rules of
// phones of message contacts (docs/spec/secure-info.md#code-for-a-secure-phone).
func securePhoneField(f api.Field, p *string, allowed *countries, invalid *api.Code) api.Field {
	return f.Invalid(invalid).Personal().
		Check(invalid, api.Text{Zh: "<国家码>-<号码>，是该国家的手机号码，且国家码是允许的", En: "<country code>-<number>, a mobile number of its country, with a country code that is allowed"}, func() bool {
			return *p == "" || directory.CheckMessageContactPhone(*p, allowed.codes) == nil
		}).
		Example("86-139****1234").Describe("安全手机号码，格式 86-<手机号码>。", "Secure mobile phone as 86-<number>.")
}

func secureCodeField(f api.Field, p *string) api.Field {
	return f.Invalid(secureCodeInvalid).
		Check(secureCodeInvalid, api.Text{Zh: "6 位数字", En: "6 digits"}, func() bool { return *p == "" || codeForm.MatchString(*p) }).
		Example("123456")
}

var (
	missingAccountEmail = missing("Email")
	missingSecurePhone  = missing("SecureMobilePhone")
	missingSecureCode   = missing("VerificationCode")

	accountEmailInvalid = badRequest("InvalidParameter.Email", "The Email is invalid.",
		api.Textf("Email 不是邮箱地址，或超过 %d 个字符。", "Email is not a mail address, or longer than %d characters.", directory.MaxMessageContactEmail),
		api.Text{Zh: "使用 local@domain 形式的地址。", En: "Give an address of the form local@domain."})
	securePhoneInvalid  = malformed("SecureMobilePhone", "86-<手机号码>；其他国家由管理员设置", "86-<number>; the administrator may allow other countries")
	managerPhoneInvalid = malformed("MASecureMobilePhone", "86-<手机号码>；其他国家由管理员设置", "86-<number>; the administrator may allow other countries")
	secureCodeInvalid   = badRequest("InvalidParameter.VerificationCode", "The VerificationCode is invalid.",
		api.Text{Zh: "验证码不正确、已用过、已过期、因连续输错而失效，或是发送到另一个号码的。", En: "The code is wrong, was used, has expired, ended after too many wrong ones, or was sent to another number."},
		api.Text{Zh: "填最近一次发送到这个号码的 6 位验证码；必要时重新发送。", En: "Give the 6 digits that were last sent to this number; send them again if needed."}, directory.ErrVerificationCode)
	emailChangeOpen = badRequest("NotSupportedOperation.Account.EmailModify", "The operation is not supported because the account email is being modifying.",
		api.Text{Zh: "上一次修改邮箱还没有确认。", En: "The change before has not been confirmed yet."},
		api.Text{Zh: "用 RetryChangeAccountEmail 重发验证邮件，或先用 CancelChangeAccountEmail 取消。", En: "Send its mail again with RetryChangeAccountEmail, or cancel it with CancelChangeAccountEmail."}, directory.ErrEmailChangeOpen)
	noEmailChange = answering(http.StatusNotFound, "EntityNotExists.EmailModifyRecord", "This email modification record of the account does not exist.",
		api.Text{Zh: "没有等待确认的邮箱修改。", En: "No change of the mail address waits for confirmation."},
		api.Text{Zh: "用 ChangeAccountEmail 发起修改；用 GetAccount 查看 EmailStatus。", En: "Begin one with ChangeAccountEmail; GetAccount tells EmailStatus."}, directory.ErrNoEmailChange)
	securePhoneBound = answering(http.StatusConflict, "AccountSecureMobileAlreadyExists", "The secure mobile number of the member already exists.",
		api.Text{Zh: "成员已有安全手机；不能更换。", En: "The member has a secure mobile phone already, which cannot be changed."},
		api.Text{Zh: "用 GetAccount 查看 HasSecureMobilePhone。", En: "Look at HasSecureMobilePhone with GetAccount."}, directory.ErrAccountPhone)
)
