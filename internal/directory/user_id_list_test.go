package directory_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
)

// TestListsOfUserIDs pages through the lists of people, with and without the
// memory of where pages ended, and finds everybody once.
func TestListsOfUserIDs(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		admin := d.commandLine(directory.SampleOrg)
		for i := range 5 {
			_, _, err := admin.CreateEmployee(bg, directory.NewEmployee{Employee: directory.Employee{UserID: fmt.Sprint("new", i), Name: "新人",
				DeptIDs: []int64{2}, Mobile: fmt.Sprint("1390000000", i), AccountType: directory.AccountNormal}})
			d.must(err)
		}
		for _, id := range []string{"new3", "new1", "new4"} {
			d.clock.Add(int64(time.Second))
			d.must(admin.DeleteEmployee(bg, id, ""))
		}
		forgetful := func() *directory.Session {
			dir := directory.Open(directory.Config{Store: d.store, Keys: keyring.DevMaster(), NewID: &counting{}, Now: d.dir.Now})
			return dir.Session(directory.CommandLine(directory.SampleOrg), "test", "r")
		}
		today := directory.LoginDayPage{Day: 20261122}
		for name, list := range map[string]struct {
			page func(s *directory.Session, cursor, size int64) ([]string, int64, error)
			want []string
		}{
			"at work": {func(s *directory.Session, cursor, size int64) ([]string, int64, error) {
				return s.EmployeeIDs(bg, cursor, size)
			},
				[]string{liQiang, wangFang, "102530009661373952", "new0", "new2", "org1001", "org1002"}},
			"left": {func(s *directory.Session, cursor, size int64) ([]string, int64, error) {
				return s.LeftEmployees(bg, cursor, size)
			},
				[]string{"new3", "new1", "new4"}},
			"not logged in": {func(s *directory.Session, cursor, size int64) ([]string, int64, error) {
				q := today
				q.DeptIDs, q.Skip, q.Size = []int64{2}, cursor, size
				return s.UsersByLogin(bg, q)
			}, []string{wangFang, "new0", "new2", "org1001"}},
		} {
			for size := int64(1); size <= 8; size++ {
				for _, fresh := range []bool{false, true} {
					s, got, cursor := admin, []string{}, int64(0)
					for {
						if fresh {
							s = forgetful()
						}
						ids, next, err := list.page(s, cursor, size)
						d.must(err)
						got = append(got, ids...)
						if cursor = next; next == 0 {
							break
						}
					}
					if !slices.Equal(got, list.want) {
						t.Errorf("%s, pages of %d, forgetful %t: got %v, want %v", name, size, fresh, got, list.want)
					}
				}
			}
		}
		narrow := d.appWith(directory.Scope{DeptIDs: []int64{3}})
		ids, _, err := narrow.EmployeeIDs(bg, 0, 50)
		left, _, err2 := narrow.LeftEmployees(bg, 0, 50)
		d.must(errors.Join(err, err2))
		d.same("an app of department 3", ids, []string{liQiang, "org1002"})
		d.same("who left, for it", left, []string{})
		_, err = admin.EditObject(bg, directory.Edit{Kind: directory.EmployeeKind, Do: directory.RestoreObject, ID: "new3"})
		d.must(err)
		left, _, err = admin.LeftEmployees(bg, 0, 50)
		d.must(err)
		d.same("who left and did not come back", left, []string{"new1", "new4"})
	})
}
