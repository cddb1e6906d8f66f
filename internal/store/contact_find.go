package store

import (
	"cmp"

	"github.com/mingce/mingce/internal/directory"
)

// contactListing has the criteria of a list of contacts.
func (t *tx) contactListing(f directory.ContactFind) *listing {
	l := &listing{where: "c.org = ?", a: args{t.Org}}
	if f.Label != 0 {
		l.among("c.id", keySet{"SELECT contact_id FROM contact_label WHERE org = ? AND label_id = ?", args{t.Org, f.Label}})
	}
	if f.Follower != "" {
		l.and("c.follower_id = ?", f.Follower)
		l.sets = append(l.sets, keySet{"SELECT ordinal FROM contact WHERE org = ? AND follower_id = ?", args{t.Org, f.Follower}})
	}
	if len(f.Depts) > 0 {
		places, ids := in(f.Depts)
		l.among("c.id", keySet{"SELECT contact_id FROM contact_share_dept WHERE org = ? AND dept_id IN (" + places + ")", append(args{t.Org}, ids...)})
	}
	if f.Phone != "" {
		l.and("c.phone_index = ?", t.Blind(phonePurpose, f.Phone))
	}
	if f.Email != "" {
		l.and("c.email_index = ?", t.Blind(contactEmailPurpose, foldMail(f.Email)))
	}
	if !f.UpdatedSince.IsZero() {
		l.and(sinceIn(f.Sort, "c.updated_at")+" >= ?", millis(f.UpdatedSince))
	}
	if text := f.AnyOf; text != nil {
		var found keySet
		found.orTerms("SELECT ordinal FROM contact_term", t.Org, text.Terms)
		t.orBlind(&found, "SELECT ordinal FROM contact", "phone_index", phonePurpose, text.Phones)
		t.orBlind(&found, "SELECT ordinal FROM contact", "last4_index", last4Purpose, text.Last4s)
		l.among("c.ordinal", found)
	}
	return l
}

// contactOrder is the order of a list, and the place after which it goes on.
func contactOrder(f directory.ContactFind) (columns []string, after args) {
	switch p := cmp.Or(f.After, new(directory.ContactPlace)); f.Sort {
	case directory.ByName:
		columns, after = []string{"c.name", "c.ordinal"}, args{p.Name, p.Ordinal}
	case directory.ByUpdate:
		columns, after = []string{"c.updated_at", "c.ordinal"}, args{millis(p.UpdatedAt), p.Ordinal}
	default:
		columns, after = []string{"c.ordinal"}, args{p.Ordinal}
	}
	if f.After == nil {
		after = nil
	}
	return columns, after
}

// FindContacts implements [directory.ContactListTx].
func (t *tx) FindContacts(f directory.ContactFind) (cs []directory.Contact, err error) {
	sql, a, err := t.contactPage(f)
	if err == nil {
		err = t.Each(sql, a, t.collect(&cs))
	}
	return cs, err
}

// fewContacts is [fewEmployees] of contacts, whose rows are wider. In the order of
// creation a number, an address and an owner have indexes in that order
// (docs/spec/json-api.md#filters).
const fewContacts = 5_000

func (t *tx) contactPage(f directory.ContactFind) (string, args, error) {
	l := t.contactListing(f)
	columns, after := contactOrder(f)
	few, ordered := f.Phone != "" || f.Email != "", len(columns) == 1 && f.Phone+f.Email+f.Follower != ""
	if !few && !ordered {
		var err error
		if few, err = t.few(l.sets, fewContacts); err != nil {
			return "", nil, err
		}
	}
	if few && !ordered { // SQLite, which keeps no statistics here, would read all in the order of the list
		columns[0] = "/*sqlite: +*/" + columns[0]
	}
	page := l.page(columns, after, f.Reverse, f.Limit)
	return "SELECT " + contactColumns + " FROM contact c" + page, l.a, nil
}

// CountFound implements [directory.ContactListTx].
func (t *tx) CountFound(f directory.ContactFind) (int64, error) {
	f.Sort = directory.ByUpdate // the index of a criterion serves, whatever the list's order
	l := t.contactListing(f)
	if len(l.a) == 1 { // no criteria: the counts of blocks are faster than the rows
		return t.CountContacts()
	}
	return t.countListed("contact c", l)
}
