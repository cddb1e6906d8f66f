package store

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/engine"
)

const (
	contactColumns = `c.id, c.name, c.follower_id, c.label_ids, c.phone, c.email, c.title, c.company_name, c.address, c.remark,
		c.share_dept_ids, c.share_user_ids, c.ordinal, c.created_at, c.updated_at, c.version`
	selectContact        = "SELECT " + contactColumns + " FROM contact c WHERE c.org = ?"
	selectContactByID    = selectContact + " AND id = ?"
	selectContactToWrite = "SELECT " + contactColumns + ", c.phone_index, c.last4_index, c.email_index FROM contact c WHERE c.org = ? AND id = ?" + forUpdate

	phonePurpose = "contact.phone"
	last4Purpose = "contact.last4"

	contactEmailPurpose = "contact.email"
)

// contactRead is what an update has read of the contact it is about to change.
type contactRead struct {
	row     []any // on PostgreSQL: the values before, for [engine.Tx.DeclareChange]
	named   directory.References
	unheard bool // there are no subscriptions to events
}

func (t *tx) scanContact(r *row) (c directory.Contact, err error) {
	c = directory.Contact{
		ID: r.Text(0), Name: r.Text(1), FollowerID: r.Text(2),
		Title: r.NullText(6), CompanyName: r.NullText(7), Address: r.NullText(8), Remark: r.NullText(9),
		Ordinal: r.Int(12), CreatedAt: fromMillis(r.Int(13)), UpdatedAt: fromMillis(r.Int(14)), Version: r.Int(15),
	}
	phone, err := t.Open("contact", c.ID, "phone", r.Bytes(4))
	if err != nil {
		return c, err
	}
	c.StateCode, c.Mobile, _ = strings.Cut(phone, "-")
	if sealed := r.Bytes(5); sealed != nil {
		email, err := t.Open("contact", c.ID, "email", sealed)
		if err != nil {
			return c, err
		}
		c.Email = &email
	}
	if c.LabelIDs, err = readList[int64](r, 3); err != nil {
		return c, err
	}
	if c.ShareDeptIDs, err = readList[int64](r, 10); err != nil {
		return c, err
	}
	c.ShareUserIDs, err = readList[string](r, 11)
	return c, err
}

// readContact reads one contact; an update locks it.
func (t *tx) readContact(id string, c *directory.Contact, ok *bool) *read {
	sql := selectContactByID
	if t.Writable() {
		sql = selectContactToWrite
	}
	return engine.One(sql, args{t.Org, id}, ok, func(r *row) (err error) {
		*c, err = t.scanContact(r)
		if t.WantsChanges() {
			t.contact.row = args{t.Org, c.ID, r.Int(12), c.Name, c.FollowerID, r.Bytes(4), r.Bytes(16), r.Bytes(17), r.Value(5),
				r.Value(6), r.Value(7), r.Value(8), r.Value(9), r.Value(3), r.Value(10), r.Value(11), r.Int(13), r.Int(14), r.Int(15), r.Value(18)}
		}
		return err
	})
}

// Contact implements [directory.ContactTx].
func (t *tx) Contact(id string) (c directory.Contact, err error) {
	var ok bool
	err = t.Batch(t.readContact(id, &c, &ok))
	return c, found(ok, err, directory.ErrContactNotFound)
}

// ContactWithReferences implements [directory.ContactTx]. It is the only batch
// of reads of an update, so it also fetches the key of the contact's history.
//
// A new contact locks what it refers to. A changed contact locks only new
// references ([tx.lockNamed]): deleting something that it already refers to
// starts with the contact, whose row is locked.
func (t *tx) ContactWithReferences(id string, refs directory.References) (directory.Contact, directory.MissingReferences, error) {
	var c directory.Contact
	ok := true
	users := lookup[string]{ids: refs.UserIDs}
	labels := lookup[int64]{ids: refs.LabelIDs}
	depts := lookup[int64]{ids: refs.DeptIDs}
	lock, subscribed := t.Writable() && id == "", true
	reads := make([]*read, 0, 8)
	if id != "" {
		reads = append(reads, t.readContact(id, &c, &ok))
		if t.Writable() {
			reads = append(reads, t.ReadSubject(auditSubject("contact", id)), t.readSubscribed(&subscribed))
		}
	}
	if len(users.ids) > 0 {
		reads = append(reads, t.readEmployees(&users, lock)...)
	}
	if len(labels.ids) > 0 {
		reads = append(reads, t.readLabels(&labels, lock)...)
	}
	if len(depts.ids) > 0 {
		reads = append(reads, t.readDepartments(&depts, lock)...)
	}
	if len(reads) > 0 {
		if err := t.Batch(reads...); err != nil {
			return c, directory.MissingReferences{}, err
		}
	}
	if !ok {
		return c, directory.MissingReferences{}, directory.ErrContactNotFound
	}
	t.contact.named, t.contact.unheard = refs, !subscribed
	return c, directory.MissingReferences{UserIDs: users.missing(), LabelIDs: labels.missing(), DeptIDs: depts.missing()}, nil
}

