package main

import (
	"context"

	"github.com/mingce/mingce/internal/instance"
)

type accountCommands struct {
	Create accountCreateCommand `cmd:"" help:"Make an account outside every resource directory, with an access key; a directory can invite it."`
}

type accountCreateCommand struct {
	Name  string `required:"" placeholder:"NAME" help:"Name of the account."`
	Email string `placeholder:"ADDRESS" help:"Its mail address, by which it can be invited; no other account may have it."`

	placeFlags `embed:""`
	keyFlag    `embed:""`
}

func (c *accountCreateCommand) Run(o output) error {
	return onData(c.placeFlags, c.keyFlag, func(ctx context.Context, i *instance.Instance) error {
		a, k, err := i.Directory.CreateOutsideAccount(ctx, c.operator(""), "mingce account create", c.Name, c.Email)
		if err != nil {
			return err
		}
		p := &printTo{w: o.out}
		p.line("AccountId        %s", a.ID)
		if p.err != nil {
			return p.err
		}
		return printKey(o, k)
	})
}
