package directory

import "time"

// Employee is a person in an organisation, with an account of its own, an org
// account that the organisation owns, or an org account of another
// organisation that was joined here.
type Employee struct {
	UserID      string
	Name        string
	DeptIDs     []int64
	Mobile      string // with country code: "86-13800001001"; "" if none is known here
	Admin       bool
	AccountType string // AccountNormal, AccountSSO, AccountDingTalk or AccountJoined
	OuterOrg    string // AccountJoined: the organisation that owns the account
	OuterUserID string // AccountJoined: its user id there
	Disabled    bool   // an org account that cannot log in
	CreatedAt   time.Time
}

// Kinds of account (dingtalk-org-accounts C1 and D2.1).
const (
	AccountNormal   = "normal"
	AccountSSO      = "sso"
	AccountDingTalk = "dingtalk"
	AccountJoined   = "joined"
)

// EmployeeTx reads and writes employees.
type EmployeeTx interface {
	// Employee returns the employee, or ErrEmployeeNotFound.
	Employee(userID string) (Employee, error)
	// MissingEmployees returns those of userIDs that are no employees here.
	MissingEmployees(userIDs []string) ([]string, error)
	// EmployeeByMobile returns the employee with that number ("86-138..."), or
	// ErrEmployeeNotFound.
	EmployeeByMobile(mobile string) (Employee, error)
	PutEmployee(e Employee)
}
