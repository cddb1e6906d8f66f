package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// EmployeeView is an employee as one reader sees it. Fields the reader may not
// see are empty in Employee, so that no operation can reveal them. A field that
// is nil below must be left out of an answer, which differs from empty.
type EmployeeView struct {
	Employee

	Mobile   *string // "86-13800001001"
	Disabled *bool
	LoginID  *string
	Nickname *string
	Personal bool // mail addresses, work place, remark and extension are visible

	OrgAccount  bool   // the employee has an org account, of this or another organisation
	AccountKind string // AccountSSO or AccountDingTalk; "" for other accounts or if the owner deleted it
	OwnerOrg    string
	OwnerName   string

	LeaderIn []int64    // departments the employee leads; set only by calls for one employee
	Roles    []HeldRole // as [Session.RolesOf] returns them; set only by calls for one employee
}

// viewer makes views of employees, with Sight.Sees deciding about every field.
type viewer struct {
	s      *Session
	org    Org
	shared map[AccountRef]SharedAccount
}

// viewer reads what the views of these employees depend on.
func (s *Session) viewer(tx Tx, es []Employee) (*viewer, error) {
	v := &viewer{s: s}
	var err error
	if v.org, err = tx.Orgs().OrgByID(s.org); err != nil {
		return nil, err
	}
	var refs []AccountRef
	for _, e := range es {
		if e.AccountType == AccountJoined {
			refs = append(refs, AccountRef{e.OuterOrg, e.OuterUserID})
		}
	}
	if len(refs) == 0 {
		return v, nil
	}
	accounts, err := tx.Employees().SharedAccounts(refs)
	v.shared = make(map[AccountRef]SharedAccount, len(accounts))
	for _, a := range accounts {
		v.shared[a.AccountRef] = a
	}
	return v, err
}

// Sight returns the Sight of the caller on an employee, for pages that show the
// reason.
func (s *Session) Sight(ctx context.Context, userID string) (q Sight, err error) {
	err = s.view(ctx, func(tx Tx) error {
		e, err := tx.Employees().Employee(userID)
		if err != nil {
			return err
		}
		v, err := s.viewer(tx, []Employee{e})
		if err != nil {
			return err
		}
		q = v.sight(e)
		return s.employeeInRange(tx, e)
	})
	return q, err
}

func (v *viewer) sight(e Employee) Sight {
	return Sight{Reader: v.s.caller, Org: v.s.org, Employee: e, Granted: v.shared[AccountRef{e.OuterOrg, e.OuterUserID}].Granted}
}

// view returns what the caller sees of the employee.
func (v *viewer) view(e Employee) EmployeeView {
	q := v.sight(e)
	sees := func(f Field) bool { return q.Sees(f).Visible }
	account, joined := v.shared[AccountRef{e.OuterOrg, e.OuterUserID}], e.AccountType == AccountJoined
	mobile, disabled := e.Mobile, e.Disabled
	if joined {
		mobile, disabled = account.Mobile, account.Disabled
	}
	out := EmployeeView{Employee: e, Personal: sees(PersonalField)}
	out.UnionID = v.s.dir.unionIDOf(v.s.org, e)
	if mobile != "" && sees(MobileField) {
		out.Mobile = &mobile
	}
	if sees(StatusField) {
		out.Disabled = &disabled
	}
	if e.Private.LoginID != "" && sees(LoginField) {
		out.LoginID = &e.Private.LoginID
	}
	if e.Profile.Nickname != "" && sees(NicknameField) {
		out.Nickname = &e.Profile.Nickname
	}
	if sees(AccountField) {
		switch {
		case e.OwnAccount():
			out.OrgAccount, out.AccountKind, out.OwnerOrg, out.OwnerName = true, e.AccountType, v.s.org, v.org.Name
		case joined:
			out.OrgAccount, out.AccountKind, out.OwnerOrg, out.OwnerName = true, account.Type, e.OuterOrg, account.OrgName
		}
	}
	out.scrub()
	return out
}

// scrub empties the fields of Employee that the view hides.
func (v *EmployeeView) scrub() {
	v.Employee.Mobile, v.Employee.Disabled, v.Employee.Profile.Nickname = "", false, ""
	v.PasswordHash, v.Account = "", ""
	telephone := v.Private.Telephone
	if !v.Personal {
		v.Private = Private{Telephone: telephone}
	}
	v.Private.LoginID, v.Private.LoginEmail = "", ""
}

// Employee returns the employee as the caller sees it. It returns
// ErrEmployeeNotFound or ErrOutOfScope.
func (s *Session) Employee(ctx context.Context, userID string) (EmployeeView, error) {
	return s.oneEmployee(ctx, func(tx Tx) (Employee, error) { return tx.Employees().Employee(userID) })
}

// EmployeeByLogin returns the account built in DingTalk that the organisation
// owns and that logs in with loginID. It returns ErrEmployeeNotFound or
// ErrOutOfScope.
func (s *Session) EmployeeByLogin(ctx context.Context, loginID string) (EmployeeView, error) {
	return s.oneEmployee(ctx, func(tx Tx) (Employee, error) { return tx.Employees().EmployeeByLogin(loginID) })
}

func (s *Session) oneEmployee(ctx context.Context, find func(Tx) (Employee, error)) (out EmployeeView, err error) {
	err = s.view(ctx, func(tx Tx) error {
		e, err := find(tx)
		if err != nil {
			return err
		}
		if err := s.employeeInRange(tx, e); err != nil {
			return err
		}
		v, err := s.viewer(tx, []Employee{e})
		if err != nil {
			return err
		}
		out = v.view(e)
		if out.LeaderIn, err = tx.Employees().LedBy(e.UserID); err != nil {
			return err
		}
		out.Roles, err = s.rolesOf(tx, e, len(out.LeaderIn) > 0)
		return err
	})
	return out, err
}

