package main

import (
	"io"
	"slices"
	"testing"

	"github.com/alecthomas/kong"
)

// TestRemoteCommandsAreThoseWithTheFlag: whoever adds a command that takes
// --server lists it, and nothing else can be asked of a server.
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
				continue // its --server is what it waits for
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
