package contact

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type transformToNormalAccount struct{ UserID string }

type transformed struct{ Success bool }

var (
	noIdentity = &api.Code{HTTP: http.StatusBadRequest, Code: "invalid.param", Msg: "无效参数", Cause: directory.ErrEmployeeIdentity,
		Why: api.Text{Zh: "企业账号没有手机号，转为普通账号后无法登录。", En: "The org account has no mobile, and a normal account logs in with one."},
		Fix: api.Text{Zh: "先为该账号设置 exclusive_mobile。", En: "Give the account an exclusive_mobile first."}}
	mobileTaken = &api.Code{HTTP: http.StatusBadRequest, Code: "invalid.param", Msg: "无效参数", Cause: directory.ErrEmployeeMobile,
		Why: api.Text{Zh: "本企业的另一普通账号已使用该手机号。", En: "Another normal account of the organisation has this mobile."},
		Fix: api.Text{Zh: "先更换其中一个账号的手机号。", En: "Change the mobile of one of them first."}}
)

// TransformToNormalAccount turns an org account into a normal one
// (docs/spec/org-accounts.md#conversion-to-a-normal-account).
var TransformToNormalAccount = api.Define(&Operations, api.Op[transformToNormalAccount, transformed]{
	Route:      api.REST("TransformToNormalAccount", http.MethodPost, "/v1.0/contact/orgAccounts/transformToNormalAccount"),
	Group:      "OrgAccount",
	Doc:        api.Text{Zh: "将企业账号转为普通账号。", En: "Turns an org account into a normal one."},
	Permission: orgAccountSecurity,

	In: func(in *transformToNormalAccount) api.Fields { return api.Fields{accountUserID(&in.UserID)} },
	Out: func(out *transformed) api.Fields {
		return api.Fields{api.Bool("success", &out.Success).Example("true").Describe("是否成功。", "Whether the call succeeded.")}
	},
	Codes: append([]*api.Code{noIdentity, mobileTaken}, accountCodes...),

	Do: func(ctx context.Context, s *directory.Session, in *transformToNormalAccount) (*transformed, error) {
		return &transformed{true}, s.MakeNormalAccount(ctx, in.UserID)
	},
})
