package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"zombiezen.com/go/sqlite"

	"github.com/mingce/mingce/internal/keyring"
)

// CheckReport is the outcome of [Store.Check].
type CheckReport struct {
	Schema int64
	Rows   int64     // rows of data read, as many as a backup has
	Sealed int64     // sealed values opened
	Since  time.Time // when the rows were first summed; zero in a schema without sums
	Audit  AuditReport
	// Findings are what is wrong with the data, in words without values: the first
	// thousand of Found.
	Findings []string
	Found    int
}

// OK reports whether nothing is wrong.
func (r *CheckReport) OK() bool { return r.Found == 0 && r.Audit.OK() }

func (r *CheckReport) find(format string, a ...any) {
	if r.Found++; r.Found <= maxFindings {
		r.Findings = append(r.Findings, fmt.Sprintf(format, a...))
	}
}

// Check looks at all data: the file's structure and indexes (SQLite; at rest,
// every byte of it), that every row can be read and was written by the program,
// every sealed value belongs to its row and opens under the key, the counts of
// departments, and the history ([Store.VerifyAudit] with heads). It goes on after
// a finding. The error is for a check that could not be made; damage that stops
// a part of it is a finding.
func (s *Store) Check(ctx context.Context, heads ...AuditHead) (report CheckReport, err error) {
	r := &report
	err = s.view(ctx, "", r.structure)
	if e, ok := s.engine.(*sqliteEngine); ok && e.writer == nil {
		if err := r.checkSums(e.dir, s.master); err != nil {
			return report, fmt.Errorf("check the file: %w", err)
		}
	}
	if err == nil || r.damage(err) {
		err = r.content(ctx, s)
	}
	if err == nil {
		err = s.view(ctx, "", r.counts)
	}
	if err != nil && !r.damage(err) {
		return report, fmt.Errorf("check the data: %w", err)
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
	case errors.Is(err, keyring.ErrOpen), errors.Is(err, keyring.ErrVersion), errors.Is(err, errBadColumn), errors.Is(err, errNoKey), errors.Is(err, errNoSums):
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
	case "org_key", "audit", "audit_seal", sumTable:
		return nil // tenantKeys, VerifyAudit and readSums
	case "contact_walk":
		return nil // its bytes are a digest
	}
	for i, kind := range s.kinds {
		if kind == "BYTEA" && !strings.HasSuffix(s.columns[i], "_index") {
			columns = append(columns, i)
		}
	}
	return columns
}
