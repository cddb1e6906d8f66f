package directory

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// employeeEditor edits employees for people
// (docs/spec/records.md#employees-as-objects).
type employeeEditor struct{}

// object shows an employee as people see it.
func (e Employee) object() Object {
	p, q := e.Profile, e.Private
	o := Object{Kind: EmployeeKind, ID: e.UserID, Version: e.Version, CreatedAt: e.CreatedAt, UpdatedAt: e.UpdatedAt, Values: Values{
		"userId": e.UserID, "name": e.Name, "mobile": e.Mobile, "deptIds": e.DeptIDs, "title": p.Title, "jobNumber": p.JobNumber,
		"email": q.Email, "orgEmail": q.OrgEmail, "telephone": q.Telephone, "workPlace": q.WorkPlace, "remark": q.Remark,
		"managerUserId": e.ManagerID, "hiredDate": p.HiredDate, "hideMobile": p.HideMobile, "gender": p.Gender,
		"accountType": e.AccountType, "disabled": e.Disabled, "admin": e.Admin, extraName: showExtra(employeeExtra, &e),
	}.compact()}
	if o.UpdatedAt.IsZero() {
		o.UpdatedAt = e.CreatedAt
	}
	return o
}

// employeeObject is the object as the caller sees it: an app sees no more of it
// than [Session.Employee] shows.
func (s *Session) employeeObject(e Employee) Object {
	o := e.object()
	if s.caller.Kind != AppCaller {
		return o
	}
	hidden := ownersExtra
	if !(Sight{Reader: s.caller, Org: s.org, Employee: e}).Sees(PersonalField).Visible {
		hidden = slices.Concat(hidden, personalExtra)
		delete(o.Values, "workPlace")
		delete(o.Values, "remark")
	}
	extra, _ := o.Values[extraName].(map[string]any)
	for _, name := range hidden {
		delete(extra, name)
	}
	o.Values.compact()
	return o
}

// applyEmployee returns the employee with the values that are given, and the
// account that it would have if none were given. What cannot be read is a
// problem.
func (s *Session) applyEmployee(e Employee, v Values, keepExtra bool, p *problems) (after Employee, account string, err error) {
	s.applyAccountType(&e, v, p)
	account = e.Account
	for name, at := range map[string]*string{
		"name": &e.Name, "title": &e.Profile.Title, "jobNumber": &e.Profile.JobNumber, "email": &e.Private.Email, "orgEmail": &e.Private.OrgEmail,
		"telephone": &e.Private.Telephone, "workPlace": &e.Private.WorkPlace, "remark": &e.Private.Remark, "managerUserId": &e.ManagerID,
		"gender": &e.Profile.Gender,
	} {
		if _, given := v[name]; given {
			*at = v.Text(name)
		}
	}
	for name, at := range map[string]*bool{"hideMobile": &e.Profile.HideMobile, "disabled": &e.Disabled, "admin": &e.Admin} {
		if value, given := v[name]; given {
			*at, _ = value.(bool)
		}
	}
	if _, given := v["hiredDate"]; given {
		e.Profile.HiredDate = v.Number("hiredDate")
	}
	if _, given := v["mobile"]; given && !p.has("mobile") {
		if err := s.applyMobile(&e, v.Text("mobile"), p); err != nil {
			return e, account, err
		}
	}
	if ids := v.Numbers("deptIds"); len(ids) > 0 && !p.has("deptIds") {
		if err := p.refused(EmployeeUpdate{DeptIDs: ids}.applyDepartments(&e), "deptIds"); err != nil {
			return e, account, err
		}
	}
	if extra, given := v[extraName]; given {
		applyExtra(employeeExtra, &e, extra, keepExtra, p)
	}
	return e, account, nil
}

func (s *Session) applyMobile(e *Employee, text string, p *problems) error {
	if text == e.Mobile {
		return nil
	}
	e.Mobile = ""
	if text == "" {
		return nil
	}
	phone, err := s.dir.readMobile(text)
	e.Mobile = phone
	return p.refused(err, "mobile")
}

