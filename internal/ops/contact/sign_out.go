package contact

import (
	"context"
	"net/http"
	"slices"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type signOut struct {
	UserID, Reason, PermissionCode string
	Shown                          api.Value
}

// SignOut ends the logins of an org account
// (docs/spec/org-accounts.md#sign-out-of-an-org-account).
var SignOut = api.Define(&Operations, api.Op[signOut, booleanResult]{
	Route:      api.REST("SignOut", http.MethodPost, "/v1.0/contact/orgAccounts/signOut"),
	Group:      "OrgAccount",
	Doc:        api.Text{Zh: "强制登出企业账号。", En: "Ends all logins of an org account."},
	Permission: orgAccountSecurity,

	In: func(in *signOut) api.Fields {
		return api.Fields{accountUserID(&in.UserID), accountReason(&in.Reason),
			api.Any("reasonI18nForEmployee", &in.Shown).Invalid(accountParam).Example(`{"zh_CN":"登出原因","en_US":"Reason for logging out"}`).
				Check(accountParam, api.Text{Zh: "以语言为键的文本对象", En: "an object of texts by language"}, func() bool { return isTexts(in.Shown) }).
				Describe("显示给员工的原因，按语言。", "Reason, in the words shown to the person, by language."),
			permissionCode(&in.PermissionCode)}
	},
	Out:   booleanResultFields,
	Codes: accountCodes,

	Do: func(ctx context.Context, s *directory.Session, in *signOut) (*booleanResult, error) {
		shown := map[string]string{}
		for _, m := range in.Shown.Members {
			shown[m.Name] = m.Value.Text
		}
		return &booleanResult{true}, s.SignOutAccount(ctx, in.UserID, in.Reason, shown)
	},
})

// isTexts reports whether the value is absent, or an object whose members are
// texts, few enough to be languages.
func isTexts(v api.Value) bool {
	if v.Kind == api.Absent || v.Kind == api.Null {
		return true
	}
	return v.Kind == api.ObjectValue && len(v.Members) <= 100 &&
		!slices.ContainsFunc(v.Members, func(m api.Member) bool { return m.Value.Kind != api.TextValue })
}
