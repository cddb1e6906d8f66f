package directory

import (
	"context"
	"errors"
	"fmt"
)

// NewEmployee is an employee to be added. Its kind follows from AccountType. If
// UserID is "", one is generated.
type NewEmployee struct {
	Employee
	Password     string // AccountDingTalk: the first password
	SendPassword bool   // send it to the person, by text message or mail
}

// CreateEmployee adds an employee and returns its user id and union id. It
// returns an error of employees or departments, or ErrConflict.
func (s *Session) CreateEmployee(ctx context.Context, n NewEmployee) (userID, unionID string, err error) {
	e := n.Employee
	e.CreatedAt, e.Version = s.now, 1
	if e.UserID == "" {
		e.UserID = s.dir.ids.Digits(18)
	}
	if err := s.checkNewEmployee(ctx, &e, n.Password); err != nil {
		return "", "", fmt.Errorf("create employee: %w", err)
	}
	err = s.update(ctx, func(tx Tx) error {
		var err error
		if unionID, err = s.createEmployee(tx, e); err == nil && n.SendPassword {
			err = s.sendPassword(tx, e, n.Password)
		}
		return err
	})
	if err != nil {
		return "", "", fmt.Errorf("create employee: %w", err)
	}
	return e.UserID, unionID, nil
}

// checkNewEmployee checks what needs no other row, and hashes the password,
// which is too slow for a transaction.
func (s *Session) checkNewEmployee(ctx context.Context, e *Employee, password string) (err error) {
	if err := checkEmployeeName(e.Name); err != nil {
		return err
	}
	e.DeptIDs = distinct(e.DeptIDs)
	if len(e.DeptIDs) == 0 || len(e.DeptIDs) > MaxEmployeeDepts {
		return ErrEmployeeDepts
	}
	if err := checkKind(*e, password); err != nil {
		return err
	}
	if e.Mobile != "" {
		if e.Mobile, err = s.dir.readMobile(e.Mobile); err != nil {
			return err
		}
	}
	if err := e.checkForm(&Employee{}); err != nil {
		return err
	}
	if e.AccountType == AccountDingTalk {
		e.PasswordHash, err = s.dir.HashPassword(ctx, password)
	}
	return err
}

// checkKind: each kind of account has properties of its own
// (docs/spec/org-accounts.md#kinds-of-account).
func checkKind(e Employee, password string) error {
	p := e.Private
	switch e.AccountType {
	case AccountNormal:
		if e.Mobile == "" && p.LoginEmail == "" {
			return ErrEmployeeIdentity
		}
		if p.LoginID != "" || password != "" || e.Profile.Nickname != "" || e.Profile.AvatarMediaID != "" {
			return ErrEmployeeKind
		}
	case AccountSSO:
		if p.LoginEmail != "" || p.LoginID != "" || password != "" {
			return ErrEmployeeKind
		}
	case AccountDingTalk:
		if p.LoginEmail != "" || p.LoginID == "" {
			return ErrEmployeeKind
		}
	case AccountJoined:
		if e.Mobile != "" || p.LoginEmail != "" || p.LoginID != "" || password != "" || e.Profile.Nickname != "" || e.Profile.AvatarMediaID != "" {
			return ErrEmployeeKind
		}
	default:
		return ErrEmployeeKind
	}
	return nil
}

func (s *Session) createEmployee(tx Tx, e Employee) (string, error) {
	if taken, err := personIDTaken(tx, e.UserID); err != nil {
		return "", err
	} else if taken {
		return "", ErrEmployeeExists
	}
	if err := s.departmentsInRange(tx, e.DeptIDs); err != nil {
		return "", err
	}
	if err := managerExists(tx, e.ManagerID); err != nil {
		return "", err
	}
	var consent Consent
	if s.needsConsent(e) {
		var err error
		if consent, err = s.consentOf(tx, e); err != nil {
			return "", err
		}
	}
	switch e.AccountType {
	case AccountJoined:
		offer, err := s.offeredAccount(tx, AccountRef{e.OuterOrg, e.OuterUserID})
		if err != nil {
			return "", err
		}
		e.Account = offer.Account
	case AccountSSO, AccountDingTalk:
		e.Account = s.newAccount(e.UserID)
	}
	e = s.addEmployee(tx, e, "create")
	if consent.ID != "" {
		s.useConsent(tx, consent, e.UserID)
	}
	return e.UnionID, nil
}

