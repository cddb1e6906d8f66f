package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/server"
)

// recordsFlags are those of the commands that are clients of the JSON API: over a socket
// with --server, and inside the process without (docs/adr/0025-records-for-people.md).
type recordsFlags struct {
	Org      string `placeholder:"CORPID" help:"The organisation."`
	Output   string `short:"o" enum:"table,json" default:"table" help:"How the result is printed: table or json (${default})."`
	Server   string `placeholder:"URL" help:"Use this running server instead of the data."`
	AdminKey string `placeholder:"KEY" env:"MINGCE_ADMIN_KEY" help:"Admin key for --server; better given in the environment."`

	dataFlags `embed:""`
	keyFlag   `embed:""`
}

// overAPI marks the commands that a server does not run for a client: the client calls its
// API instead.
func (recordsFlags) overAPI() {}

// isOverAPI reports whether a command is a client of the JSON API.
func isOverAPI(command any) bool {
	_, ok := command.(interface{ overAPI() })
	return ok
}

// recordsClient calls the JSON API for one command.
type recordsClient struct {
	recordsFlags
	output
	ctx    context.Context
	client *http.Client
	root   string // address of /mingce/v1
}

// run calls do with a client of the API.
func (f recordsFlags) run(o output, command string, do func(*recordsClient) error) error {
	c := &recordsClient{recordsFlags: f, output: o}
	if f.Server != "" {
		target, err := serverAddress(f.Server, f.AdminKey)
		if err != nil {
			return err
		}
		ctx, cancel := untilStopped(nil)
		defer cancel()
		// A redirect could send the key to another server.
		c.ctx, c.root = ctx, target+"/mingce/v1"
		c.client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		return do(c)
	}
	options, err := f.options()
	if err != nil {
		return err
	}
	options.Existing = true
	return onKind(options, f.keyFlag, func(ctx context.Context, i *instance.Instance) error {
		api := i.Records(directory.CommandLine(f.Org), command)
		c.ctx, c.root, c.client = ctx, "http://mingce/mingce/v1", &http.Client{Transport: inProcess{api}}
		return do(c)
	})
}

// serverAddress checks an address. An admin key is only sent over HTTPS or within this
// machine.
func serverAddress(address, adminKey string) (string, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.User != nil:
		return "", usagef("--server: %q is not like https://contacts.example.com", address)
	case u.Scheme == "http" && adminKey != "" && !server.IsLoopback(u.Hostname()+":80") && !server.IsLoopback("["+u.Hostname()+"]:80"):
		return "", usagef("--server: an admin key is not sent in plain text to another machine; use https://")
	}
	return strings.TrimSuffix(address, "/"), nil
}

// inProcess answers requests with a handler of this process. An answer can be read while
// it is written.
type inProcess struct{ handler http.Handler }

func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	body, writer := io.Pipe()
	w := &pipeResponse{header: http.Header{}, body: writer, started: make(chan struct{})}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	r.RequestURI, r.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:0"
	go func() {
		defer func() {
			p := recover()
			switch stopped := r.Context().Err(); {
			case p != nil && stopped != nil:
				_ = writer.CloseWithError(stopped)
			case p != nil:
				_ = writer.CloseWithError(fmt.Errorf("the call failed: %v", p))
			}
			w.start(http.StatusOK)
			_ = writer.Close()
			_ = r.Body.Close()
		}()
		t.handler.ServeHTTP(w, r)
	}()
	select {
	case <-w.started:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	return &http.Response{StatusCode: w.status, Status: http.StatusText(w.status), Header: w.sent, Trailer: w.header, Body: body, Request: r, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}, nil
}

// pipeResponse is an http.ResponseWriter whose body is a pipe.
type pipeResponse struct {
	header, sent http.Header
	body         *io.PipeWriter
	status       int
	started      chan struct{}
}

func (w *pipeResponse) Header() http.Header { return w.header }
func (w *pipeResponse) Flush()              { w.start(http.StatusOK) }
func (w *pipeResponse) WriteHeader(status int) {
	if status >= http.StatusOK {
		w.start(status)
	}
}

func (w *pipeResponse) Write(b []byte) (int, error) {
	w.start(http.StatusOK)
	return w.body.Write(b)
}

// start lets the client read head and body.
func (w *pipeResponse) start(status int) {
	if w.status == 0 {
		w.status, w.sent = status, w.header.Clone()
		close(w.started)
	}
}

// base is the path of the organisation, which every command but a few must name.
func (c *recordsClient) base() (string, error) {
	if c.Org == "" {
		return "", usagef("missing flag: --org=CORPID")
	}
	return "/orgs/" + url.PathEscape(c.Org), nil
}

// apiCall is one call of the API.
type apiCall struct {
	method, path string // path below /mingce/v1
	query        url.Values
	headers      map[string]string
	body         any       // sent as JSON; nil: none
	raw          io.Reader // sent as it is
	kind         string    // its content type
	size         int64     // its length; 0: unknown
}

