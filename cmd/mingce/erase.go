package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/mingce/mingce/internal/transfer"
)

type eraseCommand struct {
	Object string `arg:"" name:"KIND:ID" help:"The person: contact:ID, employee:ID or message-contact:ID."`
	Reason string `placeholder:"TEXT" help:"Why; it is kept."`
	Yes    bool   `help:"Do it. Without it, what would be erased is shown, and the exit code is 1."`

	recordsFlags `embed:""`
}

func (c *eraseCommand) Run(o output) error {
	return c.run(o, "mingce erase", func(r *recordsClient) error {
		k, id, err := splitObject(c.Object)
		if err != nil {
			return err
		}
		base, err := r.base()
		if err != nil {
			return err
		}
		var raw json.RawMessage
		body := map[string]any{"kind": k.kind, "id": id, "reason": c.Reason, "preview": !c.Yes}
		err = r.get(apiCall{method: http.MethodPost, path: base + "/erasures", body: body}, &raw)
		var e struct {
			HistoryEntries int64
			Time           string
		}
		if err == nil {
			err = json.Unmarshal(raw, &e)
		}
		if err := r.finish(json.RawMessage(`{"erasure":`+strings.TrimSpace(string(raw))+`}`), err, func() error {
			what := "erased at " + e.Time
			if !c.Yes {
				what = "would be erased, which cannot be undone; confirm with --yes"
			}
			_, err := fmt.Fprintf(r.out, "%s:%s with %d entries of its history %s\n", k.kind, id, e.HistoryEntries, what)
			return err
		}); err != nil {
			return err
		}
		if !c.Yes {
			return exitError(exitFailed)
		}
		return nil
	})
}

type erasuresCommands struct {
	List   erasuresListCommand   `cmd:"" help:"List the people who were erased."`
	Export erasuresExportCommand `cmd:"" help:"Write the list of erasures, to be repeated on restored data."`
	Apply  erasuresApplyCommand  `cmd:"" help:"Repeat a list of erasures on restored data."`
}

type erasuresListCommand struct {
	recordsFlags `embed:""`
}

// erasure is an erasure as the API answers it, and with the organisation a line of the
// list.
type erasure struct {
	CorpID   string `json:"corpId"`
	Kind     string `json:"kind"`
	ObjectID string `json:"objectId"`
	Time     string `json:"time"`
}

// eachErasure calls do for all erasures of the organisation.
func (r *recordsClient) eachErasure(do func(raw json.RawMessage) error) error {
	base, err := r.base()
	if err != nil {
		return err
	}
	for q := (url.Values{"limit": {"200"}}); ; {
		var page struct {
			Items []json.RawMessage
			Next  *string
		}
		if err := r.get(apiCall{method: http.MethodGet, path: base + "/erasures", query: q}, &page); err != nil {
			return err
		}
		for _, raw := range page.Items {
			if err := do(raw); err != nil {
				return err
			}
		}
		if page.Next == nil {
			return nil
		}
		q.Set("cursor", *page.Next)
	}
}

func (c *erasuresListCommand) Run(o output) error {
	return c.run(o, "mingce erasures list", func(r *recordsClient) error {
		items := []json.RawMessage{}
		err := r.eachErasure(func(raw json.RawMessage) error {
			items = append(items, raw)
			return nil
		})
		return r.finish(map[string]any{"items": items, "next": nil}, err, func() error {
			t := newTable(r.out)
			t.line("TIME\tOBJECT\tENTRIES\tBY\tREASON")
			for _, raw := range items {
				var e struct {
					Time, Kind, ObjectID, Actor, Reason string
					HistoryEntries                      int64
				}
				if err := json.Unmarshal(raw, &e); err != nil {
					return err
				}
				t.line("%s\t%s:%s\t%d\t%s\t%s", e.Time, e.Kind, e.ObjectID, e.HistoryEntries, e.Actor, e.Reason)
			}
			return t.end()
		})
	})
}

type erasuresExportCommand struct {
	File string `arg:"" placeholder:"FILE" help:"The file to write; - is standard output."`

	recordsFlags `embed:""`
}

