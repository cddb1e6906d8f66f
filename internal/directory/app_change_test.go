package directory_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
)

func TestTokenIsRenewedAndReplaced(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		issue := func() string {
			token, _, err := d.dir.IssueToken(bg, directory.SampleAppKey, directory.SampleSecret)
			d.must(err)
			return token
		}
		lives := func(token string) bool { _, err := d.dir.TokenPrincipal(bg, token); return err == nil }
		first := issue()
		d.clock.Add(int64(100 * time.Minute))
		if again := issue(); again != first {
			t.Errorf("within the lifetime: got another token, want the same")
		}
		d.clock.Add(int64(100 * time.Minute)) // 200 minutes after the first, 100 after the renewal
		if !lives(first) {
			t.Error("a renewed token: got refused, want the full lifetime again")
		}
		d.clock.Add(int64(20 * time.Minute))
		if lives(first) {
			t.Error("at the end of its lifetime: got accepted, want refused")
		}
		d.clock.Add(-int64(time.Hour))
		if lives(first) {
			t.Error("refused once, and the clock was set back: got accepted, want refused for good")
		}
		second := issue()
		if second == first || !lives(second) || lives(first) {
			t.Error("after the end: want a new token that works and the old one refused")
		}
	})
}

func TestRotationEndsTokensAtOnce(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		token, _, err := d.dir.IssueToken(bg, directory.SampleAppKey, directory.SampleSecret)
		d.must(err)
		other := directory.Open(directory.Config{Store: d.store, Keys: keyring.DevMaster(), NewID: &counting{}, Now: d.dir.Now})
		_, err = other.TokenPrincipal(bg, token)
		d.must(err)
		a, err := d.commandLine(directory.SampleOrg).RotateSecret(bg, directory.SampleAppKey, 0)
		d.must(err)
		for _, old := range []string{token, directory.SampleToken} {
			_, err = d.dir.TokenPrincipal(bg, old)
			d.wants("an old token", err, directory.ErrTokenInvalid)
		}
		d.clock.Add(int64(time.Second) + 1)
		_, err = other.TokenPrincipal(bg, token)
		d.wants("the old token on another process, a second later", err, directory.ErrTokenInvalid)
		_, _, err = d.dir.IssueToken(bg, directory.SampleAppKey, directory.SampleSecret)
		d.wants("the old secret", err, directory.ErrAppSecret)
		fresh, _, err := d.dir.IssueToken(bg, directory.SampleAppKey, string(a.Secret.Reveal()))
		d.must(err)
		if fresh == token {
			t.Error("the new secret's token: got the old one again")
		}
	})
}

func TestSigningSecretEndsAtOnce(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		other := directory.Open(directory.Config{Store: d.store, Keys: keyring.DevMaster(), NewID: &counting{}, Now: d.dir.Now})
		secret := func(of *directory.Directory) string {
			s, _, err := of.AppSecrets(bg, directory.SampleTOPKey)
			d.must(err)
			if len(s) != 1 {
				t.Errorf("secrets: got %d, want 1", len(s))
			}
			return string(s[0].Reveal())
		}
		secret(d.dir)
		secret(other)
		a, err := d.commandLine(directory.SampleOrg).RotateSecret(bg, directory.SampleTOPKey, 0)
		d.must(err)
		if got := secret(d.dir); got != string(a.Secret.Reveal()) {
			t.Errorf("after the rotation: got %s, want %s", got, a.Secret.Reveal())
		}
		d.clock.Add(int64(time.Second) + 1)
		if got := secret(other); got != string(a.Secret.Reveal()) {
			t.Errorf("on another process, a second later: got %s, want %s", got, a.Secret.Reveal())
		}
		off := true
		_, err = d.commandLine(directory.SampleOrg).ChangeApp(bg, directory.SampleTOPKey, directory.AppUpdate{Disabled: &off})
		d.must(err)
		_, _, err = d.dir.AppSecrets(bg, directory.SampleTOPKey)
		d.wants("an app that was switched off", err, directory.ErrAppNotFound)
	})
}

func TestAppsAreOneOrganisations(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		s := d.commandLine(directory.PartnerOrg)
		_, err := s.RotateSecret(bg, directory.SampleAppKey, 0)
		d.wants("another organisation's app", err, directory.ErrAppNotFound)
		_, err = s.ChangeApp(bg, directory.SampleAppKey, directory.AppUpdate{Grant: []string{"x"}})
		d.wants("another organisation's app", err, directory.ErrAppNotFound)
		for name, u := range map[string]directory.AppUpdate{
			"a fragment":       {RedirectURIs: []string{"https://a.example/#b"}},
			"no host":          {RedirectURIs: []string{"https:///b"}},
			"a script":         {RedirectURIs: []string{"javascript:alert(1)"}},
			"somebody in it":   {RedirectURIs: []string{"https://a@b.example/"}},
			"no address":       {AllowIPs: []string{"localhost"}},
			"too many":         {AllowIPs: slices.Repeat([]string{"192.0.2.1"}, 501)},
			"a code of blanks": {Grant: []string{" "}},
		} {
			_, err = s.ChangeApp(bg, directory.PartnerAppKey, u)
			d.wants(name, err, directory.ErrAppSetting)
		}
	})
}

func TestAgentIDsAreEachOnesOwn(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		var mu sync.Mutex
		seen := map[int64]bool{1001: true, 1003: true}
		var calls sync.WaitGroup
		for i := range 8 {
			calls.Go(func() {
				a, err := d.dir.Session(directory.CommandLine(directory.SampleOrg), "test", "").CreateApp(bg, directory.App{Name: fmt.Sprint("应用", i)})
				mu.Lock()
				defer mu.Unlock()
				if err != nil || seen[a.AgentID] {
					t.Errorf("agent id: got %d, %v, want a new one", a.AgentID, err)
				}
				seen[a.AgentID] = true
			})
		}
		calls.Wait()
	})
}
