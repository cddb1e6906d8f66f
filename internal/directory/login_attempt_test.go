package directory_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
)

// TestLoginAttemptsAreTheServices: two processes on one store share the limit,
// also for simultaneous attempts, and it refills with time.
func TestLoginAttemptsAreTheServices(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		const back = "https://app.example.com/back"
		app, err := d.commandLine(directory.SampleOrg).CreateApp(bg, directory.App{Name: "登录", RedirectURIs: []string{back}})
		d.must(err)
		now := d.dir.Now()
		process := func() *directory.Directory {
			return directory.Open(directory.Config{Store: d.store, Keys: keyring.DevMaster(), NewID: &counting{}, Now: func() time.Time { return now }})
		}
		one, two := process(), process()
		request := directory.LoginRequest{Kind: directory.OAuthLogin, ClientID: app.Key, RedirectURI: back, ResponseType: "code", Scope: "openid"}
		try := func(dir *directory.Directory, name, address string) error {
			_, err := dir.LogIn(bg, request, name, "wrong password 1", address, "r")
			return err
		}
		errs := make([]error, 8)
		var wait sync.WaitGroup
		for i := range errs {
			wait.Go(func() { errs[i] = try([]*directory.Directory{one, two}[i%2], "chenjing", "192.0.2.1") })
		}
		wait.Wait()
		looked, refused := 0, 0
		for _, err := range errs {
			switch {
			case errors.Is(err, directory.ErrPasswordWrong):
				looked++
			case errors.Is(err, directory.ErrLoginAttempts):
				refused++
			default:
				t.Errorf("an attempt: got %v", err)
			}
		}
		if looked != 5 || refused != 3 {
			t.Errorf("8 attempts at once: got %d passwords checked and %d refused, want 5 and 3", looked, refused)
		}
		d.wants("in capitals", try(two, "ChenJing", "192.0.2.1"), directory.ErrLoginAttempts)
		d.wants("another name", try(two, "liuyang", "192.0.2.1"), directory.ErrPasswordWrong)
		d.wants("another address", try(two, "chenjing", "192.0.2.2"), directory.ErrPasswordWrong)
		now = now.Add(time.Minute)
		d.wants("a minute later", try(one, "chenjing", "192.0.2.1"), directory.ErrPasswordWrong)
		d.wants("and once more", try(two, "chenjing", "192.0.2.1"), directory.ErrLoginAttempts)
		now = now.Add(1000 * time.Hour)
		for i := range 30 {
			d.wants("thirty names", try(one, fmt.Sprint("name", i), "192.0.2.1"), directory.ErrPasswordWrong)
		}
		d.wants("the next name", try(two, "name31", "192.0.2.1"), directory.ErrLoginAttempts)
	})
}

// TestAttemptsAreTheAccounts: however a login id or a number is written, one
// account has one allowance, over all processes and addresses. When attempts
// are refused does not reveal whether the name exists.
func TestAttemptsAreTheAccounts(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		const back = "https://app.example.com/back"
		app, err := d.commandLine(directory.SampleOrg).CreateApp(bg, directory.App{Name: "登录", RedirectURIs: []string{back}})
		d.must(err)
		mobile := "+86-13912345678"
		d.must(d.commandLine(directory.SampleOrg).MakeOrgAccount(bg, "023420013645", directory.NewOrgAccount{
			Type: directory.AccountDingTalk, LoginID: "wangfang", Password: "green-horse-42",
		}))
		d.must(d.commandLine(directory.SampleOrg).UpdateEmployee(bg, "023420013645", directory.EmployeeUpdate{ExclusiveMobile: &mobile}))
		process := func() *directory.Directory {
			return directory.Open(directory.Config{Store: d.store, Keys: keyring.DevMaster(), NewID: &counting{}, Now: time.Now})
		}
		processes := []*directory.Directory{process(), process()}
		request := directory.LoginRequest{Kind: directory.OAuthLogin, ClientID: app.Key, RedirectURI: back, ResponseType: "code", Scope: "openid"}
		calls := 0
		refused := func(name, address string) bool {
			calls++
			_, err := processes[calls%2].LogIn(bg, request, name, "wrong password 1", address, "r")
			if !errors.Is(err, directory.ErrPasswordWrong) && !errors.Is(err, directory.ErrLoginAttempts) {
				t.Fatalf("%s: got %v", name, err)
			}
			return errors.Is(err, directory.ErrLoginAttempts)
		}
		for i, names := range [][2][]string{ // the first ones exist, the second do not
			{{"wangfang", "wangfang", "WANGFANG", "wangfang", "Wangfang", "wangfang"}, {"wangfanx", "wangfanx", "WANGFANX", "wangfanx", "Wangfanx", "wangfanx"}},
			{{"13912345678", "1 3912345678", "+86-13912345678", "+86 139 1234 5678", "86-13912345678", "13912345678"},
				{"13912345679", "1 3912345679", "+86-13912345679", "+86 139 1234 5679", "86-13912345679", "13912345679"}},
		} {
			for at := range names[0] {
				a := refused(names[0][at], fmt.Sprint("192.0.2.", i))
				b := refused(names[1][at], fmt.Sprint("198.51.100.", i))
				if want := at == 5; a != want || b != want {
					t.Errorf("attempt %d, as %s and %s: got refused %t and %t, want %t", at+1, names[0][at], names[1][at], a, b, want)
				}
			}
		}
		for i := range 300 { // no two from one address
			refused([]string{"wangfang", "13912345678", "+86-13912345678"}[i%3], fmt.Sprintf("2001:db8:%x::", i))
		}
		if !refused("+86 139 1234 5678", "203.0.113.1") {
			t.Error("after 300 attempts from everywhere: got one more, want refused")
		}
	})
}
