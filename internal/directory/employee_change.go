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
	lost, err := s.lostLeaderships(tx, before, after)
	if err != nil {
		return err
	}
	s.changeEmployee(tx, before, after)
	s.changeLeaders(tx, lost, func(id string) bool { return id != userID })
	if u.SendPassword && u.Password != nil {
		return s.sendPassword(tx, after, *u.Password)
	}
	return nil
}

// changeEmployee writes what differs between two states of an employee, with
// history and event. It only writes.
func (s *Session) changeEmployee(tx Tx, before, after Employee) {
	old, changed := diff(before.record(), after.record())
	if before.hasOtherPassword(after) {
		changed["password"] = "changed"
	}
	if len(changed) > 0 {
		after.UpdatedAt, after.Version = s.now, before.Version+1
		tx.Employees().UpdateEmployee(before, s.dir.identify(s.org, after))
		if !onlyStanding(changed) {
			prev, curr := diff(before.eventFields(), after.eventFields())
			s.organisationEvent(tx, EmployeeChanged, after.UserID, OrganisationEvent{UserIDs: []string{after.UserID},
				Diff: []EmployeeDiff{{Prev: prev, Curr: curr, UserID: after.UserID}}})
		}
	}
	s.audit(tx, Change{Noun: employeeNoun, Object: after.UserID, Action: "update", Version: after.Version, Before: old, After: changed})
}

// hasOtherPassword reports whether another password is stored in another state of
// the employee.
func (e Employee) hasOtherPassword(than Employee) bool { return e.PasswordHash != than.PasswordHash }

// onlyStanding reports whether nothing changed but what [Session.SetAdministrator],
// [Session.SetBoss] and [Session.SetAccountDisabled] change, without the event of
// a changed employee.
func onlyStanding(changed Record) bool {
	for name := range changed {
		if name != "admin" && name != "boss" && name != "disabled" {
			return false
		}
	}
	return true
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

// SetAdministrator appoints an employee as main administrator of the
// organisation, or revokes that. It returns ErrEmployeeNotFound.
func (s *Session) SetAdministrator(ctx context.Context, userID string, admin bool) error {
	return s.update(ctx, func(tx Tx) error {
		changed, err := s.setStanding(tx, userID, "admin", admin, func(e *Employee) *bool { return &e.Admin })
		if changed {
			s.administratorEvent(tx, userID, admin)
		}
		return err
	})
}

// SetBoss says whether an employee is in charge of the organisation. It returns
// ErrEmployeeNotFound.
func (s *Session) SetBoss(ctx context.Context, userID string, boss bool) error {
	return s.update(ctx, func(tx Tx) error {
		_, err := s.setStanding(tx, userID, "boss", boss, func(e *Employee) *bool { return &e.Boss })
		return err
	})
}

// setStanding changes a flag of an employee, which the history calls name, and
// reports whether it was different.
func (s *Session) setStanding(tx Tx, userID, name string, set bool, flag func(*Employee) *bool) (changed bool, err error) {
	e, err := tx.Employees().Employee(userID)
	if err != nil || *flag(&e) == set {
		return false, err
	}
	after := e
	*flag(&after), after.UpdatedAt, after.Version = set, s.now, e.Version+1
	tx.Employees().UpdateEmployee(e, after)
	s.audit(tx, Change{Noun: employeeNoun, Object: userID, Action: "update", Version: after.Version, Before: Record{name: !set}, After: Record{name: set}})
	return true, nil
}
