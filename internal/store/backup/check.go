package backup

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/engine"
)

const maxFindings = 1000 // findings that are listed

// Report is the outcome of [Check].
type Report struct {
	Schema int64
	Rows   int64     // rows read, as many as in a backup
	Sealed int64     // sealed values opened
	Since  time.Time // when the rows were first summed; zero in a schema without sums
	Audit  store.AuditReport
	// Findings lists what is wrong, without values: the first thousand of
	// Found.
	Findings []string
	Found    int
}

// OK reports whether nothing is wrong.
func (r *Report) OK() bool { return r.Found == 0 && r.Audit.OK() }

func (r *Report) find(format string, a ...any) {
	if r.Found++; r.Found <= maxFindings {
		r.Findings = append(r.Findings, fmt.Sprintf(format, a...))
	}
}

// Check checks all data: the structure and indexes of a SQLite file (and every
// byte of one that is not in use), that every row can be read and was written
// by the program, that every sealed value belongs to its row and can be opened,
// the counts of departments, and the history ([store.Store.VerifyAudit] with
// heads). It continues after a finding. Damage that stops a part of it is a
// finding. The error means that the check could not be made, for reasons that
// are not in the data; the report then has what was found until then.
func Check(ctx context.Context, s *store.Store, heads ...store.AuditHead) (Report, error) {
	var r Report
	err := r.all(ctx, s, heads)
	if r.OK() {
		return r, err
	}
	if failed := s.ReadFile(); failed != nil {
		return Report{Schema: r.Schema}, fmt.Errorf("check the file: %w", failed)
	}
	return r, err
}

func (r *Report) all(ctx context.Context, s *store.Store, heads []store.AuditHead) error {
	var structure Report
	err := s.DB.View(ctx, "", func(t *engine.Tx) (err error) {
		if r.Schema, err = s.SchemaVersion(t); err != nil {
			return err
		}
		return t.CheckStructure(structure.find)
	})
	if engine.DiskError(err) {
		return fmt.Errorf("check the structure: %w", err) // which looks damaged then
	}
	r.Findings, r.Found = structure.Findings, structure.Found
	if err := s.CheckFile(r.Schema, r.find); err != nil {
		return fmt.Errorf("check the file: %w", err)
	}
	if err == nil || r.damage(err) {
		err = r.content(ctx, s)
	}
	if err == nil {
		err = s.CheckDepartmentCounts(ctx, r.Schema, r.find)
	}
	if err != nil && !r.damage(err) {
		return fmt.Errorf("check the data: %w", err)
	}
	if r.Audit, err = s.VerifyAudit(ctx, heads...); err != nil && !r.damage(err) {
		return err
	}
	return nil
}

// Failure returns a report for data that cannot even be opened; ok is false if
// err is not about damaged data.
func Failure(err error) (report Report, ok bool) {
	ok = report.damage(err)
	return report, ok
}

// damage turns an error that means damaged data into a finding.
func (r *Report) damage(err error) bool {
	if !engine.Damage(err) {
		return false
	}
	r.find("the data cannot be read: %v", err)
	return true
}

// sealedColumns returns the columns sealed under the organisation's key: all
// BYTEA columns except blind indexes and those covered by other checks.
func sealedColumns(s *engine.Shape) (columns []int) {
	if s.Name == "org_key" || s.Name == engine.SumTable || store.Schema().Tables[s.Name].Sealed {
		return nil
	}
	for i, kind := range s.Kinds {
		if kind == "BYTEA" && !strings.HasSuffix(s.Columns[i], "_index") {
			columns = append(columns, i)
		}
	}
	return columns
}
