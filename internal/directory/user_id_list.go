package directory

import (
	"context"
	"errors"
	"slices"
)

// userIDPage identifies a page of a list of user ids.
type userIDPage struct {
	org, list string
	cursor    int64
}

// EmployeeIDs returns the user ids of up to size employees after the first
// cursor ones, and the cursor of the next page, 0 if there is none. An app sees
// only people in its range, so a page may hold fewer.
func (s *Session) EmployeeIDs(ctx context.Context, cursor, size int64) (userIDs []string, next int64, err error) {
	return s.pageOfUserIDs(ctx, userIDPage{s.org, "", cursor}, size, func(tx Tx, after string, skip, size int64) ([]string, error) {
		return tx.Employees().EmployeeIDs(after, skip, size)
	})
}

// pageOfUserIDs reads a page of a list of employees that is in the order of
// their user ids.
func (s *Session) pageOfUserIDs(ctx context.Context, place userIDPage, size int64,
	read func(tx Tx, after string, skip, size int64) ([]string, error)) (userIDs []string, next int64, err error) {
	after, known := s.dir.idMarks.find(place)
	skip := place.cursor
	if known {
		skip = 0
	}
	last := ""
	err = s.view(ctx, func(tx Tx) error {
		next = 0
		if userIDs, err = read(tx, after, skip, size+1); err != nil {
			return err
		}
		if int64(len(userIDs)) > size {
			userIDs, next = userIDs[:size], place.cursor+size
			last = userIDs[size-1]
		}
		userIDs, err = s.userIDsInRange(tx, userIDs)
		return err
	})
	if err == nil && next > 0 {
		place.cursor = next
		s.dir.idMarks.remember(place, last)
	}
	return userIDs, next, err
}

// userIDsInRange returns those of the employees that the caller may see.
func (s *Session) userIDsInRange(tx Tx, userIDs []string) ([]string, error) {
	if !s.limited() {
		return userIDs, nil
	}
	es, err := tx.Employees().Employees(userIDs)
	if err != nil {
		return nil, err
	}
	seen := make([]string, 0, len(es))
	for _, e := range es {
		switch err := s.employeeInRange(tx, e); {
		case err == nil:
			seen = append(seen, e.UserID)
		case !errors.Is(err, ErrOutOfScope):
			return nil, err
		}
	}
	slices.Sort(seen)
	return seen, nil
}

// LeftEmployees returns the user ids of up to size people who are employees no
// more after the first cursor ones, those who left first at the beginning, and
// the cursor of the next page, 0 if there is none. An app sees only people in
// its range, so a page may hold fewer.
func (s *Session) LeftEmployees(ctx context.Context, cursor, size int64) (userIDs []string, next int64, err error) {
	place := userIDPage{s.org, "left", cursor}
	var last LeavePlace
	err = s.view(ctx, func(tx Tx) error {
		next = 0
		after, known := s.dir.leftMarks.find(place)
		skip := cursor
		if known {
			skip = 0
		}
		records, err := tx.LeaveRecords().LeftEmployees(after, skip, size+1)
		if err != nil {
			return err
		}
		if int64(len(records)) > size {
			records, next = records[:size], cursor+size
			end := records[size-1]
			last = LeavePlace{At: end.LeftAt.UnixMilli(), ID: end.ID}
		}
		records, err = s.leaveRecordsInRange(tx, records)
		userIDs = make([]string, len(records))
		for i, r := range records {
			userIDs[i] = r.UserID
		}
		return err
	})
	if err == nil && next > 0 {
		place.cursor = next
		s.dir.leftMarks.remember(place, last)
	}
	return userIDs, next, err
}
