package store_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/enginetest"
)

const benchContacts = 1000

type benchIDs struct{}

func (benchIDs) Digits(n int) string { return strings.Repeat("1", n) }
func (benchIDs) Base62(n int) string { return rand.Text()[:n] }

// bench opens a durable store with a thousand contacts on each engine.
func bench(b *testing.B, run func(b *testing.B, d *directory.Directory)) {
	for name, options := range map[string]func(*testing.B) store.Options{
		"sqlite":   func(b *testing.B) store.Options { return store.Options{Dir: filepath.Join(b.TempDir(), "data")} },
		"postgres": func(b *testing.B) store.Options { return store.Options{Database: enginetest.Database(b)} },
	} {
		b.Run(name, func(b *testing.B) {
			o := options(b)
			o.Key, o.Kind = keyring.DevMaster(), store.Dev
			s, err := store.Open(context.Background(), o)
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			seed(b, s)
			if os.Getenv("MINGCE_BENCH_SEALING") != "" {
				ctx, stop := context.WithCancel(context.Background())
				wait := s.StartSealing(ctx)
				defer func() { stop(); wait() }()
			}
			run(b, directory.Open(directory.Config{Store: s, Now: time.Now, NewID: benchIDs{}, Keys: o.Key}))
		})
	}
}

func seed(b *testing.B, s *store.Store) {
	for first := 0; first < benchContacts; first += 100 {
		err := s.Update(context.Background(), org, func(tx directory.Tx) error {
			if first == 0 {
				tx.Orgs().PutOrg(directory.Org{ID: org, ContactsOn: true})
				tx.Employees().InsertEmployee(directory.Employee{UserID: "u1", AccountType: directory.AccountNormal})
				tx.Labels().PutLabelGroup(directory.LabelGroup{ID: 1, Labels: []directory.Label{{ID: 1, Name: "重要"}, {ID: 2, Name: "普通"}}}, 0)
			}
			for n := first; n < first+100; n++ {
				tx.Contacts().InsertContact(directory.Contact{ID: benchID(n), Name: "张三", FollowerID: "u1", LabelIDs: []int64{1, 2},
					StateCode: "86", Mobile: fmt.Sprintf("138%08d", n)})
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func benchID(n int) string { return fmt.Sprintf("1%017d", n*7919%benchContacts) }

// callers runs fn b.N times, split over n goroutines.
func callers(b *testing.B, n int, fn func(i int) error) {
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for range n {
		wg.Go(func() {
			for i := int(next.Add(1)); i <= b.N; i = int(next.Add(1)) {
				if err := fn(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}

// BenchmarkUpdateContact is the call of the speed goals without HTTP: rules,
// one employee and two labels checked, five columns, one audit entry, commit.
func BenchmarkUpdateContact(b *testing.B) {
	bench(b, func(b *testing.B, d *directory.Directory) {
		for _, n := range []int{1, 16, 64} {
			b.Run(fmt.Sprint("callers=", n), func(b *testing.B) {
				b.ReportAllocs()
				callers(b, n, func(i int) error {
					s := d.Session(directory.Principal{Kind: directory.AppCaller, Org: org, ID: "app", Scope: directory.Scope{All: true}}, "update", "request")
					v, follower := fmt.Sprint("v", i), "u1"
					return s.UpdateContact(context.Background(), benchID(i), directory.ContactUpdate{
						Name: &v, FollowerID: &follower, LabelIDs: []int64{1, 2}, Title: &v, CompanyName: &v, Address: &v, Remark: &v,
					})
				})
			})
		}
	})
}

func BenchmarkGetContact(b *testing.B) {
	bench(b, func(b *testing.B, d *directory.Directory) {
		for _, n := range []int{1, 16} {
			b.Run(fmt.Sprint("callers=", n), func(b *testing.B) {
				b.ReportAllocs()
				callers(b, n, func(i int) error {
					_, err := d.Session(directory.CommandLine(org), "get", "request").Contact(context.Background(), benchID(i))
					return err
				})
			})
		}
	})
}
