package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
)

type appCommands struct {
	List    appListCommand    `cmd:"" help:"List the apps of an organisation, or of all."`
	Show    appShowCommand    `cmd:"" help:"Show an app and its settings, without its secret."`
	Create  appCreateCommand  `cmd:"" help:"Add an app and show its secret."`
	Change  appChangeCommand  `cmd:"" help:"Change an app: what it may read, where it may call from, and where logins return to."`
	Grant   appGrantCommand   `cmd:"" help:"Give an app permission codes."`
	Revoke  appRevokeCommand  `cmd:"" help:"Take permission codes from an app."`
	Scopes  appScopesCommand  `cmd:"" help:"List all permission codes, or those of an app."`
	Check   appCheckCommand   `cmd:"" help:"Show what an app may call, and which permission each call needs."`
	Rotate  appRotateCommand  `cmd:"" help:"Give an app a new secret, at once or with an overlap."`
	Disable appDisableCommand `cmd:"" help:"Switch an app off."`
	Enable  appEnableCommand  `cmd:"" help:"Switch an app on again."`
}

// appFlags name an app and the place of its data.
type appFlags struct {
	AppKey string `arg:"" name:"appkey" help:"The app's appKey (clientId)."`

	placeFlags `embed:""`
	keyFlag    `embed:""`
}

// session runs do with a session of the organisation that the app belongs to.
func (f appFlags) session(command string, do func(context.Context, *instance.Instance, *directory.Session) error) error {
	return onData(f.placeFlags, f.keyFlag, func(ctx context.Context, i *instance.Instance) error {
		a, err := f.app(ctx, i, f.AppKey)
		if err != nil {
			return err
		}
		return do(ctx, i, i.Directory.Session(f.operator(a.Org), "mingce app "+command, ""))
	})
}

// change applies an update. It prints nothing.
func (f appFlags) change(command string, u directory.AppUpdate) error {
	return f.session(command, func(ctx context.Context, _ *instance.Instance, s *directory.Session) error {
		_, err := s.ChangeApp(ctx, f.AppKey, u)
		return err
	})
}

type appListCommand struct {
	Org string `placeholder:"CORPID" help:"The organisation; all if not given."`

	placeFlags `embed:""`
	keyFlag    `embed:""`
}

func (c *appListCommand) Run(o output) error {
	return onData(c.placeFlags, c.keyFlag, func(ctx context.Context, i *instance.Instance) error {
		orgs := []string{c.Org}
		if c.Org == "" {
			all, err := c.orgs(ctx, i)
			if err != nil {
				return err
			}
			orgs = orgs[:0]
			for _, org := range all {
				orgs = append(orgs, org.ID)
			}
		}
		p := newTable(o.out)
		p.line("APPKEY\tCORPID\tAGENTID\tSTATE\tPERMISSIONS\tNAME")
		for _, org := range orgs {
			apps, err := i.Directory.Session(c.operator(org), "mingce app list", "").Apps(ctx)
			if err != nil {
				return fmt.Errorf("organisation %s: %w", org, err)
			}
			for _, a := range apps {
				p.line("%s\t%s\t%d\t%s\t%s\t%s", a.Key, a.Org, a.AgentID, shownState(a, i.Directory.Now()), permissionCount(a), a.Name)
			}
		}
		return p.end()
	})
}

// shownState returns the app's state, and until when an old secret still works.
func shownState(a directory.App, now time.Time) string {
	if a.HasOldSecret(now) {
		return appState(a) + ", old secret until " + a.Old.Until.Format(time.RFC3339)
	}
	return appState(a)
}

func appState(a directory.App) string {
	switch {
	case a.Disabled:
		return "disabled"
	case a.SigningOnly:
		return "signs only"
	case a.RequireSigning:
		return "must sign"
	}
	return "enabled"
}

func permissionCount(a directory.App) string {
	if slices.Contains(a.Permissions, directory.AllPermissions) {
		return "all"
	}
	return fmt.Sprint(len(a.Permissions))
}

type appGrantCommand struct {
	appFlags `embed:""`
	Codes    []string `arg:"" name:"code" help:"Permission codes; * stands for all."`
}

func (c *appGrantCommand) Run() error {
	if err := knownScopes(c.Codes); err != nil {
		return err
	}
	return c.change("grant", directory.AppUpdate{Grant: c.Codes})
}

type appRevokeCommand struct {
	appFlags `embed:""`
	Codes    []string `arg:"" name:"code" help:"Permission codes."`
}

func (c *appRevokeCommand) Run() error {
	return c.session("revoke", func(ctx context.Context, i *instance.Instance, s *directory.Session) error {
		a, err := i.Directory.App(ctx, c.AppKey)
		if err != nil {
			return err
		}
		if slices.Contains(a.Permissions, directory.AllPermissions) && !slices.Contains(c.Codes, directory.AllPermissions) {
			return fmt.Errorf("the app has every permission through the code *; revoke that first and grant the codes it needs")
		}
		for _, code := range c.Codes {
			if !slices.Contains(a.Permissions, code) {
				return fmt.Errorf("the app does not have the permission %s; it has: %s", code, strings.Join(a.Permissions, " "))
			}
		}
		_, err = s.ChangeApp(ctx, c.AppKey, directory.AppUpdate{Revoke: c.Codes})
		return err
	})
}

// knownScopes refuses a code that no operation requires: it is a typo, which the vendor's
// own odd spellings invite.
func knownScopes(codes []string) error {
	catalogue, err := instance.Catalogue()
	if err != nil {
		return err
	}
	scopes := catalogue.Scopes()
	for _, code := range codes {
		if code != directory.AllPermissions && !slices.ContainsFunc(scopes, func(s api.Scope) bool { return s.Code == code }) {
			return usagef("%s is not a permission code; mingce app scopes lists them", code)
		}
	}
	return nil
}

type appDisableCommand struct {
	appFlags `embed:""`
}

func (c *appDisableCommand) Run() error {
	yes := true
	return c.change("disable", directory.AppUpdate{Disabled: &yes})
}

type appEnableCommand struct {
	appFlags `embed:""`
}

func (c *appEnableCommand) Run() error {
	no := false
	return c.change("enable", directory.AppUpdate{Disabled: &no})
}
