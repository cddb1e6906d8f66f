package transfer

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
)

// ReportWriter writes what became of the records of a file
// (docs/spec/import.md#reports). It is not safe for concurrent use.
type ReportWriter struct {
	rows  *json.Encoder
	table *csv.Writer
	line  []string
}

var reportColumns = []string{"row", "line", "action", "objectId", "name", "field", "column", "header", "code", "message", "messageZh", "value"}

// NewReportWriter returns a writer of a report in CSV or JSONL. It writes the
// header of a table at once.
func NewReportWriter(w io.Writer, format Format) (*ReportWriter, error) {
	switch format {
	case JSONL:
		rows := json.NewEncoder(w)
		rows.SetEscapeHTML(false)
		return &ReportWriter{rows: rows}, nil
	case CSV:
		if _, err := io.WriteString(w, "\uFEFF"); err != nil {
			return nil, err
		}
		r := &ReportWriter{table: csv.NewWriter(w)}
		r.table.UseCRLF = true
		return r, r.table.Write(reportColumns)
	}
	return nil, fmt.Errorf("report in format %q: only csv and jsonl are written", format)
}

// Write adds a record: one line of JSON, or as many lines of a table as there
// are problems, at least one.
func (w *ReportWriter) Write(r *RowReport) error {
	if w.rows != nil {
		return w.rows.Encode(r)
	}
	problems := r.Errors
	if len(problems) == 0 {
		problems = r.Warnings
	}
	if len(problems) == 0 {
		problems = []ProblemReport{{}}
	}
	for i := range problems {
		if err := w.writeLine(r, &problems[i]); err != nil {
			return err
		}
	}
	return nil
}

// Flush writes what is buffered. It is to be called at the end.
func (w *ReportWriter) Flush() error {
	if w.table == nil {
		return nil
	}
	w.table.Flush()
	return w.table.Error()
}

func (w *ReportWriter) writeLine(r *RowReport, p *ProblemReport) error {
	name := r.Name
	if name == "" {
		name = r.Object.Text("name")
	}
	column := ""
	if p.Column != nil {
		column = strconv.Itoa(*p.Column)
	}
	w.line = append(w.line[:0], strconv.FormatInt(r.Row, 10), strconv.FormatInt(r.Line, 10), r.Action, orBlank(r.ObjectID), name,
		orBlank(p.Field), column, orBlank(p.Header), p.Code, p.Message, p.MessageZh, p.Value)
	for i, cell := range w.line {
		w.line[i] = spreadsheetSafe(cell)
	}
	return w.table.Write(w.line)
}

func orBlank(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
