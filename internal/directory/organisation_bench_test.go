package directory_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store"
)

const (
	benchOrg   = "dingbench"
	benchDepts = 10_000
	benchLarge = 2 // half of the employees are direct members of this department
)

// benchSizes are the sizes of the measured organisations; SIZE=1m adds a
// million.
func benchSizes() []int {
	sizes := []int{1_000, 100_000}
	if strings.EqualFold(os.Getenv("SIZE"), "1m") {
		sizes = append(sizes, 1_000_000)
	}
	return sizes
}

// eachOrganisation runs on SQLite files with organisations of several sizes,
// each in 10,000 departments three levels deep.
func eachOrganisation(b *testing.B, run func(b *testing.B, s *directory.Session, size int)) {
	for _, size := range benchSizes() {
		b.Run(fmt.Sprint(size), func(b *testing.B) { run(b, benchStaff(b, size), size) })
	}
}

// benchStaff is an app's session in an organisation of a size.
func benchStaff(b *testing.B, size int) *directory.Session {
	b.Helper()
	session := func(s *store.Store) *directory.Session {
		d := directory.Open(directory.Config{Store: s, Now: time.Now, NewID: &counting{}, Keys: dev})
		return d.Session(directory.Principal{Kind: directory.AppCaller, Org: benchOrg, ID: "app",
			Permissions: []string{directory.AllPermissions}, Scope: directory.Scope{All: true}}, "bench", "r")
	}
	return session(benchStore(b, "employees", size, func(s *store.Store) { staff(b, s, session(s), size) }))
}

