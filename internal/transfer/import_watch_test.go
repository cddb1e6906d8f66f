package transfer_test

import (
	"errors"
	"io"
	"log/slog"
	"sync"
	"testing"

	"github.com/mingce/mingce/internal/transfer"
)

var errSeen = errors.New("seen")

// Who follows an import while a server starts again hears of it until its end: that it is
// interrupted is no end there.
func TestFollowersOfAServerThatResumes(t *testing.T) {
	t.Parallel()
	b := sample(t)
	id := b.start(transfer.Options{Kind: "contacts"}, manyContacts(3000)).ID
	b.importer.Close()
	b.open()
	if v, err := b.importer.Watch(t.Context(), b.session(), id, nil); err != nil || v.State != "interrupted" {
		t.Fatalf("where nobody goes on: %s, %v", v.State, err)
	}
	work := b.importer.Work(t.Context())
	var first string
	var begin sync.Once
	v, err := b.importer.Watch(t.Context(), b.session(), id, func(p transfer.Progress) error {
		begin.Do(func() {
			first = p.State
			go work()
		})
		return nil
	})
	if err != nil || first != "interrupted" || v.State != "done" || v.Counts.Created != 3000 {
		t.Errorf("first %s, then %s, %+v, %v", first, v.State, v.Counts, err)
	}
}

// What another process told is no news to who has seen it, however often it is read.
func TestProgressOfAnotherProcess(t *testing.T) {
	t.Parallel()
	b := sample(t)
	body, sent := io.Pipe()
	var sending sync.WaitGroup
	sending.Go(func() {
		_, _ = b.importer.Start(t.Context(), b.session(), transfer.Options{Kind: "contacts"}, transfer.Input{Name: "slow.csv", Body: body})
	})
	if _, err := io.WriteString(sent, contactsHeader); err != nil { // it is taken when the import has begun
		t.Fatal(err)
	}
	other := transfer.NewImporter(b.dir, slog.New(slog.DiscardHandler), false)
	defer other.Close()
	list, err := other.List(t.Context(), b.session(), "", 1)
	if err != nil || len(list) != 1 || list[0].State != "running" {
		t.Fatalf("%+v, %v", list, err)
	}
	var times []string
	for range 2 {
		_, err := other.Watch(t.Context(), b.session(), list[0].ID, func(p transfer.Progress) error {
			times = append(times, p.Time)
			return errSeen
		})
		if !errors.Is(err, errSeen) {
			t.Fatal(err)
		}
	}
	if times[0] != times[1] {
		t.Errorf("read twice, it was told at %v", times)
	}
	_ = sent.CloseWithError(errSeen)
	sending.Wait()
}
