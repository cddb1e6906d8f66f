package directory

import "slices"

// The kinds of values of an employee that not every reader sees, beside
// MobileField, which includes the country code, LoginField and NicknameField
// (docs/spec/org-accounts.md#owner-only-fields and
// docs/spec/org-accounts.md#effect-of-a-visibility-grant). Everything else is
// open to whoever may read the employee at all.
const (
	StatusField   Field = "status"   // whether an org account is disabled
	PersonalField Field = "personal" // mail addresses, work place, remark, extension
	AccountField  Field = "account"  // that it is an org account, its type and its owner
)

// Permissions of fields. Decision: the vendor names them in words only
// (docs/spec/org-accounts.md#field-permissions).
const (
	PermissionMobile = "fieldMobile"
	PermissionEmail  = "fieldEmail"
)

// Reason is why a reader sees a field or does not.
type Reason string

// The reasons of Sees.
const (
	SeenAsOwn        Reason = "own"           // it is the reader's own organisation's to see
	SeenByGrant      Reason = "grant"         // the owner of the account opened it
	SeenByAll        Reason = "open"          // whoever reads the employee sees it
	SeenBySelf       Reason = "self"          // the reader is the employee
	HiddenNoGrant    Reason = "no-grant"      // the owner of the account has not opened it
	HiddenNoRight    Reason = "no-permission" // the app does not have the field's permission
	HiddenNotOwner   Reason = "not-owner"     // only the account's owner sees it, whatever is granted
	HiddenNotThere   Reason = "no-such-field" // accounts of this kind do not have it
	HiddenForeignOrg Reason = "foreign"       // the reader belongs to another organisation
)

// Verdict is an answer of Sees.
type Verdict struct {
	Visible bool
	Why     Reason
}

// Sight is one question of who may see what: the reader, and the employee it
// reads, with what the owner of a joined account has opened to the
// organisation that the employee belongs to.
type Sight struct {
	Reader   Principal
	Org      string // the organisation whose employee it is
	Employee Employee
	Granted  []string // AccountJoined: GrantMobile, GrantStatus
}

// Sees decides whether the reader may see the field, and says why
// (docs/spec/org-accounts.md#effect-of-a-visibility-grant). It is the only place that
// does.
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

// ownOnly is for what no grant opens: the owner alone sees it.
func ownOnly(e Employee, has bool) Verdict {
	switch {
	case has:
		return Verdict{true, SeenAsOwn}
	case e.AccountType == AccountJoined:
		return Verdict{false, HiddenNotOwner}
	}
	return Verdict{false, HiddenNotThere}
}

// permitted asks for the permission of a field, which only apps need: people
// see themselves, and administrators and the organisation's own faces are
// asked elsewhere what they may show.
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
