package directory

import (
	"context"
	"fmt"
	"slices"
	"strconv"
)

// DeleteEmployee deletes an employee into the bin, and the employee's external
// contacts go to heir. Deleting an org account also deletes the employees of
// other organisations that joined with it ([Session.endMemberships]). It returns
// ErrEmployeeNotFound, ErrOutOfScope, or ErrEmployeeFollows if the employee owns
// contacts and heir is "".
func (s *Session) DeleteEmployee(ctx context.Context, userID, heir string) error {
	if err := s.endEmployments(ctx, []string{userID}, heir); err != nil {
		return fmt.Errorf("delete employee %s: %w", userID, err)
	}
	return nil
}

// DeleteEmployees deletes several employees, or none of them if one cannot be
// deleted. It returns the errors of DeleteEmployee.
func (s *Session) DeleteEmployees(ctx context.Context, userIDs []string) error {
	if err := s.endEmployments(ctx, slices.Sorted(slices.Values(distinct(userIDs))), ""); err != nil {
		return fmt.Errorf("delete employees: %w", err)
	}
	return nil
}

func (s *Session) endEmployments(ctx context.Context, userIDs []string, heir string) error {
	for {
		joined, err := s.deleteEmployees(ctx, userIDs, heir)
		if err == nil && len(joined) == 0 {
			return nil
		}
		if err == nil {
			err = s.endMemberships(ctx, joined)
		}
		if err != nil {
			return err
		}
	}
}

// binEmployee is what the bin keeps of an employee: its row, and what its
// deletion removes elsewhere.
type binEmployee struct {
	Employee
	Leads []int64      // the departments that it led
	Roles []RoleMember // with their scopes; that of sub-administrators is one of them
}

// leaver is an employee to be deleted, with what depends on it.
type leaver struct {
	binEmployee
	contacts     []contactChange // external contacts that it owns, and who gets them
	subordinates []Employee      // whose manager it is
	led          []ledDepartment
}

// If employees of other organisations joined with one of the accounts,
// deleteEmployees deletes nothing and returns them.
func (s *Session) deleteEmployees(ctx context.Context, userIDs []string, heir string) (joined []AccountRef, err error) {
	err = s.update(ctx, func(tx Tx) error {
		joined = nil
		leavers := make([]leaver, len(userIDs))
		for i, id := range userIDs {
			refs, err := s.mayLeave(tx, &leavers[i], id, heir)
			if err != nil {
				return err
			}
			joined = append(joined, refs...)
		}
		if len(joined) > 0 {
			return nil
		}
		s.handOverOf(tx, leavers, heir)
		s.removeEmployees(tx, leavers, s.leaveReason())
		return nil
	})
	return joined, err
}

// leaveReason is why employees leave whom the caller deletes.
func (s *Session) leaveReason() string {
	if s.caller.Kind == AdminCaller {
		return LeftByAdministrator
	}
	return LeftByAPI
}

// mayLeave reads an employee that is to be deleted, and returns the employees
// of other organisations that joined with its account.
func (s *Session) mayLeave(tx Tx, l *leaver, userID, heir string) (joined []AccountRef, err error) {
	e, err := tx.Employees().Employee(userID)
	if err != nil {
		return nil, err
	}
	if err := s.employeeInRange(tx, e); err != nil {
		return nil, err
	}
	contacts, err := s.ownedContacts(tx, userID, heir)
	if err != nil {
		return nil, err
	}
	if *l, err = s.readLeaver(tx, e); err != nil {
		return nil, err
	}
	if l.contacts = contacts; !e.OwnAccount() {
		return nil, nil
	}
	return tx.Employees().JoinedWith(userID)
}

// readLeaver reads what depends on an employee to be deleted, besides external
// contacts.
func (s *Session) readLeaver(tx Tx, e Employee) (l leaver, err error) {
	l.Employee = e
	if l.Leads, err = tx.Employees().LedBy(e.UserID); err != nil {
		return l, err
	}
	if l.led, err = readLed(tx, l.Leads); err != nil {
		return l, err
	}
	held, err := tx.Roles().RolesHeld(e.UserID)
	if err != nil {
		return l, err
	}
	for _, r := range held {
		m, err := tx.Roles().ScopeOf(r.ID, e.UserID)
		if err != nil {
			return l, err
		}
		l.Roles = append(l.Roles, m)
	}
	l.subordinates, err = tx.Employees().Subordinates(e.UserID)
	return l, err
}

