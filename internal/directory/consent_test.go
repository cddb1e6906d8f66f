package directory_test

import (
	"errors"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// Where consent is required, an app can add a person who agreed, once.
func TestConsent(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		at := d.dir.Now()
		d.dir = directory.Open(directory.Config{Store: d.store, Keys: dev, NewID: &counting{}, Settings: directory.Settings{RequireConsent: true},
			Now: func() time.Time { return at }})
		admin := func(org string) *directory.Session { return d.dir.Session(directory.CommandLine(org), "test", "test") }
		add := func(mobile string) error {
			_, _, err := d.app().CreateEmployee(ctx, directory.NewEmployee{Employee: directory.Employee{
				Name: "新人", Mobile: mobile, DeptIDs: []int64{2}, AccountType: directory.AccountNormal}})
			return err
		}
		give := func(org, person string) {
			t.Helper()
			if _, err := admin(org).GiveConsent(ctx, person); err != nil {
				t.Fatal(err)
			}
		}
		want := func(what string, err, code error) {
			t.Helper()
			if !errors.Is(err, code) {
				t.Errorf("%s: got %v, want %v", what, err, code)
			}
		}
		const person = "+86 139-0000-7001"
		give(directory.PartnerOrg, person)
		want("agreed elsewhere", add("13900007001"), directory.ErrEmployeeConsent)
		give(directory.SampleOrg, person)
		want("another person", add("13900007002"), directory.ErrEmployeeConsent)
		want("agreed", add("13900007001"), nil)
		_, err := admin(directory.SampleOrg).WithdrawConsent(ctx, person)
		want("agreed once", err, directory.ErrConsentNotFound)

		give(directory.SampleOrg, "13900007003")
		_, err = admin(directory.SampleOrg).WithdrawConsent(ctx, "86-13900007003")
		want("withdrawn", err, nil)
		want("after that", add("13900007003"), directory.ErrEmployeeConsent)

		give(directory.SampleOrg, "New@Example.com")
		_, _, err = d.app().CreateEmployee(ctx, directory.NewEmployee{Employee: directory.Employee{Name: "新人", DeptIDs: []int64{2},
			AccountType: directory.AccountNormal, Private: directory.Private{LoginEmail: "new@example.COM"}}})
		want("by login mail", err, nil)

		give(directory.SampleOrg, "13900007004")
		at = at.Add(directory.ConsentLife)
		if cs, err := admin(directory.SampleOrg).Consents(ctx); err != nil || len(cs) != 0 {
			t.Errorf("expired consents: got %v, %v, want none", cs, err)
		}
		want("time is over", add("13900007004"), directory.ErrEmployeeConsent)
		want("no person", func() error { _, err := admin(directory.SampleOrg).GiveConsent(ctx, "someone"); return err }(), directory.ErrConsentPerson)
	})
}
