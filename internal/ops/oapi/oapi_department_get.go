package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// olderDepartmentOutput is a department in /department/get. Its lists are texts
// with | between the ids, and some have two spellings.
type olderDepartmentOutput struct {
	departmentOutput
	Leaders, DeptPermits, UserPermits, OuterDepts, OuterUsers string
	AutoApprove                                               *bool
	Ext                                                       *string
}

// DepartmentGet reads a department
// (docs/spec/dingtalk-older-paths.md#reading-of-a-department-on-an-older-path).
var DepartmentGet = api.Define(&Operations, api.Op[olderDepartmentRef, olderDepartmentOutput]{
	Route:      api.OAPI("", "/department/get"),
	Group:      departmentGroup,
	Doc:        api.Text{Zh: "获取部门详情（旧版）。", En: "Returns one department (older call)."},
	Permission: permissionDepartments,
	ReadOnly:   true,

	In: func(in *olderDepartmentRef) api.Fields {
		return api.Fields{olderDepartmentField("id", &in.ID).Required(nil), langField(&in.Lang)}
	},
	Out:   olderDepartmentFields,
	Codes: []*api.Code{departmentUnknown, departmentOutOfRange, busy},

	Do: func(ctx context.Context, s *directory.Session, in *olderDepartmentRef) (*olderDepartmentOutput, error) {
		v, err := s.Department(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		p := v.Settings
		out := &olderDepartmentOutput{departmentOutput: departmentOf(v.Department), Leaders: barText(v.Leaders), DeptPermits: barText(p.DeptPermits),
			UserPermits: barText(p.UserPermits), OuterDepts: barText(p.OuterPermitDepts), OuterUsers: barText(p.OuterPermitUsers), Ext: filled(p.Ext)}
		if p.AutoApprove {
			out.AutoApprove = &p.AutoApprove
		}
		return out, nil
	},
})

func olderDepartmentFields(d *olderDepartmentOutput) api.Fields {
	return api.Fields{
		api.Int("id", &d.ID).Example("2").Describe("部门 ID。", "Id of the department."),
		api.String("name", &d.Name).Example("市场部").Describe("名称。", "Name."),
		api.Int("order", &d.Order).Example("10").Describe("在父部门中的排序。", "Place among the siblings."),
		api.OptInt("parentid", &d.ParentID).Example("1").Describe("父部门 ID；根部门没有。", "Its parent; absent for the root."),
		api.Bool("createDeptGroup", &d.CreateGroup).Example("false").Describe("是否创建部门群。", "Whether it has a chat group."),
		api.Bool("autoAddUser", &d.AutoAddUser).Example("false").Describe("新人是否自动入群。", "Whether new members join the group."),
		api.Bool("deptHiding", &d.Hidden).Example("false").Describe("是否隐藏本部门。", "Whether the department is hidden."),
		api.Bool("outerDept", &d.Outer).Example("false").Describe("是否限制本部门成员查看通讯录。", "Whether its members see only a part of the directory."),
		api.Bool("groupContainSubDept", &d.WithSub).Example("false").Describe("部门群是否包含子部门。", "Whether the group includes the departments below."),
		api.String("deptManagerUseridList", &d.Leaders).Example("023420013645").Describe("部门主管，以 | 分隔。", "Leaders of the department, with | between them."),
		api.String("deptPermits", &d.DeptPermits).Example("2|3").Describe("可以查看隐藏部门的部门，以 | 分隔。", "Departments that see this one although it is hidden."),
		api.String("deptPerimits", &d.DeptPermits).Example("2|3").Describe("同 deptPermits。", "The same as deptPermits."),
		api.String("userPermits", &d.UserPermits).Example("023420013645").Describe("可以查看隐藏部门的员工，以 | 分隔。", "Employees that see the department although it is hidden."),
		api.String("userPerimits", &d.UserPermits).Example("023420013645").Describe("同 userPermits。", "The same as userPermits."),
		api.String("outerPermitDepts", &d.OuterDepts).Example("3").Describe("本部门成员可查看的部门，以 | 分隔。", "Departments its members see."),
		api.String("outerPermitUsers", &d.OuterUsers).Example("023420013644").Describe("本部门成员可查看的员工，以 | 分隔。", "Employees its members see."),
		api.OptString("orgDeptOwner", &d.GroupOwner).Example("023420013645").Describe("企业群群主；设置后才返回。", "Owner of the group, once it was set."),
		api.OptString("sourceIdentifier", &d.SourceIdentifier).Example("HR部门").Describe("部门标识；设置后才返回。", "Identifier of the department elsewhere, once it was set."),
		api.OptBool("autoApproveApply", &d.AutoApprove).Example("true").Describe("是否默认同意加入申请；为 false 时不返回。", "Whether applications to join are accepted at once; absent if not."),
		api.OptString("ext", &d.Ext).Example(`{"职能":"人事"}`).Describe("自定义字段，JSON 文本；设置后才返回。", "Custom fields as JSON text, once they were set."),
	}
}
