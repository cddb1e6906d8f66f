package store

import (
	"slices"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/engine"
)

const (
	selectMessageContacts = `SELECT id, name, title, message_types, status, email, email_verified, email_pending,
		phone, phone_verified, phone_pending, created_at, version, updated_at FROM message_contact WHERE org = ?`
	selectMessageContact = selectMessageContacts + " AND id = ?"
	selectMembers        = "SELECT member_id FROM message_contact_member WHERE org = ? AND contact_id = ? ORDER BY bound_at, member_id"

	messageEmailPurpose = "message_contact.email"
	messagePhonePurpose = "message_contact.phone"
)

func (t *tx) scanMessageContact(r *row) (c directory.MessageContact, err error) {
	c = directory.MessageContact{ID: r.Text(0), Name: r.Text(1), Title: r.Text(2), Status: r.Text(4),
		CreatedAt: fromMillis(r.Int(11)), Version: r.Int(12), UpdatedAt: timeOrZero(r.Int(13))}
	if c.MessageTypes, err = readList[string](r, 3); err != nil {
		return c, err
	}
	if c.Email, err = t.scanChannel(r, 5, c.ID, "email"); err != nil {
		return c, err
	}
	c.Phone, err = t.scanChannel(r, 8, c.ID, "phone")
	return c, err
}

func (t *tx) scanChannel(r *row, i int, id, column string) (ch directory.Channel, err error) {
	ch.Verified = r.Bool(i + 1)
	if ch.Address, err = t.Open("message_contact", id, column, r.Bytes(i)); err != nil {
		return ch, err
	}
	ch.Pending, err = t.Open("message_contact", id, column+"_pending", r.Bytes(i+2))
	return ch, err
}

// readMessageContact reads a contact and its members. In an update the first
// read locks the contact, so that the second sees the members that its last
// writer committed.
func (t *tx) readMessageContact(id string, c *directory.MessageContact, ok *bool) []*read {
	return []*read{
		engine.One(t.toWrite(selectMessageContact), args{t.Org, id}, ok, func(r *row) (err error) {
			*c, err = t.scanMessageContact(r)
			return err
		}),
		engine.Each(selectMembers, args{t.Org, id}, func(r *row) error {
			c.Members = append(c.Members, r.Text(0))
			return nil
		}),
	}
}

// MessageContact implements [directory.MessageContactTx].
func (t *tx) MessageContact(id string) (c directory.MessageContact, err error) {
	var ok bool
	err = t.Batch(t.readMessageContact(id, &c, &ok)...)
	return c, found(ok, err, directory.ErrMessageContactNotFound)
}

// MessageContactForUpdate implements [directory.MessageContactTx].
func (t *tx) MessageContactForUpdate(id, name string) (c directory.MessageContact, nameHolder string, err error) {
	var ok bool
	reads := make([]*read, 0, 4)
	if id != "" {
		reads = append(reads, t.readMessageContact(id, &c, &ok)...)
		if t.Writable() {
			reads = append(reads, t.ReadSubject(auditSubject("message-contact", id)))
		}
	}
	if name != "" {
		reads = append(reads, engine.One("SELECT id FROM message_contact WHERE org = ? AND name = ?", args{t.Org, name}, nil, func(r *row) error {
			nameHolder = r.Text(0)
			return nil
		}))
	}
	err = t.Batch(reads...)
	return c, nameHolder, found(ok, err, directory.ErrMessageContactNotFound)
}

// MessageContacts implements [directory.MessageContactTx].
func (t *tx) MessageContacts(f directory.MessageContactFilter) (cs []directory.MessageContact, total int64, err error) {
	where, a := "", args{t.Org}
	if f.ID != "" {
		where, a = where+" AND id = ?", append(a, f.ID)
	}
	if f.Member != "" {
		where += " AND id IN (SELECT contact_id FROM message_contact_member WHERE org = ? AND member_id = ?)"
		a = append(a, t.Org, f.Member)
	}
	sql, page := selectMessageContacts+where+" ORDER BY created_at DESC, id", a[:len(a):len(a)]
	if f.Limit > 0 {
		sql, page = sql+" LIMIT ? OFFSET ?", append(page, f.Limit, f.Offset)
	}
	err = t.Batch(
		engine.One("SELECT count(*) FROM message_contact WHERE org = ?"+where, a, nil, func(r *row) error {
			total = r.Int(0)
			return nil
		}),
		engine.Each(sql, page, func(r *row) error {
			c, err := t.scanMessageContact(r)
			cs = append(cs, c)
			return err
		}),
	)
	if err == nil && len(cs) > 0 {
		err = t.readMembersOf(cs, f.Member)
	}
	return cs, total, err
}

// readMembersOf fills in the members of contacts, and since when the contact is
// bound: to any member, or to the given one.
func (t *tx) readMembersOf(cs []directory.MessageContact, member string) error {
	ids, at := make([]string, len(cs)), make(map[string]int, len(cs))
	for i := range cs {
		ids[i], at[cs[i].ID] = cs[i].ID, i
	}
	places, list := in(ids)
	return t.Each(`SELECT contact_id, member_id, bound_at FROM message_contact_member
		WHERE org = ? AND contact_id IN (`+places+") ORDER BY bound_at, member_id", append(args{t.Org}, list...), func(r *row) error {
		c := &cs[at[r.Text(0)]]
		c.Members = append(c.Members, r.Text(1))
		if member == "" || member == r.Text(1) {
			c.AssociatedAt = fromMillis(r.Int(2))
		}
		return nil
	})
}

