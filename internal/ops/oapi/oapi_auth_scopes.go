package oapi

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type authScopes struct {
	Fields     []string
	Conditions []string
	Range      scopeRange
}

type scopeRange struct {
	Users []string
	Depts []int64
}

// scopeFields are the fields an app may read in any case, as the vendor's
// sample lists them; mobile and email come with their permissions.
var scopeFields = []string{"jobnumber", "isLeader", "name", "position", "isAdmin", "avatar", "department", "userid", "isHide"}

// AuthScopes returns an app's range
// (docs/spec/org-accounts.md#scopes-of-an-app).
var AuthScopes = api.Define(&Operations, api.Op[api.None, authScopes]{
	Route:      api.OAPI(http.MethodGet, "/auth/scopes"),
	Group:      departmentGroup,
	Doc:        api.Text{Zh: "获取应用的通讯录授权范围。", En: "Returns the range of the app."},
	Permission: permissionBase,
	ReadOnly:   true,

	Out: func(out *authScopes) api.Fields {
		return api.Fields{
			api.Strings("auth_user_field", &out.Fields).Example(`["name"]`).Describe("可获取的员工字段。", "Fields of employees that may be read."),
			api.Strings("condition_field", &out.Conditions).Example(`[]`).Describe("有条件的字段；总是空。", "Fields with conditions; always empty."),
			api.Object("auth_org_scopes", &out.Range, func(r *scopeRange) api.Fields {
				return api.Fields{
					api.Strings("authed_user", &r.Users).Example(`[]`).Describe("授权的员工。", "Employees in the range."),
					api.Ints("authed_dept", &r.Depts).Example(`[1]`).Describe("授权的部门，含其下级。", "Departments in the range, with all below them."),
				}
			}).Describe("授权范围。", "The range."),
		}
	},

	Do: func(_ context.Context, s *directory.Session, _ *api.None) (*authScopes, error) {
		caller := s.Caller()
		out := &authScopes{Fields: scopeFields, Conditions: []string{}, Range: scopeRange{Users: []string{}, Depts: []int64{}}}
		if caller.May(directory.PermissionMobile) {
			out.Fields = append(out.Fields[:len(out.Fields):len(out.Fields)], "mobile")
		}
		if caller.May(directory.PermissionEmail) {
			out.Fields = append(out.Fields[:len(out.Fields):len(out.Fields)], "email")
		}
		switch {
		case caller.Scope.All:
			out.Range.Depts = []int64{directory.RootDepartment}
		default:
			out.Range.Users, out.Range.Depts = append(out.Range.Users, caller.Scope.UserIDs...), append(out.Range.Depts, caller.Scope.DeptIDs...)
		}
		return out, nil
	},
})
