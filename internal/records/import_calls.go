package records

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/transfer"
)

// longestWait bounds the parameter wait.
const longestWait = 5 * time.Minute

// wait reads the parameter; 0 is none.
func (c *call) wait() (time.Duration, error) {
	text := c.text("wait")
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > longestWait {
		return 0, refuse(invalidParameter, "wait", api.Text{Zh: "须为 0s 至 5m 的时长，如 30s。", En: "a duration from 0s to 5m, like 30s."})
	}
	return d, nil
}

func (c *call) startImport() (*reply, error) {
	wait, err := c.wait()
	if err != nil {
		return nil, err
	}
	u, err := c.upload()
	if err != nil {
		return nil, err
	}
	o, err := c.importOptions(u.options)
	if err != nil {
		return nil, err
	}
	if c.idempotency != nil {
		return c.importOnce(u, o, wait)
	}
	v, err := c.start(u, o)
	if err != nil {
		return nil, err
	}
	return c.begun(v, wait)
}

// start begins an import.
func (c *call) start(u *upload, o transfer.Options) (transfer.Import, error) {
	v, err := c.config.Importer.Start(c.request.Context(), c.session, o, u.Input)
	if errors.Is(err, directory.ErrImportRunning) {
		e := c.errorOf(err)
		e.more = object{{"import", asJSON(v)}}
		return v, e
	}
	if err != nil {
		err = u.body.refused(err)
	}
	return v, err
}

// begun answers a call that lets an import run: it waits for the end if that was asked
// for (docs/spec/json-api.md#imports).
func (c *call) begun(v transfer.Import, wait time.Duration) (*reply, error) {
	if v.Error != nil && v.Error.Code == tooLarge { // the body itself is refused, not what it holds
		return nil, failedImport(v)
	}
	if wait > 0 && !v.Repeated {
		ctx, cancel := context.WithTimeout(c.request.Context(), wait)
		defer cancel()
		ctx, stop := untilStop(ctx)
		defer stop()
		ended, err := c.config.Importer.Watch(ctx, c.session, v.ID, nil)
		switch {
		case err == nil:
			v = ended
		case ctx.Err() == nil || c.request.Context().Err() != nil:
			return nil, err
		default:
			if v, err = c.config.Importer.Get(c.request.Context(), c.session, v.ID); err != nil {
				return nil, err
			}
		}
	}
	switch {
	case wait == 0 || v.EndedAt == nil:
		return c.accepted(v), nil
	case v.Error != nil && v.Error.Code != "cancelled":
		return nil, failedImport(v)
	}
	return &reply{status: http.StatusOK, body: asJSON(v)}, nil
}

func (c *call) accepted(v transfer.Import) *reply {
	return &reply{status: http.StatusAccepted, body: asJSON(v), headers: map[string]string{"Location": c.importPath(v.ID)}}
}

// importPath is the path of an import.
func (c *call) importPath(id string) string {
	return strings.ReplaceAll(orgPath, "{corpId}", url.PathEscape(c.path["corpId"])) + "/imports/" + url.PathEscape(id)
}

// failedImport is the error of a call that has waited for an import which failed.
func failedImport(v transfer.Import) *Error {
	line := int64(0)
	if v.Error.Line != nil {
		line = *v.Error.Line
	}
	e := refusedFile(v.Error.Code, line, api.Text{Zh: v.Error.MessageZh, En: v.Error.Message})
	e.more = object{{"import", asJSON(v)}}
	return e
}

// refusedFile is the error of a file that was refused as a whole.
func refusedFile(code string, line int64, message api.Text) *Error {
	e := &Error{Code: rejected, Rule: code, Message: message, Details: []Detail{{Rule: code, Message: message, Line: int(line)}}}
	switch code {
	case tooLarge, diskFull:
		e.Code = code
	case internalError:
		e.Code, e.Rule = code, ""
	case "fieldUnknown", "columnUnknown":
		e.Code, e.Parameter, e.Details[0].Parameter = invalidParameter, "map", "map"
	}
	return e
}

// wrongUsage is the error of options that cannot be meant.
func wrongUsage(usage *transfer.UsageError) *Error {
	e := refuse(invalidParameter, usage.Parameter, api.Text{Zh: usage.MessageZh, En: usage.Message})
	if usage.Code != invalidParameter {
		e.Rule = usage.Code
	}
	return e
}

// asJSON is a value of package transfer in an answer.
func asJSON(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil { // plain structs
		panic(fmt.Sprintf("JSON of %T: %v", v, err))
	}
	return bytes.TrimSpace(b.Bytes())
}

func (c *call) listImports() (*reply, error) {
	place, err := c.place()
	if err != nil {
		return nil, err
	}
	limit := c.number("limit", defaultPage)
	found, err := c.config.Importer.List(c.request.Context(), c.session, place, limit+1)
	if errors.Is(err, directory.ErrImportNotFound) { // the one before is gone
		return nil, staleCursor
	}
	if err != nil {
		return nil, err
	}
	next := ""
	if int64(len(found)) > limit {
		found = found[:limit]
		next = found[limit-1].ID
	}
	items := make([]any, len(found))
	for i, v := range found {
		items[i] = asJSON(v)
	}
	return &reply{status: http.StatusOK, body: object{{"items", items}, {"next", c.next(next)}}}, nil
}

// shownImport answers with an import.
func shownImport(v transfer.Import, err error) (*reply, error) {
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusOK, body: asJSON(v)}, nil
}

func (c *call) getImport() (*reply, error) {
	return shownImport(c.config.Importer.Get(c.request.Context(), c.session, c.path["id"]))
}

func (c *call) cancelImport() (*reply, error) {
	return shownImport(c.config.Importer.Cancel(c.request.Context(), c.session, c.path["id"]))
}

func (c *call) runImport() (*reply, error) {
	wait, err := c.wait()
	if err != nil {
		return nil, err
	}
	if c.idempotency != nil {
		return c.runOnce(wait)
	}
	v, err := c.run()
	if err != nil {
		return nil, err
	}
	return c.begun(v, wait)
}

// run makes a preview real, and keeps the answer if the call has a key.
func (c *call) run() (transfer.Import, error) {
	return c.config.Importer.Run(c.request.Context(), c.session, c.path["id"], func(tx directory.Tx, v transfer.Import) error {
		c.keepIn(tx, c.accepted(v))
		return nil
	})
}

func (c *call) resumeImport() (*reply, error) {
	wait, err := c.wait()
	if err != nil {
		return nil, err
	}
	var u *upload
	var in *transfer.Input
	if hasBody(c.request) {
		if u, err = c.upload(); err != nil {
			return nil, err
		}
		if u.options.Kind != api.Absent {
			return nil, refuse(unknownParameter, "options", api.Text{Zh: "继续时选项不变；不要给出。", En: "the options stay as they were; leave them out."})
		}
		in = &u.Input
	}
	v, err := c.config.Importer.Resume(c.request.Context(), c.session, c.path["id"], in)
	if err != nil && u != nil {
		return nil, u.body.refused(err)
	}
	if err != nil {
		return nil, err
	}
	return c.begun(v, wait)
}
