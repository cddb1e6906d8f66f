package main

import (
	"context"
	"errors"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

type contactSearchCommand struct {
	Text     string `arg:"" optional:"" help:"Any part of the name or company, the beginning of its pinyin or initials, a number, or its last four digits."`
	Mobile   string `placeholder:"NUMBER" help:"A whole number, or its last four digits."`
	Label    int64  `placeholder:"ID" help:"Only contacts with this label."`
	Follower string `placeholder:"USERID" help:"Only contacts of this owner."`
	Size     int64  `default:"20" help:"How many to show, 1 to 100 (${default})."`
	Cursor   string `help:"Continue after the previous page: what it printed after 'next'."`
	Output   string `short:"o" enum:"table,json" default:"table" help:"How the result is printed: table or json (${default})."`

	orgFlags `embed:""`
}

// Run shows numbers masked. Even an operator who may read the data does not need them here.
func (c *contactSearchCommand) Run(o output) error {
	if c.Size < 1 || c.Size > 100 {
		return usagef("--size is 1 to 100")
	}
	return c.session("mingce contact search", func(ctx context.Context, s *directory.Session) error {
		m, err := s.SearchContacts(ctx, directory.ContactQuery{
			Text: c.Text, Mobile: c.Mobile, LabelID: c.Label, FollowerID: c.Follower, Size: c.Size, Cursor: c.Cursor,
		})
		if errors.Is(err, directory.ErrSearchTooVague) || errors.Is(err, directory.ErrSearchCursor) {
			return usageError{err}
		}
		if err != nil {
			return err
		}
		if c.Output == "json" {
			return printJSON(o.out, found(m))
		}
		p := newTable(o.out)
		for _, c := range m.Contacts {
			company := ""
			if c.CompanyName != nil {
				company = *c.CompanyName
			}
			p.line("%s\t%s\t%s\t%s\t%s", c.ID, directory.MaskAddress(c.Phone()), c.FollowerID, c.Name, company)
		}
		if m.Next != "" {
			p.line("next %s", m.Next)
		}
		return p.end()
	})
}

// shownTime is a time as the JSON API shows it.
func shownTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }

// found is a page of contacts as the JSON API shows it, with masked numbers.
func found(m directory.ContactMatches) map[string]any {
	items := make([]map[string]any, len(m.Contacts))
	for i, c := range m.Contacts {
		o := c.Object()
		items[i] = o.Masked().Values
		for name, value := range items[i] {
			if directory.Equal(value, nil) { // which no answer shows
				delete(items[i], name)
			}
		}
		items[i]["version"], items[i]["createdAt"], items[i]["updatedAt"] = o.Version, shownTime(o.CreatedAt), shownTime(o.UpdatedAt)
	}
	page := map[string]any{"items": items, "next": nil}
	if m.Next != "" {
		page["next"] = m.Next
	}
	return page
}
