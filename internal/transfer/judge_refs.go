package transfer

import (
	"slices"
	"strconv"

	"github.com/mingce/mingce/internal/directory"
)

// lateReference is a reference of a row that may name a later row.
type lateReference struct {
	row   int64
	kind  directory.Kind
	id    string
	field string
	texts []string
	at    Problem
	ids   bool // the texts are ids
}

// wantReferences asks for what the references of a row name. It reports whether
// departments and labels are needed.
func (j *judge) wantReferences(p *pending) (depts, labels bool) {
	for _, f := range p.Kind.Fields() {
		if f.Reference == "" {
			continue
		}
		switch v := p.Values[f.Name]; f.Reference {
		case directory.EmployeeKind:
			switch v := v.(type) {
			case string:
				j.looked.want(directory.EmployeeKind, personText, v)
			case []string:
				for _, id := range v {
					j.looked.want(directory.EmployeeKind, personText, id)
				}
			}
		case directory.DepartmentKind:
			depts = depts || !directory.Equal(v, nil)
		case directory.LabelKind, directory.LabelGroupKind:
			labels = labels || !directory.Equal(v, nil)
		}
	}
	for _, r := range p.References {
		switch referred(p.Kind, r.Field) {
		case directory.EmployeeKind:
			j.looked.want(directory.EmployeeKind, personText, r.Text)
		case directory.DepartmentKind:
			depts = true
		default:
			labels = true
		}
	}
	if p.Kind == directory.ContactKind {
		j.looked.want(directory.EmployeeKind, personText, j.options.Owner)
	}
	return depts || p.Kind == directory.DepartmentKind, labels || p.Kind == directory.LabelKind || p.Kind == directory.LabelGroupKind
}

// referred is the kind that a field names.
func referred(kind directory.Kind, field string) directory.Kind {
	if field == pathField {
		return directory.DepartmentKind
	}
	f, _ := kind.Field(field)
	return f.Reference
}

// resolve replaces the references of a row by ids. What cannot be found is added
// to its errors.
func (j *judge) resolve(p *pending) error {
	byField := map[string][]Reference{}
	for _, r := range p.References {
		byField[r.Field] = append(byField[r.Field], r)
	}
	for _, f := range p.Kind.Fields() {
		if f.Reference == "" {
			continue
		}
		refs, ids := byField[f.Name], false
		if refs == nil {
			refs, ids = j.given(p, f.Name), true
		}
		if len(refs) == 0 {
			continue
		}
		var err error
		switch f.Reference {
		case directory.EmployeeKind:
			err = j.resolvePeople(p, &f, refs, ids)
		case directory.DepartmentKind:
			j.resolveDepartments(p, &f, refs)
		case directory.LabelKind:
			j.resolveLabels(p, refs)
		case directory.LabelGroupKind:
			j.resolveGroup(p, refs[0])
		}
		if err != nil {
			return err
		}
	}
	if p.Kind == directory.DepartmentKind {
		j.resolvePath(p, byField[pathField])
	}
	return nil
}

// given are the references that a record of JSON Lines gives as ids.
func (j *judge) given(p *pending, field string) (refs []Reference) {
	at := Problem{Line: p.line, Header: field, Field: field}
	add := func(text string) {
		at.Value = text
		refs = append(refs, Reference{Field: field, Text: text, At: at})
	}
	switch v := p.Values[field].(type) {
	case string:
		if v != "" {
			add(v)
		}
	case int64:
		if v != 0 {
			add(strconv.FormatInt(v, 10))
		}
	case []string:
		for _, id := range v {
			add(id)
		}
	case []int64:
		for _, id := range v {
			add(strconv.FormatInt(id, 10))
		}
	}
	return refs
}

func (p *pending) refuse(at Problem, code string) {
	at.Code = code
	p.errs = append(p.errs, at)
}

func shownIf(made bool, text string) string {
	if made {
		return text
	}
	return ""
}

