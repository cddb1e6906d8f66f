// Mingce is a contact directory that speaks DingTalk's and Alibaba Cloud's contact APIs.
// This package is the program: one file for each command, and only wiring. The rules are in
// internal/directory, the vendors' protocols in internal/gateway.
//
// A command that acts on data embeds placeFlags, does its work in the function that it passes
// to onData, acts as c.operator(org) and reads files with c.readFile. Then --server needs no
// further code: the same function runs inside the server (host.go). The command's first word
// is in remoteCommands; a test compares that list with the flags.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// Exit codes, which scripts rely on.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitPartly = 3
)

// usageError is a mistake in the command line.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// partlyError means that a command did only part of its work.
type partlyError struct{ error }

// output is where commands write: results to out, everything else to err.
type output struct{ out, err io.Writer }

func run(args []string, stdout, stderr io.Writer) int {
	if !wantsJSON(args) {
		return report(stderr, execute(args, stdout, stderr))
	}
	out := &watchedWriter{Writer: stdout}
	err := execute(args, out, stderr)
	code := report(stderr, err)
	if code != exitDone && !out.wrote {
		if err := printErrorJSON(stdout, err); err != nil {
			return report(stderr, err)
		}
	}
	return code
}

// execute does what the command line says.
func execute(args []string, stdout, stderr io.Writer) error {
	if len(args) == 1 && args[0] == "--version" {
		args = []string{"version"}
	}
	h := &host{args: args, output: output{stdout, stderr}, files: map[string]string{}}
	parser, err := newParser(new(commands), h)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return usageError{err}
	}
	if c, ok := parsed.Selected().Target.Addr().Interface().(interface{ Run(output) error }); ok {
		// A server runs without the parser, which would keep 2 MiB as long as it runs.
		parsed, parser = nil, nil
		return c.Run(h.output)
	}
	return parsed.Run(h.output, parser)
}

func newParser(cli *commands, h *host, options ...kong.Option) (*kong.Kong, error) {
	return kong.New(cli, append(options,
		kong.Bind(h),
		kong.Name("mingce"),
		kong.Description("名册: a contact directory that speaks DingTalk's and Alibaba Cloud's contact APIs."),
		kong.UsageOnError(),
		kong.Writers(h.out, h.err),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
		kong.Configuration(readConfig),
		kong.Vars{"version": version()},
	)...)
}

// report prints an error and returns the exit code.
func report(stderr io.Writer, err error) int {
	if err == nil {
		return exitDone
	}
	var said exitError
	if errors.As(err, &said) {
		return int(said)
	}
	fmt.Fprintln(stderr, "mingce: "+explain(err))
	var usage usageError
	var partly partlyError
	switch {
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &partly):
		return exitPartly
	}
	return exitFailed
}
