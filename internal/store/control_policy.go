package store

import (
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/engine"
)

const selectControlPolicies = "SELECT id, name, description, document, created_at, updated_at FROM control_policy WHERE "

func scanControlPolicy(r *row) directory.ControlPolicy {
	return directory.ControlPolicy{ID: r.Text(0), Name: r.Text(1), Description: r.Text(2), Document: r.Text(3),
		CreatedAt: fromMillis(r.Int(4)), UpdatedAt: fromMillis(r.Int(5))}
}

// ControlPolicy implements [directory.ControlPolicyTx].
func (t *tx) ControlPolicy(id string) (p directory.ControlPolicy, err error) {
	ok, err := t.One(selectControlPolicies+"org = ? AND id = ?", args{t.Org, id}, func(r *row) error {
		p = scanControlPolicy(r)
		return nil
	})
	return p, found(ok, err, directory.ErrControlPolicyNotFound)
}

// ControlPolicies implements [directory.ControlPolicyTx].
func (t *tx) ControlPolicies(f directory.ControlPolicyFilter) (ps []directory.ControlPolicy, total int64, err error) {
	where := conditions{"org = ?", args{t.Org}}
	where.tagged(t.Org, f.Tags)
	reads := []*read{engine.One("SELECT count(*) FROM control_policy WHERE "+where.sql, where.args, nil, func(r *row) error {
		total = r.Int(0)
		return nil
	})}
	if f.Limit > 0 {
		reads = append(reads, engine.Each(selectControlPolicies+where.sql+" ORDER BY created_at DESC, id LIMIT ? OFFSET ?",
			append(where.args[:len(where.args):len(where.args)], f.Limit, f.Offset), func(r *row) error {
				ps = append(ps, scanControlPolicy(r))
				return nil
			}))
	}
	if err := t.Batch(reads...); err != nil || len(ps) == 0 {
		return nil, total, err
	}
	ids := make([]string, len(ps))
	for i := range ps {
		ids[i] = ps[i].ID
	}
	places, list := in(ids)
	counts := map[string]int64{}
	if err := t.Each("SELECT policy_id, count(*) FROM control_policy_attachment WHERE org = ? AND policy_id IN ("+places+") GROUP BY policy_id",
		append(args{t.Org}, list...), func(r *row) error {
			counts[r.Text(0)] = r.Int(1)
			return nil
		}); err != nil {
		return nil, 0, err
	}
	tags, err := t.TagsOf(ids)
	for i := range ps {
		ps[i].Attachments, ps[i].Tags = counts[ps[i].ID], tags[ps[i].ID]
	}
	return ps, total, err
}

// PutControlPolicy implements [directory.ControlPolicyTx].
func (t *tx) PutControlPolicy(p directory.ControlPolicy) {
	t.WriteUniqueBy(map[string]error{"control_policy_by_name": directory.ErrControlPolicyName},
		`INSERT INTO control_policy (org, id, name, description, document, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (org, id) DO UPDATE SET name = excluded.name, description = excluded.description, document = excluded.document,
			updated_at = excluded.updated_at`,
		t.Org, p.ID, p.Name, p.Description, p.Document, millis(p.CreatedAt), millis(p.UpdatedAt))
	t.PutTags(p.ID, p.Tags)
}

// DeleteControlPolicy implements [directory.ControlPolicyTx].
func (t *tx) DeleteControlPolicy(id string) {
	t.Write("DELETE FROM control_policy WHERE org = ? AND id = ?", t.Org, id)
	t.Write("DELETE FROM directory_tag WHERE org = ? AND object_id = ?", t.Org, id)
}
