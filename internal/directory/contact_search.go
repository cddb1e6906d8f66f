package directory

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Errors of the search. Methods wrap them with context; compare with errors.Is.
var (
	ErrSearchTooVague = errors.New("the search text has no letter or digit")
	ErrSearchCursor   = errors.New("search cursor was not issued by this server")
)

// ContactQuery selects external contacts that meet all of its criteria; empty
// ones select all.
type ContactQuery struct {
	// Text is any part of the name or the company, the beginning of the name's
	// pinyin or of its initials, or a phone number as for Mobile.
	Text string
	// Mobile is a full number, with or without the country code, or the last
	// four digits. Numbers are found through blind indexes, so no other part of
	// one can be searched.
	Mobile     string
	LabelID    int64
	FollowerID string

	Cursor string // Next of the page before
	Size   int64  // 1 to 100; 0 takes 20
}

// ContactMatches is a page of what a search found. A page may be short or empty
// without being the last: when few contacts match all criteria, a page ends
// after searchEffort contacts were read.
type ContactMatches struct {
	Contacts []Contact
	Next     string // "" when there is no more
}

// searchEffort bounds how many contacts one page reads.
const searchEffort = 2000

// TermPlace is the position of a contact's term in the index.
type TermPlace struct {
	Term    string
	Ordinal int64
}

// ContactSearchTx seeks contacts. Each page continues after a position, in an
// order that is the same in every store: byte order of terms and ids.
type ContactSearchTx interface {
	// ContactsByTerm returns contacts that have a term with the prefix, and the
	// positions of these terms; a contact is returned once for each such term.
	ContactsByTerm(prefix string, after TermPlace, limit int64) ([]TermPlace, []Contact, error)
	// ContactsByLast4 is in order of ordinals.
	ContactsByLast4(last4 string, after, limit int64) ([]Contact, error)
	// ContactsByFollower is in order of ordinals.
	ContactsByFollower(userID string, after, limit int64) ([]Contact, error)
	// ContactsByLabel is in order of ids.
	ContactsByLabel(labelID int64, after string, limit int64) ([]Contact, error)
}

// SearchContacts returns a page of the contacts that match and that the caller
// sees. It returns ErrSearchTooVague for a text of punctuation only, or
// ErrSearchCursor.
func (s *Session) SearchContacts(ctx context.Context, q ContactQuery) (m ContactMatches, err error) {
	if q.Size <= 0 {
		q.Size = 20
	}
	q.Size = min(q.Size, 100)
	x, err := newSearch(q, s.dir.settings.HomeCountry)
	if err != nil {
		return ContactMatches{}, err
	}
	err = s.view(ctx, func(tx Tx) error {
		r, err := s.reader(tx)
		if err != nil {
			return err
		}
		m, err = x.page(tx, r)
		return err
	})
	if err != nil {
		return ContactMatches{}, fmt.Errorf("search external contacts: %w", err)
	}
	return m, nil
}

// search is a parsed query. Each criterion is a list of ways, any of which is
// enough; the first criterion finds contacts, the others filter them.
type search struct {
	size     int64
	at       searchPlace
	criteria [][]way
}

// searchPlace is how far a search has got. It contains no phone number, because
// it goes out in a cursor.
type searchPlace struct {
	Way     int    `json:"w,omitempty"`
	Key     string `json:"k,omitempty"` // a term, or an id of the order by id
	Ordinal int64  `json:"o,omitempty"`
}

