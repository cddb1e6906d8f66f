package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/control"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
)

// remoteCommands are the commands that --server can run in a server: those whose only
// access to data is onData.
var remoteCommands = []string{"account", "app", "consent", "contact", "key", "label", "notify", "org", "policy", "rd", "role"}

// isLocal reports whether a flag names a file, data or a server on the caller's machine. A
// server refuses such flags: it must not open anything by a name from a caller.
func isLocal(f *kong.Flag) bool {
	return f.PlaceHolder == "FILE" || slices.Contains([]string{"data", "database", "server", "admin-key"}, f.Name)
}

// host is where a command runs: in a process of its own, or inside a server
// (docs/adr/0021-commands-through-the-server.md).
type host struct {
	args []string
	output
	files map[string]string // files that the command reads on the caller's machine, by name

	// Inside a server: the open instance, and who sent the command.
	instance *instance.Instance
	ctx      context.Context
	caller   directory.Principal
}

// remoteFlags let a command act on a running server instead of its data.
type remoteFlags struct {
	Server   string `placeholder:"URL" help:"Run the command in this running server instead of on its data."`
	AdminKey string `placeholder:"KEY" env:"MINGCE_ADMIN_KEY" help:"Admin key for --server; better given in the environment."`

	host *host
}

// AfterApply is called by kong when the flags are known.
func (f *remoteFlags) AfterApply(h *host) error {
	f.host = h
	return nil
}

// operator returns who a command acts as in an organisation: the operator of this machine,
// or inside a server the holder of the admin key.
func (f *remoteFlags) operator(org string) directory.Principal {
	if f.host == nil || f.host.instance == nil {
		return directory.CommandLine(org)
	}
	p := f.host.caller
	p.Org = org
	return p
}

// reaches reports whether the caller may act for an organisation.
func (f *remoteFlags) reaches(org string) bool { return f.operator(org).Reaches(org) }

// app returns an app that the caller may act for.
func (f *remoteFlags) app(ctx context.Context, i *instance.Instance, key string) (directory.App, error) {
	a, err := i.Directory.App(ctx, key)
	if err == nil && !f.reaches(a.Org) {
		err = directory.ErrAppNotFound
	}
	if err != nil {
		return directory.App{}, fmt.Errorf("app %s: %w", key, err)
	}
	return a, nil
}

// orgs returns the organisations that the caller may act for.
func (f *remoteFlags) orgs(ctx context.Context, i *instance.Instance) ([]directory.Org, error) {
	all, err := i.Directory.Orgs(ctx)
	return slices.DeleteFunc(all, func(o directory.Org) bool { return !f.reaches(o.ID) }), err
}

// org returns an organisation that the caller may act for.
func (f *remoteFlags) org(ctx context.Context, i *instance.Instance, id string) (directory.Org, error) {
	o, err := i.Directory.Org(ctx, id)
	if err == nil && !f.reaches(id) {
		err = directory.ErrOrgNotFound
	}
	if err != nil {
		return directory.Org{}, fmt.Errorf("organisation %s: %w", id, err)
	}
	return o, nil
}

// readFile reads a file on the caller's machine, or standard input for "-". Inside a server
// only the files exist that the caller sent along.
func (f *remoteFlags) readFile(name string) (string, error) {
	h := f.host
	if h != nil && h.instance != nil {
		text, sent := h.files[name]
		if !sent {
			return "", fmt.Errorf("%s: %w", name, fs.ErrNotExist)
		}
		return text, nil
	}
	text, err := readFile(name)
	if err == nil && h != nil {
		h.files[name] = text
	}
	return text, err
}

