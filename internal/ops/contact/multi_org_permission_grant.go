package contact

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type multiOrgPermissionGrant struct {
	JoinCorpID      string
	GrantDeptIDList []int64
}

// MultiOrgPermissionGrant lets org accounts join another organisation as its
// employees (docs/spec/org-accounts.md#join-grants).
var MultiOrgPermissionGrant = api.Define(&Operations, api.Op[multiOrgPermissionGrant, api.None]{
	Route:      api.REST("MultiOrgPermissionGrant", http.MethodPost, "/v1.0/contact/orgAccounts/multiOrgPermissions/auth"),
	Group:      "OrgAccount",
	Doc:        api.Text{Zh: "授权企业账号可加入其他组织。", En: "Lets org accounts join another organisation."},
	Permission: orgAccountSecurity,

	In: func(in *multiOrgPermissionGrant) api.Fields {
		return api.Fields{
			api.String("joinCorpId", &in.JoinCorpID).Brings(directory.RecipientsField).Required(accountParam).Invalid(accountParam).Example("ding12345678").
				Check(accountParam, notBlank, func() bool { return !isBlank(in.JoinCorpID) }).
				Describe("被授权组织的 corpId。", "Corp id of the organisation that accounts may join."),
			api.Ints("grantDeptIdList", &in.GrantDeptIDList).Brings(directory.DepartmentsField).Invalid(accountParam).Example("[2]").
				Describe("授权的部门；不传表示整个企业。", "Departments whose accounts may join; absent means the whole organisation."),
		}
	},
	Codes: []*api.Code{accountParam, joinTargetInvalid, joinDeptInvalid, accountBusy},

	Do: func(ctx context.Context, s *directory.Session, in *multiOrgPermissionGrant) (*api.None, error) {
		return nil, s.GrantJoin(ctx, directory.JoinGrant{ToOrg: in.JoinCorpID, DeptIDs: in.GrantDeptIDList})
	},
})
