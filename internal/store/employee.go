package store

import (
	"encoding/json"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/engine"
)

const (
	employeeColumns = `e.user_id, e.name, e.dept_ids, e.mobile, e.admin, e.account_type, e.outer_org, e.outer_user_id, e.disabled,
		e.created_at, e.updated_at, e.manager_id, e.account, e.union_id, e.password_hash, e.profile, e.private, e.boss, e.version`
	selectEmployee = "SELECT " + employeeColumns + " FROM employee e WHERE e.org = ?"

	// Without INDEXED BY, SQLite would read all employees in the requested
	// order instead of using the index and sorting the few it finds.
	selectByMobile = "SELECT " + employeeColumns + " FROM employee e /*sqlite: INDEXED BY employee_by_mobile*/ WHERE e.org = ? AND e.mobile_index = ?"

	mobilePurpose    = "employee.mobile"
	emailPurpose     = "employee.email"
	telephonePurpose = "employee.telephone"
	loginPurpose     = "employee.login"
)

var errEmployeeRows = map[string]error{
	"employee_pkey":      directory.ErrEmployeeExists,
	"employee_mobile":    directory.ErrEmployeeMobile,
	"employee_email":     directory.ErrEmployeeEmail,
	"employee_telephone": directory.ErrEmployeeTelephone,
	"employee_login":     directory.ErrLoginIDTaken,
	"employee_outer":     directory.ErrAccountJoined,
}

// scanEmployee reads employeeColumns, starting at a column.
func (t *tx) scanEmployee(r *row, at int) (e directory.Employee, err error) {
	e = directory.Employee{
		UserID: r.Text(at), Name: r.Text(at + 1), Admin: r.Bool(at + 4), Boss: r.Bool(at + 17), AccountType: r.Text(at + 5),
		OuterOrg: text(r.NullText(at + 6)), OuterUserID: text(r.NullText(at + 7)), Disabled: r.Bool(at + 8), CreatedAt: fromMillis(r.Int(at + 9)),
		UpdatedAt: fromMillis(r.Int(at + 10)), ManagerID: text(r.NullText(at + 11)), Account: r.Text(at + 12), UnionID: text(r.NullText(at + 13)), PasswordHash: text(r.NullText(at + 14)),
		Version: r.Int(at + 18),
	}
	if e.DeptIDs, err = readList[int64](r, at+2); err != nil {
		return e, err
	}
	if e.Mobile, err = t.Open("employee", e.UserID, "mobile", r.Bytes(at+3)); err != nil {
		return e, err
	}
	if profile := r.Text(at + 15); profile != "{}" {
		if err := json.Unmarshal([]byte(profile), &e.Profile); err != nil {
			return e, err
		}
	}
	private, err := t.Open("employee", e.UserID, "private", r.Bytes(at+16))
	if err == nil && private != "" {
		err = json.Unmarshal([]byte(private), &e.Private)
	}
	return e, err
}

func (t *tx) oneEmployee(sql string, a args) (e directory.Employee, err error) {
	ok, err := t.One(sql, a, func(r *row) (err error) {
		e, err = t.scanEmployee(r, 0)
		return err
	})
	return e, found(ok, err, directory.ErrEmployeeNotFound)
}

func (t *tx) eachEmployee(sql string, a args) (es []directory.Employee, err error) {
	err = t.Each(sql, a, func(r *row) error {
		e, err := t.scanEmployee(r, 0)
		es = append(es, e)
		return err
	})
	return es, err
}

// Employee implements [directory.EmployeeTx].
func (t *tx) Employee(userID string) (directory.Employee, error) {
	return t.oneEmployee(t.toWrite(selectEmployee+" AND e.user_id = ?"), args{t.Org, userID})
}

// MissingEmployees implements [directory.EmployeeTx].
func (t *tx) MissingEmployees(userIDs []string) ([]string, error) {
	l := lookup[string]{ids: userIDs}
	if len(userIDs) == 0 {
		return nil, nil
	}
	if err := t.Batch(t.readEmployees(&l, t.Writable())...); err != nil {
		return nil, err
	}
	return l.missing(), nil
}

var employeeLookup = newLookupText("SELECT user_id FROM employee WHERE org = ? AND user_id IN")

func (t *tx) readEmployees(l *lookup[string], lock bool) []*read {
	return l.reads(t, employeeLookup, lock, (*row).Text)
}

// EmployeeByMobile implements [directory.EmployeeTx].
func (t *tx) EmployeeByMobile(mobile string) (directory.Employee, error) {
	return t.oneEmployee(selectByMobile+" ORDER BY e.user_id LIMIT 1", args{t.Org, t.Blind(mobilePurpose, mobile)})
}

// EmployeesByMobile implements [directory.EmployeeReadTx].
func (t *tx) EmployeesByMobile(mobile string) ([]directory.Employee, error) {
	return t.eachEmployee(selectByMobile+" ORDER BY e.user_id", args{t.Org, t.Blind(mobilePurpose, mobile)})
}

