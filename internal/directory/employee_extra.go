package directory

import (
	"maps"
	"slices"
	"strings"
)

// passwordHashName is the key of "extra" for the hash of a password. It is read,
// but only an export of all kinds shows it.
const passwordHashName = "password_hash"

// employeeExtra is what an employee stores beyond the fields of its object.
var employeeExtra = []extraField[Employee]{
	extraText("nickname", func(e *Employee) *string { return &e.Profile.Nickname }),
	extraText("avatarMediaId", func(e *Employee) *string { return &e.Profile.AvatarMediaID }),
	extraText("org_email_type", func(e *Employee) *string { return &e.Profile.OrgEmailType }),
	extraBool("senior", func(e *Employee) *bool { return &e.Profile.Senior }),
	extraBool("mobile_verified", func(e *Employee) *bool { return &e.Profile.MobileVerified }),
	extraBool("boss", func(e *Employee) *bool { return &e.Boss }),
	extraList("dept_order_list", func(e *Employee) *[]DeptOrder { return &e.Profile.Orders }),
	extraList("dept_position_list", func(e *Employee) *[]DeptPosition { return &e.Profile.Positions }),
	extraText("extension", func(e *Employee) *string { return &e.Private.Extension }),
	extraText("extension_i18n", func(e *Employee) *string { return &e.Private.ExtensionI18n }),
	extraList("ext_attrs", func(e *Employee) *[]ExtAttr { return &e.Private.ExtAttrs }),
	extraText("login_id", func(e *Employee) *string { return &e.Private.LoginID }).kept(),
	extraText("login_email", func(e *Employee) *string { return &e.Private.LoginEmail }).kept(),
	extraText("outer_exclusive_corpid", func(e *Employee) *string { return &e.OuterOrg }).kept(),
	extraText("outer_exclusive_userid", func(e *Employee) *string { return &e.OuterUserID }).kept(),
	{name: "account", keep: true, get: func(e *Employee) any {
		if !e.OwnAccount() { // others follow from the mobile or from the other organisation
			return nil
		}
		return e.Account
	}, set: setKept(func(e *Employee) *string { return &e.Account })},
	{name: passwordHashName, keep: true, get: func(*Employee) any { return nil },
		set: setKept(func(e *Employee) *string { return &e.PasswordHash })},
}

// setKept sets a text that cannot be cleared.
func setKept(at func(*Employee) *string) func(*Employee, any) bool {
	return func(e *Employee, v any) bool {
		text, ok := v.(string)
		if text != "" {
			*at(e) = text
		}
		return ok || v == nil
	}
}

// personalExtra are the keys of "extra" that apps see only with the permission of
// mail addresses, as the fields beside them ([PersonalField]).
var personalExtra = []string{"extension", "extension_i18n", "ext_attrs"}

// ownersExtra are those that no app sees.
var ownersExtra = []string{"login_email", "account"}

// complete adds the hashes of passwords, under "extra", for an export that a new
// organisation can be made from. Only an administrator gets them.
func (employeeEditor) complete(s *Session, tx Tx, page []Object) error {
	if s.caller.Kind != AdminCaller || len(page) == 0 {
		return nil
	}
	var ids []string
	for _, o := range page {
		if o.Values.Text("accountType") == AccountDingTalk {
			ids = append(ids, o.ID)
		}
	}
	es, err := tx.Employees().Employees(ids)
	for _, e := range es {
		if i := slices.IndexFunc(page, func(o Object) bool { return o.ID == e.UserID }); e.PasswordHash != "" {
			page[i].Values = withPasswordHash(page[i].Values, e.PasswordHash)
		}
	}
	return err
}

func withPasswordHash(v Values, hash string) Values {
	extra := map[string]any{passwordHashName: hash}
	old, _ := v[extraName].(map[string]any)
	maps.Copy(extra, old)
	v = maps.Clone(v)
	v[extraName] = extra
	return v
}

// checkIdentity tells which parts of an employee that say whose account it has
// cannot be what they are. before is the stored employee, or the zero Employee;
// account is what e.Account would be if nothing had named one.
func (s *Session) checkIdentity(before, e Employee, account string, p *problems) {
	fresh := before.UserID == ""
	refuse := func(key string) { p.add(extraName, RuleValueInvalid, key) }
	if e.OuterOrg != before.OuterOrg && !fresh || (e.OuterOrg != "") != (e.AccountType == AccountJoined) {
		refuse("outer_exclusive_corpid")
	}
	if e.OuterUserID != before.OuterUserID && !fresh || (e.OuterUserID != "") != (e.AccountType == AccountJoined) {
		refuse("outer_exclusive_userid")
	}
	if e.Private.LoginEmail != before.Private.LoginEmail && !fresh && e.AccountType == before.AccountType {
		refuse("login_email")
	}
	if e.hasOtherPassword(before) && e.PasswordHash != "" &&
		(s.caller.Kind != AdminCaller || e.AccountType != AccountDingTalk || !acceptsHash(e.PasswordHash)) {
		refuse(passwordHashName)
	}
	// An account names its organisation and its employee: it is nobody else's.
	own := "account/" + s.org + "/" + e.UserID
	if e.Account != account && (!fresh && e.AccountType == before.AccountType || s.caller.Kind != AdminCaller || !e.OwnAccount() ||
		e.Account != own && !strings.HasPrefix(e.Account, own+"/")) {
		refuse("account")
	}
}
