package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
)

type roleCommands struct {
	Create roleCreateCommand `cmd:"" help:"Make a role."`
	List   roleListCommand   `cmd:"" help:"List the roles of an account."`
	Delete roleDeleteCommand `cmd:"" help:"Delete a role and end its sessions."`
}

// roleFlags say whose role it is.
type roleFlags struct {
	Org     string `required:"" placeholder:"CORPID" help:"The organisation."`
	Account string `placeholder:"ID" help:"Member account that the role belongs to; the organisation's own account if not given."`

	placeFlags `embed:""`
	keyFlag    `embed:""`
}

type roleCreateCommand struct {
	Name       string        `arg:"" help:"Name of the role: letters, digits, dots and hyphens."`
	Policy     string        `placeholder:"NAME|FILE" help:"What the role may do: FullAccess (if not given), ReadOnly, the name of a stored policy, or a file."`
	Trust      string        `placeholder:"ID|FILE" help:"Who may assume it: an account, for all its users and roles, or a file with a trust policy; the role's own account if not given."`
	MaxSession time.Duration `default:"1h" help:"How long a session may last, 1h to 12h (${default})."`

	roleFlags `embed:""`
}

func (c *roleCreateCommand) Run(o output) error {
	carried, err := c.readPolicy(c.Policy)
	if err != nil {
		return err
	}
	trust, err := c.trust()
	if err != nil {
		return err
	}
	return onData(c.placeFlags, c.keyFlag, func(ctx context.Context, i *instance.Instance) error {
		r, err := i.Directory.Session(c.operator(c.Org), "mingce role create", "").CreateRAMRole(ctx, directory.RAMRole{
			AccountID: c.Account, Name: c.Name, Policy: carried, Trust: trust, MaxSession: c.MaxSession,
		})
		if err != nil {
			return err
		}
		p := &printTo{w: o.out}
		p.line("RoleArn  %s", r.ARN())
		p.line("RoleId   %s", r.ID)
		return p.err
	})
}

// trust returns the trust policy: the text of the file, or one that trusts an account.
func (c *roleCreateCommand) trust() (string, error) {
	if c.Trust == "" {
		return "", nil
	}
	text, err := c.readFile(c.Trust)
	if !errors.Is(err, fs.ErrNotExist) {
		return text, err
	}
	if len(c.Trust) != 16 || strings.Trim(c.Trust, "0123456789") != "" {
		return "", fmt.Errorf("--trust: %s is neither a file nor the 16 digits of an account", c.Trust)
	}
	return directory.TrustingAccount(c.Trust), nil
}

type roleListCommand struct {
	roleFlags `embed:""`
}

func (c *roleListCommand) Run(o output) error {
	return onData(c.placeFlags, c.keyFlag, func(ctx context.Context, i *instance.Instance) error {
		rs, err := i.Directory.Session(c.operator(c.Org), "mingce role list", "").RAMRoles(ctx, c.Account)
		if err != nil {
			return err
		}
		p := newTable(o.out)
		p.line("ROLE\tARN\tPOLICY\tMAX SESSION\tCREATED")
		for _, r := range rs {
			p.line("%s\t%s\t%s\t%s\t%s", r.Name, r.ARN(), shownPolicy(r.Policy), r.MaxSession, r.CreatedAt.Format(time.RFC3339))
		}
		return p.end()
	})
}

type roleDeleteCommand struct {
	Name string `arg:"" help:"Name of the role."`

	roleFlags `embed:""`
}

func (c *roleDeleteCommand) Run() error {
	return onData(c.placeFlags, c.keyFlag, func(ctx context.Context, i *instance.Instance) error {
		return i.Directory.Session(c.operator(c.Org), "mingce role delete", "").DeleteRAMRole(ctx, c.Account, c.Name)
	})
}
