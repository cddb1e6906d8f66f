package directory

import (
	"fmt"
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

// checkContactForm returns the error of what an external contact must not look
// like, but for its number: ErrContactName, ErrContactText or ErrContactEntries.
// before is what was there, or the zero Contact.
func checkContactForm(before, c Contact) error {
	if err := checkContactName(before.Name, c.Name); err != nil {
		return err
	}
	if err := checkBounds(before.bounds(), c.bounds()); err != nil {
		return err
	}
	for _, l := range [...]struct {
		field    string
		had, has int
	}{
		{"label_ids", len(before.LabelIDs), len(c.LabelIDs)},
		{"share_dept_ids", len(before.ShareDeptIDs), len(c.ShareDeptIDs)},
		{"share_user_ids", len(before.ShareUserIDs), len(c.ShareUserIDs)},
	} {
		if l.has > max(MaxContactEntries, l.had) {
			return &FieldError{Field: l.field, Rule: fmt.Sprintf("at most %d entries", MaxContactEntries), Err: ErrContactEntries}
		}
	}
	return nil
}

func (c Contact) bounds() []bound {
	return []bound{
		{"title", orBlank(c.Title), MaxContactTitle, ErrContactText},
		{"company_name", orBlank(c.CompanyName), MaxContactCompany, ErrContactText},
		{"address", orBlank(c.Address), MaxContactAddress, ErrContactText},
		{"remark", orBlank(c.Remark), MaxContactRemark, ErrContactText},
	}
}

// checkContactName: 1 to MaxContactName characters of one line, one of which can be
// seen (docs/spec/external-contacts.md#name-of-a-contact). before is what was there.
func checkContactName(before, name string) error {
	if name != before && !isLine(name) || !showsName(name, MaxContactName) {
		return ErrContactName
	}
	return nil
}
