package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/transfer"
)

type importCommand struct {
	File string `arg:"" optional:"" help:"The file; - is standard input."`

	Kind        string   `placeholder:"KIND" help:"contacts, employees, departments, labels or message-contacts; may be left out with JSON Lines."`
	Format      string   `default:"auto" help:"auto, csv, xlsx, vcard, ldif or jsonl (${default})."`
	Encoding    string   `default:"auto" help:"auto, utf-8, utf-16le, utf-16be, gb18030, gbk, big5 or windows-1252 (${default})."`
	Delimiter   string   `default:"auto" help:"auto, tab, or the character between the cells of CSV (${default})."`
	Sheet       string   `placeholder:"NAME" help:"The sheet of a workbook."`
	Map         []string `sep:"none" placeholder:"FIELD=HEADER" help:"The column of a field; #3 is the third, nothing is none. Repeatable."`
	OnDuplicate string   `default:"skip" placeholder:"POLICY" help:"What becomes of rows whose object exists: skip, update, create or fail (${default})."`
	Match       string   `placeholder:"KEYS" help:"By which keys an object is recognised, in order."`
	Empty       string   `default:"keep" help:"What empty cells do in an update: keep or clear (${default})."`
	Owner       string   `placeholder:"USERID" help:"The owner of contacts without one."`
	Label       []string `sep:"none" placeholder:"LABEL" help:"A label that every contact gets: id or GROUP/NAME. Repeatable."`
	Country     string   `default:"86" placeholder:"CC" help:"Country of numbers that name none (${default})."`

	CreateDepartments bool   `help:"Make departments that do not exist."`
	CreateLabels      bool   `help:"Make labels that do not exist."`
	MaxRejected       *int64 `placeholder:"N" help:"Write nothing if more rows are rejected."`
	Again             bool   `help:"Import a file again that was imported before."`
	Preview           bool   `help:"Only tell what would happen."`
	Directory         string `placeholder:"ID" help:"The resource directory of message contacts."`

	Report   string `placeholder:"FILE" help:"Write what became of each row: .csv or .jsonl."`
	Rejected string `placeholder:"FILE" help:"Write the rejected records, to be corrected and imported again."`
	Progress string `default:"auto" enum:"auto,json,none" help:"auto, json or none (${default})."`

	Resume string `placeholder:"ID" xor:"what" help:"Go on with an interrupted import."`
	List   bool   `xor:"what" help:"List the imports."`
	Show   string `placeholder:"ID" xor:"what" help:"Show an import."`
	Cancel string `placeholder:"ID" xor:"what" help:"Stop an import."`

	recordsFlags `embed:""`
}

// importView is an import as the API answers it.
type importView struct {
	ID, Kind, State string
	Repeated        bool
	File            struct{ Name string }
	StartedAt       string
	Counts          struct{ Rows, Created, Updated, Unchanged, Skipped, Rejected, Warnings int64 }
	Ignored         []struct {
		Header string
		Count  int64
	}
	Error *struct {
		Code, Message string
		Line          *int64
	}
}

func (c *importCommand) Run(o output) error {
	return c.run(o, "mingce import", func(r *recordsClient) error {
		base, err := r.base()
		if err != nil {
			return err
		}
		base += "/imports"
		switch {
		case c.List:
			return r.listImports(base)
		case c.Show != "":
			return c.show(r, base+"/"+url.PathEscape(c.Show))
		case c.Cancel != "":
			if err := r.get(apiCall{method: http.MethodPost, path: base + "/" + url.PathEscape(c.Cancel) + "/cancel"}, nil); err != nil {
				return r.finish(nil, err, nil)
			}
			return c.show(r, base+"/"+url.PathEscape(c.Cancel))
		case c.Resume != "":
			return c.start(r, base, base+"/"+url.PathEscape(c.Resume)+"/resume", nil)
		case c.File == "":
			return usagef("name the file to import; - is standard input")
		}
		q, err := c.options()
		if err != nil {
			return err
		}
		return c.start(r, base, base, q)
	})
}

