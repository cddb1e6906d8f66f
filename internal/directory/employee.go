package directory

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/pinyin"
)

// Employee is a person in an organisation. The account is the person's own, an
// org account that the organisation owns, or an org account of another
// organisation that joined this one.
type Employee struct {
	UserID      string
	Name        string
	DeptIDs     []int64
	Mobile      string // with country code: "86-13800001001"; of an org account its exclusive mobile; "" if none is known here
	Admin       bool   // main administrator
	Boss        bool   // in charge of the organisation
	AccountType string // AccountNormal, AccountSSO, AccountDingTalk or AccountJoined
	OuterOrg    string // AccountJoined: the organisation that owns the account
	OuterUserID string // AccountJoined: its user id there
	Disabled    bool   // an org account that cannot log in
	CreatedAt   time.Time

	Version      int64
	UpdatedAt    time.Time // of who was never changed: CreatedAt
	ManagerID    string    // user id; "" if there is none
	Account      string    // union ids derive from it; the same for one person in every organisation
	UnionID      string    // as the organisation's own apps see it
	PasswordHash string    // argon2id, of accounts built in DingTalk
	Profile      Profile
	Private      Private
}

// Profile holds the fields that are never searched for and identify nobody.
type Profile struct {
	JobNumber      string         `json:"job_number,omitempty"`
	Title          string         `json:"title,omitempty"`
	OrgEmailType   string         `json:"org_email_type,omitempty"` // "profession" or "base"
	Nickname       string         `json:"nickname,omitempty"`       // org accounts
	AvatarMediaID  string         `json:"avatar,omitempty"`         // org accounts; "" is the default picture
	Gender         string         `json:"gender,omitempty"`
	HideMobile     bool           `json:"hide_mobile,omitempty"` // hides it in the profile page, not from the API
	MobileVerified bool           `json:"mobile_verified,omitempty"`
	Senior         bool           `json:"senior,omitempty"`
	HiredDate      int64          `json:"hired_date,omitempty"` // Unix milliseconds; 0 is unknown
	Orders         []DeptOrder    `json:"orders,omitempty"`
	Positions      []DeptPosition `json:"positions,omitempty"`
}

// Private holds the fields, besides the mobile, that are encrypted at rest.
type Private struct {
	Telephone     string    `json:"telephone,omitempty"`
	Email         string    `json:"email,omitempty"`
	OrgEmail      string    `json:"org_email,omitempty"`
	LoginEmail    string    `json:"login_email,omitempty"`
	LoginID       string    `json:"login_id,omitempty"` // of accounts built in DingTalk
	WorkPlace     string    `json:"work_place,omitempty"`
	Remark        string    `json:"remark,omitempty"`
	Extension     string    `json:"extension,omitempty"` // a JSON object as text
	ExtensionI18n string    `json:"extension_i18n,omitempty"`
	ExtAttrs      []ExtAttr `json:"ext_attrs,omitempty"`
}

// DeptOrder is an employee's place in a department: the larger, the earlier.
type DeptOrder struct {
	DeptID int64 `json:"dept_id"`
	Order  int64 `json:"order"`
}

// DeptPosition is an employee's position in one department.
type DeptPosition struct {
	DeptID    int64  `json:"dept_id"`
	Title     string `json:"title,omitempty"`
	WorkPlace string `json:"work_place,omitempty"`
	Main      *bool  `json:"is_main,omitempty"`
}

// ExtAttr is a field that the organisation defined itself.
type ExtAttr struct {
	Code  string       `json:"code,omitempty"`
	Name  string       `json:"name,omitempty"`
	Value ExtAttrValue `json:"value"`
}

// ExtAttrValue is its value: a text, a link, or pictures.
type ExtAttrValue struct {
	Text   string `json:"text,omitempty"`
	URL    string `json:"url,omitempty"`
	Images string `json:"images,omitempty"`
}