// applyAccountType gives an employee another kind of account.
func (s *Session) applyAccountType(e *Employee, v Values, p *problems) {
	value, given := v["accountType"]
	kind := v.Text("accountType")
	if kind == "" {
		kind = AccountNormal
	}
	switch {
	case !given || p.has("accountType") || kind == e.AccountType:
	case !slices.Contains([]string{AccountNormal, AccountSSO, AccountDingTalk, AccountJoined}, kind):
		p.add("accountType", RuleValueInvalid, value)
	case e.AccountType == "": // a new employee
		e.AccountType = kind
	case kind == AccountNormal && e.OwnAccount():
		e.becomeNormal()
	case kind != AccountJoined && e.AccountType == AccountNormal:
		e.becomeOrgAccount(kind, s.newAccount(e.UserID))
	default: // nobody joins, or leaves, by a change
		p.add("accountType", RuleValueInvalid, value)
	}
	if e.AccountType == "" {
		e.AccountType = AccountNormal
	}
}

// checkEmployee tells every problem of an employee that is to be written. before
// is the stored employee, or the zero Employee. had says that the account is one that
// the employee had before ([Edit.Verified]).
func (s *Session) checkEmployee(tx Tx, before, e Employee, had bool, p *problems) error {
	if err := s.checkEmployeeValues(before, e, had, p); err != nil {
		return err
	}
	return s.checkEmployeeReferences(tx, before, e, p)
}

// checkEmployeeValues tells what is wrong with the values themselves.
func (s *Session) checkEmployeeValues(before, e Employee, had bool, p *problems) error {
	fresh := before.UserID == ""
	if had || e.AccountType != AccountNormal || e.Private.LoginEmail != "" || e.Mobile == before.Mobile && !fresh {
		p.list = slices.DeleteFunc(p.list, func(q Problem) bool { return q.Field == "mobile" && q.Rule == RuleMissing })
	}
	note := func(err error, field string) error { return p.once(err, field) }
	if e.Name != "" && e.Name != before.Name {
		if err := note(checkEmployeeName(e.Name), "name"); err != nil {
			return err
		}
	}
	account := e
	if p.has("mobile") && e.AccountType == AccountNormal { // so that it is not told again as missing
		account.Mobile = cmp.Or(before.Mobile, "-")
	}
	if !had {
		if err := note(checkAccount(before, account), "accountType"); err != nil {
			return err
		}
	}
	if !fresh && e.Mobile != before.Mobile && e.AccountType == AccountNormal && before.AccountType == AccountNormal {
		if err := note(ErrMobileFixed, "mobile"); err != nil {
			return err
		}
	}
	if e.Disabled != before.Disabled && e.Disabled && !e.OwnAccount() {
		p.add("disabled", RuleValueInvalid, true)
	}
	if s.caller.Kind == AppCaller && (e.Admin != before.Admin || e.Boss != before.Boss) {
		p.add("admin", RuleOutOfScope, e.Admin) // as the vendor's calls: no app appoints administrators
	}
	for err, field := range e.formErrors(&before) {
		if err := note(err, field); err != nil {
			return err
		}
	}
	return nil
}

// hadAccount reports whether an edit brings back an account as it was. Apps bring none
// back: they are held to what the vendor lets them make.
func (s *Session) hadAccount(e Edit) bool {
	return e.Verified && e.Do == CreateObject && s.caller.Kind != AppCaller
}

// movedAccount gives an employee who comes from the export of another organisation an
// account of this one. account is the employee's if nothing names one.
func (s *Session) movedAccount(e Edit, n Employee, account string) Employee {
	if s.hadAccount(e) && n.OwnAccount() && !strings.HasPrefix(n.Account, "account/"+s.org+"/") {
		n.Account = account
	}
	return n
}