// exitError ends the program with the exit code of a command that ran in a server. Its
// output was printed already.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// send runs the command in the server and prints its output.
func (f *remoteFlags) send() error {
	target, err := f.target()
	if err != nil {
		return err
	}
	body, err := json.Marshal(control.Command{Args: withoutRemote(f.host.args), Files: f.host.files})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if f.AdminKey != "" {
		request.Header.Set("Authorization", "Bearer "+f.AdminKey)
	}
	// A redirect could send the key to another server.
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	var said struct {
		control.CommandOutcome
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, 2*longestOutcome)).Decode(&said); err != nil {
		return fmt.Errorf("%s answers %s, but not like a mingce server", f.Server, answer.Status)
	}
	if answer.StatusCode != http.StatusOK {
		hint := ""
		if answer.StatusCode == http.StatusUnauthorized {
			hint = keyHint
		}
		return fmt.Errorf("%s answers %s: %s%s", f.Server, answer.Status, said.Error.Message, hint)
	}
	_, err = io.WriteString(f.host.out, said.Out)
	_, err2 := io.WriteString(f.host.err, said.Err)
	if err = errors.Join(err, err2); err != nil || said.Exit == exitDone {
		return err
	}
	return exitError(said.Exit)
}

// target returns the address of commands.
func (f *remoteFlags) target() (string, error) {
	address, err := serverAddress(f.Server, f.AdminKey)
	return address + "/mingce/v1/admin/commands", err
}

// withoutRemote drops --server and --admin-key from the arguments.
func withoutRemote(args []string) (rest []string) {
	for i := 0; i < len(args); i++ {
		name, _, joined := strings.Cut(args[i], "=")
		switch {
		case args[i] == "--":
			return append(rest, args[i:]...)
		case name != "--server" && name != "--admin-key":
			rest = append(rest, args[i])
		case !joined:
			i++
		}
	}
	return rest
}

const longestOutcome = 16 << 20

// commandRunner returns the function that runs commands inside a server on its open
// instance, with the parser and the functions of the command line.
func commandRunner(i *instance.Instance) func(context.Context, directory.Principal, control.Command) control.CommandOutcome {
	return func(ctx context.Context, caller directory.Principal, c control.Command) control.CommandOutcome {
		var out, err bytes.Buffer
		h := &host{
			args: c.Args, output: output{capped{&out}, capped{&err}}, files: c.Files,
			instance: i, ctx: ctx, caller: caller,
		}
		exit := report(h.err, h.runRemote())
		return control.CommandOutcome{Out: out.String(), Err: err.String(), Exit: exit}
	}
}

func (h *host) runRemote() error {
	// There is no --help here: it would end the process. Other commands are not even
	// parsed: parsing --config opens a file.
	if len(h.args) == 0 || !slices.Contains(remoteCommands, h.args[0]) {
		return usagef("this command does not run through a server; those that do: %s", strings.Join(remoteCommands, ", "))
	}
	parser, err := newParser(new(commands), h, kong.NoDefaultHelp(), kong.Exit(func(int) {}))
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(h.args)
	if err != nil {
		return usageError{err}
	}
	if isOverAPI(parsed.Selected().Target.Interface()) {
		return usagef("this command is a client of the API under /mingce/v1/orgs; a newer mingce calls it")
	}
	for _, p := range parsed.Path {
		if p.Flag != nil && isLocal(p.Flag) {
			return usagef("--%s names something on the caller's machine; a server does not accept it", p.Flag.Name)
		}
	}
	return parsed.Run(h.output, parser)
}

// capped limits the output of a command.
type capped struct{ *bytes.Buffer }

func (c capped) Write(b []byte) (int, error) {
	if c.Len()+len(b) > longestOutcome/2 {
		return 0, errors.New("the output is too long to go through a server; run the command on the data")
	}
	return c.Buffer.Write(b)
}

// readFile reads text from a file, or from standard input for "-", without the byte order
// mark that some editors write.
func readFile(name string) (string, error) {
	read := func() ([]byte, error) { return os.ReadFile(name) }
	if name == "-" {
		read = func() ([]byte, error) { return io.ReadAll(os.Stdin) }
	}
	text, err := read()
	return strings.TrimPrefix(string(text), api.ByteOrderMark), err
}
