package store

import "github.com/mingce/mingce/internal/directory"

// selectByTerm looks up the terms first: the CROSS JOIN forces SQLite to;
// PostgreSQL plans it like any join.
const selectByTerm = "SELECT " + contactColumns + `, t.term FROM contact_term t CROSS JOIN contact c
	WHERE t.org = ? AND c.org = t.org AND c.ordinal = t.ordinal`

// ContactsByTerm implements [directory.ContactSearchTx].
func (t *tx) ContactsByTerm(prefix string, after directory.TermPlace, limit int64) (places []directory.TermPlace, cs []directory.Contact, err error) {
	err = t.seekTerms(contactTerms, selectByTerm, args{t.Org}, prefix, after.Term, after.Ordinal, limit, func(r *row) error {
		c, err := t.scanContact(r)
		places, cs = append(places, directory.TermPlace{Term: r.Text(16), Ordinal: c.Ordinal}), append(cs, c)
		return err
	})
	return places, cs, err
}

// ContactsByLast4 implements [directory.ContactSearchTx].
func (t *tx) ContactsByLast4(last4 string, after, limit int64) (cs []directory.Contact, err error) {
	err = t.Each(selectContact+" AND c.last4_index = ? AND c.ordinal > ? ORDER BY c.ordinal LIMIT ?",
		args{t.Org, t.Blind(last4Purpose, last4), after, limit}, t.collect(&cs))
	return cs, err
}

// ContactsByFollower implements [directory.ContactSearchTx].
func (t *tx) ContactsByFollower(userID string, after, limit int64) (cs []directory.Contact, err error) {
	err = t.Each(selectContact+" AND c.follower_id = ? AND c.ordinal > ? ORDER BY c.ordinal LIMIT ?",
		args{t.Org, userID, after, limit}, t.collect(&cs))
	return cs, err
}

// ContactsByLabel implements [directory.ContactSearchTx].
func (t *tx) ContactsByLabel(labelID int64, after string, limit int64) (cs []directory.Contact, err error) {
	err = t.Each("SELECT "+contactColumns+` FROM contact_label l CROSS JOIN contact c
		WHERE l.org = ? AND l.label_id = ? AND l.contact_id > ? AND c.org = l.org AND c.id = l.contact_id
		ORDER BY l.contact_id LIMIT ?`, args{t.Org, labelID, after, limit}, t.collect(&cs))
	return cs, err
}