// options are the flags as the API takes them.
func (c *importCommand) options() (url.Values, error) {
	q := url.Values{}
	for name, value := range map[string]string{
		"kind": c.Kind, "format": c.Format, "encoding": c.Encoding, "delimiter": c.Delimiter, "sheet": c.Sheet, "onDuplicate": c.OnDuplicate, "match": c.Match,
		"empty": c.Empty, "owner": c.Owner, "country": c.Country, "directory": c.Directory,
	} {
		set(q, name, value)
	}
	q["map"], q["label"] = c.Map, c.Label
	for name, value := range map[string]bool{"createDepartments": c.CreateDepartments, "createLabels": c.CreateLabels, "again": c.Again, "preview": c.Preview} {
		if value {
			q.Set(name, "true")
		}
	}
	if err := c.needsKind(); err != nil {
		return nil, err
	}
	if c.MaxRejected != nil {
		q.Set("maxRejected", strconv.FormatInt(*c.MaxRejected, 10))
	}
	if name := c.Report; name != "" && !strings.HasSuffix(name, ".csv") && !strings.HasSuffix(name, ".jsonl") {
		return nil, usagef("--report: %q ends in neither .csv nor .jsonl", name)
	}
	if c.File != standardStream {
		q.Set("name", filepath.Base(c.File))
	}
	return q, nil
}

// needsKind refuses a file that does not tell its kind before it is sent. Only JSON
// Lines tell it: their first character is a brace.
func (c *importCommand) needsKind() error {
	if c.Kind != "" || c.File == standardStream || c.Format == "jsonl" {
		return nil
	}
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return err // what is no file cannot be read twice
	}
	head := make([]byte, 512)
	n, _ := io.ReadFull(f, head)
	text := bytes.TrimLeft(bytes.TrimPrefix(head[:n], []byte("\uFEFF")), " \t\r\n\x00")
	if n == 0 || bytes.HasPrefix(text, []byte("{")) || bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return nil
	}
	return usagef("--kind is missing: contacts, employees, departments, labels or message-contacts; only JSON Lines tell it themselves")
}

// start sends the file, follows the import and prints what came of it.
func (c *importCommand) start(r *recordsClient, base, path string, q url.Values) error {
	call := apiCall{method: http.MethodPost, path: path, query: q, kind: "application/octet-stream"}
	switch c.File {
	case "":
	case standardStream:
		call.raw = os.Stdin
	default:
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		if info.IsDir() {
			return fmt.Errorf("%s is a folder, not a file", c.File)
		}
		call.raw = f // a pipe changes with all that is written
		if info.Mode().IsRegular() {
			// It is compared with what it was when it has been read: one that changes
			// meanwhile is refused.
			call.raw, call.size = &steadyFile{File: f, name: c.File, was: info}, info.Size()
		}
	}
	var raw json.RawMessage
	if err := r.get(call, &raw); err != nil {
		return r.finish(nil, c.unsent(r, err), nil)
	}
	var i importView
	if err := json.Unmarshal(raw, &i); err != nil {
		return err
	}
	path = base + "/" + url.PathEscape(i.ID)
	if !i.Repeated { // else it was done before
		var err error
		switch raw, err = c.follow(r, path, i.ID); {
		case err != nil && r.ctx.Err() != nil && r.Server != "":
			return fmt.Errorf("interrupted; the import %s goes on in the server: mingce import --show %[1]s tells how far it is, --cancel %[1]s stops it", i.ID)
		case err != nil && r.ctx.Err() != nil:
			return fmt.Errorf("interrupted; mingce import --resume %s goes on with it", i.ID)
		case err != nil:
			return err
		}
	}
	return c.result(r, path, raw, c.files(r, path))
}

// unsent says what to do if the connection ended while the file was sent.
func (c *importCommand) unsent(r *recordsClient, err error) error {
	if !errors.As(err, new(*url.Error)) || errors.As(err, new(*transfer.FileError)) || r.Server == "" || c.File == "" || c.Again || r.ctx.Err() != nil {
		return err
	}
	return fmt.Errorf("%w; try again with the same file: one that has arrived is not imported twice", err)
}

