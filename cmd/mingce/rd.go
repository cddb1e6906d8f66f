package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
)

type rdCommands struct {
	Contacts rdContactsCommand `cmd:"" help:"List the message contacts in effect for an account, with the reason."`
}

type rdContactsCommand struct {
	Account string `required:"" placeholder:"ID" help:"The account."`
	Org     string `placeholder:"CORPID" help:"Its organisation; looked up if not given."`

	placeFlags `embed:""`
	keyFlag    `embed:""`
}

// Run shows addresses masked. Even an operator who may read the data does not need them
// here.
func (c *rdContactsCommand) Run(o output) error {
	return onData(c.placeFlags, c.keyFlag, func(ctx context.Context, i *instance.Instance) error {
		org, err := c.orgOfAccount(ctx, i, c.Org, c.Account)
		if err != nil {
			return err
		}
		cs, err := i.Directory.Session(c.operator(org), "mingce rd contacts", "").EffectiveContacts(ctx, c.Account)
		if err != nil {
			return fmt.Errorf("account %s: %w", c.Account, err)
		}
		p := newTable(o.out)
		p.line("CONTACT\tNAME\tSTATUS\tMESSAGES\tREACHED AT\tBECAUSE")
		for _, contact := range cs {
			p.line("%s\t%s\t%s\t%s\t%s\t%s", contact.ID, contact.Name, contact.Status, strings.Join(contact.MessageTypes, ","), reachedAt(contact), because(contact))
		}
		return p.end()
	})
}

// orgOfAccount finds the organisation whose directory has the account, or had it.
func (f *remoteFlags) orgOfAccount(ctx context.Context, i *instance.Instance, org, account string) (string, error) {
	if org != "" {
		return org, nil
	}
	orgs, err := f.orgs(ctx, i)
	if err != nil {
		return "", err
	}
	var found []string
	for _, o := range orgs {
		_, err := i.Directory.Session(directory.CommandLine(o.ID), "mingce rd", "").EffectiveContacts(ctx, account)
		switch {
		case err == nil:
			found = append(found, o.ID)
		case !errors.Is(err, directory.ErrAccountNotFound) && !errors.Is(err, directory.ErrDirectoryNotEnabled):
			return "", err
		}
	}
	switch len(found) {
	case 0:
		return "", fmt.Errorf("account %s: %w in any organisation", account, directory.ErrAccountNotFound)
	case 1:
		return found[0], nil
	}
	return "", usagef("account %s is in several organisations (%s); name one with --org", account, strings.Join(found, ", "))
}

func reachedAt(c directory.EffectiveContact) string {
	var at []string
	for _, channel := range []directory.Channel{c.Email, c.Phone} {
		if address := channel.Reached(); address != "" {
			at = append(at, directory.MaskAddress(address))
		}
	}
	if len(at) == 0 {
		return "nowhere"
	}
	return strings.Join(at, ",")
}

func because(c directory.EffectiveContact) string {
	reasons := make([]string, len(c.Reasons))
	for i, r := range c.Reasons {
		switch r.Kind {
		case directory.Retained:
			reasons[i] = "the account kept it when it or the account left the directory"
		default:
			reasons[i] = fmt.Sprintf("bound to the %s %s since %s", r.Kind, r.MemberID, r.Since.Format(time.RFC3339))
		}
	}
	return strings.Join(reasons, "; ")
}
