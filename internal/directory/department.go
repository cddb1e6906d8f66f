package directory

import (
	"errors"
	"time"
)

// RootDepartment is the id of an organisation's root department.
const RootDepartment = 1

// Department is a node of an organisation's tree of departments.
type Department struct {
	ID       int64
	ParentID int64 // 0 for the root
	Name     string
	Order    int64 // among its siblings, the smaller the earlier
	Settings DepartmentSettings

	Version              int64
	CreatedAt, UpdatedAt time.Time // zero: not known
}

// DepartmentSettings are stored for the vendor's clients and have no effect
// here: there are no chat groups.
type DepartmentSettings struct {
	SourceIdentifier string `json:"source_identifier,omitempty"`
	Code             string `json:"code,omitempty"`

	Hidden           bool     `json:"hide_dept,omitempty"`
	DeptPermits      []int64  `json:"dept_permits,omitempty"` // may see the department although it is hidden
	UserPermits      []string `json:"user_permits,omitempty"`
	Outer            bool     `json:"outer_dept,omitempty"` // its members see only what the next two lists name
	OuterOnlySelf    bool     `json:"outer_dept_only_self,omitempty"`
	OuterPermitDepts []int64  `json:"outer_permit_depts,omitempty"`
	OuterPermitUsers []string `json:"outer_permit_users,omitempty"`
	CreateGroup      bool     `json:"create_dept_group,omitempty"`
	AutoApprove      bool     `json:"auto_approve_apply,omitempty"`
	AutoAddUser      bool     `json:"auto_add_user,omitempty"`
	GroupWithSub     bool     `json:"group_contain_sub_dept,omitempty"`
	GroupWithOuter   bool     `json:"group_contain_outer_dept,omitempty"`
	GroupWithHidden  bool     `json:"group_contain_hidden_dept,omitempty"`
	GroupOwner       string   `json:"org_dept_owner,omitempty"`
	Ext              string   `json:"ext,omitempty"` // fields of the organisation, a JSON object as text; older calls only

	// LongPermits is not stored: the call allows longer visibility lists.
	LongPermits bool `json:"-"`
}

// Limits of departments (docs/spec/org-accounts.md#creation-of-a-department).
const (
	MaxDepartmentName    = 64
	MaxDepartmentDepth   = 15  // levels, with the root as the first: docs/spec/org-accounts.md#depth-of-departments
	MaxDepartmentPermits = 50  // people and departments in one visibility list
	MaxLongPermits       = 200 // in each list of an older call (docs/spec/dingtalk-older-paths.md#writing-of-a-department)
	MaxDepartmentExt     = 2000
	MaxDepartmentCode    = 30
	MaxDepartmentSource  = 256
	MaxDepartmentLeaders = 100
)

// Errors of departments. Methods wrap them with context; compare with errors.Is.
var (
	ErrDepartmentNotFound    = errors.New("department not found")
	ErrDepartmentName        = errors.New("name of the department is not acceptable")
	ErrDepartmentCharacter   = errors.New("name of the department has a character that is not allowed")
	ErrDepartmentText        = errors.New("value of the department is too long or out of range")
	ErrDepartmentExists      = errors.New("the parent has a department with this name")
	ErrDepartmentIDTaken     = errors.New("a department has this id")
	ErrDepartmentDepth       = errors.New("departments are nested too deeply")
	ErrDepartmentCycle       = errors.New("a department cannot be below itself")
	ErrDepartmentMembers     = errors.New("department has members")
	ErrDepartmentChildren    = errors.New("department has departments below it")
	ErrDepartmentRoot        = errors.New("the root department can be neither moved nor deleted")
	ErrDepartmentOutOfRange  = errors.New("department is outside the range of the app")
	ErrDepartmentPermits     = errors.New("visibility list of the department is not acceptable")
	ErrDepartmentPermitCount = errors.New("visibility list of the department is too long")
	ErrDepartmentOwner       = errors.New("owner of the department's group is not a member")
	ErrParentNotFound        = errors.New("parent department not found")
)

// DepartmentTx reads and writes departments.
type DepartmentTx interface {
	DepartmentTreeTx
	// Department returns the department, or ErrDepartmentNotFound. An update
	// locks it.
	Department(id int64) (Department, error)
	// MissingDepartments returns those of ids that do not exist.
	MissingDepartments(ids []int64) ([]int64, error)
	// DepartmentNamed returns the first department below the parent whose name
	// looks like the given one ([NameKey]), or 0.
	DepartmentNamed(parent int64, name string) (int64, error)
	// InsertDepartment writes a new department. Update returns
	// ErrDepartmentExists or ErrDepartmentIDTaken when name or id are taken.
	InsertDepartment(d Department)
	// UpdateDepartment writes what differs between two states of a department.
	// Update returns ErrDepartmentExists when the name is taken. The
	// departments below follow a new parent only with MoveDepartment.
	UpdateDepartment(before, d Department)
	// MoveDepartment moves the department at path, with all below it, to a
	// parent at another path, which must not contain the department.
	MoveDepartment(path, parentPath []int64)
	// DeleteDepartment deletes a department without members and without
	// departments below it.
	DeleteDepartment(d Department)
}

// DepartmentTreeTx reads the tree of departments.
type DepartmentTreeTx interface {
	// DepartmentPath returns the department's id and those above it, the root
	// last, or ErrDepartmentNotFound. An update locks the department against
	// deletion.
	DepartmentPath(id int64) ([]int64, error)
	// DepartmentPaths is DepartmentPath for several; departments that do not
	// exist are left out.
	DepartmentPaths(ids []int64) (map[int64][]int64, error)
	// SubDepartments returns the departments directly below, by order and id.
	SubDepartments(parentID int64) ([]Department, error)
	// DepartmentTree returns the department and all below it by id; none if it
	// does not exist.
	DepartmentTree(id int64) ([]Department, error)
	// SubDepartmentIDs returns the ids of SubDepartments in the same order.
	SubDepartmentIDs(parentID int64) ([]int64, error)
	// DepartmentHeight returns the number of levels below the department.
	DepartmentHeight(id int64) (int, error)
	// LeadersOf returns the user ids of the department's leaders, in their
	// order.
	LeadersOf(deptID int64) ([]string, error)
	// LeadersOfAll is LeadersOf for several; departments without leaders are left
	// out.
	LeadersOfAll(deptIDs []int64) (map[int64][]string, error)
}