// ContactByPhone implements [directory.ContactTx].
func (t *tx) ContactByPhone(phone string) (id string, err error) {
	ok, err := t.One("SELECT id FROM contact WHERE org = ? AND phone_index = ?", args{t.Org, t.Blind(phonePurpose, phone)}, func(r *row) error {
		id = r.Text(0)
		return nil
	})
	return id, found(ok, err, directory.ErrContactNotFound)
}

// ContactsAfter implements [directory.ContactTx].
func (t *tx) ContactsAfter(ordinal, size int64) (cs []directory.Contact, err error) {
	err = t.Each(selectContact+" AND ordinal > ? ORDER BY ordinal LIMIT ?", args{t.Org, ordinal, size}, t.collect(&cs))
	return cs, err
}

// collect scans contacts into a list.
func (t *tx) collect(cs *[]directory.Contact) func(*row) error {
	return func(r *row) error {
		c, err := t.scanContact(r)
		*cs = append(*cs, c)
		return err
	}
}

// The unique indexes of contacts and their errors. The primary key is not among
// them, because ids never repeat.
var (
	newContactConflicts = map[string]error{"contact_by_phone": directory.ErrContactExists}
	contactConflicts    = map[string]error{"contact_by_phone": directory.ErrMobileTaken}
)

// InsertContact implements [directory.ContactTx]. The sequence's row stays
// locked until COMMIT, so ordinals become visible in order, and a new contact
// never appears in the middle of a list that was already read.
func (t *tx) InsertContact(c directory.Contact) {
	t.Write(`INSERT INTO contact_sequence (org, last) VALUES (?, 1)
		ON CONFLICT (org) DO UPDATE SET last = contact_sequence.last + 1`, t.Org)
	t.WriteUniqueBy(newContactConflicts, `INSERT INTO contact (org, id, ordinal, name, follower_id, phone, phone_index, last4_index, email,
			title, company_name, address, remark, label_ids, share_dept_ids, share_user_ids, created_at, updated_at, version, email_index)
		VALUES (?, ?, (SELECT last FROM contact_sequence WHERE org = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		t.Org, c.ID, t.Org, c.Name, c.FollowerID, t.Seal("contact", c.ID, "phone", c.Phone()), t.Blind(phonePurpose, c.Phone()),
		t.Blind(last4Purpose, last4(c.Mobile)), t.sealOptional("contact", c.ID, "email", c.Email),
		c.Title, c.CompanyName, c.Address, c.Remark, list(c.LabelIDs), list(c.ShareDeptIDs), list(c.ShareUserIDs),
		millis(c.CreatedAt), millis(c.UpdatedAt), max(1, c.Version), t.contactEmailIndex(c))
	t.relateContact(directory.Contact{}, c)
	t.insertTerms(newContactTerms, c.SearchTerms(), t.Org)
}

const (
	updateContact = `UPDATE contact SET name = ?, title = ?, company_name = ?, address = ?, remark = ?,
	label_ids = ?, share_dept_ids = ?, share_user_ids = ?, updated_at = ?, version = version + 1`
	byContact        = " WHERE org = ? AND id = ?"
	updateContactRow = updateContact + byContact
)

// UpdateContact implements [directory.ContactTx]. Sealed and indexed columns
// are written only if they change: naming one makes SQLite rewrite its index. A
// new phone number ends the union id, which belongs to the number.
func (t *tx) UpdateContact(before, c directory.Contact) {
	set, a := updateContact, make(args, 0, 16)
	a = append(a, c.Name, c.Title, c.CompanyName, c.Address, c.Remark,
		list(c.LabelIDs), list(c.ShareDeptIDs), list(c.ShareUserIDs), millis(c.UpdatedAt))
	if c.FollowerID != before.FollowerID {
		set, a = set+", follower_id = ?", append(a, c.FollowerID)
	}
	if (c.Email == nil) != (before.Email == nil) || text(c.Email) != text(before.Email) {
		set, a = set+", email = ?, email_index = ?", append(a, t.sealOptional("contact", c.ID, "email", c.Email), t.contactEmailIndex(c))
	}
	moved := c.Phone() != before.Phone()
	if moved {
		set += ", phone = ?, phone_index = ?, last4_index = ?"
		a = append(a, t.Seal("contact", c.ID, "phone", c.Phone()), t.Blind(phonePurpose, c.Phone()), t.Blind(last4Purpose, last4(c.Mobile)))
	}
	a = append(a, t.Org, c.ID)
	switch {
	case moved:
		t.WriteUniqueBy(contactConflicts, set+byContact, a...)
		t.forgetContactUnionID(c.ID)
	case set == updateContact:
		t.Write(updateContactRow, a...)
		t.declareContact(a)
	default:
		t.Write(set+byContact, a...)
	}
	t.lockNamed(before, c)
	t.relateContact(before, c)
	if !before.SameSearchTerms(c) {
		t.changeTerms(contactTerms, before.SearchTerms(), c.SearchTerms(), before.Ordinal)
	}
}

// declareContact declares the change of updateContactRow with these values.
func (t *tx) declareContact(a args) {
	before := t.contact.row
	if t.contact.row = nil; before == nil || before[1] != a[len(a)-1] {
		return
	}
	after := slices.Clone(before)
	after[3], after[17], after[18] = a[0], a[8], before[18].(int64)+1
	copy(after[9:16], a[1:8])
	t.DeclareChange("contact", before, after...)
}

// lockNamed locks the new follower and the new labels of a contact against
// deletion; the call fails if they were deleted since they were read. Shares
// are not locked, because deleting a department or an employee ignores them.
func (t *tx) lockNamed(before, c directory.Contact) {
	if c.FollowerID != before.FollowerID && slices.Contains(t.contact.named.UserIDs, c.FollowerID) {
		t.lockShared(directory.ErrEmployeeNotFound, employeeLookup, c.FollowerID)
	}
	for _, id := range t.contact.named.LabelIDs {
		if !slices.Contains(before.LabelIDs, id) {
			t.lockShared(directory.ErrLabelNotFound, labelLookup, id)
		}
	}
}

// DeleteContact implements [directory.ContactTx].
func (t *tx) DeleteContact(c directory.Contact) {
	t.Write("DELETE FROM contact WHERE org = ? AND id = ?", t.Org, c.ID)
	t.relateContact(c, directory.Contact{ID: c.ID})
	t.forgetContactUnionID(c.ID)
	t.deleteTerms(contactTerms, c.SearchTerms(), c.Ordinal)
	t.Write(`INSERT INTO contact_gap (org, block, deleted) VALUES (?, ?, 1)
		ON CONFLICT (org, block) DO UPDATE SET deleted = contact_gap.deleted + 1`, t.Org, (c.Ordinal-1)/ordinalBlock)
}

// forgetContactUnionID deletes the union id of a contact's person.
func (t *tx) forgetContactUnionID(id string) {
	t.Write("DELETE FROM contact_union_id WHERE org = ? AND contact_id = ?", t.Org, id)
}

// relateContact writes the differences between the lists of two states.
func (t *tx) relateContact(before, c directory.Contact) {
	relate(t, c.ID, before.LabelIDs, c.LabelIDs,
		"INSERT INTO contact_label (org, label_id, contact_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
		"DELETE FROM contact_label WHERE org = ? AND label_id = ? AND contact_id = ?")
	relate(t, c.ID, before.ShareDeptIDs, c.ShareDeptIDs,
		"INSERT INTO contact_share_dept (org, dept_id, contact_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
		"DELETE FROM contact_share_dept WHERE org = ? AND dept_id = ? AND contact_id = ?")
	relate(t, c.ID, before.ShareUserIDs, c.ShareUserIDs,
		"INSERT INTO contact_share_user (org, user_id, contact_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
		"DELETE FROM contact_share_user WHERE org = ? AND user_id = ? AND contact_id = ?")
}

func relate[T cmp.Ordered](t *tx, id string, before, after []T, insert, remove string) {
	if slices.Equal(before, after) {
		return
	}
	for _, v := range before {
		if !slices.Contains(after, v) {
			t.Write(remove, t.Org, v, id)
		}
	}
	for _, v := range after {
		if !slices.Contains(before, v) {
			t.Write(insert, t.Org, v, id)
		}
	}
}

// sealOptional seals a text that may be unset; nil stays NULL.
func (t *tx) sealOptional(table, row, column string, p *string) []byte {
	if p == nil {
		return nil
	}
	return t.Seal(table, row, column, *p)
}

// contactEmailIndex is the blind index of a contact's mail address, or NULL.
func (t *tx) contactEmailIndex(c directory.Contact) []byte {
	if text(c.Email) == "" {
		return nil
	}
	return t.Blind(contactEmailPurpose, foldMail(*c.Email))
}

// foldMail is the form in which mail addresses are compared.
func foldMail(address string) string { return strings.ToLower(address) }

// last4 is the value that a search by the last four digits compares.
func last4(mobile string) string { return mobile[max(0, len(mobile)-4):] }
