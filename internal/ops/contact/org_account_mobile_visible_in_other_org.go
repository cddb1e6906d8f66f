package contact

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type orgAccountMobileVisibleInOtherOrg struct {
	ToCorpIDs []string
	OptUserID string
	Fields    []string
}

// OrgAccountMobileVisibleInOtherOrg opens fields of the org accounts to other
// organisations (docs/spec/org-accounts.md#visibility-grant-call). The permission code is
// spelled as the vendor spells it.
var OrgAccountMobileVisibleInOtherOrg = api.Define(&Operations, api.Op[orgAccountMobileVisibleInOtherOrg, booleanResult]{
	Route:      api.REST("OrgAccountMobileVisibleInOtherOrg", http.MethodPut, "/v1.0/contact/orgAccounts/mobiles/visibleInOtherOrg"),
	Group:      "OrgAccount",
	Doc:        api.Text{Zh: "授权其他组织查看本企业专属账号的手机号和停用状态。", En: "Lets other organisations see the mobile and the disabled state of this organisation's org accounts."},
	Permission: "Contact.OrgAccount.VisiblityInOtherOrg",

	In: func(in *orgAccountMobileVisibleInOtherOrg) api.Fields {
		return api.Fields{
			api.Strings("toCorpIds", &in.ToCorpIDs).Brings(directory.RecipientsField).Required(nil).Example(`["ding12345678"]`).
				Check(invalidParam, api.Text{Zh: "任何一项都不能为空白", En: "no entry may be blank"}, func() bool { return !slices.ContainsFunc(in.ToCorpIDs, isBlank) }).
				Describe("被授权组织的 corpId 列表。", "Corp ids of the organisations that receive the authorisation."),
			api.String("optUserId", &in.OptUserID).Brings(directory.OperatorField).Required(nil).Example("102530009661373952").
				Check(invalidParam, notBlank, func() bool { return !isBlank(in.OptUserID) }).
				Describe("调用者的 userId，用于审计，必须是当前企业的员工。", "User id of the person on whose behalf it is called; recorded in the history."),
			api.Strings("fields", &in.Fields).Example(`["mobile"]`).
				OneOf(invalidParam, directory.GrantMobile, directory.GrantStatus).
				Describe("授权字段：mobile 手机号，status 停用状态；缺省或为空表示仅 mobile。", "Fields to open: mobile, status; absent or empty means mobile only."),
		}
	},
	Out:   booleanResultFields,
	Codes: []*api.Code{invalidParam, operatorInvalid, targetInvalid, systemBusy},

	Do: func(ctx context.Context, s *directory.Session, in *orgAccountMobileVisibleInOtherOrg) (*booleanResult, error) {
		if err := s.GrantVisibility(ctx, in.ToCorpIDs, in.OptUserID, in.Fields); err != nil {
			return nil, err
		}
		return &booleanResult{true}, nil
	},
})

// notBlank is the rule !isBlank in words.
var notBlank = api.Text{Zh: "不能为空白", En: "must not be blank"}

func isBlank(s string) bool { return strings.TrimSpace(s) == "" }
