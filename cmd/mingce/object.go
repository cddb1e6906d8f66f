package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/mattn/go-isatty"

	"github.com/mingce/mingce/internal/directory"
)

// objectKind is a kind of objects as commands and paths name it.
type objectKind struct {
	kind    directory.Kind
	path    string   // below the organisation
	columns []string // of a table
}

var objectKinds = map[directory.Kind]objectKind{
	directory.ContactKind:        {directory.ContactKind, "contacts", []string{"userId", "mobile", "followerUserId", "name", "companyName"}},
	directory.EmployeeKind:       {directory.EmployeeKind, "employees", []string{"userId", "mobile", "deptIds", "name", "title"}},
	directory.DepartmentKind:     {directory.DepartmentKind, "departments", []string{"deptId", "parentId", "name"}},
	directory.LabelKind:          {directory.LabelKind, "labels", []string{"labelId", "group", "name"}},
	directory.LabelGroupKind:     {directory.LabelGroupKind, "label-groups", []string{"groupId", "name"}},
	directory.MessageContactKind: {directory.MessageContactKind, "message-contacts", []string{"contactId", "email", "status", "name"}},
}

// object is an object as the API answers it.
type object map[string]any

// column is a value of an object in one cell of a table.
func (o object) column(name string) string {
	switch v := o[name].(type) {
	case nil:
		return "-"
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = fmt.Sprint(e)
		}
		return strings.Join(parts, ",")
	default:
		return cellText(fmt.Sprint(v))
	}
}

// cellText keeps a text within one cell.
func cellText(text string) string {
	return strings.NewReplacer("\r", " ", "\n", " ", "\t", " ").Replace(text)
}

// shown is a value of a field: days are shown as they are given.
func (o object) shown(f directory.ObjectField) string {
	if n, ok := o[f.Name].(json.Number); ok && f.Type == directory.DateField {
		if ms, err := n.Int64(); err == nil {
			return time.UnixMilli(ms).In(directory.Zone).Format(time.DateOnly)
		}
	}
	return o.column(f.Name)
}

// listFlags are those of every list.
type listFlags struct {
	Q      string `placeholder:"TEXT" help:"Part of a name, pinyin, a number or its last four digits."`
	Sort   string `placeholder:"ORDER" help:"created, name or updated; - in front reverses: --sort=-updated."`
	Limit  int    `default:"50" help:"How many, 1 to 200 (${default})."`
	Cursor string `help:"Continue after the page before: what it printed after 'next'."`
}

func (f listFlags) query() url.Values {
	q := url.Values{"limit": {strconv.Itoa(f.Limit)}}
	set(q, "q", f.Q)
	set(q, "sort", f.Sort)
	set(q, "cursor", f.Cursor)
	return q
}

// set sets a parameter that is not empty.
func set(q url.Values, name, value string) {
	if value != "" {
		q.Set(name, value)
	}
}

// list prints a page of objects.
func (c *recordsClient) list(k objectKind, q url.Values) error {
	base, err := c.base()
	if err != nil {
		return err
	}
	var raw json.RawMessage
	err = c.get(apiCall{method: http.MethodGet, path: base + "/" + k.path, query: q}, &raw)
	return c.finish(raw, err, func() error {
		var page struct {
			Items []object `json:"items"`
			Next  *string  `json:"next"`
		}
		if err := decodeNumbers(raw, &page); err != nil {
			return err
		}
		t := newTable(c.out)
		t.line("%s", strings.ToUpper(strings.Join(k.columns, "\t")))
		for _, o := range page.Items {
			cells := make([]string, len(k.columns))
			for i, name := range k.columns {
				cells[i] = o.column(name)
			}
			t.line("%s", strings.Join(cells, "\t"))
		}
		if page.Next != nil {
			t.line("next %s", *page.Next)
		}
		return t.end()
	})
}

// decodeNumbers decodes JSON without rounding its numbers.
func decodeNumbers(raw []byte, v any) error {
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	return d.Decode(v)
}

// printObject prints one object: a line for each field.
func (c *recordsClient) printObject(k objectKind, raw json.RawMessage, err error) error {
	return c.finish(raw, err, func() error {
		var o object
		if err := decodeNumbers(raw, &o); err != nil {
			return err
		}
		t := newTable(c.out)
		for _, f := range k.kind.Fields() {
			if o[f.Name] != nil {
				t.line("%s\t%s", f.Name, o.shown(f))
			}
		}
		for _, name := range []string{"version", "createdAt", "updatedAt"} {
			if o[name] != nil {
				t.line("%s\t%s", name, o.column(name))
			}
		}
		return t.end()
	})
}