// Employees implements [directory.EmployeeReadTx].
func (t *tx) Employees(userIDs []string) ([]directory.Employee, error) {
	if len(userIDs) == 0 {
		return nil, nil
	}
	places, values := in(userIDs)
	return t.eachEmployee(selectEmployee+" AND e.user_id IN ("+places+")", append(args{t.Org}, values...))
}

// EmployeeByLogin implements [directory.EmployeeReadTx].
func (t *tx) EmployeeByLogin(loginID string) (directory.Employee, error) {
	return t.oneEmployee(selectEmployee+" AND e.login_index = ?", args{t.Org, t.Blind(loginPurpose, loginID)})
}

// Subordinates implements [directory.EmployeeReadTx].
func (t *tx) Subordinates(managerID string) ([]directory.Employee, error) {
	return t.eachEmployee(t.toWrite(selectEmployee+" AND e.manager_id = ? ORDER BY e.user_id"), args{t.Org, managerID})
}

// takenValues are the unique values of an employee, and whether another one has
// them. The conditions are those of the unique indexes.
var takenValues = []struct {
	err   error
	where string
	value func(t *tx, e directory.Employee) args // nil: there is none
}{
	{directory.ErrEmployeeMobile, "mobile_index = ? AND mobile_index IS NOT NULL AND account_type = 'normal'", func(t *tx, e directory.Employee) args {
		if e.AccountType != directory.AccountNormal {
			return nil
		}
		return t.blindOf(mobilePurpose, e.Mobile)
	}},
	{directory.ErrEmployeeEmail, "email_index = ?", func(t *tx, e directory.Employee) args { return t.blindOf(emailPurpose, normalAddress(e.Private.Email)) }},
	{directory.ErrEmployeeTelephone, "telephone_index = ?", func(t *tx, e directory.Employee) args { return t.blindOf(telephonePurpose, e.Private.Telephone) }},
	{directory.ErrLoginIDTaken, "login_index = ?", func(t *tx, e directory.Employee) args { return t.blindOf(loginPurpose, e.Private.LoginID) }},
	{directory.ErrAccountJoined, "outer_org = ? AND outer_user_id = ?", func(_ *tx, e directory.Employee) args {
		if e.OuterOrg == "" {
			return nil
		}
		return args{e.OuterOrg, e.OuterUserID}
	}},
}

// blindOf is the argument for the blind index of a text, nil for an empty one.
func (t *tx) blindOf(purpose, text string) args {
	if text == "" {
		return nil
	}
	return args{t.Blind(purpose, text)}
}

// TakenValues implements [directory.EmployeeReadTx].
func (t *tx) TakenValues(e directory.Employee) (taken []error, err error) {
	has := make([]bool, len(takenValues))
	var reads []*read
	for i, v := range takenValues {
		if a := v.value(t, e); a != nil {
			reads = append(reads, engine.One("SELECT 1 FROM employee WHERE org = ? AND "+v.where+" AND user_id <> ? LIMIT 1",
				append(append(args{t.Org}, a...), e.UserID), &has[i], nil))
		}
	}
	if len(reads) == 0 {
		return nil, nil
	}
	err = t.Batch(reads...)
	for i, v := range takenValues {
		if has[i] {
			taken = append(taken, v.err)
		}
	}
	return taken, err
}

// Administrators implements [directory.EmployeeReadTx].
func (t *tx) Administrators() ([]string, error) {
	return t.texts("SELECT user_id FROM employee /*sqlite: INDEXED BY employee_admin*/ WHERE org = ? AND admin ORDER BY user_id", t.Org)
}

// EmployeeIDs implements [directory.EmployeeReadTx].
func (t *tx) EmployeeIDs(after string, skip, size int64) ([]string, error) {
	return t.texts("SELECT user_id FROM employee WHERE org = ? AND user_id > ? ORDER BY user_id LIMIT ? OFFSET ?", t.Org, after, size, skip)
}

// texts returns the one column of all rows.
func (t *tx) texts(sql string, a ...any) (list []string, err error) {
	list = []string{}
	err = t.Each(sql, a, func(r *row) error {
		list = append(list, r.Text(0))
		return nil
	})
	return list, err
}

// UserByUnionID implements [directory.EmployeeReadTx].
func (t *tx) UserByUnionID(unionID string) (userID string, contact bool, err error) {
	var employee, external bool
	var contactID string
	err = t.Batch(
		engine.One("SELECT user_id FROM employee WHERE org = ? AND union_id = ? ORDER BY user_id LIMIT 1", args{t.Org, unionID}, &employee, func(r *row) error {
			userID = r.Text(0)
			return nil
		}),
		// A row may outlive its contact.
		engine.One(`SELECT c.id FROM contact_union_id u JOIN contact c ON c.org = u.org AND c.id = u.contact_id
			WHERE u.org = ? AND u.union_id = ?`, args{t.Org, unionID}, &external, func(r *row) error {
			contactID = r.Text(0)
			return nil
		}),
	)
	switch {
	case err != nil || employee:
		return userID, false, err
	case external:
		return contactID, true, nil
	}
	return "", false, directory.ErrEmployeeNotFound
}

