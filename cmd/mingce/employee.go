package main

import "github.com/mingce/mingce/internal/directory"

type employeeCommands struct {
	List   employeeListCommand   `cmd:"" help:"List employees."`
	Show   employeeShowCommand   `cmd:"" help:"Show an employee."`
	Create employeeCreateCommand `cmd:"" help:"Add an employee."`
	Change employeeChangeCommand `cmd:"" help:"Change an employee."`
	Delete employeeDeleteCommand `cmd:"" help:"Delete employees; mingce bin restores them."`
}

type employeeListCommand struct {
	Dept         int64  `placeholder:"ID" help:"Only employees of this department."`
	Recursive    bool   `help:"With --dept: also of the departments below it."`
	Mobile       string `placeholder:"NUMBER" help:"Only the employee with this number."`
	Email        string `placeholder:"ADDRESS" help:"Only the employee with this mail address."`
	UpdatedSince string `placeholder:"TIME" help:"Only employees changed since."`

	listFlags    `embed:""`
	recordsFlags `embed:""`
}

func (c *employeeListCommand) Run(o output) error {
	return c.run(o, "mingce employee list", func(r *recordsClient) error {
		q := c.query()
		setNumber(q, "dept", c.Dept)
		if c.Recursive {
			q.Set("recursive", "true")
		}
		set(q, "mobile", c.Mobile)
		set(q, "email", c.Email)
		since, err := parseWhen("updated-since", c.UpdatedSince, now())
		if err != nil {
			return err
		}
		set(q, "updatedSince", since)
		return r.list(objectKinds[directory.EmployeeKind], q)
	})
}

type (
	employeeShowCommand   struct{ objectShowCommand }
	employeeCreateCommand struct{ objectCreateCommand }
	employeeChangeCommand struct{ objectChangeCommand }
	employeeDeleteCommand struct{ objectDeleteCommand }
)

func (c *employeeShowCommand) Run(o output) error   { return c.of(o, directory.EmployeeKind) }
func (c *employeeCreateCommand) Run(o output) error { return c.of(o, directory.EmployeeKind) }
func (c *employeeChangeCommand) Run(o output) error { return c.of(o, directory.EmployeeKind) }
func (c *employeeDeleteCommand) Run(o output) error { return c.of(o, directory.EmployeeKind) }
