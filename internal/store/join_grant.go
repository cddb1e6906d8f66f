package store

import (
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store/engine"
)

// JoinGrants implements [directory.JoinGrantTx].
func (t *tx) JoinGrants() (gs []directory.JoinGrant, err error) {
	var reads []*read
	if t.Writable() { // as for [tx.Grants]
		reads = append(reads, engine.One("SELECT id FROM org WHERE id = ?"+forUpdate, args{t.Org}, nil, nil))
	}
	reads = append(reads, engine.Each("SELECT to_org, dept_ids, updated_at FROM join_grant WHERE org = ? ORDER BY to_org", args{t.Org}, func(r *row) error {
		ids, err := readList[int64](r, 1)
		gs = append(gs, directory.JoinGrant{ToOrg: r.Text(0), DeptIDs: ids, UpdatedAt: fromMillis(r.Int(2))})
		return err
	}))
	return gs, t.Batch(reads...)
}

// PutJoinGrant implements [directory.JoinGrantTx].
func (t *tx) PutJoinGrant(g directory.JoinGrant) {
	t.Write(`INSERT INTO join_grant (org, to_org, dept_ids, updated_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (org, to_org) DO UPDATE SET dept_ids = excluded.dept_ids, updated_at = excluded.updated_at`,
		t.Org, g.ToOrg, list(g.DeptIDs), millis(g.UpdatedAt))
}

// DeleteJoinGrant implements [directory.JoinGrantTx].
func (t *tx) DeleteJoinGrant(toOrg string) {
	t.Write("DELETE FROM join_grant WHERE org = ? AND to_org = ?", t.Org, toOrg)
}

// JoinOffer implements [directory.SharedAccountTx]. It reads across tenants:
// the query itself requires the owner's grant to this organisation.
func (t *tx) JoinOffer(ref directory.AccountRef) (o directory.JoinOffer, err error) {
	var depts []int64
	ok, err := t.One(`SELECT e.account_type, e.account, e.dept_ids, g.dept_ids
		FROM join_grant g JOIN employee e ON e.org = g.org
		WHERE g.org = ? AND g.to_org = ? AND e.user_id = ?`, args{ref.Org, t.Org, ref.UserID}, func(r *row) (err error) {
		o.Type, o.Account = r.Text(0), r.Text(1)
		if depts, err = readList[int64](r, 2); err == nil {
			o.DeptIDs, err = readList[int64](r, 3)
		}
		return err
	})
	if err = found(ok, err, directory.ErrAccountNotOffered); err != nil || len(depts) == 0 {
		return o, err
	}
	places, values := in(depts)
	err = t.Each("SELECT path FROM department WHERE org = ? AND id IN ("+places+")", append(args{ref.Org}, values...), func(r *row) error {
		path, err := parsePath(r.Text(0))
		o.Paths = append(o.Paths, path)
		return err
	})
	return o, err
}

// JoinedWith implements [directory.SharedAccountTx]. It reads across tenants.
func (t *tx) JoinedWith(userID string) (refs []directory.AccountRef, err error) {
	sql, a := "SELECT org, user_id FROM employee WHERE outer_org = ?", args{t.Org}
	if userID != "" {
		sql, a = sql+" AND outer_user_id = ?", append(a, userID)
	}
	err = t.Each(sql+" ORDER BY org, user_id", a, func(r *row) error {
		refs = append(refs, directory.AccountRef{Org: r.Text(0), UserID: r.Text(1)})
		return nil
	})
	return refs, err
}

// sealedAccount is a shared account whose mobile is still sealed: opening it
// needs a read of keys.
type sealedAccount struct {
	directory.SharedAccount
	mobile []byte
}

// OwnerDisabled implements [directory.SharedAccountTx]. It reads across tenants.
func (t *tx) OwnerDisabled(ref directory.AccountRef) (disabled bool, err error) {
	ok, err := t.One("SELECT disabled FROM employee WHERE org = ? AND user_id = ?", args{ref.Org, ref.UserID}, func(r *row) error {
		disabled = r.Bool(0)
		return nil
	})
	return disabled || !ok, err
}

// SharedAccounts implements [directory.SharedAccountTx]. It reads across
// tenants: the query itself requires that the account has joined this
// organisation, and reads only the granted fields.
func (t *tx) SharedAccounts(refs []directory.AccountRef) ([]directory.SharedAccount, error) {
	byOrg := map[string][]string{}
	var orgs []string
	for _, ref := range refs {
		if byOrg[ref.Org] == nil {
			orgs = append(orgs, ref.Org)
		}
		byOrg[ref.Org] = append(byOrg[ref.Org], ref.UserID)
	}
	var rows []sealedAccount
	reads := make([]*read, len(orgs))
	for i, org := range orgs {
		places, values := in(byOrg[org])
		reads[i] = engine.Each(`SELECT e.org, e.user_id, o.name, e.account_type, g.fields, e.mobile, e.disabled
			FROM employee e JOIN org o ON o.id = e.org LEFT JOIN visibility_grant g ON g.org = e.org AND g.to_org = ?
			WHERE e.org = ? AND e.account_type IN ('sso', 'dingtalk')
			AND EXISTS (SELECT 1 FROM employee j WHERE j.org = ? AND j.outer_org = e.org AND j.outer_user_id = e.user_id)
			AND e.user_id IN (`+places+")", append(args{t.Org, org, t.Org}, values...), func(r *row) (err error) {
			a := sealedAccount{SharedAccount: directory.SharedAccount{
				AccountRef: directory.AccountRef{Org: r.Text(0), UserID: r.Text(1)}, OrgName: r.Text(2), Type: r.Text(3)}}
			if a.Granted, err = readList[string](r, 4); err != nil {
				return err
			}
			for _, field := range a.Granted {
				switch field {
				case directory.GrantMobile:
					a.mobile = r.Bytes(5)
				case directory.GrantStatus:
					a.Disabled = r.Bool(6)
				}
			}
			rows = append(rows, a)
			return nil
		})
	}
	if err := t.Batch(reads...); err != nil {
		return nil, err
	}
	return t.openAccounts(rows)
}

func (t *tx) openAccounts(rows []sealedAccount) ([]directory.SharedAccount, error) {
	keys := map[string]*keyring.Tenant{}
	accounts := make([]directory.SharedAccount, len(rows))
	for i, a := range rows {
		if a.mobile != nil {
			var err error
			if keys[a.Org] == nil {
				if keys[a.Org], err = t.KeysOf(a.Org); err != nil {
					return nil, err
				}
			}
			if a.Mobile, err = engine.OpenUnder(keys[a.Org], "employee", a.UserID, "mobile", a.mobile); err != nil {
				return nil, err
			}
		}
		accounts[i] = a.SharedAccount
	}
	return accounts, nil
}
