package store

import (
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/engine"
)

// Grants implements [directory.GrantTx].
func (t *tx) Grants() (gs []directory.Grant, err error) {
	var reads []*read
	if t.Writable() {
		// A grant that does not exist yet has no row to lock, so changes of an
		// organisation's grants lock the organisation's row.
		reads = append(reads, engine.One("SELECT id FROM org WHERE id = ?"+forUpdate, args{t.Org}, nil, nil))
	}
	reads = append(reads, engine.Each("SELECT to_org, fields, opt_user_id, updated_at FROM visibility_grant WHERE org = ? ORDER BY to_org", args{t.Org}, func(r *row) error {
		fields, err := readList[string](r, 1)
		gs = append(gs, directory.Grant{ToOrg: r.Text(0), Fields: fields, OptUserID: r.Text(2), UpdatedAt: fromMillis(r.Int(3))})
		return err
	}))
	err = t.Batch(reads...)
	return gs, err
}

// PutGrant implements [directory.GrantTx].
func (t *tx) PutGrant(g directory.Grant) {
	t.Write(`INSERT INTO visibility_grant (org, to_org, fields, opt_user_id, updated_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (org, to_org) DO UPDATE SET fields = excluded.fields, opt_user_id = excluded.opt_user_id, updated_at = excluded.updated_at`,
		t.Org, g.ToOrg, jsonText(g.Fields), g.OptUserID, millis(g.UpdatedAt))
}

// DeleteGrant implements [directory.GrantTx].
func (t *tx) DeleteGrant(toOrg string) {
	t.Write("DELETE FROM visibility_grant WHERE org = ? AND to_org = ?", t.Org, toOrg)
}
