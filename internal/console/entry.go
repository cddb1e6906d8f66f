package console

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/api"
)

// Entry is one error of the error centre. A code may have several entries: two
// products can use one number for different errors.
type Entry struct {
	Code       *api.Code
	Families   []api.Family     // wires it occurs on
	Operations []*api.Operation // that answer it; empty for a gateway's own
	OfGateway  bool             // any operation of the family can answer it
}

// meaning is the key by which equal declarations become one entry.
type meaning struct {
	http      int
	code, msg string
	why, fix  api.Text
}

func meaningOf(c *api.Code) meaning { return meaning{c.HTTP, c.Code, c.Msg, c.Why, c.Fix} }

// Entries lists every documented error once, ordered by code.
func Entries(c *api.Catalogue, gateways []Gateway) []*Entry {
	var list []*Entry
	seen := map[meaning]*Entry{}
	enter := func(code *api.Code) *Entry {
		m := meaningOf(code)
		e := seen[m]
		if e == nil {
			e = &Entry{Code: code}
			seen[m] = e
			list = append(list, e)
		}
		return e
	}
	for _, o := range c.Operations() {
		for _, code := range o.Codes() {
			e := enter(code)
			if !slices.Contains(e.Operations, o) {
				e.Operations = append(e.Operations, o)
			}
			for _, r := range o.Routes {
				e.seenOn(r.Family)
			}
		}
	}
	for _, g := range gateways {
		for _, code := range g.Codes {
			e := enter(code)
			e.OfGateway = true
			e.seenOn(g.Family)
		}
	}
	slices.SortStableFunc(list, func(a, b *Entry) int { return compareCodes(a.Code.Code, b.Code.Code) })
	return list
}

// Status is the HTTP status of the answer: TOP and oapi always answer 200.
func (e *Entry) Status() int { return status(e.Code) }

func status(c *api.Code) int { return cmp.Or(c.HTTP, http.StatusOK) }

func (e *Entry) seenOn(f api.Family) {
	if !slices.Contains(e.Families, f) {
		e.Families = append(e.Families, f)
	}
}

// matches reports whether every word of the query occurs in the entry.
func (e *Entry) matches(words []string) bool {
	c := e.Code
	text := strings.ToLower(strings.Join([]string{c.Code, c.Sub, c.Msg, c.Why.Zh, c.Why.En, c.Fix.Zh, c.Fix.En}, "\n"))
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// compareCodes orders numbers by value before texts by letter.
func compareCodes(a, b string) int {
	na, nb := isNumber(a), isNumber(b)
	switch {
	case na && nb:
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	case na:
		return -1
	case nb:
		return 1
	}
	return cmp.Compare(strings.ToLower(a), strings.ToLower(b))
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789-") == "" }
