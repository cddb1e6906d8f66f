package directory

import (
	"cmp"
	"errors"
	"slices"
	"strings"
)

// way is one way to find contacts.
type way interface {
	// seek returns the next contacts after a position.
	seek(tx Tx, after searchPlace, limit int64) ([]hit, error)
	// matches reports whether the way finds the contact and, if it searches by
	// terms, at which stored term first. terms are all of the contact's.
	matches(c Contact, terms []string) (term string, ok bool)
}

// textWays are the ways of a text, in the order in which matches are shown:
// names that begin with it before names that contain it, companies last.
func textWays(text string) (ways []way) {
	key := searchKey(text)
	if key == "" {
		return nil
	}
	for _, w := range nameWays(text) {
		ways = append(ways, w)
	}
	return append(ways, termWay{termCompany, key}, termWay{termInComp, key})
}

// nameWays are the ways of a text among names.
func nameWays(text string) []termWay {
	typed := accentedKey(text)
	key := foldAccents(typed)
	ways := []termWay{{termName, key}}
	if p := cmp.Or(pinyinKey(typed), pinyinKey(key)); p != "" {
		ways = append(ways, termWay{termPinyin, p}, termWay{termInitials, p})
	}
	return append(ways, termWay{termInName, key})
}

// termWay finds contacts by the beginning of a term of one kind.
type termWay struct {
	kind rune
	key  string
}

func (w termWay) prefix() string { return string(w.kind) + w.key }

func (w termWay) seek(tx Tx, after searchPlace, limit int64) ([]hit, error) {
	places, cs, err := tx.ContactSearch().ContactsByTerm(cutTerm(w.prefix()), TermPlace{after.Key, after.Ordinal}, limit)
	if err != nil {
		return nil, err
	}
	hits := make([]hit, len(cs))
	for i, c := range cs {
		hits[i] = hit{searchPlace{Key: places[i].Term, Ordinal: places[i].Ordinal}, c, places[i].Term}
	}
	return hits, nil
}

func (w termWay) matches(_ Contact, terms []string) (string, bool) { return w.first(terms) }

// first is matches for terms only.
func (w termWay) first(terms []string) (first string, ok bool) {
	prefix := w.prefix()
	for _, t := range terms {
		if !strings.HasPrefix(t, prefix) {
			continue
		}
		if t = cutTerm(t); !ok || t < first {
			first, ok = t, true
		}
	}
	return first, ok
}

// phoneWays are the ways of what may be a phone number, in any form that
// readPhone takes: none for other texts.
func phoneWays(text, home string) []way {
	group, rest, plus := phoneGroups(text)
	if !plus && rest == "" && digits(group, 4, 4) {
		return []way{last4Way(group)}
	}
	p, coded, err := readPhone(text, home)
	switch {
	case err != nil || len(p.Number) < MinPhoneDigits:
		return nil
	case p.Country == "86" && p.isMobile():
		return []way{mainlandWay(p.Number)}
	case coded:
		return []way{numberWay{p.Country, p.Number}}
	}
	return []way{numberWay{"", p.Number}}
}

// mainlandWay finds the one contact with a mobile of mainland China.
type mainlandWay string

func (w mainlandWay) seek(tx Tx, after searchPlace, _ int64) ([]hit, error) {
	id, err := tx.Contacts().ContactByPhone("86-" + string(w))
	if errors.Is(err, ErrContactNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c, err := tx.Contacts().Contact(id)
	if err != nil || c.Ordinal <= after.Ordinal {
		return nil, err
	}
	return []hit{{searchPlace{Ordinal: c.Ordinal}, c, ""}}, nil
}

func (w mainlandWay) matches(c Contact, _ []string) (string, bool) {
	return "", c.StateCode == "86" && c.Mobile == string(w)
}

// numberWay finds contacts with a number of a country or, where none is named,
// of any country, by its last digits.
type numberWay struct{ country, number string }

func (w numberWay) seek(tx Tx, after searchPlace, limit int64) ([]hit, error) {
	return last4Way(w.number[len(w.number)-4:]).seek(tx, after, limit)
}

func (w numberWay) matches(c Contact, _ []string) (string, bool) {
	if w.country != "" {
		return "", c.StateCode == w.country && c.Mobile == w.number
	}
	return "", c.Mobile == w.number || c.StateCode+c.Mobile == w.number
}

// last4Way finds contacts by the last four digits of the number.
type last4Way string

func (w last4Way) seek(tx Tx, after searchPlace, limit int64) ([]hit, error) {
	cs, err := tx.ContactSearch().ContactsByLast4(string(w), after.Ordinal, limit)
	return byOrdinal(cs), err
}

func (w last4Way) matches(c Contact, _ []string) (string, bool) {
	return "", strings.HasSuffix(c.Mobile, string(w))
}

// followerWay finds the contacts of an owner.
type followerWay string

func (w followerWay) seek(tx Tx, after searchPlace, limit int64) ([]hit, error) {
	cs, err := tx.ContactSearch().ContactsByFollower(string(w), after.Ordinal, limit)
	return byOrdinal(cs), err
}

func (w followerWay) matches(c Contact, _ []string) (string, bool) {
	return "", c.FollowerID == string(w)
}

// labelWay finds the contacts that have a label.
type labelWay int64

func (w labelWay) seek(tx Tx, after searchPlace, limit int64) ([]hit, error) {
	cs, err := tx.ContactSearch().ContactsByLabel(int64(w), after.Key, limit)
	hits := make([]hit, len(cs))
	for i, c := range cs {
		hits[i] = hit{searchPlace{Key: c.ID}, c, ""}
	}
	return hits, err
}

func (w labelWay) matches(c Contact, _ []string) (string, bool) {
	return "", slices.Contains(c.LabelIDs, int64(w))
}

// everyWay finds all contacts.
type everyWay struct{}

func (everyWay) seek(tx Tx, after searchPlace, limit int64) ([]hit, error) {
	cs, err := tx.Contacts().ContactsAfter(after.Ordinal, limit)
	return byOrdinal(cs), err
}

func (everyWay) matches(Contact, []string) (string, bool) { return "", true }

func byOrdinal(cs []Contact) []hit {
	hits := make([]hit, len(cs))
	for i, c := range cs {
		hits[i] = hit{searchPlace{Ordinal: c.Ordinal}, c, ""}
	}
	return hits
}
