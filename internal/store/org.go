package store

import "github.com/mingce/mingce/internal/directory"

const orgColumns = "id, name, disabled, contacts_on, created_at, creator"

func scanOrg(r *row) directory.Org {
	return directory.Org{ID: r.Text(0), Name: r.Text(1), Disabled: r.Bool(2), ContactsOn: r.Bool(3), CreatedAt: fromMillis(r.Int(4)),
		Creator: text(r.NullText(5))}
}

// OrgByID implements [directory.OrgTx]. It answers for any organisation.
func (t *tx) OrgByID(id string) (directory.Org, error) {
	if t.writable {
		return t.oneOrg("SELECT "+orgColumns+" FROM org WHERE id = ?"+keepRows, id)
	}
	return t.oneOrg("SELECT "+orgColumns+" FROM org WHERE id = ?", id)
}

func (t *tx) oneOrg(sql, id string) (o directory.Org, err error) {
	ok, err := t.one(sql, args{id}, func(r *row) error {
		o = scanOrg(r)
		return nil
	})
	return o, found(ok, err, directory.ErrOrgNotFound)
}

// Orgs implements [directory.OrgTx].
func (t *tx) Orgs() (os []directory.Org, err error) {
	err = t.each("SELECT "+orgColumns+" FROM org ORDER BY id", nil, func(r *row) error {
		os = append(os, scanOrg(r))
		return nil
	})
	return os, err
}

// InsertOrg implements [directory.OrgTx].
func (t *tx) InsertOrg(o directory.Org) {
	t.writeUnique(directory.ErrConflict, "INSERT INTO org (id, name, disabled, contacts_on, created_at, creator) VALUES (?, ?, ?, ?, ?, ?)",
		o.ID, o.Name, o.Disabled, o.ContactsOn, millis(o.CreatedAt), optional(o.Creator))
}

// PutOrg implements [directory.OrgTx].
func (t *tx) PutOrg(o directory.Org) {
	t.write(`INSERT INTO org (id, name, disabled, contacts_on, created_at, creator) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, disabled = excluded.disabled, contacts_on = excluded.contacts_on,
			creator = excluded.creator`,
		o.ID, o.Name, o.Disabled, o.ContactsOn, millis(o.CreatedAt), optional(o.Creator))
}