// CountMessageContacts implements [directory.MessageContactTx]. An update locks
// the row of the resource directory, so that only one call of an organisation
// counts at a time and the next one counts its insert.
func (t *tx) CountMessageContacts() (n int64, err error) {
	var reads []*read
	if t.Writable() {
		reads = append(reads, engine.One("SELECT id FROM resource_directory WHERE org = ?"+forUpdate, args{t.Org}, nil, nil))
	}
	reads = append(reads, engine.One("SELECT count(*) FROM message_contact WHERE org = ?", args{t.Org}, nil, func(r *row) error {
		n = r.Int(0)
		return nil
	}))
	err = t.Batch(reads...)
	return n, err
}

// messageContactConflicts maps unique indexes to errors.
var messageContactConflicts = map[string]error{"message_contact_by_name": directory.ErrMessageContactName}

// InsertMessageContact implements [directory.MessageContactTx].
func (t *tx) InsertMessageContact(c directory.MessageContact) {
	a := args{t.Org, c.ID, c.Name, c.Title, jsonText(orEmpty(c.MessageTypes)), c.Status, millis(c.CreatedAt), max(1, c.Version), millisOrZero(c.UpdatedAt)}
	a = append(a, t.channelColumns(c.ID, "email", messageEmailPurpose, c.Email)...)
	a = append(a, t.channelColumns(c.ID, "phone", messagePhonePurpose, c.Phone)...)
	t.WriteUniqueBy(messageContactConflicts, `INSERT INTO message_contact (org, id, name, title, message_types, status, created_at, version, updated_at,
			email, email_index, email_verified, email_pending, email_pending_index,
			phone, phone_index, phone_verified, phone_pending, phone_pending_index)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, a...)
	t.relateMembers(nil, c)
}

const (
	setMessageContact = "UPDATE message_contact SET title = ?, message_types = ?, status = ?, updated_at = ?, version = version + 1"
	setMessageEmail   = ", email = ?, email_index = ?, email_verified = ?, email_pending = ?, email_pending_index = ?"
	setMessagePhone   = ", phone = ?, phone_index = ?, phone_verified = ?, phone_pending = ?, phone_pending_index = ?"
)

// UpdateMessageContact implements [directory.MessageContactTx]. Sealed and
// indexed columns are written only if they change.
func (t *tx) UpdateMessageContact(before, c directory.MessageContact) {
	set, a := setMessageContact, make(args, 0, 17)
	a = append(a, c.Title, jsonText(orEmpty(c.MessageTypes)), c.Status, millisOrZero(c.UpdatedAt))
	if c.Email != before.Email {
		set, a = set+setMessageEmail, append(a, t.channelColumns(c.ID, "email", messageEmailPurpose, c.Email)...)
	}
	if c.Phone != before.Phone {
		set, a = set+setMessagePhone, append(a, t.channelColumns(c.ID, "phone", messagePhonePurpose, c.Phone)...)
	}
	if c.Name == before.Name {
		t.Write(set+" WHERE org = ? AND id = ?", append(a, t.Org, c.ID)...)
	} else {
		t.WriteUniqueBy(messageContactConflicts, set+", name = ? WHERE org = ? AND id = ?", append(a, c.Name, t.Org, c.ID)...)
	}
	t.relateMembers(before.Members, c)
}

// channelColumns are the values of a channel's five columns.
func (t *tx) channelColumns(id, column, purpose string, ch directory.Channel) args {
	address, index := t.sealIndexed(id, column, purpose, ch.Address)
	pending, pendingIndex := t.sealIndexed(id, column+"_pending", purpose, ch.Pending)
	return args{address, index, ch.Verified, pending, pendingIndex}
}

func (t *tx) sealIndexed(id, column, purpose, address string) (sealed, index []byte) {
	if address == "" {
		return nil, nil
	}
	return t.Seal("message_contact", id, column, address), t.Blind(purpose, normalAddress(address))
}

func (t *tx) relateMembers(before []string, c directory.MessageContact) {
	for _, m := range before {
		if !slices.Contains(c.Members, m) {
			t.Write("DELETE FROM message_contact_member WHERE org = ? AND contact_id = ? AND member_id = ?", t.Org, c.ID, m)
		}
	}
	for _, m := range c.Members {
		if !slices.Contains(before, m) {
			t.Write(`INSERT INTO message_contact_member (org, contact_id, member_id, bound_at) VALUES (?, ?, ?, ?)
				ON CONFLICT (org, contact_id, member_id) DO NOTHING`, t.Org, c.ID, m, millis(t.now()))
		}
	}
}

// orEmpty returns an empty list for nil, for columns where the two mean the
// same.
func orEmpty[T any](v []T) []T {
	if v == nil {
		return []T{}
	}
	return v
}
