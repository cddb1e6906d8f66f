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
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/policy"
	"github.com/mingce/mingce/internal/store"
)

type keyCommands struct {
	Create  keyCreateCommand  `cmd:"" help:"Make an access key for Alibaba Cloud clients, or an admin key."`
	List    keyListCommand    `cmd:"" help:"List the keys of an organisation, without their secrets."`
	Disable keyDisableCommand `cmd:"" help:"Disable a key until it is enabled again."`
	Enable  keyEnableCommand  `cmd:"" help:"Enable a disabled key."`
	Rotate  keyRotateCommand  `cmd:"" help:"Make a new key for the same holder, with the same policy."`
	Revoke  keyRevokeCommand  `cmd:"" help:"Delete a key for good, with the temporary credentials and tokens made for it."`
	STS     keySTSCommand     `cmd:"" name:"sts" help:"Make temporary credentials with the rights of an access key."`
	Bearer  keyBearerCommand  `cmd:"" help:"Make a bearer token with the rights of an access key."`
}

type keyCreateCommand struct {
	Org      string `required:"" placeholder:"CORPID" help:"The organisation the key belongs to."`
	Admin    bool   `help:"Make an admin key, which administers this organisation through Mingce's own API and --server."`
	All      bool   `name:"all-organisations" help:"With --admin: a key that administers every organisation of the server."`
	ReadOnly bool   `help:"Make an access key that may only read."`
	Policy   string `placeholder:"NAME|FILE" help:"Policy of the access key: FullAccess, ReadOnly, the name of a stored policy, or a file."`
	Account  string `placeholder:"ID" help:"Member account that the key belongs to; the organisation's own account if not given. Members may make few calls of the directory."`
	Name     string `default:"command line" help:"Who holds the key; shown in the history."`

	placeFlags `embed:""`
	keyFlag    `embed:""`
}

func (c *keyCreateCommand) Run(o output) error {
	given := 0
	for _, is := range []bool{c.Admin, c.ReadOnly, c.Policy != ""} {
		if is {
			given++
		}
	}
	if given > 1 {
		return usagef("--admin, --read-only and --policy make different kinds of keys; give only one of them")
	}
	if c.All && !c.Admin {
		return usagef("--all-organisations goes with --admin only")
	}
	if c.Admin && c.Account != "" {
		return usagef("--account: an admin key belongs to no account")
	}
	carried, err := c.policy()
	if err != nil {
		return err
	}
	return onData(c.placeFlags, c.keyFlag, func(ctx context.Context, i *instance.Instance) error {
		s := i.Directory.Session(c.operator(c.Org), "mingce key create", "")
		k, err := s.AddAccessKey(ctx, directory.NewKey{Principal: c.Name, Policy: carried, Member: c.Account})
		if err != nil {
			return err
		}
		return printKey(o, k)
	})
}

// policy returns the key's policy: a built-in name, the text of a document, or the name of a
// stored policy.
func (c *keyCreateCommand) policy() (string, error) {
	switch {
	case c.All:
		return directory.PolicyServerAdministrator, nil
	case c.Admin:
		return directory.PolicyAdministrator, nil
	case c.ReadOnly:
		return directory.PolicyReadOnly, nil
	case c.Policy == "":
		return directory.PolicyFullAccess, nil
	case c.Policy == directory.PolicyAdministrator, c.Policy == directory.PolicyServerAdministrator:
		return "", usagef("--policy: %s is for admin keys; use --admin", c.Policy)
	}
	text, err := c.readFile(c.Policy)
	if errors.Is(err, fs.ErrNotExist) {
		return c.Policy, nil
	}
	if err != nil {
		return "", err
	}
	if _, err := policy.Parse("", text); err != nil {
		return "", fmt.Errorf("policy in %s: %w", c.Policy, err)
	}
	return text, nil
}

func printKey(o output, k directory.AccessKey) error {
	p := &printTo{w: o.out}
	if k.IsAdmin() {
		p.line("%s", k.AdminToken())
		return p.err
	}
	p.line("AccessKeyId      %s", k.ID)
	p.line("AccessKeySecret  %s", k.Secret.Reveal())
	return p.err
}

type keyListCommand struct {
	Org string `required:"" placeholder:"CORPID" help:"The organisation whose keys are listed."`

	placeFlags `embed:""`
	keyFlag    `embed:""`
}

func (c *keyListCommand) Run(o output) error {
	return onData(c.placeFlags, c.keyFlag, func(ctx context.Context, i *instance.Instance) error {
		ks, err := i.Directory.Session(c.operator(c.Org), "mingce key list", "").AccessKeys(ctx)
		if err != nil {
			return err
		}
		p := newTable(o.out)
		p.line("KEY\tHOLDER\tPOLICY\tACCOUNT\tSTATUS\tCREATED")
		for _, k := range ks {
			p.line("%s\t%s\t%s\t%s\t%s\t%s", k.ID, k.Principal, shownPolicy(k.Policy), shownAccount(k.Member), shownStatus(k.Disabled), k.CreatedAt.Format(time.RFC3339))
		}
		return p.end()
	})
}

func shownPolicy(text string) string {
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		return "(document)"
	}
	return text
}

func shownAccount(member string) string {
	if member == "" {
		return "management"
	}
	return "member " + member
}

func shownStatus(disabled bool) string {
	if disabled {
		return "disabled"
	}
	return "enabled"
}

