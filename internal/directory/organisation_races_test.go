package directory_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// TestMovesTogetherMakeNoCircle: two departments are moved under each other at
// the same moment, again and again; one of the two is refused.
func TestMovesTogetherMakeNoCircle(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, directory.Settings{}, func(t *testing.T, o *office) {
		ctx := context.Background()
		for round := range 10 {
			s := o.at(directory.SampleOrg)
			one, err := s.CreateDepartment(ctx, directory.Department{ParentID: 1, Name: fmt.Sprint("one", round)})
			two, err2 := s.CreateDepartment(ctx, directory.Department{ParentID: 1, Name: fmt.Sprint("two", round)})
			if err := errors.Join(err, err2); err != nil {
				t.Fatal(err)
			}
			var wait sync.WaitGroup
			for _, move := range [][2]int64{{one, two}, {two, one}} {
				wait.Go(func() {
					err := o.at(directory.SampleOrg).UpdateDepartment(ctx, move[0], directory.DepartmentUpdate{ParentID: &move[1]})
					if err != nil && !errors.Is(err, directory.ErrDepartmentCycle) {
						t.Errorf("move: %v", err)
					}
				})
			}
			wait.Wait()
			a, err := s.DepartmentPath(ctx, one)
			b, err2 := s.DepartmentPath(ctx, two)
			if err := errors.Join(err, err2); err != nil || a[len(a)-1] != 1 || b[len(b)-1] != 1 || len(a)+len(b) != 5 {
				t.Errorf("paths after both moves: got %v and %v, %v; want one below the other", a, b, err)
			}
		}
	})
}

// TestOneMobileOneEmployee: of many callers that add a person with the same
// mobile one succeeds.
func TestOneMobileOneEmployee(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, directory.Settings{}, func(t *testing.T, o *office) {
		var wait sync.WaitGroup
		var mu sync.Mutex
		var added int
		for i := range 16 {
			wait.Go(func() {
				_, _, err := o.at(directory.SampleOrg).CreateEmployee(context.Background(), directory.NewEmployee{Employee: directory.Employee{
					UserID: fmt.Sprint("u", i), Name: "周杰", Mobile: "13900000001", DeptIDs: []int64{2}, AccountType: directory.AccountNormal}})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					added++
				} else if !errors.Is(err, directory.ErrEmployeeMobile) {
					t.Errorf("got %v, want %v", err, directory.ErrEmployeeMobile)
				}
			})
		}
		wait.Wait()
		if added != 1 {
			t.Errorf("got %d employees, want 1", added)
		}
	})
}

// TestNobodyIsLeftInADeletedDepartment: people are put into a department while
// it is deleted.
func TestNobodyIsLeftInADeletedDepartment(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, directory.Settings{}, func(t *testing.T, o *office) {
		ctx := context.Background()
		for round := range 10 {
			dept, err := o.at(directory.SampleOrg).CreateDepartment(ctx, directory.Department{ParentID: 1, Name: fmt.Sprint("d", round)})
			if err != nil {
				t.Fatal(err)
			}
			var added, deleted error
			var wait sync.WaitGroup
			wait.Go(func() {
				_, _, added = o.at(directory.SampleOrg).CreateEmployee(ctx, directory.NewEmployee{Employee: directory.Employee{
					Name: "周杰", Mobile: fmt.Sprintf("139000001%02d", round), DeptIDs: []int64{dept}, AccountType: directory.AccountNormal}})
			})
			wait.Go(func() { deleted = o.at(directory.SampleOrg).DeleteDepartment(ctx, dept) })
			wait.Wait()
			if (added == nil) == (deleted == nil) {
				t.Errorf("got %v for the employee and %v for the department, want one of the two refused", added, deleted)
			}
		}
	})
}
