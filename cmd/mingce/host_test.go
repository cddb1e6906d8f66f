package main

import (
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/mingce/mingce/internal/control"
	"github.com/mingce/mingce/internal/directory"
)

// TestRemoteCommandsAreThoseWithTheFlag checks that remoteCommands lists exactly the commands
// that take --server.
func TestRemoteCommandsAreThoseWithTheFlag(t *testing.T) {
	t.Parallel()
	var cli commands
	parser, err := newParser(&cli, &host{output: output{io.Discard, io.Discard}})
	if err != nil {
		t.Fatal(err)
	}
	for _, top := range parser.Model.Children {
		want := slices.Contains(remoteCommands, top.Name)
		for _, leaf := range top.Leaves(false) {
			if top.Name == "wait" {
				continue // its --server names what it waits for
			}
			if isOverAPI(leaf.Target.Interface()) {
				continue // it calls the server's API
			}
			has := slices.ContainsFunc(leaf.AllFlags(false), func(group []*kong.Flag) bool {
				return slices.ContainsFunc(group, func(f *kong.Flag) bool { return f.Name == "server" })
			})
			if has != want {
				t.Errorf("%s: takes --server: %v, in remoteCommands: %v", leaf.Path(), has, want)
			}
		}
	}
}

// TestParsingOpensNothing checks that no flag or argument of a remote command opens a file when
// it is parsed, because a server parses it.
func TestParsingOpensNothing(t *testing.T) {
	t.Parallel()
	var cli commands
	parser, err := newParser(&cli, &host{output: output{io.Discard, io.Discard}})
	if err != nil {
		t.Fatal(err)
	}
	check := func(command string, v *kong.Value) {
		t.Helper()
		target := v.Target.Type()
		for target.Kind() == reflect.Pointer || target.Kind() == reflect.Slice {
			target = target.Elem()
		}
		plain := target.Kind() < reflect.Array || target.Kind() == reflect.String
		if v.Tag.Type != "" || !plain || target == reflect.TypeFor[kong.ConfigFlag]() || target.PkgPath() != "" && target.PkgPath() != "time" {
			t.Errorf("%s %s: is of kind %s %q; want a plain one", command, v.Name, target, v.Tag.Type)
		}
	}
	for _, top := range parser.Model.Children {
		if !slices.Contains(remoteCommands, top.Name) {
			continue
		}
		for _, leaf := range top.Leaves(false) {
			for _, group := range leaf.AllFlags(false) {
				for _, f := range group {
					if f.Name != "help" {
						check(leaf.Path(), f.Value)
					}
				}
			}
			for _, v := range leaf.Positional {
				check(leaf.Path(), v)
			}
		}
	}
}

// TestServersOpenNothingByName checks that a caller cannot distinguish a file that exists, one that
// does not, and one that blocks.
func TestServersOpenNothingByName(t *testing.T) {
	t.Parallel()
	run := commandRunner(nil)
	dir := t.TempDir()
	file := filepath.Join(dir, "mingce.json")
	if err := os.WriteFile(file, []byte(`{"strange":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"serve", "--config"}, {"dev", "--key"}, {"init", "--config"}, {"verify", "--data"}, {"restore", "--data", "x"}, {"--config"},
		{"label", "list", "--org", "o", "--key"}, {"key", "list", "--org", "o", "--key"}, {"key", "revoke", "--key", "k", "--key-file"},
		{"app", "list", "--data"}, {"org", "list", "--database"}, {"org", "list", "--server"},
	} {
		var said []control.CommandOutcome
		for _, name := range []string{file, filepath.Join(dir, "none"), "/dev/tty"} {
			said = append(said, run(t.Context(), directory.Principal{}, control.Command{Args: append(slices.Clone(args), name)}))
		}
		if said[0] != said[1] || said[0] != said[2] || said[0].Exit != exitUsage {
			t.Errorf("%q: got %+v, want one refusal", args, said)
		}
	}
}

func TestWhatIsSentToTheServer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, want []string }{
		{[]string{"key", "list", "--server", "u", "--org", "o", "--admin-key=k"}, []string{"key", "list", "--org", "o"}},
		{[]string{"--server=u", "label", "create", "--", "--server", "x"}, []string{"label", "create", "--", "--server", "x"}},
		{[]string{"key", "list", "--admin-key"}, []string{"key", "list"}},
	} {
		if got := withoutRemote(c.args); !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, want %q", c.args, got, c.want)
		}
	}
}
