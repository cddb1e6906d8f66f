package directory

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// ErrVersion: the object has another version than the caller expects.
var ErrVersion = errors.New("object has another version")

// The rules of problems (docs/spec/records.md#row-codes). Rules has all of them.
const (
	// Of the form of values.
	RuleMissing          = "missing"
	RuleTooLong          = "tooLong"
	RuleTooMany          = "tooMany"
	RuleValueInvalid     = "valueInvalid"
	RuleCharacterInvalid = "characterInvalid"
	RuleFieldUnknown     = "fieldUnknown"
	RuleMobileInvalid    = "mobileInvalid"
	RuleEmailInvalid     = "emailInvalid"
	RuleDateInvalid      = "dateInvalid"

	// Of what others have.
	RuleIDTaken        = "idTaken"
	RuleMobileTaken    = "mobileTaken"
	RuleEmailTaken     = "emailTaken"
	RuleTelephoneTaken = "telephoneTaken"
	RuleNameTaken      = "nameTaken"
	RuleLoginIDTaken   = "loginIdTaken"
	RuleAccountTaken   = "accountTaken"
	RuleEmployeeMobile = "employeeMobile"

	// Of what is named.
	RuleOwnerNotFound      = "ownerNotFound"
	RuleEmployeeNotFound   = "employeeNotFound"
	RuleLabelNotFound      = "labelNotFound"
	RuleGroupNotFound      = "groupNotFound"
	RuleDepartmentNotFound = "departmentNotFound"
	RuleAccountNotOffered  = "accountNotOffered"

	// Of people and of what an organisation may have.
	RuleMobileFixed     = "mobileFixed"
	RuleConsentMissing  = "consentMissing"
	RuleFollowsContacts = "followsContacts"
	RuleOutOfScope      = "outOfScope"
	RuleQuotaFull       = "quotaFull"
	RuleFeatureOff      = "featureOff"

	// Of the tree of departments.
	RuleDepartmentDepth = "departmentDepth"
	RuleDepartmentCycle = "departmentCycle"
	RuleHasMembers      = "hasMembers"
	RuleHasChildren     = "hasChildren"
	RuleIsRoot          = "isRoot"

	// Of message contacts.
	RuleMemberNotFound    = "memberNotFound"
	RuleNotVerified       = "notVerified"  // it may be bound once an address is verified
	RuleBeingDeleted      = "beingDeleted" // it cannot be changed any more
	RuleLastReceiver      = "lastReceiver" // of an account's messages
	RuleVerificationLimit = "verificationLimit"
)

// Rules are all rules for which an edit may be refused or lose a value: the
// texts that tell of them are complete by this list.
var Rules = []string{
	RuleMissing, RuleTooLong, RuleTooMany, RuleValueInvalid, RuleCharacterInvalid, RuleFieldUnknown, RuleMobileInvalid, RuleEmailInvalid, RuleDateInvalid,
	RuleIDTaken, RuleMobileTaken, RuleEmailTaken, RuleTelephoneTaken, RuleNameTaken, RuleLoginIDTaken, RuleAccountTaken, RuleEmployeeMobile,
	RuleOwnerNotFound, RuleEmployeeNotFound, RuleLabelNotFound, RuleGroupNotFound, RuleDepartmentNotFound, RuleAccountNotOffered,
	RuleMobileFixed, RuleConsentMissing, RuleFollowsContacts, RuleOutOfScope, RuleQuotaFull, RuleFeatureOff,
	RuleDepartmentDepth, RuleDepartmentCycle, RuleHasMembers, RuleHasChildren, RuleIsRoot,
	RuleMemberNotFound, RuleNotVerified, RuleBeingDeleted, RuleLastReceiver, RuleVerificationLimit,
}

