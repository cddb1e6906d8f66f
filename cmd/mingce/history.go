package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

type historyCommand struct {
	Kind    string `placeholder:"KIND" help:"Only of this kind: contact, employee, department, label, label-group, message-contact."`
	Object  string `placeholder:"ID" help:"Only of this object: its id, or KIND:ID."`
	Actor   string `placeholder:"ID" help:"Only by this app, key or person; commands on the data are 'command line'."`
	Request string `placeholder:"ID" help:"Only of this request."`
	Import  string `placeholder:"ID" help:"Only of this import."`
	Action  string `placeholder:"A" help:"Only create, update, delete, restore, purge, erase, reveal, export, personExport, import or undo."`
	Since   string `placeholder:"TIME" help:"Since then: 2026-11-29, 2026-11-29T10:00:00Z, or how long ago (2h, 7d)."`
	Until   string `placeholder:"TIME" help:"Until then."`
	Limit   int    `default:"50" help:"How many, 1 to 200 (${default})."`
	Cursor  string `help:"Continue after the page before: what it printed after 'next'."`
	Reveal  bool   `help:"Show numbers and mail addresses in clear; the history notes it."`

	recordsFlags `embed:""`
}

// change is a changed field as the API answers it.
type change struct {
	Field         string
	Before, After any
}

func (c change) String() string {
	show := func(v any) string {
		if v == nil {
			return "-"
		}
		text, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		return string(text)
	}
	return c.Field + ": " + show(c.Before) + " -> " + show(c.After)
}

func changesText(list []change, erased bool) string {
	if erased {
		return "(erased)"
	}
	parts := make([]string, len(list))
	for i, c := range list {
		parts[i] = c.String()
	}
	return strings.Join(parts, "; ")
}

func (c *historyCommand) Run(o output) error {
	return c.run(o, "mingce history", func(r *recordsClient) error {
		base, err := r.base()
		if err != nil {
			return err
		}
		q := url.Values{"limit": {strconv.Itoa(c.Limit)}}
		kind, id := oneKind(c.Kind), c.Object
		if k, rest, ok := strings.Cut(id, ":"); ok && directory.Kind(k).Known() {
			kind, id = k, rest
		}
		for name, value := range map[string]string{"kind": kind, "object": id, "actor": c.Actor, "request": c.Request, "import": c.Import, "action": c.Action, "cursor": c.Cursor} {
			set(q, name, value)
		}
		for name, value := range map[string]string{"since": c.Since, "until": c.Until} {
			at, err := parseWhen(name, value, now())
			if err != nil {
				return err
			}
			set(q, name, at)
		}
		if c.Reveal {
			q.Set("reveal", "true")
		}
		var raw json.RawMessage
		err = r.get(apiCall{method: http.MethodGet, path: base + "/history", query: q}, &raw)
		return r.finish(raw, err, func() error { return printHistory(r, raw) })
	})
}

func printHistory(r *recordsClient, raw json.RawMessage) error {
	var page struct {
		Items []struct {
			Time, Kind, ObjectID, Action, Actor, ActorName, Via, RequestID string
			Version                                                        *int64
			Changes                                                        []change
			Erased                                                         bool
		}
		Next *string
	}
	if err := decodeNumbers(raw, &page); err != nil {
		return err
	}
	t := newTable(r.out)
	t.line("TIME\tACTION\tOBJECT\tVERSION\tBY\tTHROUGH\tREQUEST\tCHANGES")
	for _, e := range page.Items {
		version := "-"
		if e.Version != nil {
			version = strconv.FormatInt(*e.Version, 10)
		}
		by := e.Actor
		if e.ActorName != "" {
			by = e.ActorName
		}
		t.line("%s\t%s\t%s:%s\t%s\t%s\t%s\t%s\t%s", e.Time, e.Action, e.Kind, e.ObjectID, version, by, e.Via, e.RequestID, changesText(e.Changes, e.Erased))
	}
	if page.Next != nil {
		t.line("next %s", *page.Next)
	}
	return t.end()
}

// oneKind is a kind that may be named as import and export name it: contacts.
func oneKind(name string) string {
	for kind, k := range objectKinds {
		if name == k.path {
			return string(kind)
		}
	}
	return name
}

// splitObject reads KIND:ID.
func splitObject(text string) (objectKind, string, error) {
	name, id, ok := strings.Cut(text, ":")
	k, known := objectKinds[directory.Kind(name)]
	if !ok || !known || id == "" {
		return objectKind{}, "", usagef("%q is not KIND:ID, such as contact:123; kinds are contact, employee, department, label, label-group, message-contact", text)
	}
	return k, id, nil
}
