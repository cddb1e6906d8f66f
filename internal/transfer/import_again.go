package transfer

import (
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/mingce/mingce/internal/directory"
)

// judgeAgain judges a row once more that no longer fits: somebody else has
// changed the directory since the check. The row's values are those of its plan.
func (r *importRun) judgeAgain(p *plan) (*plan, error) {
	at := r.placesOf(p)
	at.CreatedAt, at.verified = p.CreatedAt, p.Verified
	if p.Action == RowCreated {
		if at.Values = maps.Clone(p.Object); p.Made {
			delete(at.Values, p.Kind.IDField())
		}
	} else {
		at.Values = p.given()
		at.Values[p.Kind.IDField()] = idValue(p.Kind, p.ID)
	}
	for _, name := range p.Late {
		delete(at.Values, name)
	}
	for _, f := range p.Kind.Fields() {
		if f.Required && f.Reference == "" && directory.Equal(at.Values[f.Name], nil) && !at.standsIn(f.Name) {
			at.Missing = append(at.Missing, Problem{Code: codeMissing, Line: p.Line, Field: f.Name})
		}
	}
	j := r.newJudge(nil)
	j.options = new(Options)
	*j.options = r.options
	j.options.Labels, j.options.Owner, j.options.Empty = nil, "", emptyKeep // they are in the values
	if err := j.begin(); err != nil {
		return nil, err
	}
	j.room = -1 // the core counts
	if err := j.look([]*pending{at}); err != nil {
		return nil, err
	}
	makes, err := r.makesAgain(j, p)
	if err != nil {
		return nil, err
	}
	next := &plan{Row: p.Row, Line: p.Line, Kind: p.Kind, Name: p.Name, CreatedAt: p.CreatedAt}
	moved := r.moved(&plan{Kind: p.Kind, Object: at.Values}, nil)
	at.Values = moved.Object
	err = j.decide(at, next)
	refused := new(FileError)
	if errors.As(err, &refused) { // the policy is to fail, but rows are written already
		next.reject(Problem{Code: "changedDuring", Line: p.Line})
		err = nil
	}
	if next.Makes = makes; next.writes() {
		next.Late, next.Shown = p.Late, p.Shown
		next.Warnings = p.Warnings
	}
	return next, err
}

// standsIn is what a drafter says of a record that is gone.
func (p *pending) standsIn(field string) bool {
	d := &drafter{Draft: p.Draft}
	return d.standsIn(field)
}

// makesAgain leaves out of what a row makes what somebody else has made by now.
func (r *importRun) makesAgain(j *judge, p *plan) (makes []directory.Edit, err error) {
	if len(p.Makes) == 0 {
		return nil, nil
	}
	err = j.session().Find(j.ctx, func(f *directory.Finder) error {
		return errors.Join(j.tree.load(f), j.labels.load(f))
	})
	for _, e := range p.Makes {
		e.Values = r.moved(&plan{Kind: e.Kind, Object: e.Values}, nil).Object
		if e.Kind == directory.DepartmentKind {
			if n := j.tree.child(e.Values.Number("parentId"), e.Values.Text("name")); n != nil {
				r.move(e.Kind, e.ID, strconv.FormatInt(n.id, 10))
				continue
			}
		} else if n := j.labels.byKey(directory.NameAndCompany(directory.NameKey(e.Values.Text("group")), directory.NameKey(e.Values.Text("name")))); n != nil {
			r.move(e.Kind, e.ID, strconv.FormatInt(n.id, 10))
			continue
		}
		makes = append(makes, e)
		if e.Kind == directory.DepartmentKind { // the row's own references to it are good
			id, _ := strconv.ParseInt(e.ID, 10, 64)
			j.tree.put(&treeNode{id: id, parent: e.Values.Number("parentId"), name: e.Values.Text("name"), made: true})
		}
	}
	return makes, err
}

// move remembers that an object which was to be made has another id.
func (r *importRun) move(kind directory.Kind, planned, id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.info.Moved == nil {
		r.info.Moved = map[string]string{}
	}
	r.info.Moved[string(kind)+"/"+planned] = id
}

// moved returns the plan with the ids that objects have got instead of the
// planned ones. b learns that the plan has changed.
func (r *importRun) moved(p *plan, b *batch) *plan {
	if len(r.info.Moved) == 0 || p.Object == nil {
		return p
	}
	q, changed := *p, false
	move := func(kind directory.Kind, id string) string {
		if to, ok := r.info.Moved[string(kind)+"/"+id]; ok {
			changed = true
			return to
		}
		return id
	}
	number := func(kind directory.Kind, id int64) int64 {
		n, _ := strconv.ParseInt(move(kind, strconv.FormatInt(id, 10)), 10, 64) // both are decimal
		return n
	}
	if p.Action == RowUpdated || p.Action == RowUnchanged {
		q.ID = move(p.Kind, p.ID)
	}
	q.Object = maps.Clone(p.Object)
	for _, f := range p.Kind.Fields() {
		if f.Reference == "" {
			continue
		}
		switch v := q.Object[f.Name].(type) {
		case string:
			q.Object[f.Name] = move(f.Reference, v)
		case int64:
			q.Object[f.Name] = number(f.Reference, v)
		case []string:
			v = slices.Clone(v)
			for i := range v {
				v[i] = move(f.Reference, v[i])
			}
			q.Object[f.Name] = v
		case []int64:
			v = slices.Clone(v)
			for i := range v {
				v[i] = number(f.Reference, v[i])
			}
			q.Object[f.Name] = v
		}
	}
	if !changed {
		return p
	}
	if b != nil {
		b.told[p.Row] = true
	}
	for i := range q.Makes {
		q.Makes = slices.Clone(q.Makes)
		q.Makes[i].Values = r.moved(&plan{Kind: q.Makes[i].Kind, Object: q.Makes[i].Values}, nil).Object
	}
	return &q
}
