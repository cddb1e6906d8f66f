package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type changeAccountEmail struct{ AccountID, Email string }

// ChangeAccountEmail asks the holder of a new address to confirm that it becomes
// that of a resource account (docs/spec/secure-info.md#mail-address-of-a-member).
var ChangeAccountEmail = api.Define(&Operations, api.Op[changeAccountEmail, api.None]{
	Route: api.RPC(version, "ChangeAccountEmail"),
	Also:  older("ChangeAccountEmail"),
	Group: "Account",
	Doc:   api.Text{Zh: "修改资源账号的邮箱；新邮箱确认后生效。", En: "Changes the mail address of a resource account; the new one takes effect once it is confirmed."},

	Before: enabled,
	In: func(in *changeAccountEmail) api.Fields {
		return api.Fields{
			accountIDField(&in.AccountID),
			api.String("Email", &in.Email).Required(missingAccountEmail).Invalid(accountEmailInvalid).Personal().
				Runes(0, directory.MaxMessageContactEmail, accountEmailInvalid).
				Check(accountEmailInvalid, api.MailRule, func() bool { return directory.IsMail(in.Email) }).
				Example("someone@example.com").Describe("新的邮箱地址；系统向它发送验证邮件。", "The new address; a mail that asks to confirm it is sent there."),
		}
	},
	Codes: []*api.Code{noAccount, accountTypeMismatch, emailChangeOpen, sendLimit},

	Do: func(ctx context.Context, s *directory.Session, in *changeAccountEmail) (*api.None, error) {
		return nil, s.ChangeAccountEmail(ctx, in.AccountID, in.Email)
	},
})
