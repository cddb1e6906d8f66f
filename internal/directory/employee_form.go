package directory

import (
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"unicode/utf8"
)

// Limits of an employee, in characters and entries
// (docs/spec/org-accounts.md#limits-of-an-employee).
const (
	MaxEmployeeName      = 80
	MaxEmployeeDepts     = 100
	MaxEmployeeTelephone = 50
	MaxJobNumber         = 64 // of the older calls; newer ones allow fewer, as for mail addresses
	MaxEmployeeTitle     = 200
	MaxEmployeeEmail     = 64
	MaxOrgEmail          = 100
	MaxLoginEmail        = 100
	MaxWorkPlace         = 100
	MaxEmployeeRemark    = 2000
	MaxExtension         = 2000
	MaxExtensionName     = 100
	MaxExtAttrText       = 2000
	MaxExtAttrs          = 200 // Decision: merging must not grow the list without bound.
	MaxNickname          = 80
	MaxAvatar            = 256
	MaxLoginID           = 64
	MinPassword          = 8
	MaxPassword          = 256
)

// MaxHiredDate is the end of the year 9999 in Unix milliseconds: later dates
// cannot be shown.
const MaxHiredDate = 253402300799999

// Values of fields.
var (
	Genders       = []string{"F", "M", "none"}
	OrgEmailTypes = []string{"profession", "base"}
)

// checkForm returns the first of formErrors.
func (e *Employee) checkForm(before *Employee) error {
	for err := range e.formErrors(before) {
		return err
	}
	return nil
}

// formErrors checks the form of an employee, except its name, mobile and kind.
// before is the stored employee, or the zero Employee. With each error comes the
// field of the employee's object ([EmployeeKind]) that it is about, unless the
// error names one.
func (e *Employee) formErrors(before *Employee) iter.Seq2[error, string] {
	return func(yield func(error, string) bool) {
		if utf8.RuneCountInString(e.UserID) > MaxUserID || e.UserID != before.UserID && !IsPlain(e.UserID) {
			if !yield(ErrUserIDForm, "userId") {
				return
			}
		}
		stored := before.bounds()
		for _, b := range e.bounds() {
			if err := checkBounds(stored, []bound{b}); err != nil && !yield(err, extraName) {
				return
			}
		}
		if id := e.Private.LoginID; id != before.Private.LoginID && !IsPlain(id) {
			if !yield(&FieldError{Field: LoginField, Value: id, Err: ErrEmployeeText}, extraName) {
				return
			}
		}
		for i, m := range e.mails() {
			if m.text != "" && m.text != before.mails()[i].text && !IsMail(m.text) {
				if !yield(&FieldError{Field: m.field, Value: m.text, Err: ErrEmployeeMail}, extraName) {
					return
				}
			}
		}
		e.valueErrors(before, yield)
	}
}

// valueErrors are those of formErrors about single values and lists.
func (e *Employee) valueErrors(before *Employee, yield func(error, string) bool) {
	p, q := e.Profile, e.Private
	for _, check := range [...]struct {
		wrong bool
		err   error
		field string
	}{
		{p.Gender != "" && !slices.Contains(Genders, p.Gender), ErrEmployeeGender, "gender"},
		{p.OrgEmailType != "" && !slices.Contains(OrgEmailTypes, p.OrgEmailType), ErrEmployeeText, extraName},
		{p.HiredDate < 0 || p.HiredDate > MaxHiredDate, ErrHiredDate, "hiredDate"},
		{len(p.Orders) > MaxEmployeeDepts || len(p.Positions) > MaxEmployeeDepts, ErrEmployeeText, extraName},
		{len(q.ExtAttrs) > max(MaxExtAttrs, len(before.Private.ExtAttrs)), ErrEmployeeExtension, extraName},
	} {
		if check.wrong && !yield(check.err, check.field) {
			return
		}
	}
	if err := e.checkLists(); err != nil {
		yield(err, extraName)
	}
}

func (e *Employee) mails() [3]bound {
	q := e.Private
	return [3]bound{
		{EmailField, q.Email, MaxEmployeeEmail, ErrEmployeeMail},
		{OrgEmailField, q.OrgEmail, MaxOrgEmail, ErrEmployeeMail},
		{LoginEmailField, q.LoginEmail, MaxLoginEmail, ErrEmployeeMail},
	}
}

func (e *Employee) bounds() []bound {
	p, q := e.Profile, e.Private
	mails := e.mails()
	bounds := append(mails[:],
		bound{TelephoneField, q.Telephone, MaxEmployeeTelephone, ErrEmployeeText},
		bound{JobNumberField, p.JobNumber, MaxJobNumber, ErrJobNumber},
		bound{TitleField, p.Title, MaxEmployeeTitle, ErrEmployeeText},
		bound{WorkPlaceField, q.WorkPlace, MaxWorkPlace, ErrEmployeeText},
		bound{RemarkField, q.Remark, MaxEmployeeRemark, ErrEmployeeText},
		bound{NicknameField, p.Nickname, MaxNickname, ErrEmployeeText},
		bound{AvatarField, p.AvatarMediaID, MaxAvatar, ErrEmployeeText},
		bound{LoginField, q.LoginID, MaxLoginID, ErrEmployeeText},
		bound{ManagerField, e.ManagerID, MaxUserID, ErrEmployeeManager},
		bound{ExtensionField, q.Extension, MaxExtension, ErrEmployeeExtension},
		bound{ExtensionI18nField, q.ExtensionI18n, MaxExtension, ErrEmployeeExtension},
	)
	for _, at := range p.Positions {
		bounds = append(bounds, bound{PositionsField, at.Title, MaxEmployeeTitle, ErrEmployeeText},
			bound{PositionsField, at.WorkPlace, MaxWorkPlace, ErrEmployeeText})
	}
	for _, a := range q.ExtAttrs {
		bounds = append(bounds, bound{ExtAttrsField, a.Code, MaxExtensionName, ErrEmployeeExtension},
			bound{ExtAttrsField, a.Name, MaxExtensionName, ErrEmployeeExtension}, bound{ExtAttrsField, a.Value.Text, MaxExtAttrText, ErrEmployeeExtension},
			bound{ExtAttrsField, a.Value.URL, MaxExtAttrText, ErrEmployeeExtension}, bound{ExtAttrsField, a.Value.Images, MaxExtAttrText, ErrEmployeeExtension})
	}
	return bounds
}

func checkEmployeeName(name string) error {
	if !isName(name, MaxEmployeeName) {
		return ErrEmployeeName
	}
	return nil
}

// checkLists checks that orders and positions are for the employee's
// departments, and that extensions are JSON objects.
func (e *Employee) checkLists() error {
	for _, o := range e.Profile.Orders {
		if !slices.Contains(e.DeptIDs, o.DeptID) {
			return fmt.Errorf("order in department %d: %w", o.DeptID, ErrEmployeeMember)
		}
	}
	for _, p := range e.Profile.Positions {
		if !slices.Contains(e.DeptIDs, p.DeptID) {
			return fmt.Errorf("position in department %d: %w", p.DeptID, ErrEmployeeMember)
		}
	}
	for _, text := range []string{e.Private.Extension, e.Private.ExtensionI18n} {
		var object map[string]any
		if text != "" && json.Unmarshal([]byte(text), &object) != nil {
			return ErrEmployeeExtension
		}
	}
	return nil
}