// Employees returns those of userIDs that exist and that the caller may read,
// in the order asked for; the others are in hidden.
func (s *Session) Employees(ctx context.Context, userIDs []string) (seen []EmployeeView, hidden []string, err error) {
	userIDs = distinct(userIDs)
	err = s.view(ctx, func(tx Tx) error {
		es, err := tx.Employees().Employees(userIDs)
		if err != nil {
			return err
		}
		v, err := s.viewer(tx, es)
		if err != nil {
			return err
		}
		for _, id := range userIDs {
			i := slices.IndexFunc(es, func(e Employee) bool { return e.UserID == id })
			if i < 0 {
				hidden = append(hidden, id)
				continue
			}
			switch err := s.employeeInRange(tx, es[i]); {
			case errors.Is(err, ErrOutOfScope):
				hidden = append(hidden, id)
			case err != nil:
				return err
			default:
				seen = append(seen, v.view(es[i]))
			}
		}
		return nil
	})
	return seen, hidden, err
}

// MemberView is an employee as a department lists it.
type MemberView struct {
	EmployeeView
	Order  int64
	Leader bool
}

// MemberList is a page of a department's direct members.
type MemberList struct {
	Members []MemberView
	Next    int64 // the cursor of the next page; 0 if there is none
}

// Members returns up to size direct members after the first cursor ones. It
// returns ErrDepartmentNotFound or ErrDepartmentOutOfRange. With names, only
// user ids and names are read.
func (s *Session) Members(ctx context.Context, deptID int64, order MemberOrder, cursor, size int64, names bool) (out MemberList, err error) {
	place := memberPage{s.org, deptID, order, cursor}
	var last MemberKey
	err = s.view(ctx, func(tx Tx) error {
		out = MemberList{}
		if _, err := s.departmentInRange(tx, deptID); err != nil {
			return err
		}
		page := MemberPage{DeptID: deptID, Order: order, Skip: cursor, Size: size + 1, Names: names}
		if mark, known := s.dir.pages.find(place); known {
			page.After = &mark
		}
		ms, err := tx.Employees().Members(page)
		if err != nil {
			return err
		}
		if int64(len(ms)) > size {
			ms = ms[:size]
			out.Next, last = cursor+size, ms[size-1].Key
		}
		out.Members, err = s.memberViews(tx, ms, deptID, names)
		return err
	})
	if err == nil && out.Next > 0 {
		place.cursor = out.Next
		s.dir.pages.remember(place, last)
	}
	return out, err
}

func (s *Session) memberViews(tx Tx, ms []DeptMember, deptID int64, names bool) ([]MemberView, error) {
	views := make([]MemberView, len(ms))
	if names {
		for i, m := range ms {
			views[i].Employee = m.Employee
		}
		return views, nil
	}
	es := make([]Employee, len(ms))
	for i, m := range ms {
		es[i] = m.Employee
	}
	v, err := s.viewer(tx, es)
	if err != nil {
		return nil, err
	}
	for i, m := range ms {
		views[i] = MemberView{EmployeeView: v.view(m.Employee), Order: m.OrderIn(deptID), Leader: m.Leader}
	}
	return views, nil
}

// MemberIDs returns the user ids of all direct members, also outside the
// caller's range (docs/spec/org-accounts.md#range-of-an-app). It returns
// ErrDepartmentNotFound.
func (s *Session) MemberIDs(ctx context.Context, deptID int64) (ids []string, err error) {
	err = s.view(ctx, func(tx Tx) error {
		if _, err := tx.Departments().DepartmentPath(deptID); err != nil {
			return err
		}
		ids, err = tx.Employees().MemberIDs(deptID)
		return err
	})
	return ids, err
}

// EmployeesByMobile returns the normal account with the mobile, if there is
// one, and the org accounts the organisation owns that have it. Joined accounts
// are never found by their mobile: a grant does not include the right to
// search. It returns ErrMobileInvalid, or ErrEmployeeNotFound if there are
// neither.
func (s *Session) EmployeesByMobile(ctx context.Context, mobile string, orgAccounts bool) (userID string, owned []string, err error) {
	phone, err := s.dir.readMobile(mobile)
	if err != nil {
		return "", nil, err
	}
	err = s.view(ctx, func(tx Tx) error {
		userID, owned = "", nil
		es, err := tx.Employees().EmployeesByMobile(phone)
		if err != nil {
			return err
		}
		outside := error(ErrEmployeeNotFound)
		for _, e := range es {
			if e.AccountType != AccountNormal && !(orgAccounts && e.OwnAccount()) {
				continue
			}
			switch err := s.employeeInRange(tx, e); {
			case errors.Is(err, ErrOutOfScope):
				outside = err
			case err != nil:
				return err
			case e.AccountType == AccountNormal:
				userID = e.UserID
			default:
				owned = append(owned, e.UserID)
			}
		}
		if userID == "" && owned == nil {
			return outside
		}
		return nil
	})
	return userID, owned, err
}

// UserByUnionID returns the employee or external contact with the union id, or
// ErrEmployeeNotFound or ErrOutOfScope.
func (s *Session) UserByUnionID(ctx context.Context, unionID string) (userID string, contact bool, err error) {
	err = s.view(ctx, func(tx Tx) error {
		if userID, contact, err = tx.Employees().UserByUnionID(unionID); err != nil || contact {
			return err
		}
		e, err := tx.Employees().Employee(userID)
		if err != nil {
			return err
		}
		return s.employeeInRange(tx, e)
	})
	if err != nil {
		return "", false, fmt.Errorf("user by union id: %w", err)
	}
	return userID, contact, nil
}
