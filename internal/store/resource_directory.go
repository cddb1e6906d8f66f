package store

import "github.com/mingce/mingce/internal/directory"

// ResourceDirectory implements [directory.ResourceDirectoryTx].
func (t *tx) ResourceDirectory() (rd directory.ResourceDirectory, err error) {
	const sql = "SELECT id, root_folder_id, account_id, account_name, created_at FROM resource_directory WHERE org = ?"
	ok, err := t.One(t.toWrite(sql), args{t.Org}, func(r *row) error {
		rd = directory.ResourceDirectory{ID: r.Text(0), RootFolderID: r.Text(1), AccountID: r.Text(2), AccountName: r.Text(3), CreatedAt: fromMillis(r.Int(4))}
		return nil
	})
	return rd, found(ok, err, directory.ErrDirectoryNotEnabled)
}

// PutResourceDirectory implements [directory.ResourceDirectoryTx].
func (t *tx) PutResourceDirectory(rd directory.ResourceDirectory) {
	t.Write(`INSERT INTO resource_directory (org, id, root_folder_id, account_id, account_name, created_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (org) DO UPDATE SET id = excluded.id, root_folder_id = excluded.root_folder_id, account_id = excluded.account_id,
			account_name = excluded.account_name`,
		t.Org, rd.ID, rd.RootFolderID, rd.AccountID, rd.AccountName, millis(rd.CreatedAt))
}

// DeleteResourceDirectory implements [directory.ResourceDirectoryTx].
func (t *tx) DeleteResourceDirectory() {
	t.Write("DELETE FROM message_contact_member WHERE org = ?", t.Org)
	t.Write("DELETE FROM directory_tag WHERE org = ?", t.Org)
	t.Write("DELETE FROM trusted_service WHERE org = ?", t.Org)
	t.Write("DELETE FROM folder WHERE org = ?", t.Org)
	t.Write("DELETE FROM resource_directory WHERE org = ?", t.Org)
}

// putTags writes the tags of a new folder or account.
func (t *tx) putTags(object string, tags []directory.Tag) {
	for _, tag := range tags {
		t.Write(`INSERT INTO directory_tag (org, object_id, name, value) VALUES (?, ?, ?, ?)
			ON CONFLICT (org, object_id, name) DO UPDATE SET value = excluded.value`, t.Org, object, tag.Key, tag.Value)
	}
}

// tagsOf returns the tags of some objects, by name.
func (t *tx) tagsOf(objects []string) (map[string][]directory.Tag, error) {
	tags := map[string][]directory.Tag{}
	if len(objects) == 0 {
		return tags, nil
	}
	places, list := in(objects)
	err := t.Each("SELECT object_id, name, value FROM directory_tag WHERE org = ? AND object_id IN ("+places+") ORDER BY object_id, name",
		append(args{t.Org}, list...), func(r *row) error {
			tags[r.Text(0)] = append(tags[r.Text(0)], directory.Tag{Key: r.Text(1), Value: r.Text(2)})
			return nil
		})
	return tags, err
}

// conditions builds the filter of a list.
type conditions struct {
	sql  string
	args args
}

func (c *conditions) and(sql string, a ...any) {
	c.sql, c.args = c.sql+" AND "+sql, append(c.args[:len(c.args):len(c.args)], a...)
}

// tagged requires that the row's id has all the tags.
func (c *conditions) tagged(org string, tags []directory.Tag) {
	for _, tag := range tags {
		c.and("id IN (SELECT object_id FROM directory_tag WHERE org = ? AND name = ? AND value = ?)", org, tag.Key, tag.Value)
	}
}

// contains is the condition that a column contains a text, in any case.
func contains(column string) string {
	return "/*sqlite: instr*/ /*pg: strpos*/ (lower(" + column + "), lower(?)) > 0"
}
