package transfer

import (
	"maps"
	"slices"

	"github.com/mingce/mingce/internal/directory"
)

// skip makes the plan of a row whose object exists.
func (j *judge) skip(p *pending, m match, out *plan) {
	out.Action = RowSkipped
	if out.ID, out.Made = m.id, m.made; m.inBin {
		out.Warnings = append(out.Warnings, p.at(p.Kind.IDField(), "inBin"))
	}
	if m.inFile != nil {
		out.Warnings = append(out.Warnings, p.at(m.inFile.field, "duplicateInFile"))
	}
	if !m.inBin { // which stays there: nothing may refer to it
		j.register(p, out)
	}
}

// create makes the plan of a row that makes an object.
func (j *judge) create(p *pending, out *plan) error {
	if j.struck(p, out, &plan{Kind: p.Kind, Action: RowCreated, ID: givenID(p.Kind, p.Values), Object: p.Values}) {
		return nil
	}
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
	j.checkRoom(p)
	id, made := givenID(p.Kind, values), false
	if id == "" {
		id, made = j.ids.make(p.Kind, p.row, 0), true
	}
	step, err := j.checkEdit(p, directory.Object{},
		directory.Edit{Kind: p.Kind, Do: directory.CreateObject, ID: id, NewID: made, Values: values, Verified: p.verified})
	if err != nil {
		return err
	}
	if len(p.errs) > 0 {
		out.reject(p.errs...)
		return nil
	}
	out.Action, out.Version, out.ID, out.Made, out.Verified = RowCreated, 1, id, made, p.verified
	values[p.Kind.IDField()] = idValue(p.Kind, out.ID)
	if p.Kind == directory.LabelKind {
		j.showGroup(values)
	}
	j.takeRoom(p.Kind)
	out.Object = values
	if p.Kind == directory.MessageContactKind {
		j.takeStep(p, out, step, values)
	}
	j.accept(p, out)
	return nil
}

// takeStep is called with what a row does to a message contact.
func (j *judge) takeStep(p *pending, out *plan, step directory.ContactStep, given directory.Values) {
	j.course.Take(step)
	for _, name := range [...]string{"email", "phone", "status"} {
		if text, has := given[name]; has && !directory.Equal(text, step.After.Values[name]) {
			if out.Set == nil {
				out.Set = directory.Values{}
			}
			out.Set[name] = text
		}
	}
	if !out.Restored {
		given = nil
	}
	p.leave(step.Left, given)
	out.Object, out.Version = step.After.Values, step.After.Version
}

// change makes the plan of a row that changes an object.
func (j *judge) change(p *pending, m match, out *plan) error {
	p.Draft = p.ForChange()
	out.ID, out.Made, out.From, out.Restored = m.id, m.made, m.object.Version, m.inBin
	before := m.object.Values
	var left []directory.Problem
	if m.inBin {
		restored, lost, err := j.fromBin(p, m.id)
		if err != nil {
			return err
		}
		m.object = j.inGroup(restored)
		before, out.From, left = m.object.Values, m.object.Version, lost
		j.checkRestored(p, &m.object)
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
	after := j.changed(p, before, given)
	if m.inBin { // what it had may be an earlier row's by now
		j.checkUnique(p, m.id, nil, after)
	} else {
		j.checkUnique(p, m.id, before, after)
	}
	var step directory.ContactStep
	if before != nil {
		edits := []directory.Edit{{Kind: p.Kind, Do: directory.ChangeObject, ID: m.id, Values: given}}
		if m.inBin {
			edits = append([]directory.Edit{{Kind: p.Kind, Do: directory.RestoreObject, ID: m.id}}, edits...)
		}
		var err error
		if step, err = j.checkEdit(p, directory.Object{Kind: p.Kind, ID: m.id, Values: before}, edits...); err != nil {
			return err
		}
	}
	if len(p.errs) > 0 {
		out.reject(p.errs...)
		return nil
	}
	if p.Kind == directory.LabelKind {
		j.showGroup(after)
	}
	differs := len(p.Kind.Differences(before, after)) > 0
	changes := m.inBin || differs
	if p.Kind == directory.MessageContactKind {
		changes = step.Changed
	}
	if changes && j.struck(p, out, &plan{Kind: p.Kind, Action: RowUpdated, ID: m.id, Object: after}) {
		return nil
	}
	out.Object, out.Version, out.Action = after, out.From, RowUnchanged
	if differs {
		out.Version = out.From + 1
	}
	if p.Kind == directory.MessageContactKind {
		j.takeStep(p, out, step, given)
	} else {
		p.leave(left, given)
	}
	if m.inBin {
		j.takeRoom(p.Kind)
	}
	if changes {
		out.Action = RowUpdated
		for _, f := range p.Kind.Fields() {
			if _, ok := given[f.Name]; ok {
				out.Given = append(out.Given, f.Name)
			}
		}
	}
	j.accept(p, out)
	return nil
}

// struck reports whether what a row is about to write names somebody who was erased while the import
// runs, and then rejects the row.
func (j *judge) struck(p *pending, out, writes *plan) bool {
	field, struck := j.erased.strikes(writes, j.options.keys(p.Kind))
	if struck {
		out.rejectErased(p.at(field, "personErased"))
	}
	return struck
}

// checkRestored tells what keeps an object in the bin because of earlier rows:
// it comes back with the values that it had, before the row changes them.
func (j *judge) checkRestored(p *pending, o *directory.Object) {
	if o.ID == "" {
		return // which was told
	}
	j.checkUnique(p, o.ID, nil, o.Values)
	j.placeDepartment(p, maps.Clone(o.Values), o)
	j.placeLabel(p, o.Values, o)
	j.checkRoom(p)
}

// changed is the object with what the row gives.
func (j *judge) changed(p *pending, before, given directory.Values) directory.Values {
	after := directory.Values{}
	for name, v := range before {
		after[name] = v
	}
	for _, f := range p.Kind.Fields() { // in order, so that errors are in the same one each time
		v, ok := given[f.Name]
		if !ok {
			continue
		}
		if after[f.Name] = v; !directory.Equal(v, nil) {
			continue
		}
		delete(after, f.Name)
		switch {
		case !f.Required || directory.Equal(before[f.Name], nil):
		case p.Kind == directory.ContactKind && f.Name == "followerUserId" && j.options.Owner != "":
			j.setOwner(p, after)
			given[f.Name] = after[f.Name]
		default:
			p.errs = append(p.errs, p.at(f.Name, codeMissing))
		}
	}
	return after
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

// takeRoom counts an object that is added.
func (j *judge) takeRoom(kind directory.Kind) {
	switch {
	case kind == directory.ContactKind && j.room > 0:
		j.room--
	case kind == directory.MessageContactKind:
		j.rdRoom--
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
