package transfer

import (
	"encoding/json"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// Import tells of an import (docs/spec/import.md#course-of-an-import). What does
// not apply is nil.
type Import struct {
	ID                 string         `json:"id"`
	CorpID             string         `json:"corpId"`
	Kind               *string        `json:"kind"`
	State              string         `json:"state"`
	Preview            bool           `json:"preview"`
	Repeated           bool           `json:"repeated"`
	Format             *string        `json:"format"`
	Encoding           *string        `json:"encoding"`
	Delimiter          *string        `json:"delimiter"`
	Sheet              *string        `json:"sheet"`
	HeaderLine         *int64         `json:"headerLine"`
	Columns            []ImportColumn `json:"columns"`
	File               ImportFile     `json:"file"`
	Counts             Counts         `json:"counts"`
	Ignored            []Ignored      `json:"ignored"`
	IgnoredEntries     int64          `json:"ignoredEntries"`
	LinesBeforeHeader  *int64         `json:"linesBeforeHeader"`
	CreatedDepartments []string       `json:"createdDepartments"`
	CreatedLabels      []string       `json:"createdLabels"`
	Options            *Options       `json:"options"`
	Actor              string         `json:"actor"`
	RequestID          string         `json:"requestId"`
	StartedAt          string         `json:"startedAt"`
	EndedAt            *string        `json:"endedAt"`
	Error              *ImportError   `json:"error"`
	written            int64
}

// ImportColumn is a column of the file and its field, nil if it was taken for
// nothing.
type ImportColumn struct {
	Column int     `json:"column"`
	Header string  `json:"header"`
	Field  *string `json:"field"`
}

// ImportFile is the file of an import.
type ImportFile struct {
	Name   *string `json:"name"` // nil if it came without one
	Bytes  int64   `json:"bytes"`
	Digest *string `json:"digest"`
}

// ImportError is why an import did not do all of its work.
type ImportError struct {
	Code      string `json:"code"`
	Message   string `json:"message"`
	MessageZh string `json:"messageZh"`
	Line      *int64 `json:"line"`
}

// Progress tells how far an import is.
type Progress struct {
	Event      string `json:"event"` // progress
	ImportID   string `json:"importId"`
	State      string `json:"state"`
	Phase      string `json:"phase"`
	Rows       int64  `json:"rows"`
	RowsTotal  *int64 `json:"rowsTotal"`
	Bytes      int64  `json:"bytes"`
	BytesTotal int64  `json:"bytesTotal"`
	Created    int64  `json:"created"`
	Updated    int64  `json:"updated"`
	Unchanged  int64  `json:"unchanged"`
	Skipped    int64  `json:"skipped"`
	Rejected   int64  `json:"rejected"`
	Time       string `json:"time"`
}

// The phases of an import.
const (
	phaseSpool = "spool"
	phaseCheck = "check"
	phaseWrite = "write"
	phaseEnd   = "end"
)

// importInfo is what is stored of an import beside what the core knows.
type importInfo struct {
	File      string    `json:"file"`
	Bytes     int64     `json:"bytes"`
	Seed      []byte    `json:"seed"` // of [idMaker]
	Principal principal `json:"principal"`
	Again     bool      `json:"again,omitempty"`

	// Of the check pass, once it has ended.
	Read        *Info    `json:"read,omitempty"`
	Departments []string `json:"departments,omitempty"`
	Labels      []string `json:"labels,omitempty"`
	Total       int64    `json:"total,omitempty"`
	Lates       int64    `json:"lates,omitempty"` // rows with references that are set at the end
	LatesDone   int64    `json:"latesDone,omitempty"`
	Planned     Counts   `json:"planned"`
	// Plans is a digest of all plans, and Change the last entry of the history
	// before the check: they tell whether a preview is still true.
	Plans  []byte `json:"plans,omitempty"`
	Change int64  `json:"change,omitempty"`
	// Begun says that the history has the entry of the import.
	Begun bool `json:"begun,omitempty"`
	// Moved are the ids of departments and labels that somebody else made while
	// the import ran, by the ids that it had planned.
	Moved map[string]string `json:"moved,omitempty"`

	Error *ImportError `json:"error,omitempty"`
}

// principal is who has started the import, for the process that goes on with it.
type principal struct {
	Kind  directory.PrincipalKind `json:"kind"`
	ID    string                  `json:"id"`
	Name  string                  `json:"name"`
	Scope directory.Scope         `json:"scope"`
	Perms []string                `json:"permissions,omitempty"`
}

// timeText is a time as answers have it.
func timeText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// viewImport tells of a stored import.
func viewImport(corp string, i directory.Import) (Import, error) {
	info, options := importInfo{}, Options{}
	v := Import{ID: i.ID, CorpID: corp, State: string(i.State), Preview: i.Preview, Actor: i.Actor, RequestID: i.RequestID, StartedAt: timeText(i.CreatedAt),
		Columns: []ImportColumn{}, Ignored: []Ignored{}, CreatedDepartments: []string{}, CreatedLabels: []string{}, written: i.Written}
	if err := json.Unmarshal(i.Info, &info); err != nil {
		return v, err
	}
	if err := json.Unmarshal([]byte(i.Options), &options); err != nil {
		return v, err
	}
	if err := json.Unmarshal(i.Counts, &v.Counts); err != nil {
		return v, err
	}
	options.Preview, options.Again = i.Preview, info.Again
	v.Options, v.Kind = &options, orNil(options.Kind)
	v.File = ImportFile{orNil(info.File), info.Bytes, orNil(i.Digest)}
	if !i.EndedAt.IsZero() {
		v.EndedAt = orNil(timeText(i.EndedAt))
	}
	if i.State != directory.ImportUndone { // else nothing is left of what stopped it
		v.Error = info.Error
	}
	if i.State == directory.ImportStopped && info.Error == nil { // all else that stops one says why
		v.Error = newImportError("personErased", 0)
		if i.Phase != phaseWrite {
			v.Counts.Created, v.Counts.Updated = 0, 0
		}
	}
	if info.Departments != nil {
		v.CreatedDepartments = info.Departments
	}
	if info.Labels != nil {
		v.CreatedLabels = info.Labels
	}
	v.tellReading(info.Read)
	return v, nil
}

func (v *Import) tellReading(read *Info) {
	if read == nil {
		return
	}
	v.Format, v.Encoding, v.Delimiter, v.Sheet = orNil(string(read.Format)), orNil(read.Encoding), orNil(read.Delimiter), orNil(read.Sheet)
	if read.HeaderLine > 0 {
		v.HeaderLine, v.LinesBeforeHeader = &read.HeaderLine, &read.LinesBeforeHeader
	}
	for _, c := range read.Columns {
		v.Columns = append(v.Columns, ImportColumn{c.Column, c.Header, orNil(c.Field)})
	}
	if read.Ignored != nil {
		v.Ignored = read.Ignored
	}
	v.IgnoredEntries = read.IgnoredEntries
}

// ExitCode is how the command ends that waited for the import: 0 all done, 1
// nothing done, 2 wrong usage, 3 partly.
func (v *Import) ExitCode() int {
	if v.Error != nil && (v.Error.Code == "columnUnknown" || v.Error.Code == "fieldUnknown") {
		return 2
	}
	good := v.Counts.Created + v.Counts.Updated + v.Counts.Unchanged + v.Counts.Skipped
	switch directory.ImportState(v.State) {
	case directory.ImportDone, directory.ImportPreviewed, directory.ImportUndone:
		switch {
		case v.Repeated || v.Counts.Rejected == 0:
			return 0
		case good == 0:
			return 1
		}
		return 3
	case directory.ImportFailed:
		return 1
	}
	if v.Counts.Created+v.Counts.Updated > 0 && !v.Preview {
		return 3
	}
	return 1
}
