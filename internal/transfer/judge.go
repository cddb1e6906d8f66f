package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// judge decides what becomes of the rows of a file, in order: it compares each
// with the directory and with what the rows before it make
// (docs/spec/import.md#check-of-a-file). It is not safe for concurrent use.
type judge struct {
	ctx     context.Context
	session func() *directory.Session
	options *Options
	id      string  // of the import
	erased  *erased // while it ran
	ids     idMaker
	log     *planLog
	reopen  func() (Reader, error) // the file once more, from its start

	seen   *keySet // keys of rows that make or meet an object
	tree   *tree
	labels *labels
	room   int64 // contacts that may still be added; -1: any number
	rdRoom int64 // message contacts that may still be added
	off    error // external contacts are switched off
	looked *lookups
	people map[string]foundPeople // employees of the directory by text
	course *directory.ContactCourse
	// standIns are the departments and labels that rows with another id turned out to be
	// about; those of employees, of which there are more, are in seen.
	standIns map[objectName]candidate

	info    *Info
	columns []string // fields that the table has columns for
	counts  Counts
	depts   []string // paths of made departments
	tags    []string // made labels
	made    int64    // ids that were made for departments and labels
	late    []lateReference
	later   *keySet // last rows of all employees of the file by key; nil: not read yet
}

// pending is a row that is about to be judged.
type pending struct {
	Draft
	row, line int64
	whole     bool // fields that are absent are cleared
	verified  bool // status or account are those of an export, or the status of JSON Lines
	places    []Problem

	made  []made
	shown map[string][]string
	late  []lateReference
	errs  []Problem
}

// made is something that a row needs and that is made for it if it is written.
type made struct {
	edit directory.Edit
	text string // its path, or group/name
}

// judgedAtOnce is how many rows are judged with one look into the directory.
const judgedAtOnce = 256

// maxRows is the most rows of a file (docs/spec/import.md#limits-of-files).
const maxRows = 5_000_000

// run judges a whole file and calls tell with each plan.
func (j *judge) run(r Reader, tell func(*plan) error) error {
	drafts := &DraftOptions{Kind: j.options.kind(), Country: j.options.Country}
	if err := j.begin(); err != nil {
		return err
	}
	for more := true; more; {
		batch := make([]*pending, 0, judgedAtOnce)
		for len(batch) < judgedAtOnce {
			rec, err := r.Next()
			if err == io.EOF {
				more = false
				break
			}
			if err != nil {
				return err
			}
			if rec.Row > maxRows {
				return &FileError{Code: "tooManyRows", Line: rec.Line, Detail: strconv.Itoa(maxRows)}
			}
			batch = append(batch, j.take(drafts, rec))
		}
		j.info = r.Info()
		j.readColumns()
		if err := j.judgeAll(batch, tell); err != nil {
			return err
		}
	}
	return nil
}

// readColumns learns for which fields a table has columns: a row without a value
// in one of them has an empty cell.
func (j *judge) readColumns() {
	if len(j.columns) > 0 {
		return
	}
	for _, c := range j.info.Columns {
		field := c.Field
		if strings.HasPrefix(field, addressPrefix) {
			field = "address"
		}
		if field != "" && !slices.Contains(j.columns, field) {
			j.columns = append(j.columns, field)
		}
	}
}

// begin reads what all rows depend on.
func (j *judge) begin() error {
	j.seen, j.tree, j.labels, j.people = newKeySet(), newTree(), newLabels(), map[string]foundPeople{}
	j.course = directory.NewContactCourse()
	return j.session().Find(j.ctx, func(f *directory.Finder) (err error) {
		j.room, err = f.ContactRoom()
		if errors.Is(err, directory.ErrContactsOff) {
			j.off, err = err, nil
		}
		if err == nil {
			j.rdRoom, err = f.MessageContactRoom()
		}
		return err
	})
}