// files writes report and rejected records. Without the copies that they are made of there is
// no file, and still a result.
func (c *importCommand) files(r *recordsClient, path string) error {
	for _, f := range [...]struct{ name, call string }{{c.Report, "/report?format=" + strings.TrimPrefix(filepath.Ext(c.Report), ".")}, {c.Rejected, "/rejected"}} {
		if f.name == "" {
			continue
		}
		switch err := r.download(apiCall{method: http.MethodGet, path: path + f.call}, f.name); {
		case isGone(err):
			fmt.Fprintf(r.err, "%s is not written: %v\n", f.name, err)
		case err != nil:
			return fmt.Errorf("%s is not written: %w", f.name, err)
		}
	}
	return nil
}

// isGone reports whether something of an import is not there any more, if the import itself
// was read before.
func isGone(err error) bool {
	refused := new(apiError)
	return errors.As(err, &refused) && refused.status == http.StatusNotFound
}

// download writes an answer to a file, which appears when it is whole.
func (r *recordsClient) download(a apiCall, name string) error {
	answer, err := r.do(a)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	file, err := transfer.CreateFile(name, r.out)
	if err != nil {
		return err
	}
	defer file.Discard()
	if _, err := io.Copy(file, answer.Body); err != nil {
		return err
	}
	return file.Commit()
}

// shownRows is how many rows with problems a command prints as JSON.
const shownRows = 1000

// show prints an import with its problems. Asking is done when the answer is there, however
// the import ended.
func (c *importCommand) show(r *recordsClient, path string) error {
	var raw json.RawMessage
	if err := r.get(apiCall{method: http.MethodGet, path: path}, &raw); err != nil {
		return r.finish(nil, err, nil)
	}
	_, err := c.print(r, path, raw)
	return err
}

// result prints an import that ended, with its problems, and ends as it did. If a file of it
// is missing, that is said after it: what was written is written.
func (c *importCommand) result(r *recordsClient, path string, raw json.RawMessage, missing error) error {
	i, err := c.print(r, path, raw)
	switch err = cmp.Or(missing, err); {
	case err != nil && i.Counts.Created+i.Counts.Updated > 0 && !i.Repeated && i.State != "previewed":
		return partlyError{err}
	case err != nil:
		return err
	}
	if code := i.exit(); code != exitDone {
		return exitError(code)
	}
	return nil
}

// print prints an import as it was answered, with its problems.
func (c *importCommand) print(r *recordsClient, path string, raw json.RawMessage) (i importView, err error) {
	if err := json.Unmarshal(raw, &i); err != nil {
		return i, err
	}
	rows, truncated, err := r.problemRows(path)
	if isGone(err) {
		fmt.Fprintln(r.err, err)
		rows, err = []json.RawMessage{}, nil
	}
	if err != nil {
		return i, r.finish(nil, err, nil)
	}
	result := map[string]any{"import": raw, "rows": rows, "rowsTruncated": truncated}
	return i, r.finish(result, nil, func() error { return printImport(r, i, rows) })
}

// problemRows reads the rows with errors or warnings.
func (r *recordsClient) problemRows(path string) (rows []json.RawMessage, truncated bool, err error) {
	rows = []json.RawMessage{}
	for q := (url.Values{"limit": {"200"}, "problems": {"true"}}); ; {
		var page struct {
			Items []json.RawMessage
			Next  *string
		}
		if err := r.get(apiCall{method: http.MethodGet, path: path + "/rows", query: q}, &page); err != nil {
			return nil, false, err
		}
		rows = append(rows, page.Items...)
		switch {
		case len(rows) > shownRows:
			return rows[:shownRows], true, nil
		case page.Next == nil:
			return rows, false, nil
		case len(rows) == shownRows:
			return rows, true, nil
		}
		q.Set("cursor", *page.Next)
	}
}

