package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type v2UserGetbymobile struct {
	Mobile      string
	OrgAccounts bool
}

type usersByMobile struct {
	UserID      *string
	OrgAccounts []string
}

// V2UserGetbymobile finds an employee by its mobile and, if asked to, the
// organisation's own org accounts (docs/spec/org-accounts.md#search-by-mobile).
var V2UserGetbymobile = api.Define(&Operations, api.Op[v2UserGetbymobile, usersByMobile]{
	Route:      api.OAPI("", "/topapi/v2/user/getbymobile"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "根据手机号查询员工。只搜索本企业创建的账号。", En: "Finds employees by mobile, among the accounts that the organisation created."},
	Permission: permissionMobile,
	ReadOnly:   true,

	In: func(in *v2UserGetbymobile) api.Fields {
		return api.Fields{
			api.String("mobile", &in.Mobile).Brings(directory.MobileField).Required(nil).Invalid(mobileUnreadable).Personal().Example("13800001001").
				Describe("手机号；中国大陆以外的号码写作 +xx-xxxxxx。", "Mobile; numbers outside mainland China as +xx-xxxxxx."),
			api.Bool("support_exclusive_account_search", &in.OrgAccounts).Invalid(wrongParameter).Example("false").
				Describe("是否也搜索本企业的企业账号。", "Whether to look among the organisation's own org accounts too."),
		}
	},
	Out: func(out *usersByMobile) api.Fields {
		return api.Fields{api.Object("result", out, func(out *usersByMobile) api.Fields {
			return api.Fields{
				api.OptString("userid", &out.UserID).Example("023420013645").Describe("普通账号员工的 userid。", "Id of the employee with a normal account."),
				api.Strings("exclusive_account_userid_list", &out.OrgAccounts).Example(`["org1001"]`).Describe("本企业的企业账号。", "The organisation's own org accounts."),
			}
		})}
	},
	Codes: []*api.Code{mobileUnreadable, userUnknown, userOutOfRange, busy},

	Do: func(ctx context.Context, s *directory.Session, in *v2UserGetbymobile) (*usersByMobile, error) {
		id, owned, err := s.EmployeesByMobile(ctx, in.Mobile, in.OrgAccounts)
		if err != nil {
			return nil, err
		}
		if in.OrgAccounts && owned == nil {
			owned = []string{}
		}
		return &usersByMobile{filled(id), owned}, nil
	},
})