// ruleOfErrors are the rules that the core's errors stand for. The first that
// fits counts.
var ruleOfErrors = []errorRule{
	{ErrContactMobile, RuleMobileInvalid},
	{ErrMobileInvalid, RuleMobileInvalid},
	{ErrPhoneInvalid, RuleMobileInvalid},
	{ErrContactExists, RuleMobileTaken},
	{ErrMobileTaken, RuleMobileTaken},
	{ErrEmployeeMobile, RuleMobileTaken},
	{ErrContactIsEmployee, RuleEmployeeMobile},
	{ErrContactQuota, RuleQuotaFull},
	{ErrMessageContactQuota, RuleQuotaFull},
	{ErrContactsOff, RuleFeatureOff},
	{ErrContactName, RuleValueInvalid},
	{ErrContactText, RuleTooLong},
	{ErrContactEntries, RuleTooMany},
	{ErrEmployeeMail, RuleEmailInvalid},
	{ErrEmployeeEmail, RuleEmailTaken},
	{ErrEmployeeExists, RuleIDTaken},
	{ErrDepartmentIDTaken, RuleIDTaken},
	{ErrEmployeeDepts, RuleTooMany},
	{ErrEmployeeManager, RuleEmployeeNotFound},
	{ErrEmployeeTelephone, RuleTelephoneTaken},
	{ErrLoginIDTaken, RuleLoginIDTaken},
	{ErrAccountJoined, RuleAccountTaken},
	{ErrAccountNotOffered, RuleAccountNotOffered},
	{ErrEmployeeIdentity, RuleMissing},
	{ErrEmployeeConsent, RuleConsentMissing},
	{ErrMobileFixed, RuleMobileFixed},
	{ErrEmployeeName, RuleValueInvalid},
	{ErrEmployeeGender, RuleValueInvalid},
	{ErrEmployeeKind, RuleValueInvalid},
	{ErrEmployeeMember, RuleValueInvalid},
	{ErrUserIDForm, RuleValueInvalid},
	{ErrNotOwnAccount, RuleValueInvalid},
	{ErrHiredDate, RuleDateInvalid},
	{ErrEmployeeText, RuleValueInvalid},
	{ErrEmployeeExtension, RuleValueInvalid},
	{ErrEmployeeFollows, RuleFollowsContacts},
	{ErrHandOverToSelf, RuleOwnerNotFound},
	{ErrLabelNotFound, RuleLabelNotFound},
	{ErrLabelName, RuleValueInvalid},
	{ErrLabelExists, RuleNameTaken},
	{ErrMessageContactName, RuleNameTaken},
	{ErrMessageContactNameForm, RuleValueInvalid},
	{ErrMessageContactNameLength, RuleValueInvalid}, // too short
	{ErrMessageContactEmail, RuleEmailInvalid},
	{ErrMessageContactEmailLength, RuleTooLong},
	{ErrMessageContactPhone, RuleMobileInvalid},
	{ErrMessageContactCountry, RuleMobileInvalid},
	{ErrMessageContactTitle, RuleValueInvalid},
	{ErrMessageContactTypes, RuleValueInvalid},
	{ErrDirectoryNotEnabled, RuleFeatureOff},
	{ErrParentNotFound, RuleDepartmentNotFound},
	{ErrDepartmentNotFound, RuleDepartmentNotFound},
	{ErrDepartmentExists, RuleNameTaken},
	{ErrDepartmentDepth, RuleDepartmentDepth},
	{ErrDepartmentCycle, RuleDepartmentCycle},
	{ErrDepartmentMembers, RuleHasMembers},
	{ErrDepartmentChildren, RuleHasChildren},
	{ErrDepartmentRoot, RuleIsRoot},
	{ErrDepartmentName, RuleValueInvalid},
	{ErrDepartmentText, RuleValueInvalid},
	{ErrDepartmentCharacter, RuleCharacterInvalid},
	{ErrDepartmentPermitCount, RuleTooMany},
	{ErrEmployeeNotFound, RuleEmployeeNotFound},
	{ErrOutOfScope, RuleOutOfScope},
	{ErrDepartmentOutOfRange, RuleOutOfScope},
}

