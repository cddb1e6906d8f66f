package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/mattn/go-isatty"
)

// follower prints the progress of an import.
type follower struct {
	*recordsClient
	mode     string // --progress
	preview  bool
	terminal bool
	shown    bool // the line of a terminal is unfinished

	last   string          // id of the last event
	worked bool            // rows are written
	end    json.RawMessage // the import as it ended
}

// follow prints the progress of an import until it has ended, and returns it then. A
// connection that ends earlier, as one through a proxy may, is made again for as long as
// each brings something new.
func (c *importCommand) follow(r *recordsClient, path, id string) (json.RawMessage, error) {
	f := &follower{recordsClient: r, mode: c.Progress, preview: c.Preview, terminal: isTerminal(r.err)}
	for {
		before := f.last
		err := f.read(path + "/events")
		if f.shown && (f.end != nil || f.last == before) {
			fmt.Fprintln(r.err)
		}
		switch {
		case f.end != nil:
			return f.end, nil
		case r.ctx.Err() != nil || before == "" && errors.As(err, new(*apiError)):
			return nil, r.finish(nil, cmp.Or(err, r.ctx.Err()), nil)
		case r.Server == "" && err != nil:
			return nil, err
		case f.last == before:
			return nil, f.lost(id, err)
		}
	}
}

// lost says that the import goes on somewhere, and how to follow it.
func (f *follower) lost(id string, err error) error {
	why := "the server has ended it"
	if err != nil {
		why = err.Error()
	}
	err = fmt.Errorf("the connection to %s ended before the import %s did (%s). The import goes on in the server, or as soon as the server runs again: "+
		"mingce import --resume %[2]s follows it to its end, --show %[2]s tells how far it is", f.place(), id, why)
	if f.worked {
		return partlyError{err}
	}
	return err
}

// read prints the events of one connection.
func (f *follower) read(path string) error {
	call := apiCall{method: http.MethodGet, path: path, headers: map[string]string{"Accept": "text/event-stream"}}
	if f.last != "" {
		call.headers["Last-Event-ID"] = f.last
	}
	answer, err := f.do(call)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	lines := bufio.NewReader(answer.Body) // the end of an import may be a long line
	for id, event := "", ""; ; {
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": "); name {
		case "id":
			id = value
		case "event":
			event = value
		case "data":
			f.last = id
			if event == "done" {
				f.end = json.RawMessage(value)
				return nil
			}
			f.tell(value)
		}
	}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// tell prints the progress.
func (f *follower) tell(data string) {
	var p struct {
		State, Phase                     string
		Rows, Created, Updated, Rejected int64
		RowsTotal                        *int64
	}
	if json.Unmarshal([]byte(data), &p) != nil {
		return
	}
	f.worked = p.Phase == "write" && !f.preview && p.Created+p.Updated > 0
	switch {
	case f.mode == "json":
		fmt.Fprintln(f.err, data)
	case f.mode == "auto" && f.terminal:
		total := ""
		if p.RowsTotal != nil {
			total = " of " + strconv.FormatInt(*p.RowsTotal, 10)
		}
		fmt.Fprintf(f.err, "\r%-5s %d%s rows, created %d, updated %d, rejected %d\x1b[K", p.Phase, p.Rows, total, p.Created, p.Updated, p.Rejected)
		f.shown = true
	}
}
