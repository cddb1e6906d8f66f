package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type updateAccount struct {
	AccountID string
	directory.AccountUpdate
}

// UpdateAccount changes the display name or the type of a member
// (docs/spec/resource-directory.md#updating-an-account).
var UpdateAccount = api.Define(&Operations, api.Op[updateAccount, oneAccount]{
	Route: api.RPC(version, "UpdateAccount"),
	Also:  older("UpdateAccount"),
	Group: "Account",
	Doc:   api.Text{Zh: "修改成员显示名称，或切换成员类型。", En: "Changes the display name of a member, or switches its type."},

	Before: enabled,
	In: func(in *updateAccount) api.Fields {
		return api.Fields{
			accountIDField(&in.AccountID),
			displayNameField("NewDisplayName", &in.DisplayName).
				Describef("新的显示名称，%d 至 %d 个字符，在资源目录内唯一。", "New display name, %d to %d characters, unique in the resource directory.", directory.MinDisplayName, directory.MaxDisplayName),
			api.String("NewAccountType", &in.Type).Invalid(accountTypeInvalid).
				Check(accountTypeInvalid, api.Text{Zh: "ResourceAccount 或 CloudAccount", En: "ResourceAccount or CloudAccount"}, func() bool {
					return in.Type == "" || in.Type == directory.ResourceAccount || in.Type == directory.CloudAccount
				}).
				Example("CloudAccount").Describe("新的类型；与 NewDisplayName 只能给出一个。", "New type; not together with NewDisplayName."),
			dryRunField(&in.DryRun),
		}
	},
	Out:   oneAccountFields,
	Codes: []*api.Code{nameOrType, noAccount, accountSameType, displayNameUsed},

	Do: func(ctx context.Context, s *directory.Session, in *updateAccount) (*oneAccount, error) {
		if (in.DisplayName == "") == (in.Type == "") {
			return nil, errNameOrType
		}
		rd, err := s.ResourceDirectory(ctx)
		if err != nil {
			return nil, err
		}
		a, err := s.UpdateAccount(ctx, in.AccountID, in.AccountUpdate)
		if err != nil || in.DryRun {
			return &oneAccount{}, err
		}
		changed := answeredAccount(a, rd.ID)
		return &oneAccount{&changed}, nil
	},
})
