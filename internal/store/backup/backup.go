package backup

import (
	"context"
	"fmt"
	"io"

	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/engine"
)

// Write writes one state of all data, as of the start of the call, to w. The
// store must come from [store.OpenReading]; servers may keep writing to the
// same data. Nonces are left out, so a restored server refuses requests signed
// before the restore.
func Write(ctx context.Context, s *store.Store, w io.Writer) (info Info, rows int64, err error) {
	err = s.DB.View(ctx, "", func(t *engine.Tx) error {
		// The data may have been migrated or restored since the store was
		// opened.
		schema, err := s.Recognise(t)
		if err != nil {
			return err
		}
		info = Info{
			Format: archiveFormat, Schema: schema, Engine: s.Engine(), Kind: s.Kind(),
			Created: s.Now().UTC(), KeyCheck: engine.KeyCheck(s.Master()),
		}
		rows, err = writeTables(t, s, w, info)
		return err
	})
	if err != nil {
		return info, rows, fmt.Errorf("back up: %w", err)
	}
	return info, rows, nil
}

func writeTables(t *engine.Tx, s *store.Store, w io.Writer, info Info) (rows int64, err error) {
	tables, err := s.Schema().Shapes(info.Schema)
	if err != nil {
		return 0, err
	}
	a, err := newArchiveWriter(w, info)
	if err != nil {
		return 0, err
	}
	for i := range tables {
		table := &tables[i]
		a.beginTable(table)
		if err := t.Each(table.Selects(), nil, func(r *engine.Row) error {
			if a.rows == 0 && t.Context().Err() != nil {
				return t.Context().Err()
			}
			return a.row(r)
		}); err != nil {
			return 0, fmt.Errorf("%s: %w", table.Name, err)
		}
		if err := a.endPart(); err != nil {
			return 0, err
		}
		if table.Counter != "" {
			if a.m.Counters[table.Name], err = t.LastValue(table); err != nil {
				return 0, err
			}
		}
		rows += a.m.Tables[i].Rows
	}
	return rows, a.close(s.Master())
}