// PutContactUnionID implements [directory.EmployeeReadTx].
func (t *tx) PutContactUnionID(unionID, contactID string) {
	t.Write(`INSERT INTO contact_union_id (org, union_id, contact_id) VALUES (?, ?, ?)
		ON CONFLICT (org, union_id) DO UPDATE SET contact_id = excluded.contact_id`, t.Org, unionID, contactID)
}

const insertEmployee = `INSERT INTO employee (org, user_id, name, dept_ids, mobile, mobile_index, admin, account_type, outer_org, outer_user_id,
		disabled, created_at, updated_at, manager_id, account, union_id, password_hash, profile, private, email_index, telephone_index, login_index, boss, version,
		org_email_index, login_email_index)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

func (t *tx) employeeArgs(e directory.Employee) args {
	sealed := func(column, text string) []byte {
		if text == "" {
			return nil
		}
		return t.Seal("employee", e.UserID, column, text)
	}
	index := func(purpose, text string) []byte {
		if text == "" {
			return nil
		}
		return t.Blind(purpose, text)
	}
	if e.DeptIDs == nil {
		e.DeptIDs = []int64{}
	}
	private := jsonText(e.Private)
	if private == "{}" {
		private = ""
	}
	changed := e.UpdatedAt
	if changed.IsZero() {
		changed = e.CreatedAt
	}
	return args{t.Org, e.UserID, e.Name, jsonText(e.DeptIDs), sealed("mobile", e.Mobile), index(mobilePurpose, e.Mobile), e.Admin, e.AccountType,
		optional(e.OuterOrg), optional(e.OuterUserID), e.Disabled, millis(e.CreatedAt), millis(changed), optional(e.ManagerID), e.Account,
		optional(e.UnionID), optional(e.PasswordHash), jsonText(e.Profile), sealed("private", private),
		index(emailPurpose, normalAddress(e.Private.Email)), index(telephonePurpose, e.Private.Telephone), index(loginPurpose, e.Private.LoginID), e.Boss, max(1, e.Version),
		index(emailPurpose, normalAddress(e.Private.OrgEmail)), index(emailPurpose, normalAddress(e.Private.LoginEmail))}
}

// InsertEmployee implements [directory.EmployeeTx].
func (t *tx) InsertEmployee(e directory.Employee) {
	t.WriteUniqueBy(errEmployeeRows, insertEmployee, t.employeeArgs(e)...)
	t.putMemberships(e)
	t.insertTerms(employeeTerms, directory.NameTerms(e.Name), e.UserID)
	t.countEmployee(e, 1)
}

// UpdateEmployee implements [directory.EmployeeTx].
func (t *tx) UpdateEmployee(before, e directory.Employee) {
	t.WriteUniqueBy(errEmployeeRows, insertEmployee+`
		ON CONFLICT (org, user_id) DO UPDATE SET name = excluded.name, dept_ids = excluded.dept_ids, mobile = excluded.mobile,
			mobile_index = excluded.mobile_index, admin = excluded.admin, account_type = excluded.account_type,
			outer_org = excluded.outer_org, outer_user_id = excluded.outer_user_id, disabled = excluded.disabled,
			updated_at = excluded.updated_at, manager_id = excluded.manager_id, account = excluded.account, union_id = excluded.union_id,
			password_hash = excluded.password_hash, profile = excluded.profile, private = excluded.private,
			email_index = excluded.email_index, telephone_index = excluded.telephone_index, login_index = excluded.login_index, boss = excluded.boss,
			org_email_index = excluded.org_email_index, login_email_index = excluded.login_email_index,
			version = employee.version + 1`,
		t.employeeArgs(e)...)
	places, values := in(e.DeptIDs)
	if len(e.DeptIDs) == 0 {
		places, values = "0", nil
	}
	t.Write("DELETE FROM employee_dept WHERE org = ? AND user_id = ? AND dept_id NOT IN ("+places+")", append(args{t.Org, e.UserID}, values...)...)
	t.putMemberships(e)
	t.changeName(employeeTerms, before.Name, e.Name, e.UserID)
	if !sameMembers(before.DeptIDs, e.DeptIDs) {
		t.countEmployee(before, -1)
		t.countEmployee(e, 1)
	}
}

// DeleteEmployee implements [directory.EmployeeTx].
func (t *tx) DeleteEmployee(e directory.Employee) {
	t.Write("UPDATE employee SET manager_id = NULL WHERE org = ? AND manager_id = ?", t.Org, e.UserID)
	t.Write("DELETE FROM employee_dept WHERE org = ? AND user_id = ?", t.Org, e.UserID)
	for _, table := range []string{"role_scope", "role_member"} {
		t.Write("DELETE FROM "+table+" WHERE org = ? AND user_id = ?", t.Org, e.UserID)
	}
	t.Write("DELETE FROM login_day WHERE org = ? AND user_id = ?", t.Org, e.UserID)
	t.Write("DELETE FROM employee WHERE org = ? AND user_id = ?", t.Org, e.UserID)
	t.deleteTerms(employeeTerms, directory.NameTerms(e.Name), e.UserID)
	t.countEmployee(e, -1)
}
