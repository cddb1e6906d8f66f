package contact

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type transformToExclusiveAccount struct {
	UserID, TransformType, LoginID, InitPassword string
	IDPDingTalk                                  bool
}

// Codes of the two transformations. Decision: the vendor documents none, so
// these are the codes of the operations on org accounts.
var (
	alreadyExclusive = &api.Code{HTTP: http.StatusBadRequest, Code: "invalid.param", Msg: "无效参数", Cause: directory.ErrOwnAccount,
		Why: api.Text{Zh: "该员工已使用企业账号。", En: "The employee has an org account already."},
		Fix: api.Text{Zh: "只对普通账号调用。", En: "Call it for normal accounts only."}}
	wrongKind = &api.Code{HTTP: http.StatusBadRequest, Code: "invalid.param", Msg: "无效参数", Cause: directory.ErrEmployeeKind,
		Why: api.Text{Zh: "钉钉自建账号需要 loginId 和 initPassword，SSO 账号不能有。", En: "An account built in DingTalk needs loginId and initPassword; an SSO account has neither."},
		Fix: api.Text{Zh: "idpDingTalk 为 true 时填写二者，否则都不填。", En: "Give both with idpDingTalk true, and neither without."}}
	weakPassword = &api.Code{HTTP: http.StatusBadRequest, Code: "invalid.param", Msg: "无效参数", Cause: directory.ErrPasswordWeak,
		Why: api.Textf("initPassword 少于 %d 个字符，或只有字母，或只有数字。", "initPassword has fewer than %d characters, or only letters, or only digits.", directory.MinPassword),
		Fix: api.Text{Zh: "使用更强的初始密码。", En: "Use a stronger first password."}}
	loginIDTaken = &api.Code{HTTP: http.StatusBadRequest, Code: "invalid.param", Msg: "无效参数", Cause: directory.ErrLoginIDTaken,
		Why: api.Text{Zh: "loginId 已被本企业的其他账号使用。", En: "Another account of the organisation has this loginId."},
		Fix: api.Text{Zh: "换一个 loginId。", En: "Choose another loginId."}}
)

// TransformToExclusiveAccount turns a normal account into an org account
// (docs/spec/org-accounts.md#conversion-to-an-org-account). The path is
// singular here, as with the vendor.
var TransformToExclusiveAccount = api.Define(&Operations, api.Op[transformToExclusiveAccount, api.None]{
	Route:      api.REST("TransformToExclusiveAccount", http.MethodPost, "/v1.0/contact/orgAccount/transformToExclusiveAccounts"),
	Group:      "OrgAccount",
	Doc:        api.Text{Zh: "将普通账号转为企业账号。", En: "Turns a normal account into an org account."},
	Permission: orgAccountSecurity,

	In: func(in *transformToExclusiveAccount) api.Fields {
		return api.Fields{
			api.String("userId", &in.UserID).Brings(directory.EmployeeField).Required(accountParam).Invalid(accountParam).Example("023420013645").
				Check(accountParam, notBlank, func() bool { return !isBlank(in.UserID) }).
				Describe("员工的 userId。", "User id of the employee."),
			api.String("transformType", &in.TransformType).Required(accountParam).Invalid(accountParam).OneOf(accountParam, "migrate").Example("migrate").
				Describe("转换方式，migrate 表示迁移。", "How: migrate."),
			api.String("loginId", &in.LoginID).Brings(directory.LoginField).Invalid(accountParam).Runes(0, directory.MaxLoginID, accountParam).Example("wangfang").
				Describe("登录名，仅钉钉自建账号。", "Login id, of accounts built in DingTalk."),
			api.String("initPassword", &in.InitPassword).Invalid(accountParam).Runes(0, directory.MaxPassword, accountParam).Personal().
				Describe("初始密码，仅钉钉自建账号。", "First password, of accounts built in DingTalk."),
			// Inferred: true is an account built in DingTalk, false or absent an SSO account.
			api.Bool("idpDingTalk", &in.IDPDingTalk).Invalid(accountParam).Example("true").
				Describe("true 表示由钉钉验证身份（自建账号），否则为 SSO 账号。", "true for an account built in DingTalk, whose password is checked here; otherwise an SSO account."),
		}
	},
	Codes: []*api.Code{accountParam, userNotExist, alreadyExclusive, wrongKind, weakPassword, loginIDTaken, accountBusy},

	Do: func(ctx context.Context, s *directory.Session, in *transformToExclusiveAccount) (*api.None, error) {
		n := directory.NewOrgAccount{Type: directory.AccountSSO, LoginID: in.LoginID, Password: in.InitPassword}
		if in.IDPDingTalk {
			n.Type = directory.AccountDingTalk
		}
		return nil, s.MakeOrgAccount(ctx, in.UserID, n)
	},
})
