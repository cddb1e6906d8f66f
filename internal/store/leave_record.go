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

// LeaveRecords implements [directory.LeaveRecordTx].
func (t *tx) LeaveRecords(from, to time.Time, after directory.LeavePlace, size int64) (records []directory.LeaveRecord, err error) {
	at := max(millis(from), after.At)
	err = t.Each(`SELECT id, user_id, name, mobile, account_type, dept_ids, left_at, reason FROM leave_record
		WHERE org = ? AND left_at >= ? AND left_at <= ? AND (left_at > ? OR id > ?) ORDER BY left_at, id LIMIT ?`,
		args{t.Org, at, millis(to), after.At, after.ID, size}, func(r *row) (err error) {
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
