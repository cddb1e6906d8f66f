package transfer

import (
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
	after := j.changed(p, before, given)
	j.checkUnique(p, m.id, before, after)
	j.checkMessageContact(p, before, after)
	normal := func(v directory.Values) bool {
		return v.Text("accountType") == "" || v.Text("accountType") == directory.AccountNormal
	}
	if p.Kind == directory.EmployeeKind && normal(before) && normal(after) && after.Text("mobile") != before.Text("mobile") && !p.wrong("mobile") {
		p.errs = append(p.errs, p.at("mobile", "mobileFixed"))
	}
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
