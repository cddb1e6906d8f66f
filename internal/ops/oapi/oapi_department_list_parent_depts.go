package oapi

import (
	"context"
	"strconv"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type parentLists struct {
	UserID string
	Lists  api.Value
}

// DepartmentListParentDepts lists, for each department of an employee, the
// department and those above it: a list of lists
// (docs/spec/dingtalk-older-paths.md#ids-and-parents-of-departments).
var DepartmentListParentDepts = api.Define(&Operations, api.Op[parentLists, parentLists]{
	Route:      api.OAPI("", "/department/list_parent_depts"),
	Group:      departmentGroup,
	Doc:        api.Text{Zh: "查询员工的所有上级部门（旧版）。", En: "Lists the departments of an employee, each with those above it (older call)."},
	Permission: permissionDepartments,
	ReadOnly:   true,

	In: func(in *parentLists) api.Fields {
		user := olderUserField(&in.UserID)
		user.Name = "userId"
		return api.Fields{user}
	},
	Out: func(out *parentLists) api.Fields {
		return api.Fields{api.Any("department", &out.Lists).Example("[[2,1]]").Describe("每个部门一个列表：它自己和所有上级。", "A list for each department: itself and those above it.")}
	},
	Codes: []*api.Code{userUnknown, busy},

	Do: func(ctx context.Context, s *directory.Session, in *parentLists) (*parentLists, error) {
		paths, err := s.PathsOf(ctx, in.UserID)
		out := &parentLists{Lists: api.Value{Kind: api.ListValue}}
		for _, path := range paths {
			list := api.Value{Kind: api.ListValue}
			for _, id := range path {
				list.List = append(list.List, api.Value{Kind: api.NumberValue, Text: strconv.FormatInt(id, 10)})
			}
			out.Lists.List = append(out.Lists.List, list)
		}
		return out, err
	},
})
