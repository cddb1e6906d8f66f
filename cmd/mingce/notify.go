package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
)

type notifyCommand struct {
	Account string `required:"" placeholder:"ID" help:"The account that the message is about."`
	Type    string `required:"" placeholder:"TYPE" help:"ServiceMessage, FaultMessage, AccountExpenses, SecurityMessage, ActivityMessage or ProductMessage."`
	Subject string `required:"" help:"Subject, one line."`
	Text    string `required:"" help:"Text; - reads standard input."`
	Org     string `placeholder:"CORPID" help:"Organisation of the account; looked up if not given."`

	placeFlags `embed:""`
	keyFlag    `embed:""`
}

// received is one receiver of the notification.
type received struct {
	ContactID string   `json:"contactId"`
	Channels  []string `json:"channels"`
}

func (c *notifyCommand) Run(o output) error {
	if c.Text == "-" {
		text, err := c.readFile(c.Text)
		if err != nil {
			return err
		}
		c.Text = text
	}
	return onData(c.placeFlags, c.keyFlag, func(ctx context.Context, i *instance.Instance) error {
		org, err := c.orgOfAccount(ctx, i, c.Org, c.Account)
		if err != nil {
			return err
		}
		d, err := i.Directory.Session(c.operator(org), "mingce notify", "").NotifyAccount(ctx, directory.Notification{
			AccountID: c.Account, Type: c.Type, Subject: c.Subject, Text: c.Text,
		})
		if err != nil {
			return err
		}
		to := make([]received, len(d.Receivers))
		for n, r := range d.Receivers {
			to[n] = received(r)
		}
		if c.host == nil || c.host.instance == nil {
			fmt.Fprintln(o.err, "The messages are sent when the server runs.")
		}
		return printReceivers(o, d.ID, to)
	})
}

func printReceivers(o output, id string, to []received) error {
	p := &printTo{w: o.out}
	p.line("notification %s", id)
	for _, r := range to {
		p.line("%s %s", r.ContactID, strings.Join(r.Channels, ","))
	}
	if len(to) == 0 {
		fmt.Fprintln(o.err, "Nobody receives messages of this type for the account.")
	}
	return p.err
}
