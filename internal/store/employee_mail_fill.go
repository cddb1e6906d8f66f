package store

import (
	"encoding/json"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store/engine"
)

// fillEmployeeMails writes the blind indexes of the business and login addresses
// that employees already have.
func fillEmployeeMails(x engine.Statements, master *keyring.Master) error {
	type employee struct {
		org, id string
		sealed  []byte
	}
	tenants := map[string]*keyring.Tenant{}
	for last := (employee{}); ; {
		var page []employee
		err := x.Query(engine.Each("SELECT org, user_id, private FROM employee WHERE private IS NOT NULL AND (org, user_id) > (?, ?) ORDER BY org, user_id LIMIT ?",
			args{last.org, last.id, fillNames}, func(r *row) error {
				page = append(page, employee{r.Text(0), r.Text(1), r.Bytes(2)})
				return nil
			}))
		if err != nil {
			return err
		}
		for _, e := range page {
			keys := tenants[e.org]
			if keys == nil {
				if keys, err = tenantOf(x, master, e.org); err != nil {
					return err
				}
				tenants[e.org] = keys
			}
			text, err := engine.OpenUnder(keys, "employee", e.id, "private", e.sealed)
			if err != nil {
				return err
			}
			var private directory.Private
			if err := json.Unmarshal([]byte(text), &private); err != nil {
				return err
			}
			blind := func(address string) []byte {
				if address == "" {
					return nil
				}
				return keys.Blind(emailPurpose, normalAddress(address))
			}
			last = e
			if private.OrgEmail == "" && private.LoginEmail == "" {
				continue
			}
			if err := x.Exec("UPDATE employee SET org_email_index = ?, login_email_index = ? WHERE org = ? AND user_id = ?",
				blind(private.OrgEmail), blind(private.LoginEmail), e.org, e.id); err != nil {
				return err
			}
		}
		if len(page) < fillNames {
			return nil
		}
	}
}
