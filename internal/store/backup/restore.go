package backup

import (
	"context"
	"errors"
	"io"

	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/engine"
)

// ErrNotEmpty is returned by Restore when there is something in the way.
var ErrNotEmpty = engine.ErrNotEmpty

// Restore puts the data of a backup into an empty or absent folder, or into an
// empty PostgreSQL database; the backup may come from either engine. The whole
// file is proved first: a damaged, foreign or newer one is refused
// (ErrDamaged, store.ErrWrongKey, ErrNewer) and the target is untouched.
// The data is there as a whole or not at all. It keeps the backup's schema; the
// next Open brings it up to date.
func Restore(ctx context.Context, o store.Options, file io.ReadSeeker) (info Info, rows int64, err error) {
	if o.Key == nil {
		return info, 0, errors.New("store: no master key")
	}
	a, err := proveArchive(file, o.Key)
	if err != nil {
		return info, 0, err
	}
	for _, t := range a.m.Tables {
		rows += t.Rows
	}
	return a.m.Info, rows, engine.Load(ctx, o, store.Schema(), &engine.Content{Schema: a.m.Schema, Counters: a.m.Counters, Tables: a.load})
}
