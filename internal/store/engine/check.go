package engine

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"zombiezen.com/go/sqlite"

	"github.com/mingce/mingce/internal/keyring"
)

// Damage reports whether an error means that the data is damaged, as opposed to
// not readable at the moment: what a disk does not give is not known to be wrong.
func Damage(err error) bool {
	var pg *pgconn.PgError
	switch code := sqlite.ErrCode(err).ToPrimary(); {
	case code == sqlite.ResultCorrupt, code == sqlite.ResultNotADB, code == sqlite.ResultSchema:
	case sqlite.ErrCode(err) == sqlite.ResultIOErrShortRead: // a file was cut off
	case code == sqlite.ResultError && strings.Contains(err.Error(), code.Message()): // a table or column is missing
	case errors.As(err, &pg) && strings.HasPrefix(pg.Code, "XX"): // data_corrupted, index_corrupted
	case errors.Is(err, keyring.ErrOpen), errors.Is(err, keyring.ErrVersion), errors.Is(err, ErrBadColumn), errors.Is(err, ErrNoKey), errors.Is(err, ErrNoSums):
	default:
		return false
	}
	return true
}

// NoSpace reports whether an error means that the disk is full.
func NoSpace(err error) bool {
	var pg *pgconn.PgError
	return sqlite.ErrCode(err).ToPrimary() == sqlite.ResultFull || shmFull(err) || errors.As(err, &pg) && pg.Code == "53100"
}

// DiskError reports whether an error means that a disk does not give or take
// what it should, for other reasons than a lack of space.
func DiskError(err error) bool {
	var pg *pgconn.PgError
	return sqlite.ErrCode(err).ToPrimary() == sqlite.ResultIOErr && !NoSpace(err) || errors.Is(err, syscall.EIO) ||
		errors.As(err, &pg) && pg.Code == "58030"
}

// unreadPage is how SQLite's check of a file's structure tells of an error.
var unreadPage = regexp.MustCompile(`page \d+: unable to get the page. error code=(\d+)`)

// CheckStructure runs SQLite's integrity checks and calls find for each
// problem. PostgreSQL checks its own pages.
func (t *Tx) CheckStructure(find func(format string, a ...any)) error {
	c, ok := t.reads.(*sqliteConn)
	if !ok {
		return nil
	}
	var unread error
	if err := c.Query(Each("PRAGMA integrity_check(100)", nil, func(row *Row) error {
		text := row.Text(0)
		if m := unreadPage.FindStringSubmatch(text); m != nil && unread == nil {
			if code, _ := strconv.Atoi(m[1]); sqlite.ResultCode(code).ToPrimary() == sqlite.ResultIOErr {
				unread = fmt.Errorf("%s: %w", m[0], sqlite.ResultCode(code).ToError())
			}
		}
		if text != "ok" {
			find("integrity: %s", text)
		}
		return nil
	})); err != nil || unread != nil {
		return cmp.Or(unread, err)
	}
	return c.Query(Each("PRAGMA foreign_key_check", nil, func(row *Row) error {
		find("a row of %s refers to a missing row of %s", row.Text(0), row.Text(2))
		return nil
	}))
}

// LastValue is the last number that a table's counter assigned. Its row may be
// deleted, and the number must not be assigned again.
func (t *Tx) LastValue(table *Shape) (n int64, err error) {
	_, err = t.One(`SELECT coalesce(
		/*sqlite: (SELECT seq FROM sqlite_sequence WHERE name = ?)*/
		/*pg: pg_sequence_last_value(pg_get_serial_sequence(?, '`+table.Counter+`')::regclass)*/, 0)`,
		Args{table.Name}, func(r *Row) error {
			n = r.Int(0)
			return nil
		})
	return n, err
}

// TenantKeys unwraps the keys of all organisations, and calls bad for each that
// cannot be opened.
func (t *Tx) TenantKeys(bad func(error)) (map[string]*keyring.Tenant, error) {
	wrapped := map[string][]keyring.Wrapped{}
	err := t.Each("SELECT org, version, wrapped FROM org_key", nil, func(row *Row) error {
		org := row.Text(0)
		wrapped[org] = append(wrapped[org], keyring.Wrapped{Version: byte(row.Int(1)), Key: row.Bytes(2)})
		return nil
	})
	keys := map[string]*keyring.Tenant{}
	for org, versions := range wrapped {
		k, err := t.master.Tenant(org, versions)
		if err != nil {
			bad(err)
			continue
		}
		keys[org] = k
	}
	return keys, err
}

// Summer returns the [Summer] for a version of the schema.
func (db *DB) Summer(version int64) (*Summer, error) { return newSummer(db.schema, db.master, version) }

// Sums returns the sums that the rows should have: one for each table of
// [Summer.Tables], or nil during a migration. since is when the data was first
// summed. It returns ErrNoSums if they are missing or were altered, and nothing
// for a schema without sums.
func (t *Tx) Sums(schema int64) (sums []RowSum, since time.Time, err error) {
	if schema < firstSums {
		return nil, since, nil
	}
	total, _, err := readSums(func(r *Read) error { return t.Batch(r) }, sumKey(t.master))
	if err != nil || total.moving {
		return nil, total.since, err
	}
	return total.sums, total.since, nil
}
