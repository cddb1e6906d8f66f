package store

import (
	"context"
	"fmt"
	"io"
)

// Backup writes one state of all data, as it was when the call began, to w. The
// store is one of [OpenReading]; servers on the same data go on writing
// meanwhile. Nonces are left out: what was signed before a restore is refused.
func (s *Store) Backup(ctx context.Context, w io.Writer) (info BackupInfo, rows int64, err error) {
	err = s.view(ctx, "", func(t *tx) error {
		// The connection may have been opened before a migration or a restore.
		if err := s.recognise(t, s.kind); err != nil {
			return err
		}
		schema, err := t.schemaVersion()
		if err != nil {
			return err
		}
		info = BackupInfo{
			Format: archiveFormat, Schema: schema, Engine: s.engineName(), Kind: s.kind,
			Created: s.now().UTC(), KeyCheck: s.keyCheck(),
		}
		rows, err = s.backup(t, w, info)
		return err
	})
	if err != nil {
		return info, rows, fmt.Errorf("back up: %w", err)
	}
	return info, rows, nil
}

func (s *Store) engineName() string {
	if _, ok := s.engine.(*postgresEngine); ok {
		return "postgres"
	}
	return "sqlite"
}

func (s *Store) backup(t *tx, w io.Writer, info BackupInfo) (rows int64, err error) {
	tables, err := shapes(info.Schema)
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
		if err := t.each(table.selects(), nil, func(r *row) error {
			if a.rows == 0 && t.ctx.Err() != nil {
				return t.ctx.Err()
			}
			return a.row(r)
		}); err != nil {
			return 0, fmt.Errorf("%s: %w", table.name, err)
		}
		if err := a.endPart(); err != nil {
			return 0, err
		}
		if table.counter != "" {
			if a.m.Counters[table.name], err = t.lastValue(table); err != nil {
				return 0, err
			}
		}
		rows += a.m.Tables[i].Rows
	}
	return rows, a.close(s.master)
}

// lastValue is the last number that a table's counter gave; its rows may be
// gone, and the number must not come back.
func (t *tx) lastValue(table *shape) (n int64, err error) {
	_, err = t.one(`SELECT coalesce(
		/*sqlite: (SELECT seq FROM sqlite_sequence WHERE name = ?)*/
		/*pg: pg_sequence_last_value(pg_get_serial_sequence(?, '`+table.counter+`')::regclass)*/, 0)`,
		args{table.name}, func(r *row) error {
			n = r.Int(0)
			return nil
		})
	return n, err
}
