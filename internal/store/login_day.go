package store

import "github.com/mingce/mingce/internal/directory"

// PutLoginDay implements [directory.LoginDayTx].
func (t *tx) PutLoginDay(userID string, day, since int64) {
	t.Write("DELETE FROM login_day WHERE org = ? AND day < ?", t.Org, since)
	t.Write("INSERT INTO login_day (org, user_id, day) VALUES (?, ?, ?) ON CONFLICT (org, user_id, day) DO NOTHING", t.Org, userID, day)
}

// UsersByLogin implements [directory.LoginDayTx].
func (t *tx) UsersByLogin(q directory.LoginDayPage) ([]string, error) {
	sql, a := `SELECT e.user_id FROM employee e WHERE e.org = ? AND e.user_id > ?
		AND NOT EXISTS (SELECT 1 FROM login_day d WHERE d.org = e.org AND d.user_id = e.user_id AND d.day = ?)`, args{t.Org, q.After, q.Day}
	if q.Active {
		sql = "SELECT e.user_id FROM login_day e WHERE e.org = ? AND e.user_id > ? AND e.day = ?"
	}
	if len(q.DeptIDs) > 0 {
		places, values := in(q.DeptIDs)
		sql, a = sql+" AND EXISTS (SELECT 1 FROM employee_dept m WHERE m.org = e.org AND m.user_id = e.user_id AND m.dept_id IN ("+places+"))", append(a, values...)
	}
	return t.texts(sql+" ORDER BY e.user_id LIMIT ? OFFSET ?", append(a, q.Size, q.Skip)...)
}