// Kinds of account (docs/spec/org-accounts.md#kinds-of-account).
const (
	AccountNormal   = "normal"
	AccountSSO      = "sso"
	AccountDingTalk = "dingtalk"
	AccountJoined   = "joined"
)

// Errors of employees. Methods wrap them with context; compare with errors.Is.
var (
	ErrEmployeeNotFound     = errors.New("employee not found")
	ErrEmployeeFollows      = errors.New("employee is the owner of external contacts")
	ErrEmployeeExists       = errors.New("an employee or external contact has this user id")
	ErrEmployeeMobile       = errors.New("another employee has this mobile")
	ErrEmployeeEmail        = errors.New("another employee has this mail address")
	ErrEmployeeTelephone    = errors.New("another employee has this telephone")
	ErrEmployeeName         = errors.New("name of the employee is not acceptable")
	ErrEmployeeIdentity     = errors.New("an employee needs a mobile or a mail address to log in with")
	ErrEmployeeDepts        = errors.New("an employee is in 1 to 100 departments")
	ErrEmployeeDeptsMissing = errors.New("an update of an org account names its departments")
	ErrEmployeeKind         = errors.New("the kind of account does not have this property")
	ErrEmployeeManager      = errors.New("manager is not an employee of the organisation")
	ErrEmployeeMember       = errors.New("employee is not a member of the department")
	ErrEmployeeExtension    = errors.New("extension is not a JSON object")
	ErrUserIDForm           = errors.New("user id is too long or has invisible characters")
	ErrEmployeeText         = errors.New("value of the employee is too long or not among those allowed")
	ErrHiredDate            = fmt.Errorf("%w: date of entry", ErrEmployeeText)
	ErrJobNumber            = errors.New("job number is too long")
	ErrEmployeeMail         = errors.New("mail address of the employee is not acceptable")
	ErrEmployeeGender       = errors.New("gender is not one of the values")
	ErrMobileInvalid        = errors.New("mobile is not acceptable")
	ErrEmployeeConsent      = errors.New("an app cannot add a person who has not agreed")
	ErrMobileFixed          = errors.New("mobile of an employee cannot be changed")
	ErrLoginIDTaken         = errors.New("another account of the organisation has this login id")
	ErrPasswordWeak         = errors.New("password has fewer than 8 characters, or only letters or only digits")
	ErrPasswordWrong        = errors.New("login id or password is wrong")
	ErrAccountJoined        = errors.New("the account has joined the organisation already")
	ErrAccountNotOffered    = errors.New("no such org account, or its organisation does not let it join")
)

// OwnAccount reports whether it is an org account that the organisation owns
// (docs/spec/org-accounts.md#org-accounts).
func (e Employee) OwnAccount() bool {
	return e.AccountType == AccountSSO || e.AccountType == AccountDingTalk
}

// OrderIn returns the employee's place in a department, 0 unless one was set.
func (e Employee) OrderIn(deptID int64) int64 {
	for _, o := range e.Profile.Orders {
		if o.DeptID == deptID {
			return o.Order
		}
	}
	return 0
}

// EmployeeTx reads and writes employees.
type EmployeeTx interface {
	EmployeeReadTx
	DeptMemberTx
	SharedAccountTx
	JoinGrantTx
	ConsentTx
	// Employee returns the employee, or ErrEmployeeNotFound.
	Employee(userID string) (Employee, error)
	// MissingEmployees returns those of userIDs that are not employees of the
	// organisation.
	MissingEmployees(userIDs []string) ([]string, error)
	// EmployeeByMobile returns the employee with that number ("86-138..."), or
	// ErrEmployeeNotFound.
	EmployeeByMobile(mobile string) (Employee, error)
	// InsertEmployee writes a new employee. If a unique value is taken, Update
	// returns ErrEmployeeExists, ErrEmployeeMobile, ErrEmployeeEmail,
	// ErrEmployeeTelephone, ErrLoginIDTaken or ErrAccountJoined.
	InsertEmployee(e Employee)
	// UpdateEmployee writes what differs between two states of an employee,
	// with the errors of InsertEmployee.
	UpdateEmployee(before, e Employee)
	// DeleteEmployee deletes the employee, its memberships and its roles, and
	// clears it as the manager of others.
	DeleteEmployee(e Employee)
}

