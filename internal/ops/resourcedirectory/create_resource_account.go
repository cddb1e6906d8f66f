package resourcedirectory

import (
	"context"
	"errors"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type createResourceAccount struct {
	directory.NewAccount
	ResellAccountType string
}

// CreateResourceAccount adds a member
// (docs/spec/resource-directory.md#creating-an-account).
var CreateResourceAccount = api.Define(&Operations, api.Op[createResourceAccount, oneAccount]{
	Route: api.RPC(version, "CreateResourceAccount"),
	Also:  older("CreateResourceAccount"),
	Group: "Account",
	Doc:   api.Text{Zh: "创建资源账号类型的成员。", En: "Creates a member of type resource account."},

	Before: enabled,
	In: func(in *createResourceAccount) api.Fields {
		return api.Fields{
			displayNameField("DisplayName", &in.DisplayName).Required(missingDisplayName).
				Describef("成员显示名称，%d 至 %d 个字符，在资源目录内唯一。", "Display name of the member, %d to %d characters, unique in the resource directory.", directory.MinDisplayName, directory.MaxDisplayName),
			parentField(&in.FolderID),
			api.String("PayerAccountId", &in.PayerID).Invalid(payerInvalid).
				Check(payerInvalid, accountIDRule, func() bool { return in.PayerID == "" || accountIDForm.MatchString(in.PayerID) }).
				Example("123233441234****").Describe("结算账号 ID，须在资源目录内；为空则自主结算。", "Account that pays, of this resource directory; by default the member itself."),
			api.String("AccountNamePrefix", &in.NamePrefix).Invalid(prefixInvalid).
				Check(prefixInvalid, api.Text{Zh: "字母和数字，中间可有单个的 _ . -", En: "letters and digits, with single _ . - between them"}, func() bool {
					return in.NamePrefix == "" || !errors.Is(directory.CheckNamePrefix(in.NamePrefix), directory.ErrNamePrefixForm)
				}).
				RunesIfAny(directory.MinNamePrefix, directory.MaxNamePrefix, prefixLength).
				Example("alice").Describef("账号名称前缀，%d 至 %d 个字符；为空则随机生成。", "Prefix of the account's name, %d to %d characters; made up by default.", directory.MinNamePrefix, directory.MaxNamePrefix),
			tagsField(&in.Tags, "成员的标签。", "Tags of the member."),
			api.String("ResellAccountType", &in.ResellAccountType).Invalid(resellTypeInvalid).
				Check(resellTypeInvalid, api.Text{Zh: "resell 或 non_resell", En: "resell or non_resell"}, func() bool {
					return in.ResellAccountType == "" || in.ResellAccountType == "resell" || in.ResellAccountType == "non_resell"
				}).
				Example("resell").Describe("成员的身份类型，仅作校验。", "Identity type of the member; checked and not used."),
			dryRunField(&in.DryRun),
		}
	},
	Out:   oneAccountFields,
	Codes: []*api.Code{noFolder, payerElsewhere, accountQuota, displayNameUsed, accountNameUsed},

	Do: func(ctx context.Context, s *directory.Session, in *createResourceAccount) (*oneAccount, error) {
		rd, err := s.ResourceDirectory(ctx)
		if err != nil {
			return nil, err
		}
		a, err := s.CreateAccount(ctx, in.NewAccount)
		if err != nil || in.DryRun {
			return &oneAccount{}, err
		}
		made := answeredAccount(a, rd.ID)
		return &oneAccount{&made}, nil
	},
})
