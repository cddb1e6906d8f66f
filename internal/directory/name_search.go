package directory

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// NameHit is an employee or a department found by one term of its name.
type NameHit[ID cmp.Ordered] struct {
	Term string
	ID   ID
	Name string
}

// NameSearchTx finds employees and departments by the terms of their names, in
// an order that is the same in every store: byte order of terms, then ids. Only
// what the range r covers is found; nil covers everything.
type NameSearchTx interface {
	// EmployeesByTerm returns employees with a term that has the prefix, after
	// a position; an employee is returned once for each such term.
	EmployeesByTerm(prefix string, after NameHit[string], r *Scope, limit int64) ([]NameHit[string], error)
	// CountEmployeesByTerms counts those with a term that begins with any of the
	// prefixes, each once, up to a limit.
	CountEmployeesByTerms(prefixes []string, r *Scope, limit int64) (int64, error)
	// DepartmentsByTerm and CountDepartmentsByTerms do the same for departments.
	DepartmentsByTerm(prefix string, after NameHit[int64], r *Scope, limit int64) ([]NameHit[int64], error)
	CountDepartmentsByTerms(prefixes []string, r *Scope, limit int64) (int64, error)
}

// MaxNameCount bounds the cost of counting the matches of a vague word: a
// larger count is a lower bound
// (docs/spec/org-accounts.md#count-of-a-name-search).
const MaxNameCount = 1000

// NameMatches is a page of the ids that a search by name found.
type NameMatches[ID cmp.Ordered] struct {
	IDs  []ID
	More bool // there is another page
	// Count is the number of all matches. Above MaxNameCount it is a lower
	// bound that exceeds the matches returned so far if, and only if, there are
	// more.
	Count int64
}

// SearchEmployees returns the user ids of a page of the employees whose name
// matches, in the caller's range (docs/spec/org-accounts.md#search-by-name): by
// a part of the name, the beginning of its pinyin or of its initials or, if
// exact, the whole name. Names that begin with the word come first, names that
// merely contain it last. page counts from 0.
func (s *Session) SearchEmployees(ctx context.Context, word string, exact bool, page, size int64) (NameMatches[string], error) {
	return searchNames(ctx, s, s.nameQuery("employee", word, exact), page, size, NameSearchTx.EmployeesByTerm, NameSearchTx.CountEmployeesByTerms)
}

// SearchDepartments does the same for departments.
func (s *Session) SearchDepartments(ctx context.Context, word string, page, size int64) (NameMatches[int64], error) {
	return searchNames(ctx, s, s.nameQuery("department", word, false), page, size, NameSearchTx.DepartmentsByTerm, NameSearchTx.CountDepartmentsByTerms)
}

// nameQuery is what all pages of one search have in common.
type nameQuery struct {
	org, noun, word, scope string
	exact                  bool
}

func (s *Session) nameQuery(noun, word string, exact bool) nameQuery {
	w := nameQuery{org: s.org, noun: noun, word: strings.TrimSpace(word), exact: exact}
	if s.limited() {
		w.scope = fmt.Sprint(s.caller.Scope)
	}
	return w
}

// namePage identifies a page of a query by the number of matches before it. The
// query is hashed, because the caller chooses the word and scopes may be long.
type namePage struct {
	walk [16]byte
	skip int64
}

func (w nameQuery) page(skip int64) namePage {
	p := namePage{skip: skip}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %t", w.org, w.noun, w.word, w.scope, w.exact))
	copy(p.walk[:], sum[:])
	return p
}

// nameMark is where the page before ended, and the count it returned.
type nameMark struct {
	way   int
	after any // a NameHit
	count int64
}

// nameSearch iterates over the matches of a word.
type nameSearch[ID cmp.Ordered] struct {
	ways  []termWay
	exact string // the whole name, or ""
	way   int
	after NameHit[ID]
	seek  func(prefix string, after NameHit[ID], limit int64) ([]NameHit[ID], error)
}

