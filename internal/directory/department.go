package directory

// RootDepartment is the id of an organisation's root department.
const RootDepartment = 1

// Department is a node of an organisation's tree of departments.
type Department struct {
	ID       int64
	ParentID int64 // 0 for the root
	Name     string
}

// DepartmentTx reads and writes departments.
type DepartmentTx interface {
	// Department returns the department, or ErrDepartmentNotFound.
	Department(id int64) (Department, error)
	// MissingDepartments returns those of ids that do not exist.
	MissingDepartments(ids []int64) ([]int64, error)
	PutDepartment(d Department)
}
