package directory

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ErrAdminBound: the admin key of one organisation tried to act for the whole
// server.
var ErrAdminBound = errors.New("this admin key is bound to one organisation; use one made with key create --admin --all-organisations")

// PolicyAdministrator marks an admin key of one organisation,
// PolicyServerAdministrator one of the whole server. Both open our own
// administration and sign no vendor call: to package gateway/acs they are
// policies that allow nothing. A stored policy cannot have the second name.
const (
	PolicyAdministrator       = "Administrator"
	PolicyServerAdministrator = "Administrator of all"
)

// IsAdmin reports whether the key is an admin key.
func (k AccessKey) IsAdmin() bool {
	return k.Policy == PolicyAdministrator || k.Policy == PolicyServerAdministrator
}

// CommandLine is the principal of an operator who works on the machine itself.
func CommandLine(org string) Principal {
	return Principal{Kind: AdminCaller, Org: org, ID: "command line", Name: "command line"}
}

// CreateOrg adds an organisation with its root department, the default label
// groups and, if admin names one, its first administrator. It returns
// ErrOrgSetting, ErrOrgDeleted, or ErrConflict when the id is taken.
func (s *Session) CreateOrg(ctx context.Context, name string, admin Employee) error {
	if err := checkOrg(s.org, name); err != nil {
		return fmt.Errorf("create organisation %q: %w", s.org, err)
	}
	err := s.update(ctx, func(tx Tx) error {
		switch _, err := tx.Orgs().OrgByID(s.org); {
		case err == nil:
			return fmt.Errorf("the corp id is taken: %w", ErrConflict)
		case !errors.Is(err, ErrOrgNotFound):
			return err
		}
		if ended, err := tx.Orgs().OrgDeleted(s.org); err != nil || ended {
			return errors.Join(err, ErrOrgDeleted)
		}
		if !IsPlain(admin.UserID) || utf8.RuneCountInString(admin.UserID) > MaxUserID {
			return ErrUserIDForm
		}
		tx.Orgs().InsertOrg(Org{ID: s.org, Name: name, ContactsOn: true, CreatedAt: s.now})
		s.dir.putAliyunAccount(tx, AliyunAccount{ID: s.dir.ids.Digits(16), Org: s.org, Name: name, CreatedAt: s.now})
		tx.Departments().InsertDepartment(Department{ID: RootDepartment, Name: name, CreatedAt: s.now, UpdatedAt: s.now})
		s.putDefaultLabels(tx)
		if admin.UserID != "" {
			admin.Admin, admin.AccountType, admin.CreatedAt = true, AccountNormal, s.now
			admin.DeptIDs = []int64{RootDepartment}
			tx.Employees().InsertEmployee(s.dir.identify(s.org, admin))
		}
		s.audit(tx, Change{Noun: "org", Object: s.org, Action: "create", After: Record{"name": name, "administrator": admin.UserID}})
		return nil
	})
	if err != nil {
		return fmt.Errorf("create organisation %s: %w", s.org, err)
	}
	return nil
}

// checkOrg restricts a corp id to what is safe in paths and lists, as the
// vendor's are.
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

// CreateApp adds an app with a generated key and secret and, unless one is
// given, the next agent id. Only the returned App holds the secret. It returns
// ErrAppSetting or ErrOrgNotFound.
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
		// The lock on the organisation serialises creations, so that each gets
		// its own agent id.
		if _, err := tx.Orgs().OrgToChange(); err != nil {
			return err
		}
		apps, err := tx.Apps().AppsOf(s.org)
		if err != nil {
			return err
		}
		for _, other := range apps {
			if wanted == 0 {
				a.AgentID = max(a.AgentID, other.AgentID+1)
			}
		}
		tx.Apps().PutApp(a)
		s.audit(tx, Change{Noun: appNoun, Object: a.Key, Action: "create", After: a.record()})
		return nil
	})
	if err != nil {
		return App{}, fmt.Errorf("create app: %w", err)
	}
	return a, nil
}

// AdminToken returns the bearer token that the holder of an admin key sends.
func (k AccessKey) AdminToken() string { return k.ID + "." + string(k.Secret.Reveal()) }

// Administrator returns the holder of the admin key, or ErrKeyNotFound. Unknown
// ids and wrong secrets take the same time.
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
