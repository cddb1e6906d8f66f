package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"zombiezen.com/go/sqlite"

	"github.com/mingce/mingce/internal/keyring"
)

// CheckReport is the outcome of [Store.Check].
type CheckReport struct {
	Schema   int64
	Rows     int64 // rows read
	Sealed   int64 // sealed values opened
	Audit    AuditReport
	Findings []string // what is wrong with the data, in words without values
}

// OK reports whether nothing is wrong.
func (r *CheckReport) OK() bool { return len(r.Findings) == 0 && r.Audit.OK() }

func (r *CheckReport) find(format string, a ...any) {
	if len(r.Findings) < maxFindings {
		r.Findings = append(r.Findings, fmt.Sprintf(format, a...))
	}
}

// Check looks at all data: the file's structure and indexes (SQLite; at rest,
// every byte of it), that every row can be read, every sealed value belongs to
// its row and opens under the key, the counts of departments, and the history ([Store.VerifyAudit] with
// heads). The error is for a check that could not be
// made; damage that stops it is a finding.
func (s *Store) Check(ctx context.Context, heads ...AuditHead) (report CheckReport, err error) {
	r := &report
	if e, ok := s.engine.(*sqliteEngine); ok && e.writer == nil {
		if err := r.checkSums(e.dir); err != nil {
			return report, fmt.Errorf("check the file: %w", err)
		}
	}
	steps := []func(*tx) error{r.structure, r.content, r.counts}
	for _, step := range steps {
		err := s.view(ctx, "", step)
		if err != nil && !r.damage(err) {
			return report, fmt.Errorf("check the data: %w", err)
		}
	}
	if report.Audit, err = s.VerifyAudit(ctx, heads...); err != nil && !r.damage(err) {
		return report, err
	}
	return report, nil
}

// CheckFailure is for data that cannot even be opened: the report that says so,
// or ok false if err says nothing about the data.
func CheckFailure(err error) (report CheckReport, ok bool) {
	ok = report.damage(err)
	return report, ok
}

// damage turns an error that means damaged data into a finding.
func (r *CheckReport) damage(err error) bool {
	var pg *pgconn.PgError
	switch code := sqlite.ErrCode(err).ToPrimary(); {
	case code == sqlite.ResultCorrupt, code == sqlite.ResultNotADB, code == sqlite.ResultIOErr, code == sqlite.ResultSchema:
	case code == sqlite.ResultError && strings.Contains(err.Error(), code.Message()): // a table or column is gone
	case errors.As(err, &pg) && strings.HasPrefix(pg.Code, "XX"): // data_corrupted, index_corrupted
	case errors.Is(err, keyring.ErrOpen), errors.Is(err, keyring.ErrVersion), errors.Is(err, errBadColumn), errors.Is(err, errNoKey):
	default:
		return false
	}
	r.find("the data cannot be read: %v", err)
	return true
}

// structure asks SQLite about the file. PostgreSQL looks after its own pages.
func (r *CheckReport) structure(t *tx) (err error) {
	if r.Schema, err = t.schemaVersion(); err != nil {
		return err
	}
	c, ok := t.reads.(*sqliteConn)
	if !ok {
		return nil
	}
	if err := c.query(&read{sql: "PRAGMA integrity_check(100)", scan: func(row *row) error {
		if text := row.Text(0); text != "ok" {
			r.find("integrity: %s", text)
		}
		return nil
	}}); err != nil {
		return err
	}
	return c.query(&read{sql: "PRAGMA foreign_key_check", scan: func(row *row) error {
		r.find("a row of %s names a row of %s that is not there", row.Text(0), row.Text(2))
		return nil
	}})
}

// content reads every row of every table and opens what is sealed.
func (r *CheckReport) content(t *tx) error {
	tables, err := shapes(r.Schema)
	if err != nil {
		return err
	}
	keys, err := r.tenantKeys(t)
	if err != nil {
		return err
	}
	for i := range tables {
		if err := r.table(t, &tables[i], keys); err != nil {
			return fmt.Errorf("%s: %w", tables[i].name, err)
		}
	}
	return nil
}

// tenantKeys unwraps the keys of all organisations.
func (r *CheckReport) tenantKeys(t *tx) (map[string]*keyring.Tenant, error) {
	wrapped := map[string][]keyring.Wrapped{}
	err := t.each("SELECT org, version, wrapped FROM org_key", nil, func(row *row) error {
		org := row.Text(0)
		wrapped[org] = append(wrapped[org], keyring.Wrapped{Version: byte(row.Int(1)), Key: row.Bytes(2)})
		return nil
	})
	keys := map[string]*keyring.Tenant{}
	for org, versions := range wrapped {
		k, bad := t.master.Tenant(org, versions)
		if bad != nil {
			r.find("the key of an organisation does not open: %v", bad)
			continue
		}
		keys[org] = k
	}
	return keys, err
}

// sealedColumns are the columns that the organisation's key seals: all bytes
// but blind indexes, and but what other checks look at.
func (s *shape) sealedColumns() (columns []int) {
	switch s.name {
	case "org_key", "audit", "audit_seal":
		return nil // tenantKeys and VerifyAudit
	}
	for i, kind := range s.kinds {
		if kind == "BYTEA" && !strings.HasSuffix(s.columns[i], "_index") {
			columns = append(columns, i)
		}
	}
	return columns
}

// rowName is the row's part of the place of a sealed value: the primary key
// without the organisation.
func (s *shape) rowName(r *row) string {
	var parts []string
	for _, column := range s.key {
		if column != "org" {
			parts = append(parts, r.Text(s.index(column)))
		}
	}
	return strings.Join(parts, "/")
}

func (r *CheckReport) table(t *tx, s *shape, keys map[string]*keyring.Tenant) error {
	sealed, org := s.sealedColumns(), s.index("org")
	return t.each(s.selects(), nil, func(row *row) error {
		r.Rows++
		for _, i := range sealed {
			if row.Null(i) {
				continue
			}
			r.Sealed++
			tenant := keys[row.Text(org)]
			if tenant == nil {
				r.find("a row of %s belongs to an organisation without a key", s.name)
				continue
			}
			if _, err := tenant.Open(s.name, s.sealedRow(row), s.columns[i], row.Bytes(i)); err != nil {
				r.find("%s.%s of %q does not open: it was altered, or its row", s.name, s.columns[i], s.sealedRow(row))
			}
		}
		return s.readable(row)
	})
}

// sealedRow is rowName, but where a noun keeps a shorter one.
func (s *shape) sealedRow(r *row) string {
	if s.name == "outbox" { // its key on SQLite is the number
		return r.Text(s.index("id"))
	}
	return s.rowName(r)
}

// readable checks that every value has the type of its column; SQLite would
// store any.
func (s *shape) readable(r *row) error {
	for i, kind := range s.kinds {
		if r.Null(i) {
			continue
		}
		want := map[string]byte{"TEXT": textCell, "BIGINT": intCell, "INTEGER": intCell, "BOOLEAN": intCell, "BYTEA": bytesCell}[kind]
		if r.kind(i) != want {
			return fmt.Errorf("%w: %s.%s", errBadColumn, s.name, s.columns[i])
		}
	}
	return nil
}

var errBadColumn = errors.New("a value has the wrong type")
