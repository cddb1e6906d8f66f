package directory_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
)

// Two processes on one store: a code is taken once, and an app has one token,
// however many ask for it at once.
func TestCodesAndTokensAreTheServices(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		now := d.dir.Now()
		process := func() *directory.Directory {
			return directory.Open(directory.Config{Store: d.store, Keys: keyring.DevMaster(), NewID: &counting{}, Now: func() time.Time { return now }})
		}
		processes := []*directory.Directory{process(), process()}
		app := directory.Principal{Kind: directory.AppCaller, Org: directory.SampleOrg, ID: directory.SampleAppKey, App: directory.SampleAppKey}

		code, err := processes[0].MakeLoginCode(bg, directory.SampleOrg, "org1001", directory.InAppLogin, "r")
		d.must(err)
		took, tokens, tickets := make([]error, 8), make([]string, 8), make([]string, 8)
		var wait sync.WaitGroup
		for i := range took {
			wait.Go(func() {
				s := processes[i%2].Session(app, "test", "r")
				var errs [2]error
				_, took[i] = s.TakeCode(bg, code, directory.InAppLogin)
				tokens[i], errs[0] = s.IssueLoginToken(bg, directory.SNSToken, directory.SampleAppKey, directory.SampleSecret)
				tickets[i], errs[1] = s.JSTicket(bg)
				if err := errors.Join(errs[:]...); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		taken := 0
		for i, err := range took {
			switch {
			case err == nil:
				taken++
			case !errors.Is(err, directory.ErrCodeInvalid):
				t.Errorf("a code that others took: got %v, want %v", err, directory.ErrCodeInvalid)
			}
			if tokens[i] != tokens[0] || tickets[i] != tickets[0] {
				t.Errorf("got tokens %v and tickets %v, want one of each", tokens, tickets)
			}
		}
		if taken != 1 {
			t.Errorf("the code was taken %d times, want once", taken)
		}
		_, err = process().LoginTokenPrincipal(bg, directory.SNSToken, tokens[0])
		d.must(err)
		_, err = process().LoginTokenPrincipal(bg, directory.SSOToken, tokens[0])
		d.wants("as a token of another kind", err, directory.ErrTokenInvalid)
	})
}

// An account that has joined another organisation is disabled there, too, and
// its persistent code ends with its password.
func TestWhoseCodesEnd(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		make := func(org, user string) error {
			_, err := d.dir.MakeLoginCode(bg, org, user, directory.InAppLogin, "r")
			return err
		}
		d.must(make(directory.PartnerOrg, "b1001"))
		d.wants("disabled where it belongs", make(directory.PartnerOrg, "b1002"), directory.ErrEmployeeDisabled)
		d.wants("unknown", make(directory.SampleOrg, "nobody"), directory.ErrEmployeeNotFound)

		app := d.dir.Session(directory.Principal{Kind: directory.AppCaller, Org: directory.SampleOrg, ID: directory.SampleAppKey, App: directory.SampleAppKey}, "test", "r")
		code, err := d.dir.MakeLoginCode(bg, directory.SampleOrg, "org1001", directory.InAppLogin, "r")
		d.must(err)
		lasting, err := app.TakeForPersistent(bg, code)
		d.must(err)
		token, err := app.IssuePersonToken(bg, lasting.OpenID, lasting.Code)
		d.must(err)
		code, err = d.dir.MakeLoginCode(bg, directory.SampleOrg, "org1001", directory.InAppLogin, "r")
		d.must(err)
		d.must(d.commandLine(directory.SampleOrg).SignOutAccount(bg, "org1001", "", nil))
		_, err = d.dir.LoginTokenPrincipal(bg, directory.PersonToken, token)
		d.wants("person's token after signing out", err, directory.ErrTokenInvalid)
		_, err = app.IssuePersonToken(bg, lasting.OpenID, lasting.Code)
		d.wants("persistent code after signing out", err, directory.ErrPersistentCode)
		_, err = app.TakeCode(bg, code, directory.InAppLogin)
		d.wants("code after signing out", err, directory.ErrCodeInvalid)
	})
}

func TestLoginsOfWhatNoStoreHolds(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		for _, text := range []string{"\x00", "\xff"} {
			for _, kind := range []directory.LoginKind{directory.OAuthLogin, directory.InAppLogin} {
				_, err := d.dir.OpenLogin(bg, directory.LoginRequest{Kind: kind, ClientID: text})
				d.wants("an app", err, directory.ErrLoginClient)
			}
			_, err := d.dir.MakeLoginCode(bg, text, "org1001", directory.InAppLogin, "r")
			d.wants("an organisation", err, directory.ErrOrgNotFound)
			_, err = d.dir.MakeLoginCode(bg, directory.SampleOrg, text, directory.InAppLogin, "r")
			d.wants("a person", err, directory.ErrEmployeeNotFound)
			people, _, err := d.dir.LoginPeople(bg, directory.SampleOrg, text)
			if d.must(err); len(people) > 0 {
				t.Errorf("got %v, want nobody", people)
			}
		}
	})
}
