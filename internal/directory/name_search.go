package directory

import (
	"context"
	"strings"
)

// NameMatch selects employees or departments by their name.
type NameMatch struct {
	Word  string // any part of the name, or the beginning of its spelling in letters
	Exact bool   // the whole name
	Range *Scope // only what it covers; nil is everything
	Skip  int64
	Size  int64
}

// NameSearchTx seeks by name. The count is of everything that matches.
type NameSearchTx interface {
	// EmployeesByName returns a page in the order of user ids.
	EmployeesByName(m NameMatch) (userIDs []string, count int64, err error)
	// DepartmentsByName returns a page in the order of ids.
	DepartmentsByName(m NameMatch) (ids []int64, count int64, err error)
}

// SearchEmployees returns the user ids of a page of the employees whose name
// matches, in the caller's range, and how many match (dingtalk-org-accounts C5
// row 19 [doc0060]). page counts from 0.
func (s *Session) SearchEmployees(ctx context.Context, word string, exact bool, page, size int64) (ids []string, count int64, err error) {
	err = s.view(ctx, func(tx Tx) error {
		ids, count, err = tx.EmployeesByName(s.match(word, exact, page, size))
		return err
	})
	return ids, count, err
}

// SearchDepartments does the same for departments (row 20 [doc0080]).
func (s *Session) SearchDepartments(ctx context.Context, word string, page, size int64) (ids []int64, count int64, err error) {
	err = s.view(ctx, func(tx Tx) error {
		ids, count, err = tx.DepartmentsByName(s.match(word, false, page, size))
		return err
	})
	return ids, count, err
}

func (s *Session) match(word string, exact bool, page, size int64) NameMatch {
	m := NameMatch{Word: strings.TrimSpace(word), Exact: exact, Skip: page * size, Size: size}
	if s.limited() {
		m.Range = &s.caller.Scope
	}
	return m
}