func (c *recordsClient) objectPath(k objectKind, id string) (string, error) {
	base, err := c.base()
	return base + "/" + k.path + "/" + url.PathEscape(id), err
}

func (c *recordsClient) show(k objectKind, id string, reveal bool) error {
	path, err := c.objectPath(k, id)
	if err != nil {
		return err
	}
	q := url.Values{}
	if reveal {
		q.Set("reveal", "true")
	}
	var raw json.RawMessage
	err = c.get(apiCall{method: http.MethodGet, path: path, query: q}, &raw)
	return c.printObject(k, raw, err)
}

// setFlags are the values of a new or changed object.
type setFlags struct {
	Set []string `sep:"none" placeholder:"FIELD=VALUE" help:"A value; repeatable. FIELD= clears, lists are written with commas."`
}

// values reads the flags as the field's types.
func (f setFlags) values(k objectKind) (map[string]any, error) {
	values := map[string]any{}
	for _, text := range f.Set {
		name, value, ok := strings.Cut(text, "=")
		field, known := k.kind.Field(name)
		switch {
		case !ok:
			return nil, usagef("--set: %q is not FIELD=VALUE", text)
		case !known:
			return nil, usagef("--set: %s have no field %q; there are: %s", k.path, name, strings.Join(fieldNames(k.kind), ", "))
		}
		v, err := fieldValue(field, value)
		if err != nil {
			return nil, usagef("--set %s: %w", name, err)
		}
		values[name] = v
	}
	return values, nil
}

func fieldNames(k directory.Kind) []string {
	names := make([]string, len(k.Fields()))
	for i, f := range k.Fields() {
		names[i] = f.Name
	}
	return names
}

func fieldValue(f directory.ObjectField, text string) (any, error) {
	number := func(text string) (int64, error) {
		n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%q is not a whole number", text)
		}
		return n, nil
	}
	switch f.Type {
	case directory.NumberField:
		if text == "" {
			return nil, nil
		}
		return number(text)
	case directory.DateField:
		return dateValue(text)
	case directory.BoolField:
		if text == "" {
			return false, nil
		}
		b, err := strconv.ParseBool(text)
		if err != nil {
			return nil, fmt.Errorf("%q is neither true nor false", text)
		}
		return b, nil
	case directory.TextsField:
		return splitList(text), nil
	case directory.NumbersField:
		list := []int64{}
		for _, part := range splitList(text) {
			n, err := number(part)
			if err != nil {
				return nil, err
			}
			list = append(list, n)
		}
		return list, nil
	case directory.ExtraField:
		extra := map[string]any{}
		if text == "" {
			return extra, nil
		}
		if err := decodeNumbers([]byte(text), &extra); err != nil {
			return nil, fmt.Errorf("it is a JSON object: %w", err)
		}
		return extra, nil
	}
	return text, nil
}

// dateValue reads a date in China, or milliseconds.
func dateValue(text string) (any, error) {
	if text == "" {
		return nil, nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, directory.Zone)
	if err != nil {
		return nil, fmt.Errorf("%q is no date, such as 2026-11-29", text)
	}
	return t.UnixMilli(), nil
}

