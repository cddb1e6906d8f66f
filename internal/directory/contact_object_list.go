package directory

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ContactFind says which contacts a list reads. Zero criteria select all.
type ContactFind struct {
	// AnyOf holds the ways in which a text is found: terms that begin with one
	// of Terms, a whole number, or the last four digits of one. What it finds
	// includes all matches, and may include more.
	AnyOf *ContactText

	Label        int64
	Follower     string
	Depts        []int64
	Phone, Email string
	UpdatedSince time.Time

	Sort    ObjectSort
	Reverse bool
	// After is the last contact of the page before.
	After *ContactPlace
	Limit int64
}

// ContactText is a text that is searched for among contacts.
type ContactText struct {
	Terms  []string // beginnings of terms
	Phones []string
	Last4s []string
}

// ContactPlace is a contact's position in a list.
type ContactPlace struct {
	Name      string
	UpdatedAt time.Time
	Ordinal   int64
}

func contactText(ways []way) *ContactText {
	t := &ContactText{}
	for _, w := range ways {
		switch w := w.(type) {
		case termWay:
			t.Terms = append(t.Terms, cutTerm(w.prefix()))
		case mainlandWay:
			t.Phones = append(t.Phones, "86-"+string(w))
		case numberWay:
			t.Last4s = append(t.Last4s, w.number[len(w.number)-4:])
		case last4Way:
			t.Last4s = append(t.Last4s, string(w))
		}
	}
	return t
}

func (contactEditor) list(s *Session, tx Tx, q ObjectQuery) (ObjectPage, error) {
	f, ways, err := s.contactFind(tx, q)
	if err != nil {
		return ObjectPage{}, err
	}
	r, err := s.reader(tx)
	if err != nil {
		return ObjectPage{}, err
	}
	var p ObjectPage
	if q.Count {
		if p.Total, err = s.countContacts(tx, r, f, ways); err != nil {
			return ObjectPage{}, err
		}
	}
	f.Limit = int64(q.Limit + 1)
	for last := (Contact{}); ; f.Limit = filterChunk {
		cs, end, err := nextContacts(tx, r, &f, ways)
		if err != nil {
			return ObjectPage{}, err
		}
		for _, c := range cs {
			if len(p.Items) == q.Limit {
				p.Next = contactPlace(last).cursor(q.Sort)
				return p, nil
			}
			p.Items, last = append(p.Items, c.object()), c
		}
		if end {
			return p, nil
		}
	}
}

// nextContacts reads the next contacts and moves the place on. It returns those
// that match and that the reader sees, and whether there are no more.
func nextContacts(tx Tx, r *Reader, f *ContactFind, ways []way) (cs []Contact, end bool, err error) {
	if cs, err = tx.ContactList().FindContacts(*f); err != nil {
		return nil, false, err
	}
	if end = int64(len(cs)) < f.Limit; len(cs) > 0 {
		f.After = contactPlace(cs[len(cs)-1])
	}
	if err := dropDeletedShares(tx.Visibility(), cs); err != nil {
		return nil, false, err
	}
	if err := r.learn(tx.Visibility(), cs); err != nil {
		return nil, false, err
	}
	return slices.DeleteFunc(cs, func(c Contact) bool { return r.Sees(c) == NotVisible || !c.found(ways) }), end, nil
}

// found reports whether one of the ways finds the contact; no ways find all.
func (c Contact) found(ways []way) bool {
	if len(ways) == 0 {
		return true
	}
	terms := c.fullTerms()
	return slices.ContainsFunc(ways, func(w way) bool { _, ok := w.matches(c, terms); return ok })
}

func (s *Session) countContacts(tx Tx, r *Reader, f ContactFind, ways []way) (n int64, err error) {
	f.After = nil
	if len(ways) == 0 && r.seesAll() {
		return tx.ContactList().CountFound(f)
	}
	for f.Limit = 1000; ; {
		cs, end, err := nextContacts(tx, r, &f, ways)
		if n += int64(len(cs)); err != nil || end {
			return n, err
		}
	}
}

// contactFind turns a query into what the store reads.
func (s *Session) contactFind(tx Tx, q ObjectQuery) (f ContactFind, ways []way, err error) {
	if q.Parent != 0 || q.Group != "" {
		return f, nil, ErrQuery
	}
	f = ContactFind{Label: q.Label, Follower: q.Follower, Email: strings.ToLower(q.Email), UpdatedSince: q.UpdatedSince, Sort: q.Sort, Reverse: q.Reverse}
	if q.Mobile != "" {
		phone, _, err := readPhone(q.Mobile, s.dir.settings.HomeCountry)
		if err != nil {
			return f, nil, errors.Join(ErrQuery, err)
		}
		f.Phone = phone.String()
	}
	if q.Dept != 0 {
		f.Depts = []int64{q.Dept}
		if q.Recursive {
			below, err := tx.Departments().DepartmentTree(q.Dept)
			if err != nil {
				return f, nil, err
			}
			for _, d := range below {
				f.Depts = append(f.Depts, d.ID)
			}
			f.Depts = distinct(f.Depts)
		}
	}
	if strings.TrimSpace(q.Text) != "" {
		if ways = append(textWays(q.Text), phoneWays(q.Text, s.dir.settings.HomeCountry)...); len(ways) == 0 {
			return f, nil, ErrSearchTooVague
		}
		f.AnyOf = contactText(ways)
	}
	if q.After != "" {
		f.After, err = parseContactPlace(q.After, q.Sort)
	}
	return f, ways, err
}

func contactPlace(c Contact) *ContactPlace { return &ContactPlace{c.Name, c.UpdatedAt, c.Ordinal} }

// cursor is the place as [ObjectPage.Next] carries it.
func (p *ContactPlace) cursor(by ObjectSort) string {
	place := objectPlace{id: strconv.FormatInt(p.Ordinal, 10)}
	switch by {
	case ByName:
		place.key = p.Name
	case ByUpdate:
		place.key = strconv.FormatInt(p.UpdatedAt.UnixMilli(), 10)
	}
	return place.String()
}

func parseContactPlace(text string, by ObjectSort) (*ContactPlace, error) {
	place, err := parsePlace(text)
	if err != nil {
		return nil, err
	}
	p := &ContactPlace{Name: place.key}
	if by == ByUpdate {
		ms, err := strconv.ParseInt(place.key, 10, 64)
		if err != nil {
			return nil, ErrSearchCursor
		}
		p.UpdatedAt = time.UnixMilli(ms)
	}
	if p.Ordinal, err = strconv.ParseInt(place.id, 10, 64); err != nil {
		return nil, ErrSearchCursor
	}
	return p, nil
}
