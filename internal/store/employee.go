package store

import "github.com/mingce/mingce/internal/directory"

const (
	selectEmployee = `SELECT user_id, name, dept_ids, mobile, admin, account_type, outer_org, outer_user_id, disabled, created_at
		FROM employee WHERE org = ?`
	mobilePurpose = "employee.mobile"
)

func (t *tx) scanEmployee(r *row) (e directory.Employee, err error) {
	e = directory.Employee{
		UserID: r.Text(0), Name: r.Text(1), Admin: r.Bool(4), AccountType: r.Text(5),
		OuterOrg: text(r.NullText(6)), OuterUserID: text(r.NullText(7)), Disabled: r.Bool(8), CreatedAt: fromMillis(r.Int(9)),
	}
	if e.DeptIDs, err = readList[int64](r, 2); err != nil {
		return e, err
	}
	e.Mobile, err = t.open("employee", e.UserID, "mobile", r.Bytes(3))
	return e, err
}

// Employee implements [directory.EmployeeTx].
func (t *tx) Employee(userID string) (e directory.Employee, err error) {
	ok, err := t.one(selectEmployee+" AND user_id = ?", args{t.org, userID}, func(r *row) (err error) {
		e, err = t.scanEmployee(r)
		return err
	})
	return e, found(ok, err, directory.ErrEmployeeNotFound)
}

// MissingEmployees implements [directory.EmployeeTx].
func (t *tx) MissingEmployees(userIDs []string) ([]string, error) {
	l := lookup[string]{ids: userIDs}
	if len(userIDs) == 0 {
		return nil, nil
	}
	if err := t.batch(t.readEmployees(&l)); err != nil {
		return nil, err
	}
	return l.missing(), nil
}

var employeeLookup = newLookupText("SELECT user_id FROM employee WHERE org = ? AND user_id IN")

func (t *tx) readEmployees(l *lookup[string]) *read {
	return l.read(t, employeeLookup, (*row).Text)
}

// EmployeeByMobile implements [directory.EmployeeTx].
func (t *tx) EmployeeByMobile(mobile string) (e directory.Employee, err error) {
	ok, err := t.one(selectEmployee+" AND mobile_index = ? ORDER BY user_id LIMIT 1", args{t.org, t.blind(mobilePurpose, mobile)}, func(r *row) (err error) {
		e, err = t.scanEmployee(r)
		return err
	})
	return e, found(ok, err, directory.ErrEmployeeNotFound)
}

// PutEmployee implements [directory.EmployeeTx].
func (t *tx) PutEmployee(e directory.Employee) {
	var mobile, index []byte
	if e.Mobile != "" {
		mobile, index = t.seal("employee", e.UserID, "mobile", e.Mobile), t.blind(mobilePurpose, e.Mobile)
	}
	if e.DeptIDs == nil {
		e.DeptIDs = []int64{}
	}
	t.write(`INSERT INTO employee (org, user_id, name, dept_ids, mobile, mobile_index, admin, account_type, outer_org, outer_user_id,
			disabled, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (org, user_id) DO UPDATE SET name = excluded.name, dept_ids = excluded.dept_ids, mobile = excluded.mobile,
			mobile_index = excluded.mobile_index, admin = excluded.admin, account_type = excluded.account_type,
			outer_org = excluded.outer_org, outer_user_id = excluded.outer_user_id, disabled = excluded.disabled`,
		t.org, e.UserID, e.Name, jsonText(e.DeptIDs), mobile, index, e.Admin, e.AccountType,
		optional(e.OuterOrg), optional(e.OuterUserID), e.Disabled, millis(e.CreatedAt))
}
