package directory

import "errors"

// Errors of the form of an external contact. Methods wrap them with context;
// compare with errors.Is.
var (
	ErrContactName    = errors.New("name of the external contact is not acceptable")
	ErrContactText    = errors.New("text of the external contact is too long")
	ErrContactEntries = errors.New("list of the external contact has too many entries")
)

// Limits of an external contact, in characters and entries
// (docs/spec/external-contacts.md#length-of-texts). The figure of 20 is the
// vendor's (docs/spec/external-contacts.md#length-of-lists).
const (
	MaxContactName    = 80
	MaxContactTitle   = 200
	MaxContactCompany = 200
	MaxContactAddress = 500
	MaxContactRemark  = 2000
	MaxContactEntries = 20
	MaxUserID         = 64 // docs/spec/external-contacts.md#length-of-ids
)

// checkContactForm checks the form of an external contact, except its number.
// It returns ErrContactName, ErrContactText or ErrContactEntries. before is the
// stored contact, or the zero Contact.
func checkContactForm(before, c Contact) error {
	if err := checkContactName(before.Name, c.Name); err != nil {
		return err
	}
	if err := checkBounds(before.bounds(), c.bounds()); err != nil {
		return err
	}
	for _, l := range [...]struct {
		field    Field
		had, has int
	}{
		{LabelsField, len(before.LabelIDs), len(c.LabelIDs)},
		{SharedDepartmentsField, len(before.ShareDeptIDs), len(c.ShareDeptIDs)},
		{SharedEmployeesField, len(before.ShareUserIDs), len(c.ShareUserIDs)},
	} {
		if l.has > max(MaxContactEntries, l.had) {
			return &FieldError{Field: l.field, Most: MaxContactEntries, Err: ErrContactEntries}
		}
	}
	return nil
}

func (c Contact) bounds() []bound {
	return []bound{
		{TitleField, orBlank(c.Title), MaxContactTitle, ErrContactText},
		{CompanyField, orBlank(c.CompanyName), MaxContactCompany, ErrContactText},
		{AddressField, orBlank(c.Address), MaxContactAddress, ErrContactText},
		{RemarkField, orBlank(c.Remark), MaxContactRemark, ErrContactText},
	}
}

// checkContactName requires one line of 1 to MaxContactName characters, at
// least one of them visible (docs/spec/external-contacts.md#name-of-a-contact).
// before is the stored name.
func checkContactName(before, name string) error {
	if name != before && !isLine(name) || !showsName(name, MaxContactName) {
		return ErrContactName
	}
	return nil
}
