package store

import (
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/engine"
)

// maxSteps bounds the recursion up the tree, in case the data has a cycle.
const maxSteps = 16

var folderConflicts = map[string]error{"folder_by_name": directory.ErrFolderName}

// PutFolder implements [directory.FolderTx].
func (t *tx) PutFolder(f directory.Folder) {
	t.WriteUniqueBy(folderConflicts, `INSERT INTO folder (org, id, parent_id, name, created_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (org, id) DO UPDATE SET parent_id = excluded.parent_id, name = excluded.name`,
		t.Org, f.ID, f.ParentID, f.Name, millis(f.CreatedAt))
	t.PutTags(f.ID, f.Tags)
}

// Ancestors implements [directory.FolderTx].
func (t *tx) Ancestors(id string) (fs []directory.Folder, err error) {
	err = t.Each(`WITH RECURSIVE up (id, parent_id, name, created_at, step) AS (
			SELECT id, parent_id, name, created_at, 0 FROM folder WHERE org = ? AND id = ?
			UNION ALL
			SELECT f.id, f.parent_id, f.name, f.created_at, up.step + 1 FROM up JOIN folder f ON f.org = ? AND f.id = up.parent_id WHERE up.step < ?
		) SELECT id, parent_id, name, created_at FROM up ORDER BY step DESC`, args{t.Org, id, t.Org, maxSteps}, func(r *row) error {
		fs = append(fs, directory.Folder{ID: r.Text(0), ParentID: r.Text(1), Name: r.Text(2), CreatedAt: fromMillis(r.Int(3))})
		return nil
	})
	return fs, found(len(fs) > 0, err, directory.ErrFolderNotFound)
}

// FolderPaths implements [directory.FolderTx].
func (t *tx) FolderPaths(ids []string) (map[string][]string, error) {
	paths := make(map[string][]string, len(ids))
	if len(ids) == 0 {
		return paths, nil
	}
	places, list := in(ids)
	err := t.Each(`WITH RECURSIVE up (origin, id, parent_id, step) AS (
			SELECT id, id, parent_id, 0 FROM folder WHERE org = ? AND id IN (`+places+`)
			UNION ALL
			SELECT up.origin, f.id, f.parent_id, up.step + 1 FROM up JOIN folder f ON f.org = ? AND f.id = up.parent_id WHERE up.step < ?
		) SELECT origin, id FROM up ORDER BY origin, step DESC`, append(append(args{t.Org}, list...), t.Org, maxSteps), func(r *row) error {
		paths[r.Text(0)] = append(paths[r.Text(0)], r.Text(1))
		return nil
	})
	return paths, err
}

// Folders implements [directory.FolderTx].
func (t *tx) Folders(f directory.FolderFilter) (fs []directory.Folder, total int64, err error) {
	where := conditions{"org = ?", args{t.Org}}
	if f.ParentID != "" {
		where.and("parent_id = ?", f.ParentID)
	}
	if f.Keyword != "" {
		where.and(contains("name"), f.Keyword)
	}
	where.tagged(t.Org, f.Tags)
	reads := []*read{engine.One("SELECT count(*) FROM folder WHERE "+where.sql, where.args, nil, func(r *row) error {
		total = r.Int(0)
		return nil
	})}
	var ids []string
	if f.Limit > 0 {
		reads = append(reads, engine.Each("SELECT id, parent_id, name, created_at FROM folder WHERE "+where.sql+" ORDER BY created_at DESC, id LIMIT ? OFFSET ?",
			append(where.args[:len(where.args):len(where.args)], f.Limit, f.Offset), func(r *row) error {
				fs = append(fs, directory.Folder{ID: r.Text(0), ParentID: r.Text(1), Name: r.Text(2), CreatedAt: fromMillis(r.Int(3))})
				ids = append(ids, r.Text(0))
				return nil
			}))
	}
	if err := t.Batch(reads...); err != nil {
		return nil, 0, err
	}
	tags, err := t.TagsOf(ids)
	for i := range fs {
		fs[i].Tags = tags[fs[i].ID]
	}
	return fs, total, err
}

// FolderContent implements [directory.FolderTx].
func (t *tx) FolderContent(id string) (folders, accounts int64, err error) {
	count := func(sql string, n *int64) *read {
		return engine.One(sql, args{t.Org, id}, nil, func(r *row) error {
			*n = r.Int(0)
			return nil
		})
	}
	err = t.Batch(
		count("SELECT count(*) FROM folder WHERE org = ? AND parent_id = ?", &folders),
		count("SELECT count(*) FROM account WHERE org = ? AND folder_id = ?", &accounts),
	)
	return folders, accounts, err
}

// DeleteFolder implements [directory.FolderTx].
func (t *tx) DeleteFolder(id string) {
	t.Write("DELETE FROM folder WHERE org = ? AND id = ?", t.Org, id)
	t.Write("DELETE FROM directory_tag WHERE org = ? AND object_id = ?", t.Org, id)
	t.detachFrom(id)
	t.Write("DELETE FROM message_contact_member WHERE org = ? AND member_id = ?", t.Org, id)
}