// checkAccount checks what the kind of account requires and rules out, unless
// nothing of that changes: the stored employee may be older than a rule.
func checkAccount(before, e Employee) error {
	same := e.AccountType == before.AccountType && e.Mobile == before.Mobile && e.Private.LoginID == before.Private.LoginID &&
		e.Private.LoginEmail == before.Private.LoginEmail && e.Profile.Nickname == before.Profile.Nickname && e.Profile.AvatarMediaID == before.Profile.AvatarMediaID
	if same && before.UserID != "" {
		return nil
	}
	err := checkKind(e, "")
	if errors.Is(err, ErrEmployeeIdentity) {
		return &FieldError{Field: MobileField, Err: err}
	}
	return err
}

// checkEmployeeReferences tells what is named and does not exist, or belongs to
// somebody else.
func (s *Session) checkEmployeeReferences(tx Tx, before, e Employee, p *problems) error {
	ids := added(before.DeptIDs, e.DeptIDs)
	errs, err := s.rangeErrors(tx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if errs[id] == nil {
			continue
		}
		if err := p.refused(&FieldError{Field: DepartmentsField, Value: strconv.FormatInt(id, 10), Err: errs[id]}, ""); err != nil {
			return err
		}
	}
	if e.ManagerID != before.ManagerID && !p.has("managerUserId") {
		if err := managerExists(tx, e.ManagerID); err != nil {
			if err := p.refused(&FieldError{Field: ManagerField, Value: e.ManagerID, Err: err}, ""); err != nil {
				return err
			}
		}
	}
	return s.checkTaken(tx, before, e, p)
}

// takenFields are the fields that hold the values that must be unique.
var takenFields = map[error]string{ErrEmployeeMobile: "mobile", ErrEmployeeEmail: "email", ErrEmployeeTelephone: "telephone"}

// checkTaken tells which values another employee has.
func (s *Session) checkTaken(tx Tx, before, e Employee, p *problems) error {
	if before.UserID != "" && e.AccountType == before.AccountType && e.Mobile == before.Mobile && e.Private.Email == before.Private.Email &&
		e.Private.Telephone == before.Private.Telephone && e.Private.LoginID == before.Private.LoginID {
		return nil
	}
	taken, err := tx.Employees().TakenValues(e)
	if err != nil {
		return err
	}
	for _, err := range taken {
		field := takenFields[err]
		if field == "" {
			field = extraName
		}
		if err := p.once(err, field); err != nil {
			return err
		}
	}
	return nil
}

func (employeeEditor) object(s *Session, tx Tx, id string) (Object, error) {
	e, err := s.reachable(tx, id)
	return s.employeeObject(e), err
}

func (employeeEditor) create(s *Session, tx Tx, e Edit) (EditResult, error) {
	p := &problems{kind: EmployeeKind}
	p.check(e.Values, true)
	id := e.ID
	if id == "" {
		id = s.dir.ids.Digits(18)
	} else if err := personIDFree(tx, id, p); err != nil {
		return EditResult{}, err
	}
	n, account, err := s.applyEmployee(Employee{UserID: id, CreatedAt: s.createdAt(e), Version: 1}, e.Values, e.KeepExtra, p)
	if err != nil {
		return EditResult{}, err
	}
	n = s.movedAccount(e, n, account)
	s.checkIdentity(Employee{}, n, account, p)
	if err := s.checkEmployee(tx, Employee{}, n, s.hadAccount(e), p); err != nil {
		return EditResult{}, err
	}
	var consent Consent
	if s.needsConsent(n) {
		consent, err = s.consentOf(tx, n)
		if err := p.once(err, "mobile"); err != nil {
			return EditResult{}, err
		}
	}
	if err := s.openAccount(tx, &n, p); err != nil {
		return EditResult{}, err
	}
	if err := p.err(e.ID); err != nil {
		return EditResult{}, err
	}
	n = s.addEmployee(tx, n, "create")
	if consent.ID != "" {
		s.useConsent(tx, consent, n.UserID)
	}
	return EditResult{After: s.employeeObject(n), Changed: true}, nil
}

// openAccount fills in the account of a new employee that is neither the
// person's own nor given.
func (s *Session) openAccount(tx Tx, e *Employee, p *problems) error {
	switch {
	case e.AccountType == AccountJoined && !p.has(extraName):
		offer, err := s.offeredAccount(tx, AccountRef{e.OuterOrg, e.OuterUserID})
		e.Account = offer.Account
		return p.refused(err, extraName)
	case e.OwnAccount() && e.Account == "":
		e.Account = s.newAccount(e.UserID)
	}
	return nil
}

