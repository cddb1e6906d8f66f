package oapi

import (
	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// olderDepartmentInput is a department in a request on an older path
// (docs/spec/dingtalk-older-paths.md#writing-of-a-department). Lists are texts
// with | between the ids.
type olderDepartmentInput struct {
	ID                                                     int64
	Lang                                                   string
	Name, SourceIdentifier, GroupOwner, Leaders            *string
	DeptPermits, UserPermits, OuterDepts, OuterUsers       *string
	ParentID, Order                                        *int64
	Hidden, Outer, OuterOnlySelf, CreateGroup, AutoApprove *bool
	AutoAddUser, WithSub, WithOuter, WithHidden            *bool
	Ext                                                    api.Value
}

// olderSharedFields are what create and update have in common.
func olderSharedFields(d *olderDepartmentInput) api.Fields {
	flag := func(name string, p **bool, zh, en string) api.Field {
		return api.OptBool(name, p).Example("false").Describe(zh, en)
	}
	permits := func(name string, p **string, zh, en string) api.Field {
		return api.OptString(name, p).Invalid(olderPermits).Describef(zh, en, directory.MaxLongPermits)
	}
	ids := func(f api.Field, p **string) api.Field {
		return f.Check(olderPermits, api.Text{Zh: "部门 ID 以 | 分隔", En: "ids with | between them"}, func() bool { _, ok := barIDs(*p); return ok }).Example("2|3")
	}
	return api.Fields{
		api.OptInt("order", &d.Order).Invalid(departmentOrder).Range(0, 1<<62, departmentOrder).Example("10").Describe("在父部门中的排序，小的在前。", "Place among the siblings; the smaller, the earlier."),
		flag("createDeptGroup", &d.CreateGroup, "是否创建部门群；本服务没有群，只保存该值。", "Whether to create a chat group; there are none here, the value is kept."),
		flag("autoApproveApply", &d.AutoApprove, "是否默认同意加入申请。", "Whether applications to join are accepted at once."),
		flag("deptHiding", &d.Hidden, "是否隐藏本部门。", "Whether the department is hidden."),
		ids(permits("deptPermits", &d.DeptPermits, "可以查看隐藏部门的部门，最多 %d 个。", "Departments that see this one although it is hidden, at most %d."), &d.DeptPermits).Alias("deptPerimits"),
		permits("userPermits", &d.UserPermits, "可以查看隐藏部门的员工，最多 %d 个。", "Employees that see the department although it is hidden, at most %d.").Alias("userPerimits").Example("023420013645"),
		flag("outerDept", &d.Outer, "是否限制本部门成员查看通讯录。", "Whether its members see only a part of the directory."),
		ids(permits("outerPermitDepts", &d.OuterDepts, "本部门成员可查看的部门，最多 %d 个。", "Departments its members see, at most %d."), &d.OuterDepts),
		permits("outerPermitUsers", &d.OuterUsers, "本部门成员可查看的员工，最多 %d 个。", "Employees its members see, at most %d.").Example("023420013645"),
		flag("outerDeptOnlySelf", &d.OuterOnlySelf, "本部门成员是否只能看到所在部门及下级部门。", "Whether they see only their department and those below."),
		api.OptString("sourceIdentifier", &d.SourceIdentifier).Brings(directory.SourceField).Runes(0, directory.MaxDepartmentSource, olderDepartment).Example("HR部门").Describe("部门标识。", "Identifier of the department elsewhere."),
		api.Any("ext", &d.Ext).Brings(directory.ExtensionField).Check(olderDepartment, api.Text{Zh: "须为 JSON 对象或其文本", En: "must be a JSON object or its text"}, func() bool {
			p := textOfJSON(d.Ext)
			return p != nil && api.PlainText(*p)
		}).Example(`"{\"职能\":\"人事\"}"`).Describef("自定义字段，JSON 对象的文本，最长 %d 个字符。", "Custom fields, the text of a JSON object of up to %d characters.", directory.MaxDepartmentExt),
	}
}

func (d *olderDepartmentInput) update() directory.DepartmentUpdate {
	depts, _ := barIDs(d.DeptPermits) // they were checked as they were read
	outer, _ := barIDs(d.OuterDepts)
	return directory.DepartmentUpdate{
		ParentID: d.ParentID, Order: d.Order, Name: d.Name, SourceIdentifier: d.SourceIdentifier, Hidden: d.Hidden, Outer: d.Outer,
		OuterOnlySelf: d.OuterOnlySelf, CreateGroup: d.CreateGroup, AutoApprove: d.AutoApprove, AutoAddUser: d.AutoAddUser, GroupWithSub: d.WithSub,
		GroupWithOuter: d.WithOuter, GroupWithHidden: d.WithHidden, GroupOwner: d.GroupOwner, Ext: textOfJSON(d.Ext),
		DeptPermits: depts, OuterPermitDepts: outer, UserPermits: barList(d.UserPermits), OuterPermitUsers: barList(d.OuterUsers),
		// An empty text clears the list: the older call has no force_update_fields.
		Leaders: barList(d.Leaders), ClearLeaders: d.Leaders != nil, LongPermits: true,
	}
}

func (d *olderDepartmentInput) department() directory.Department {
	return d.update().Apply(directory.Department{})
}

// olderDepartmentID is the answer of create and update.
type olderDepartmentID struct{ ID int64 }

func olderDepartmentIDField(out *olderDepartmentID) api.Fields {
	return api.Fields{api.Int("id", &out.ID).Example("100").Describe("部门 ID。", "Id of the department.")}
}

// listedDepartment is a department in /department/list.
type listedDepartment struct {
	ID                       int64
	Name, SourceIdentifier   string
	ParentID                 int64
	CreateGroup, AutoAddUser bool
}

func listedDepartmentFields(d *listedDepartment) api.Fields {
	return api.Fields{
		api.Int("id", &d.ID).Example("2").Describe("部门 ID。", "Id of the department."),
		api.String("name", &d.Name).Example("市场部").Describe("名称。", "Name."),
		api.Int("parentid", &d.ParentID).OmitEmpty().Example("1").Describe("父部门 ID；根部门没有。", "Its parent; absent for the root."),
		api.Bool("createDeptGroup", &d.CreateGroup).Example("false").Describe("是否创建部门群。", "Whether it has a chat group."),
		api.Bool("autoAddUser", &d.AutoAddUser).Example("false").Describe("新人是否自动入群。", "Whether new members join the group."),
		api.String("sourceIdentifier", &d.SourceIdentifier).OmitEmpty().Example("HR部门").Describe("部门标识；没有时不返回。", "Identifier of the department elsewhere; absent if there is none."),
	}
}
