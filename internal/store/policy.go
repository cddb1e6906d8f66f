package store

import "github.com/mingce/mingce/internal/directory"

const selectPolicies = "SELECT name, document, created_at, updated_at FROM policy WHERE org = ?"

func scanPolicy(r *row) directory.Policy {
	return directory.Policy{Name: r.Text(0), Document: r.Text(1), CreatedAt: fromMillis(r.Int(2)), UpdatedAt: fromMillis(r.Int(3))}
}

// Policy implements [directory.PolicyTx].
func (t *tx) Policy(name string) (p directory.Policy, err error) {
	ok, err := t.One(t.toWrite(selectPolicies+" AND name = ?"), args{t.Org, name}, func(r *row) error {
		p = scanPolicy(r)
		return nil
	})
	return p, found(ok, err, directory.ErrPolicyNotFound)
}

// Policies implements [directory.PolicyTx].
func (t *tx) Policies() (ps []directory.Policy, err error) {
	err = t.Each(selectPolicies+" ORDER BY name", args{t.Org}, func(r *row) error {
		ps = append(ps, scanPolicy(r))
		return nil
	})
	return ps, err
}

// PutPolicy implements [directory.PolicyTx].
func (t *tx) PutPolicy(p directory.Policy) {
	t.Write(`INSERT INTO policy (org, name, document, created_at, updated_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (org, name) DO UPDATE SET document = excluded.document, updated_at = excluded.updated_at`,
		t.Org, p.Name, p.Document, millis(p.CreatedAt), millis(p.UpdatedAt))
}

// DeletePolicy implements [directory.PolicyTx].
func (t *tx) DeletePolicy(name string) {
	t.Write("DELETE FROM policy WHERE org = ? AND name = ?", t.Org, name)
}
