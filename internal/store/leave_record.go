package store

import (
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// InsertLeaveRecord implements [directory.LeaveRecordTx].
func (t *tx) InsertLeaveRecord(r directory.LeaveRecord) {
	var mobile []byte
	if r.Mobile != "" {
		mobile = t.Seal("leave_record", r.ID, "mobile", r.Mobile)
	}
	if r.DeptIDs == nil {
		r.DeptIDs = []int64{}
	}
	t.Write(`INSERT INTO leave_record (org, left_at, id, user_id, name, mobile, account_type, dept_ids, reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		t.Org, millis(r.LeftAt), r.ID, r.UserID, r.Name, mobile, r.AccountType, jsonText(r.DeptIDs), r.Reason)
}

const selectLeaveRecord = `SELECT l.id, l.user_id, l.name, l.mobile, l.account_type, l.dept_ids, l.left_at, l.reason FROM leave_record l
	WHERE l.org = ? AND l.left_at >= ? AND (l.left_at > ? OR l.id > ?)`

// LeaveRecords implements [directory.LeaveRecordTx].
func (t *tx) LeaveRecords(from, to time.Time, after directory.LeavePlace, size int64) ([]directory.LeaveRecord, error) {
	at := max(millis(from), after.At)
	return t.leaveRecords(selectLeaveRecord+" AND l.left_at <= ? ORDER BY l.left_at, l.id LIMIT ?", t.Org, at, after.At, after.ID, millis(to), size)
}

// LeftEmployees implements [directory.LeaveRecordTx].
func (t *tx) LeftEmployees(after directory.LeavePlace, skip, size int64) ([]directory.LeaveRecord, error) {
	return t.leaveRecords(selectLeaveRecord+` AND NOT EXISTS (SELECT 1 FROM employee e WHERE e.org = l.org AND e.user_id = l.user_id)
			AND NOT EXISTS (SELECT 1 FROM leave_record o WHERE o.org = l.org AND o.user_id = l.user_id
				AND (o.left_at > l.left_at OR o.left_at = l.left_at AND o.id > l.id))
		ORDER BY l.left_at, l.id LIMIT ? OFFSET ?`, t.Org, after.At, after.At, after.ID, size, skip)
}

func (t *tx) leaveRecords(sql string, a ...any) (records []directory.LeaveRecord, err error) {
	err = t.Each(sql, a, func(r *row) (err error) {
		l := directory.LeaveRecord{ID: r.Text(0), UserID: r.Text(1), Name: r.Text(2), AccountType: r.Text(4), LeftAt: fromMillis(r.Int(6)), Reason: r.Text(7)}
		if l.DeptIDs, err = readList[int64](r, 5); err != nil {
			return err
		}
		l.Mobile, err = t.Open("leave_record", l.ID, "mobile", r.Bytes(3))
		records = append(records, l)
		return err
	})
	return records, err
}
