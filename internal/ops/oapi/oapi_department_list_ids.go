package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type subDepartmentIDs struct{ IDs []int64 }

// DepartmentListIDs lists the ids of the departments directly below one
// (docs/spec/dingtalk-older-paths.md#ids-and-parents-of-departments).
var DepartmentListIDs = api.Define(&Operations, api.Op[olderDepartmentRef, subDepartmentIDs]{
	Route:      api.OAPI("", "/department/list_ids"),
	Group:      departmentGroup,
	Doc:        api.Text{Zh: "获取子部门 ID 列表（旧版）。", En: "Lists the ids of the departments directly below (older call)."},
	Permission: permissionDepartments,
	ReadOnly:   true,

	In: func(in *olderDepartmentRef) api.Fields {
		return api.Fields{olderDepartmentField("id", &in.ID).Required(nil)}
	},
	Out: func(out *subDepartmentIDs) api.Fields {
		return api.Fields{api.Ints("sub_dept_id_list", &out.IDs).Example("[2,3]").Describe("子部门 ID，只含一级。", "Ids of the departments directly below.")}
	},
	Codes: []*api.Code{departmentUnknown, busy},

	Do: func(ctx context.Context, s *directory.Session, in *olderDepartmentRef) (*subDepartmentIDs, error) {
		ids, err := s.SubDepartmentIDs(ctx, in.ID)
		return &subDepartmentIDs{ids}, err
	},
})
