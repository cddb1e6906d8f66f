package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
)

type labelCommands struct {
	List   labelListCommand   `cmd:"" help:"List the label groups of external contacts with their labels."`
	Show   labelShowCommand   `cmd:"" help:"Show a label."`
	Create labelCreateCommand `cmd:"" help:"Add a label, and its group if it does not exist."`
	Change labelChangeCommand `cmd:"" help:"Change a label, or move it to another group."`
	Rename labelRenameCommand `cmd:"" help:"Rename a label or a group."`
	Delete labelDeleteCommand `cmd:"" help:"Delete labels, or groups with their labels, and remove them from contacts; mingce bin restores them."`
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

type (
	labelShowCommand   struct{ objectShowCommand }
	labelChangeCommand struct{ objectChangeCommand }
)

func (c *labelShowCommand) Run(o output) error   { return c.of(o, directory.LabelKind) }
func (c *labelChangeCommand) Run(o output) error { return c.of(o, directory.LabelKind) }

type labelListCommand struct {
	Group string `placeholder:"NAME" help:"Only labels of this group, by name or id."`

	listFlags    `embed:""`
	recordsFlags `embed:""`
}

func (c *labelListCommand) Run(o output) error {
	return c.run(o, "mingce label list", func(r *recordsClient) error {
		q := c.query()
		set(q, "group", c.Group)
		if r.Output == "json" || c.Q+c.Sort+c.Cursor+c.Group != "" {
			return r.list(objectKinds[directory.LabelKind], q)
		}
		return r.printLabels()
	})
}

// printLabels prints every group with its labels.
func (r *recordsClient) printLabels() error {
	type label struct {
		GroupID, LabelID int64
		Name             string
	}
	read := func(kind directory.Kind) (all []label, err error) {
		base, err := r.base()
		if err != nil {
			return nil, err
		}
		for q := (url.Values{"limit": {"200"}}); ; {
			var page struct {
				Items []label
				Next  *string
			}
			if err := r.get(apiCall{method: http.MethodGet, path: base + "/" + objectKinds[kind].path, query: q}, &page); err != nil {
				return nil, err
			}
			all = append(all, page.Items...)
			if page.Next == nil {
				return all, nil
			}
			q.Set("cursor", *page.Next)
		}
	}
	groups, err := read(directory.LabelGroupKind)
	if err != nil {
		return err
	}
	labels, err := read(directory.LabelKind)
	if err != nil {
		return err
	}
	p := &printTo{w: r.out}
	for _, g := range groups {
		p.line("%-12d %s", g.GroupID, g.Name)
		for _, l := range labels {
			if l.GroupID == g.GroupID {
				p.line("%-12d   %s", l.LabelID, l.Name)
			}
		}
	}
	return p.err
}

type labelCreateCommand struct {
	Group string `placeholder:"NAME" help:"The group the label belongs to."`
	Name  string `arg:"" optional:"" help:"Name of the label."`

	setFlags     `embed:""`
	recordsFlags `embed:""`
}

func (c *labelCreateCommand) Run(o output) error {
	return c.run(o, "mingce label create", func(r *recordsClient) error {
		values, err := c.values(objectKinds[directory.LabelKind])
		if err != nil {
			return err
		}
		for name, value := range map[string]string{"name": c.Name, "group": c.Group} {
			if value != "" {
				values[name] = value
			}
		}
		base, err := r.base()
		if err != nil {
			return err
		}
		var raw json.RawMessage
		err = r.get(apiCall{method: http.MethodPost, path: base + "/labels", body: values}, &raw)
		var made struct{ LabelID int64 }
		if err == nil {
			err = json.Unmarshal(raw, &made)
		}
		return r.finish(raw, err, func() error {
			_, err := fmt.Fprintln(r.out, made.LabelID)
			return err
		})
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

type labelDeleteCommand struct{ objectDeleteCommand }

func (c *labelDeleteCommand) Run(o output) error {
	return c.run(o, "mingce label delete", func(r *recordsClient) error {
		for _, id := range c.IDs { // an id may be that of a group
			path, err := r.objectPath(objectKinds[directory.LabelGroupKind], id)
			if err == nil && r.get(apiCall{method: http.MethodGet, path: path}, nil) == nil {
				return r.remove(objectKinds[directory.LabelGroupKind], c.IDs, c.IfVersion, c.Yes)
			}
		}
		return r.remove(objectKinds[directory.LabelKind], c.IDs, c.IfVersion, c.Yes)
	})
}

func explainLabel(err error) error {
	if errors.Is(err, directory.ErrLabelNotFound) {
		return fmt.Errorf("%w\n  mingce label list shows the ids of labels and groups", err)
	}
	return err
}