// take makes a record ready to be judged. The record itself is not kept.
func (j *judge) take(drafts *DraftOptions, rec *Record) *pending {
	p := &pending{Draft: drafts.Draft(rec), row: rec.Row, line: rec.Line, whole: rec.Whole}
	// Only JSON Lines give a status (docs/spec/import.md#message-contacts-in-files).
	p.verified = rec.Whole || p.Kind == directory.MessageContactKind && p.Values.Text("status") == directory.Active
	if rec.Problem != nil {
		return p
	}
	for i := range rec.Cells {
		c := &rec.Cells[i]
		if isKeyField(c.Field) && strings.TrimSpace(c.Text) != "" {
			at := c.problem("", c.Field)
			if k := slices.IndexFunc(p.places, func(o Problem) bool { return o.Field == c.Field }); k < 0 {
				p.places = append(p.places, at)
			}
		}
	}
	return p
}

// isKeyField reports whether problems of keys may stand at a field.
func isKeyField(field string) bool {
	switch field {
	case "userId", "deptId", "labelId", "groupId", "contactId", "mobile", "phone", "email", "telephone", "name", "companyName", "path", "group", "orgEmail":
		return true
	}
	return false
}

// at is where a field of the row stands.
func (p *pending) at(field, code string) Problem {
	for _, at := range p.places {
		if at.Field == field {
			at.Code = code
			return at
		}
	}
	at := Problem{Code: code, Line: p.line, Field: field}
	if value, given := p.Values[field]; given && !directory.Equal(value, nil) {
		at.Value = fmt.Sprint(value)
		if p.places == nil { // a record of JSON Lines: its keys are the fields
			at.Header = field
		}
	}
	return at
}

func (j *judge) judgeAll(batch []*pending, tell func(*plan) error) error {
	if err := j.look(batch); err != nil {
		return err
	}
	for _, p := range batch {
		out, err := j.judgeOne(p)
		if err != nil {
			return err
		}
		if !out.writes() {
			j.unmake(p)
		}
		j.counts.add(out)
		if err := j.log.add(out); err != nil {
			return err
		}
		if err := tell(out); err != nil {
			return err
		}
		if most := j.options.MaxRejected; most != nil && j.counts.Rejected > *most {
			return &FileError{Code: "tooManyRejected", Line: p.line, Detail: strconv.FormatInt(*most, 10)}
		}
	}
	return nil
}

// look reads what the directory knows of a batch.
func (j *judge) look(batch []*pending) error {
	if err := j.erased.learn(j.ctx, j.session(), j.id); err != nil {
		return err
	}
	j.looked = newLookups()
	depts, labels := false, j.options.Labels != nil
	for _, p := range batch {
		if len(p.Errors) > 0 && p.Kind == "" {
			continue
		}
		j.wantKeys(p)
		d, l := j.wantReferences(p)
		depts, labels = depts || d, labels || l
	}
	asked := make([]string, 0, 16)
	for space, values := range j.looked.wanted {
		if space == (keySpace{directory.EmployeeKind, personText}) {
			asked = append(asked, listOf(values)...)
			delete(j.looked.wanted, space)
		}
	}
	return j.session().Find(j.ctx, func(f *directory.Finder) error {
		if depts {
			if err := j.tree.load(f); err != nil {
				return err
			}
		}
		if labels {
			if err := j.labels.load(f); err != nil {
				return err
			}
		}
		if err := j.findPeople(f, asked); err != nil {
			return err
		}
		return j.looked.read(f, j.wantsObjects)
	})
}

// wantsObjects reports whether the objects that a key finds are needed: those
// that rows may change.
func (j *judge) wantsObjects(s keySpace) bool {
	return j.options.OnDuplicate == onDuplicateUpdate && slices.Contains(j.options.keys(s.kind), s.key)
}

// judgeOne decides what becomes of one row.
func (j *judge) judgeOne(p *pending) (*plan, error) {
	out := &plan{Row: p.row, Line: p.line, Kind: p.Kind, Name: p.Values.Text("name"), CreatedAt: p.CreatedAt}
	if errs := p.unreadable(); len(errs) > 0 || p.Kind == "" {
		out.reject(errs...)
		return out, nil
	}
	p.errs = slices.Clone(p.Errors)
	if err := j.resolve(p); err != nil {
		return nil, err
	}
	return out, j.decide(p, out)
}

