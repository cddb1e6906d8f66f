package directory

import (
	"context"
	"errors"
	"slices"
)

// check sorts steps into what is done, kept and in conflict. It changes nothing.
func (r *undoRun) check(ctx context.Context, steps []undoStep) error {
	for i := range steps {
		if r.gone[steps[i].key()] = steps[i].remove; !steps[i].also {
			r.puts[steps[i].key()] = steps[i].values
		}
	}
	if err := r.readRoom(ctx); err != nil {
		return err
	}
	for rest := steps; len(rest) > 0; {
		n := min(2*undoAtOnce, len(rest))
		chunk := rest[:n]
		rest = rest[n:]
		if err := r.checkReferences(ctx, chunk); err != nil {
			return err
		}
		var ready []undoStep
		for i := range chunk {
			if r.ready(&chunk[i]) {
				ready = append(ready, chunk[i])
			}
		}
		if err := r.rehearse(ctx, ready); err != nil {
			return err
		}
	}
	return nil
}

// ready reports whether a step is to be done, and counts it otherwise.
func (r *undoRun) ready(st *undoStep) bool {
	if st.also {
		return len(st.values) > 0 && !r.dropped[st.key()]
	}
	if st.conflict != nil {
		switch r.decision(st) {
		case DecideKeep:
			st.keep()
			if !st.works() {
				r.dropped[st.key()] = true
				r.u.Counts.Kept++
				return false
			}
		case DecideUndo:
		default:
			r.dropped[st.key()] = true
			r.u.Conflicts = append(r.u.Conflicts, *st.conflict)
			return false
		}
	}
	if !st.works() {
		r.u.Counts.Unchanged++
		return false
	}
	return true
}

// keep takes what is in conflict out of a step.
func (st *undoStep) keep() {
	if st.conflict.Conflict == ChangedSince && !st.made {
		for _, field := range st.conflict.Fields {
			delete(st.values, field)
			if field == "parentId" || field == "groupId" {
				field = "name" // is unique in there
			}
			delete(st.frees, field)
			delete(st.takes, field)
		}
		return
	}
	st.remove, st.restore, st.values = false, false, nil
}

// works reports whether a step changes something.
func (st *undoStep) works() bool { return st.remove || st.restore || len(st.values) > 0 }

// edit is the edit of a step.
func (st *undoStep) edit() Edit {
	switch {
	case st.remove:
		return Edit{Kind: st.kind, ID: st.id, Do: RemoveObject, atOnce: true}
	case st.restore:
		return Edit{Kind: st.kind, ID: st.id, Do: RestoreObject}
	}
	return Edit{Kind: st.kind, ID: st.id, Do: ChangeObject, Values: st.values}
}

// rehearse does the steps and takes them back, to find out what refuses them, in
// transactions as short as those of the undo. It does not rest in between, as the
// caller waits for an answer. Removals are checked by their references, which is
// faster.
func (r *undoRun) rehearse(ctx context.Context, steps []undoStep) error {
	for len(steps) > 0 {
		var edits []Edit
		n, at := 0, map[int]int{} // of steps, their edits
		restored := map[string]bool{}
		for ; n < len(steps) && len(at) < r.pace.Size; n++ {
			st := &steps[n]
			if st.remove {
				continue
			}
			if st.also && !restored[st.key()] { // it came back in an earlier transaction
				edits = append(edits, Edit{Kind: st.kind, ID: st.id, Do: RestoreObject})
			}
			restored[st.key()] = true
			at[n] = len(edits)
			edits = append(edits, st.edit())
		}
		var results []EditResult
		if len(edits) > 0 {
			var hold Hold
			var err error
			if results, err = r.s.EditObjects(ctx, edits, EditOptions{Preview: true, Partial: true, Took: &hold}); err != nil {
				return err
			}
			r.pace.Took(len(edits), hold)
		}
		moved := r.moved
		for i := range steps[:n] {
			var refused error
			if e, ok := at[i]; ok {
				refused = results[e].Err
			}
			r.judge(&steps[i], refused)
			_, moves := steps[i].values["parentId"]
			moved = moved || moves
		}
		r.moved = moved
		steps = steps[n:]
	}
	return nil
}

// judge sorts a step that is ready by what its rehearsal said.
func (r *undoRun) judge(st *undoStep, refused error) {
	if r.dropped[st.key()] {
		return // its restoration was refused
	}
	c := r.against(st, refused)
	if c == nil {
		r.todo = append(r.todo, *st)
		r.note(st)
		return
	}
	r.dropped[st.key()] = true
	if st.conflict = c; r.decision(st) == DecideKeep {
		r.u.Counts.Kept++
		return
	}
	r.u.Conflicts = append(r.u.Conflicts, *c)
}

// refusal is the conflict that an edit's error stands for.
func (st *undoStep) refusal(err error) *UndoConflict {
	c := st.conflictOf(ConflictRefused, nil, AuditEntry{})
	refused := new(ObjectError)
	if !errors.As(err, &refused) {
		return c
	}
	c.Conflict = refused.Problems[0].Rule
	for _, p := range refused.Problems {
		if p.Field != "" && !slices.Contains(c.Fields, p.Field) {
			c.Fields = append(c.Fields, p.Field)
		}
	}
	return c
}