// errorRule is an error of the core and the rule that it stands for.
type errorRule struct {
	err  error
	rule string
}

// ruleOf returns the rule that an error stands for, or "".
func ruleOf(err error) string {
	for _, r := range ruleOfErrors {
		if errors.Is(err, r.err) {
			return r.rule
		}
	}
	return ""
}

// problems collects what is wrong with one object.
type problems struct {
	kind Kind
	list []Problem
}

func (p *problems) add(field, rule string, value any) {
	text := ""
	if value != nil {
		text = fmt.Sprint(value)
	}
	p.list = append(p.list, Problem{Field: field, Rule: rule, Value: text})
}

// refused adds the problem that an error of a rule stands for, once for each
// error that is joined, and returns err if it is none. field is the field if the
// error names none.
func (p *problems) refused(err error, field string) error {
	if err == nil {
		return nil
	}
	q := Problem{Field: field, Rule: RuleValueInvalid, Err: err}
	named := new(FieldError)
	if errors.As(err, &named) {
		q.Value, q.Most = named.Value, named.Most
		if own := p.kind.fieldOf(named.Field); own != "" {
			q.Field = own
		}
	}
	switch rule := ruleOf(err); {
	case rule != "":
		q.Rule = rule
		if named.Most > 0 && (q.Rule == RuleValueInvalid || q.Rule == RuleEmailInvalid) {
			q.Rule = RuleTooLong
		}
	case named.Err == nil:
		return err
	case named.Most > 0:
		q.Rule = RuleTooLong
	}
	if q.Rule == RuleEmployeeNotFound && q.Field == "followerUserId" {
		q.Rule = RuleOwnerNotFound
	}
	p.list = append(p.list, q)
	return nil
}

// once is refused for a field of which no problem was told yet. Those of "extra"
// are several values, so each of its problems is told.
func (p *problems) once(err error, field string) error {
	if err == nil {
		return nil
	}
	if named := new(FieldError); errors.As(err, &named) {
		if own := p.kind.fieldOf(named.Field); own != "" {
			field = own
		}
	}
	if field != extraName && p.has(field) {
		return nil
	}
	return p.refused(err, field)
}

// err returns the problems as the error of an object, or nil.
func (p *problems) err(id string) error {
	if len(p.list) == 0 {
		return nil
	}
	return &ObjectError{Kind: p.kind, ID: id, Problems: p.list}
}

// has reports whether a field has a problem already.
func (p *problems) has(field string) bool {
	return slices.ContainsFunc(p.list, func(q Problem) bool { return q.Field == field })
}

// check tells which values are of no field of the kind, are of the wrong type,
// or are too long. create tells which are missing, too.
func (p *problems) check(v Values, create bool) {
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if _, ok := p.kind.Field(name); !ok {
			p.add(name, RuleFieldUnknown, nil)
		}
	}
	for _, f := range p.kind.Fields() {
		value, given := v[f.Name]
		switch {
		case given && !f.Type.holds(value):
			p.add(f.Name, RuleValueInvalid, value)
		case f.Required && (given || create) && (!given || isEmpty(value)):
			p.add(f.Name, RuleMissing, nil)
		case f.Most > 0 && length(value) > f.Most:
			rule := RuleTooLong
			if f.Type == TextsField || f.Type == NumbersField {
				rule = RuleTooMany
			}
			p.list = append(p.list, Problem{Field: f.Name, Rule: rule, Value: clipText(value), Most: f.Most})
		}
	}
}

// holds reports whether a value has the type.
func (t FieldType) holds(v any) (ok bool) {
	switch t {
	case TextField:
		_, ok = v.(string)
	case NumberField, DateField:
		_, ok = v.(int64)
	case BoolField:
		_, ok = v.(bool)
	case TextsField:
		_, ok = v.([]string)
	case NumbersField:
		_, ok = v.([]int64)
	case ExtraField:
		_, ok = v.(map[string]any)
	}
	return ok
}
