package main

import (
	"strconv"

	"github.com/mingce/mingce/internal/directory"
)

type contactCommands struct {
	List     contactListCommand     `cmd:"" help:"List external contacts."`
	Show     contactShowCommand     `cmd:"" help:"Show an external contact."`
	Create   contactCreateCommand   `cmd:"" help:"Add an external contact."`
	Change   contactChangeCommand   `cmd:"" help:"Change an external contact."`
	Delete   contactDeleteCommand   `cmd:"" help:"Delete external contacts; mingce bin restores them."`
	Search   contactSearchCommand   `cmd:"" help:"Find external contacts by name, pinyin, company, number, label or owner."`
	HandOver contactHandOverCommand `cmd:"" name:"hand-over" help:"Give all external contacts of one employee to another."`
}

type contactListCommand struct {
	Label        int64  `placeholder:"ID" help:"Only contacts with this label."`
	Follower     string `placeholder:"USERID" help:"Only contacts of this owner."`
	Dept         int64  `placeholder:"ID" help:"Only contacts shared with this department."`
	Mobile       string `placeholder:"NUMBER" help:"Only the contact with this number."`
	Email        string `placeholder:"ADDRESS" help:"Only contacts with this mail address."`
	UpdatedSince string `placeholder:"TIME" help:"Only contacts changed since."`

	listFlags    `embed:""`
	recordsFlags `embed:""`
}

func (c *contactListCommand) Run(o output) error {
	return c.run(o, "mingce contact list", func(r *recordsClient) error {
		q := c.query()
		setNumber(q, "label", c.Label)
		set(q, "follower", c.Follower)
		setNumber(q, "dept", c.Dept)
		set(q, "mobile", c.Mobile)
		set(q, "email", c.Email)
		since, err := parseWhen("updated-since", c.UpdatedSince, now())
		if err != nil {
			return err
		}
		set(q, "updatedSince", since)
		return r.list(objectKinds[directory.ContactKind], q)
	})
}

func setNumber(q map[string][]string, name string, n int64) {
	if n != 0 {
		q[name] = []string{strconv.FormatInt(n, 10)}
	}
}

type (
	contactShowCommand   struct{ objectShowCommand }
	contactCreateCommand struct{ objectCreateCommand }
	contactChangeCommand struct{ objectChangeCommand }
	contactDeleteCommand struct{ objectDeleteCommand }
)

func (c *contactShowCommand) Run(o output) error   { return c.of(o, directory.ContactKind) }
func (c *contactCreateCommand) Run(o output) error { return c.of(o, directory.ContactKind) }
func (c *contactChangeCommand) Run(o output) error { return c.of(o, directory.ContactKind) }
func (c *contactDeleteCommand) Run(o output) error { return c.of(o, directory.ContactKind) }