// EmployeeReadTx looks employees up in ways other than by one user id.
type EmployeeReadTx interface {
	// Employees returns those of userIDs that exist, in no order.
	Employees(userIDs []string) ([]Employee, error)
	// EmployeesByMobile returns the employees with that number.
	EmployeesByMobile(mobile string) ([]Employee, error)
	// EmployeeByLogin returns the account built in DingTalk with that login id,
	// or ErrEmployeeNotFound.
	EmployeeByLogin(loginID string) (Employee, error)
	// Subordinates returns the employees whose manager it is, by user id. An
	// update locks them.
	Subordinates(managerID string) ([]Employee, error)
	// TakenValues returns the errors that InsertEmployee would cause because
	// another employee has a value that must be unique.
	TakenValues(e Employee) ([]error, error)
	// FindEmployees returns the next employees of a list, at most f.Limit.
	FindEmployees(f EmployeeFind) ([]Employee, error)
	// CountFoundEmployees returns how many FindEmployees finds in all.
	CountFoundEmployees(f EmployeeFind) (int64, error)
	// Administrators returns the administrators' user ids in their order.
	Administrators() ([]string, error)
	// EmployeeIDs returns up to size user ids in their order: those after a user
	// id or, if it is "", after the first skip.
	EmployeeIDs(after string, skip, size int64) ([]string, error)
	// UserByUnionID returns the employee or external contact with the union id,
	// or ErrEmployeeNotFound.
	UserByUnionID(unionID string) (userID string, contact bool, err error)
	// PutContactUnionID stores the union id of an external contact.
	PutContactUnionID(unionID, contactID string)
}

// DeptMember is an employee as one department lists it.
type DeptMember struct {
	Employee
	Leader bool
	Key    MemberKey
}

// MemberKey is the position of a member in an order of its department.
type MemberKey struct {
	At     int64  // order, or time in Unix milliseconds
	Text   string // the name's spelling in letters; "" where times order
	UserID string
}

// MemberOrder is an order of a department's members
// (docs/spec/org-accounts.md#order-of-members).
type MemberOrder string

// The orders of members.
const (
	ByCustom     MemberOrder = "custom" // by their order, the larger first, then by the pinyin of the name
	ByEntry      MemberOrder = "entry_asc"
	ByEntryDesc  MemberOrder = "entry_desc"
	ByChange     MemberOrder = "modify_asc"
	ByChangeDesc MemberOrder = "modify_desc"
)

// MemberPage says which members to read: those after After or, if it is nil,
// after the first Skip.
type MemberPage struct {
	DeptID int64
	Order  MemberOrder
	After  *MemberKey
	Skip   int64
	Size   int64
	Names  bool // only user ids and names are wanted
}

// DeptMemberTx reads and writes the members of departments.
type DeptMemberTx interface {
	// Members returns a page of the direct members.
	Members(p MemberPage) ([]DeptMember, error)
	// MemberIDs returns all direct members in the order of their ids.
	MemberIDs(deptID int64) ([]string, error)
	// LedBy returns the departments that the employee leads.
	LedBy(userID string) ([]int64, error)
	// SetLeaders replaces the leaders of the department by these direct
	// members.
	SetLeaders(deptID int64, userIDs []string)
	// CountMembers counts the direct members, and the distinct people in the
	// department and below it.
	CountMembers(deptID int64) (direct, all int64, err error)
}

// Letters returns a name spelt in letters. Members of a department who have no
// explicit order are sorted by it.
func Letters(name string) string {
	if readings := pinyin.Name(name); len(readings) > 0 {
		return readings[0].Full(0)
	}
	return strings.ToLower(name)
}
