package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/policy"
)

type policyCommands struct {
	Put    policyPutCommand    `cmd:"" help:"Store or replace a policy under a name that access keys can refer to."`
	List   policyListCommand   `cmd:"" help:"List stored policies."`
	Delete policyDeleteCommand `cmd:"" help:"Delete a policy that no access key refers to."`
	Check  policyCheckCommand  `cmd:"" help:"Show whether a key may do something, and which statement decides. Exit code 1: it may not."`
}

// readPolicy returns what --policy names: a built-in name or "" for FullAccess, the text of a
// file, or the name of a stored policy.
func (p *placeFlags) readPolicy(named string) (string, error) {
	switch named {
	case "":
		return directory.PolicyFullAccess, nil
	case directory.PolicyAdministrator, directory.PolicyServerAdministrator:
		return "", usagef("--policy: %s is for admin keys; use mingce key create --admin", named)
	}
	text, err := p.readFile(named)
	if errors.Is(err, fs.ErrNotExist) {
		return named, nil
	}
	if err != nil {
		return "", err
	}
	if _, err := policy.Parse("", text); err != nil {
		return "", fmt.Errorf("policy in %s: %w", named, err)
	}
	return text, nil
}

type policyPutCommand struct {
	Name string `arg:"" help:"Name of the policy: letters, digits and hyphens."`
	File string `arg:"" help:"File with the policy document; - is standard input."`
	Org  string `required:"" placeholder:"CORPID" help:"The organisation that the policy belongs to."`

	placeFlags `embed:""`
	keyFlag    `embed:""`
}

func (c *policyPutCommand) Run() error {
	text, err := c.readFile(c.File)
	if err != nil {
		return err
	}
	// A policy that cannot be parsed would grant nothing, and nobody would know why.
	if _, err := policy.Parse(c.Name, text); err != nil {
		return fmt.Errorf("policy in %s: %w", c.File, err)
	}
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return fmt.Errorf("policy in %s: not a JSON document", c.File)
	}
	return onData(c.placeFlags, c.keyFlag, func(ctx context.Context, i *instance.Instance) error {
		return i.Directory.Session(c.operator(c.Org), "mingce policy put", "").PutPolicy(ctx, c.Name, text)
	})
}

type policyListCommand struct {
	Org string `required:"" placeholder:"CORPID" help:"The organisation whose policies are listed."`

	placeFlags `embed:""`
	keyFlag    `embed:""`
}

func (c *policyListCommand) Run(o output) error {
	return onData(c.placeFlags, c.keyFlag, func(ctx context.Context, i *instance.Instance) error {
		ps, err := i.Directory.Session(c.operator(c.Org), "mingce policy list", "").Policies(ctx)
		if err != nil {
			return err
		}
		p := newTable(o.out)
		p.line("POLICY\tCHANGED")
		for _, name := range []string{policy.FullAccess, policy.ReadOnly} {
			p.line("%s\tbuilt in", name)
		}
		for _, stored := range ps {
			p.line("%s\t%s", stored.Name, stored.UpdatedAt.Format(time.RFC3339))
		}
		return p.end()
	})
}

type policyDeleteCommand struct {
	Name string `arg:"" help:"Name of the policy."`
	Org  string `required:"" placeholder:"CORPID" help:"The organisation that the policy belongs to."`

	placeFlags `embed:""`
	keyFlag    `embed:""`
}

func (c *policyDeleteCommand) Run() error {
	return onData(c.placeFlags, c.keyFlag, func(ctx context.Context, i *instance.Instance) error {
		return i.Directory.Session(c.operator(c.Org), "mingce policy delete", "").DeletePolicy(ctx, c.Name)
	})
}

type policyCheckCommand struct {
	Action   string `required:"" placeholder:"ACTION" help:"Action, such as UpdateMessageContact or resourcemanager:UpdateMessageContact."`
	Resource string `default:"*" placeholder:"ARN" help:"Resource: messagecontact/c-..., or acs:resourcemanager:*:ACCOUNT:messagecontact/c-... (${default})."`
	SourceIP string `name:"source-ip" default:"127.0.0.1" placeholder:"ADDRESS" help:"Where the call comes from (${default})."`
	Plain    bool   `help:"The call comes over plain HTTP."`

	accessKeyFlags `embed:""`
}

func (c *policyCheckCommand) Run(o output) error {
	source, err := netip.ParseAddr(c.SourceIP)
	if err != nil {
		return usagef("--source-ip: %s is not an IP address", c.SourceIP)
	}
	return c.onKey("mingce policy check", func(ctx context.Context, i *instance.Instance, _ *directory.Session, k directory.AccessKey) error {
		levels, err := i.Directory.Bounds(ctx, k.Caller())
		if err != nil {
			return err
		}
		allowed, why := c.decide(k, levels, policy.Question{Source: source, Secure: !c.Plain, Now: i.Directory.Now()})
		p := &printTo{w: o.out}
		if !allowed {
			p.line("denied: %s", why)
			return errors.Join(p.err, fmt.Errorf("%s may not do this", k.ID))
		}
		p.line("allowed: %s", why)
		return p.err
	})
}

// decide evaluates the control policies that bind the key, then the key's own
// policy, as the gateway does.
func (c *policyCheckCommand) decide(k directory.AccessKey, levels []directory.ControlLevel, q policy.Question) (allowed bool, why string) {
	if q.Action = c.Action; !strings.Contains(c.Action, ":") {
		q.Action = policy.ActionPrefix + c.Action
	}
	if q.Resource = c.Resource; q.Resource != "*" && !strings.HasPrefix(q.Resource, "acs:") {
		q.Resource = "acs:resourcemanager:*:" + k.AccountID + ":" + q.Resource
	}
	if k.Disabled {
		return false, "the key is disabled"
	}
	if d := decideLevels(levels, q); !d.Allowed {
		return false, d.String()
	}
	who := k.Caller()
	p, err := policy.Parse(who.PolicyName, who.Policy)
	if err != nil {
		return false, fmt.Sprintf("policy %s cannot be read: %v", shownPolicy(k.Policy), err)
	}
	d := p.Decide(q)
	if d.Allowed && who.Role.Policy != "" {
		session, err := policy.Parse("of the session", who.Role.Policy)
		if err != nil {
			return false, fmt.Sprintf("the policy of the session cannot be read: %v", err)
		}
		d = session.Decide(q)
	}
	return d.Allowed, d.String()
}

// decideLevels returns the denial of the lowest level that does not allow it.
func decideLevels(levels []directory.ControlLevel, q policy.Question) policy.Decision {
	for _, level := range levels {
		attached := make([]*policy.Policy, len(level.Policies))
		for i, stored := range level.Policies {
			p, err := policy.ParseControl(stored.ID, stored.Document)
			if err != nil {
				p = policy.None("that cannot be read (" + err.Error() + ")")
			}
			attached[i] = p
		}
		if d := policy.DecideTogether(level.Target, attached, q); !d.Allowed {
			return d
		}
	}
	return policy.Decision{Allowed: true}
}
