package transfer

import "github.com/mingce/mingce/internal/directory"

// The actions of a row.
const (
	RowCreated   = "created"
	RowUpdated   = "updated"
	RowUnchanged = "unchanged"
	RowSkipped   = "skipped"
	RowRejected  = "rejected"
)

// RowReport tells what became of a record, as it is answered and written into
// reports (docs/spec/import.md#reports).
type RowReport struct {
	Row      int64            `json:"row"`
	Line     int64            `json:"line"`
	Action   string           `json:"action"`
	Kind     *string          `json:"kind"`     // nil if the record did not tell
	ObjectID *string          `json:"objectId"` // nil if there is none yet
	Object   directory.Values `json:"object"`   // nil if rejected or skipped
	Errors   []ProblemReport  `json:"errors"`
	Warnings []ProblemReport  `json:"warnings"`

	Name string `json:"-"` // for people, where Object has none
}

// ProblemReport is a problem with its messages. What the format of the file does
// not have is nil.
type ProblemReport struct {
	Code      string  `json:"code"`
	Line      int64   `json:"line"`
	Column    *int    `json:"column"`
	Header    *string `json:"header"`
	Field     *string `json:"field"`
	Value     string  `json:"value"`
	Message   string  `json:"message"`
	MessageZh string  `json:"messageZh"`
}

// Report returns the problem as it is told.
func (p Problem) Report() ProblemReport {
	en, zh := Message(p)
	r := ProblemReport{Code: p.Code, Line: p.Line, Header: orNil(p.Header), Field: orNil(p.Field), Value: p.clipped(), Message: en, MessageZh: zh}
	if p.Column > 0 {
		r.Column = &p.Column
	}
	return r
}

// NewRowReport returns the report of a record. Both lists are put into their
// order; if there are errors, they are told and the warnings are not.
func NewRowReport(row, line int64, kind directory.Kind, action, objectID string, object directory.Values, errors, warnings []Problem) RowReport {
	if len(errors) > 0 {
		warnings = nil
	}
	return RowReport{
		Row: row, Line: line, Action: action, Kind: orNil(string(kind)), ObjectID: orNil(objectID), Object: object,
		Errors: reports(errors), Warnings: reports(warnings),
	}
}

func reports(list []Problem) []ProblemReport {
	SortProblems(list)
	told := make([]ProblemReport, len(list))
	for i, p := range list {
		told[i] = p.Report()
	}
	return told
}

func orNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
