package main

import (
	"context"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/store"
)

type keyCommands struct {
	Create keyCreateCommand `cmd:"" help:"Make an access key for Alibaba Cloud clients, or an admin key."`
}

type keyCreateCommand struct {
	Org      string `required:"" placeholder:"CORPID" help:"The organisation the key belongs to."`
	Admin    bool   `help:"An admin key: for Authorization: Bearer on this server's own administration."`
	ReadOnly bool   `help:"An access key that may read only."`
	Name     string `default:"command line" help:"Who holds the key; shown in the history."`

	placeFlags `embed:""`
	keyFlag    `embed:""`
}

func (c *keyCreateCommand) Run(o output) error {
	if c.Admin && c.ReadOnly {
		return usagef("--admin and --read-only are different kinds of keys; give one of them")
	}
	policy := directory.PolicyFullAccess
	switch {
	case c.Admin:
		policy = directory.PolicyAdministrator
	case c.ReadOnly:
		policy = directory.PolicyReadOnly
	}
	return onData(c.placeFlags, c.keyFlag, func(ctx context.Context, i *instance.Instance) error {
		s := i.Directory.Session(directory.CommandLine(c.Org), "mingce key create", "")
		k, err := s.CreateAccessKey(ctx, c.Name, policy)
		if err != nil {
			return err
		}
		p := &printTo{w: o.out}
		if c.Admin {
			p.line("%s", k.AdminToken())
			return p.err
		}
		p.line("AccessKeyId      %s", k.ID)
		p.line("AccessKeySecret  %s", k.Secret.Reveal())
		return p.err
	})
}

// onData opens the data of an installation, does something and closes it.
func onData(p placeFlags, k keyFlag, do func(context.Context, *instance.Instance) error) error {
	options, err := p.options()
	if err != nil {
		return err
	}
	if options.Key, err = k.require(); err != nil {
		return err
	}
	options.Kind = store.Serve
	return onStore(options, do)
}

// onStore opens data, does something and closes it.
func onStore(options store.Options, do func(context.Context, *instance.Instance) error) (err error) {
	ctx, cancel := untilStopped()
	defer cancel()
	i, err := instance.Open(ctx, instance.Options{Store: options})
	if err != nil {
		return err
	}
	defer func() {
		if closed := i.Close(); err == nil {
			err = closed
		}
	}()
	return do(ctx, i)
}
