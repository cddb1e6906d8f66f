package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
)

const baseScope = api.BaseScope

type appCheckCommand struct {
	appFlags `embed:""`
	JSON     bool `name:"json" help:"As JSON."`
}

// access is a line of the output.
type access struct {
	Operation string `json:"operation"`
	Route     string `json:"route"`
	Needs     string `json:"needs"`
	Allowed   bool   `json:"allowed"`
}

func (c *appCheckCommand) Run(o output) error {
	return onData(c.placeFlags, c.keyFlag, func(ctx context.Context, i *instance.Instance) error {
		a, err := c.app(ctx, i, c.AppKey)
		if err != nil {
			return err
		}
		org, err := i.Directory.Org(ctx, a.Org)
		if err != nil {
			return fmt.Errorf("organisation %s: %w", a.Org, err)
		}
		holder := directory.Principal{Kind: directory.AppCaller, Org: a.Org, ID: a.Key, Permissions: a.Permissions}
		var lines []access
		for _, x := range i.Catalogue.Access(holder) {
			lines = append(lines, access{x.Name, route(x.Routes[0]), x.Permission, x.Allowed})
		}
		if c.JSON {
			e := json.NewEncoder(o.out)
			e.SetIndent("", "  ")
			return e.Encode(lines)
		}
		return printAccess(o, a, org, holder, lines)
	})
}

func printAccess(o output, a directory.App, org directory.Org, holder directory.Principal, lines []access) error {
	t := newTable(o.out)
	switch {
	case org.Disabled:
		t.line("The organisation %s is disabled: nothing can be called.", a.Org)
	case a.Disabled:
		t.line("The app is disabled: nothing can be called.")
	case a.SigningOnly:
		t.line("The app signs requests of the TOP gateway and gets no tokens.")
	}
	t.line("MAY\tOPERATION\tNEEDS\tROUTE")
	for _, l := range lines {
		t.line("%s\t%s\t%s\t%s", yesNo(l.Allowed), l.Operation, l.Needs, l.Route)
	}
	for _, field := range []struct{ code, opens string }{
		{directory.PermissionMobile, "mobiles of employees in answers"},
		{directory.PermissionEmail, "mail addresses, work places, remarks and extensions in answers"},
		{directory.PermissionOwnMobile, "the mobile of whoever logs in"},
	} {
		t.line("%s\t(fields)\t%s\t%s", yesNo(holder.May(field.code)), field.code, field.opens)
	}
	if err := t.end(); err != nil {
		return err
	}
	p := &printTo{w: o.out}
	if !a.Scope.All {
		p.line("It may only read the departments %v and those below them, and the people %v.", a.Scope.DeptIDs, a.Scope.UserIDs)
	}
	if len(a.AllowIPs) > 0 {
		p.line("It may only call from %v.", a.AllowIPs)
	}
	return p.err
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// route returns a route in the form that people write.
func route(r api.Route) string {
	if r.Family == api.TOPFamily {
		return "/router/rest?method=" + r.Name
	}
	if r.Method == "" {
		return r.Path
	}
	return r.Method + " " + r.Path
}

type appScopesCommand struct {
	AppKey string `arg:"" optional:"" name:"appkey" help:"The app; all codes if not given."`

	placeFlags `embed:""`
	keyFlag    `embed:""`
}

func (c *appScopesCommand) Run(o output) error {
	if c.AppKey == "" {
		catalogue, err := instance.Catalogue()
		if err != nil {
			return err
		}
		return printScopes(o, catalogue.Scopes())
	}
	return onData(c.placeFlags, c.keyFlag, func(ctx context.Context, i *instance.Instance) error {
		a, err := c.app(ctx, i, c.AppKey)
		if err != nil {
			return err
		}
		p := &printTo{w: o.out}
		for _, code := range slices.Sorted(slices.Values(a.Permissions)) {
			p.line("%s", code)
		}
		return p.err
	})
}

func printScopes(o output, scopes []api.Scope) error {
	p := newTable(o.out)
	p.line("CODE\tOPENS")
	for _, s := range scopes {
		opens := fmt.Sprint(len(s.Operations), " operations")
		switch {
		case len(s.Operations) == 1:
			opens = s.Operations[0]
		case slices.Contains(api.FieldScopes(), s.Code):
			opens = "fields of answers"
		}
		p.line("%s\t%s", s.Code, opens)
	}
	return p.end()
}
