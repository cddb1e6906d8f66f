package main

import "github.com/mingce/mingce/internal/directory"

type departmentCommands struct {
	List   departmentListCommand   `cmd:"" help:"List departments."`
	Show   departmentShowCommand   `cmd:"" help:"Show a department."`
	Create departmentCreateCommand `cmd:"" help:"Add a department."`
	Change departmentChangeCommand `cmd:"" help:"Change or move a department."`
	Delete departmentDeleteCommand `cmd:"" help:"Delete empty departments; mingce bin restores them."`
}

type departmentListCommand struct {
	Parent    int64 `placeholder:"ID" help:"Only departments below this one."`
	Recursive bool  `help:"With --parent: at every depth."`

	listFlags    `embed:""`
	recordsFlags `embed:""`
}

func (c *departmentListCommand) Run(o output) error {
	return c.run(o, "mingce department list", func(r *recordsClient) error {
		q := c.query()
		setNumber(q, "parent", c.Parent)
		if c.Recursive {
			q.Set("recursive", "true")
		}
		return r.list(objectKinds[directory.DepartmentKind], q)
	})
}

type (
	departmentShowCommand   struct{ objectShowCommand }
	departmentCreateCommand struct{ objectCreateCommand }
	departmentChangeCommand struct{ objectChangeCommand }
	departmentDeleteCommand struct{ objectDeleteCommand }
)

func (c *departmentShowCommand) Run(o output) error   { return c.of(o, directory.DepartmentKind) }
func (c *departmentCreateCommand) Run(o output) error { return c.of(o, directory.DepartmentKind) }
func (c *departmentChangeCommand) Run(o output) error { return c.of(o, directory.DepartmentKind) }
func (c *departmentDeleteCommand) Run(o output) error { return c.of(o, directory.DepartmentKind) }
