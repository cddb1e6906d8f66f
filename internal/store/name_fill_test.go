package store

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"testing"
	"testing/fstest"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/engine"
)

// TestNamesOfOlderDataAreFound opens data of an older program, which has no
// terms and no counts, and checks that the migration adds both.
func TestNamesOfOlderDataAreFound(t *testing.T) {
	t.Parallel()
	for name, fresh := range map[string]func(testing.TB) Options{"sqlite": sqliteOptions, "postgres": postgresOptions} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			script := ""
			for i, dept := range []string{"总部", "市场部", "华东"} { // 1 > 2 > 3
				path := []string{"/1/", "/1/2/", "/1/2/3/"}[i]
				script += fmt.Sprintf("INSERT INTO department (org, id, parent_id, name, path) VALUES ('o', %d, %d, '%s', '%s');\n", i+1, i, dept, path)
			}
			for i, person := range []string{"单雄信", "曾国藩", "Tom Lee"} {
				script += fmt.Sprintf(`INSERT INTO employee (org, user_id, name, dept_ids, admin, account_type, disabled, created_at)
					VALUES ('o', 'u%d', '%s', '[]', FALSE, 'normal', FALSE, 1);`+"\n", i, person)
				for dept := 2; dept <= 2+i%2; dept++ { // u1 is in 2 and 3
					script += fmt.Sprintf(`INSERT INTO employee_dept (org, user_id, dept_id, rank, letters, entered_at, modified_at, leader)
						VALUES ('o', 'u%d', %d, 0, '', 1, 1, FALSE);`+"\n", i, dept)
				}
			}
			s := mustOpen(t, older(t, fresh(t), beforeNames, script))
			for prefix, want := range map[string]string{"pshan": "[u0]", "izgf": "[u1]", "m国藩": "[u1]", "mlee": "[u2]", "nzeng": "[]"} {
				var got []string
				if err := s.View(ctx, "o", func(tx directory.Tx) error {
					hits, err := tx.EmployeesByTerm(prefix, directory.NameHit[string]{}, nil, 10)
					for _, h := range hits {
						got = append(got, h.ID)
					}
					return err
				}); err != nil || fmt.Sprint(got) != want {
					t.Errorf("employees by %s: got %v, %v, want %s", prefix, got, err, want)
				}
			}
			if err := s.View(ctx, "o", func(tx directory.Tx) error {
				hits, err := tx.DepartmentsByTerm("pshichang", directory.NameHit[int64]{}, nil, 10)
				if len(hits) != 1 || hits[0].ID != 2 {
					t.Errorf("departments: got %v, want 2", hits)
				}
				for dept, want := range map[int64][2]int64{1: {0, 3}, 2: {3, 3}, 3: {1, 1}} {
					if direct, all, err := tx.CountMembers(dept); err != nil || [2]int64{direct, all} != want {
						t.Errorf("department %d: got %d direct members and %d people, %v, want %v", dept, direct, all, err, want)
					}
				}
				return err
			}); err != nil {
				t.Error(err)
			}
		})
	}
}

// Schemas of older programs: before search by name, and before accents were
// folded.
const (
	beforeNames   = 69
	beforeFolding = 75
)

// TestAccentsOfOlderDataFold checks that names stored with accents by an older
// program get the terms that this program would write.
func TestAccentsOfOlderDataFold(t *testing.T) {
	t.Parallel()
	for name, fresh := range map[string]func(testing.TB) Options{"sqlite": sqliteOptions, "postgres": postgresOptions} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			script := `INSERT INTO department (org, id, parent_id, name, path) VALUES ('o', 1, 0, 'Łódź', '/1/');
				INSERT INTO employee (org, user_id, name, dept_ids, admin, account_type, disabled, created_at) VALUES ('o', 'u1', 'Café', '[]', FALSE, 'normal', FALSE, 1);
				INSERT INTO contact (org, id, ordinal, name, follower_id, phone, phone_index, last4_index, label_ids, company_name, created_at, updated_at)
					VALUES ('o', 'c1', 7, 'Zoë', 'u1', '', 'a', 'b', '[]', 'Øre', 1, 1);
			`
			for _, row := range [][3]string{{"department", "dept_id", "1"}, {"employee", "user_id", "'u1'"}, {"contact", "ordinal", "7"}} {
				terms := map[string][]string{"department": directory.AccentedTerms("Łódź", ""), "employee": directory.AccentedTerms("Café", ""),
					"contact": directory.AccentedTerms("Zoë", "Øre")}[row[0]]
				for _, term := range terms {
					script += fmt.Sprintf("INSERT INTO %s_term (org, term, %s) VALUES ('o', '%s', %s);\n", row[0], row[1], term, row[2])
				}
			}
			s := mustOpen(t, older(t, fresh(t), beforeFolding, script))
			company := "Øre"
			for table, want := range map[string][]string{"department": directory.NameTerms("Łódź"), "employee": directory.NameTerms("Café"),
				"contact": directory.Contact{Name: "Zoë", CompanyName: &company}.SearchTerms()} {
				var got []string
				if err := s.View(ctx, "o", func(dt directory.Tx) error {
					return dt.(*tx).Each("SELECT term FROM "+table+"_term WHERE org = ? ORDER BY term", args{"o"}, func(r *row) error {
						got = append(got, r.Text(0))
						return nil
					})
				}); err != nil || !slices.Equal(got, want) {
					t.Errorf("terms of the %s: got %q, %v, want %q", table, got, err, want)
				}
			}
		})
	}
}

// older creates data of an older schema with the rows of a script.
func older(t *testing.T, o Options, version int64, script string) Options {
	t.Helper()
	old := fstest.MapFS{}
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if number, err := strconv.ParseInt(path.Base(name)[:4], 10, 64); err != nil || number > version {
			continue
		}
		text, err := migrationFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		old[name] = &fstest.MapFile{Data: text}
	}
	old[fmt.Sprintf("migrations/%04d_rows.sql", version)] = &fstest.MapFile{Data: []byte(script)}
	nothing := func(func(*engine.Shape, func() ([]any, error)) error) error { return nil }
	err = engine.Load(ctx, o, &engine.Schema{Migrations: old, Fills: migrationFills}, &engine.Content{Schema: version, Tables: nothing})
	if err != nil {
		t.Fatal(err)
	}
	return o
}
