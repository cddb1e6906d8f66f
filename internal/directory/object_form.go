package directory

import (
	"errors"
	"strings"
)

// CheckName returns the rule that the name of a new object of the kind breaks,
// and how many characters there may be if that is the rule; "" for a good name.
func (k Kind) CheckName(name string) (rule string, most int) {
	f, _ := k.Field("name")
	if f.Most > 0 && length(name) > f.Most {
		return RuleTooLong, f.Most
	}
	var err error
	switch k {
	case ContactKind:
		err = checkContactName("", name)
	case EmployeeKind:
		err = checkEmployeeName(name)
	case DepartmentKind:
		err = Department{Name: name}.check(Department{})
	case LabelKind, LabelGroupKind:
		err = checkLabelName(name)
	case MessageContactKind:
		err = CheckMessageContactName(name)
		if errors.Is(err, ErrMessageContactNameLength) && length(name) > MaxMessageContactName {
			return RuleTooLong, MaxMessageContactName
		}
	}
	if err == nil {
		return "", 0
	}
	if rule := ruleOf(err); rule != "" {
		return rule, 0
	}
	return RuleValueInvalid, 0
}

// ReadNumber parses a number of a file (docs/spec/import.md#phone-numbers). It
// reads what ReadMobile reads, but takes a mobile of mainland China for one
// whatever home is, and refuses a plus without an assigned code. Unless mobile is
// set, it may be a landline too, as those of external contacts. It returns
// ErrPhoneInvalid.
func ReadNumber(text, home string, mobile bool) (Phone, error) {
	p, coded, err := readPhone(text, home)
	if err != nil {
		return Phone{}, err
	}
	if !coded {
		if _, _, plus := phoneGroups(text); plus {
			return Phone{}, ErrPhoneInvalid
		}
		if bare := strings.TrimPrefix(p.Number, HomeCountry); isMainland(bare) {
			p = Phone{HomeCountry, bare}
		}
	}
	if mobile {
		if !p.isMobile() {
			return Phone{}, ErrPhoneInvalid
		}
		return p, nil
	}
	return readPhoneOf(p.Country, p.Number) // as a contact's number is read
}
