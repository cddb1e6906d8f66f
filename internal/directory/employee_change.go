package directory

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// EmployeeUpdate says what to change: nil leaves the value as it is, "" clears
// it, but ManagerID and OrgEmail only when Clear names them
// (docs/spec/org-accounts.md#update-of-an-employee).
type EmployeeUpdate struct {
	Name, Mobile, Telephone, JobNumber, Title, Email, OrgEmail, OrgEmailType, WorkPlace, Remark *string
	Extension, ExtensionI18n, Gender, ManagerID, Nickname, AvatarMediaID, LoginID, Password     *string
	ExclusiveMobile                                                                             *string // of an org account
	HideMobile, Senior, MobileVerified                                                          *bool
	HiredDate                                                                                   *int64
	SendPassword                                                                                bool // send Password to the person

	DeptIDs   []int64
	Orders    []DeptOrder
	Titles    []DeptPosition // only their titles are used; Positions are applied after them
	Positions []DeptPosition
	ExtAttrs  []ExtAttr
	MergeExt  bool // extension and ExtAttrs are added to what is there instead of replacing it

	ClearManager, ClearOrgEmail bool
	// DeptsOfOrgAccounts refuses an update of an org account without DeptIDs,
	// as the vendor's page says.
	DeptsOfOrgAccounts bool
}

// UpdateEmployee changes an employee. An update that changes nothing succeeds,
// is audited as such and causes no event. It returns an error of employees or
// departments.
func (s *Session) UpdateEmployee(ctx context.Context, userID string, u EmployeeUpdate) error {
	hash := ""
	if u.Password != nil {
		var err error
		if hash, err = s.dir.HashPassword(ctx, *u.Password); err != nil {
			return fmt.Errorf("update employee %s: %w", userID, err)
		}
	}
	err := s.update(ctx, func(tx Tx) error { return s.updateEmployee(tx, userID, u, hash) })
	if err != nil {
		return fmt.Errorf("update employee %s: %w", userID, err)
	}
	return nil
}

func (s *Session) updateEmployee(tx Tx, userID string, u EmployeeUpdate, passwordHash string) error {
	before, err := tx.Employees().Employee(userID)
	if err != nil {
		return err
	}
	if err := s.employeeInRange(tx, before); err != nil {
		return err
	}
	if u.DeptsOfOrgAccounts && u.DeptIDs == nil && before.OwnAccount() {
		return ErrEmployeeDeptsMissing
	}
	after, err := u.apply(s.dir, before)
	if err != nil {
		return err
	}
	if passwordHash != "" {
		after.PasswordHash = passwordHash
	}
	if err := after.checkForm(&before); err != nil {
		return err
	}
	if u.DeptIDs != nil {
		added := slices.DeleteFunc(slices.Clone(after.DeptIDs), func(id int64) bool { return slices.Contains(before.DeptIDs, id) })
		if err := s.departmentsInRange(tx, added); err != nil {
			return err
		}
	}
	if after.ManagerID != before.ManagerID {
		if err := managerExists(tx, after.ManagerID); err != nil {
			return err
		}
	}
	s.changeEmployee(tx, before, after)
	if u.SendPassword && u.Password != nil {
		return s.sendPassword(tx, after, *u.Password)
	}
	return nil
}

// changeEmployee writes what differs between two states of an employee, with
// history and event. It only writes.
func (s *Session) changeEmployee(tx Tx, before, after Employee) {
	old, changed := diff(before.record(), after.record())
	if before.PasswordHash != after.PasswordHash {
		changed["password"] = "changed"
	}
	if len(changed) > 0 {
		after.UpdatedAt = s.now
		tx.Employees().UpdateEmployee(before, s.dir.identify(s.org, after))
		prev, curr := diff(before.eventFields(), after.eventFields())
		s.organisationEvent(tx, EmployeeChanged, after.UserID, OrganisationEvent{UserIDs: []string{after.UserID},
			Diff: []EmployeeDiff{{Prev: prev, Curr: curr, UserID: after.UserID}}})
	}
	s.audit(tx, Change{Noun: employeeNoun, Object: after.UserID, Action: "update", Before: old, After: changed})
}

