package directory_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
)

const (
	benchMessageContacts = 200    // the default quota
	benchAccounts        = 10_000 // the default quota
	benchFolderDepth     = 5      // the maximal depth
)

// benchOffice is a full resource directory on SQLite files: contacts bound all
// over a tree of accounts, five folders deep. It returns accounts at its ends.
func benchOffice(b *testing.B) (o *office, deep []string) {
	b.Helper()
	s, err := store.Open(context.Background(), store.Options{Dir: filepath.Join(b.TempDir(), "data"), Key: keyring.DevMaster(), Kind: store.Dev})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	o = openOfficeOn(b, s, directory.Settings{})
	at := time.Unix(0, o.clock.Load())

	// A path of five folders in each of ten branches; the accounts at the ends.
	folder := func(branch, depth int) string { return fmt.Sprintf("fd-Bench%02d%03d", branch, depth) }
	o.must(s.Update(context.Background(), directory.SampleOrg, func(tx directory.Tx) error {
		for branch := range 10 {
			parent := "r-Root01"
			for depth := range benchFolderDepth {
				f := directory.Folder{ID: folder(branch, depth), ParentID: parent, Name: fmt.Sprint("branch", branch, "-", depth), CreatedAt: at}
				tx.Folders().PutFolder(f)
				parent = f.ID
			}
		}
		return nil
	}))
	for from := 0; from < benchAccounts; from += 1000 {
		o.must(s.Update(context.Background(), directory.SampleOrg, func(tx directory.Tx) error {
			for i := from; i < from+1000; i++ {
				a := directory.Account{ID: fmt.Sprintf("15%014d", i), FolderID: folder(i%10, benchFolderDepth-1), DisplayName: fmt.Sprint("bench-", i),
					Name: fmt.Sprint("bench-", i, "@rd-StSamp.aliyunid.com"), Type: "ResourceAccount", Status: "CreateSuccess", JoinMethod: "created", JoinedAt: at, ModifiedAt: at}
				tx.Accounts().PutAccount(a)
				deep = append(deep, a.ID)
			}
			return nil
		}))
	}
	o.must(s.Update(context.Background(), directory.SampleOrg, func(tx directory.Tx) error {
		for i := range benchMessageContacts {
			id := benchMessageContact(i)
			tx.MessageContacts().InsertMessageContact(directory.MessageContact{ID: id, Name: "bench" + benchLetters(i), Title: "Other", MessageTypes: []string{"ServiceMessage", "FaultMessage"},
				Status: directory.Active, Email: directory.Channel{Address: id + "@example.com", Verified: true}, CreatedAt: at})
			tx.Members().PutBinding(id, folder(i%10, i/10%benchFolderDepth), at)
			tx.Members().PutBinding(id, deep[i], at)
		}
		return nil
	}))
	return o, deep
}

func benchMessageContact(i int) string { return fmt.Sprintf("c-Bench%011d", i%benchMessageContacts) }

// benchLetters spells a number, as names take letters only.
func benchLetters(i int) string {
	return string([]byte{byte('a' + i/26/26%26), byte('a' + i/26%26), byte('a' + i%26)})
}

// BenchmarkUpdateMessageContact is the seed's call without HTTP: one title of
// an active contact, checked, written with its audit entry and on disk.
func BenchmarkUpdateMessageContact(b *testing.B) {
	o, _ := benchOffice(b)
	for name, parallel := range map[string]bool{"one caller": false, "many callers": true} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			call := func(i int) {
				id := benchMessageContact(i)
				name, email := "bench"+benchLetters(i%benchMessageContacts), id+"@example.com"
				title := directory.Titles[i/benchMessageContacts%len(directory.Titles)]
				err := o.session().UpdateMessageContact(context.Background(), id,
					directory.MessageContactUpdate{Name: &name, EmailAddress: &email, Title: &title})
				if err != nil {
					b.Error(err)
				}
			}
			if !parallel {
				for i := 0; b.Loop(); i++ {
					call(i)
				}
				return
			}
			b.SetParallelism(16)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					call(int(o.calls.Load()))
				}
			})
		})
	}
}

// BenchmarkReadMessageContacts measures what reads a full directory.
func BenchmarkReadMessageContacts(b *testing.B) {
	o, deep := benchOffice(b)
	ctx := context.Background()
	for _, read := range []struct {
		name string
		call func(i int) (int, error)
		want int
	}{
		{"get", func(i int) (int, error) {
			c, err := o.session().MessageContact(ctx, benchMessageContact(i))
			return len(c.Members), err
		}, 2},
		{"page of 10", func(i int) (int, error) {
			cs, _, err := o.session().MessageContacts(ctx, directory.MessageContactFilter{Offset: int64(i % 20 * 10), Limit: 10})
			return len(cs), err
		}, 10},
		{"page of 100", func(i int) (int, error) {
			cs, _, err := o.session().MessageContacts(ctx, directory.MessageContactFilter{Offset: int64(i % 2 * 100), Limit: 100})
			return len(cs), err
		}, 100},
		{"effective for an account", func(i int) (int, error) { // 20 inherited, and perhaps its own
			cs, err := o.session().EffectiveContacts(ctx, deep[(benchMessageContacts+i*7)%benchAccounts/10*10])
			return min(len(cs), 20), err
		}, 20},
	} {
		b.Run(read.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				n, err := read.call(i)
				if err != nil || n != read.want {
					b.Fatalf("got %d, %v, want %d", n, err, read.want)
				}
			}
		})
	}
}
