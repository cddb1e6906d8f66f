package directory_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store"
)

func benchTagged(i int) string { return fmt.Sprintf("15%014d", i) }

// benchTags is a directory on SQLite files in which every account has three tags:
// one value for all, one of ten values, and its own.
func benchTags(b *testing.B, accounts int) *office {
	b.Helper()
	o := openOfficeOn(b, benchStore(b, "tags", accounts, func(*store.Store) {}), directory.Settings{})
	at := time.Unix(0, o.clock.Load())
	inBatches(b, o.store, directory.SampleOrg, accounts, func(tx directory.Tx, i int) error {
		name := fmt.Sprint("bench-", i)
		tx.Accounts().PutAccount(directory.Account{ID: benchTagged(i), FolderID: "r-Root01", DisplayName: name, Name: name, Type: directory.ResourceAccount,
			Status: directory.AccountCreated, JoinMethod: "created", JoinedAt: at, ModifiedAt: at,
			Tags: []directory.Tag{{Key: "all", Value: "same"}, {Key: "env", Value: fmt.Sprint(i % 10)}, {Key: "own", Value: fmt.Sprint(i)}}})
		return nil
	})
	return o
}

// BenchmarkTags: a page of tags and a change of tags take no longer in a large
// directory.
func BenchmarkTags(b *testing.B) {
	ctx := context.Background()
	same := "same"
	for _, accounts := range []int{1_000, benchAccounts} {
		o := benchTags(b, accounts)
		page := func(of func(i int) directory.TagFilter) func(i int) (int, error) {
			return func(i int) (int, error) {
				f := of(i)
				f.Kind, f.Limit = directory.TaggedAccount, 100
				found, err := o.session().TaggedObjects(ctx, f)
				return len(found), err
			}
		}
		words := func(f directory.TagWordFilter) func(i int) (int, error) {
			return func(int) (int, error) {
				f.Kind, f.Limit = directory.TaggedAccount, 100
				found, err := o.session().TagWords(ctx, f)
				return len(found), err
			}
		}
		deep := func(i int) directory.TagPosition {
			return directory.TagPosition{ID: benchTagged((i*7919 + accounts/2) % (accounts - 100)), Key: "env"}
		}
		all := []directory.TagMatch{{Key: "all", Value: &same}}
		for _, run := range []struct {
			name string
			call func(i int) (int, error)
			want int
		}{
			{"first page", page(func(int) directory.TagFilter { return directory.TagFilter{} }), 100},
			{"deep page", page(func(i int) directory.TagFilter { return directory.TagFilter{After: deep(i)} }), 100},
			{"page of a value", page(func(i int) directory.TagFilter { return directory.TagFilter{Tags: all, After: deep(i)} }), 100},
			{"page of a key", page(func(i int) directory.TagFilter {
				return directory.TagFilter{Tags: []directory.TagMatch{{Key: "env"}}, After: deep(i)}
			}), 100},
			{"one object", page(func(i int) directory.TagFilter { return directory.TagFilter{IDs: []string{benchTagged(i % accounts)}} }), 3},
			{"keys", words(directory.TagWordFilter{}), 3},
			{"values", words(directory.TagWordFilter{Key: "own"}), 100},
			{"change", func(i int) (int, error) {
				ids := []string{benchTagged(i % accounts), benchTagged((i + 1) % accounts)}
				return 0, o.session().TagObjects(ctx, directory.TaggedAccount, ids, []directory.Tag{{Key: "changed", Value: fmt.Sprint(i)}})
			}, 0},
		} {
			b.Run(fmt.Sprint(run.name, " of ", accounts), func(b *testing.B) {
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					if n, err := run.call(i); err != nil || n != run.want {
						b.Fatalf("got %d, %v, want %d", n, err, run.want)
					}
				}
			})
		}
	}
}
