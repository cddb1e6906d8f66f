package store

import (
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// contactOrders are the columns by which contacts are listed, before the
// ordinal. Lists by the time of the last change have no index, which every
// change would have to write: they read all that the other criteria leave.
var contactOrders = map[directory.ObjectSort]string{directory.ByName: "c.name", directory.ByUpdate: "c.updated_at"}

// contactCriteria is the WHERE of a list of contacts.
func (t *tx) contactCriteria(f directory.ContactFind) (where string, a args) {
	var b strings.Builder
	b.WriteString("c.org = ?")
	a = args{t.Org}
	and := func(sql string, values ...any) {
		b.WriteString(" AND " + sql)
		a = append(a, values...)
	}
	if f.Label != 0 {
		and("c.id IN (SELECT contact_id FROM contact_label WHERE org = ? AND label_id = ?)", t.Org, f.Label)
	}
	if f.Follower != "" {
		and("c.follower_id = ?", f.Follower)
	}
	if len(f.Depts) > 0 {
		places, ids := in(f.Depts)
		and("c.id IN (SELECT contact_id FROM contact_share_dept WHERE org = ? AND dept_id IN ("+places+"))", append(args{t.Org}, ids...)...)
	}
	if f.Phone != "" {
		and("c.phone_index = ?", t.Blind(phonePurpose, f.Phone))
	}
	if f.Email != "" {
		and("c.email_index = ?", t.Blind(contactEmailPurpose, foldMail(f.Email)))
	}
	if !f.UpdatedSince.IsZero() {
		and("c.updated_at >= ?", millis(f.UpdatedSince))
	}
	if f.AnyOf != nil {
		sql, values := t.contactText(*f.AnyOf)
		and("c.ordinal IN ("+sql+")", values...)
	}
	return b.String(), a
}

// contactText reads the ordinals of what a text may find.
func (t *tx) contactText(text directory.ContactText) (string, args) {
	var parts []string
	var a args
	for _, term := range text.Terms {
		parts = append(parts, "SELECT ordinal FROM contact_term WHERE org = ? AND term >= ? AND term < ?")
		a = append(a, t.Org, term, term+afterPrefix)
	}
	for _, phone := range text.Phones {
		parts = append(parts, "SELECT ordinal FROM contact WHERE org = ? AND phone_index = ?")
		a = append(a, t.Org, t.Blind(phonePurpose, phone))
	}
	for _, digits := range text.Last4s {
		parts = append(parts, "SELECT ordinal FROM contact WHERE org = ? AND last4_index = ?")
		a = append(a, t.Org, t.Blind(last4Purpose, digits))
	}
	return strings.Join(parts, " UNION "), a
}

// FindContacts implements [directory.ContactListTx].
func (t *tx) FindContacts(f directory.ContactFind) (cs []directory.Contact, err error) {
	where, a := t.contactCriteria(f)
	than, direction := ">", ""
	if f.Reverse {
		than, direction = "<", " DESC"
	}
	column := contactOrders[f.Sort]
	order := " ORDER BY c.ordinal" + direction
	if column != "" {
		order = " ORDER BY " + column + direction + ", c.ordinal" + direction
	}
	if p := f.After; p != nil {
		switch f.Sort {
		case directory.ByName:
			where, a = where+" AND (c.name, c.ordinal) "+than+" (?, ?)", append(a, p.Name, p.Ordinal)
		case directory.ByUpdate:
			where, a = where+" AND (c.updated_at, c.ordinal) "+than+" (?, ?)", append(a, millis(p.UpdatedAt), p.Ordinal)
		default:
			where, a = where+" AND c.ordinal "+than+" ?", append(a, p.Ordinal)
		}
	}
	err = t.Each("SELECT "+contactColumns+" FROM contact c WHERE "+where+order+" LIMIT ?", append(a, f.Limit), t.collect(&cs))
	return cs, err
}

// CountFound implements [directory.ContactListTx].
func (t *tx) CountFound(f directory.ContactFind) (n int64, err error) {
	where, a := t.contactCriteria(f)
	if where == "c.org = ?" { // the counts of blocks are faster than the rows
		return t.CountContacts()
	}
	_, err = t.One("SELECT count(*) FROM contact c WHERE "+where, a, func(r *row) error {
		n = r.Int(0)
		return nil
	})
	return n, err
}
