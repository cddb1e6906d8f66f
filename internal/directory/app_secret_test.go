package directory_test

import (
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store/storetest"
)

func TestOldSecretWorksForTheOverlap(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		other := directory.Open(directory.Config{Store: d.store, Keys: keyring.DevMaster(), NewID: &counting{}, Now: d.dir.Now})
		old, _, err := d.dir.IssueToken(bg, directory.SampleAppKey, directory.SampleSecret)
		d.must(err)
		a, err := d.commandLine(directory.SampleOrg).RotateSecret(bg, directory.SampleAppKey, 24*time.Hour)
		d.must(err)
		next := string(a.Secret.Reveal())
		fresh, _, err := d.dir.IssueToken(bg, directory.SampleAppKey, next)
		d.must(err)
		if fresh == old {
			t.Error("token of the new secret: got that of the old one, which must end before")
		}
		d.clock.Add(int64(23 * time.Hour))
		for name, of := range map[string]*directory.Directory{"here": d.dir, "on another process": other} {
			late, _, err := of.IssueToken(bg, directory.SampleAppKey, directory.SampleSecret)
			d.must(err)
			_, _, err = of.IssueTokenFor(bg, directory.SampleOrg, directory.SampleSecret)
			d.wants("the older form of the call "+name, err, nil)
			_, err = of.TokenPrincipal(bg, late)
			d.wants("a token of the old secret "+name, err, nil)
			_, secrets, err := of.AppPrincipal(bg, directory.SampleAppKey)
			d.must(err)
			if len(secrets) != 2 {
				t.Errorf("secrets that sign %s: got %d, want 2", name, len(secrets))
			}
			old = late
		}
		d.clock.Add(int64(time.Hour))
		for name, of := range map[string]*directory.Directory{"here": d.dir, "on another process": other} {
			_, _, err := of.IssueToken(bg, directory.SampleAppKey, directory.SampleSecret)
			d.wants("the old secret after its time "+name, err, directory.ErrAppSecret)
			_, err = of.TokenPrincipal(bg, old)
			d.wants("its token "+name, err, directory.ErrTokenInvalid)
			_, secrets, err := of.AppPrincipal(bg, directory.SampleAppKey)
			d.must(err)
			if len(secrets) != 1 || string(secrets[0].Reveal()) != next {
				t.Errorf("secrets that sign %s: got %d, want the new one", name, len(secrets))
			}
			again, _, err := of.IssueToken(bg, directory.SampleAppKey, next)
			d.must(err)
			_, err = of.TokenPrincipal(bg, again)
			d.wants("the token of the new secret "+name, err, nil)
		}
	})
}

func TestOverlapsAreEnded(t *testing.T) {
	for name, end := range map[string]func(d *desk) error{
		"withdrawn": func(d *desk) error {
			return d.commandLine(directory.SampleOrg).EndOldSecret(bg, directory.SampleAppKey)
		},
		"by another rotation": func(d *desk) error {
			_, err := d.commandLine(directory.SampleOrg).RotateSecret(bg, directory.SampleAppKey, time.Hour)
			return err
		},
		"by a rotation without one": func(d *desk) error {
			_, err := d.commandLine(directory.SampleOrg).RotateSecret(bg, directory.SampleAppKey, 0)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			deskOnEveryEngine(t, func(t *testing.T, d *desk) {
				s := d.commandLine(directory.SampleOrg)
				d.wants("without an overlap", s.EndOldSecret(bg, directory.SampleAppKey), directory.ErrNoOldSecret)
				_, err := s.RotateSecret(bg, directory.SampleAppKey, time.Hour)
				d.must(err)
				token, _, err := d.dir.IssueToken(bg, directory.SampleAppKey, directory.SampleSecret)
				d.must(err)
				d.must(end(d))
				_, err = d.dir.TokenPrincipal(bg, token)
				d.wants("the old secret's token", err, directory.ErrTokenInvalid)
				_, _, err = d.dir.IssueToken(bg, directory.SampleAppKey, directory.SampleSecret)
				d.wants("the old secret", err, directory.ErrAppSecret)
				// No later secret may bring the token back, however often it is rotated.
				for range 3 {
					a, err := d.commandLine(directory.SampleOrg).RotateSecret(bg, directory.SampleAppKey, time.Hour)
					d.must(err)
					fresh, _, err := d.dir.IssueToken(bg, directory.SampleAppKey, string(a.Secret.Reveal()))
					d.must(err)
					if fresh == token {
						t.Error("a later token: got the revoked one again")
					}
				}
				_, err = d.dir.TokenPrincipal(bg, token)
				d.wants("the old secret's token at the end", err, directory.ErrTokenInvalid)
			})
		})
	}
}

func TestOverlapHasBounds(t *testing.T) {
	t.Parallel()
	d := openDesk(t, storetest.Open(t), directory.Settings{})
	for _, overlap := range []time.Duration{-time.Second, directory.MaxOverlap + time.Second} {
		_, err := d.commandLine(directory.SampleOrg).RotateSecret(bg, directory.SampleAppKey, overlap)
		d.wants(overlap.String(), err, directory.ErrAppSetting)
	}
}
