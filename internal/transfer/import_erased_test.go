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

// Somebody is erased at any moment while an import runs that names the person: the import does not
// bring the person back. One that is begun later does: it is meant
// (docs/spec/import.md#people-who-are-erased).
func TestErasedWhileAnImportRuns(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		b := newBench(t, s, directory.Settings{})
		contact := func(mobile string) []directory.Object {
			p, err := b.session().Objects(t.Context(), directory.ObjectQuery{Kind: directory.ContactKind, Mobile: "86-" + mobile, Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			return p.Items
		}
		number := 13900000000
		for _, tt := range []struct {
			policy string
			withID bool
		}{{"update", false}, {"update", true}, {"skip", false}, {"create", false}} {
			for n, erased := 0, true; erased; n++ {
				number++
				mobile := strconv.Itoa(number)
				before := contactsHeader + "旧," + mobile + ",,,普通,王芳\n"
				if v, _ := b.do(transfer.Options{Kind: "contacts"}, before); v.Counts.Created != 1 {
					t.Fatalf("made: %+v", v.Counts)
				}
				id := contact(mobile)[0].ID
				text := strings.TrimSpace(contactsHeader) + ",userId\n新," + mobile + ",,,普通,王芳," + map[bool]string{true: id}[tt.withID] + "\n"
				erased = false
				h := &hooked{Store: b.store, do: func() {
					erased = true
					if _, err := b.session().Erase(t.Context(), directory.ContactKind, id, "asked for", false); err != nil {
						t.Error(err)
					}
				}}
				h.left.Store(int64(n))
				runner := transfer.NewImporter(b.over(h), slog.New(slog.DiscardHandler), false)
				v, err := runner.Start(t.Context(), b.session(), transfer.Options{Kind: "contacts", OnDuplicate: tt.policy}, transfer.Input{Name: "file", Body: strings.NewReader(text)})
				if err == nil {
					v, err = runner.Watch(t.Context(), b.session(), v.ID, nil)
				}
				if err != nil || v.State != "done" {
					t.Fatalf("%s, erased before change %d: %+v, %v", tt.policy, n, v, err)
				}
				rows, _, _ := runner.Rows(t.Context(), b.session(), v.ID, "", "", 10) // they may be gone already
				runner.Close()
				if erased && n > 0 { // else it was before the import began
					if again := contact(mobile); len(again) > 0 {
						t.Errorf("%s, with id %t, erased before change %d: the import has made %v: %+v", tt.policy, tt.withID, n, again[0], rows)
					}
					for _, row := range rows {
						if row.Action == transfer.RowRejected && row.Errors[0].Code != "personErased" && tt.policy != "create" {
							t.Errorf("%s, with id %t, erased before change %d: %+v", tt.policy, tt.withID, n, row)
						}
					}
					if _, err := b.session().ImportPart(t.Context(), v.ID, "file", 1<<40); !errors.Is(err, directory.ErrImportNotFound) {
						t.Errorf("%s, erased before change %d: the file is kept: %v", tt.policy, n, err)
					}
					if v, rows := b.do(transfer.Options{Kind: "contacts", OnDuplicate: "update", Again: true}, before); v.Counts.Created != 1 {
						t.Errorf("imported anew: %+v %+v", v.Counts, rows)
					}
				}
			}
		}
	})
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
