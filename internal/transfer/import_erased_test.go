package transfer_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/storetest"
	"github.com/mingce/mingce/internal/transfer"
)

// between does something when it is read.
type between func()

func (f between) Read([]byte) (int, error) {
	f()
	return 0, io.EOF
}

func (b *bench) erase() {
	b.t.Helper()
	if _, err := b.session().Erase(b.t.Context(), directory.ContactKind, "123420013632", "asked for", false); err != nil {
		b.t.Fatal(err)
	}
}

// An erasure deletes the copies of imports: of those that have ended at once, of
// one that runs when it ends. What needs a copy says that there is none.
func TestErasureEndsCopies(t *testing.T) {
	t.Parallel()
	b := sample(t)
	preview, _ := b.do(transfer.Options{Kind: "contacts", Preview: true}, manyContacts(3))
	body := io.MultiReader(strings.NewReader(manyContacts(2)), between(b.erase))
	v, err := b.importer.Start(t.Context(), b.session(), transfer.Options{Kind: "contacts"}, transfer.Input{Name: "file.csv", Body: body})
	if err != nil {
		t.Fatal(err)
	}
	if v, rows := b.wait(v.ID); v.State != "done" || len(rows) != 2 {
		t.Errorf("import: %+v with %d rows", v, len(rows))
	}
	if err := b.dir.PurgeImports(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{v.ID, preview.ID} {
		if _, err := b.session().ImportPart(t.Context(), id, "file", 1<<40); !errors.Is(err, directory.ErrImportNotFound) {
			t.Errorf("copy of the file of %s: got %v, want none", id, err)
		}
		if rows, _, err := b.importer.Rows(t.Context(), b.session(), id, "", "", 10); !errors.Is(err, directory.ErrImportPurged) {
			t.Errorf("rows of %s: got %v, %v, want none", id, rows, err)
		}
	}
	if _, err := b.importer.Run(t.Context(), b.session(), preview.ID, nil); !errors.Is(err, directory.ErrPreviewOutdated) {
		t.Errorf("a preview without its file: got %v, want %v", err, directory.ErrPreviewOutdated)
	}
}

// hooked is a store that does something before one of its changes, counted down to 0.
type hooked struct {
	directory.Store
	left atomic.Int64
	do   func()
}

func (h *hooked) Update(ctx context.Context, org string, fn func(directory.Tx) error) error {
	if h.left.Add(-1) == -1 {
		h.do()
	}
	return h.Store.Update(ctx, org, fn)
}

// Somebody is erased at any moment while an import runs that names the person behind other rows, in
// another transaction: the import does not bring the person back, wherever the person was. One that
// is begun later does: it is meant (docs/spec/import.md#people-who-are-erased).
func TestErasedWhileAnImportRuns(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		e := &erasing{bench: newBench(t, s, directory.Settings{}), number: 13900000000}
		for _, tt := range []erasedCase{
			{policy: "update"}, {policy: "update", withID: true}, {policy: "skip"}, {policy: "create"},
			{policy: "create", was: "made meanwhile"}, {policy: "update", was: "made meanwhile"},
			{policy: "update", was: "in the bin"}, {policy: "update", was: "in the bin", withID: true},
			{policy: "update", was: "to another", withID: true},
		} {
			for n := 0; e.importAt(t, tt, n); n++ {
			}
		}
	})
}

// erasedCase is where somebody is who is erased, and what the import does about the row.
type erasedCase struct {
	policy, was string // "": a contact
	withID      bool   // the row names the contact's id
}

type erasing struct {
	*bench
	number int
}

func (e *erasing) contact(mobile string) []directory.Object {
	e.t.Helper()
	p, err := e.session().Objects(e.t.Context(), directory.ObjectQuery{Kind: directory.ContactKind, Mobile: "86-" + mobile, Limit: 10})
	if err != nil {
		e.t.Fatal(err)
	}
	return p.Items
}

