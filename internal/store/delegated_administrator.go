package store

import (
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/engine"
)

// Delegations implements [directory.DelegationTx].
func (t *tx) Delegations(f directory.DelegationFilter) (ds []directory.Delegation, total int64, err error) {
	where := conditions{"d.org = ?", args{t.Org}}
	if f.AccountID != "" {
		where.and("d.account_id = ?", f.AccountID)
	}
	if f.Service != "" {
		where.and("d.service = ?", f.Service)
	}
	reads := []*read{engine.One("SELECT count(*) FROM delegated_administrator d WHERE "+where.sql, where.args, nil, func(r *row) error {
		total = r.Int(0)
		return nil
	})}
	if f.Limit > 0 {
		if f.After != nil {
			at := millis(f.After.EnabledAt)
			where.and("(d.enabled_at < ? OR d.enabled_at = ? AND (d.account_id > ? OR d.account_id = ? AND d.service > ?))", at, at, f.After.AccountID, f.After.AccountID, f.After.Service)
		}
		reads = append(reads, engine.Each(`SELECT d.account_id, d.service, d.enabled_at, a.display_name, a.join_method
			FROM delegated_administrator d JOIN account a ON a.org = d.org AND a.id = d.account_id
			WHERE `+where.sql+" ORDER BY d.enabled_at DESC, d.account_id, d.service LIMIT ? OFFSET ?",
			append(where.args[:len(where.args):len(where.args)], f.Limit, f.Offset), func(r *row) error {
				ds = append(ds, directory.Delegation{
					AccountID: r.Text(0), Service: r.Text(1), EnabledAt: fromMillis(r.Int(2)), DisplayName: r.Text(3), JoinMethod: r.Text(4),
				})
				return nil
			}))
	}
	err = t.Batch(reads...)
	return ds, total, err
}

// PutDelegation implements [directory.DelegationTx].
func (t *tx) PutDelegation(d directory.Delegation) {
	t.Write(`INSERT INTO delegated_administrator (org, account_id, service, enabled_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (org, account_id, service) DO UPDATE SET enabled_at = excluded.enabled_at`,
		t.Org, d.AccountID, d.Service, millis(d.EnabledAt))
}

// DeleteDelegation implements [directory.DelegationTx].
func (t *tx) DeleteDelegation(accountID, service string) {
	t.Write("DELETE FROM delegated_administrator WHERE org = ? AND account_id = ? AND service = ?", t.Org, accountID, service)
}
