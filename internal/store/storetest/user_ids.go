package storetest

import (
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

func testUserIDs(t *testing.T, s directory.Store) {
	people := []directory.Employee{
		{UserID: "a", Name: "a", DeptIDs: []int64{2}, AccountType: directory.AccountSSO, CreatedAt: start, Admin: true},
		{UserID: "b", Name: "b", DeptIDs: []int64{2, 3}, AccountType: directory.AccountSSO, CreatedAt: start},
		{UserID: "c", Name: "c", DeptIDs: []int64{3}, AccountType: directory.AccountSSO, CreatedAt: start, Admin: true},
	}
	for _, org := range []string{orgA, orgB} { // the same ids
		update(t, s, org, func(tx directory.Tx) {
			for _, e := range people {
				tx.Employees().InsertEmployee(e)
			}
		})
	}
	left := func(id, user string, hours int) directory.LeaveRecord {
		return directory.LeaveRecord{ID: id, UserID: user, Name: user, Mobile: "86-13900000001", AccountType: directory.AccountNormal, DeptIDs: []int64{2},
			LeftAt: start.Add(time.Duration(hours) * time.Hour), Reason: directory.LeftByAPI}
	}
	update(t, s, orgA, func(tx directory.Tx) {
		for _, e := range people {
			tx.Logins().PutLoginDay(e.UserID, 20260304, 0)
		}
		tx.Logins().PutLoginDay("a", 20260305, 20260304)
		tx.Logins().PutLoginDay("a", 20260305, 20260304)
		for _, l := range []directory.LeaveRecord{left("1", "x", 1), left("2", "a", 2), left("3", "y", 3), left("4", "x", 4)} {
			tx.LeaveRecords().InsertLeaveRecord(l)
		}
	})
	list := func(org string, f func(directory.Tx) ([]string, error)) []string { return read(t, s, org, f) }
	page := func(after string, skip, size int64) func(directory.Tx) ([]string, error) {
		return func(tx directory.Tx) ([]string, error) { return tx.Employees().EmployeeIDs(after, skip, size) }
	}
	login := func(q directory.LoginDayPage) func(directory.Tx) ([]string, error) {
		q.Size = 10
		return func(tx directory.Tx) ([]string, error) { return tx.Logins().UsersByLogin(q) }
	}
	same(t, list(orgA, func(tx directory.Tx) ([]string, error) { return tx.Employees().Administrators() }), []string{"a", "c"})
	same(t, [][]string{list(orgA, page("", 0, 2)), list(orgA, page("", 1, 9)), list(orgA, page("b", 0, 9)), list("dingz", page("", 0, 9))},
		[][]string{{"a", "b"}, {"b", "c"}, {"c"}, {}})
	same(t, [][]string{
		list(orgA, login(directory.LoginDayPage{Day: 20260304, Active: true})), list(orgA, login(directory.LoginDayPage{Day: 20260305, Active: true})),
		list(orgA, login(directory.LoginDayPage{Day: 20260305})), list(orgA, login(directory.LoginDayPage{Day: 20260305, DeptIDs: []int64{2}})),
		list(orgA, login(directory.LoginDayPage{Day: 20260304, Active: true, DeptIDs: []int64{3}, After: "b"})), list(orgB, login(directory.LoginDayPage{Day: 20260304, Active: true})),
	}, [][]string{{"a", "b", "c"}, {"a"}, {"b", "c"}, {"b"}, {"c"}, {}})
	leftPage := func(after directory.LeavePlace, skip, size int64) func(directory.Tx) ([]directory.LeaveRecord, error) {
		return func(tx directory.Tx) ([]directory.LeaveRecord, error) {
			return tx.LeaveRecords().LeftEmployees(after, skip, size)
		}
	}
	same(t, read(t, s, orgA, leftPage(directory.LeavePlace{}, 0, 9)), []directory.LeaveRecord{left("3", "y", 3), left("4", "x", 4)})
	same(t, read(t, s, orgA, leftPage(directory.LeavePlace{At: start.Add(3 * time.Hour).UnixMilli(), ID: "3"}, 0, 9)), []directory.LeaveRecord{left("4", "x", 4)})
	same(t, read(t, s, orgA, leftPage(directory.LeavePlace{}, 1, 1)), []directory.LeaveRecord{left("4", "x", 4)})
	update(t, s, orgA, func(tx directory.Tx) {
		tx.Employees().DeleteEmployee(people[0])
		tx.Logins().PutLoginDay("c", 20260306, 20260305)
	})
	same(t, [][]string{list(orgA, login(directory.LoginDayPage{Day: 20260304, Active: true})), list(orgA, login(directory.LoginDayPage{Day: 20260305, Active: true}))},
		[][]string{{}, {}})
	same(t, len(read(t, s, orgA, leftPage(directory.LeavePlace{}, 0, 9))), 3)
}
