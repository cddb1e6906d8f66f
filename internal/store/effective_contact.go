package store

import (
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// selectBound starts with the columns of selectMessageContacts.
const selectBound = `SELECT id, name, title, message_types, status, email, email_verified, email_pending,
		phone, phone_verified, phone_pending, created_at, version, updated_at, m.member_id, m.bound_at
	FROM message_contact_member m JOIN message_contact c ON c.org = m.org AND c.id = m.contact_id
	WHERE m.org = ? AND m.member_id IN (`

// ContactsBoundTo implements [directory.EffectiveContactTx].
func (t *tx) ContactsBoundTo(members []string) (bs []directory.BoundContact, err error) {
	if len(members) == 0 {
		return nil, nil
	}
	places, list := in(members)
	err = t.Each(selectBound+places+") ORDER BY c.created_at DESC, c.id", append(args{t.Org}, list...), func(r *row) error {
		c, err := t.scanMessageContact(r)
		bs = append(bs, directory.BoundContact{Contact: c, MemberID: r.Text(14), Since: fromMillis(r.Int(15))})
		return err
	})
	return bs, err
}

// RetainContactFor implements [directory.EffectiveContactTx].
func (t *tx) RetainContactFor(accountID string, c directory.MessageContact, at time.Time) {
	place := accountID + "/" + c.ID
	sealed := func(column string, ch directory.Channel) []byte {
		if ch.Reached() == "" {
			return nil
		}
		return t.Seal("removed_account_contact", place, column, ch.Reached())
	}
	t.Write(`INSERT INTO removed_account_contact (org, account_id, contact_id, name, title, message_types, email, phone, created_at, removed_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, t.Org, accountID, c.ID, c.Name, c.Title, jsonText(orEmpty(c.MessageTypes)),
		sealed("email", c.Email), sealed("phone", c.Phone), millis(c.CreatedAt), millis(at))
}

// ContactsRetainedFor implements [directory.EffectiveContactTx].
func (t *tx) ContactsRetainedFor(accountID string) (cs []directory.MessageContact, err error) {
	err = t.Each(`SELECT contact_id, name, title, message_types, email, phone, created_at FROM removed_account_contact
		WHERE org = ? AND account_id = ? ORDER BY created_at DESC, contact_id`, args{t.Org, accountID}, func(r *row) error {
		c := directory.MessageContact{ID: r.Text(0), Name: r.Text(1), Title: r.Text(2), Status: directory.Active, CreatedAt: fromMillis(r.Int(6))}
		var err error
		if c.MessageTypes, err = readList[string](r, 3); err != nil {
			return err
		}
		for i, ch := range []*directory.Channel{&c.Email, &c.Phone} {
			column := []string{"email", "phone"}[i]
			if ch.Address, err = t.Open("removed_account_contact", accountID+"/"+c.ID, column, r.Bytes(4+i)); err != nil {
				return err
			}
			ch.Verified = ch.Address != ""
		}
		cs = append(cs, c)
		return nil
	})
	return cs, err
}
