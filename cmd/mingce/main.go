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
	"slices"
	"strings"
	"unicode"

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

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// partlyError means that a command did only part of its work.
type partlyError struct{ error }

func (e partlyError) Unwrap() error { return e.error }

// output is where commands write: results to out, everything else to err.
type output struct{ out, err io.Writer }

func run(args []string, stdout, stderr io.Writer) int {
	if len(args) == 1 && args[0] == "--version" {
		args = []string{"version"}
	}
	told := &written{Writer: stdout}
	h := &host{args: args, output: output{told, stderr}, files: map[string]string{}}
	parser, err := newParser(new(commands), h)
	if err != nil {
		return report(stderr, err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return report(stderr, told.error(args, usageError{err}))
	}
	if c, ok := parsed.Selected().Target.Addr().Interface().(interface{ Run(output) error }); ok {
		var flags []string // of a client of the API, which names parameters where a user knows flags
		if isOverAPI(c) {
			for _, f := range parsed.Selected().Flags {
				flags = append(flags, f.Name)
			}
		}
		// A server runs without the parser, which would keep 2 MiB as long as it runs.
		parsed, parser = nil, nil
		return report(stderr, told.error(args, byFlag(c.Run(h.output), flags)))
	}
	return report(stderr, parsed.Run(h.output, parser))
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

// byFlag names the flag in the message of an error about a parameter of the API.
func byFlag(err error, flags []string) error {
	var refused *apiError
	if !errors.As(err, &refused) || refused.Parameter == "" {
		return err
	}
	var name strings.Builder
	for _, r := range strings.TrimPrefix(refused.Parameter, "filter.") {
		if unicode.IsUpper(r) {
			name.WriteByte('-')
		}
		name.WriteRune(unicode.ToLower(r))
	}
	if text, ok := strings.CutPrefix(refused.Message, refused.Parameter+": "); ok && slices.Contains(flags, name.String()) {
		refused.Message = "--" + name.String() + ": " + text
	}
	return err
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
