package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
)

type labelCommands struct {
	List   labelListCommand   `cmd:"" help:"List the label groups of external contacts with their labels."`
	Create labelCreateCommand `cmd:"" help:"Add a label, and its group if it does not exist."`
	Rename labelRenameCommand `cmd:"" help:"Rename a label or a group."`
	Delete labelDeleteCommand `cmd:"" help:"Delete a label, or a group with its labels, and remove it from contacts."`
}

// orgFlags name an organisation and the place of its data.
type orgFlags struct {
	Org string `required:"" placeholder:"CORPID" help:"The organisation."`

	placeFlags `embed:""`
	keyFlag    `embed:""`
}

// session runs do with a session of the organisation, which must exist.
func (f orgFlags) session(command string, do func(context.Context, *directory.Session) error) error {
	return onData(f.placeFlags, f.keyFlag, func(ctx context.Context, i *instance.Instance) error {
		if _, err := f.org(ctx, i, f.Org); err != nil {
			return err
		}
		return do(ctx, i.Directory.Session(f.operator(f.Org), command, ""))
	})
}

type labelListCommand struct {
	orgFlags `embed:""`
}

func (c *labelListCommand) Run(o output) error {
	return c.session("mingce label list", func(ctx context.Context, s *directory.Session) error {
		p := &printTo{w: o.out}
		const page = 100
		for offset := int64(0); ; offset += page {
			groups, err := s.LabelGroups(ctx, offset, page)
			if err != nil {
				return err
			}
			for _, g := range groups {
				p.line("%-12d %s", g.ID, g.Name)
				for _, l := range g.Labels {
					p.line("%-12d   %s", l.ID, l.Name)
				}
			}
			if len(groups) < page {
				return p.err
			}
		}
	})
}

type labelCreateCommand struct {
	Group string `required:"" placeholder:"NAME" help:"The group the label belongs to."`
	Name  string `arg:"" help:"Name of the label."`

	orgFlags `embed:""`
}

func (c *labelCreateCommand) Run(o output) error {
	return c.session("mingce label create", func(ctx context.Context, s *directory.Session) error {
		l, err := s.CreateLabel(ctx, c.Group, c.Name)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(o.out, l.ID)
		return err
	})
}

type labelRenameCommand struct {
	ID   int64  `arg:"" help:"Id of the label or group, as mingce label list shows it."`
	Name string `arg:"" help:"The new name."`

	orgFlags `embed:""`
}

func (c *labelRenameCommand) Run() error {
	return c.session("mingce label rename", func(ctx context.Context, s *directory.Session) error {
		return explainLabel(s.RenameLabel(ctx, c.ID, c.Name))
	})
}

type labelDeleteCommand struct {
	ID int64 `arg:"" help:"Id of the label or group, as mingce label list shows it."`

	orgFlags `embed:""`
}

func (c *labelDeleteCommand) Run(o output) error {
	return c.session("mingce label delete", func(ctx context.Context, s *directory.Session) error {
		n, err := s.DeleteLabel(ctx, c.ID)
		if err != nil {
			return explainLabel(err)
		}
		_, err = fmt.Fprintln(o.out, "removed from "+contacts(n))
		return err
	})
}

func explainLabel(err error) error {
	if errors.Is(err, directory.ErrLabelNotFound) {
		return fmt.Errorf("%w\n  mingce label list shows the ids of labels and groups", err)
	}
	return err
}

func contacts(n int) string {
	if n == 1 {
		return "1 contact"
	}
	return strconv.Itoa(n) + " contacts"
}
