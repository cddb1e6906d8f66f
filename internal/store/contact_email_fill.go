package store

import (
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store/engine"
)

// fillContactEmails writes the blind indexes of the mail addresses that
// contacts already have.
func fillContactEmails(x engine.Statements, master *keyring.Master) error {
	type contact struct {
		org, id string
		sealed  []byte
	}
	tenants := map[string]*keyring.Tenant{}
	for last := (contact{}); ; {
		var page []contact
		err := x.Query(engine.Each("SELECT org, id, email FROM contact WHERE email IS NOT NULL AND (org, id) > (?, ?) ORDER BY org, id LIMIT ?",
			args{last.org, last.id, fillNames}, func(r *row) error {
				page = append(page, contact{r.Text(0), r.Text(1), r.Bytes(2)})
				return nil
			}))
		if err != nil {
			return err
		}
		for _, c := range page {
			keys := tenants[c.org]
			if keys == nil {
				if keys, err = tenantOf(x, master, c.org); err != nil {
					return err
				}
				tenants[c.org] = keys
			}
			email, err := engine.OpenUnder(keys, "contact", c.id, "email", c.sealed)
			if err != nil {
				return err
			}
			if err := x.Exec("UPDATE contact SET email_index = ? WHERE org = ? AND id = ?", keys.Blind(contactEmailPurpose, foldMail(email)), c.org, c.id); err != nil {
				return err
			}
			last = c
		}
		if len(page) < fillNames {
			return nil
		}
	}
}

// tenantOf reads the keys of an organisation in a migration.
func tenantOf(x engine.Statements, master *keyring.Master, org string) (*keyring.Tenant, error) {
	var versions []keyring.Wrapped
	err := x.Query(engine.Each("SELECT version, wrapped FROM org_key WHERE org = ?", args{org}, func(r *row) error {
		versions = append(versions, keyring.Wrapped{Version: byte(r.Int(0)), Key: r.Bytes(1)})
		return nil
	}))
	if err != nil {
		return nil, err
	}
	return master.Tenant(org, versions)
}
