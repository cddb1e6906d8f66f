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

// LeaveRecord records that an employee left the organisation
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
	LeftByAccount       = "cancel" // the account was deleted
	LeftByResigning     = "leave"
	LeftUnknown         = "unknown"
)

// LeavePlace is a position in the list of leave records: after the record with
// the time At, in milliseconds, and that ID.
type LeavePlace struct {
	At int64
	ID string
}

// LeaveRecordTx writes and reads leave records.
type LeaveRecordTx interface {
	InsertLeaveRecord(r LeaveRecord)
	// LeaveRecords returns up to size records between two times, both included,
	// after a position, in the order of their times.
	LeaveRecords(from, to time.Time, after LeavePlace, size int64) ([]LeaveRecord, error)
	// LeftEmployees returns up to size records of people who are employees no
	// more, the last one of each, after a position and skip of them, in the
	// order of their times.
	LeftEmployees(after LeavePlace, skip, size int64) ([]LeaveRecord, error)
}

// ErrLeaveCursor: the cursor of a list of leave records was not issued by this
// server.
var ErrLeaveCursor = errors.New("leave cursor was not issued by this server")

// recordLeave writes the leave record in the transaction that deletes the
// employee.
func (s *Session) recordLeave(tx Tx, e Employee, reason string) {
	tx.LeaveRecords().InsertLeaveRecord(LeaveRecord{
		ID: s.dir.ids.Base62(16), UserID: e.UserID, Name: e.Name, Mobile: e.Mobile, AccountType: e.AccountType,
		DeptIDs: e.DeptIDs, LeftAt: s.now, Reason: reason,
	})
}

// LeaveRecords returns a page of the people who left between two times, the
// earliest first, and the cursor of the next page, "" if there is none. An app
// sees only people in its range, so a page may hold fewer than size, and sees
// their mobile under the same rules as before they left. It returns
// ErrLeaveCursor.
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

// parseLeaveCursor parses a cursor of LeaveRecords; "" and "0" are the
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