// importAt erases somebody before the n-th change that an import makes, and reports whether it made
// so many.
func (e *erasing) importAt(t *testing.T, tt erasedCase, n int) (erased bool) {
	e.number++
	mobile := strconv.Itoa(e.number)
	row := func(name, mobile, id string) string { return name + "," + mobile + ",,,普通,王芳," + id + "\n" }
	header := strings.TrimSpace(contactsHeader) + ",userId\n"
	make := func(name, mobile string) string {
		v, rows := e.do(transfer.Options{Kind: "contacts", Again: true}, header+row(name, mobile, ""))
		if v.Counts.Created != 1 {
			t.Fatalf("made: %+v, %+v", v.Counts, rows)
		}
		return e.contact(mobile)[0].ID
	}
	edit := func(edits ...directory.Edit) {
		for _, edit := range edits {
			if _, err := e.session().EditObject(t.Context(), edit); err != nil {
				t.Error(err)
			}
		}
	}
	id, named := "", ""
	if tt.was != "made meanwhile" {
		id = make("旧", mobile)
	}
	if tt.was == "in the bin" {
		edit(directory.Edit{Kind: directory.ContactKind, Do: directory.RemoveObject, ID: id})
	}
	switch {
	case tt.was == "to another":
		named = make("他", "137"+mobile[3:])
	case tt.withID:
		named = id
	}
	text := header
	for i := range 40 { // several transactions
		text += row("旁", "13"+strconv.Itoa(e.number%1000+1000)+strconv.Itoa(i+10000), "")
	}
	text += row("新", mobile, named)
	h := &hooked{Store: e.store, do: func() {
		for _, o := range e.contact(mobile) {
			if o.ID != id { // the row is written already
				return
			}
		}
		if erased = true; id == "" {
			id = strconv.Itoa(e.number)
			edit(directory.Edit{Kind: directory.ContactKind, Do: directory.CreateObject, ID: id, Values: directory.Values{
				"name": "旧", "mobile": "86-" + mobile, "followerUserId": "023420013645", "labelIds": []int64{2}}})
		}
		if _, err := e.session().Erase(t.Context(), directory.ContactKind, id, "asked for", false); err != nil {
			t.Error(err)
		}
	}}
	h.left.Store(int64(n))
	runner := transfer.NewImporter(e.over(h), slog.New(slog.DiscardHandler), false)
	v, err := runner.Start(t.Context(), e.session(), transfer.Options{Kind: "contacts", OnDuplicate: tt.policy}, transfer.Input{Name: "file", Body: strings.NewReader(text)})
	if err == nil {
		v, err = runner.Watch(t.Context(), e.session(), v.ID, nil)
	}
	if err != nil || v.State != "done" {
		t.Fatalf("%+v, erased before change %d: %+v, %+v, %v", tt, n, v, v.Error, err)
	}
	rows, _, _ := runner.Rows(t.Context(), e.session(), v.ID, "", "", 200) // they may be gone already
	runner.Close()
	if !erased || n == 0 { // it was before the import began
		return erased
	}
	if again := e.contact(mobile); len(again) > 0 {
		t.Errorf("%+v, erased before change %d: the import has made %v: %+v", tt, n, again[0], rows[len(rows)-1])
	}
	for i, row := range rows {
		if i < 40 && row.Action != transfer.RowCreated {
			t.Errorf("%+v, erased before change %d: another row: %+v", tt, n, row)
		}
		if row.Action == transfer.RowRejected && row.Errors[0].Code != "personErased" && tt.policy != "create" && tt.was == "" {
			t.Errorf("%+v, erased before change %d: %+v", tt, n, row)
		}
	}
	if _, err := e.session().ImportPart(t.Context(), v.ID, "file", 1<<40); !errors.Is(err, directory.ErrImportNotFound) {
		t.Errorf("%+v, erased before change %d: the file is kept: %v", tt, n, err)
	}
	if v, rows := e.do(transfer.Options{Kind: "contacts", Again: true}, header+row("旧", mobile, "")); v.Counts.Created != 1 {
		t.Errorf("imported anew: %+v %+v", v.Counts, rows)
	}
	return erased
}

// An import that nobody goes on with ends when somebody is erased: its file may hold the person.
func TestErasureEndsImportsThatWait(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		b := newBench(t, s, directory.Settings{})
		v := b.start(transfer.Options{Kind: "contacts"}, manyContacts(5000))
		b.importer.Close()
		b.open()
		if v, err := b.importer.Get(t.Context(), b.session(), v.ID); err != nil || v.State != "interrupted" {
			t.Fatalf("got %+v, %v", v, err)
		}
		b.erase()
		v, err := b.importer.Get(t.Context(), b.session(), v.ID)
		if err != nil || v.State != "stopped" || v.Error == nil || v.Error.Code != "personErased" || v.EndedAt == nil {
			t.Errorf("after the erasure: got %+v, %v", v, err)
		}
		parts := 0
		for _, name := range []string{"file", "rows"} {
			if _, err := b.session().ImportPart(t.Context(), v.ID, name, 1<<40); err == nil {
				parts++
			}
		}
		if parts > 0 {
			t.Errorf("%d kinds of copies are kept", parts)
		}
		if _, err := b.importer.Resume(t.Context(), b.session(), v.ID, nil); !errors.Is(err, directory.ErrImportEnded) {
			t.Errorf("resumed: got %v, want %v", err, directory.ErrImportEnded)
		}
		if v, _ := b.do(transfer.Options{Kind: "contacts"}, manyContacts(5000)); v.State != "done" || v.Repeated {
			t.Errorf("imported anew: %+v", v)
		}
	})
}