func newSearch(q ContactQuery, home string) (*search, error) {
	x := &search{size: q.Size}
	if q.Cursor != "" {
		b, err := base64.RawURLEncoding.DecodeString(q.Cursor)
		if err == nil {
			err = json.Unmarshal(b, &x.at)
		}
		if err != nil {
			return nil, errors.Join(ErrSearchCursor, err)
		}
	}
	if q.Mobile != "" {
		ways := phoneWays(q.Mobile, home)
		if len(ways) == 0 {
			return nil, ErrSearchTooVague
		}
		x.criteria = append(x.criteria, ways)
	}
	if strings.TrimSpace(q.Text) != "" {
		ways := append(textWays(q.Text), phoneWays(q.Text, home)...)
		if len(ways) == 0 {
			return nil, ErrSearchTooVague
		}
		x.criteria = append(x.criteria, ways)
	}
	if q.FollowerID != "" {
		x.criteria = append(x.criteria, []way{followerWay(q.FollowerID)})
	}
	if q.LabelID != 0 {
		x.criteria = append(x.criteria, []way{labelWay(q.LabelID)})
	}
	if len(x.criteria) == 0 {
		x.criteria = [][]way{{everyWay{}}}
	}
	if x.at.Way < 0 || x.at.Way > len(x.criteria[0]) {
		return nil, ErrSearchCursor
	}
	return x, nil
}

func (p searchPlace) cursor() string {
	b, err := json.Marshal(p)
	if err != nil { // two texts and numbers
		panic("search cursor: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// hit is a contact and the position at which it was found.
type hit struct {
	searchPlace
	contact Contact
	term    string // the stored term, if the way searches by terms
}

// page returns the next matches. It looks for one more than asked for, to know
// whether there is a next page.
func (x *search) page(tx Tx, r *Reader) (m ContactMatches, err error) {
	var last searchPlace
	ways, seen := x.criteria[0], 0
	for limit := x.size + 1; x.at.Way < len(ways); {
		if seen >= searchEffort {
			m.Next = x.at.cursor()
			return m, nil
		}
		hits, err := ways[x.at.Way].seek(tx, x.at, limit)
		if err != nil {
			return m, err
		}
		cs := contactsOf(hits)
		if err := dropDeletedShares(tx.Visibility(), cs); err != nil {
			return m, err
		}
		if err := r.learn(tx.Visibility(), cs); err != nil {
			return m, err
		}
		had := len(m.Contacts)
		for i, h := range hits {
			h.contact = cs[i]
			if !x.first(h) || r.Sees(h.contact) == NotVisible {
				continue
			}
			if int64(len(m.Contacts)) == x.size {
				m.Next = last.cursor()
				return m, nil
			}
			m.Contacts = append(m.Contacts, h.contact)
			last = h.searchPlace
			last.Way = x.at.Way
		}
		seen += len(hits)
		whole := int64(len(hits)) < limit
		if 2*(len(m.Contacts)-had) >= len(hits) {
			limit = x.size + 1 - int64(len(m.Contacts)) + 2 // about what is still needed
		} else {
			limit = min(limit*2, 500)
		}
		if whole {
			x.at = searchPlace{Way: x.at.Way + 1}
			continue
		}
		way := x.at.Way
		x.at = hits[len(hits)-1].searchPlace
		x.at.Way = way
	}
	return m, nil
}

func contactsOf(hits []hit) []Contact {
	cs := make([]Contact, len(hits))
	for i := range hits {
		cs[i] = hits[i].contact
	}
	return cs
}

// first reports whether the contact meets all criteria and is found here first:
// by no earlier way, nor by an earlier term of this way. So each match is
// returned once, without remembering the pages before.
func (x *search) first(h hit) bool {
	terms := h.contact.fullTerms()
	for i, w := range x.criteria[0] {
		if i == x.at.Way {
			if _, ok := w.matches(h.contact, terms); !ok {
				return false
			}
			break
		}
		if _, ok := w.matches(h.contact, terms); ok {
			return false
		}
	}
	if term, _ := x.criteria[0][x.at.Way].matches(h.contact, terms); term != h.term {
		return false
	}
	for _, ways := range x.criteria[1:] {
		if !slices.ContainsFunc(ways, func(w way) bool { _, ok := w.matches(h.contact, terms); return ok }) {
			return false
		}
	}
	return true
}
