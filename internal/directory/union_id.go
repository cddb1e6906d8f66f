package directory

import "encoding/hex"

// MaxUnionID is the maximal length of a union id in a request, in characters.
const MaxUnionID = 256

// alphabet62 is the alphabet of union ids.
const alphabet62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// unionID is the id by which the apps of an organisation know an account. An
// account has a different one at every organisation, and none of them reveals
// the account (docs/spec/org-accounts.md#union-ids). Decision: 32 characters.
func (d *Directory) unionID(account, org string) string {
	mac := d.keys.MAC("union id", account, org)
	id := make([]byte, len(mac))
	for i, b := range mac {
		id[i] = alphabet62[int(b)%len(alphabet62)]
	}
	return string(id)
}

// personAccount is the account of the person with that mobile. It is the same
// in every organisation, and when the person is deleted and added again.
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

// unionIDOf returns the union id of an employee. It computes the id for rows
// from before union ids were stored.
func (d *Directory) unionIDOf(org string, e Employee) string {
	if e.UnionID != "" {
		return e.UnionID
	}
	return d.identify(org, e).UnionID
}
