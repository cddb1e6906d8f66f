package directory_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/storetest"
)

// office is the sample organisation's resource directory on an empty store,
// with a clock that only tests move.
type office struct {
	store directory.Store
	t     testing.TB
	dir   *directory.Directory
	clock atomic.Int64
	calls atomic.Int64
}

func openOffice(t testing.TB, settings directory.Settings) *office {
	t.Helper()
	return openOfficeOn(t, storetest.Open(t), settings)
}

// onEveryEngine runs on SQLite and, where MINGCE_TEST_POSTGRES names a server,
// on PostgreSQL: for rules that must hold between callers.
func onEveryEngine(t *testing.T, settings directory.Settings, play func(t *testing.T, o *office)) {
	for name, open := range map[string]func(testing.TB) *store.Store{"sqlite": storetest.Open, "postgres": storetest.OpenPostgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			play(t, openOfficeOn(t, open(t), settings))
		})
	}
}

func openOfficeOn(t testing.TB, s directory.Store, settings directory.Settings) *office {
	t.Helper()
	o := &office{t: t, store: s}
	o.clock.Store(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC).UnixNano())
	settings.Links = func(token string) string { return "https://contacts.example/verify/" + token }
	o.dir = directory.Open(directory.Config{
		Store: s, Keys: keyring.DevMaster(), NewID: &counting{}, Settings: settings,
		Now: func() time.Time { return time.Unix(0, o.clock.Load()) },
	})
	if err := errors.Join(o.dir.LoadSample(context.Background()), subscribe(s)); err != nil {
		t.Fatal(err)
	}
	return o
}

// counting makes identifiers by counting.
type counting struct{ n atomic.Int64 }

func (c *counting) Digits(n int) string { return fmt.Sprintf("3%0*d", n-1, c.n.Add(1)) }
func (c *counting) Base62(n int) string { return fmt.Sprintf("%0*d", n, c.n.Add(1)) }

func (o *office) session() *directory.Session {
	return o.dir.Session(directory.Principal{Kind: directory.KeyCaller, Org: directory.SampleOrg, ID: directory.SampleAccessKey}, "test", fmt.Sprint("call-", o.calls.Add(1)))
}

func (o *office) pass(d time.Duration) { o.clock.Add(int64(d)) }

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatalf("got %v, want success", err)
	}
}

func (o *office) want(what string, got, want error) {
	o.t.Helper()
	if !errors.Is(got, want) || want == nil && got != nil {
		o.t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func (o *office) contact(id string) directory.MessageContact {
	o.t.Helper()
	c, err := o.session().MessageContact(context.Background(), id)
	o.must(err)
	return c
}

// send sends a verification and returns the token and code it carries.
func (o *office) send(id, channel, address string) (token, code string) {
	o.t.Helper()
	o.must(o.session().SendVerification(context.Background(), id, channel, address))
	return o.newest(address)
}

func (o *office) newest(address string) (token, code string) {
	o.t.Helper()
	ms, err := o.dir.Messages(context.Background(), directory.MessageFilter{To: address, Readable: true})
	o.must(err)
	if len(ms) == 0 {
		o.t.Fatalf("no message to %s", address)
	}
	return o.dir.VerificationSecrets(ms[0].Org, ms[0].Content.Verification)
}

func (o *office) confirm(token, code string) error {
	return o.dir.ConfirmVerification(context.Background(), token, code, "confirm")
}

func (o *office) email(id, address string) error {
	return o.session().UpdateMessageContact(context.Background(), id, directory.MessageContactUpdate{EmailAddress: &address})
}

func (o *office) associate(id string, members ...string) error {
	return o.session().AssociateMembers(context.Background(), id, members)
}

func (o *office) remove(id string, retain bool) (string, error) {
	return o.session().DeleteMessageContact(context.Background(), id, retain)
}

func (o *office) finish() int {
	o.t.Helper()
	n, err := o.dir.FinishDeletions(context.Background())
	o.must(err)
	return n
}
