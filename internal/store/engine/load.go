package engine

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/mingce/mingce/internal/keyring"
)

// ErrNotEmpty is returned by [Load] when there is something in the way.
var ErrNotEmpty = errors.New("store: not empty")

// Content is all rows of a database, as [Load] puts them into another.
type Content struct {
	Schema   int64            // its version
	Counters map[string]int64 // the last number given, by table
	// Tables calls do for every table, with a function that gives its rows one
	// after the other and nil after the last. The values are valid until the next.
	Tables func(do func(s *Shape, next func() ([]any, error)) error) error
}

// Load puts rows into an empty or absent folder, or into an empty PostgreSQL
// database. The data is there as a whole or not at all. It has the schema of the
// rows; the next Open brings it up to date. What belongs to the life of one
// database is left out, and when this happened is noted: what was signed before
// may be a replay, as the rows have no nonces.
func Load(ctx context.Context, o Options, schema *Schema, d *Content) error {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Database != "" {
		return d.intoPostgres(ctx, o, schema)
	}
	return d.intoSQLite(ctx, o, schema)
}

// notRestored are the entries of meta that belong to one database's life.
var notRestored = map[string]bool{nonceEpoch: true, "restored_at": true}

// restoredMeta leaves out what is not restored and adds when this happened: what
// was signed before may be a replay, as a backup holds no nonces.
type restoredMeta struct {
	now           time.Time
	left, entered [][]byte // rows, as AppendRow writes them
}

func (m *restoredMeta) rows(s *Shape, next func() ([]any, error)) func() ([]any, error) {
	if s.Name != metaTable {
		return next
	}
	key, ended := s.Index("key"), false
	return func() ([]any, error) {
		for !ended {
			values, err := next()
			if err != nil {
				return nil, err
			}
			if values == nil {
				ended = true
				added := make([]any, len(s.Columns))
				added[key], added[s.Index("value")] = "restored_at", strconv.FormatInt(m.now.UnixMilli(), 10)
				m.entered = append(m.entered, AppendValues(nil, added))
				return added, nil
			}
			name, _ := values[key].(string)
			if !notRestored[name] {
				return values, nil
			}
			if name != nonceEpoch {
				m.left = append(m.left, AppendValues(nil, values))
			}
		}
		return nil, nil
	}
}

// sums makes the sums of a backup those of the restored data, which differs in
// rows of meta and in when its schema was made. What did not fit when the backup
// was made does not fit now.
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
			for _, row := range m.left {
				total.sums[i].sub(s.Of(i, row))
			}
			for _, row := range m.entered {
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
