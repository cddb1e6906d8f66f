package directory

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// ErrAppSetting: a setting of an app is not acceptable.
var ErrAppSetting = errors.New("setting of the app is not acceptable")

// AppUpdate says what to change of an app: nil leaves the value as it is.
type AppUpdate struct {
	Name           *string
	Grant, Revoke  []string // permission codes; Revoke wins
	Scope          *Scope
	AllowIPs       []string // an empty list allows all addresses
	RedirectURIs   []string
	RequireSigning *bool
	Disabled       *bool
}

// Apps returns the organisation's apps in the order of their keys.
func (s *Session) Apps(ctx context.Context) (apps []App, err error) {
	err = s.view(ctx, func(tx Tx) error {
		if _, err := tx.Orgs().OrgByID(s.org); err != nil {
			return err
		}
		apps, err = tx.Apps().AppsOf(s.org)
		return err
	})
	return apps, err
}

// App returns the app, whichever organisation it belongs to, or ErrAppNotFound.
func (d *Directory) App(ctx context.Context, key string) (App, error) { return d.app(ctx, key) }

// ChangeApp changes an app of the organisation and returns it. It returns
// ErrAppNotFound or ErrAppSetting. Withdrawn rights end at once in this
// process, and within a second in others.
func (s *Session) ChangeApp(ctx context.Context, key string, u AppUpdate) (after App, err error) {
	err = s.update(ctx, func(tx Tx) error {
		before, err := s.ownApp(tx, key)
		if err != nil {
			return err
		}
		after = u.apply(before)
		if err := after.check(before); err != nil {
			return err
		}
		old, changed := diff(before.record(), after.record())
		if len(changed) == 0 {
			return nil
		}
		tx.Apps().PutApp(after)
		s.audit(tx, Change{Noun: appNoun, Object: key, Action: "update", Before: old, After: changed})
		return nil
	})
	if err != nil {
		return App{}, fmt.Errorf("change app %s: %w", key, err)
	}
	s.dir.forgetApps()
	return after, nil
}

// appNoun names apps in the history.
const appNoun = "app"

// ownApp returns an app of the organisation. An app of another organisation
// counts as unknown.
func (s *Session) ownApp(tx Tx, key string) (App, error) {
	a, err := tx.Apps().AppByKey(key)
	if err == nil && a.Org != s.org {
		err = ErrAppNotFound
	}
	return a, err
}

func (u AppUpdate) apply(a App) App {
	if u.Name != nil {
		a.Name = *u.Name
	}
	a.Permissions = slices.DeleteFunc(distinct(slices.Concat(a.Permissions, u.Grant)), func(code string) bool {
		return slices.Contains(u.Revoke, code)
	})
	if u.Scope != nil {
		a.Scope = *u.Scope
	}
	if u.AllowIPs != nil {
		a.AllowIPs = u.AllowIPs
	}
	if u.RedirectURIs != nil {
		a.RedirectURIs = u.RedirectURIs
	}
	if u.RequireSigning != nil {
		a.RequireSigning = *u.RequireSigning
	}
	if u.Disabled != nil {
		a.Disabled = *u.Disabled
	}
	return a
}

// maxAppList bounds the address lists, because every call scans them.
const maxAppList = 500

// check returns ErrAppSetting for settings that cannot work. before is the
// stored app, or the zero App.
func (a App) check(before App) error {
	if a.Name != before.Name && !isLine(a.Name) || NameKey(a.Name) == "" {
		return fmt.Errorf("the name is blank or has several lines: %w", ErrAppSetting)
	}
	if len(a.AllowIPs) > maxAppList || len(a.RedirectURIs) > maxAppList {
		return fmt.Errorf("a list of addresses has more than %d entries: %w", maxAppList, ErrAppSetting)
	}
	for _, text := range a.AllowIPs {
		if _, ok := readAllowEntry(text); !ok {
			return fmt.Errorf("%q is neither an address nor a range of addresses: %w", text, ErrAppSetting)
		}
	}
	for _, text := range a.RedirectURIs {
		// A fragment would swallow the code that is appended to the address.
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || strings.Contains(text, "#") {
			return fmt.Errorf("%q is not an address a browser can be sent to: https://host/path, without a fragment: %w", text, ErrAppSetting)
		}
	}
	for _, code := range a.Permissions {
		if code == "" || strings.ContainsAny(code, " ,\t\n") {
			return fmt.Errorf("%q is not a permission code: %w", code, ErrAppSetting)
		}
	}
	return nil
}

// record is the app as audit entries show it, without its secret.
func (a App) record() Record {
	return Record{
		"name": a.Name, "permissions": listed(a.Permissions), "allowIps": listed(a.AllowIPs), "redirectUris": listed(a.RedirectURIs),
		"allDepartments": a.Scope.All, "deptIds": listed(a.Scope.DeptIDs), "userIds": listed(a.Scope.UserIDs),
		"requireSigning": a.RequireSigning, "disabled": a.Disabled,
	}
}

// listed turns a nil list into an empty one: audit entries and events do not
// distinguish them.
func listed[T any](v []T) []T { return append([]T{}, v...) }
