package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

type undoCommand struct {
	Request   string   `placeholder:"ID" xor:"what" help:"Undo this request."`
	Import    string   `placeholder:"ID" xor:"what" help:"Undo this import."`
	Undo      string   `placeholder:"ID" xor:"what" help:"Undo this undo."`
	Actor     string   `placeholder:"ID" xor:"what" help:"Undo what this app, key or person did since --since; commands on the data are 'command line'."`
	Since     string   `placeholder:"TIME" help:"With --actor: since then."`
	Until     string   `placeholder:"TIME" help:"With --actor: until then; now if absent."`
	Preview   bool     `help:"Only tell what would happen."`
	Decide    []string `sep:"none" placeholder:"KIND:ID=undo|keep" help:"What to do about a conflict; repeatable."`
	DecideAll string   `placeholder:"undo|keep" help:"What to do about all other conflicts."`

	recordsFlags `embed:""`
}

// undoResult is an undo as the API answers it.
type undoResult struct {
	ID, State, RequestID string
	Preview              bool
	Counts               struct{ Objects, Undone, Kept, Conflicts, Unchanged int64 }
	Conflicts            []struct {
		Kind, ID, Name, Conflict, ChangedBy, RequestID, Message string
		Fields, Choices                                         []string
	}
	Error struct{ Code, Message string }
}

func (c *undoCommand) request() (map[string]any, error) {
	body := map[string]any{}
	ways := 0
	for name, value := range map[string]string{"requestId": c.Request, "importId": c.Import, "undoId": c.Undo, "actor": c.Actor} {
		if value != "" {
			body[name] = value
			ways++
		}
	}
	switch {
	case ways != 1:
		return nil, usagef("give exactly one of --request, --import, --undo, and --actor with --since")
	case c.Actor != "" && c.Since == "":
		return nil, usagef("--actor needs --since: since when to undo")
	case c.Actor == "" && c.Since+c.Until != "":
		return nil, usagef("--since and --until belong to --actor")
	case c.DecideAll != "" && c.DecideAll != "undo" && c.DecideAll != "keep":
		return nil, usagef("--decide-all is undo or keep")
	}
	for name, value := range map[string]string{"since": c.Since, "until": c.Until} {
		at, err := parseWhen(name, value, now())
		if err != nil {
			return nil, err
		}
		if at != "" {
			body[name] = at
		}
	}
	decisions := map[string]string{}
	for _, text := range c.Decide {
		i := strings.LastIndexByte(text, '=')
		if i < 0 || text[i+1:] != "undo" && text[i+1:] != "keep" {
			return nil, usagef("--decide: %q is not KIND:ID=undo or KIND:ID=keep", text)
		}
		if _, _, err := splitObject(text[:i]); err != nil {
			return nil, err
		}
		decisions[text[:i]] = text[i+1:]
	}
	if len(decisions) > 0 {
		body["decisions"] = decisions
	}
	if c.DecideAll != "" {
		body["decideAll"] = c.DecideAll
	}
	if c.Preview {
		body["preview"] = true
	}
	return body, nil
}

func (c *undoCommand) Run(o output) error {
	return c.run(o, "mingce undo", func(r *recordsClient) error {
		body, err := c.request()
		if err != nil {
			return err
		}
		base, err := r.base()
		if err != nil {
			return err
		}
		answer, err := r.do(apiCall{method: http.MethodPost, path: base + "/undo", body: body})
		refused := new(apiError)
		if errors.As(err, &refused) && refused.Rule == "undoConflict" {
			return r.undoConflict(refused)
		}
		if err != nil {
			return r.finish(nil, err, nil)
		}
		defer answer.Body.Close()
		raw, err := io.ReadAll(answer.Body)
		if err != nil {
			return err
		}
		var u undoResult
		if err := json.Unmarshal(raw, &u); err != nil {
			return err
		}
		for answer.StatusCode == http.StatusAccepted && u.State == "running" {
			select {
			case <-r.ctx.Done():
				return fmt.Errorf("the undo %s goes on in the server", u.ID)
			case <-time.After(500 * time.Millisecond):
			}
			if err := r.get(apiCall{method: http.MethodGet, path: base + "/undo/" + u.ID}, (*json.RawMessage)(&raw)); err != nil {
				return r.finish(nil, err, nil)
			}
			if err := json.Unmarshal(raw, &u); err != nil {
				return err
			}
		}
		if err := r.finish(json.RawMessage(`{"undo":`+strings.TrimSpace(string(raw))+`}`), nil, func() error { return printUndo(r, u) }); err != nil {
			return err
		}
		if u.Counts.Conflicts > 0 && c.Preview {
			return fmt.Errorf("nothing would be undone: %d objects are in conflict\n  %s", u.Counts.Conflicts, howToDecide)
		}
		if u.State == "partly" {
			return exitError(exitPartly)
		}
		return nil
	})
}

// undoConflict prints the conflicts that keep an undo from being done.
func (r *recordsClient) undoConflict(refused *apiError) error {
	var said struct{ Undo json.RawMessage }
	if err := json.Unmarshal(refused.text, &said); err != nil || said.Undo == nil {
		return refused
	}
	if r.Output == "json" { // the answer has both the error and the undo
		return r.finish(nil, refused, nil)
	}
	var u undoResult
	if err := json.Unmarshal(said.Undo, &u); err != nil {
		return err
	}
	if err := printUndo(r, u); err != nil {
		return err
	}
	return fmt.Errorf("nothing was undone: %w\n  %s", refused, howToDecide)
}

const howToDecide = "decide with --decide KIND:ID=undo or =keep, or with --decide-all undo or keep"

// did reports whether the undo changed anything, which could be undone in turn.
func (u undoResult) did() bool { return u.State != "previewed" && u.Counts.Undone > 0 }

func printUndo(r *recordsClient, u undoResult) error {
	t := newTable(r.out)
	state := u.State
	if state == "previewed" && !u.Preview {
		state = "not done"
	}
	t.line("undo\t%s\t%s", u.ID, state)
	n := u.Counts
	if u.did() {
		t.line("request\t%s\tby which this can be undone", u.RequestID)
	}
	t.line("objects\t%d\tundone %d, kept %d, unchanged %d, in conflict %d", n.Objects, n.Undone, n.Kept, n.Unchanged, n.Conflicts)
	if u.Error.Code != "" {
		t.line("error\t%s\t%s", u.Error.Code, u.Error.Message)
	}
	for _, c := range u.Conflicts {
		t.line("%s:%s\t%s\t%s %s by %s (%s)", c.Kind, c.ID, c.Conflict, c.Name, strings.Join(c.Fields, ","), c.ChangedBy, strings.Join(c.Choices, " or "))
		t.line("\t\t%s", c.Message)
	}
	return t.end()
}
