package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type sendCodeForPhone struct {
	SecureMobilePhone, AccountID string
	countries
}

type sentCode struct{ ExpirationDate string }

// SendVerificationCodeForBindSecureMobilePhone sends a code for
// BindSecureMobilePhone (docs/spec/secure-info.md#code-for-a-secure-phone).
var SendVerificationCodeForBindSecureMobilePhone = api.Define(&Operations, api.Op[sendCodeForPhone, sentCode]{
	Route: api.RPC(version, "SendVerificationCodeForBindSecureMobilePhone"),
	Also:  older("SendVerificationCodeForBindSecureMobilePhone"),
	Group: "Account",
	Doc:   api.Text{Zh: "为资源账号绑定安全手机时，向该手机发送验证码。", En: "Sends a code to the phone that is to become the secure mobile phone of a resource account."},

	Before: enabled,
	In: func(in *sendCodeForPhone) api.Fields {
		return api.Fields{
			accountIDField(&in.AccountID),
			securePhoneField(api.String("SecureMobilePhone", &in.SecureMobilePhone).Required(missingSecurePhone), &in.SecureMobilePhone, &in.countries, securePhoneInvalid),
		}
	},
	Out: func(out *sentCode) api.Fields {
		return api.Fields{api.String("ExpirationDate", &out.ExpirationDate).Example("2021-12-17T07:38:41.747Z").
			Describe("验证码过期时间（UTC）。", "When the code expires (UTC).")}
	},
	Codes: []*api.Code{noAccount, accountTypeMismatch, securePhoneBound, sendLimit},

	Do: func(ctx context.Context, s *directory.Session, in *sendCodeForPhone) (*sentCode, error) {
		until, err := s.SendAccountPhoneCode(ctx, in.AccountID, in.SecureMobilePhone)
		return &sentCode{isoTime(until)}, err
	},
})
