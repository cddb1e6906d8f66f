package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// No page of a list, in whatever order, sorts the table.
func TestPagesOfListsAreReadInTheirOrder(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *Store) {
		pagesAreReadInTheirOrder(t, open())
	})
}

func pagesAreReadInTheirOrder(t *testing.T, s *Store) {
	t.Helper()
	if err := s.view(ctx, "o", func(t2 *tx) error {
		for _, by := range []directory.ObjectSort{directory.ByCreation, directory.ByName, directory.ByUpdate} {
			for _, reverse := range []bool{false, true} {
				for _, onward := range []bool{false, true} {
					for _, since := range []time.Time{{}, time.Now()} {
						c := directory.ContactFind{Sort: by, Reverse: reverse, Limit: 51, UpdatedSince: since}
						e := directory.EmployeeFind{Sort: by, Reverse: reverse, Limit: 51, UpdatedSince: since}
						if onward {
							c.After, e.After = &directory.ContactPlace{Name: "n", UpdatedAt: time.Now(), Ordinal: 7}, &directory.EmployeePlace{Name: "n", UpdatedAt: time.Now(), CreatedAt: time.Now(), UserID: "u"}
						}
						contacts, a, err := t2.contactPage(c)
						if err != nil {
							return err
						}
						isOrdered(t, s, t2, contacts, a, onward)
						employees, a, err := t2.employeePage(e)
						if err != nil {
							return err
						}
						isOrdered(t, s, t2, employees, a, onward)
					}
				}
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// isOrdered fails unless a query reads an index in its order, and the rest of a list
// from its place on.
func isOrdered(t *testing.T, s *Store, t2 *tx, sql string, a args, onward bool) {
	t.Helper()
	plan, bounded := planOf(t, s, t2, sql, a), false
	for step := range strings.Lines(plan) {
		bounded = bounded || strings.ContainsAny(step, "<>") && (strings.Contains(step, "USING INDEX") || strings.Contains(step, "Index Cond"))
	}
	if strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "Sort") || onward && !bounded {
		t.Errorf("%s\nis done like this:\n%s", sql[strings.Index(sql, " FROM "):], plan)
	}
}

// planOf is how a query is done.
func planOf(t *testing.T, s *Store, t2 *tx, sql string, a args) string {
	t.Helper()
	var steps []string
	explain := func(sql string, a args, column int) {
		t.Helper()
		if err := t2.Each(sql, a, func(r *row) error {
			steps = append(steps, r.Text(column))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if s.Engine() == "sqlite" {
		explain("EXPLAIN QUERY PLAN "+sql, a, 3)
	} else { // an empty table would be read whole
		for _, off := range []string{"seqscan", "sort", "bitmapscan"} {
			explain("SELECT set_config('enable_"+off+"', 'off', true)", nil, 0)
		}
		steps = nil
		explain("EXPLAIN "+sql, a, 0)
	}
	return strings.Join(steps, "\n")
}

// A criterion that leaves few contacts is looked up, whatever the order: the list is
// not searched for them.
func TestFewContactsAreLookedUp(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, sqliteOptions(t))
	if err := s.view(ctx, "o", func(t2 *tx) error {
		for _, by := range []directory.ObjectSort{directory.ByCreation, directory.ByName, directory.ByUpdate} {
			for _, c := range []struct {
				index string
				f     directory.ContactFind
			}{
				{"id", directory.ContactFind{Label: 1}}, {"id", directory.ContactFind{Depts: []int64{1}}}, {"follower_id", directory.ContactFind{Follower: "u"}},
				{"phone_index", directory.ContactFind{Phone: "86-13900000000"}}, {"email_index", directory.ContactFind{Email: "a@example.com"}},
				{"ordinal", directory.ContactFind{AnyOf: &directory.ContactText{Terms: []string{"a"}}}},
			} {
				f, want := c.f, "(org=? AND "+c.index+"=?)"
				f.Sort, f.Limit = by, 51
				sql, a, err := t2.contactPage(f)
				if err != nil {
					return err
				}
				if plan := planOf(t, s, t2, sql, a); !strings.Contains(plan, want) {
					t.Errorf("%+v\nis done like this, want %s:\n%s", f, want, plan)
				}
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// TestOlderEmployeesAreInTheOrderOfTheLastChange opens data of a program that noted
// no last change of who was never changed.
func TestOlderEmployeesAreInTheOrderOfTheLastChange(t *testing.T) {
	t.Parallel()
	for name, fresh := range map[string]func(testing.TB) Options{"sqlite": sqliteOptions, "postgres": postgresOptions} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			script := ""
			for id, times := range map[string][2]int{"u1": {5, 0}, "u2": {3, 9}, "u3": {7, 0}, "u4": {2, 6}} {
				script += fmt.Sprintf(`INSERT INTO employee (org, user_id, name, dept_ids, admin, account_type, disabled, created_at, updated_at, profile, private)
					VALUES ('o', '%s', 'n', '[]', FALSE, 'normal', FALSE, %d, %d, '{}', NULL);`+"\n", id, times[0], times[1])
			}
			s := mustOpen(t, older(t, fresh(t), beforeEmployeeMails, script))
			var got []string
			if err := s.View(ctx, "o", func(tx directory.Tx) error {
				for f := (directory.EmployeeFind{Sort: directory.ByUpdate, Limit: 3}); ; {
					es, err := tx.Employees().FindEmployees(f)
					for _, e := range es {
						got = append(got, e.UserID)
						f.After = &directory.EmployeePlace{UpdatedAt: e.UpdatedAt, UserID: e.UserID}
					}
					if err != nil || len(es) == 0 {
						return err
					}
				}
			}); err != nil || fmt.Sprint(got) != "[u1 u4 u3 u2]" {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}
