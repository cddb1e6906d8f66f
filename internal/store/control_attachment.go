package store

import (
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/engine"
)

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

const (
	customTargets = `SELECT a.target_id, coalesce(f.name, c.display_name), f.id IS NULL, coalesce(f.parent_id, '-') = '', a.attached_at
		FROM control_policy_attachment a LEFT JOIN folder f ON f.org = a.org AND f.id = a.target_id
		LEFT JOIN account c ON c.org = a.org AND c.id = a.target_id
		WHERE a.org = ? AND a.policy_id = ? ORDER BY a.attached_at DESC, a.target_id LIMIT ? OFFSET ?`
	countCustomTargets = "SELECT count(*) FROM control_policy_attachment WHERE org = ? AND policy_id = ?"

	systemTargets = `SELECT x.id, x.name, x.account, x.root, coalesce(a.attached_at, CASE WHEN x.since > ? THEN x.since ELSE ? END) AS attached
		FROM (SELECT id, name, FALSE AS account, parent_id = '' AS root, created_at AS since FROM folder WHERE org = ?
			UNION ALL SELECT id, display_name, TRUE, FALSE, joined_at FROM account WHERE org = ?) x
		LEFT JOIN control_policy_attachment a ON a.org = ? AND a.policy_id = ? AND a.target_id = x.id
		WHERE a.org IS NULL OR a.attached_at IS NOT NULL ORDER BY attached DESC, x.id LIMIT ? OFFSET ?`
	countSystemTargets = `SELECT (SELECT count(*) FROM folder WHERE org = ?) + (SELECT count(*) FROM account WHERE org = ?) -
		(SELECT count(*) FROM control_policy_attachment WHERE org = ? AND policy_id = ? AND attached_at IS NULL)`
)

// ControlTargets implements [directory.ControlAttachmentTx].
func (t *tx) ControlTargets(f directory.ControlTargetFilter) (ts []directory.ControlTarget, total int64, err error) {
	list, count, of := customTargets, countCustomTargets, args{t.Org, f.PolicyID}
	paged := args{t.Org, f.PolicyID, f.Limit, f.Offset}
	if f.PolicyID == directory.SystemControlPolicy {
		list, count, of = systemTargets, countSystemTargets, args{t.Org, t.Org, t.Org, f.PolicyID}
		paged = args{millis(f.Since), millis(f.Since), t.Org, t.Org, t.Org, f.PolicyID, f.Limit, f.Offset}
	}
	reads := []*read{engine.One(count, of, nil, func(r *row) error {
		total = r.Int(0)
		return nil
	})}
	if f.Limit > 0 {
		reads = append(reads, engine.Each(list, paged, func(r *row) error {
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
