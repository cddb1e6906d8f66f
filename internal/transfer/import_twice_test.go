package transfer_test

import (
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/enginetest"
	"github.com/mingce/mingce/internal/store/storetest"
	"github.com/mingce/mingce/internal/transfer"
)

// The same file is sent to two servers of one database at once: it is imported once, and the other
// one is told of the import that is (docs/spec/import.md#repeated-imports).
func TestOneFileSentToTwoServers(t *testing.T) {
	t.Parallel()
	for engine, open := range map[string]func(testing.TB) (one, two *store.Store){
		"sqlite": func(t testing.TB) (one, two *store.Store) { one = storetest.Open(t); return one, one },
		"postgres": func(t testing.TB) (one, two *store.Store) {
			url := enginetest.Database(t)
			return storetest.OpenDatabase(t, url), storetest.OpenDatabase(t, url)
		},
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			one, two := open(t)
			b := newBench(t, one, directory.Settings{})
			file := manyContacts(100)
			slow := transfer.NewImporter(b.over(two), slog.New(slog.DiscardHandler), false)
			defer slow.Close()
			body, sent := io.Pipe()
			var second transfer.Import
			var refused error
			over := make(chan struct{})
			go func() {
				defer close(over)
				second, refused = slow.Start(t.Context(), b.session(), transfer.Options{Kind: "contacts"}, transfer.Input{Name: "slow.csv", Body: body})
			}()
			if _, err := io.WriteString(sent, file); err != nil { // it is taken when that import has begun
				t.Fatal(err)
			}
			fast := transfer.NewImporter(b.dir, slog.New(slog.DiscardHandler), false)
			defer fast.Close()
			// While this one is about to be let go on, the other one looks, too, or waits for it.
			meet := func(directory.Tx, transfer.Import) error {
				_ = sent.Close()
				select {
				case <-over:
				case <-time.After(300 * time.Millisecond):
				}
				return nil
			}
			first, err := fast.Start(t.Context(), b.session(), transfer.Options{Kind: "contacts"}, transfer.Input{Name: "fast.csv", Body: strings.NewReader(file), Admit: meet})
			if err != nil {
				t.Fatal(err)
			}
			<-over
			if second.ID != first.ID || !second.Repeated && !errors.Is(refused, directory.ErrImportRunning) || second.Repeated && refused != nil {
				t.Errorf("the second is told of %+v, %v, want import %s", second, refused, first.ID)
			}
			if v, err := fast.Watch(t.Context(), b.session(), first.ID, nil); err != nil || v.Counts.Created != 100 {
				t.Errorf("got %+v, %v", v.Counts, err)
			}
			if list, err := fast.List(t.Context(), b.session(), "", 10); err != nil || len(list) != 1 {
				t.Errorf("got %d imports, %v, want 1", len(list), err)
			}
		})
	}
}
