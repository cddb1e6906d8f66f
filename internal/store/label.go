package store

import "github.com/mingce/mingce/internal/directory"

// LabelGroups implements [directory.LabelTx].
func (t *tx) LabelGroups(offset, size int64) (gs []directory.LabelGroup, err error) {
	err = t.Each(`SELECT g.id, g.name, g.color, l.id, l.name
		FROM (SELECT id, name, color, position FROM label_group WHERE org = ? ORDER BY position, id LIMIT ? OFFSET ?) g
		LEFT JOIN label l ON l.org = ? AND l.group_id = g.id
		ORDER BY g.position, g.id, l.position, l.id`, args{t.Org, size, offset, t.Org}, func(r *row) error {
		id := r.Int(0)
		if n := len(gs); n == 0 || gs[n-1].ID != id {
			gs = append(gs, directory.LabelGroup{ID: id, Name: r.Text(1), Color: r.Int(2)})
		}
		if !r.Null(3) {
			g := &gs[len(gs)-1]
			g.Labels = append(g.Labels, directory.Label{ID: r.Int(3), GroupID: id, Name: r.Text(4)})
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
	t.Write(`INSERT INTO label_group (org, id, name, color, position) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (org, id) DO UPDATE SET name = excluded.name, color = excluded.color, position = excluded.position`,
		t.Org, g.ID, g.Name, g.Color, position)
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
		t.Write(`INSERT INTO label (org, id, group_id, name, position) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (org, id) DO UPDATE SET group_id = excluded.group_id, name = excluded.name, position = excluded.position`,
			t.Org, l.ID, g.ID, l.Name, i)
	}
}

// InsertLabel implements [directory.LabelAdminTx].
func (t *tx) InsertLabel(l directory.Label) {
	t.WriteUnique(directory.ErrLabelExists, `INSERT INTO label (org, id, group_id, name, position)
		VALUES (?, ?, ?, ?, (SELECT coalesce(max(position), -1) + 1 FROM label WHERE org = ? AND group_id = ?))`,
		t.Org, l.ID, l.GroupID, l.Name, t.Org, l.GroupID)
}

// InsertLabelGroup implements [directory.LabelAdminTx].
func (t *tx) InsertLabelGroup(g directory.LabelGroup) {
	t.WriteUnique(directory.ErrLabelExists, `INSERT INTO label_group (org, id, name, color, position)
		VALUES (?, ?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM label_group WHERE org = ?))`,
		t.Org, g.ID, g.Name, g.Color, t.Org)
}

// RenameLabel implements [directory.LabelAdminTx].
func (t *tx) RenameLabel(id int64, name string) {
	t.WriteOneUnique(directory.ErrLabelNotFound, directory.ErrLabelExists, "UPDATE label SET name = ? WHERE org = ? AND id = ?", name, t.Org, id)
}

// RenameLabelGroup implements [directory.LabelAdminTx].
func (t *tx) RenameLabelGroup(id int64, name string) {
	t.WriteOneUnique(directory.ErrLabelNotFound, directory.ErrLabelExists, "UPDATE label_group SET name = ? WHERE org = ? AND id = ?", name, t.Org, id)
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
