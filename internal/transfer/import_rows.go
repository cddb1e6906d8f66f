package transfer

import (
	"context"
	"errors"
	"io"
	"strconv"

	"github.com/mingce/mingce/internal/directory"
)

// toldParts are the streams that together tell what became of the rows.
var toldParts = []string{rowsPart, amendedPart, writtenPart, unsetPart}

// rowsOf returns the rows of an import from one on, or directory.ErrImportPurged.
func (m *Importer) rowsOf(ctx context.Context, s *directory.Session, id string, row int64) (*rowStream, error) {
	stored, err := s.Import(ctx, id)
	if err != nil {
		return nil, err
	}
	if stored.Purged() {
		return nil, directory.ErrImportPurged
	}
	c := &chunks{ctx: ctx, id: id, session: func() *directory.Session { return s }}
	v, err := c.view(row, toldParts...)
	if err != nil {
		return nil, err
	}
	return &rowStream{stored: stored, chunks: c, view: v}, nil
}

type rowStream struct {
	stored directory.Import
	chunks *chunks
	view   *planView
}

// next returns the next row, or io.EOF.
func (s *rowStream) next(ctx context.Context) (*plan, RowReport, error) {
	p, err := s.view.Next(ctx)
	if err != nil {
		return nil, RowReport{}, err
	}
	return p, p.report(!s.stored.Preview && p.Row <= s.stored.Written), nil
}

// tells reports whether a row is told. What an import would have written, but has
// not, because it failed or was stopped before, did not come about.
func (s *rowStream) tells(p *plan) bool {
	switch {
	case p.Action != RowCreated && p.Action != RowUpdated:
		return true
	case s.stored.State == directory.ImportFailed:
		return false
	case s.stored.State == directory.ImportStopped:
		return p.Row <= s.stored.Written
	}
	return true
}

// Rows returns what became of the rows of an import: those with the action, or
// all if it is "". cursor is "" or what the page before returned; the next one is
// "" at the end. A page may be short before the end.
func (m *Importer) Rows(ctx context.Context, s *directory.Session, id, action, cursor string, limit int) (rows []RowReport, next string, err error) {
	return m.rowsThat(ctx, s, id, cursor, limit, func(r *RowReport) bool { return action == "" || r.Action == action })
}

// ProblemRows is Rows of those that have errors or warnings.
func (m *Importer) ProblemRows(ctx context.Context, s *directory.Session, id, action, cursor string, limit int) (rows []RowReport, next string, err error) {
	return m.rowsThat(ctx, s, id, cursor, limit, func(r *RowReport) bool {
		return (action == "" || r.Action == action) && len(r.Errors)+len(r.Warnings) > 0
	})
}

func (m *Importer) rowsThat(ctx context.Context, s *directory.Session, id, cursor string, limit int, selects func(*RowReport) bool) (rows []RowReport, next string, err error) {
	const effort = 20_000 // rows that one page looks at
	from := int64(1)
	if cursor != "" {
		if from, err = strconv.ParseInt(cursor, 10, 64); err != nil || from < 1 {
			return nil, "", directory.ErrSearchCursor
		}
	}
	stream, err := m.rowsOf(ctx, s, id, from)
	if err != nil {
		return nil, "", err
	}
	for n := 0; ; n++ {
		p, row, err := stream.next(ctx)
		if err == io.EOF {
			return rows, "", nil
		}
		if err != nil {
			return nil, "", err
		}
		if len(rows) == limit || n == effort {
			return rows, strconv.FormatInt(p.Row, 10), nil
		}
		if stream.tells(p) && selects(&row) {
			rows = append(rows, row)
		}
	}
}

// Problems returns the rows that have errors or warnings, at most so many, and
// whether there are more.
func (m *Importer) Problems(ctx context.Context, s *directory.Session, id string, most int) (rows []RowReport, more bool, err error) {
	stream, err := m.rowsOf(ctx, s, id, 1)
	if err != nil {
		return nil, false, err
	}
	for {
		p, row, err := stream.next(ctx)
		switch {
		case err == io.EOF:
			return rows, false, nil
		case err != nil:
			return nil, false, err
		case !stream.tells(p), len(row.Errors)+len(row.Warnings) == 0:
		case len(rows) == most:
			return rows, true, nil
		default:
			rows = append(rows, row)
		}
	}
}

// Report writes what became of all rows, in CSV or JSONL.
func (m *Importer) Report(ctx context.Context, s *directory.Session, id string, format Format, w io.Writer) error {
	stream, err := m.rowsOf(ctx, s, id, 1)
	if err != nil {
		return err
	}
	out, err := NewReportWriter(w, format)
	if err != nil {
		return err
	}
	for {
		p, row, err := stream.next(ctx)
		if err == io.EOF {
			return out.Flush()
		}
		if err == nil && stream.tells(p) {
			err = out.Write(&row)
		}
		if err != nil {
			return err
		}
	}
}

// Rejected writes the records that were rejected, in the format of the file. It
// returns directory.ErrImportPurged once the copy of the file is deleted.
func (m *Importer) Rejected(ctx context.Context, s *directory.Session, id string, w io.Writer) error {
	stream, err := m.rowsOf(ctx, s, id, 1)
	if err != nil {
		return err
	}
	r, err := m.newReading(stream)
	if err != nil {
		return err
	}
	var out *RejectedWriter
	for {
		rec, err := r.Next()
		if err != nil && err != io.EOF {
			return err
		}
		if out == nil {
			var failed error
			if out, failed = NewRejectedWriter(w, r.Info()); failed != nil {
				return failed
			}
		}
		if err == io.EOF {
			return out.Close()
		}
		p, _, err := stream.next(ctx)
		if err == io.EOF { // the check ended before the file
			return out.Close()
		}
		if err != nil {
			return err
		}
		if p.Action != RowRejected {
			continue
		}
		codes := make([]string, len(p.Errors))
		for i, e := range p.Errors {
			codes[i] = e.Code
		}
		if err := out.Write(rec, codes); err != nil {
			return err
		}
	}
}

// newReading begins to read the copied file of an import.
func (m *Importer) newReading(s *rowStream) (Reader, error) {
	if _, _, err := s.chunks.at(filePart, 0); errors.Is(err, directory.ErrImportNotFound) {
		return nil, directory.ErrImportPurged
	}
	info, options, err := storedOptions(s.stored)
	if err != nil {
		return nil, err
	}
	return Open(&spool{chunks: s.chunks, size: info.Bytes}, options.reading())
}