func searchNames[ID cmp.Ordered](ctx context.Context, s *Session, w nameQuery, page, size int64,
	seek func(NameSearchTx, string, NameHit[ID], *Scope, int64) ([]NameHit[ID], error),
	count func(NameSearchTx, []string, *Scope, int64) (int64, error),
) (m NameMatches[ID], err error) {
	var scope *Scope
	if s.limited() {
		scope = &s.caller.Scope
	}
	at := w.page(page * size)
	var next nameMark
	err = s.view(ctx, func(tx Tx) error {
		m = NameMatches[ID]{}
		x := nameSearch[ID]{ways: nameWays(w.word), seek: func(prefix string, after NameHit[ID], limit int64) ([]NameHit[ID], error) {
			return seek(tx.NameSearch(), prefix, after, scope, limit)
		}}
		if w.exact {
			x.ways, x.exact = x.ways[:1], w.word
		}
		if x.ways[0].key == "" {
			return nil // only punctuation: no name can match
		}
		skip := at.skip
		mark, known := s.dir.nameMarks.find(at)
		if known {
			x.way, x.after, m.Count, skip = mark.way, mark.after.(NameHit[ID]), mark.count, 0
		} else if m.Count, err = x.count(func(prefixes []string) (int64, error) { return count(tx.NameSearch(), prefixes, scope, MaxNameCount) }); err != nil {
			return err
		}
		if err := x.page(&m, skip, size); err != nil {
			return err
		}
		next = nameMark{x.way, x.after, m.Count}
		if seen := at.skip + int64(len(m.IDs)); m.More {
			m.Count = max(m.Count, seen+1)
		} else if m.Count >= MaxNameCount && len(m.IDs) > 0 {
			m.Count = seen
		}
		return nil
	})
	if err == nil && m.More {
		s.dir.nameMarks.remember(w.page(at.skip+size), next)
	}
	return m, err
}

// count uses only the index if the stored prefixes of terms decide what
// matches. For whole names and very long words they do not; those have few
// matches, which are compared one by one.
func (x nameSearch[ID]) count(inIndex func(prefixes []string) (int64, error)) (int64, error) {
	short := utf8.RuneCountInString(x.ways[0].key) < MaxTermRunes
	if x.exact == "" && short {
		prefixes := make([]string, len(x.ways))
		for i, w := range x.ways {
			prefixes[i] = w.prefix()
		}
		return inIndex(prefixes)
	}
	var all NameMatches[ID]
	err := x.page(&all, 0, MaxNameCount)
	return int64(len(all.IDs)), err
}

// page adds the matches after the first skip ones to m, and moves x to the last
// of them. It looks for one more than asked for, to know whether there is a
// next page.
func (x *nameSearch[ID]) page(m *NameMatches[ID], skip, size int64) error {
	way, after := x.way, x.after
	for way < len(x.ways) {
		limit := min(max(skip+size+1-int64(len(m.IDs)), 20), 1000)
		hits, err := x.seek(cutTerm(x.ways[way].prefix()), after, limit)
		if err != nil {
			return err
		}
		for _, h := range hits {
			after = h
			switch {
			case !x.first(way, h):
			case skip > 0:
				skip--
			case int64(len(m.IDs)) == size:
				m.More = true
				return nil
			default:
				m.IDs = append(m.IDs, h.ID)
				x.way, x.after = way, h
			}
		}
		if int64(len(hits)) < limit {
			way, after = way+1, NameHit[ID]{}
		}
	}
	return nil
}

// first reports whether the name matches and is found here first, as
// [search.first] does for contacts.
func (x *nameSearch[ID]) first(way int, h NameHit[ID]) bool {
	if x.exact != "" {
		return h.Name == x.exact
	}
	terms := nameTerms(h.Name)
	if slices.ContainsFunc(x.ways[:way], func(w termWay) bool { _, ok := w.first(terms); return ok }) {
		return false
	}
	term, ok := x.ways[way].first(terms)
	return ok && term == h.Term
}
