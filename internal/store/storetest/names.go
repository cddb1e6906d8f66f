package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// testDepartmentCounts compares counts with a model through random changes of
// people and departments.
func testDepartmentCounts(t *testing.T, s directory.Store) {
	r := rand.New(rand.NewPCG(1, 2))
	parents := map[int64]int64{1: 0, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 3}
	members := map[string][]int64{}
	department := func(id int64) directory.Department {
		return directory.Department{ID: id, ParentID: parents[id], Name: fmt.Sprint("d", id)}
	}
	employee := func(id string) directory.Employee {
		return directory.Employee{UserID: id, Name: id, DeptIDs: members[id], AccountType: directory.AccountSSO, CreatedAt: start}
	}
	path := func(id int64) (ids []int64) {
		for ; id != 0; id = parents[id] {
			ids = append(ids, id)
		}
		return ids
	}
	depts := func() (ids []int64) {
		for range 1 + r.IntN(3) {
			if id := 1 + r.Int64N(7); !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		return ids
	}
	update(t, s, orgA, func(tx directory.Tx) {
		for id := int64(1); id <= 7; id++ {
			tx.Departments().InsertDepartment(department(id))
		}
	})
	for step := range 60 {
		id := fmt.Sprint("u", r.IntN(12))
		update(t, s, orgA, func(tx directory.Tx) {
			_, there := members[id]
			old := employee(id)
			switch moved, to := 2+r.Int64N(6), 1+r.Int64N(7); {
			case step%5 == 4 && !slices.Contains(path(to), moved):
				from, parent, was := path(moved), path(to), department(moved)
				parents[moved] = to
				tx.Departments().MoveDepartment(from, parent)
				tx.Departments().UpdateDepartment(was, department(moved))
			case !there:
				members[id] = depts()
				tx.Employees().InsertEmployee(employee(id))
			case step%7 == 6:
				tx.Employees().DeleteEmployee(old)
				delete(members, id)
			default:
				members[id] = depts()
				tx.Employees().UpdateEmployee(old, employee(id))
			}
		})
		for dept := range parents {
			want := []int64{0, 0}
			for _, in := range members {
				if slices.Contains(in, dept) {
					want[0]++
				}
				if slices.ContainsFunc(in, func(id int64) bool { return slices.Contains(path(id), dept) }) {
					want[1]++
				}
			}
			got := read(t, s, orgA, func(tx directory.Tx) ([]int64, error) {
				direct, all, err := tx.Employees().CountMembers(dept)
				return []int64{direct, all}, err
			})
			if !slices.Equal(got, want) {
				t.Fatalf("step %d, department %d: got %v direct members and people, want %v", step, dept, got, want)
			}
		}
	}
}

// testDepartmentCountRaces adds, deletes and moves employees while their
// departments are moved back and forth.
func testDepartmentCountRaces(t *testing.T, s directory.Store) {
	const top, a, b, team = 1, 2, 3, 4
	update(t, s, orgA, func(tx directory.Tx) {
		for i, parent := range []int64{0, top, top, a} {
			tx.Departments().InsertDepartment(directory.Department{ID: int64(i) + 1, ParentID: parent, Name: fmt.Sprint("d", i)})
		}
	})
	race(func(n int) {
		var err error
		if n%8 == 0 {
			err = s.Update(bg, orgA, func(tx directory.Tx) error {
				if _, err := tx.Departments().Department(top); err != nil { // takes the same lock as moves
					return err
				}
				d, err := tx.Departments().Department(team)
				if err != nil {
					return err
				}
				after := d
				after.ParentID = a + b - d.ParentID
				tx.Departments().MoveDepartment([]int64{team, d.ParentID, top}, []int64{after.ParentID, top})
				tx.Departments().UpdateDepartment(d, after)
				return nil
			})
		} else {
			e := directory.Employee{UserID: fmt.Sprint("u", n), Name: "王芳", DeptIDs: []int64{team}, AccountType: directory.AccountSSO, CreatedAt: start}
			err = s.Update(bg, orgA, func(tx directory.Tx) error { tx.Employees().InsertEmployee(e); return nil })
			if err == nil && n%2 == 0 {
				err = s.Update(bg, orgA, func(tx directory.Tx) error {
					before, err := tx.Employees().Employee(e.UserID)
					after := before
					after.DeptIDs = []int64{team, b}
					tx.Employees().UpdateEmployee(before, after)
					return err
				})
			}
		}
		if err != nil {
			t.Error(err)
		}
	})
	view(t, s, orgA, func(tx directory.Tx) error {
		d, err := tx.Departments().Department(team)
		direct, all, err2 := tx.Employees().CountMembers(team)
		_, everybody, err3 := tx.Employees().CountMembers(top)
		for _, side := range []int64{a, b} {
			_, people, err := tx.Employees().CountMembers(side)
			if err != nil {
				return err
			}
			want := all
			switch {
			case side == d.ParentID:
			case side == b:
				want = int64(len(read(t, s, orgA, func(tx directory.Tx) ([]string, error) { return tx.Employees().MemberIDs(b) })))
			default:
				want = 0
			}
			if people != want {
				t.Errorf("team under %d: department %d counts %d people, want %d", d.ParentID, side, people, want)
			}
		}
		same(t, []int64{direct, everybody}, []int64{all, all})
		for _, err := range []error{err, err2, err3} {
			if err != nil {
				return err
			}
		}
		return nil
	})
}
