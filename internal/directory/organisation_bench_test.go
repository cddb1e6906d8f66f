package directory_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
)

const (
	benchOrg   = "dingbench"
	benchDepts = 10_000
	benchLarge = 2 // half of the employees are direct members of this department
)

// benchSizes are the organisations that are measured; SIZE=1m adds a million.
func benchSizes() []int {
	sizes := []int{1_000, 100_000}
	if os.Getenv("SIZE") == "1m" {
		sizes = append(sizes, 1_000_000)
	}
	return sizes
}

// eachOrganisation runs on SQLite files with organisations of several sizes,
// each in 10,000 departments three levels deep.
func eachOrganisation(b *testing.B, run func(b *testing.B, s *directory.Session, size int)) {
	for _, size := range benchSizes() {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			ctx := context.Background()
			st, err := store.Open(ctx, store.Options{Dir: filepath.Join(b.TempDir(), "data"), Key: keyring.DevMaster(), Kind: store.Dev})
			if err != nil {
				b.Fatal(err)
			}
			defer st.Close()
			d := directory.Open(directory.Config{Store: st, Now: time.Now, NewID: &counting{}, Keys: keyring.DevMaster()})
			staff(b, st, size)
			run(b, d.Session(directory.Principal{Kind: directory.AppCaller, Org: benchOrg, ID: "app",
				Permissions: []string{directory.AllPermissions}, Scope: directory.Scope{All: true}}, "bench", "r"), size)
		})
	}
}

// staff fills an organisation: departments 2 to 100 under the root, the others
// under those; every second employee is in department benchLarge, the others
// are spread over all.
func staff(b *testing.B, st *store.Store, size int) {
	b.Helper()
	ctx := context.Background()
	must := func(fn func(tx directory.Tx)) {
		b.Helper()
		if err := st.Update(ctx, benchOrg, func(tx directory.Tx) error { fn(tx); return nil }); err != nil {
			b.Fatal(err)
		}
	}
	must(func(tx directory.Tx) {
		tx.PutOrg(directory.Org{ID: benchOrg, CreatedAt: time.Now()})
		for id := int64(1); id <= benchDepts; id++ {
			parent := int64(directory.RootDepartment)
			switch {
			case id == directory.RootDepartment:
				parent = 0
			case id > 100:
				parent = 2 + id%99
			}
			tx.InsertDepartment(directory.Department{ID: id, ParentID: parent, Name: fmt.Sprint("部门", id)})
		}
	})
	names := []string{"王芳", "李强", "赵敏", "陈静", "刘洋"}
	for from := 0; from < size; from += 1000 {
		must(func(tx directory.Tx) {
			for i := from; i < from+1000; i++ {
				dept := int64(benchLarge)
				if i%2 == 1 {
					dept = int64(1 + i%benchDepts)
				}
				tx.InsertEmployee(directory.Employee{
					UserID: benchUser(i), Name: names[i%len(names)] + fmt.Sprint(i), DeptIDs: []int64{dept}, AccountType: directory.AccountNormal,
					Mobile: fmt.Sprintf("86-13%09d", i), UnionID: fmt.Sprintf("union%027d", i), CreatedAt: time.UnixMilli(int64(1.7e12) + int64(i)),
					Profile: directory.Profile{JobNumber: fmt.Sprint(i), Title: "工程师"}, Private: directory.Private{Email: fmt.Sprintf("u%d@example.com", i), WorkPlace: "杭州"},
				})
			}
		})
	}
}

func benchUser(i int) string { return fmt.Sprintf("user%08d", i) }

func BenchmarkUserGet(b *testing.B) {
	eachOrganisation(b, func(b *testing.B, s *directory.Session, size int) {
		for n := 0; b.Loop(); n++ {
			if v, err := s.Employee(context.Background(), benchUser(n*7919%size)); err != nil || v.Mobile == nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkUserListPage reads pages of 100 of a department that holds half of
// the organisation: the first, and one where 90 % are behind it, which was
// reached page by page.
func BenchmarkUserListPage(b *testing.B) {
	eachOrganisation(b, func(b *testing.B, s *directory.Session, size int) {
		ctx := context.Background()
		deep := int64(size/2*9/10) / 100 * 100
		for cursor := int64(0); cursor < deep; {
			page, err := s.Members(ctx, benchLarge, directory.ByCustom, cursor, 100, true)
			if err != nil {
				b.Fatal(err)
			}
			cursor = page.Next
		}
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

// BenchmarkDepartmentSubtree reads what a walk over the tree reads of one
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
