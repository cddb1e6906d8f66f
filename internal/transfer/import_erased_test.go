package transfer_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
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
