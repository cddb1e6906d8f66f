package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// LeaveRecord says that somebody was an employee and is none any more
// (docs/spec/org-accounts.md#leave-records).
type LeaveRecord struct {
	ID          string
	UserID      string
	Name        string
	Mobile      string // "86-13800001001"; "" if the organisation had none of its own
	AccountType string
	DeptIDs     []int64 // the departments it was in
	LeftAt      time.Time
	Reason      string
}

// Ways to leave.
const (
	LeftByAPI           = "oapi"   // an app deleted the employee
	LeftByAdministrator = "delete" // an administrator did
	LeftByAccount       = "cancel" // the account has ended
	LeftByResigning     = "leave"
	LeftUnknown         = "unknown"
)

// LeavePlace is a place in the list of leave records: after the record that
// left at At, in milliseconds, with that ID.
type LeavePlace struct {
	At int64
	ID string
}

// LeaveRecordTx writes and reads leave records.
type LeaveRecordTx interface {
	InsertLeaveRecord(r LeaveRecord)
	// LeaveRecords returns up to size records from a time on, up to and
	// including another and behind a place, in the order of their times.
	LeaveRecords(from, to time.Time, after LeavePlace, size int64) ([]LeaveRecord, error)
}

// ErrLeaveCursor: the cursor of a list of leave records was not issued by this
// server.
var ErrLeaveCursor = errors.New("leave cursor was not issued by this server")

// recordLeave writes that an employee left, in the transaction that deletes it.
func (s *Session) recordLeave(tx Tx, e Employee, reason string) {
	tx.LeaveRecords().InsertLeaveRecord(LeaveRecord{
		ID: s.dir.ids.Base62(16), UserID: e.UserID, Name: e.Name, Mobile: e.Mobile, AccountType: e.AccountType,
		DeptIDs: e.DeptIDs, LeftAt: s.now, Reason: reason,
	})
}

// LeaveRecords returns a page of those who left between two times, the earlier
// first, and the cursor of the next page, "" when there is none. An app sees
// the mobile as it would have seen the employee's, and only people of its
// range, so that a page may hold fewer than size. It returns ErrLeaveCursor.
func (s *Session) LeaveRecords(ctx context.Context, from, to time.Time, cursor string, size int64) (records []LeaveRecord, next string, err error) {
	after, err := parseLeaveCursor(cursor)
	if err != nil {
		return nil, "", err
	}
	err = s.view(ctx, func(tx Tx) error {
		next = ""
		records, err = tx.LeaveRecords().LeaveRecords(from, to, after, size+1)
		if err != nil {
			return err
		}
		if int64(len(records)) > size {
			records = records[:size]
			last := records[size-1]
			next = strconv.FormatInt(last.LeftAt.UnixMilli(), 10) + "." + last.ID
		}
		records, err = s.leaveRecordsInRange(tx, records)
		return err
	})
	for i, r := range records {
		sight := Sight{Reader: s.caller, Org: s.org, Employee: Employee{UserID: r.UserID, AccountType: r.AccountType}}
		if !sight.Sees(MobileField).Visible {
			records[i].Mobile = ""
		}
	}
	return records, next, err
}

func (s *Session) leaveRecordsInRange(tx Tx, records []LeaveRecord) ([]LeaveRecord, error) {
	if !s.limited() {
		return records, nil
	}
	var failed error
	return slices.DeleteFunc(records, func(r LeaveRecord) bool {
		err := s.employeeInRange(tx, Employee{UserID: r.UserID, DeptIDs: r.DeptIDs})
		if err != nil && !errors.Is(err, ErrOutOfScope) {
			failed = errors.Join(failed, err)
		}
		return err != nil
	}), failed
}

// parseLeaveCursor reads what LeaveRecords gave out; "" and "0" are the
// beginning.
func parseLeaveCursor(cursor string) (LeavePlace, error) {
	if cursor == "" || cursor == "0" {
		return LeavePlace{}, nil
	}
	at, id, ok := strings.Cut(cursor, ".")
	ms, err := strconv.ParseInt(at, 10, 64)
	if !ok || err != nil || id == "" || len(id) > 64 {
		return LeavePlace{}, fmt.Errorf("cursor of leave records: %w", ErrLeaveCursor)
	}
	return LeavePlace{At: ms, ID: id}, nil
}