// staff fills an organisation: departments 2 to 100 under the root, the others
// under those; every second employee is in department benchLarge, the others
// are spread over all.
func staff(b *testing.B, st *store.Store, s *directory.Session, size int) {
	b.Helper()
	err := st.Update(context.Background(), benchOrg, func(tx directory.Tx) error {
		tx.Orgs().PutOrg(directory.Org{ID: benchOrg, CreatedAt: time.Now()})
		for id := int64(1); id <= benchDepts; id++ {
			parent := int64(directory.RootDepartment)
			switch {
			case id == directory.RootDepartment:
				parent = 0
			case id > 100:
				parent = 2 + id%99
			}
			tx.Departments().InsertDepartment(directory.Department{ID: id, ParentID: parent, Name: fmt.Sprint("部门", id)})
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	inBatches(b, st, benchOrg, size, func(tx directory.Tx, i int) error {
		dept := int64(benchLarge)
		if i%2 == 1 {
			dept = int64(1 + i%benchDepts)
		}
		return s.CreateEmployeeIn(tx, directory.Employee{
			UserID: benchUser(i), Name: benchContact(i).Name, DeptIDs: []int64{dept}, AccountType: directory.AccountNormal,
			Mobile: fmt.Sprintf("86-13%09d", i), CreatedAt: time.UnixMilli(int64(1.7e12) + int64(i)),
			Profile: directory.Profile{JobNumber: fmt.Sprint(i), Title: "工程师"}, Private: directory.Private{Email: fmt.Sprintf("u%d@example.com", i), WorkPlace: "杭州"},
		})
	})
}

func benchUser(i int) string { return fmt.Sprintf("user%08d", i) }

// bigOrganisation is the largest that is measured.
func bigOrganisation() int { sizes := benchSizes(); return sizes[len(sizes)-1] }

// BenchmarkUsers goes through the same calls on a small and on a large
// organisation in turns and reports the ratio of the medians, as
// docs/benchmarks.md does for contacts.
func BenchmarkUsers(b *testing.B) {
	small, large := benchStaff(b, smallDirectory), benchStaff(b, bigOrganisation())
	size := map[*directory.Session]int{small: smallDirectory, large: bigOrganisation()}
	ctx := context.Background()
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	both := func(name string, call func(s *directory.Session, i int) error) {
		b.Run(name, func(b *testing.B) {
			sideBySide(b, "small", func(i int) { must(call(small, i)) }, "large", func(i int) { must(call(large, i)) })
		})
	}
	both("get", func(s *directory.Session, i int) error {
		_, err := s.Employee(ctx, benchUser(i*7919%size[s]))
		return err
	})
	both("list first page", func(s *directory.Session, _ int) error {
		_, err := s.Members(ctx, benchLarge, directory.ByCustom, 0, 100, false)
		return err
	})
	both("simplelist page", func(s *directory.Session, _ int) error {
		_, err := s.Members(ctx, benchLarge, directory.ByCustom, 100, 100, true)
		return err
	})
	both("department list", func(s *directory.Session, _ int) error {
		ds, err := s.DepartmentTree(ctx, true)
		if err == nil && len(ds) != benchDepts {
			err = fmt.Errorf("got %d departments", len(ds))
		}
		return err
	})
	both("departments below one", func(s *directory.Session, _ int) error {
		_, err := s.DepartmentsBelow(ctx, benchLarge, false)
		return err
	})
	both("root department", func(s *directory.Session, _ int) error {
		v, err := s.Department(ctx, directory.RootDepartment)
		if err == nil && v.Members < int64(size[s]) {
			err = fmt.Errorf("got %d members", v.Members)
		}
		return err
	})
	both("large department", func(s *directory.Session, _ int) error { _, err := s.Department(ctx, benchLarge); return err })
	for name, word := range map[string]func(i int) string{
		"search name":         func(i int) string { return benchContact(i * 7 % smallDirectory).Name },
		"search name prefix":  func(i int) string { return benchContact(i * 7 % smallDirectory).Name[:6] },
		"search initials":     func(i int) string { return []string{"wwf", "lxq", "oyl", "zmj"}[i%4] },
		"search pinyin":       func(i int) string { return []string{"wangwei", "ouyangna", "zengli"}[i%3] },
		"search given name":   func(i int) string { return string(benchGiven[i%40]) },
		"search one letter":   func(i int) string { return string(rune('a' + i%26)) },
		"search without hits": func(int) string { return "鑫淼" },
	} {
		both(name, func(s *directory.Session, i int) error {
			_, err := s.SearchEmployees(ctx, word(i), false, 0, 20)
			return err
		})
	}
	both("search departments", func(s *directory.Session, i int) error {
		_, err := s.SearchDepartments(ctx, fmt.Sprint("部门", i%benchDepts), 0, 20)
		return err
	})
	b.Run("search, page 40 over first page", func(b *testing.B) {
		page := func(n int64) { _, err := large.SearchEmployees(ctx, "王", false, n, 20); must(err) }
		for n := range int64(40) {
			page(n)
		}
		sideBySide(b, "first", func(int) { page(0) }, "deep", func(int) { page(40) })
	})
	both("update", func(s *directory.Session, i int) error {
		return s.UpdateEmployee(ctx, benchUser(i*7919%size[s]), directory.EmployeeUpdate{Title: ptr(fmt.Sprint(i))})
	})
	both("rename", func(s *directory.Session, i int) error {
		return s.UpdateEmployee(ctx, benchUser(i*7919%size[s]), directory.EmployeeUpdate{Name: ptr("欧阳小" + fmt.Sprint(i))})
	})
	n := 0
	both("create", func(s *directory.Session, _ int) error {
		n++
		_, _, err := s.CreateEmployee(ctx, directory.NewEmployee{Employee: directory.Employee{Name: "欧阳小明", DeptIDs: []int64{benchLarge},
			AccountType: directory.AccountNormal, Mobile: fmt.Sprintf("18%09d", n)}})
		return err
	})
	both("move to another department", func(s *directory.Session, i int) error {
		return s.UpdateEmployee(ctx, benchUser(i*7919%size[s]), directory.EmployeeUpdate{DeptIDs: []int64{int64(3 + i%90)}})
	})
}

func BenchmarkUserGet(b *testing.B) {
	eachOrganisation(b, func(b *testing.B, s *directory.Session, size int) {
		for n := 0; b.Loop(); n++ {
			if v, err := s.Employee(context.Background(), benchUser(n*7919%size)); err != nil || v.Mobile == nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkUserSimplelistPage reads pages of 100 names of a department that
// holds half of the organisation: the first, and one after 90 % of the members,
// reached page by page.
func BenchmarkUserSimplelistPage(b *testing.B) {
	eachOrganisation(b, func(b *testing.B, s *directory.Session, size int) {
		for name, cursor := range map[string]int64{"first": 0, "deep": pageTo(b, s, int64(size/2*9/10))} {
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					if page, err := s.Members(context.Background(), benchLarge, directory.ByCustom, cursor, 100, true); err != nil || len(page.Members) == 0 {
						b.Fatal(len(page.Members), err)
					}
				}
			})
		}
	})
}

// BenchmarkDepartmentList lists all 10,000 departments, and those directly
// below the root.
func BenchmarkDepartmentList(b *testing.B) {
	eachOrganisation(b, func(b *testing.B, s *directory.Session, _ int) {
		for name, list := range map[string]func() ([]directory.Department, error){
			"all": func() ([]directory.Department, error) { return s.DepartmentTree(context.Background(), true) },
			"below the root": func() ([]directory.Department, error) {
				return s.DepartmentsBelow(context.Background(), directory.RootDepartment, false)
			},
		} {
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					if ds, err := list(); err != nil || len(ds) < 99 {
						b.Fatal(len(ds), err)
					}
				}
			})
		}
	})
}

// pageTo goes through the members of benchLarge, page by page, and returns
// where it stopped: at the last whole page up to a number of members.
func pageTo(b *testing.B, s *directory.Session, members int64) (cursor int64) {
	b.Helper()
	for members = members / 100 * 100; cursor < members; {
		page, err := s.Members(context.Background(), benchLarge, directory.ByCustom, cursor, 100, true)
		if err != nil {
			b.Fatal(err)
		}
		cursor = page.Next
	}
	return cursor
}

// BenchmarkUserListPage reads pages of 100 of a department that holds half of
// the organisation: the first, and one after 90 % of the members, reached page
// by page.
func BenchmarkUserListPage(b *testing.B) {
	eachOrganisation(b, func(b *testing.B, s *directory.Session, size int) {
		ctx := context.Background()
		deep := pageTo(b, s, int64(size/2*9/10))
		for name, cursor := range map[string]int64{"first": 0, "deep": deep} {
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					if page, err := s.Members(ctx, benchLarge, directory.ByCustom, cursor, 100, false); err != nil || len(page.Members) == 0 {
						b.Fatal(len(page.Members), err)
					}
				}
			})
		}
		b.Run("deep, place forgotten", func(b *testing.B) {
			for n := int64(0); b.Loop(); n++ {
				if page, err := s.Members(ctx, benchLarge, directory.ByCustom, deep-1-n%50, 100, false); err != nil || len(page.Members) == 0 {
					b.Fatal(len(page.Members), err)
				}
			}
		})
	})
}

// BenchmarkDepartmentSubtree reads what a traversal of the tree reads of one
// department with 100 below it.
func BenchmarkDepartmentSubtree(b *testing.B) {
	eachOrganisation(b, func(b *testing.B, s *directory.Session, _ int) {
		ctx := context.Background()
		for n := int64(0); b.Loop(); n++ {
			id := 3 + n%90
			if v, err := s.Department(ctx, id); err != nil || v.ID != id {
				b.Fatal(err)
			}
			ds, err := s.SubDepartments(ctx, id)
			if err != nil || len(ds) < 90 {
				b.Fatal(len(ds), err)
			}
			if path, err := s.DepartmentPath(ctx, ds[0].ID); err != nil || len(path) != 3 {
				b.Fatal(path, err)
			}
		}
	})
}