// personIDTaken reports whether an id is, or was, that of an employee or an
// external contact: they share one id space
// (docs/spec/history.md#ids-of-deleted-objects).
func personIDTaken(tx Tx, id string) (bool, error) {
	_, err := tx.Employees().Employee(id)
	if errors.Is(err, ErrEmployeeNotFound) {
		_, err = tx.Contacts().Contact(id)
	}
	if err == nil {
		return true, nil
	}
	if !errors.Is(err, ErrContactNotFound) {
		return false, err
	}
	return usedID(tx, id, employeeNoun, contactNoun)
}

// newAccount is the account of a new org account. It is new even if, in data
// from before ids were kept, another one had the same user id.
func (s *Session) newAccount(userID string) string {
	return "account/" + s.org + "/" + userID + "/" + s.dir.ids.Base62(8)
}

// addEmployee writes a new or restored employee, with history and event, and
// returns it with its account. It only writes.
func (s *Session) addEmployee(tx Tx, e Employee, action string) Employee {
	e = s.dir.identify(s.org, e)
	tx.Employees().InsertEmployee(e)
	s.audit(tx, Change{Noun: employeeNoun, Object: e.UserID, Action: action, Version: e.Version, After: e.record()})
	s.organisationEvent(tx, EmployeeAdded, e.UserID, OrganisationEvent{UserIDs: []string{e.UserID}})
	if e.Admin {
		s.administratorEvent(tx, e.UserID, true)
	}
	return e
}

// employeeNoun names employees in the history.
const employeeNoun = "employee"

func managerExists(tx Tx, userID string) error {
	if userID == "" {
		return nil
	}
	missing, err := tx.Employees().MissingEmployees([]string{userID})
	if err == nil && len(missing) > 0 {
		return ErrEmployeeManager
	}
	return err
}

// readMobile parses the mobile of an employee. It returns "86-13800001001", or
// ErrMobileInvalid.
func (d *Directory) readMobile(text string) (string, error) {
	p, err := ReadMobile(text, d.settings.HomeCountry)
	if err != nil {
		return "", &FieldError{Field: MobileField, Value: text, Err: errors.Join(ErrMobileInvalid, err)}
	}
	return p.String(), nil
}

// record is the employee as audit entries show it. Of a password it says only
// that one is set.
func (e Employee) record() Record {
	r := Record{"name": e.Name, "dept_id_list": e.DeptIDs, "account_type": e.AccountType}
	for name, text := range map[string]string{
		"mobile": e.Mobile, "manager_userid": e.ManagerID, "outer_exclusive_corpid": e.OuterOrg, "outer_exclusive_userid": e.OuterUserID,
		"job_number": e.Profile.JobNumber, "title": e.Profile.Title, "org_email_type": e.Profile.OrgEmailType, "nickname": e.Profile.Nickname,
		"avatarMediaId": e.Profile.AvatarMediaID, "gender": e.Profile.Gender,
		"telephone": e.Private.Telephone, "email": e.Private.Email, "org_email": e.Private.OrgEmail, "login_email": e.Private.LoginEmail,
		"login_id": e.Private.LoginID, "work_place": e.Private.WorkPlace, "remark": e.Private.Remark,
		"extension": e.Private.Extension, "extension_i18n": e.Private.ExtensionI18n,
	} {
		if text != "" {
			r[name] = text
		}
	}
	for name, set := range map[string]bool{
		"hide_mobile": e.Profile.HideMobile, "senior": e.Profile.Senior, "admin": e.Admin, "boss": e.Boss, "disabled": e.Disabled,
		"mobile_verified": e.Profile.MobileVerified, "password": e.PasswordHash != "",
	} {
		if set {
			r[name] = true
		}
	}
	if e.Profile.HiredDate != 0 {
		r["hired_date"] = e.Profile.HiredDate
	}
	if len(e.Profile.Orders) > 0 {
		r["dept_order_list"] = e.Profile.Orders
	}
	if len(e.Profile.Positions) > 0 {
		r["dept_position_list"] = e.Profile.Positions
	}
	if len(e.Private.ExtAttrs) > 0 {
		r["ext_attrs"] = e.Private.ExtAttrs
	}
	return r
}
