package transfer

import (
	"cmp"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/mingce/mingce/internal/directory"
)

// isLater reports whether a row behind the given one is about an employee that
// the text may mean. The first time it reads the file once more.
func (j *judge) isLater(row int64, text string) (bool, error) {
	if j.later == nil {
		if err := j.readEmployees(); err != nil {
			return false, err
		}
	}
	last := max(j.later.get(string(directory.KeyID), text), j.later.get(string(directory.KeyName), directory.NameKey(text)))
	if mobile := j.mobile(text); mobile != "" {
		last = max(last, j.later.get(string(directory.KeyMobile), mobile))
	}
	return int64(last) > row, nil
}

// readEmployees reads the keys of all employees of the file.
func (j *judge) readEmployees() error {
	j.later = newKeySet()
	r, err := j.reopen()
	if err != nil {
		return err
	}
	drafts := &DraftOptions{Kind: j.options.kind(), Country: j.options.Country}
	for {
		rec, err := r.Next()
		refused := new(FileError)
		if err == io.EOF || errors.As(err, &refused) { // which the check itself will meet
			return nil
		}
		if err != nil {
			return err
		}
		if d := drafts.Draft(rec); d.Kind == directory.EmployeeKind { // even one that will be rejected
			row := uint32(min(rec.Row, maxRows))
			j.later.put(string(directory.KeyID), d.Values.Text("userId"), row)
			j.later.put(string(directory.KeyName), directory.NameKey(d.Values.Text("name")), row)
			j.later.put(string(directory.KeyMobile), d.Values.Text("mobile"), row)
		}
		if err := j.ctx.Err(); err != nil {
			return err
		}
	}
}

// finish resolves the references that were left to the end: amend gets the plans
// as they are told by then, set what sets the references.
func (j *judge) finish(amend, set func(*plan) error) error {
	slices.SortStableFunc(j.late, func(a, b lateReference) int { return cmp.Compare(a.row, b.row) })
	for batch := range slices.Chunk(j.late, judgedAtOnce) {
		var texts []string
		for _, l := range batch {
			texts = append(texts, l.texts...)
		}
		if err := j.session().Find(j.ctx, func(f *directory.Finder) error { return j.findPeople(f, texts) }); err != nil {
			return err
		}
		for _, l := range batch {
			if err := j.finishOne(l, amend, set); err != nil {
				return err
			}
		}
	}
	return nil
}

func (j *judge) finishOne(l lateReference, amend, set func(*plan) error) error {
	told, err := j.log.get(l.row)
	if err != nil {
		return err
	}
	p := *told
	p.Object, p.Shown, p.Warnings = maps.Clone(p.Object), maps.Clone(p.Shown), slices.Clone(p.Warnings)
	var ids, shown []string
	for _, text := range l.texts {
		who, err := j.person(text)
		member := true
		if err == nil && who.id != "" && l.kind == directory.DepartmentKind {
			member, err = j.isMember(who, l.id)
		}
		if err != nil {
			return err
		}
		if who.id == "" || !member {
			at := l.at
			at.Code, at.Value = "referenceNotFound", text
			p.Warnings = append(p.Warnings, at)
			j.counts.Warnings++
			continue
		}
		if !slices.Contains(ids, who.id) {
			ids, shown = append(ids, who.id), append(shown, shownIf(who.made, text))
		}
	}
	f, _ := l.kind.Field(l.field)
	var value any = ids
	if f.Type == directory.TextField && len(ids) > 0 {
		value = ids[0]
	}
	if len(ids) > 0 && !sameList(p.Object[l.field], value) {
		p.Object[l.field] = value
		if p.Shown == nil {
			p.Shown = map[string][]string{}
		}
		if p.Shown[l.field] = shown; p.Action == RowUnchanged {
			p.Action = RowUpdated
			j.counts.Unchanged, j.counts.Updated = j.counts.Unchanged-1, j.counts.Updated+1
		}
		late := &plan{Row: l.row, Line: p.Line, Kind: l.kind, Action: RowUpdated, ID: l.id, Object: directory.Values{l.field: value}, Given: []string{l.field}}
		if err := set(late); err != nil {
			return err
		}
	}
	return amend(&p)
}

// sameList reports whether a field has the value already; leaders have no order.
func sameList(before, value any) bool {
	a, isList := before.([]string)
	b, _ := value.([]string)
	if !isList {
		return directory.Equal(before, value)
	}
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// isMember reports whether an employee is in a department after all rows.
func (j *judge) isMember(who somebody, dept string) (bool, error) {
	id, err := strconv.ParseInt(dept, 10, 64)
	if err != nil {
		return false, err
	}
	if who.row != 0 {
		last, err := j.lastOf(directory.EmployeeKind, who.row)
		if err != nil {
			return false, err
		}
		if last.Object != nil {
			return slices.Contains(last.Object.Numbers("deptIds"), id), nil
		}
	}
	var e directory.Object
	err = j.session().Find(j.ctx, func(f *directory.Finder) (err error) {
		e, err = f.Object(directory.EmployeeKind, who.id)
		return err
	})
	if errors.Is(err, directory.ErrEmployeeNotFound) { // deleted meanwhile
		return false, nil
	}
	return slices.Contains(e.Values.Numbers("deptIds"), id), err
}
