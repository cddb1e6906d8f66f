package oapi

import (
	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// departmentRef names a department.
type departmentRef struct {
	DeptID   int64
	Language string
}

func requiredDepartment(in *departmentRef) api.Field { return departmentField(in).Required(nil) }

func departmentField(in *departmentRef) api.Field {
	return api.Int("dept_id", &in.DeptID).Brings(directory.DepartmentField).Invalid(wrongParameter).Range(1, 1<<62, wrongParameter).Example("2").
		Describe("部门 ID，根部门为 1。", "Id of the department; the root is 1.")
}

// departmentInput is a department in a request; absent fields are nil
// (docs/spec/org-accounts.md#creation-of-a-department and
// docs/spec/org-accounts.md#update-of-a-department).
type departmentInput struct {
	DeptID                                                   int64
	Language                                                 string
	Name, SourceIdentifier, Code, GroupOwner                 *string
	ParentID, Order                                          *int64
	Hidden, Outer, OuterOnlySelf, CreateGroup                *bool
	AutoApprove, AutoAddUser, WithSub, WithOuter, WithHidden *bool
	DeptPermits, OuterDepts                                  []int64
	UserPermits, OuterUsers, Leaders, Force                  []string
}

const forceLeaders = "dept_manager_userid_list"

// sharedDepartmentFields are what create and update have in common; permits is
// the code of visibility lists.
func sharedDepartmentFields(d *departmentInput, permits *api.Code) api.Fields {
	flag := func(name string, p **bool, zh, en string) api.Field {
		return api.OptBool(name, p).Invalid(wrongDepartment).Example("false").Describe(zh, en)
	}
	return api.Fields{
		flag("hide_dept", &d.Hidden, "是否隐藏本部门。", "Whether the department is hidden."),
		api.Ints("dept_permits", &d.DeptPermits).Invalid(permits).Describef("可以查看隐藏部门的部门，与 user_permits 合计最多 %d。", "Departments that see this one although it is hidden; at most %d together with user_permits.", directory.MaxDepartmentPermits),
		api.Strings("user_permits", &d.UserPermits).Invalid(permits).Describe("可以查看隐藏部门的员工。", "Employees that see the department although it is hidden."),
		flag("outer_dept", &d.Outer, "是否限制本部门成员查看通讯录。", "Whether its members see only a part of the directory."),
		flag("outer_dept_only_self", &d.OuterOnlySelf, "本部门成员是否只能看到所在部门及下级部门。", "Whether they see only their department and those below."),
		api.Ints("outer_permit_depts", &d.OuterDepts).Invalid(permits).Describef("本部门成员可查看的部门，与 outer_permit_users 合计最多 %d。", "Departments its members see; at most %d together with outer_permit_users.", directory.MaxDepartmentPermits),
		api.Strings("outer_permit_users", &d.OuterUsers).Invalid(permits).Describe("本部门成员可查看的员工。", "Employees its members see."),
		flag("create_dept_group", &d.CreateGroup, "是否创建部门群；本服务没有群，只保存该值。", "Whether to create a chat group; there are none here, the value is kept."),
		flag("auto_approve_apply", &d.AutoApprove, "是否默认同意加入申请。", "Whether applications to join are accepted at once."),
		api.OptInt("order", &d.Order).Invalid(departmentOrder).Range(0, 1<<62, departmentOrder).Example("10").Describe("在父部门中的排序，小的在前。", "Place among the siblings; the smaller, the earlier."),
		api.OptString("source_identifier", &d.SourceIdentifier).Brings(directory.SourceField).Runes(0, directory.MaxDepartmentSource, wrongDepartment).Example("HR部门").Describe("部门标识。", "Identifier of the department elsewhere."),
		api.OptString("code", &d.Code).Brings(directory.CodeField).Runes(0, directory.MaxDepartmentCode, wrongDepartment).Example("10000").Describef("部门编码，最多 %d 个字符。", "Code of up to %d characters.", directory.MaxDepartmentCode),
	}
}

func (d *departmentInput) update() directory.DepartmentUpdate {
	u := directory.DepartmentUpdate{
		ParentID: d.ParentID, Order: d.Order, Name: d.Name, SourceIdentifier: d.SourceIdentifier, Code: d.Code, Hidden: d.Hidden, Outer: d.Outer,
		OuterOnlySelf: d.OuterOnlySelf, CreateGroup: d.CreateGroup, AutoApprove: d.AutoApprove, AutoAddUser: d.AutoAddUser, GroupWithSub: d.WithSub,
		GroupWithOuter: d.WithOuter, GroupWithHidden: d.WithHidden, GroupOwner: d.GroupOwner, DeptPermits: d.DeptPermits, UserPermits: d.UserPermits,
		OuterPermitDepts: d.OuterDepts, OuterPermitUsers: d.OuterUsers, Leaders: d.Leaders,
	}
	for _, f := range d.Force {
		u.ClearLeaders = u.ClearLeaders || f == forceLeaders
	}
	return u
}

// department is a new department as the request describes it.
func (d *departmentInput) department() directory.Department {
	return d.update().Apply(directory.Department{})
}

// departmentOutput is a department in an answer.
type departmentOutput struct {
	ID                                    int64
	Name                                  string
	ParentID                              *int64
	SourceIdentifier, Code, GroupOwner    *string
	CreateGroup, AutoAddUser, AutoApprove bool
	FromUnion, WithSub, Outer, Hidden     bool
	Order, Members, DirectMembers         int64
	Leaders, OuterUsers, UserPermits      []string
	OuterDepts, DeptPermits               []int64
}

func departmentOf(d directory.Department) departmentOutput {
	p := d.Settings
	out := departmentOutput{
		ID: d.ID, Name: d.Name, SourceIdentifier: filled(p.SourceIdentifier), Code: filled(p.Code), GroupOwner: filled(p.GroupOwner),
		CreateGroup: p.CreateGroup, AutoAddUser: p.AutoAddUser, AutoApprove: p.AutoApprove, WithSub: p.GroupWithSub, Outer: p.Outer, Hidden: p.Hidden,
		Order: d.Order, OuterUsers: api.List(p.OuterPermitUsers), UserPermits: api.List(p.UserPermits), OuterDepts: api.List(p.OuterPermitDepts), DeptPermits: api.List(p.DeptPermits),
	}
	if d.ParentID != 0 {
		out.ParentID = &d.ParentID
	}
	return out
}

// departmentBaseFields are what lists show of a department.
func departmentBaseFields(d *departmentOutput) api.Fields {
	return api.Fields{
		api.Int("dept_id", &d.ID).Example("2").Describe("部门 ID。", "Id of the department."),
		api.String("name", &d.Name).Example("市场部").Describe("名称。", "Name."),
		api.OptInt("parent_id", &d.ParentID).Example("1").Describe("父部门 ID；根部门没有。", "Its parent; absent for the root."),
		api.OptString("source_identifier", &d.SourceIdentifier).Example("HR部门").Describe("部门标识。", "Identifier of the department elsewhere."),
		api.Bool("create_dept_group", &d.CreateGroup).Example("false").Describe("是否创建部门群。", "Whether it has a chat group."),
		api.Bool("auto_add_user", &d.AutoAddUser).Example("false").Describe("新人是否自动入群。", "Whether new members join the group."),
	}
}

func departmentFields(d *departmentOutput) api.Fields {
	return append(departmentBaseFields(d),
		api.Bool("auto_approve_apply", &d.AutoApprove).Example("false").Describe("是否默认同意加入申请。", "Whether applications to join are accepted at once."),
		api.Bool("from_union_org", &d.FromUnion).Example("false").Describe("是否来自关联组织；总是 false。", "Whether it comes from a linked organisation; always false."),
		api.Int("order", &d.Order).Example("10").Describe("在父部门中的排序。", "Place among the siblings."),
		api.Bool("group_contain_sub_dept", &d.WithSub).Example("false").Describe("部门群是否包含子部门。", "Whether the group includes the departments below."),
		api.OptString("org_dept_owner", &d.GroupOwner).Example("023420013645").Describe("企业群群主。", "Owner of the group."),
		api.Strings("dept_manager_userid_list", &d.Leaders).Example(`["023420013645"]`).Describe("部门主管。", "Leaders of the department."),
		api.Bool("outer_dept", &d.Outer).Example("false").Describe("是否限制本部门成员查看通讯录。", "Whether its members see only a part of the directory."),
		api.Ints("outer_permit_depts", &d.OuterDepts).Example(`[]`).Describe("本部门成员可查看的部门。", "Departments its members see."),
		api.Strings("outer_permit_users", &d.OuterUsers).Example(`[]`).Describe("本部门成员可查看的员工。", "Employees its members see."),
		api.Bool("hide_dept", &d.Hidden).Example("false").Describe("是否隐藏本部门。", "Whether the department is hidden."),
		api.Strings("user_permits", &d.UserPermits).Example(`[]`).Describe("可以查看隐藏部门的员工。", "Employees that see the department although it is hidden."),
		api.Ints("dept_permits", &d.DeptPermits).Example(`[]`).Describe("可以查看隐藏部门的部门。", "Departments that see this one although it is hidden."),
		api.OptString("code", &d.Code).Example("10000").Describe("部门编码；设置后才返回。", "Code, once it was set."),
		api.Int("member_count", &d.Members).Example("10").Describe("员工数，含下级部门。", "People in it and below it."),
		api.Int("owning_member_count", &d.DirectMembers).Example("8").Describe("直属员工数。", "Direct members."),
	)
}
