package main

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/server"
)

func TestExitCodes(t *testing.T) {
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	for _, c := range []struct {
		args string
		want int
		says string // on standard error
	}{
		{"version", exitDone, ""},
		{"nonsense", exitUsage, "unexpected argument nonsense"},
		{"dev --nonsense", exitUsage, "unknown flag --nonsense"},
		{"dev --addr 0.0.0.0:0", exitUsage, "--expose"},
		{"dev --addr :0", exitUsage, "--expose"},
		{"dev --ephemeral --data x", exitUsage, "--ephemeral"},
		{"dev --addr= --tls-addr=", exitUsage, "nothing to listen on"},
		{"dev --ephemeral --addr 127.0.0.1:99999", exitFailed, "99999"},
		{"serve", exitUsage, "--data DIR or --database URL"},
		{"serve --data x", exitUsage, "no master key"},
		{"serve --data x --database y", exitUsage, "exclude each other"},
		{"serve --config nowhere.json", exitUsage, "nowhere.json"},
		{"serve --data x --key nowhere", exitFailed, "nowhere"},
		{"key create --org x", exitUsage, "--data DIR or --database URL"},
		{"key create --org x --admin --read-only --data x", exitUsage, "different kinds"},
		{"wait", exitUsage, "--ready"},
		{"wait --ready --server 127.0.0.1:1", exitUsage, "http://"},
		{"wait --ready --server http://127.0.0.1:1 --timeout 1ms", exitFailed, "was not ready"},
		{"init", exitUsage, "--org-name"},
		{"help nonsense", exitUsage, "nonsense"},
	} {
		var out, err bytes.Buffer
		if got := run(strings.Fields(c.args), &out, &err); got != c.want || !strings.Contains(err.String(), c.says) {
			t.Errorf("mingce %s: got exit %d and %q, want exit %d and %q", c.args, got, err.String(), c.want, c.says)
		}
		if c.want != exitDone && out.Len() > 0 {
			t.Errorf("mingce %s: got %q on standard output, want errors on standard error only", c.args, out.String())
		}
	}
	if got := report(new(bytes.Buffer), partlyError{errors.New("2 of 3 rows")}); got != exitPartly {
		t.Errorf("partly done: got exit %d, want %d", got, exitPartly)
	}
}

func TestHelpOfDevNamesTheVendorHosts(t *testing.T) {
	words := strings.FieldsFunc(new(devCommand).Help(), func(r rune) bool { return r == ' ' || r == ',' })
	for _, host := range server.VendorHosts {
		if !slices.Contains(words, host) && !slices.Contains(words, host+".") {
			t.Errorf("%s is not named", host)
		}
	}
}

func TestConfigurationNamesAreCheckedAndEnvironmentWins(t *testing.T) {
	for text, says := range map[string]string{
		`{"adr":"127.0.0.1:1"}`:                "adr",
		`{"federation":{"allowUnknown":true}}`: "federation.allowUnknown",
		`[]`:                                   "not a JSON object",
		`{} {}`:                                "text after",
	} {
		if _, err := readAndCheck(t, text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got %v, want an error about %s", text, err, says)
		}
	}
	if _, err := readAndCheck(t, `{"ephemeral":true,"orgName":"A"}`); err != nil {
		t.Errorf("settings of dev and init: got %v, want them passed over", err)
	}
	s, err := readAndCheck(t, `{"baseUrl":"https://a.example","rate":5,"federation":{"allow_unknown_corp_ids":true},"behind-proxy":true}`)
	if err != nil {
		t.Fatal(err)
	}
	if s.BaseURL != "https://a.example" || s.Rate != 5 || !s.Federation.AllowUnknownCorpIDs || !s.BehindProxy || s.Addr != "127.0.0.1:8080" {
		t.Errorf("file: got %+v, want its values and defaults elsewhere", s)
	}

	t.Setenv("MINGCE_BASE_URL", "https://b.example")
	t.Setenv("MINGCE_RATE", "7")
	s, err = readAndCheck(t, `{"baseUrl":"https://a.example","rate":5,"addr":"127.0.0.1:1"}`, "--rate=9")
	if err != nil {
		t.Fatal(err)
	}
	if s.BaseURL != "https://b.example" || s.Rate != 9 || s.Addr != "127.0.0.1:1" {
		t.Errorf("flag, environment, file: got %q %v %q, want b.example, 9, 127.0.0.1:1", s.BaseURL, s.Rate, s.Addr)
	}
}

// readAndCheck parses `serve` with a configuration file, without running it.
func readAndCheck(t *testing.T, text string, args ...string) (*serveCommand, error) {
	t.Helper()
	file := t.TempDir() + "/mingce.json"
	writeFile(t, file, text)
	args = append([]string{"serve", "--config", file}, args...)
	cli := new(commands)
	parser, err := newParser(cli, &host{output: output{new(bytes.Buffer), new(bytes.Buffer)}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(args)
	return &cli.Serve, err
}
