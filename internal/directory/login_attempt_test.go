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
// also when attempts come at the same moment, and it refills with time.
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
		request := directory.LoginRequest{ClientID: app.Key, RedirectURI: back, ResponseType: "code", Scope: "openid"}
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
			t.Errorf("8 attempts at once: got %d passwords looked at and %d refused, want 5 and 3", looked, refused)
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
