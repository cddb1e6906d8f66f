package engine

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/mingce/mingce/internal/keyring"
)

// ErrNotEmpty is returned by [Load] when the target already holds something.
var ErrNotEmpty = errors.New("store: not empty")

// Content is all rows of a database, for [Load].
type Content struct {
	Schema   int64            // version of the schema
	Counters map[string]int64 // the last number assigned, by table
	// Tables calls do for every table, with a function that returns its rows
	// one by one and nil after the last. The values are valid until the next
	// call.
	Tables func(do func(s *Shape, next func() ([]any, error)) error) error
}

// Load writes rows into an empty or absent folder, or into an empty PostgreSQL
// database. It writes all of the data or none. The schema stays at the version
// of the rows; the next Open migrates it. Rows that concern the lifetime of one
// database are left out. The time of the load is recorded, because the rows
// include no nonces: a request signed before it may be a replay
// ([DB.RefuseBefore]).
func Load(ctx context.Context, o Options, schema *Schema, d *Content) error {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Database != "" {
		return d.intoPostgres(ctx, o, schema)
	}
	return d.intoSQLite(ctx, o, schema)
}

// notRestored are the entries of meta that concern the lifetime of one
// database.
var notRestored = map[string]bool{nonceEpoch: true, "restored_at": true}

// restoredMeta filters the rows of meta: it leaves out notRestored and adds the
// time of the restore.
type restoredMeta struct {
	now            time.Time
	removed, added [][]byte // rows, as AppendRow writes them
}

func (m *restoredMeta) rows(s *Shape, next func() ([]any, error)) func() ([]any, error) {
	if s.Name != metaTable {
		return next
	}
	key, end := s.Index("key"), false
	return func() ([]any, error) {
		for !end {
			values, err := next()
			if err != nil {
				return nil, err
			}
			if values == nil {
				end = true
				row := make([]any, len(s.Columns))
				row[key], row[s.Index("value")] = "restored_at", strconv.FormatInt(m.now.UnixMilli(), 10)
				m.added = append(m.added, AppendValues(nil, row))
				return row, nil
			}
			name, _ := values[key].(string)
			if !notRestored[name] {
				return values, nil
			}
			if name != nonceEpoch {
				m.removed = append(m.removed, AppendValues(nil, values))
			}
		}
		return nil, nil
	}
}

// sums adapts the sums of a backup to the restored data, which differs in rows
// of meta and in the times of its migrations. Rows that did not match their sum
// in the backup still do not match.
func (m *restoredMeta) sums(x Statements, schema *Schema, master *keyring.Master, version int64) error {
	if version < firstSums {
		return nil
	}
	key := sumKey(master)
	total, _, err := readSums(x.Query, key)
	if errors.Is(err, ErrNoSums) || err == nil && total.moving {
		return nil
	}
	if err != nil {
		return err
	}
	s, err := newSummer(schema, master, version)
	if err != nil {
		return err
	}
	if len(s.Tables) != len(total.sums) {
		return nil
	}
	for i := range s.Tables {
		switch s.Tables[i].Name {
		case metaTable:
			for _, row := range m.removed {
				total.sums[i].sub(s.Of(i, row))
			}
			for _, row := range m.added {
				total.sums[i].Add(s.Of(i, row))
			}
		case StepTable:
			if total.sums[i], err = sumTableRows(x.Query, s, i); err != nil {
				return err
			}
		}
	}
	return writeSums(x, key, &total, m.now)
}
