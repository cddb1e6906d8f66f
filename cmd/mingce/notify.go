package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
)

type notifyCommand struct {
	Account  string `required:"" placeholder:"ID" help:"The account that the message concerns."`
	Type     string `required:"" placeholder:"TYPE" help:"ServiceMessage, FaultMessage, AccountExpenses, SecurityMessage, ActivityMessage or ProductMessage."`
	Subject  string `required:"" help:"Subject, one line."`
	Text     string `required:"" help:"Text; - reads standard input."`
	Org      string `placeholder:"CORPID" help:"Organisation of the account; found by the account if not given, and needed with --server."`
	Server   string `placeholder:"URL" help:"A running server to act on instead of its data."`
	AdminKey string `placeholder:"KEY" env:"MINGCE_ADMIN_KEY" help:"Admin key for --server; better in the environment."`

	placeFlags `embed:""`
	keyFlag    `embed:""`
}

// received is one receiver, as the running server answers it too.
type received struct {
	ContactID string   `json:"contactId"`
	Channels  []string `json:"channels"`
}

func (c *notifyCommand) Run(o output) error {
	if c.Text == "-" {
		text, err := readFile(c.Text)
		if err != nil {
			return err
		}
		c.Text = text
	}
	if c.Server != "" {
		return c.onServer(o)
	}
	return onData(c.placeFlags, c.keyFlag, func(ctx context.Context, i *instance.Instance) error {
		org, err := orgOfAccount(ctx, i, c.Org, c.Account)
		if err != nil {
			return err
		}
		d, err := i.Directory.Session(directory.CommandLine(org), "mingce notify", "").NotifyAccount(ctx, directory.Notification{
			AccountID: c.Account, Type: c.Type, Subject: c.Subject, Text: c.Text,
		})
		if err != nil {
			return err
		}
		to := make([]received, len(d.Receivers))
		for n, r := range d.Receivers {
			to[n] = received(r)
		}
		fmt.Fprintln(o.err, "The messages leave when the server runs.")
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

// onServer sends the notification through a running server.
func (c *notifyCommand) onServer(o output) error {
	switch {
	case c.Org == "":
		return usagef("--server needs --org too")
	case c.Data != "" || c.Database != "":
		return usagef("--server acts on a running server, --data and --database on its data; give one of them")
	case !strings.HasPrefix(c.Server, "http://") && !strings.HasPrefix(c.Server, "https://"):
		return usagef("--server: %s does not begin with http:// or https://", c.Server)
	}
	body, err := json.Marshal(map[string]string{"account": c.Account, "type": c.Type, "subject": c.Subject, "text": c.Text})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	target := strings.TrimSuffix(c.Server, "/") + "/mingce/v1/orgs/" + url.PathEscape(c.Org) + "/notifications"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if c.AdminKey != "" {
		request.Header.Set("Authorization", "Bearer "+c.AdminKey)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	var said struct {
		ID        string     `json:"id"`
		Receivers []received `json:"receivers"`
		Error     struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(&said); err != nil {
		return fmt.Errorf("%s answers %s and no JSON: %w", c.Server, answer.Status, err)
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s: %s", c.Server, answer.Status, said.Error.Message)
	}
	return printReceivers(o, said.ID, said.Receivers)
}
