package backup

import (
	"context"
	"errors"
	"io"

	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/engine"
)

// ErrNotEmpty is returned by Restore when the target already holds something.
var ErrNotEmpty = engine.ErrNotEmpty

// Restore writes the data of a backup into an empty or absent folder, or into
// an empty PostgreSQL database; the backup may come from either engine. The
// whole file is verified first: a damaged, foreign or newer one is refused
// (ErrDamaged, store.ErrWrongKey, ErrNewer) and the target is untouched. It
// writes all of the data or none. The schema stays at the version of the
// backup; the next Open migrates it.
func Restore(ctx context.Context, o store.Options, file io.ReadSeeker) (info Info, rows int64, err error) {
	if o.Key == nil {
		return info, 0, errors.New("store: no master key")
	}
	a, err := verifyArchive(file, o.Key)
	if err != nil {
		return info, 0, err
	}
	for _, t := range a.m.Tables {
		rows += t.Rows
	}
	return a.m.Info, rows, engine.Load(ctx, o, store.Schema(), &engine.Content{Schema: a.m.Schema, Counters: a.m.Counters, Tables: a.load})
}