// decide makes the plan of a row whose references are known. What somebody erases or takes out of
// the bin between the look at the batch and this one is left to them.
func (j *judge) decide(p *pending, out *plan) error {
	err := j.decideNow(p, out)
	if !errors.Is(err, directory.ErrNotInBin) && !errors.Is(err, p.Kind.NotFound()) {
		return err
	}
	if err := j.erased.learn(j.ctx, j.session(), j.id); err != nil {
		return err
	}
	if !j.struck(p, out, &plan{Kind: p.Kind, Action: RowUpdated, ID: out.ID, Object: p.Values}) {
		out.reject(append(p.errs, Problem{Code: "changedDuring", Line: p.line})...)
	}
	return nil
}

func (j *judge) decideNow(p *pending, out *plan) error {
	if p.Kind == directory.DepartmentKind && p.Values.Number("deptId") == directory.RootDepartment {
		j.takeRoot(p)
	}
	m, err := j.match(p)
	if err != nil {
		return err
	}
	if err := j.standIn(p, m); err != nil {
		return err
	}
	switch {
	case m.problem != nil:
		out.reject(append(p.errs, *m.problem)...)
		return nil
	case m.found && j.options.OnDuplicate == onDuplicateFail, m.inFile != nil && j.options.OnDuplicate == onDuplicateFail:
		return &FileError{Code: "duplicate", Line: p.line}
	case (m.found || m.inBin) && j.options.OnDuplicate == onDuplicateSkip, m.inBin && j.options.OnDuplicate == onDuplicateFail:
		j.skip(p, m, out)
		return nil
	case m.found || m.inBin && j.options.OnDuplicate == onDuplicateUpdate:
		return j.change(p, m, out)
	}
	return j.create(p, out)
}

// unreadable are the errors of a row that could not be read: nothing else is
// told of it.
func (p *pending) unreadable() []Problem {
	if p.Unread || p.Kind == "" {
		return p.Errors
	}
	return slices.DeleteFunc(slices.Clone(p.Errors), func(e Problem) bool { return !isUnreadable(e.Code) })
}

func isUnreadable(code string) bool {
	switch code {
	case "encodingInvalid", "encodingMixed", "truncated", "malformed", "duplicateKey", "changeRecord", "tooManyCells", "rowTooLong":
		return true
	}
	return false
}

// accept is called with the plan of a row that is not rejected.
func (j *judge) accept(p *pending, out *plan) {
	out.Warnings = append(out.Warnings, p.Warnings...)
	out.Shown = p.shown
	for _, m := range p.made {
		out.Makes = append(out.Makes, m.edit)
		if m.edit.Kind == directory.DepartmentKind {
			j.depts = append(j.depts, m.text)
		} else {
			j.tags = append(j.tags, m.text)
		}
	}
	j.register(p, out)
	if out.Restored {
		j.seen.put(restoredSpace(p.Kind), out.ID, uint32(p.row))
	}
	for _, l := range p.late {
		l.id = out.ID
		out.Late = append(out.Late, l.field)
		j.late = append(j.late, l)
	}
	slices.Sort(out.Late)
	out.Late = slices.Compact(out.Late)
}

// wrong reports whether the row has a wrong value of a field.
func (p *pending) wrong(field string) bool {
	return slices.ContainsFunc(p.errs, func(e Problem) bool { return e.Field == field })
}

func (p *pending) comesLate(field string) bool {
	return slices.ContainsFunc(p.late, func(l lateReference) bool { return l.field == field })
}

// givenID is the id that the values give, or "".
func givenID(kind directory.Kind, v directory.Values) string {
	switch id := v[kind.IDField()].(type) {
	case string:
		return id
	case int64:
		if id != 0 {
			return strconv.FormatInt(id, 10)
		}
	}
	return ""
}
