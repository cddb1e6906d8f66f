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
}

// EnableResourceDirectory enables the organisation's resource directory
// (docs/spec/resource-directory.md#enabling-a-directory).
//
// Decision: a new management account needs its name only. Its phone cannot be
// verified, as there is no operation here that sends the code, and is not kept.
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
			api.String("MASecureMobilePhone", &in.MASecureMobilePhone).Personal().Example("xx-139****1234").Describe("新管理账号的安全手机，接受但不保存。", "Phone of the new management account; accepted and not stored."),
			api.String("VerificationCode", &in.VerificationCode).Example("123456").Describe("验证码，接受但不检查。", "Verification code; accepted and not checked."),
			dryRunField(&in.DryRun),
		}
	},
	Out:   enabledDirectoryFields,
	Codes: []*api.Code{missingMAName, directoryEnabled},

	Do: func(ctx context.Context, s *directory.Session, in *enableResourceDirectory) (*enabledDirectory, error) {
		name := ""
		if in.EnableMode == newManagementAccount {
			if name = in.MAName; name == "" {
				return nil, &api.ArgumentError{Parameter: "MAName", Missing: true, Code: missingMAName}
			}
		}
		rd, err := s.CreateResourceDirectory(ctx, name, in.DryRun)
		if err != nil || in.DryRun {
			return &enabledDirectory{}, err
		}
		made := answeredDirectory(rd)
		return &enabledDirectory{&made}, nil
	},
})