// accessKeyFlags name an access key with --key. The master key is --key-file here.
type accessKeyFlags struct {
	AccessKey string `name:"key" required:"" placeholder:"ACCESSKEYID" help:"The access key."`
	KeyFile   string `name:"key-file" placeholder:"FILE" env:"MINGCE_KEY_FILE" help:"File of the master key. The key itself may be in MINGCE_KEY instead."`

	placeFlags `embed:""`
}

// onKey opens the data and calls do with the key and a session of its organisation.
func (c *accessKeyFlags) onKey(call string, do func(context.Context, *instance.Instance, *directory.Session, directory.AccessKey) error) error {
	return onData(c.placeFlags, keyFlag{c.KeyFile}, func(ctx context.Context, i *instance.Instance) error {
		k, err := i.Directory.AccessKey(ctx, c.AccessKey)
		if err == nil && !c.reaches(k.Org) {
			err = directory.ErrKeyNotFound
		}
		if err != nil {
			return fmt.Errorf("%s: %w", c.AccessKey, err)
		}
		return do(ctx, i, i.Directory.Session(c.operator(k.Org), call, ""), k)
	})
}

type keyDisableCommand struct {
	accessKeyFlags `embed:""`
}

func (c *keyDisableCommand) Run() error {
	return c.onKey("mingce key disable", func(ctx context.Context, _ *instance.Instance, s *directory.Session, _ directory.AccessKey) error {
		return s.DisableAccessKey(ctx, c.AccessKey, true)
	})
}

type keyEnableCommand struct {
	accessKeyFlags `embed:""`
}

func (c *keyEnableCommand) Run() error {
	return c.onKey("mingce key enable", func(ctx context.Context, _ *instance.Instance, s *directory.Session, _ directory.AccessKey) error {
		return s.DisableAccessKey(ctx, c.AccessKey, false)
	})
}

type keyRotateCommand struct {
	Now bool `help:"Disable the old key at once. Without it the old one works until it is disabled or revoked."`

	accessKeyFlags `embed:""`
}

func (c *keyRotateCommand) Run(o output) error {
	return c.onKey("mingce key rotate", func(ctx context.Context, _ *instance.Instance, s *directory.Session, _ directory.AccessKey) error {
		k, err := s.RotateAccessKey(ctx, c.AccessKey, c.Now)
		if err != nil {
			return err
		}
		if !c.Now {
			fmt.Fprintf(o.err, "%s still works. When nothing uses it any more: mingce key revoke --key %s\n", c.AccessKey, c.AccessKey)
		}
		return printKey(o, k)
	})
}

type keyRevokeCommand struct {
	accessKeyFlags `embed:""`
}

func (c *keyRevokeCommand) Run() error {
	return c.onKey("mingce key revoke", func(ctx context.Context, _ *instance.Instance, s *directory.Session, _ directory.AccessKey) error {
		return s.RevokeAccessKey(ctx, c.AccessKey)
	})
}

type keySTSCommand struct {
	Duration time.Duration `default:"1h" help:"How long they live, 15m to 12h (${default})."`

	accessKeyFlags `embed:""`
}

func (c *keySTSCommand) Run(o output) error {
	return c.onKey("mingce key sts", func(ctx context.Context, _ *instance.Instance, s *directory.Session, _ directory.AccessKey) error {
		t, err := s.CreateTemporaryKey(ctx, c.AccessKey, c.Duration)
		if err != nil {
			return err
		}
		p := &printTo{w: o.out}
		p.line("AccessKeyId      %s", t.KeyID)
		p.line("AccessKeySecret  %s", t.Secret.Reveal())
		p.line("SecurityToken    %s", t.SecurityToken.Reveal())
		p.line("Expiration       %s", t.Expires.UTC().Format(time.RFC3339))
		return p.err
	})
}

type keyBearerCommand struct {
	Duration time.Duration `default:"12h" help:"How long it lives, 15m to 2160h (${default})."`

	accessKeyFlags `embed:""`
}

func (c *keyBearerCommand) Run(o output) error {
	return c.onKey("mingce key bearer", func(ctx context.Context, _ *instance.Instance, s *directory.Session, _ directory.AccessKey) error {
		token, expires, err := s.CreateBearerToken(ctx, c.AccessKey, c.Duration)
		if err != nil {
			return err
		}
		p := &printTo{w: o.out}
		p.line("BearerToken      %s", token.Reveal())
		p.line("Expiration       %s", expires.UTC().Format(time.RFC3339))
		return p.err
	})
}

// onData opens the data of an installation, calls do and closes the data. Data of dev, whose
// master key is published, needs no key. With --server, do runs inside the server instead.
func onData(p placeFlags, k keyFlag, do func(context.Context, *instance.Instance) error) error {
	if h := p.host; h != nil && h.instance != nil {
		return do(h.ctx, h.instance)
	}
	if p.Server != "" {
		return p.send()
	}
	options, err := p.options()
	if err != nil {
		return err
	}
	options.Existing = true
	return onKind(options, k, do)
}

// onKind is onStore for data of serve, or without a key for data of dev.
func onKind(options store.Options, k keyFlag, do func(context.Context, *instance.Instance) error) (err error) {
	if options.Key, err = k.load(); err != nil {
		return err
	}
	options.Kind = store.Serve
	if options.Key == nil {
		options.Key, options.Kind = keyring.DevMaster(), store.Dev
	}
	err = onStore(options, do)
	if options.Kind == store.Dev && (errors.Is(err, store.ErrWrongKind) || errors.Is(err, store.ErrWrongKey)) {
		_, err = k.require()
	}
	return err
}

// onStore opens the data, calls do and closes the data.
func onStore(options store.Options, do func(context.Context, *instance.Instance) error) (err error) {
	ctx, cancel := untilStopped(nil)
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
