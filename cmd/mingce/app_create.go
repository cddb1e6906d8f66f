package main

import (
	"context"
	"slices"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
)

type appCreateCommand struct {
	Name           string   `required:"" placeholder:"NAME" help:"Name of the app."`
	Permission     []string `placeholder:"CODE" help:"Permission code (repeat or separate by commas); qyapi_base comes with every app."`
	AllPermissions bool     `help:"Every permission, including those of later versions."`
	Dept           []int64  `placeholder:"ID" help:"Department whose people the app may read, including those below it; everybody if neither --dept nor --user is given."`
	User           []string `placeholder:"USERID" help:"Person whom the app may read."`
	AllowIP        []string `name:"allow-ip" placeholder:"ADDR" help:"Address or range (10.0.0.0/8) that calls may come from; any if not given."`
	RedirectURI    []string `name:"redirect-uri" placeholder:"URL" help:"Address that the login page may send people back to."`
	RequireSigning bool     `help:"Refuse calls of the TOP gateway that are not signed."`

	orgFlags `embed:""`
}

func (c *appCreateCommand) Run(o output) error {
	if err := knownScopes(c.Permission); err != nil {
		return err
	}
	a := directory.App{
		Name: c.Name, Permissions: append([]string{baseScope}, c.Permission...), AllowIPs: c.AllowIP,
		RedirectURIs: c.RedirectURI, RequireSigning: c.RequireSigning,
		Scope: directory.Scope{All: len(c.Dept)+len(c.User) == 0, DeptIDs: c.Dept, UserIDs: c.User},
	}
	slices.Sort(a.Permissions)
	a.Permissions = slices.Compact(a.Permissions)
	if c.AllPermissions {
		a.Permissions = []string{directory.AllPermissions}
	}
	return c.session("mingce app create", func(ctx context.Context, s *directory.Session) error {
		made, err := s.CreateApp(ctx, a)
		if err != nil {
			return err
		}
		p := &printTo{w: o.out}
		p.line("appKey     %s", made.Key)
		p.line("appSecret  %s", made.Secret.Reveal())
		p.line("agentId    %d", made.AgentID)
		return p.err
	})
}

type appChangeCommand struct {
	appFlags `embed:""`

	Name        *string  `placeholder:"NAME" help:"Name of the app."`
	All         bool     `help:"The app may read everybody."`
	Dept        []int64  `placeholder:"ID" help:"Departments whose people the app may read, including those below; replaces what it may read now."`
	User        []string `placeholder:"USERID" help:"People whom the app may read; replaces what it may read now."`
	AllowIP     []string `name:"allow-ip" placeholder:"ADDR" help:"Addresses and ranges that calls may come from; replaces the present list; \"any\" for all."`
	RedirectURI []string `name:"redirect-uri" placeholder:"URL" help:"Addresses that the login page may send people back to; replaces the present list; \"none\" for none."`
	Signing     string   `enum:"required,optional," default:"" placeholder:"required|optional" help:"Whether calls of the TOP gateway must be signed."`
}

func (c *appChangeCommand) Run() error {
	u := directory.AppUpdate{Name: c.Name, AllowIPs: orNone(c.AllowIP, "any"), RedirectURIs: orNone(c.RedirectURI, "none")}
	limited := len(c.Dept)+len(c.User) > 0
	switch {
	case c.All && limited:
		return usagef("--all and --dept or --user exclude each other")
	case c.All || limited:
		u.Scope = &directory.Scope{All: c.All, DeptIDs: c.Dept, UserIDs: c.User}
	}
	if c.Signing != "" {
		required := c.Signing == "required"
		u.RequireSigning = &required
	}
	return c.session("change", func(ctx context.Context, _ *instance.Instance, s *directory.Session) error {
		_, err := s.ChangeApp(ctx, c.AppKey, u)
		return err
	})
}

// orNone turns the word for an empty list into an empty list. nil means that the flag was
// not given.
func orNone(list []string, word string) []string {
	if len(list) == 1 && list[0] == word {
		return []string{}
	}
	return list
}
