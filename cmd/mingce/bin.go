package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

type binCommands struct {
	List    binListCommand    `cmd:"" help:"List deleted objects that can be restored."`
	Restore binRestoreCommand `cmd:"" help:"Restore deleted objects under their ids."`
	Purge   binPurgeCommand   `cmd:"" help:"Remove objects from the bin for good; their history stays."`
}

type binListCommand struct {
	Kind   string `placeholder:"KIND" help:"Only of this kind: contact, employee, department, label, label-group, message-contact."`
	Q      string `placeholder:"TEXT" help:"Part of the name."`
	Limit  int    `default:"50" help:"How many, 1 to 200 (${default})."`
	Cursor string `help:"Continue after the page before: what it printed after 'next'."`

	recordsFlags `embed:""`
}

func (c *binListCommand) Run(o output) error {
	return c.run(o, "mingce bin list", func(r *recordsClient) error {
		base, err := r.base()
		if err != nil {
			return err
		}
		q := url.Values{"limit": {strconv.Itoa(c.Limit)}}
		set(q, "kind", oneKind(c.Kind))
		set(q, "q", c.Q)
		set(q, "cursor", c.Cursor)
		var raw json.RawMessage
		err = r.get(apiCall{method: http.MethodGet, path: base + "/bin", query: q}, &raw)
		return r.finish(raw, err, func() error {
			var page struct {
				Items []struct{ Kind, ID, Name, DeletedAt, DeletedBy, PurgeAt string }
				Next  *string
			}
			if err := json.Unmarshal(raw, &page); err != nil {
				return err
			}
			t := newTable(r.out)
			t.line("OBJECT\tDELETED AT\tBY\tPURGED AT\tNAME")
			for _, x := range page.Items {
				t.line("%s:%s\t%s\t%s\t%s\t%s", x.Kind, x.ID, x.DeletedAt, x.DeletedBy, x.PurgeAt, x.Name)
			}
			if page.Next != nil {
				t.line("next %s", *page.Next)
			}
			return t.end()
		})
	})
}

type binRestoreCommand struct {
	Objects []string `arg:"" name:"KIND:ID" help:"The objects, such as contact:123."`
	Owner   string   `placeholder:"USERID" help:"The new owner of contacts whose owner is gone."`
	Preview bool     `help:"Only tell what would happen."`

	recordsFlags `embed:""`
}

// namedObjects are objects as the API takes them.
func namedObjects(list []string) ([]map[string]string, error) {
	items := make([]map[string]string, len(list))
	for i, text := range list {
		k, id, err := splitObject(text)
		if err != nil {
			return nil, err
		}
		items[i] = map[string]string{"kind": string(k.kind), "id": id}
	}
	return items, nil
}

func (c *binRestoreCommand) Run(o output) error {
	return c.run(o, "mingce bin restore", func(r *recordsClient) error {
		items, err := namedObjects(c.Objects)
		if err != nil {
			return err
		}
		body := map[string]any{"items": items, "preview": c.Preview}
		if c.Owner != "" {
			body["owner"] = c.Owner
		}
		return r.bin("/bin/restore", "restored", body)
	})
}

type binPurgeCommand struct {
	Objects   []string `arg:"" optional:"" name:"KIND:ID" help:"The objects, such as contact:123."`
	OlderThan string   `placeholder:"AGE" help:"What was deleted longer ago: 30d."`
	All       bool     `help:"Everything."`
	Yes       bool     `help:"Do it without asking."`

	recordsFlags `embed:""`
}

func (c *binPurgeCommand) Run(o output) error {
	return c.run(o, "mingce bin purge", func(r *recordsClient) error {
		body := map[string]any{}
		if len(c.Objects) > 0 {
			items, err := namedObjects(c.Objects)
			if err != nil {
				return err
			}
			body["items"] = items
		}
		if c.OlderThan != "" {
			age, err := parseAge(c.OlderThan)
			if err != nil || age < 0 {
				return usagef("--older-than: %q is no age, such as 30d or 12h", c.OlderThan)
			}
			body["olderThan"] = now().Add(-age).UTC().Format(time.RFC3339Nano)
		}
		if c.All {
			body["all"] = true
		}
		if len(body) != 1 {
			return usagef("give objects, --older-than or --all")
		}
		if !c.Yes && !r.confirmed("Purge for good?") {
			return usagef("nothing was purged: confirm with --yes")
		}
		return r.bin("/bin/purge", "purged", body)
	})
}

// bin restores or purges, and prints what came of it.
func (r *recordsClient) bin(path, done string, body map[string]any) error {
	base, err := r.base()
	if err != nil {
		return err
	}
	var raw json.RawMessage
	err = r.get(apiCall{method: http.MethodPost, path: base + path, body: body}, &raw)
	var said struct {
		Bin struct {
			Counts struct{ Restored, Purged, Rejected int }
			Items  []struct {
				Kind, ID, Action string
				Errors, Left     []struct{ Parameter, Rule, Message string }
			}
		}
	}
	if err == nil {
		err = json.Unmarshal(raw, &said)
	}
	if err := r.finish(raw, err, func() error {
		t := newTable(r.out)
		if len(said.Bin.Items) == 0 {
			t.line("nothing in the bin fits")
		}
		for _, x := range said.Bin.Items {
			var notes []string
			for _, p := range append(x.Errors, x.Left...) {
				notes = append(notes, strings.TrimSpace(p.Message))
			}
			t.line("%s:%s\t%s\t%s", x.Kind, x.ID, x.Action, strings.Join(notes, "; "))
		}
		return t.end()
	}); err != nil {
		return err
	}
	switch n := said.Bin.Counts; {
	case n.Rejected == 0:
		return nil
	case n.Restored+n.Purged > 0:
		return partlyError{fmt.Errorf("%d of %d could not be %s", n.Rejected, n.Rejected+n.Restored+n.Purged, done)}
	}
	return fmt.Errorf("nothing was %s", done)
}