func (c *erasuresExportCommand) Run(o output) error {
	return c.run(o, "mingce erasures export", func(r *recordsClient) error {
		file, err := transfer.CreateFile(c.File, r.out)
		if err != nil {
			return err
		}
		defer file.Discard()
		n := 0
		err = r.eachErasure(func(raw json.RawMessage) error {
			n++
			e := erasure{CorpID: c.Org}
			if err := json.Unmarshal(raw, &e); err != nil {
				return err
			}
			text, err := json.Marshal(e)
			if err != nil {
				return err
			}
			_, err = file.Write(append(text, '\n'))
			return err
		})
		if err != nil {
			return r.finish(nil, err, nil)
		}
		return r.wrote(file, c.File, map[string]any{"file": c.File, "erasures": n})
	})
}

// wrote completes a file. A file of its own leaves standard output for what it holds.
func (r *recordsClient) wrote(file interface{ Commit() error }, name string, holds map[string]any) error {
	err := file.Commit()
	if err != nil || name == standardStream || r.Output != "json" {
		return err
	}
	return printJSON(r.out, holds)
}

type erasuresApplyCommand struct {
	File string `arg:"" placeholder:"FILE" help:"What mingce erasures export wrote; - is standard input."`

	recordsFlags `embed:""`
}

func (c *erasuresApplyCommand) Run(o output) error {
	return c.run(o, "mingce erasures apply", func(r *recordsClient) error {
		in := io.Reader(os.Stdin)
		if c.File != standardStream {
			f, err := os.Open(c.File)
			if err != nil {
				return err
			}
			defer f.Close()
			in = f
		}
		n, missing, err := r.applyErasures(in)
		if err != nil {
			return r.finish(nil, err, nil)
		}
		result := map[string]any{"erased": n, "missing": missing}
		return r.finish(result, nil, func() error {
			_, err := fmt.Fprintf(r.out, "erased %d, not there %d\n", n, missing)
			return err
		})
	})
}

// applyErasures repeats a list; only the lines of --org, if it is given.
func (r *recordsClient) applyErasures(in io.Reader) (done, missing int, err error) {
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var e erasure
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil || e.CorpID == "" || e.ObjectID == "" {
			return done, missing, fmt.Errorf("line %d is no erasure; the file is what mingce erasures export wrote", n)
		}
		if r.Org != "" && e.CorpID != r.Org {
			continue
		}
		err := r.get(apiCall{method: http.MethodPost, path: "/orgs/" + url.PathEscape(e.CorpID) + "/erasures",
			body: map[string]any{"kind": e.Kind, "id": e.ObjectID, "reason": "repeated: erased at " + e.Time}}, nil)
		refused := new(apiError)
		switch {
		case errors.As(err, &refused) && refused.status == http.StatusNotFound:
			missing++ // the backup is older than the person
		case err != nil:
			return done, missing, fmt.Errorf("line %d: %w", n, err)
		default:
			done++
		}
	}
	return done, missing, lines.Err()
}

type personCommands struct {
	Export personExportCommand `cmd:"" help:"Write everything that is stored about one person, in clear."`
}

type personExportCommand struct {
	File   string `arg:"" placeholder:"FILE" help:"The file to write; - is standard output."`
	Mobile string `xor:"who" placeholder:"NUMBER" help:"The person with this mobile."`
	Email  string `xor:"who" placeholder:"ADDRESS" help:"The person with this mail address."`
	Object string `xor:"who" placeholder:"KIND:ID" help:"The person that this object is of."`

	recordsFlags `embed:""`
}

func (c *personExportCommand) Run(o output) error {
	return c.run(o, "mingce person export", func(r *recordsClient) error {
		base, err := r.base()
		if err != nil {
			return err
		}
		body := map[string]string{}
		switch {
		case c.Mobile != "":
			body["mobile"] = c.Mobile
		case c.Email != "":
			body["email"] = c.Email
		case c.Object != "":
			k, id, err := splitObject(c.Object)
			if err != nil {
				return err
			}
			body["kind"], body["id"] = string(k.kind), id
		default:
			return usagef("say who: --mobile, --email or --object")
		}
		var raw json.RawMessage
		if err := r.get(apiCall{method: http.MethodPost, path: base + "/person-exports", body: body}, &raw); err != nil {
			return r.finish(nil, err, nil)
		}
		file, err := transfer.CreateFile(c.File, r.out)
		if err != nil {
			return err
		}
		defer file.Discard()
		if _, err := file.Write(append(raw, '\n')); err != nil {
			return err
		}
		var holds struct{ Objects []json.RawMessage }
		if err := json.Unmarshal(raw, &holds); err != nil {
			return err
		}
		return r.wrote(file, c.File, map[string]any{"file": c.File, "objects": len(holds.Objects)})
	})
}
