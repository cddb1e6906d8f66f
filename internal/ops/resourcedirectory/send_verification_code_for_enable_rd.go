package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type sendCodeForEnable struct {
	SecureMobilePhone string
	countries
}

// SendVerificationCodeForEnableRD sends a code for EnableResourceDirectory with a
// new management account (docs/spec/secure-info.md#code-for-a-new-management-account).
var SendVerificationCodeForEnableRD = api.Define(&Operations, api.Op[sendCodeForEnable, api.None]{
	Route: api.RPC(version, "SendVerificationCodeForEnableRD"),
	Also:  older("SendVerificationCodeForEnableRD"),
	Group: "ResourceDirectory",
	Doc:   api.Text{Zh: "用新账号开通资源目录时，向新账号的安全手机发送验证码。", En: "Sends a code to the phone of a new management account, for enabling the resource directory with it."},

	In: func(in *sendCodeForEnable) api.Fields {
		return api.Fields{
			securePhoneField(api.String("SecureMobilePhone", &in.SecureMobilePhone).Required(missingSecurePhone), &in.SecureMobilePhone, &in.countries, securePhoneInvalid),
		}
	},
	Codes: []*api.Code{directoryEnabled, sendLimit},

	Do: func(ctx context.Context, s *directory.Session, in *sendCodeForEnable) (*api.None, error) {
		return nil, s.SendDirectoryPhoneCode(ctx, in.SecureMobilePhone)
	},
})
