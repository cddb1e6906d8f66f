package main

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
)

// onToy opens data of dev and calls do.
func onToy(t *testing.T, dir string, do func(*instance.Instance, *directory.Session)) {
	t.Helper()
	i, err := instance.Open(context.Background(), instance.Options{Store: store.Options{Dir: dir, Key: keyring.DevMaster(), Kind: store.Dev}, Sample: true})
	if err != nil {
		t.Fatal(err)
	}
	do(i, i.Directory.Session(directory.CommandLine(directory.SampleOrg), "test", ""))
	if err := i.Close(); err != nil {
		t.Fatal(err)
	}
}

// runs runs a command line and matches its output line by line.
func runs(t *testing.T, wantCode int, args []string, want ...string) {
	t.Helper()
	var out, err bytes.Buffer
	if code := run(args, &out, &err); code != wantCode {
		t.Fatalf("%v: got exit code %d and %s, want %d", args, code, err.String(), wantCode)
	}
	lines := strings.Split(strings.TrimRight(out.String()+err.String(), "\n"), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%v: got %q, want %d lines", args, lines, len(want))
	}
	for i, line := range lines {
		if !regexp.MustCompile(want[i]).MatchString(line) {
			t.Errorf("%v: got line %q, want %s", args, line, want[i])
		}
	}
}

func TestContactsOfAnAccount(t *testing.T) {
	t.Parallel()
	const member, elsewhere = "1997968394351234", "1817610956901234"
	dir := t.TempDir()
	onToy(t, dir, func(_ *instance.Instance, s *directory.Session) {
		if err := s.AssociateMembers(t.Context(), directory.SampleMessageContact, []string{"rd-StSamp", "fd-ZDNPiT1234"}); err != nil {
			t.Fatal(err)
		}
	})
	runs(t, exitDone, []string{"rd", "contacts", "--account", member, "--data", dir},
		`^CONTACT +NAME +STATUS +MESSAGES +REACHED AT +BECAUSE$`,
		`^c-qL4HqKONzOM7abcd +tom +Active +AccountExpenses +s\*\*\*@example.com +bound to the folder fd-ZDNPiT1234 since 2.*; bound to the directory rd-StSamp since 2`)
	runs(t, exitDone, []string{"rd", "contacts", "--account", elsewhere, "--org", directory.SampleOrg, "--data", dir},
		`^CONTACT`, `bound to the directory rd-StSamp since [^;]*$`)
	runs(t, exitFailed, []string{"rd", "contacts", "--account", "1000000000009999", "--data", dir}, `account not found in any organisation`)

	notify := []string{"notify", "--account", member, "--data", dir, "--subject", "账单", "--text", "Your bill is due.", "--type"}
	runs(t, exitDone, append(notify, "AccountExpenses"), `^notification n-\w{16}$`, `^c-qL4HqKONzOM7abcd email$`, `are sent when the server runs`)
	runs(t, exitDone, append(notify, "FaultMessage"), `^notification n-`, `leave when`, `Nobody receives`)
	runs(t, exitFailed, append(notify, "Spam"), `"Spam" is none of ServiceMessage`)
	onToy(t, dir, func(i *instance.Instance, _ *directory.Session) {
		ms, err := i.Directory.Messages(t.Context(), directory.MessageFilter{Org: directory.SampleOrg})
		if err != nil || len(ms) != 1 || ms[0].To != "someone@example.com" || ms[0].Content.Subject != "账单" || ms[0].Topic != directory.NotificationMessage {
			t.Errorf("messages: got %v and %v, want the one to someone@example.com", ms, err)
		}
	})
}