func (u EmployeeUpdate) apply(d *Directory, e Employee) (Employee, error) {
	if u.Name != nil {
		if err := checkEmployeeName(*u.Name); err != nil {
			return e, err
		}
		e.Name = *u.Name
	}
	if err := u.applyAccount(d, &e); err != nil {
		return e, err
	}
	set := func(p, v *string) {
		if v != nil {
			*p = *v
		}
	}
	p, q := &e.Profile, &e.Private
	for field, v := range map[*string]*string{
		&q.Telephone: u.Telephone, &p.JobNumber: u.JobNumber, &p.Title: u.Title, &q.Email: u.Email, &p.OrgEmailType: u.OrgEmailType,
		&q.WorkPlace: u.WorkPlace, &q.Remark: u.Remark, &q.ExtensionI18n: u.ExtensionI18n, &p.Gender: u.Gender,
	} {
		set(field, v)
	}
	if u.HideMobile != nil {
		p.HideMobile = *u.HideMobile
	}
	if u.Senior != nil {
		p.Senior = *u.Senior
	}
	if u.HiredDate != nil {
		p.HiredDate = *u.HiredDate
	}
	e.ManagerID = forced(e.ManagerID, u.ManagerID, u.ClearManager)
	q.OrgEmail = forced(q.OrgEmail, u.OrgEmail, u.ClearOrgEmail)
	if err := u.applyDepartments(&e); err != nil {
		return e, err
	}
	return e, u.applyExtension(&e)
}

// forced returns the new value of a field that "" clears only if clear is set.
func forced(old string, given *string, clear bool) string {
	switch {
	case given != nil && *given != "":
		return *given
	case clear:
		return ""
	}
	return old
}

// applyAccount changes fields that only org accounts have, and refuses to
// change a mobile that is used to log in
// (docs/spec/org-accounts.md#fixed-mobile-of-a-normal-account).
func (u EmployeeUpdate) applyAccount(d *Directory, e *Employee) error {
	if u.Mobile != nil && *u.Mobile != "" {
		phone, err := d.readMobile(*u.Mobile)
		switch {
		case err != nil:
			return err
		case e.AccountType == AccountNormal && phone != e.Mobile:
			return ErrMobileFixed
		case e.AccountType != AccountNormal && phone != e.Mobile:
			return ErrEmployeeKind
		}
	}
	if u.ExclusiveMobile != nil {
		if !e.OwnAccount() {
			return ErrEmployeeKind
		}
		e.Mobile = ""
		if *u.ExclusiveMobile != "" {
			phone, err := d.readMobile(*u.ExclusiveMobile)
			if err != nil {
				return err
			}
			e.Mobile = phone
		}
	}
	if !e.OwnAccount() && (u.Nickname != nil || u.AvatarMediaID != nil || u.MobileVerified != nil) ||
		e.AccountType != AccountDingTalk && (u.LoginID != nil || u.Password != nil) {
		return ErrEmployeeKind
	}
	if u.LoginID != nil {
		if *u.LoginID == "" {
			return ErrEmployeeKind
		}
		e.Private.LoginID = *u.LoginID
	}
	if u.Nickname != nil {
		e.Profile.Nickname = *u.Nickname
	}
	if u.AvatarMediaID != nil {
		e.Profile.AvatarMediaID = *u.AvatarMediaID
	}
	if u.MobileVerified != nil {
		e.Profile.MobileVerified = *u.MobileVerified
	}
	return nil
}

// applyDepartments replaces the lists that are given, and drops orders and
// positions in departments that the employee has left.
func (u EmployeeUpdate) applyDepartments(e *Employee) error {
	if u.DeptIDs != nil {
		e.DeptIDs = distinct(u.DeptIDs)
		if len(e.DeptIDs) == 0 || len(e.DeptIDs) > MaxEmployeeDepts {
			return ErrEmployeeDepts
		}
		left := func(id int64) bool { return !slices.Contains(e.DeptIDs, id) }
		e.Profile.Orders = slices.DeleteFunc(slices.Clone(e.Profile.Orders), func(o DeptOrder) bool { return left(o.DeptID) })
		e.Profile.Positions = slices.DeleteFunc(slices.Clone(e.Profile.Positions), func(p DeptPosition) bool { return left(p.DeptID) })
	}
	if u.Orders != nil {
		e.Profile.Orders = u.Orders
	}
	if u.Positions != nil {
		e.Profile.Positions = u.Positions
	}
	e.Profile.Positions = WithTitles(e.Profile.Positions, u.Titles)
	return nil
}

// WithTitles adds the titles in departments for which positions has none.
func WithTitles(positions, titles []DeptPosition) []DeptPosition {
	if len(titles) == 0 {
		return positions
	}
	positions = slices.Clone(positions)
	for _, t := range titles {
		i := slices.IndexFunc(positions, func(p DeptPosition) bool { return p.DeptID == t.DeptID })
		if i < 0 {
			positions = append(positions, DeptPosition{DeptID: t.DeptID, Title: t.Title})
			continue
		}
		positions[i].Title = t.Title
	}
	return positions
}

