package directory

import (
	"context"
	"time"
)

// LoginDayTx writes and reads the days on which people logged in.
type LoginDayTx interface {
	// PutLoginDay notes that an employee logged in on a day, and forgets the
	// days before since.
	PutLoginDay(userID string, day, since int64)
	// UsersByLogin returns a page of the employees who did, or did not, log in
	// on a day, in the order of their user ids.
	UsersByLogin(q LoginDayPage) ([]string, error)
}

// LoginDayPage asks for a page of the employees who logged in on a day or, if
// not Active, did not: those after After or, if it is "", after the first Skip.
type LoginDayPage struct {
	Day     int64 // 20261122
	Active  bool
	DeptIDs []int64 // only their direct members; nil: everybody
	After   string
	Skip    int64
	Size    int64
}

// LoginDays is for how many days it is kept who logged in, today among them
// (docs/spec/dingtalk-older-paths.md#people-who-did-not-log-in).
const LoginDays = 31

// dayOf returns the day of a time in China, as 20261122.
func dayOf(t time.Time) int64 {
	y, m, d := t.In(Zone).Date()
	return int64(y)*10_000 + int64(m)*100 + int64(d)
}

// noteLogin notes that a person logged in today. It only writes.
func (s *Session) noteLogin(tx Tx, userID string) {
	tx.Logins().PutLoginDay(userID, dayOf(s.now), dayOf(s.now.AddDate(0, 0, 1-LoginDays)))
}

// IsLoginDay reports whether day, as 20261122, is one of the last LoginDays.
func (s *Session) IsLoginDay(day string) bool {
	t, err := time.ParseInLocation("20060102", day, Zone)
	return err == nil && dayOf(t) <= dayOf(s.now) && dayOf(t) > dayOf(s.now.AddDate(0, 0, -LoginDays))
}

// UsersByLogin returns the user ids of up to q.Size employees after the first
// q.Skip ones, and how many to skip for the next page, 0 if there is none. An
// app sees only people in its range, so a page may hold fewer. It returns
// ErrDepartmentNotFound or ErrDepartmentOutOfRange.
func (s *Session) UsersByLogin(ctx context.Context, q LoginDayPage) (userIDs []string, next int64, err error) {
	place := s.userIDPage(LoginDayPage{Day: q.Day, Active: q.Active, DeptIDs: q.DeptIDs}, q.Skip)
	return s.pageOfUserIDs(ctx, place, q.Size, func(tx Tx, after string, skip, size int64) ([]string, error) {
		if err := s.departmentsInRange(tx, q.DeptIDs); err != nil {
			return nil, err
		}
		q.After, q.Skip, q.Size = after, skip, size
		return tx.Logins().UsersByLogin(q)
	})
}
