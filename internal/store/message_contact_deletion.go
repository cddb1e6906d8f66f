package store

import (
	"encoding/json"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

const selectDeletion = "SELECT org, contact_id, status, reasons, status_before, actor, request_id, requested_at FROM message_contact_deletion WHERE "

func scanDeletion(r *row) (x directory.ContactDeletion, err error) {
	x = directory.ContactDeletion{Org: r.Text(0), ContactID: r.Text(1), Status: r.Text(2), StatusBefore: r.Text(4),
		Actor: r.Text(5), RequestID: r.Text(6), RequestedAt: fromMillis(r.Int(7))}
	err = json.Unmarshal([]byte(r.Text(3)), &x.Reasons)
	return x, err
}

// ContactDeletion implements [directory.ContactDeletionTx].
func (t *tx) ContactDeletion(contactID string) (x directory.ContactDeletion, err error) {
	ok, err := t.One(t.toWrite(selectDeletion+"org = ? AND contact_id = ?"), args{t.Org, contactID}, func(r *row) (err error) {
		x, err = scanDeletion(r)
		return err
	})
	return x, found(ok, err, directory.ErrMessageContactNotFound)
}

// DeletionsUnderWay implements [directory.ContactDeletionTx]; it answers across
// tenants.
func (t *tx) DeletionsUnderWay(limit int64) (xs []directory.ContactDeletion, err error) {
	err = t.Each(selectDeletion+"status = ? ORDER BY requested_at LIMIT ?", args{directory.Deleting, limit}, func(r *row) error {
		x, err := scanDeletion(r)
		xs = append(xs, x)
		return err
	})
	return xs, err
}

// PutContactDeletion implements [directory.ContactDeletionTx].
func (t *tx) PutContactDeletion(x directory.ContactDeletion) {
	if t.OfOther(x.Org) {
		return
	}
	t.Write(`INSERT INTO message_contact_deletion (org, contact_id, status, reasons, status_before, actor, request_id, requested_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (org, contact_id) DO UPDATE SET status = excluded.status, reasons = excluded.reasons,
			status_before = excluded.status_before, actor = excluded.actor,
			request_id = excluded.request_id, requested_at = excluded.requested_at`,
		t.Org, x.ContactID, x.Status, jsonText(orEmpty(x.Reasons)), x.StatusBefore, x.Actor, x.RequestID, millis(x.RequestedAt))
}

// DeleteMessageContact implements [directory.ContactDeletionTx].
func (t *tx) DeleteMessageContact(id string) {
	t.Write("DELETE FROM message_contact WHERE org = ? AND id = ?", t.Org, id)
	t.Write("DELETE FROM message_contact_member WHERE org = ? AND contact_id = ?", t.Org, id)
	t.Write("DELETE FROM message_contact_deletion WHERE org = ? AND contact_id = ?", t.Org, id)
}

// KeepContact implements [directory.ContactDeletionTx].
func (t *tx) KeepContact(id string) {
	t.Write("DELETE FROM message_contact_deletion WHERE org = ? AND contact_id = ?", t.Org, id)
	t.Write("DELETE FROM retained_contact WHERE org = ? AND id = ?", t.Org, id)
	t.Write("DELETE FROM retained_contact_account WHERE org = ? AND contact_id = ?", t.Org, id)
}

// RetainContact implements [directory.ContactDeletionTx].
func (t *tx) RetainContact(c directory.MessageContact, accounts []string, at time.Time) {
	sealed := func(column, address string) []byte {
		if address == "" {
			return nil
		}
		return t.Seal("retained_contact", c.ID, column, address)
	}
	t.Write(`INSERT INTO retained_contact (org, id, name, title, message_types, email, phone, created_at, retained_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, t.Org, c.ID, c.Name, c.Title, jsonText(orEmpty(c.MessageTypes)),
		sealed("email", c.Email.Address), sealed("phone", c.Phone.Address), millis(c.CreatedAt), millis(at))
	for _, account := range accounts {
		t.Write("INSERT INTO retained_contact_account (org, account_id, contact_id) VALUES (?, ?, ?)", t.Org, account, c.ID)
	}
}

// RetainedContacts implements [directory.ContactDeletionTx].
func (t *tx) RetainedContacts(accountID string) (cs []directory.MessageContact, err error) {
	err = t.Each(`SELECT c.id, c.name, c.title, c.message_types, c.email, c.phone, c.created_at
		FROM retained_contact_account a JOIN retained_contact c ON c.org = a.org AND c.id = a.contact_id
		WHERE a.org = ? AND a.account_id = ? ORDER BY c.created_at DESC, c.id`, args{t.Org, accountID}, func(r *row) error {
		c := directory.MessageContact{ID: r.Text(0), Name: r.Text(1), Title: r.Text(2), Status: directory.Active, CreatedAt: fromMillis(r.Int(6))}
		var err error
		if c.MessageTypes, err = readList[string](r, 3); err != nil {
			return err
		}
		if c.Email.Address, err = t.Open("retained_contact", c.ID, "email", r.Bytes(4)); err != nil {
			return err
		}
		if c.Phone.Address, err = t.Open("retained_contact", c.ID, "phone", r.Bytes(5)); err != nil {
			return err
		}
		c.Email.Verified, c.Phone.Verified = c.Email.Address != "", c.Phone.Address != ""
		cs = append(cs, c)
		return nil
	})
	return cs, err
}
