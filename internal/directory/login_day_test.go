package directory_test

import (
	"slices"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// TestDaysOfLogin: a login counts for its day in China, once, and for a month.
func TestDaysOfLogin(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		const back, password = "https://app.example.com/back", "green-horse-42"
		admin := d.commandLine(directory.SampleOrg)
		app, err := admin.CreateApp(bg, directory.App{Name: "登录", RedirectURIs: []string{back}})
		d.must(err)
		_, _, err = admin.CreateEmployee(bg, directory.NewEmployee{Password: password, Employee: directory.Employee{UserID: "zhou", Name: "周杰",
			DeptIDs: []int64{2}, AccountType: directory.AccountDingTalk, Private: directory.Private{LoginID: "zhou"}}})
		d.must(err)
		logIn := func() {
			_, err := d.dir.LogIn(bg, directory.LoginRequest{Kind: directory.OAuthLogin, ClientID: app.Key, RedirectURI: back, ResponseType: "code", Scope: "openid"}, "zhou", password, "192.0.2.1", "r")
			d.must(err)
		}
		on := func(day int64) []string {
			ids, _, err := admin.UsersByLogin(bg, directory.LoginDayPage{Day: day, Active: true, Size: 10})
			d.must(err)
			return ids
		}
		d.clock.Store(time.Date(2026, 11, 22, 15, 59, 0, 0, time.UTC).UnixNano()) // 23:59 in China
		logIn()
		logIn()
		d.clock.Add(int64(time.Minute))
		logIn()
		d.same("the first day", on(20261122), []string{"zhou"})
		d.same("the next day", on(20261123), []string{"zhou"})
		d.same("another day", on(20261121), []string{})
		ids, _, err := admin.UsersByLogin(bg, directory.LoginDayPage{Day: 20261122, Size: 10})
		d.must(err)
		if slices.Contains(ids, "zhou") || len(ids) != 5 {
			t.Errorf("not logged in: got %v, want the five others", ids)
		}
		d.clock.Add(int64(directory.LoginDays-1) * int64(24*time.Hour))
		logIn()
		d.same("a month later", on(20261122), []string{})
		d.same("a month later, the next day", on(20261123), []string{"zhou"})
		d.must(admin.DeleteEmployee(bg, "zhou", ""))
		d.same("after the deletion", on(20261123), []string{})
	})
}
