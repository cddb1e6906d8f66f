package directory_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// person adds an employee of department 2.
func (d *desk) person(id, name string) {
	d.t.Helper()
	d.must(d.store.Update(bg, directory.SampleOrg, func(tx directory.Tx) error {
		tx.Employees().InsertEmployee(directory.Employee{UserID: id, Name: name, DeptIDs: []int64{2}, AccountType: directory.AccountNormal, CreatedAt: d.dir.Now()})
		return nil
	}))
}

func TestEmployeesAreFoundByName(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		long := strings.Repeat("很", 20)
		for id, name := range map[string]string{"p1": "单雄信", "p2": "欧阳小明", "p3": "Tom Lee", "p4": "王王王", "p5": "小单", "p6": long + "长", "p7": long + "短"} {
			d.person(id, name)
		}
		for word, want := range map[string][]string{
			"单": {"p1", "p5"}, "shan": {"p1", "p5"}, "shanxiongxin": {"p1"}, "sxx": {"p1"}, "xiongxin": {"p1"},
			"ouyang": {"p2"}, "oyxm": {"p2"}, "阳小": {"p2"}, "LEE": {"p3"}, "tom lee": {"p3"}, "ｔｏｍ": {"p3"},
			"王": {wangFang, "p4"}, long: {"p6", "p7"}, long + "短": {"p7"}, "，。": nil, "没有": nil, "chen": {"org1001"},
		} {
			m, err := d.app().SearchEmployees(bg, word, false, 0, 10)
			d.must(err)
			slices.Sort(m.IDs)
			slices.Sort(want)
			d.same(word, m.IDs, want)
			if m.Count != int64(len(want)) || m.More {
				t.Errorf("%s: got count %d, more %v, want %d and no more", word, m.Count, m.More, len(want))
			}
		}
		for word, want := range map[string][]string{"王王王": {"p4"}, "王": nil, "tom lee": nil, "Tom Lee": {"p3"}, long + "长": {"p6"}} {
			m, err := d.app().SearchEmployees(bg, word, true, 0, 10)
			d.must(err)
			d.same("exactly "+word, m.IDs, want)
		}
		other, err := d.partner().SearchEmployees(bg, "单", false, 0, 10)
		d.must(err)
		d.same("another organisation", other.IDs, nil)

		d.must(d.app().UpdateEmployee(bg, "p1", directory.EmployeeUpdate{Name: ptr("仇英")}))
		d.must(d.app().DeleteEmployee(bg, "p2", ""))
		for word, want := range map[string][]string{"单": {"p5"}, "qiuying": {"p1"}, "欧阳": nil} {
			m, err := d.app().SearchEmployees(bg, word, false, 0, 10)
			d.must(err)
			d.same("after changes, "+word, m.IDs, want)
		}
	})
}

// TestNameSearchPages searches with pages of several sizes, with and without
// the memory of where pages ended, and finds everybody once.
func TestNameSearchPages(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		var all []string
		for i := range 45 {
			id := fmt.Sprintf("w%02d", i)
			d.person(id, []string{"王小王", "小王", "老王王", "王五"}[i%4]+fmt.Sprint(i/8))
			all = append(all, id)
		}
		all = append(all, wangFang)
		slices.Sort(all)
		var order []string
		for _, size := range []int64{1, 7, 45, 46, 100} {
			for _, remembered := range []bool{true, false} {
				var got []string
				for page := int64(0); ; page++ {
					if !remembered {
						d.dir.Forget()
					}
					m, err := d.app().SearchEmployees(bg, "王", false, page, size)
					d.must(err)
					got = append(got, m.IDs...)
					if want := int64(len(all)); m.Count != want || m.More != (int64(len(got)) < want) {
						t.Fatalf("page %d of %d: got count %d, more %v after %d, want count %d", page, size, m.Count, m.More, len(got), want)
					}
					if !m.More {
						break
					}
				}
				if order == nil {
					order = slices.Clone(got)
				}
				d.same(fmt.Sprintf("pages of %d, memory %v", size, remembered), got, order)
			}
		}
		slices.Sort(order)
		d.same("everybody", order, all)
		m, err := d.app().SearchEmployees(bg, "王", false, 9, 100)
		d.must(err)
		if len(m.IDs) != 0 || m.More || m.Count != int64(len(all)) {
			t.Errorf("after the end: got %+v, want nothing", m)
		}
	})
}

// TestVagueNamesAreCountedInPart: above the limit a count grows from page to
// page and is exact at its end.
func TestVagueNamesAreCountedInPart(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		const people = directory.MaxNameCount + 150
		d.must(d.store.Update(bg, directory.SampleOrg, func(tx directory.Tx) error {
			for i := range people {
				tx.Employees().InsertEmployee(directory.Employee{UserID: fmt.Sprintf("v%04d", i), Name: "朱朱朱", DeptIDs: []int64{2}, AccountType: directory.AccountNormal, CreatedAt: d.dir.Now()})
			}
			return nil
		}))
		seen := int64(0)
		for page := int64(0); ; page++ {
			m, err := d.app().SearchEmployees(bg, "朱", false, page, 100)
			d.must(err)
			seen += int64(len(m.IDs))
			if want := min(people, max(directory.MaxNameCount, seen+1)); m.Count != want && m.More {
				t.Errorf("page %d: got count %d, want %d", page, m.Count, want)
			}
			if !m.More {
				if m.Count != people || seen != people {
					t.Errorf("at the end: got count %d, %d seen, want %d", m.Count, seen, people)
				}
				break
			}
		}
	})
}
