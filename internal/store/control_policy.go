package store

import (
	"time"

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

// ControlAttachments implements [directory.ControlAttachmentTx].
func (t *tx) ControlAttachments(targets []string) (as []directory.ControlAttachment, err error) {
	places, list := in(targets)
	err = t.Each(`SELECT a.target_id, a.policy_id, a.attached_at, p.name, p.description, p.document
		FROM control_policy_attachment a LEFT JOIN control_policy p ON p.org = a.org AND p.id = a.policy_id
		WHERE a.org = ? AND a.target_id IN (`+places+`) ORDER BY a.target_id, a.attached_at DESC, a.policy_id`, append(args{t.Org}, list...), func(r *row) error {
		a := directory.ControlAttachment{TargetID: r.Text(0), Policy: directory.ControlPolicy{
			ID: r.Text(1), Name: text(r.NullText(3)), Description: text(r.NullText(4)), Document: text(r.NullText(5)),
			System: r.Text(1) == directory.SystemControlPolicy,
		}}
		if at := r.NullInt(2); at != nil {
			a.At = fromMillis(*at)
		}
		as = append(as, a)
		return nil
	})
	return as, err
}

// controlTargets are the folders and accounts of the organisation. Its two
// arguments are the organisation.
const controlTargets = `(SELECT id, name, created_at AS since, FALSE AS account, parent_id = '' AS root FROM folder WHERE org = ?
	UNION ALL SELECT id, display_name, joined_at, TRUE, FALSE FROM account WHERE org = ?) x`

// ControlTargets implements [directory.ControlAttachmentTx].
func (t *tx) ControlTargets(f directory.ControlTargetFilter) (ts []directory.ControlTarget, total int64, err error) {
	const join = " JOIN control_policy_attachment a ON a.org = ? AND a.policy_id = ? AND a.target_id = x.id"
	from, at, values := controlTargets+join, "a.attached_at", args{t.Org, t.Org, t.Org, f.PolicyID}
	if f.PolicyID == directory.SystemControlPolicy {
		from = controlTargets + " LEFT" + join + " WHERE a.org IS NULL OR a.attached_at IS NOT NULL"
		at = "coalesce(a.attached_at, CASE WHEN x.since > ? THEN x.since ELSE ? END)"
	}
	reads := []*read{engine.One("SELECT count(*) FROM "+from, values, nil, func(r *row) error {
		total = r.Int(0)
		return nil
	})}
	if f.Limit > 0 {
		paged := values
		if f.PolicyID == directory.SystemControlPolicy {
			paged = append(args{millis(f.Since), millis(f.Since)}, values...)
		}
		paged = append(paged[:len(paged):len(paged)], f.Limit, f.Offset)
		reads = append(reads, engine.Each("SELECT x.id, x.name, x.account, x.root, "+at+" AS since FROM "+from+" ORDER BY 5 DESC, 1 LIMIT ? OFFSET ?", paged, func(r *row) error {
			ts = append(ts, directory.ControlTarget{ID: r.Text(0), Name: r.Text(1), Account: r.Bool(2), Root: r.Bool(3), At: fromMillis(r.Int(4))})
			return nil
		}))
	}
	err = t.Batch(reads...)
	return ts, total, err
}

// PutControlAttachment implements [directory.ControlAttachmentTx].
func (t *tx) PutControlAttachment(target, policy string, at time.Time) {
	var attached any
	if !at.IsZero() {
		attached = millis(at)
	}
	t.Write(`INSERT INTO control_policy_attachment (org, target_id, policy_id, attached_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (org, target_id, policy_id) DO UPDATE SET attached_at = excluded.attached_at`, t.Org, target, policy, attached)
}

// DeleteControlAttachment implements [directory.ControlAttachmentTx].
func (t *tx) DeleteControlAttachment(target, policy string) {
	t.Write("DELETE FROM control_policy_attachment WHERE org = ? AND target_id = ? AND policy_id = ?", t.Org, target, policy)
}

// DeleteControlAttachments implements [directory.ControlAttachmentTx].
func (t *tx) DeleteControlAttachments() {
	t.Write("DELETE FROM control_policy_attachment WHERE org = ?", t.Org)
}

// detachFrom removes what is attached to a folder or account that is deleted.
func (t *tx) detachFrom(target string) {
	t.Write("DELETE FROM control_policy_attachment WHERE org = ? AND target_id = ?", t.Org, target)
}
