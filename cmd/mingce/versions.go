package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
)

type versionsCommand struct {
	Object  string `arg:"" placeholder:"KIND:ID" help:"The object, such as contact:123."`
	Version int64  `placeholder:"N" xor:"n" help:"Show this version whole."`
	Restore int64  `placeholder:"N" xor:"n" help:"Give the object the values of this version; out of the bin, if it is there."`
	Owner   string `placeholder:"USERID" help:"With --restore: the new owner, if the owner is gone."`
	Reveal  bool   `help:"Show numbers and mail addresses in clear; the history notes it."`
	Limit   int    `default:"50" help:"How many, 1 to 200 (${default})."`
	Cursor  string `help:"Continue after the page before: what it printed after 'next'."`

	recordsFlags `embed:""`
}

func (c *versionsCommand) Run(o output) error {
	return c.run(o, "mingce versions", func(r *recordsClient) error {
		k, id, err := splitObject(c.Object)
		if err != nil {
			return err
		}
		path, err := r.objectPath(k, id)
		if err != nil {
			return err
		}
		q := url.Values{}
		if c.Reveal {
			q.Set("reveal", "true")
		}
		var raw json.RawMessage
		switch {
		case c.Restore != 0:
			body := map[string]any{"version": c.Restore}
			if c.Owner != "" {
				body["owner"] = c.Owner
			}
			err = r.get(apiCall{method: http.MethodPost, path: path + "/restore", query: q, body: body}, &raw)
			return r.printObject(k, raw, err)
		case c.Version != 0:
			return c.one(r, k, path+"/versions/"+strconv.FormatInt(c.Version, 10), q)
		}
		q.Set("limit", strconv.Itoa(c.Limit))
		set(q, "cursor", c.Cursor)
		err = r.get(apiCall{method: http.MethodGet, path: path + "/versions", query: q}, &raw)
		return r.finish(raw, err, func() error { return printVersions(r, raw) })
	})
}

func (c *versionsCommand) one(r *recordsClient, k objectKind, path string, q url.Values) error {
	var raw json.RawMessage
	err := r.get(apiCall{method: http.MethodGet, path: path, query: q}, &raw)
	if err != nil || r.Output == "json" {
		return r.finish(raw, err, nil)
	}
	var v struct{ Object json.RawMessage }
	if err := json.Unmarshal(raw, &v); err != nil {
		return err
	}
	if v.Object == nil {
		_, err := r.out.Write([]byte("the object was deleted\n"))
		return err
	}
	return r.printObject(k, v.Object, nil)
}

func printVersions(r *recordsClient, raw json.RawMessage) error {
	var page struct {
		Items []struct {
			Version                        int64
			Time, Action, Actor, RequestID string
			Changes                        []change
		}
		Next *string
	}
	if err := decodeNumbers(raw, &page); err != nil {
		return err
	}
	t := newTable(r.out)
	t.line("VERSION\tTIME\tACTION\tBY\tREQUEST\tCHANGES")
	for _, v := range page.Items {
		t.line("%d\t%s\t%s\t%s\t%s\t%s", v.Version, v.Time, v.Action, v.Actor, v.RequestID, changesText(v.Changes, false))
	}
	if page.Next != nil {
		t.line("next %s", *page.Next)
	}
	return t.end()
}
