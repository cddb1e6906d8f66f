package directory_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/storetest"
)

// The people of the sample organisation.
const (
	wangFang = "023420013645"       // department 2, owner of the sample contact
	liQiang  = "023420013644"       // department 3
	zhaoMin  = "102530009661373952" // department 1, administrator
	zhangSan = "123420013632"       // the sample contact
)

// desk is the sample organisation as its callers see it, with a clock that only
// tests move.
type desk struct {
	t     testing.TB
	store *store.Store
	dir   *directory.Directory
	clock atomic.Int64
	n     atomic.Int64
}

func openDesk(t testing.TB, s *store.Store, settings directory.Settings) *desk {
	t.Helper()
	d := newDesk(t, s, settings)
	d.must(d.dir.LoadSample(context.Background()))
	d.must(subscribe(s))
	return d
}

// newDesk is openDesk over existing data.
func newDesk(t testing.TB, s *store.Store, settings directory.Settings) *desk {
	t.Helper()
	d := &desk{t: t, store: s}
	d.clock.Store(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC).UnixNano())
	d.dir = directory.Open(directory.Config{
		Store: s, Keys: keyring.DevMaster(), NewID: &counting{}, Settings: settings, Policies: trusting{},
		Now: func() time.Time { return time.Unix(0, d.clock.Load()).UTC() },
	})
	return d
}

// subscribe makes the sample organisations record events.
func subscribe(s directory.Store) (err error) {
	for org, app := range map[string]string{directory.SampleOrg: directory.SampleAppKey, directory.PartnerOrg: directory.PartnerAppKey} {
		err = errors.Join(err, s.Update(context.Background(), org, func(tx directory.Tx) error {
			tx.Subscriptions().PutSubscription(directory.Subscription{Org: org, AppKey: app, Channel: directory.StreamChannel, Tags: []string{directory.AllEvents}})
			return nil
		}))
	}
	return err
}

// deskOnEveryEngine runs on SQLite and, where MINGCE_TEST_POSTGRES names a
// server, on PostgreSQL.
func deskOnEveryEngine(t *testing.T, play func(t *testing.T, d *desk)) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB) *store.Store{"sqlite": storetest.Open, "postgres": storetest.OpenPostgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			play(t, openDesk(t, open(t), directory.Settings{}))
		})
	}
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatalf("got %v, want success", err)
	}
}

// app is a session of the sample app.
func (d *desk) app() *directory.Session { return d.appWith(directory.Scope{All: true}) }

func (d *desk) appWith(scope directory.Scope) *directory.Session {
	return d.as(directory.Principal{Kind: directory.AppCaller, ID: directory.SampleAppKey, Scope: scope})
}

func (d *desk) user(id string) *directory.Session {
	return d.as(directory.Principal{Kind: directory.UserCaller, ID: id})
}

func (d *desk) admin() *directory.Session {
	return d.as(directory.Principal{Kind: directory.AdminCaller, ID: "administrator"})
}

func (d *desk) as(p directory.Principal) *directory.Session {
	p.Org = directory.SampleOrg
	return d.dir.Session(p, "test", fmt.Sprint("call-", d.n.Add(1)))
}

func (d *desk) partner() *directory.Session {
	return d.dir.Session(directory.Principal{Kind: directory.AppCaller, Org: directory.PartnerOrg, ID: directory.PartnerAppKey, Scope: directory.Scope{All: true}}, "test", "partner")
}

// add creates a contact; change may alter it first.
func (d *desk) add(name string, change func(*directory.Contact)) string {
	d.t.Helper()
	n := d.n.Add(1)
	c := directory.Contact{Name: name, FollowerID: wangFang, LabelIDs: []int64{1}, StateCode: "86", Mobile: fmt.Sprintf("139%08d", n)}
	if change != nil {
		change(&c)
	}
	id, err := d.app().CreateContact(context.Background(), c)
	d.must(err)
	return id
}

func (d *desk) names(cs []directory.Contact) []string {
	names := make([]string, 0, len(cs))
	for _, c := range cs {
		names = append(names, c.Name)
	}
	return names
}

func (d *desk) same(what string, got, want []string) {
	d.t.Helper()
	if !slices.Equal(got, want) {
		d.t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// events returns type and object of the events recorded since the last call.
func (d *desk) events() (list []string) {
	d.t.Helper()
	items, err := d.dir.Outbox(context.Background(), directory.EventKind, 1000)
	d.must(err)
	for _, i := range items {
		list = append(list, i.Topic+" "+i.Object)
		err := d.store.Update(context.Background(), i.Org, func(tx directory.Tx) error { tx.Outbox().DeleteOutbox(i.ID); return nil })
		d.must(err)
	}
	return list
}

// history returns actions on an object, oldest first.
func (d *desk) history(object string) (list []string) {
	d.t.Helper()
	es, err := d.dir.Audit(context.Background(), directory.AuditFilter{Org: directory.SampleOrg, Object: object})
	d.must(err)
	for _, e := range slices.Backward(es) {
		list = append(list, e.Action+" "+compact(e.Before)+" "+compact(e.After))
	}
	return list
}

func compact(b json.RawMessage) string { return string(b) }

var dev = keyring.DevMaster()