func (u EmployeeUpdate) applyExtension(e *Employee) error {
	if u.Extension != nil {
		text := *u.Extension
		if u.MergeExt {
			var err error
			if text, err = mergeObjects(e.Private.Extension, text); err != nil {
				return err
			}
		}
		e.Private.Extension = text
	}
	if u.ExtAttrs == nil {
		return nil
	}
	if !u.MergeExt {
		e.Private.ExtAttrs = u.ExtAttrs
		return nil
	}
	merged := slices.Clone(e.Private.ExtAttrs)
	for _, a := range u.ExtAttrs {
		i := slices.IndexFunc(merged, func(b ExtAttr) bool { return a.Code != "" && a.Code == b.Code || a.Code == "" && a.Name == b.Name })
		if i < 0 {
			merged = append(merged, a)
			continue
		}
		merged[i] = a
	}
	e.Private.ExtAttrs = merged
	return nil
}

// mergeObjects merges the members of one JSON object into another.
func mergeObjects(old, more string) (string, error) {
	merged := map[string]json.RawMessage{}
	for _, text := range []string{old, more} {
		if text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(text), &merged); err != nil {
			return "", ErrEmployeeExtension
		}
	}
	if len(merged) == 0 {
		return "", nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(merged)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// DeleteEmployee deletes an employee; the history remains, and the employee's
// external contacts go to heir. Deleting an org account also deletes the
// employees of other organisations that joined with it
// ([Session.endMemberships]). It returns ErrEmployeeNotFound, ErrOutOfScope, or
// ErrEmployeeFollows if the employee owns contacts and heir is "".
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

// leaver is an employee to be deleted, with the external contacts it owns.
type leaver struct {
	Employee
	contacts []contactChange
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
		reason := LeftByAPI
		if s.caller.Kind == AdminCaller {
			reason = LeftByAdministrator
		}
		for _, l := range leavers {
			if len(l.contacts) > 0 {
				s.handOver(tx, l.contacts, l.UserID, heir)
			}
			s.removeEmployee(tx, l.Employee, reason)
		}
		return nil
	})
	return joined, err
}

// mayLeave reads an employee that is to be deleted, and returns the employees
// of other organisations that joined with its account.
func (s *Session) mayLeave(tx Tx, l *leaver, userID, heir string) (joined []AccountRef, err error) {
	if l.Employee, err = tx.Employees().Employee(userID); err != nil {
		return nil, err
	}
	if err := s.employeeInRange(tx, l.Employee); err != nil {
		return nil, err
	}
	if l.contacts, err = s.ownedContacts(tx, userID, heir); err != nil || !l.OwnAccount() {
		return nil, err
	}
	return tx.Employees().JoinedWith(userID)
}

// removeEmployee deletes an employee and writes the history and the events. It
// only writes.
func (s *Session) removeEmployee(tx Tx, e Employee, reason string) {
	tx.Employees().DeleteEmployee(e)
	s.recordLeave(tx, e, reason)
	s.audit(tx, Change{Noun: employeeNoun, Object: e.UserID, Action: "delete", Before: e.record(), After: Record{}})
	s.organisationEvent(tx, EmployeeLeft, e.UserID, OrganisationEvent{UserIDs: []string{e.UserID}})
	if e.Admin {
		s.organisationEvent(tx, AdministratorRemoved, e.UserID, OrganisationEvent{UserIDs: []string{e.UserID}})
	}
}

// SetAdministrator appoints an employee as administrator of the organisation,
// or revokes that. It returns ErrEmployeeNotFound.
func (s *Session) SetAdministrator(ctx context.Context, userID string, admin bool) error {
	topic := AdministratorRemoved
	if admin {
		topic = AdministratorAdded
	}
	return s.update(ctx, func(tx Tx) error {
		e, err := tx.Employees().Employee(userID)
		if err != nil || e.Admin == admin {
			return err
		}
		after := e
		after.Admin, after.UpdatedAt = admin, s.now
		tx.Employees().UpdateEmployee(e, after)
		s.audit(tx, Change{Noun: employeeNoun, Object: userID, Action: "update", Before: Record{"admin": e.Admin}, After: Record{"admin": admin}})
		s.organisationEvent(tx, topic, userID, OrganisationEvent{UserIDs: []string{userID}})
		return nil
	})
}
