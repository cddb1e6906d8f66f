package store

import (
	"github.com/mingce/mingce/internal/directory"
)

// LabelGroups implements [directory.LabelTx].
func (t *tx) LabelGroups(offset, size int64) (gs []directory.LabelGroup, err error) {
	err = t.Each(`SELECT g.id, g.name, g.color, g.version, g.created_at, g.updated_at,
			l.id, l.name, l.version, l.created_at, l.updated_at
		FROM (SELECT id, name, color, position, version, created_at, updated_at FROM label_group WHERE org = ? ORDER BY position, id LIMIT ? OFFSET ?) g
		LEFT JOIN label l ON l.org = ? AND l.group_id = g.id
		ORDER BY g.position, g.id, l.position, l.id`, args{t.Org, size, offset, t.Org}, func(r *row) error {
		id := r.Int(0)
		if n := len(gs); n == 0 || gs[n-1].ID != id {
			gs = append(gs, directory.LabelGroup{ID: id, Name: r.Text(1), Color: r.Int(2),
				Version: r.Int(3), CreatedAt: timeOrZero(r.Int(4)), UpdatedAt: timeOrZero(r.Int(5))})
		}
		if !r.Null(6) {
			g := &gs[len(gs)-1]
			g.Labels = append(g.Labels, directory.Label{ID: r.Int(6), GroupID: id, Name: r.Text(7),
				Version: r.Int(8), CreatedAt: timeOrZero(r.Int(9)), UpdatedAt: timeOrZero(r.Int(10))})
		}
		return nil
	})
	return gs, err
}

// MissingLabels implements [directory.LabelTx].
func (t *tx) MissingLabels(ids []int64) ([]int64, error) {
	l := lookup[int64]{ids: ids}
	if len(ids) == 0 {
		return nil, nil
	}
	if err := t.Batch(t.readLabels(&l, t.Writable())...); err != nil {
		return nil, err
	}
	return l.missing(), nil
}

var labelLookup = newLookupText("SELECT id FROM label WHERE org = ? AND id IN")

func (t *tx) readLabels(l *lookup[int64], lock bool) []*read {
	return l.reads(t, labelLookup, lock, (*row).Int)
}

// PutLabelGroup implements [directory.LabelTx]. Labels of the group that are
// not given are deleted.
func (t *tx) PutLabelGroup(g directory.LabelGroup, position int64) {
	t.Write(`INSERT INTO label_group (org, id, name, color, position, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (org, id) DO UPDATE SET name = excluded.name, color = excluded.color, position = excluded.position`,
		t.Org, g.ID, g.Name, g.Color, position, millisOrZero(g.CreatedAt), millisOrZero(g.UpdatedAt))
	// Labels that stay are not deleted in between: a call that waits for the
	// lock of one would find it missing.
	sql, stay := "DELETE FROM label WHERE org = ? AND group_id = ?", make([]int64, len(g.Labels))
	for i, l := range g.Labels {
		stay[i] = l.ID
	}
	places, ids := in(stay)
	if len(stay) > 0 {
		sql += " AND id NOT IN (" + places + ")"
	}
	t.Write(sql, append(args{t.Org, g.ID}, ids...)...)
	for i, l := range g.Labels {
		t.Write(`INSERT INTO label (org, id, group_id, name, position, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (org, id) DO UPDATE SET group_id = excluded.group_id, name = excluded.name, position = excluded.position`,
			t.Org, l.ID, g.ID, l.Name, i, millisOrZero(l.CreatedAt), millisOrZero(l.UpdatedAt))
	}
}

// InsertLabel implements [directory.LabelAdminTx].
func (t *tx) InsertLabel(l directory.Label) {
	t.WriteUnique(directory.ErrLabelExists, `INSERT INTO label (org, id, group_id, name, position, version, created_at, updated_at)
		VALUES (?, ?, ?, ?, (SELECT coalesce(max(position), -1) + 1 FROM label WHERE org = ? AND group_id = ?), ?, ?, ?)`,
		t.Org, l.ID, l.GroupID, l.Name, t.Org, l.GroupID, max(1, l.Version), millisOrZero(l.CreatedAt), millisOrZero(l.UpdatedAt))
}

// InsertLabelGroup implements [directory.LabelAdminTx].
func (t *tx) InsertLabelGroup(g directory.LabelGroup) {
	t.WriteUnique(directory.ErrLabelExists, `INSERT INTO label_group (org, id, name, color, position, version, created_at, updated_at)
		VALUES (?, ?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM label_group WHERE org = ?), ?, ?, ?)`,
		t.Org, g.ID, g.Name, g.Color, t.Org, max(1, g.Version), millisOrZero(g.CreatedAt), millisOrZero(g.UpdatedAt))
}

// UpdateLabel implements [directory.LabelAdminTx].
func (t *tx) UpdateLabel(before, l directory.Label) {
	set, a := "UPDATE label SET name = ?, updated_at = ?, version = version + 1", args{l.Name, millis(l.UpdatedAt)}
	if l.GroupID != before.GroupID {
		set += ", group_id = ?, position = (SELECT coalesce(max(o.position), -1) + 1 FROM label o WHERE o.org = ? AND o.group_id = ?)"
		a = append(a, l.GroupID, t.Org, l.GroupID)
	}
	t.WriteOneUnique(directory.ErrLabelNotFound, directory.ErrLabelExists, set+" WHERE org = ? AND id = ?", append(a, t.Org, l.ID)...)
}

// UpdateLabelGroup implements [directory.LabelAdminTx].
func (t *tx) UpdateLabelGroup(g directory.LabelGroup) {
	t.WriteOneUnique(directory.ErrLabelNotFound, directory.ErrLabelExists,
		"UPDATE label_group SET name = ?, color = ?, updated_at = ?, version = version + 1 WHERE org = ? AND id = ?",
		g.Name, g.Color, millis(g.UpdatedAt), t.Org, g.ID)
}

// DeleteLabels implements [directory.LabelAdminTx].
func (t *tx) DeleteLabels(ids []int64) {
	for _, id := range ids {
		t.Write("DELETE FROM label WHERE org = ? AND id = ?", t.Org, id)
	}
}

// DeleteLabelGroup implements [directory.LabelAdminTx].
func (t *tx) DeleteLabelGroup(id int64) {
	t.Write("DELETE FROM label_group WHERE org = ? AND id = ?", t.Org, id)
}