func splitList(text string) []string {
	list := []string{}
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

func (c *recordsClient) create(k objectKind, f setFlags) error {
	values, err := f.values(k)
	if err != nil {
		return err
	}
	base, err := c.base()
	if err != nil {
		return err
	}
	var raw json.RawMessage
	err = c.get(apiCall{method: http.MethodPost, path: base + "/" + k.path, body: values}, &raw)
	return c.printObject(k, raw, err)
}

func ifVersion(n int64) map[string]string {
	if n == 0 {
		return nil
	}
	return map[string]string{"If-Match": `"` + strconv.FormatInt(n, 10) + `"`}
}

func (c *recordsClient) change(k objectKind, id string, f setFlags, version int64) error {
	values, err := f.values(k)
	if err != nil {
		return err
	}
	if len(values) == 0 {
		return usagef("say what to change: --set FIELD=VALUE")
	}
	path, err := c.objectPath(k, id)
	if err != nil {
		return err
	}
	var raw json.RawMessage
	err = c.get(apiCall{method: http.MethodPatch, path: path, body: values, headers: ifVersion(version)}, &raw)
	return c.printObject(k, raw, err)
}

// remove deletes objects one by one: each into the bin, from which mingce bin restore
// brings it back.
func (c *recordsClient) remove(k objectKind, ids []string, version int64, yes bool) error {
	if !yes && !c.confirmed(fmt.Sprintf("Delete %s %s?", k.kind, strings.Join(ids, ", "))) {
		return usagef("nothing was deleted: confirm with --yes")
	}
	done, failed, first := 0, []error{}, json.RawMessage(nil)
	for _, id := range ids {
		path, err := c.objectPath(k, id)
		if err == nil {
			err = c.get(apiCall{method: http.MethodDelete, path: path, headers: ifVersion(version)}, nil)
		}
		refused := new(apiError)
		if errors.As(err, &refused) && first == nil {
			first = refused.envelope()
		}
		switch {
		case err == nil:
			done++
		case errors.As(err, &refused) && refused.status == http.StatusNotFound:
			failed = append(failed, fmt.Errorf("%s %s: %w\n  mingce %s list shows the ids", k.kind, id, err, strings.TrimSuffix(string(k.kind), "-group")))
		case errors.As(err, &refused):
			failed = append(failed, fmt.Errorf("%s %s: %w", k.kind, id, err))
		default:
			return err
		}
	}
	if c.Output == "json" {
		result := map[string]any{"deleted": done, "failed": len(failed)}
		if first != nil {
			result["error"] = first
		}
		if err := printJSON(c.out, result); err != nil {
			return err
		}
	} else if _, err := fmt.Fprintf(c.out, "deleted %d\n", done); err != nil {
		return err
	}
	switch err := errors.Join(failed...); {
	case err == nil:
		return nil
	case done > 0:
		return partlyError{err}
	default:
		return err
	}
}

// confirmed asks at a terminal; elsewhere nobody can answer.
func (c *recordsClient) confirmed(question string) bool {
	if !isatty.IsTerminal(os.Stdin.Fd()) {
		return false
	}
	fmt.Fprint(c.err, question+" [y/N] ")
	answer, _ := bufio.NewReader(os.Stdin).ReadString('\n')
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes"
}

// The commands of one object are the same for all kinds.
type (
	objectShowCommand struct {
		ID     string `arg:"" help:"Id of the object."`
		Reveal bool   `help:"Show numbers and mail addresses in clear; the history notes it."`

		recordsFlags `embed:""`
	}
	objectCreateCommand struct {
		setFlags     `embed:""`
		recordsFlags `embed:""`
	}
	objectChangeCommand struct {
		ID        string `arg:"" help:"Id of the object."`
		IfVersion int64  `placeholder:"N" help:"Only if this is still its version."`

		setFlags     `embed:""`
		recordsFlags `embed:""`
	}
	objectDeleteCommand struct {
		IDs       []string `arg:"" name:"id" help:"Ids of the objects."`
		IfVersion int64    `placeholder:"N" help:"Only if this is still its version."`
		Yes       bool     `help:"Do it without asking."`

		recordsFlags `embed:""`
	}
)

func (f objectShowCommand) of(o output, kind directory.Kind) error {
	return f.run(o, fmt.Sprintf("mingce %s show", kind), func(c *recordsClient) error { return c.show(objectKinds[kind], f.ID, f.Reveal) })
}

func (f objectCreateCommand) of(o output, kind directory.Kind) error {
	return f.run(o, fmt.Sprintf("mingce %s create", kind), func(c *recordsClient) error { return c.create(objectKinds[kind], f.setFlags) })
}

func (f objectChangeCommand) of(o output, kind directory.Kind) error {
	return f.run(o, fmt.Sprintf("mingce %s change", kind), func(c *recordsClient) error {
		return c.change(objectKinds[kind], f.ID, f.setFlags, f.IfVersion)
	})
}

func (f objectDeleteCommand) of(o output, kind directory.Kind) error {
	return f.run(o, fmt.Sprintf("mingce %s delete", kind), func(c *recordsClient) error {
		return c.remove(objectKinds[kind], f.IDs, f.IfVersion, f.Yes)
	})
}
