package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type bindSecureMobilePhone struct {
	AccountID, SecureMobilePhone, VerificationCode string
	countries
}

// BindSecureMobilePhone gives a resource account its secure mobile phone, which
// is never changed afterwards (docs/spec/secure-info.md#binding-a-secure-phone).
var BindSecureMobilePhone = api.Define(&Operations, api.Op[bindSecureMobilePhone, api.None]{
	Route: api.RPC(version, "BindSecureMobilePhone"),
	Also:  older("BindSecureMobilePhone"),
	Group: "Account",
	Doc:   api.Text{Zh: "为资源账号绑定安全手机。", En: "Gives a resource account its secure mobile phone."},

	Before: enabled,
	In: func(in *bindSecureMobilePhone) api.Fields {
		return api.Fields{
			accountIDField(&in.AccountID),
			securePhoneField(api.String("SecureMobilePhone", &in.SecureMobilePhone).Required(missingSecurePhone), &in.SecureMobilePhone, &in.countries, securePhoneInvalid),
			secureCodeField(api.String("VerificationCode", &in.VerificationCode).Required(missingSecureCode), &in.VerificationCode).
				Describe("SendVerificationCodeForBindSecureMobilePhone 发送的验证码。", "The code that SendVerificationCodeForBindSecureMobilePhone sent."),
		}
	},
	Codes: []*api.Code{noAccount, accountTypeMismatch, securePhoneBound},

	Do: func(ctx context.Context, s *directory.Session, in *bindSecureMobilePhone) (*api.None, error) {
		return nil, s.BindAccountPhone(ctx, in.AccountID, in.SecureMobilePhone, in.VerificationCode)
	},
})
