package store

import (
	"encoding/json"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

const orgColumns = "id, name, disabled, contacts_on, created_at, creator, certification"

func scanOrg(r *row) (directory.Org, error) {
	o := directory.Org{ID: r.Text(0), Name: r.Text(1), Disabled: r.Bool(2), ContactsOn: r.Bool(3), CreatedAt: fromMillis(r.Int(4)),
		Creator: text(r.NullText(5))}
	if r.Null(6) {
		return o, nil
	}
	return o, json.Unmarshal([]byte(r.Text(6)), &o.Certification)
}

// certification is stored as JSON, or NULL if there is none.
func certification(o directory.Org) any {
	if o.Certification == (directory.Certification{}) {
		return nil
	}
	return jsonText(o.Certification)
}

// OrgByID implements [directory.OrgTx]. It answers for any organisation.
func (t *tx) OrgByID(id string) (directory.Org, error) {
	if t.Writable() {
		return t.oneOrg("SELECT "+orgColumns+" FROM org WHERE id = ?"+forKeyShare, id)
	}
	return t.oneOrg("SELECT "+orgColumns+" FROM org WHERE id = ?", id)
}

func (t *tx) oneOrg(sql, id string) (o directory.Org, err error) {
	ok, err := t.One(sql, args{id}, func(r *row) (err error) {
		o, err = scanOrg(r)
		return err
	})
	return o, found(ok, err, directory.ErrOrgNotFound)
}

// Orgs implements [directory.OrgTx].
func (t *tx) Orgs() (os []directory.Org, err error) {
	err = t.Each("SELECT "+orgColumns+" FROM org ORDER BY id", nil, func(r *row) error {
		o, err := scanOrg(r)
		os = append(os, o)
		return err
	})
	return os, err
}

// InsertOrg implements [directory.OrgTx].
func (t *tx) InsertOrg(o directory.Org) {
	t.WriteUnique(directory.ErrConflict, "INSERT INTO org (id, name, disabled, contacts_on, created_at, creator, certification) VALUES (?, ?, ?, ?, ?, ?, ?)",
		o.ID, o.Name, o.Disabled, o.ContactsOn, millis(o.CreatedAt), optional(o.Creator), certification(o))
	t.addLockRows(o.ID)
}

// orgLockRows is the number of lock rows of each organisation, see migration
// 0073.
const orgLockRows = 16

func (t *tx) addLockRows(id string) {
	values := make(args, 0, 2*orgLockRows)
	for slot := range orgLockRows {
		values = append(values, id, slot)
	}
	t.Write("INSERT INTO org_hold (org, slot) VALUES (?, ?)"+strings.Repeat(", (?, ?)", orgLockRows-1)+" ON CONFLICT (org, slot) DO NOTHING", values...)
}

// PutOrg implements [directory.OrgTx].
func (t *tx) PutOrg(o directory.Org) {
	t.Write(`INSERT INTO org (id, name, disabled, contacts_on, created_at, creator, certification) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, disabled = excluded.disabled, contacts_on = excluded.contacts_on,
			creator = excluded.creator, certification = excluded.certification`,
		o.ID, o.Name, o.Disabled, o.ContactsOn, millis(o.CreatedAt), optional(o.Creator), certification(o))
	t.addLockRows(o.ID)
}
