package contact

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type listOwnedOrgByStaffID struct{ UserID string }

type ownedOrg struct{ CorpID, CorpName string }

type ownedOrgs struct{ OrgList []ownedOrg }

// The vendor's page of this operation names the same mistakes differently.
var (
	exclusiveLimit = &api.Code{HTTP: http.StatusBadRequest, Code: "exclusive.account.limit", Msg: "只能操作归属该组织的专属账号", Cause: directory.ErrNotOwnAccount,
		Why: exclusiveOnly.Why, Fix: exclusiveOnly.Fix}
	profileNotExist = &api.Code{HTTP: http.StatusBadRequest, Code: "profile.not.exist", Msg: "账号不存在", Cause: directory.ErrAccountDeleted,
		Why: api.Text{Zh: "该员工由其他组织的企业账号加入，而该账号或其组织已不存在。", En: "The employee joined with another organisation's account, and that account or its organisation was deleted."},
		Fix: api.Text{Zh: "删除该员工，或由账号所属组织重新创建并授权。", En: "Delete the employee, or have the owner create and authorise the account again."}}
	employeeNotExist = &api.Code{HTTP: http.StatusBadRequest, Code: "employee.not.exist", Msg: "员工不存在", Cause: directory.ErrEmployeeNotFound,
		Why: userNotExist.Why, Fix: userNotExist.Fix}
	ownedBusy = &api.Code{HTTP: http.StatusInternalServerError, Code: "system.busy", Msg: "系统繁忙，请稍后再试", Cause: directory.ErrBusy,
		Why: systemBusy.Why, Fix: systemBusy.Fix}
)

// ListOwnedOrgByStaffId lists the organisations that an org account created
// (docs/spec/org-accounts.md#organisations-owned-by-an-org-account).
var ListOwnedOrgByStaffId = api.Define(&Operations, api.Op[listOwnedOrgByStaffID, ownedOrgs]{
	Route:      api.REST("ListOwnedOrgByStaffId", http.MethodGet, "/v1.0/contact/orgAccounts/ownedOrganizations"),
	Group:      "OrgAccount",
	Doc:        api.Text{Zh: "查询企业账号拥有的组织。", En: "Lists the organisations that an org account created."},
	Permission: orgAccountSecurity,
	ReadOnly:   true,

	In: func(in *listOwnedOrgByStaffID) api.Fields { return api.Fields{accountUserID(&in.UserID)} },
	Out: func(out *ownedOrgs) api.Fields {
		return api.Fields{api.Objects("orgList", &out.OrgList, func(o *ownedOrg) api.Fields {
			return api.Fields{
				api.String("corpId", &o.CorpID).Example("ding12345678").Describe("组织的 corpId。", "Corp id of the organisation."),
				api.String("corpName", &o.CorpName).Example("伙伴公司").Describe("组织名称。", "Name of the organisation."),
			}
		}).Describe("组织列表。", "The organisations.")}
	},
	Codes: []*api.Code{accountParam, profileNotExist, exclusiveLimit, employeeNotExist, ownedBusy},

	Do: func(ctx context.Context, s *directory.Session, in *listOwnedOrgByStaffID) (*ownedOrgs, error) {
		orgs, err := s.OrgsCreatedBy(ctx, in.UserID)
		out := &ownedOrgs{OrgList: make([]ownedOrg, len(orgs))}
		for i, o := range orgs {
			out.OrgList[i] = ownedOrg{o.ID, o.Name}
		}
		return out, err
	},
})
