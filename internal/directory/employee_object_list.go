package directory

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// EmployeeFind says which employees a list reads. Zero criteria select all.
type EmployeeFind struct {
	// AnyOf: with a term that begins with one of these, or with one of the
	// numbers. What it finds includes all matches, and may include more.
	AnyOf *EmployeeText

	Dept         int64 // members of the department
	Recursive    bool  // and of those below it
	Phone        string
	Email        string // the contact, business or login address, in any letter case
	UpdatedSince time.Time
	Scope        *Scope // in this range; nil is everybody

	Sort    ObjectSort
	Reverse bool
	// After is the last employee of the page before.
	After *EmployeePlace
	Limit int64
}

// EmployeeText is a text that is searched for among employees.
type EmployeeText struct {
	Terms  []string // beginnings of terms
	Phones []string
}

// EmployeePlace is an employee's position in a list.
type EmployeePlace struct {
	Name                 string
	CreatedAt, UpdatedAt time.Time
	UserID               string
}

// employeeWays are the ways in which a text finds employees.
type employeeWays struct {
	names []termWay
	phone string
}

func (w *employeeWays) find(e Employee) bool {
	return w == nil || w.phone != "" && e.Mobile == w.phone || nameFound(e.Name, w.names)
}

func (employeeEditor) list(s *Session, tx Tx, q ObjectQuery) (ObjectPage, error) {
	f, ways, err := s.employeeFind(q)
	if err != nil {
		return ObjectPage{}, err
	}
	var p ObjectPage
	if q.Count {
		if p.Total, err = countEmployees(tx, f, ways); err != nil {
			return ObjectPage{}, err
		}
	}
	f.Limit = int64(q.Limit + 1)
	for last := (Employee{}); ; f.Limit = filterChunk {
		es, end, err := nextEmployees(tx, &f, ways)
		if err != nil {
			return ObjectPage{}, err
		}
		for _, e := range es {
			if len(p.Items) == q.Limit {
				p.Next = employeePlace(last).cursor(q.Sort)
				return p, nil
			}
			p.Items, last = append(p.Items, s.employeeObject(e)), e
		}
		if end {
			return p, nil
		}
	}
}

// nextEmployees reads the next employees and moves the place on. It returns
// those that match, and whether there are no more.
func nextEmployees(tx Tx, f *EmployeeFind, ways *employeeWays) (es []Employee, end bool, err error) {
	if es, err = tx.Employees().FindEmployees(*f); err != nil {
		return nil, false, err
	}
	if end = int64(len(es)) < f.Limit; len(es) > 0 {
		f.After = employeePlace(es[len(es)-1])
	}
	return slices.DeleteFunc(es, func(e Employee) bool { return !ways.find(e) }), end, nil
}

func countEmployees(tx Tx, f EmployeeFind, ways *employeeWays) (n int64, err error) {
	f.After = nil
	if ways == nil {
		return tx.Employees().CountFoundEmployees(f)
	}
	for f.Limit = 1000; ; {
		es, end, err := nextEmployees(tx, &f, ways)
		if n += int64(len(es)); err != nil || end {
			return n, err
		}
	}
}

// employeeFind turns a query into what the store reads.
func (s *Session) employeeFind(q ObjectQuery) (f EmployeeFind, ways *employeeWays, err error) {
	if q.Label != 0 || q.Follower != "" || q.Parent != 0 || q.Group != "" {
		return f, nil, ErrQuery
	}
	f = EmployeeFind{Dept: q.Dept, Recursive: q.Recursive, Email: q.Email, UpdatedSince: q.UpdatedSince, Sort: q.Sort, Reverse: q.Reverse}
	if s.limited() {
		f.Scope = &s.caller.Scope
	}
	if q.Mobile != "" {
		phone, _, err := readPhone(q.Mobile, s.dir.settings.HomeCountry)
		if err != nil {
			return f, nil, errors.Join(ErrQuery, err)
		}
		f.Phone = phone.String()
	}
	if strings.TrimSpace(q.Text) != "" {
		ways = s.employeeWays(q.Text)
		if len(ways.names) == 0 && ways.phone == "" {
			return f, nil, ErrSearchTooVague
		}
		f.AnyOf = &EmployeeText{}
		for _, w := range ways.names {
			f.AnyOf.Terms = append(f.AnyOf.Terms, cutTerm(w.prefix()))
		}
		if ways.phone != "" {
			f.AnyOf.Phones = []string{ways.phone}
		}
	}
	if q.After != "" {
		f.After, err = parseEmployeePlace(q.After, q.Sort)
	}
	return f, ways, err
}

// employeeWays are the ways of a text: those of [Session.SearchEmployees] and,
// for who may see numbers, a whole number.
func (s *Session) employeeWays(text string) *employeeWays {
	w := &employeeWays{}
	if names := nameWays(text); names[0].key != "" {
		w.names = names
	}
	if s.caller.Kind != AppCaller || s.caller.May(PermissionMobile) {
		w.phone, _ = s.dir.readMobile(text)
	}
	return w
}

func employeePlace(e Employee) *EmployeePlace {
	return &EmployeePlace{e.Name, e.CreatedAt, e.UpdatedAt, e.UserID}
}

// cursor is the place as [ObjectPage.Next] carries it.
func (p *EmployeePlace) cursor(by ObjectSort) string {
	at := p.CreatedAt
	switch by {
	case ByName:
		return objectPlace{p.Name, p.UserID}.String()
	case ByUpdate:
		at = p.UpdatedAt
	}
	return objectPlace{strconv.FormatInt(at.UnixMilli(), 10), p.UserID}.String()
}

func parseEmployeePlace(text string, by ObjectSort) (*EmployeePlace, error) {
	place, err := parsePlace(text)
	if err != nil {
		return nil, err
	}
	p := &EmployeePlace{Name: place.key, UserID: place.id}
	if by != ByName {
		ms, err := strconv.ParseInt(place.key, 10, 64)
		if err != nil {
			return nil, ErrSearchCursor
		}
		p.CreatedAt, p.UpdatedAt = time.UnixMilli(ms), time.UnixMilli(ms)
	}
	return p, nil
}
