package directory

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ErrAdminBound: a key of one organisation asks for what all need.
var ErrAdminBound = errors.New("this admin key is of one organisation; it takes one made with key create --admin --all-organisations")

// PolicyAdministrator marks an admin key of one organisation,
// PolicyServerAdministrator one of all: they open our own administration and
// sign no vendor call (to package gateway/acs they are policies that allow
// nothing). The second is no name that a stored policy could have.
const (
	PolicyAdministrator       = "Administrator"
	PolicyServerAdministrator = "Administrator of all"
)

// IsAdmin reports whether the key is an admin key.
func (k AccessKey) IsAdmin() bool {
	return k.Policy == PolicyAdministrator || k.Policy == PolicyServerAdministrator
}

// CommandLine is the caller of what an operator does on the machine itself.
func CommandLine(org string) Principal {
	return Principal{Kind: AdminCaller, Org: org, ID: "command line", Name: "command line"}
}

// CreateOrg adds an organisation with its root department, the default label
// groups and, if admin names one, its first administrator. It returns
// ErrOrgSetting, ErrOrgEnded, or ErrConflict when the id is taken.
func (s *Session) CreateOrg(ctx context.Context, name string, admin Employee) error {
	if err := checkOrg(s.org, name); err != nil {
		return fmt.Errorf("create organisation %q: %w", s.org, err)
	}
	err := s.update(ctx, func(tx Tx) error {
		switch _, err := tx.OrgByID(s.org); {
		case err == nil:
			return fmt.Errorf("there is one with this corp id: %w", ErrConflict)
		case !errors.Is(err, ErrOrgNotFound):
			return err
		}
		if ended, err := tx.OrgEnded(s.org); err != nil || ended {
			return errors.Join(err, ErrOrgEnded)
		}
		if !IsPlain(admin.UserID) || utf8.RuneCountInString(admin.UserID) > MaxUserID {
			return ErrUserIDForm
		}
		tx.InsertOrg(Org{ID: s.org, Name: name, ContactsOn: true, CreatedAt: s.now})
		tx.InsertDepartment(Department{ID: RootDepartment, Name: name})
		s.putDefaultLabels(tx)
		if admin.UserID != "" {
			admin.Admin, admin.AccountType, admin.CreatedAt = true, AccountNormal, s.now
			admin.DeptIDs = []int64{RootDepartment}
			tx.InsertEmployee(s.dir.identify(s.org, admin))
		}
		s.audit(tx, Change{Noun: "org", Object: s.org, Action: "create", After: Record{"name": name, "administrator": admin.UserID}})
		return nil
	})
	if err != nil {
		return fmt.Errorf("create organisation %s: %w", s.org, err)
	}
	return nil
}

// checkOrg: a corp id goes into paths and lists, and looks like the vendor's.
func checkOrg(id, name string) error {
	const most = 64
	if id == "" || len(id) > most || strings.ContainsFunc(id, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) {
		return fmt.Errorf("a corp id has 1 to %d letters, digits, - and _: %w", most, ErrOrgSetting)
	}
	if !isName(name, MaxDepartmentName) {
		return fmt.Errorf("a name has 1 to %d characters and one line: %w", MaxDepartmentName, ErrOrgSetting)
	}
	return nil
}

// CreateApp adds an app with a key and a secret of its own making and, unless
// one is given, the next agent id. Only the returned App shows the secret. It
// returns ErrAppSetting or ErrOrgNotFound.
func (s *Session) CreateApp(ctx context.Context, a App) (App, error) {
	wanted := a.AgentID
	a.AgentID = max(wanted, 1)
	a.Org, a.CreatedAt = s.org, s.now
	a.Key = "ding" + strings.ToLower(s.dir.ids.Base62(16))
	a.Secret = NewSecret(s.dir.ids.Base62(64))
	err := a.check(App{})
	if err != nil {
		return App{}, fmt.Errorf("create app: %w", err)
	}
	err = s.update(ctx, func(tx Tx) error {
		// Creations take turns on the organisation: each gets the next agent id.
		if _, err := tx.OrgToChange(); err != nil {
			return err
		}
		apps, err := tx.AppsOf(s.org)
		if err != nil {
			return err
		}
		for _, other := range apps {
			if wanted == 0 {
				a.AgentID = max(a.AgentID, other.AgentID+1)
			}
		}
		tx.PutApp(a)
		s.audit(tx, Change{Noun: appNoun, Object: a.Key, Action: "create", After: a.record()})
		return nil
	})
	if err != nil {
		return App{}, fmt.Errorf("create app: %w", err)
	}
	return a, nil
}

// AdminToken is what the holder of an admin key sends.
func (k AccessKey) AdminToken() string { return k.ID + "." + string(k.Secret.Reveal()) }

// Administrator returns who holds the admin key, or ErrKeyNotFound. Unknown
// ids and wrong secrets cost the same comparison.
func (d *Directory) Administrator(ctx context.Context, token string) (Principal, error) {
	id, secret, _ := strings.Cut(token, ".")
	k, err := d.AccessKey(ctx, id)
	if err != nil && !errors.Is(err, ErrKeyNotFound) {
		return Principal{}, err
	}
	if !d.sameSecret(k.Secret.Reveal(), secret) || err != nil || !k.IsAdmin() || k.Disabled {
		return Principal{}, ErrKeyNotFound
	}
	p := Principal{Kind: AdminCaller, Org: k.Org, ID: k.ID, Name: k.Principal}
	if k.Policy == PolicyAdministrator {
		p.Bound = k.Org
	}
	return p, nil
}
