package directory

import "encoding/hex"

// MaxUnionID is how long a union id of a request may be, in characters.
const MaxUnionID = 256

// alphabet62 spells union ids.
const alphabet62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// unionID is what the apps of an organisation know an account by: the same
// account has another union id at every organisation, and none of them tells
// the account (docs/spec/org-accounts.md#union-ids). Decision: 32 characters.
func (d *Directory) unionID(account, org string) string {
	mac := d.keys.MAC("union id", account, org)
	id := make([]byte, len(mac))
	for i, b := range mac {
		id[i] = alphabet62[int(b)%len(alphabet62)]
	}
	return string(id)
}

// personAccount is the account of whoever has a mobile: a person keeps it when
// deleted and added again, and from one organisation to the next.
func (d *Directory) personAccount(phone string) string {
	return "person/" + hex.EncodeToString(d.keys.MAC("person", phone)[:16])
}

// identify fills in the account and the union id of an employee that is about
// to be written.
func (d *Directory) identify(org string, e Employee) Employee {
	switch {
	case e.Account != "":
	case e.AccountType == AccountNormal && e.Mobile != "":
		e.Account = d.personAccount(e.Mobile)
	case e.AccountType == AccountJoined:
		e.Account = "account/" + e.OuterOrg + "/" + e.OuterUserID
	default:
		e.Account = "account/" + org + "/" + e.UserID
	}
	e.UnionID = d.unionID(e.Account, org)
	return e
}

// unionIDOf is the union id of an employee as it was read; rows from before
// union ids were kept have none.
func (d *Directory) unionIDOf(org string, e Employee) string {
	if e.UnionID != "" {
		return e.UnionID
	}
	return d.identify(org, e).UnionID
}
