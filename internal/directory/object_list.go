package directory

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrQuery: a query has a filter that its kind does not know, or an order that
// does not exist.
var ErrQuery = errors.New("the kind cannot be listed like that")

// ObjectSort is an order of a list. Objects that are equal in it are in the
// order of their ids.
type ObjectSort string

// The orders.
const (
	ByCreation ObjectSort = "created"
	ByName     ObjectSort = "name"
	ByUpdate   ObjectSort = "updated"
)

// ObjectQuery selects objects of a kind that meet all criteria; zero ones select
// all. Each kind knows those that are named for it.
type ObjectQuery struct {
	Kind    Kind
	Text    string // as [ContactQuery.Text] and [Session.SearchDepartments]; a part of the name of other kinds
	Sort    ObjectSort
	Reverse bool
	After   string // Next of the page before
	Limit   int    // 1 to 200
	Count   bool   // wants Total

	Label        int64     // contacts
	Follower     string    // contacts
	Dept         int64     // contacts shared with it, employees in it
	Recursive    bool      // with the departments below Dept or Parent
	Mobile       string    // contacts, employees: "86-13800000001"
	Email        string    // contacts, employees
	UpdatedSince time.Time // contacts, employees
	Parent       int64     // departments
	Group        string    // labels: id or name of the group
}

// ObjectPage is a page of a list.
type ObjectPage struct {
	Items []Object
	Next  string // "": there is no more. It is bound to nothing: callers sign it
	Total int64  // if the query wants it
}

// Objects returns a page of the objects that match and that the caller sees, or
// ErrQuery. All of the page is of one moment.
func (s *Session) Objects(ctx context.Context, q ObjectQuery) (p ObjectPage, err error) {
	q.Sort = cmp.Or(q.Sort, ByCreation)
	q.Limit = min(max(q.Limit, 1), MaxObjectPage)
	err = s.view(ctx, func(tx Tx) error {
		p, err = editors[q.Kind].list(s, tx, q)
		return err
	})
	return p, err
}

// MaxObjectPage is the largest page.
const MaxObjectPage = 200

// pageOf is the page of a kind of which there are few enough to read them all.
func pageOf(all []Object, q ObjectQuery) (ObjectPage, error) {
	key := func(o Object) string { return o.sortKey(q.Sort) }
	order := func(a, b Object) int {
		c := cmp.Or(strings.Compare(key(a), key(b)), compareIDs(a.ID, b.ID))
		if q.Reverse {
			return -c
		}
		return c
	}
	if q.Text != "" {
		text := NameKey(q.Text)
		all = slices.DeleteFunc(all, func(o Object) bool { return !strings.Contains(NameKey(o.Values.Text("name")), text) })
	}
	slices.SortFunc(all, order)
	p := ObjectPage{Total: int64(len(all))}
	if q.After != "" {
		last, err := parsePlace(q.After)
		if err != nil {
			return ObjectPage{}, err
		}
		i, _ := slices.BinarySearchFunc(all, last, func(o Object, l objectPlace) int {
			c := cmp.Or(strings.Compare(key(o), l.key), compareIDs(o.ID, l.id))
			if q.Reverse {
				c = -c
			}
			if c == 0 {
				return -1 // the place itself was on the page before
			}
			return c
		})
		all = all[i:]
	}
	p.Items = all[:min(len(all), q.Limit)]
	if len(all) > q.Limit {
		last := p.Items[q.Limit-1]
		p.Next = objectPlace{key(last), last.ID}.String()
	}
	return p, nil
}

// sortKey is a text whose byte order is that of the list.
func (o Object) sortKey(by ObjectSort) string {
	switch by {
	case ByName:
		return o.Values.Text("name")
	case ByUpdate:
		return timeKey(o.UpdatedAt)
	}
	return timeKey(o.CreatedAt)
}

func timeKey(t time.Time) string {
	digits := strconv.FormatInt(max(0, t.UnixMilli()), 10)
	return strings.Repeat("0", max(0, 16-len(digits))) + digits
}

// compareIDs compares decimal ids by their value, others by bytes.
func compareIDs(a, b string) int {
	if digitsOnly(a) == nil && digitsOnly(b) == nil && len(a) != len(b) {
		return cmp.Compare(len(a), len(b))
	}
	return strings.Compare(a, b)
}

// objectPlace is a position in a list: after the object with that key and id.
type objectPlace struct{ key, id string }

func (p objectPlace) String() string { return strconv.Itoa(len(p.key)) + ":" + p.key + p.id }

func parsePlace(text string) (objectPlace, error) {
	length, rest, ok := strings.Cut(text, ":")
	n, err := strconv.Atoi(length)
	if !ok || err != nil || n < 0 || n > len(rest) {
		return objectPlace{}, ErrSearchCursor
	}
	return objectPlace{rest[:n], rest[n:]}, nil
}