// show keeps the texts that a preview shows, if there are any.
func (p *pending) show(field string, texts []string) {
	if slices.ContainsFunc(texts, func(s string) bool { return s != "" }) {
		if p.shown == nil {
			p.shown = map[string][]string{}
		}
		p.shown[field] = texts
	}
}

// postpone leaves a field to the end of the file.
func (j *judge) postpone(p *pending, field string, refs []Reference, ids bool) {
	l := lateReference{row: p.row, kind: p.Kind, field: field, at: refs[0].At, ids: ids}
	for _, r := range refs {
		l.texts = append(l.texts, r.Text)
	}
	delete(p.Values, field)
	p.late = append(p.late, l)
}

func (j *judge) resolveDepartments(p *pending, f *directory.ObjectField, refs []Reference) {
	var list []int64
	var shown []string
	failed := false
	for _, r := range refs {
		n := j.department(p, r)
		if n == nil {
			failed = true
			continue
		}
		if !slices.Contains(list, n.id) {
			list = append(list, n.id)
			shown = append(shown, shownIf(n.made, j.tree.path(n.id)))
		}
	}
	if failed {
		delete(p.Values, f.Name)
		return
	}
	p.show(f.Name, shown)
	if f.Type == directory.NumbersField {
		p.Values[f.Name] = list
	} else {
		p.Values[f.Name] = list[0]
	}
}

func (j *judge) resolveLabels(p *pending, refs []Reference) {
	var list []int64
	var shown []string
	failed := false
	for _, r := range refs {
		n := j.label(p, r)
		if n == nil {
			failed = true
			continue
		}
		if !slices.Contains(list, n.id) {
			list = append(list, n.id)
			shown = append(shown, shownIf(n.made, labelText(n.group.name, n.name)))
		}
	}
	if failed {
		delete(p.Values, "labelIds")
		return
	}
	p.show("labelIds", shown)
	p.Values["labelIds"] = list
}

// setOwner gives a contact the owner of the options.
func (j *judge) setOwner(p *pending, v directory.Values) {
	who, err := j.person(j.options.Owner)
	at := Problem{Line: p.line, Field: "followerUserId", Value: j.options.Owner}
	switch {
	case who.several:
		p.refuse(at, "ownerAmbiguous")
	case who.id == "" || err != nil:
		p.refuse(at, "ownerNotFound")
	default:
		v["followerUserId"] = who.id
		p.show("followerUserId", []string{shownIf(who.made, j.options.Owner)})
	}
}

// addLabels adds the labels of the options to those of a contact.
func (j *judge) addLabels(p *pending, v directory.Values) {
	if len(j.options.Labels) == 0 || p.wrong("labelIds") {
		return
	}
	list, shown := v.Numbers("labelIds"), slices.Clone(p.shown["labelIds"])
	for len(shown) < len(list) {
		shown = append(shown, "")
	}
	for _, text := range j.options.Labels {
		n := j.label(p, Reference{Field: "labelIds", Text: text, At: Problem{Line: p.line, Field: "labelIds", Value: text}})
		if n == nil {
			return
		}
		if !slices.Contains(list, n.id) {
			list = append(list, n.id)
			shown = append(shown, shownIf(n.made, labelText(n.group.name, n.name)))
		}
	}
	if len(list) > directory.MaxContactLabels {
		at := p.at("labelIds", directory.RuleTooMany)
		at.Most = directory.MaxContactLabels
		p.errs = append(p.errs, at)
		return
	}
	v["labelIds"] = list
	p.show("labelIds", shown)
}

// addLabelsTo is addLabels for a contact that exists: a row without labels of
// its own keeps those that the contact has.
func (j *judge) addLabelsTo(p *pending, before, given directory.Values) {
	if directory.Equal(given["labelIds"], nil) {
		given["labelIds"] = before.Numbers("labelIds")
	}
	j.addLabels(p, given)
}
