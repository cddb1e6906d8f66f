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

// decide makes the plan of a row whose references are known.
func (j *judge) decide(p *pending, out *plan) error {
	m, err := j.match(p)
	if err != nil {
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
	if p.Kind == "" {
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

// skip makes the plan of a row whose object exists.
func (j *judge) skip(p *pending, m match, out *plan) {
	out.Action = RowSkipped
	if out.ID, out.Made = m.id, m.made; m.inBin {
		out.Warnings = append(out.Warnings, p.at(p.Kind.IDField(), "inBin"))
	}
	if m.inFile != nil {
		out.Warnings = append(out.Warnings, p.at(m.inFile.field, "duplicateInFile"))
	}
	j.register(p, out)
}

// create makes the plan of a row that makes an object.
func (j *judge) create(p *pending, out *plan) error {
	p.errs = append(p.errs, p.Missing...)
	values := p.Values
	for name, v := range values {
		if directory.Equal(v, nil) {
			delete(values, name)
		}
	}
	if j.options.Owner != "" && p.Kind == directory.ContactKind && values.Text("followerUserId") == "" && !p.wrong("followerUserId") {
		j.setOwner(p, values)
	}
	if p.Kind == directory.ContactKind {
		j.addLabels(p, values)
	}
	for _, f := range p.Kind.Fields() {
		if f.Required && f.Reference != "" && directory.Equal(values[f.Name], nil) && !p.wrong(f.Name) && !p.comesLate(f.Name) {
			p.errs = append(p.errs, Problem{Code: codeMissing, Line: p.line, Field: f.Name})
		}
	}
	j.checkNewID(p, values)
	j.placeDepartment(p, values, nil)
	j.placeLabel(p, values, nil)
	j.checkUnique(p, "", nil, values)
	j.checkMessageContact(p, nil, values)
	j.checkRoom(p)
	if len(p.errs) > 0 {
		out.reject(p.errs...)
		return nil
	}
	out.Action, out.Version = RowCreated, 1
	if out.ID = givenID(p.Kind, values); out.ID == "" {
		out.ID, out.Made = j.ids.make(p.Kind, p.row, 0), true
	}
	values[p.Kind.IDField()] = idValue(p.Kind, out.ID)
	switch {
	case p.Kind == directory.ContactKind && j.room > 0:
		j.room--
	case p.Kind == directory.MessageContactKind:
		j.rdRoom--
	}
	out.Object = values
	j.accept(p, out)
	return nil
}

// change makes the plan of a row that changes an object.
func (j *judge) change(p *pending, m match, out *plan) error {
	p.Draft = p.ForChange()
	out.ID, out.Made, out.From, out.Restored = m.id, m.made, m.object.Version, m.inBin
	before := m.object.Values
	if m.inBin {
		restored, err := j.fromBin(p, m.id)
		if err != nil {
			return err
		}
		before, out.From = restored.Values, restored.Version
	}
	given := p.Values
	for _, f := range p.Kind.Fields() {
		if f.ReadOnly {
			delete(given, f.Name)
		}
	}
	if p.whole || j.options.Empty == emptyClear {
		j.clear(p, given)
	}
	if id, differs := given[p.Kind.IDField()]; differs {
		if !directory.Equal(id, idValue(p.Kind, m.id)) && !directory.Equal(id, nil) {
			p.Warnings = append(p.Warnings, p.at(p.Kind.IDField(), codeValueDropped))
		}
		delete(given, p.Kind.IDField())
	}
	if p.Kind == directory.ContactKind && len(j.options.Labels) > 0 {
		j.addLabelsTo(p, before, given)
	}
	j.placeDepartment(p, given, &m.object)
	j.placeLabel(p, given, &m.object)
	after := directory.Values{}
	for name, v := range before {
		after[name] = v
	}
	for name, v := range given {
		if after[name] = v; directory.Equal(v, nil) {
			delete(after, name)
		}
		if f, ok := p.Kind.Field(name); ok && f.Required && directory.Equal(v, nil) && !directory.Equal(before[name], nil) {
			if p.Kind == directory.ContactKind && name == "followerUserId" && j.options.Owner != "" {
				j.setOwner(p, after)
				given[name] = after[name]
				continue
			}
			p.errs = append(p.errs, p.at(name, codeMissing))
		}
	}
	j.checkUnique(p, m.id, before, after)
	j.checkMessageContact(p, before, after)
	if len(p.errs) > 0 {
		out.reject(p.errs...)
		return nil
	}
	out.Object, out.Version, out.Action = after, out.From, RowUnchanged
	if differences := p.Kind.Differences(before, after); len(differences) > 0 || m.inBin {
		out.Action = RowUpdated
		out.Version++
		for _, f := range p.Kind.Fields() {
			if _, ok := given[f.Name]; ok {
				out.Given = append(out.Given, f.Name)
			}
		}
	}
	j.accept(p, out)
	return nil
}

// checkRoom tells whether the organisation takes another object.
func (j *judge) checkRoom(p *pending) {
	switch {
	case p.Kind == directory.ContactKind && j.off != nil:
		p.errs = append(p.errs, Problem{Code: "featureOff", Line: p.line})
	case p.Kind == directory.ContactKind && j.room == 0, p.Kind == directory.MessageContactKind && j.rdRoom <= 0:
		p.errs = append(p.errs, Problem{Code: "quotaFull", Line: p.line})
	}
}

// checkMessageContact tells which addresses no message may be sent to
// (docs/spec/import.md#message-contacts-in-files).
func (j *judge) checkMessageContact(p *pending, before, after directory.Values) {
	if p.Kind != directory.MessageContactKind {
		return
	}
	if phone := after.Text("phone"); phone != "" && phone != before.Text("phone") && !p.wrong("phone") &&
		directory.CheckMessageContactPhone(phone, j.session().MobileCountryCodes()) != nil {
		p.errs = append(p.errs, p.at("phone", "mobileInvalid"))
	}
	if email := after.Text("email"); email != "" && email != before.Text("email") && !p.wrong("email") && directory.CheckMessageContactEmail(email) != nil {
		p.errs = append(p.errs, p.at("email", "emailInvalid"))
	}
}

// clear adds the empty values of the fields that the row clears.
func (j *judge) clear(p *pending, given directory.Values) {
	for _, f := range p.Kind.Fields() {
		_, has := given[f.Name]
		if has || f.ReadOnly || f.Name == p.Kind.IDField() || p.wrong(f.Name) || p.comesLate(f.Name) {
			continue
		}
		if p.whole || slices.Contains(p.Empty, f.Name) || slices.Contains(j.columns, f.Name) {
			given[f.Name] = emptyOf(f.Type)
		}
	}
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
