package transfer

import (
	"slices"
	"strconv"

	"github.com/mingce/mingce/internal/directory"
)

// unmade are the departments and labels of rows that were planned to make them and are not written
// after all, in the order in which they are to be made: a later row that names one makes it
// (docs/spec/import.md#departments-in-files).
type unmade []directory.Edit

func (u unmade) index(e directory.Edit) int {
	return slices.IndexFunc(u, func(o directory.Edit) bool { return o.Kind == e.Kind && o.ID == e.ID })
}

// pass brings them to where they are behind a row.
func (u unmade) pass(p *plan) unmade {
	for _, e := range p.Makes {
		switch i := u.index(e); {
		case p.writes() && i >= 0:
			u = slices.Delete(u, i, i+1)
		case !p.writes() && i < 0:
			u = append(u, e)
		}
	}
	return u
}

// needs returns those that what a row writes names, and what these need themselves.
func (u unmade) needs(p *plan) (list []directory.Edit) {
	if len(u) == 0 || !p.writes() {
		return nil
	}
	named := map[objectName]bool{}
	name := func(e directory.Edit) {
		named[objectName{e.Kind, e.ID}] = true
		for _, f := range e.Kind.Fields() {
			switch v := e.Values[f.Name].(type) {
			case int64:
				named[objectName{f.Reference, strconv.FormatInt(v, 10)}] = true
			case []int64:
				for _, id := range v {
					named[objectName{f.Reference, strconv.FormatInt(id, 10)}] = true
				}
			}
		}
	}
	for _, e := range p.edits() {
		name(e)
	}
	for _, e := range slices.Backward(u) { // what is above a department is before it
		if named[objectName{e.Kind, e.ID}] {
			name(e)
			list = append(list, e)
		}
	}
	slices.Reverse(list)
	return list
}

// handOn lets rows make what rows before them no longer make. These keep what they were to make, so
// that an import that goes on finds it again.
func (b *batch) handOn() {
	left, copied := slices.Clone(b.r.unmade), false
	for i, p := range b.plans {
		left = left.pass(p)
		needed := left.needs(p)
		if len(needed) == 0 {
			continue
		}
		if !copied {
			b.plans, copied = slices.Clone(b.plans), true
		}
		for k, e := range needed { // what is above may be somebody else's by now
			needed[k].Values = b.r.moved(&plan{Kind: e.Kind, Object: e.Values}, nil).Object
		}
		q := *p
		q.Makes = append(needed, p.Makes...)
		b.plans[i], b.told[p.Row] = &q, true
		left = left.pass(&q)
	}
}

// recallUnmade finds out what rows that were passed by were to make.
func (r *importRun) recallUnmade() error {
	s, err := r.chunks.seek(writtenPart, 0)
	if err != nil {
		return err
	}
	for r.unmade = nil; ; s.plans = s.plans[1:] {
		p, err := s.peek()
		if err != nil || p == nil {
			return err
		}
		r.unmade = r.unmade.pass(p)
	}
}