// exit is the exit code of an import: 3 if something was left or rejected, 1 if nothing was
// done.
func (i importView) exit() int {
	n := i.Counts
	worked := n.Created+n.Updated > 0
	if i.Repeated {
		return exitDone
	}
	switch i.State {
	case "done", "previewed":
		switch {
		case n.Rejected == 0:
			return exitDone
		case worked || n.Unchanged+n.Skipped > 0:
			return exitPartly
		}
		return exitFailed
	case "stopped", "interrupted":
		if worked {
			return exitPartly
		}
		return exitFailed
	case "failed":
		if i.Error != nil && (i.Error.Code == "columnUnknown" || i.Error.Code == "fieldUnknown") {
			return exitUsage // --map is wrong, not the file
		}
		return exitFailed
	}
	return exitDone
}

func printImport(r *recordsClient, i importView, rows []json.RawMessage) error {
	t := newTable(r.out)
	again := ""
	if i.Repeated {
		again = ": the file was imported before; --again imports it anew"
	}
	if i.State == "interrupted" {
		again = ": mingce import --resume " + i.ID + " goes on with it"
	}
	t.line("import\t%s\t%s%s", i.ID, i.State, again)
	n := i.Counts
	t.line("rows\t%d\tcreated %d, updated %d, unchanged %d, skipped %d, rejected %d; warnings %d", n.Rows, n.Created, n.Updated, n.Unchanged, n.Skipped, n.Rejected, n.Warnings)
	if e := i.Error; e != nil {
		at := ""
		if e.Line != nil {
			at = "line " + strconv.FormatInt(*e.Line, 10) + ": "
		}
		t.line("error\t%s\t%s%s", e.Code, at, e.Message)
	}
	if len(i.Ignored) > 0 {
		var names []string
		for _, x := range i.Ignored {
			names = append(names, fmt.Sprintf("%s (%d)", x.Header, x.Count))
		}
		t.line("ignored\t%d\t%s", len(names), cellText(strings.Join(names, ", ")))
	}
	if err := problemLines(t, rows); err != nil {
		return err
	}
	return t.end()
}

// shownProblems is how many problems a table shows.
const shownProblems = 50

// problemLines shows problems, those that rejected a row first: many warnings
// would hide them.
func problemLines(t *table, rows []json.RawMessage) error {
	type problem struct{ Code, Header, Message string }
	type problemRow struct {
		Line             int64
		Errors, Warnings []problem
	}
	list := make([]problemRow, len(rows))
	for at, raw := range rows {
		if err := json.Unmarshal(raw, &list[at]); err != nil {
			return err
		}
	}
	n := 0
	show := func(line int64, problems []problem) {
		for _, p := range problems {
			if n++; n <= shownProblems {
				t.line("line %d\t%s\t%s", line, p.Code, cellText(strings.TrimSpace(p.Header+" "+p.Message)))
			}
		}
	}
	for _, row := range list {
		show(row.Line, row.Errors)
	}
	for _, row := range list {
		show(row.Line, row.Warnings)
	}
	if n > shownProblems {
		t.line("...\t\tand more: --report FILE has every row")
	}
	return nil
}

func (r *recordsClient) listImports(base string) error {
	var raw json.RawMessage
	err := r.get(apiCall{method: http.MethodGet, path: base}, &raw)
	return r.finish(raw, err, func() error {
		var page struct {
			Items []importView
			Next  *string
		}
		if err := json.Unmarshal(raw, &page); err != nil {
			return err
		}
		t := newTable(r.out)
		t.line("IMPORT\tSTATE\tSTARTED AT\tKIND\tROWS\tCREATED\tUPDATED\tREJECTED\tFILE")
		for _, i := range page.Items {
			t.line("%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%s", i.ID, i.State, i.StartedAt, i.Kind, i.Counts.Rows, i.Counts.Created, i.Counts.Updated, i.Counts.Rejected, i.File.Name)
		}
		return t.end()
	})
}
