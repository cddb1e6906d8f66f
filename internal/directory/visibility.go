package directory

import "slices"

// Kinds of values of an employee that not every reader sees, besides
// MobileField, which includes the country code, LoginField and NicknameField
// (docs/spec/org-accounts.md#owner-only-fields and
// docs/spec/org-accounts.md#effect-of-a-visibility-grant). Everything else is
// visible to everyone who may read the employee.
const (
	StatusField   Field = "status"   // whether an org account is disabled
	PersonalField Field = "personal" // mail addresses, work place, remark, extension
	AccountField  Field = "account"  // that it is an org account, its type and its owner
)

// Permissions of fields. Decision: the vendor describes them without codes
// (docs/spec/org-accounts.md#field-permissions).
const (
	PermissionMobile = "fieldMobile"
	PermissionEmail  = "fieldEmail"
)

// Reason is why a reader sees a field or does not.
type Reason string

// The reasons of Sees.
const (
	SeenAsOwn        Reason = "own"           // the reader's organisation owns the account
	SeenByGrant      Reason = "grant"         // the owner of the account opened it
	SeenByAll        Reason = "open"          // visible to everyone who may read the employee
	SeenBySelf       Reason = "self"          // the reader is the employee
	HiddenNoGrant    Reason = "no-grant"      // the owner of the account has not opened it
	HiddenNoRight    Reason = "no-permission" // the app does not have the field's permission
	HiddenNotOwner   Reason = "not-owner"     // only the account's owner sees it, whatever is granted
	HiddenNotThere   Reason = "no-such-field" // accounts of this kind do not have it
	HiddenForeignOrg Reason = "foreign"       // the reader belongs to another organisation
)

// Verdict is the result of Sees.
type Verdict struct {
	Visible bool
	Why     Reason
}

// Sight is a reader and an employee, with what the owner of a joined account
// has granted to the employee's organisation.
type Sight struct {
	Reader   Principal
	Org      string // the organisation whose employee it is
	Employee Employee
	Granted  []string // AccountJoined: GrantMobile, GrantStatus
}

// Sees decides whether the reader may see the field, and says why
// (docs/spec/org-accounts.md#effect-of-a-visibility-grant). Nothing else
// decides this.
func (q Sight) Sees(f Field) Verdict {
	if q.Reader.Org != q.Org {
		return Verdict{false, HiddenForeignOrg}
	}
	e := q.Employee
	switch f {
	case MobileField:
		if e.AccountType == AccountJoined && !slices.Contains(q.Granted, GrantMobile) {
			return Verdict{false, HiddenNoGrant}
		}
		return q.permitted(PermissionMobile)
	case StatusField:
		switch {
		case e.OwnAccount():
			return Verdict{true, SeenAsOwn}
		case e.AccountType != AccountJoined:
			return Verdict{false, HiddenNotThere}
		case slices.Contains(q.Granted, GrantStatus):
			return Verdict{true, SeenByGrant}
		}
		return Verdict{false, HiddenNoGrant}
	case LoginField:
		return ownOnly(e, e.AccountType == AccountDingTalk)
	case NicknameField:
		return ownOnly(e, e.OwnAccount())
	case PersonalField:
		return q.permitted(PermissionEmail)
	case AccountField:
		return Verdict{true, SeenByAll}
	}
	return Verdict{false, HiddenNotThere}
}

// ownOnly is for fields that no grant opens: only the owner of the account sees
// them.
func ownOnly(e Employee, has bool) Verdict {
	switch {
	case has:
		return Verdict{true, SeenAsOwn}
	case e.AccountType == AccountJoined:
		return Verdict{false, HiddenNotOwner}
	}
	return Verdict{false, HiddenNotThere}
}

// permitted checks the permission of a field. Only apps need one: people see
// themselves, and what administrators may see is decided elsewhere.
func (q Sight) permitted(permission string) Verdict {
	seen := SeenAsOwn
	if q.Employee.AccountType == AccountJoined && permission == PermissionMobile {
		seen = SeenByGrant
	}
	switch {
	case q.Reader.Kind == UserCaller && q.Reader.ID == q.Employee.UserID:
		return Verdict{true, SeenBySelf}
	case q.Reader.Kind == AppCaller && !q.Reader.May(permission):
		return Verdict{false, HiddenNoRight}
	}
	return Verdict{true, seen}
}
