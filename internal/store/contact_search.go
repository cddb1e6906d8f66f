package store

import (
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// behindPrefix is behind every text with the prefix in byte order.
const behindPrefix = "\U0010FFFF"

// selectByTerm begins with the terms: the CROSS JOIN makes SQLite do so; to
// PostgreSQL it means nothing.
const selectByTerm = "SELECT " + contactColumns + `, t.term FROM contact_term t CROSS JOIN contact c
	WHERE t.org = ? AND c.org = t.org AND c.ordinal = t.ordinal`

// ContactsByTerm implements [directory.ContactSearchTx]. It seeks what is left
// of the term that the page before ended in, then the terms behind it: SQLite
// takes only one end of a range from a comparison of pairs, and would read on
// to the last term of all.
func (t *tx) ContactsByTerm(prefix string, after directory.TermPlace, limit int64) (places []directory.TermPlace, cs []directory.Contact, err error) {
	collect := func(r *row) error {
		c, err := t.scanContact(r)
		places, cs = append(places, directory.TermPlace{Term: r.Text(15), Ordinal: c.Ordinal}), append(cs, c)
		return err
	}
	from, begin := " AND t.term >= ?", prefix
	if after.Term >= prefix {
		from, begin = " AND t.term > ?", after.Term
		err = t.each(selectByTerm+" AND t.term = ? AND t.ordinal > ? ORDER BY t.ordinal LIMIT ?", args{t.org, after.Term, after.Ordinal, limit}, collect)
	}
	if left := limit - int64(len(cs)); err == nil && left > 0 {
		err = t.each(selectByTerm+from+" AND t.term < ? ORDER BY t.term, t.ordinal LIMIT ?", args{t.org, begin, prefix + behindPrefix, left}, collect)
	}
	return places, cs, err
}

// ContactsByLast4 implements [directory.ContactSearchTx].
func (t *tx) ContactsByLast4(last4 string, after, limit int64) (cs []directory.Contact, err error) {
	err = t.each(selectContact+" AND c.last4_index = ? AND c.ordinal > ? ORDER BY c.ordinal LIMIT ?",
		args{t.org, t.blind(last4Purpose, last4), after, limit}, t.collect(&cs))
	return cs, err
}

// ContactsByFollower implements [directory.ContactSearchTx].
func (t *tx) ContactsByFollower(userID string, after, limit int64) (cs []directory.Contact, err error) {
	err = t.each(selectContact+" AND c.follower_id = ? AND c.ordinal > ? ORDER BY c.ordinal LIMIT ?",
		args{t.org, userID, after, limit}, t.collect(&cs))
	return cs, err
}

// ContactsByLabel implements [directory.ContactSearchTx].
func (t *tx) ContactsByLabel(labelID int64, after string, limit int64) (cs []directory.Contact, err error) {
	err = t.each("SELECT "+contactColumns+` FROM contact_label l CROSS JOIN contact c
		WHERE l.org = ? AND l.label_id = ? AND l.contact_id > ? AND c.org = l.org AND c.id = l.contact_id
		ORDER BY l.contact_id LIMIT ?`, args{t.org, labelID, after, limit}, t.collect(&cs))
	return cs, err
}

// termRows is how many terms one statement writes. Two sizes make do with two
// prepared statements.
const termRows = 8

// insertTerms writes terms for the ordinal that an expression gives.
func (t *tx) insertTerms(terms []string, ordinal func(args) (string, args)) {
	for len(terms) > 0 {
		n := 1
		if len(terms) >= termRows {
			n = termRows
		}
		rows, a := make([]string, n), make(args, 0, 3*n)
		for i, term := range terms[:n] {
			var at string
			a = append(a, t.org, term)
			at, a = ordinal(a)
			rows[i] = "(?, ?, " + at + ")"
		}
		t.write("INSERT INTO contact_term (org, term, ordinal) VALUES "+strings.Join(rows, ", ")+" ON CONFLICT DO NOTHING", a...)
		terms = terms[n:]
	}
}

func (t *tx) deleteTerm(term string, ordinal int64) {
	t.write("DELETE FROM contact_term WHERE org = ? AND term = ? AND ordinal = ?", t.org, term, ordinal)
}

// changeTerms writes what differs between the terms of two states.
func (t *tx) changeTerms(before, c directory.Contact) {
	old, terms := before.SearchTerms(), c.SearchTerms()
	for _, term := range old {
		if _, kept := slices.BinarySearch(terms, term); !kept {
			t.deleteTerm(term, before.Ordinal)
		}
	}
	added := slices.DeleteFunc(terms, func(term string) bool { _, had := slices.BinarySearch(old, term); return had })
	t.insertTerms(added, func(a args) (string, args) { return "?", append(a, before.Ordinal) })
}
