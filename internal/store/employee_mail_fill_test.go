package store

import (
	"fmt"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
)

// beforeEmployeeMails is a schema before all addresses of employees were indexed;
// no step has its number.
const beforeEmployeeMails = 149

// TestMailsOfOlderEmployeesAreFound opens data of a program that indexed only the
// contact address.
func TestMailsOfOlderEmployeesAreFound(t *testing.T) {
	t.Parallel()
	for name, engine := range map[string]struct {
		fresh func(testing.TB) Options
		bytes string // a literal
	}{"sqlite": {sqliteOptions, "x'%x'"}, "postgres": {postgresOptions, `'\x%x'`}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := engine.fresh(t)
			wrapped := o.Key.NewTenantKey("o", 1)
			keys, err := o.Key.Tenant("o", []keyring.Wrapped{wrapped})
			if err != nil {
				t.Fatal(err)
			}
			script := fmt.Sprintf("INSERT INTO org_key (org, version, wrapped) VALUES ('o', 1, "+engine.bytes+");\n", wrapped.Key)
			for id, private := range map[string]string{
				"u1": `{"org_email":"A@corp.example","login_email":"a@login.example"}`, "u2": `{"login_email":"b@login.example"}`, "u3": `{"telephone":"1"}`,
			} {
				script += fmt.Sprintf(`INSERT INTO employee (org, user_id, name, dept_ids, admin, account_type, disabled, created_at, profile, private)
					VALUES ('o', '%s', 'n', '[]', FALSE, 'normal', FALSE, 1, '{}', `+engine.bytes+");\n", id, keys.Seal("employee", id, "private", []byte(private)))
			}
			s := mustOpen(t, older(t, o, beforeEmployeeMails, script))
			for email, want := range map[string]string{"a@corp.example": "[u1]", "a@login.example": "[u1]", "B@login.example": "[u2]", "c@login.example": "[]"} {
				got := []string{}
				if err := s.View(ctx, "o", func(tx directory.Tx) error {
					es, err := tx.Employees().FindEmployees(directory.EmployeeFind{Email: email, Limit: 10})
					for _, e := range es {
						got = append(got, e.UserID)
					}
					return err
				}); err != nil || fmt.Sprint(got) != want {
					t.Errorf("by %s: got %v, %v, want %s", email, got, err, want)
				}
			}
		})
	}
}
