package resourcedirectory

import (
	"context"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

const (
	currentAccount       = "CurrentAccount"
	newManagementAccount = "NewManagementAccount"
)

// managementDomain is the suffix of a management account's name.
const managementDomain = "@rdadmin.aliyunid.com"

type enableResourceDirectory struct {
	EnableMode, MAName, MASecureMobilePhone, VerificationCode string
	DryRun                                                    bool
	countries
}

// EnableResourceDirectory enables the organisation's resource directory
// (docs/spec/resource-directory.md#enabling-a-directory).
//
// Decision: a new management account needs its name only. A phone needs the code
// that was sent to it (docs/spec/secure-info.md#code-for-a-new-management-account).
var EnableResourceDirectory = api.Define(&Operations, api.Op[enableResourceDirectory, enabledDirectory]{
	Route: api.RPC(version, "EnableResourceDirectory"),
	Also:  older("EnableResourceDirectory"),
	Group: "ResourceDirectory",
	Doc:   api.Text{Zh: "开通资源目录。", En: "Enables the resource directory."},

	In: func(in *enableResourceDirectory) api.Fields {
		return api.Fields{
			api.String("EnableMode", &in.EnableMode).Required(missingEnableMode).Invalid(enableModeInvalid).
				OneOf(enableModeInvalid, currentAccount, newManagementAccount).
				Example(currentAccount).Describe("开通方式：CurrentAccount 用当前账号，NewManagementAccount 用新账号。", "CurrentAccount or NewManagementAccount."),
			api.String("MAName", &in.MAName).Invalid(maNameInvalid).
				Check(maNameInvalid, api.Text{Zh: "<前缀>@rdadmin.aliyunid.com", En: "<prefix>@rdadmin.aliyunid.com"}, func() bool {
					prefix, ok := strings.CutSuffix(in.MAName, managementDomain)
					return in.MAName == "" || ok && directory.IsManagementPrefix(prefix)
				}).
				Example("user01@rdadmin.aliyunid.com").Describe("新管理账号的名称。", "Name of the new management account."),
			securePhoneField(api.String("MASecureMobilePhone", &in.MASecureMobilePhone), &in.MASecureMobilePhone, &in.countries, managerPhoneInvalid).
				Describe("新管理账号的安全手机；需要发送到它的验证码。", "Phone of the new management account; needs the code that was sent to it."),
			secureCodeField(api.String("VerificationCode", &in.VerificationCode), &in.VerificationCode).
				Describe("SendVerificationCodeForEnableRD 发送的验证码。", "The code that SendVerificationCodeForEnableRD sent."),
			dryRunField(&in.DryRun),
		}
	},
	Out:   enabledDirectoryFields,
	Codes: []*api.Code{missingMAName, directoryEnabled},

	Do: func(ctx context.Context, s *directory.Session, in *enableResourceDirectory) (*enabledDirectory, error) {
		n := directory.NewDirectory{DryRun: in.DryRun}
		if in.EnableMode == newManagementAccount {
			if n.AccountName, n.Phone, n.Code = in.MAName, in.MASecureMobilePhone, in.VerificationCode; n.AccountName == "" {
				return nil, &api.ArgumentError{Parameter: "MAName", Missing: true, Code: missingMAName}
			}
		}
		rd, err := s.CreateResourceDirectory(ctx, n)
		if err != nil || in.DryRun {
			return &enabledDirectory{}, err
		}
		made := answeredDirectory(rd)
		return &enabledDirectory{&made}, nil
	},
})
