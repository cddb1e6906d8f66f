package transfer_test

import (
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/storetest"
	"github.com/mingce/mingce/internal/transfer"
)

// A file that comes slowly is still the import of the process that receives it: another
// process on the same database does not take it away
// (docs/spec/import.md#one-import-at-a-time).
func TestSlowFilesAreNotTakenAway(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) { slowFile(t, newBench(t, s, directory.Settings{})) })
}

func slowFile(t *testing.T, b *bench) {
	var later atomic.Int64 // how far the clock is ahead
	b.dir = directory.Open(directory.Config{Store: b.store, NewID: b.ids, Keys: b.store.Master(),
		Now: func() time.Time { return time.Now().Add(time.Duration(later.Load())) }})
	first := transfer.NewImporter(b.dir, slog.New(slog.DiscardHandler), false)
	defer first.Close()
	other := transfer.NewImporter(b.dir, slog.New(slog.DiscardHandler), false)
	defer other.Close()
	other.Work(t.Context()) // interrupted is no end for who follows there
	body, sent := io.Pipe()
	var sending sync.WaitGroup
	var ended transfer.Import
	var failed error
	sending.Go(func() {
		ended, failed = first.Start(t.Context(), b.session(), transfer.Options{Kind: "contacts"}, transfer.Input{Name: "slow.csv", Body: body})
	})
	if _, err := io.WriteString(sent, contactsHeader); err != nil { // it is taken when the import has begun
		t.Fatal(err)
	}
	list, err := other.List(t.Context(), b.session(), "", 1)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	later.Add(int64(directory.ImportSilence))
	told := 0
	_, err = other.Watch(t.Context(), b.session(), list[0].ID, func(p transfer.Progress) error {
		if told++; p.State == "running" || told == 8 { // once a second
			return errSeen
		}
		return nil
	})
	if !errors.Is(err, errSeen) || told == 8 {
		t.Errorf("the import is interrupted for others while its file comes: %v", err)
	}
	if _, err := other.Resume(t.Context(), b.session(), list[0].ID, nil); err != nil { // it may try
		t.Fatal(err)
	}
	_, err = io.WriteString(sent, "客人,13900007001,,,普通,王芳\n")
	if err = errors.Join(err, sent.Close()); err != nil {
		t.Fatal(err)
	}
	sending.Wait()
	if failed != nil {
		t.Fatalf("the import was taken away: %v", failed)
	}
	if v, err := first.Watch(t.Context(), b.session(), ended.ID, nil); err != nil || v.State != "done" || v.Counts.Created != 1 {
		t.Errorf("got %+v, %+v, %v", v, v.Error, err)
	}
}