// handOverOf gives the contacts of leavers to heir. It only writes.
func (s *Session) handOverOf(tx Tx, leavers []leaver, heir string) {
	for _, l := range leavers {
		if len(l.contacts) > 0 {
			s.handOver(tx, l.contacts, l.UserID, heir, l.Version)
		}
	}
}

// removeEmployees deletes employees into the bin and writes the history and the
// events. Who had one of them as the manager has none then, and departments that
// they led have one leader less: both are changes of their own
// (docs/spec/history.md#what-a-deletion-changes-elsewhere). It only writes.
func (s *Session) removeEmployees(tx Tx, leavers []leaver, reason string) {
	leaves := func(id string) bool {
		return slices.ContainsFunc(leavers, func(l leaver) bool { return l.UserID == id })
	}
	var led []ledDepartment
	for _, l := range leavers {
		for _, sub := range l.subordinates {
			if leaves(sub.UserID) {
				continue
			}
			after := sub
			after.ManagerID = ""
			s.changeEmployee(tx, sub, after)
		}
		for _, d := range l.led {
			if !slices.ContainsFunc(led, func(o ledDepartment) bool { return o.ID == d.ID }) {
				led = append(led, d)
			}
		}
	}
	s.changeLeaders(tx, led, func(id string) bool { return !leaves(id) })
	for _, l := range leavers {
		s.removeEmployee(tx, l.binEmployee, reason)
	}
}

func (s *Session) removeEmployee(tx Tx, e binEmployee, reason string) {
	tx.Employees().DeleteEmployee(e.Employee)
	s.recordLeave(tx, e.Employee, reason)
	s.discard(tx, BinItem{Kind: EmployeeKind, ID: e.UserID, Name: e.Name, Version: e.Version + 1, Phones: []string{e.Mobile},
		Emails: []string{e.Private.Email, e.Private.OrgEmail, e.Private.LoginEmail}}, e)
	s.audit(tx, Change{Noun: employeeNoun, Object: e.UserID, Action: "delete", Version: e.Version + 1, Before: e.record(), After: Record{}})
	s.organisationEvent(tx, EmployeeLeft, e.UserID, OrganisationEvent{UserIDs: []string{e.UserID}})
	if e.Admin {
		s.administratorEvent(tx, e.UserID, false)
	}
}

// ledDepartment is a department with its leaders.
type ledDepartment struct {
	Department
	leaders []string
}

func readLed(tx Tx, ids []int64) (led []ledDepartment, err error) {
	for _, id := range ids {
		d, err := tx.Departments().Department(id)
		if err != nil {
			return nil, err
		}
		leaders, err := tx.Departments().LeadersOf(id)
		if err != nil {
			return nil, err
		}
		led = append(led, ledDepartment{d, leaders})
	}
	return led, nil
}

// lostLeaderships reads the departments that an employee leads and that a change
// takes it out of.
func (s *Session) lostLeaderships(tx Tx, before, after Employee) ([]ledDepartment, error) {
	left := added(after.DeptIDs, before.DeptIDs)
	if len(left) == 0 {
		return nil, nil
	}
	ids, err := tx.Employees().LedBy(before.UserID)
	if err != nil {
		return nil, err
	}
	return readLed(tx, slices.DeleteFunc(ids, func(id int64) bool { return !slices.Contains(left, id) }))
}

// changeLeaders writes the history and the event of departments whose leaders
// change because of a change of these people; stays tells who remains. It only
// writes, and not who leads what: that goes with the people's own rows.
func (s *Session) changeLeaders(tx Tx, led []ledDepartment, stays func(userID string) bool) {
	for _, d := range led {
		s.leadersChanged(tx, d, slices.DeleteFunc(slices.Clone(d.leaders), func(id string) bool { return !stays(id) }))
	}
}

// leadersChanged writes the version, the history and the event of a department
// whose leaders are others now.
func (s *Session) leadersChanged(tx Tx, d ledDepartment, leaders []string) {
	after := d.Department
	after.UpdatedAt, after.Version = s.now, d.Version+1
	tx.Departments().UpdateDepartment(d.Department, after)
	object := strconv.FormatInt(d.ID, 10)
	s.audit(tx, Change{Noun: departmentNoun, Object: object, Action: "update", Version: after.Version,
		Before: Record{"dept_manager_userid_list": d.leaders}, After: Record{"dept_manager_userid_list": leaders}})
	s.organisationEvent(tx, DepartmentChanged, object, OrganisationEvent{DeptIDs: []int64{d.ID}})
}