// apiError is an error that the API answered, with its whole envelope.
type apiError struct {
	status  int
	Code    string `json:"code"`
	Message string `json:"message"`
	Rule    string `json:"rule"`
	// Parameter is of the request, by the API's name.
	Parameter string `json:"parameter"`
	Details   []struct {
		Parameter string `json:"parameter"`
		Rule      string `json:"rule"`
		Message   string `json:"message"`
		Line      int64  `json:"line"`
		Column    int64  `json:"column"`
	} `json:"details"`
	text []byte // the answer as it came
}

func (e *apiError) Error() string {
	var b strings.Builder
	b.WriteString(e.Message)
	for _, d := range e.Details {
		if d.Line == 0 && d.Message == e.Message {
			continue // the first one is the whole error, too
		}
		b.WriteString("\n  ")
		if d.Line != 0 {
			fmt.Fprintf(&b, "line %d: ", d.Line)
		}
		if !strings.HasPrefix(d.Message, d.Parameter) {
			b.WriteString(d.Parameter + ": ")
		}
		b.WriteString(d.Message)
	}
	return b.String()
}

// envelope is what stands under "error" in the answer.
func (e *apiError) envelope() json.RawMessage {
	var said struct{ Error json.RawMessage }
	if json.Unmarshal(e.text, &said) != nil {
		return nil // do has read it before
	}
	return said.Error
}

// do makes a call. An answer of 400 and more is an *apiError; the caller closes the body of
// another.
func (c *recordsClient) do(a apiCall) (*http.Response, error) {
	body := a.raw
	if a.body != nil {
		text, err := json.Marshal(a.body)
		if err != nil {
			return nil, err
		}
		body, a.kind = bytes.NewReader(text), "application/json"
	}
	address := c.root + a.path
	if len(a.query) > 0 {
		address += "?" + a.query.Encode()
	}
	r, err := http.NewRequestWithContext(c.ctx, a.method, address, body)
	if err != nil {
		return nil, err
	}
	if a.size > 0 {
		r.ContentLength = a.size
	}
	if a.kind != "" {
		r.Header.Set("Content-Type", a.kind)
	}
	if c.Server != "" && c.AdminKey != "" {
		r.Header.Set("Authorization", "Bearer "+c.AdminKey)
	}
	for name, value := range a.headers {
		r.Header.Set(name, value)
	}
	answer, err := c.client.Do(r)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode < http.StatusBadRequest {
		return answer, nil
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, longestOutcome))
	if err != nil {
		return nil, err
	}
	var said struct{ Error *apiError }
	if json.Unmarshal(text, &said) != nil || said.Error == nil {
		return nil, fmt.Errorf("%s answers %d, but not like a mingce server", c.place(), answer.StatusCode)
	}
	said.Error.status, said.Error.text = answer.StatusCode, text
	return nil, said.Error
}

func (c *recordsClient) place() string {
	if c.Server != "" {
		return c.Server
	}
	return "this process"
}

// get makes a call and reads its JSON answer into v, which may be a *json.RawMessage.
func (c *recordsClient) get(a apiCall, v any) error {
	answer, err := c.do(a)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if v == nil || answer.StatusCode == http.StatusNoContent {
		_, err = io.Copy(io.Discard, answer.Body)
		return err
	}
	if kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type")); kind != "application/json" {
		return fmt.Errorf("%s answers %s instead of JSON", c.place(), kind)
	}
	return json.NewDecoder(answer.Body).Decode(v)
}

// finish prints the result of a command with -o json, or as a table, and turns an error of
// the API into the program's exit code: with -o json its envelope is the result
// (docs/spec/records.md#results-of-commands).
func (c *recordsClient) finish(result any, err error, table func() error) error {
	refused := new(apiError)
	switch {
	case errors.As(err, &refused) && c.Output == "json":
		if _, err := fmt.Fprintln(c.out, strings.TrimSpace(string(refused.text))); err != nil {
			return err
		}
		if refused.usage() {
			return exitError(exitUsage)
		}
		return exitError(exitFailed)
	case errors.As(err, &refused) && refused.usage():
		return usageError{refused}
	case err != nil:
		return err
	case c.Output == "json":
		return printJSON(c.out, result)
	}
	return table()
}

// usage reports whether the API refused what the command line said.
func (e *apiError) usage() bool { return e.status == http.StatusBadRequest }

func printJSON(w io.Writer, v any) error {
	if raw, ok := v.(json.RawMessage); ok {
		_, err := fmt.Fprintln(w, string(bytes.TrimSpace(raw)))
		return err
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// now is the time that flags are relative to.
func now() time.Time { return time.Now() }

// parseWhen parses a time of a flag: RFC 3339, a date, or how long ago (30m, 12h, 7d).
func parseWhen(flag, text string, now time.Time) (string, error) {
	if text == "" {
		return "", nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC().Format(time.RFC3339Nano), nil
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t.UTC().Format(time.RFC3339Nano), nil
		}
	}
	if d, err := parseAge(text); err == nil {
		return now.Add(-d).UTC().Format(time.RFC3339Nano), nil
	}
	return "", usagef("--%s: %q is no time: give 2026-11-29T10:00:00Z, 2026-11-29, or how long ago, such as 2h or 7d", flag, text)
}

// parseAge is time.ParseDuration that also knows days.
func parseAge(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		d, err := time.ParseDuration(days + "h")
		return 24 * d, err
	}
	return time.ParseDuration(text)
}
