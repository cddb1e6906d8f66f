package directory

import (
	"encoding/json"
	"fmt"
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

// checkForm checks the form of an employee, except its name, mobile and kind.
// before is the stored employee, or nil.
func (e *Employee) checkForm(before *Employee) error {
	if utf8.RuneCountInString(e.UserID) > MaxUserID || e.UserID != before.UserID && !IsPlain(e.UserID) {
		return ErrUserIDForm
	}
	if err := checkBounds(before.bounds(), e.bounds()); err != nil {
		return err
	}
	if id := e.Private.LoginID; id != before.Private.LoginID && !IsPlain(id) {
		return &FieldError{Field: LoginField, Value: id, Err: ErrEmployeeText}
	}
	for i, m := range e.mails() {
		if m.text != "" && m.text != before.mails()[i].text && !IsMail(m.text) {
			return &FieldError{Field: m.field, Value: m.text, Err: ErrEmployeeMail}
		}
	}
	p := e.Profile
	switch {
	case p.Gender != "" && !slices.Contains(Genders, p.Gender):
		return ErrEmployeeGender
	case p.OrgEmailType != "" && !slices.Contains(OrgEmailTypes, p.OrgEmailType), p.HiredDate < 0, p.HiredDate > MaxHiredDate,
		len(p.Orders) > MaxEmployeeDepts, len(p.Positions) > MaxEmployeeDepts:
		return ErrEmployeeText
	}
	if n := len(e.Private.ExtAttrs); n > max(MaxExtAttrs, len(before.Private.ExtAttrs)) {
		return ErrEmployeeExtension
	}
	return e.checkLists()
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