func (employeeEditor) change(s *Session, tx Tx, e Edit) (EditResult, error) {
	before, err := s.reachable(tx, e.ID)
	if err != nil {
		return EditResult{}, err
	}
	if err := e.checkVersion(before.Version); err != nil {
		return EditResult{}, err
	}
	p := &problems{kind: EmployeeKind}
	p.check(e.Values, false)
	if id, given := e.Values["userId"]; given && id != e.ID {
		p.add("userId", RuleValueInvalid, id)
	}
	after, account, err := s.applyEmployee(before, e.Values, e.KeepExtra, p)
	if err != nil {
		return EditResult{}, err
	}
	s.checkIdentity(before, after, account, p)
	if err := s.checkEmployee(tx, before, after, false, p); err != nil {
		return EditResult{}, err
	}
	lost, err := s.lostLeaderships(tx, before, after)
	if err != nil {
		return EditResult{}, err
	}
	if err := p.err(e.ID); err != nil {
		return EditResult{}, err
	}
	r := EditResult{Before: s.employeeObject(before), After: s.employeeObject(after)}
	if len(EmployeeKind.Differences(before.object().Values, after.object().Values)) == 0 && !before.hasOtherPassword(after) {
		r.After = r.Before
		return r, nil
	}
	s.changeEmployee(tx, before, after)
	s.changeLeaders(tx, lost, func(id string) bool { return id != e.ID })
	s.changeStanding(tx, before, after)
	r.Changed, r.After.Version, r.After.UpdatedAt = true, before.Version+1, s.now
	return r, nil
}

// changeStanding does what else belongs to another standing: an administrator's
// event, and the end of logins of an account that is disabled or another one.
func (s *Session) changeStanding(tx Tx, before, after Employee) {
	if before.Admin != after.Admin {
		s.administratorEvent(tx, after.UserID, after.Admin)
	}
	switch {
	case before.AccountType != after.AccountType:
		tx.Logins().EndLogins(LoginFilter{UserID: after.UserID})
	case after.Disabled && !before.Disabled:
		tx.Logins().EndLogins(LoginFilter{Account: before.Account})
	default:
		return
	}
	s.loggedOut = true
}

// membersFirst stops edits that remove an org account with which employees of
// other organisations joined: their memberships end first.
type membersFirst struct{ members []AccountRef }

func (e *membersFirst) Error() string {
	return fmt.Sprintf("%d employees of other organisations have joined with the account", len(e.members))
}

func (employeeEditor) remove(s *Session, tx Tx, e Edit) (EditResult, error) {
	before, err := s.reachable(tx, e.ID)
	if err != nil {
		return EditResult{}, err
	}
	if err := e.checkVersion(before.Version); err != nil {
		return EditResult{}, err
	}
	p := &problems{kind: EmployeeKind}
	contacts, err := s.ownedContacts(tx, e.ID, e.NewOwner)
	if errors.Is(err, ErrEmployeeNotFound) {
		err = &FieldError{Value: e.NewOwner, Err: ErrHandOverToSelf} // the heir does not exist
	}
	if err := p.refused(err, ""); err != nil {
		return EditResult{}, err
	}
	if err := p.err(e.ID); err != nil {
		return EditResult{}, err
	}
	l, err := s.readLeaver(tx, before)
	if err != nil {
		return EditResult{}, err
	}
	l.contacts = contacts
	if before.OwnAccount() && !e.preview {
		members, err := tx.Employees().JoinedWith(e.ID)
		if err != nil {
			return EditResult{}, err
		}
		if len(members) > 0 {
			return EditResult{}, &membersFirst{members}
		}
	}
	s.handOverOf(tx, []leaver{l}, e.NewOwner)
	s.removeEmployees(tx, []leaver{l}, s.leaveReason())
	return EditResult{Before: s.employeeObject(before), Changed: true}, nil
}
