package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

const (
	// undoAtOnce is how many objects an undo changes in one transaction. More
	// are changed in batches.
	undoAtOnce = 200
)

// Undo takes back what the selection names. It returns ErrUndoNotFound,
// ErrUndoSelection, or ErrUndoConflict with the conflicts that are undecided;
// nothing was changed then. A preview tells its conflicts without that error. Up to undoAtOnce objects change in one transaction,
// more in batches after the whole was checked; what others change meanwhile
// stays as it is, and the state is UndoPartly.
func (s *Session) Undo(ctx context.Context, sel UndoSelection, o UndoOptions) (Undo, error) {
	s.ForLongWork()
	u := Undo{ID: "undo-" + s.dir.ids.Base62(16), State: UndoPreviewed, Preview: o.Preview, RequestID: s.requestID, Conflicts: []UndoConflict{},
		StartedAt: s.now, ChangedAt: s.now, Actor: s.caller.actor()}
	entries, imports, err := s.selectedEntries(ctx, sel)
	if err != nil {
		return u, fmt.Errorf("undo: %w", err)
	}
	steps, err := s.planUndo(ctx, groupEntries(entries))
	if err != nil {
		return u, fmt.Errorf("undo: %w", err)
	}
	r := &undoRun{s: s, u: &u, o: o, gone: map[string]bool{}, back: map[string]bool{}, dropped: map[string]bool{}}
	for i := range steps {
		if !steps[i].also {
			r.gone[steps[i].key()], r.back[steps[i].key()] = steps[i].remove, steps[i].restore
		}
	}
	r.pace = undoPace(len(steps))
	if err := r.check(ctx, steps); err != nil {
		return u, fmt.Errorf("undo: %w", err)
	}
	u.Counts.Objects = objectsOf(steps)
	if u.Counts.Conflicts = int64(len(u.Conflicts)); u.Counts.Conflicts > 0 && !o.Preview {
		return u, ErrUndoConflict
	}
	switch {
	case o.Preview:
		u.Counts.Undone = objectsOf(r.todo)
		return u, nil
	case len(r.todo) == 0: // it can be read all the same
		u.State = UndoDone
		return u, s.update(ctx, func(tx Tx) error {
			tx.Undos().PutUndo(u)
			return nil
		})
	}
	if err := r.run(ctx); err != nil {
		return u, err
	}
	return u, s.markUndone(ctx, imports, u.State)
}

// markUndone notes on imports that nothing of them is left, however it was taken
// back: the same file brings its rows again.
func (s *Session) markUndone(ctx context.Context, imports []string, state string) error {
	if state != UndoDone {
		return nil
	}
	for _, id := range imports {
		_, err := s.ChangeImport(ctx, id, func(i *Import) error {
			if i.State == ImportDone || i.State == ImportStopped && !i.EndedAt.IsZero() {
				i.State = ImportUndone
			}
			return nil
		})
		if err != nil && !errors.Is(err, ErrImportNotFound) { // its record may be deleted
			return err
		}
	}
	return nil
}

// undoRun is an undo under way.
type undoRun struct {
	s *Session
	u *Undo
	o UndoOptions

	gone, back map[string]bool // objects that the undo removes and restores
	dropped    map[string]bool // objects that are left as they are
	pace       Pace
	todo       []undoStep
}

// decision is what was decided about a step's conflict, if that is one of its
// choices.
func (r *undoRun) decision(st *undoStep) string {
	d, ok := r.o.Decisions[st.key()]
	if !ok {
		d = r.o.DecideAll
	}
	if !slices.Contains(st.conflict.Choices, d) {
		return ""
	}
	return d
}

// check sorts steps into what is done, kept and in conflict. It changes nothing.
func (r *undoRun) check(ctx context.Context, steps []undoStep) error {
	for rest := steps; len(rest) > 0; {
		n := min(undoAtOnce, len(rest))
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

// rehearse does the steps and takes them back, to find out what refuses them.
// Removals were checked by their references, which is faster. That of a large undo
// lets others write in between, as its batches do.
func (r *undoRun) rehearse(ctx context.Context, steps []undoStep) error {
	var edits []Edit
	var of []int
	for i := range steps {
		if steps[i].remove {
			continue
		}
		edits, of = append(edits, steps[i].edit()), append(of, i)
	}
	refused := map[int]*UndoConflict{}
	for len(edits) > 0 {
		var hold Hold
		n := min(r.pace.Size, len(edits))
		results, err := r.s.EditObjects(ctx, edits[:n], EditOptions{Preview: true, Partial: true, Took: &hold})
		if err != nil {
			return err
		}
		for i, result := range results {
			if st := &steps[of[i]]; result.Err != nil && !r.willBeBack(st, result.Err) {
				refused[of[i]] = st.refusal(result.Err)
			}
		}
		edits, of = edits[n:], of[n:]
		r.pace.Took(n, hold)
		if err := r.pace.Rest(ctx); err != nil {
			return err
		}
	}
	for i := range steps {
		if r.dropped[steps[i].key()] {
			continue // its restoration was refused
		}
		c := refused[i]
		if c == nil {
			r.todo = append(r.todo, steps[i])
			continue
		}
		r.dropped[steps[i].key()] = true
		if steps[i].conflict = c; r.decision(&steps[i]) == DecideKeep {
			r.u.Counts.Kept++
			continue
		}
		r.u.Conflicts = append(r.u.Conflicts, *c)
	}
	return nil
}

// willBeBack reports whether all that an edit lacks is restored by the same
// undo, but in another batch.
func (r *undoRun) willBeBack(st *undoStep, err error) bool {
	refused := new(ObjectError)
	if !errors.As(err, &refused) {
		return st.also && r.back[st.key()] && errors.Is(err, st.kind.NotFound())
	}
	for _, p := range refused.Problems {
		f, _ := refused.Kind.Field(p.Field)
		if f.Reference == "" || !r.back[string(f.Reference)+":"+p.Value] {
			return false
		}
	}
	return true
}

// refusal is the conflict that an edit's error stands for.
func (st *undoStep) refusal(err error) *UndoConflict {
	c := st.conflictOf("refused", nil, AuditEntry{})
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

// undoPace is the pace of so many steps: few are one transaction.
func undoPace(steps int) Pace {
	if steps <= undoAtOnce {
		return Pace{Size: undoAtOnce, Most: undoAtOnce}
	}
	return Pace{Size: undoAtOnce / 8, Most: undoAtOnce}
}

// run does the steps.
func (r *undoRun) run(ctx context.Context) error {
	u := r.u
	pace := undoPace(len(r.todo))
	if u.State = UndoDone; len(r.todo) > undoAtOnce {
		u.State = UndoRunning
	}
	first := true
	for rest := r.todo; len(rest) > 0; first = false {
		n := min(pace.Size, len(rest))
		left, hold, err := r.patiently(ctx, rest[:n], first, len(rest) == n)
		for _, st := range left {
			c := st.conflictOf("changedDuring", nil, AuditEntry{})
			u.Conflicts = append(u.Conflicts, *c)
		}
		switch {
		case err != nil && !first:
			return r.stop(ctx, err)
		case err != nil: // nothing was done
			u.State, u.Counts.Conflicts = UndoPreviewed, int64(len(u.Conflicts))
			return fmt.Errorf("undo: %w", err)
		case first && r.o.Begun != nil:
			r.o.Begun(*u)
		}
		rest = rest[n:]
		if pace.Took(n, hold); len(rest) == 0 {
			break
		}
		if err := pace.Rest(ctx); err != nil {
			return fmt.Errorf("undo: %w", err)
		}
	}
	u.Counts.Conflicts = int64(len(u.Conflicts))
	if u.State = UndoDone; len(u.Conflicts) > 0 {
		u.State = UndoPartly
	}
	r.save(ctx)
	return nil
}

// batch does some steps in one transaction. One that others have made
// impossible since the check is left; if all steps fit into one batch, it fails
// instead, so that an undo is whole.
func (r *undoRun) batch(ctx context.Context, steps []undoStep, first, last bool) (left []undoStep, hold Hold, err error) {
	edits := make([]Edit, len(steps))
	for i := range steps {
		edits[i] = steps[i].edit()
	}
	before := *r.u
	var begin time.Time
	var worked time.Duration
	err = r.s.updateEdits(ctx, r.s.update, func(tx Tx) error {
		begin = time.Now()
		*r.u = before
		if first {
			r.s.audit(tx, Change{Noun: undoNoun, Object: r.u.ID, Action: "undo", After: Record{"objects": r.u.Counts.Objects}})
			if err := tx.Flush(); err != nil {
				return lateError{err}
			}
		}
		results, err := r.s.editAll(tx, edits, true)
		if err != nil {
			return err
		}
		left = nil
		for i, result := range results {
			if result.Err != nil {
				left = append(left, steps[i])
			}
		}
		if first && last && len(left) > 0 {
			return ErrUndoConflict
		}
		r.u.Counts.Undone += objectsOf(steps) - objectsOf(left)
		r.u.ChangedAt = r.s.dir.now()
		tx.Undos().PutUndo(*r.u)
		worked = time.Since(begin)
		return nil
	})
	if err != nil {
		*r.u = before // what was counted is not done
		if !errors.Is(err, ErrUndoConflict) {
			left = nil
		}
	}
	return left, r.s.held(worked, begin), err
}

// objectsOf counts the objects of steps.
func objectsOf(steps []undoStep) (n int64) {
	for i := range steps {
		if !steps[i].also {
			n++
		}
	}
	return n
}

// UndoResult returns an undo that was begun, or ErrUndoNotFound. One that has
// not moved for a minute was interrupted; its rest can be undone by the same
// selection again.
func (s *Session) UndoResult(ctx context.Context, id string) (u Undo, err error) {
	err = s.view(ctx, func(tx Tx) error {
		u, err = tx.Undos().Undo(id)
		return err
	})
	if kept, ok := s.dir.undos.get(s.org, id); ok && err == nil && u.State == UndoRunning {
		return kept, nil
	}
	if err == nil && u.State == UndoRunning && s.now.Sub(u.ChangedAt) > time.Minute {
		u.State = UndoPartly
	}
	return u, err
}

// checkReferences finds objects that are to be removed and that others refer to
// by now.
func (r *undoRun) checkReferences(ctx context.Context, steps []undoStep) error {
	return r.s.view(ctx, func(tx Tx) error {
		for i := range steps {
			st := &steps[i]
			if !st.remove || st.conflict != nil && st.conflict.Conflict != ChangedSince {
				continue
			}
			by, err := r.referrer(tx, st)
			if err != nil {
				return err
			}
			if by != "" {
				st.conflict = st.conflictOf(Referenced, []string{by}, AuditEntry{})
			}
		}
		return nil
	})
}

// referrer returns an object that refers to the step's and that the undo does
// not remove, as kind:id, or "".
func (r *undoRun) referrer(tx Tx, st *undoStep) (string, error) {
	switch st.kind {
	case EmployeeKind:
		return r.referrerOfEmployee(tx, st.id)
	case DepartmentKind:
		return r.referrerOfDepartment(tx, st.id)
	case LabelKind:
		id, _ := strconv.ParseInt(st.id, 10, 64)
		cs, err := tx.ContactList().ContactsWithLabel(id)
		return firstLeft(r, ContactKind, cs, func(c Contact) string { return c.ID }), err
	case LabelGroupKind:
		_, g, err := readLabelGroup(tx, st.id, allLabelGroups)
		if errors.Is(err, ErrLabelNotFound) {
			err = nil
		}
		return firstLeft(r, LabelKind, g.Labels, func(l Label) string { return strconv.FormatInt(l.ID, 10) }), err
	}
	return "", nil
}

// firstLeft is the first of objects that the undo does not remove.
func firstLeft[T any](r *undoRun, kind Kind, objects []T, id func(T) string) string {
	for _, o := range objects {
		if key := string(kind) + ":" + id(o); !r.gone[key] {
			return key
		}
	}
	return ""
}

func (r *undoRun) referrerOfEmployee(tx Tx, id string) (string, error) {
	cs, err := tx.ContactList().ContactsFollowedBy(id)
	if by := firstLeft(r, ContactKind, cs, func(c Contact) string { return c.ID }); by != "" || err != nil {
		return by, err
	}
	led, err := tx.Employees().LedBy(id)
	if by := firstLeft(r, DepartmentKind, led, func(d int64) string { return strconv.FormatInt(d, 10) }); by != "" || err != nil {
		return by, err
	}
	managed, err := tx.History().ManagedBy(id)
	return firstLeft(r, EmployeeKind, managed, func(id string) string { return id }), err
}

func (r *undoRun) referrerOfDepartment(tx Tx, text string) (string, error) {
	id, _ := strconv.ParseInt(text, 10, 64)
	below, err := tx.Departments().SubDepartmentIDs(id)
	if by := firstLeft(r, DepartmentKind, below, func(d int64) string { return strconv.FormatInt(d, 10) }); by != "" || err != nil {
		return by, err
	}
	members, err := tx.Employees().MemberIDs(id)
	if by := firstLeft(r, EmployeeKind, members, func(id string) string { return id }); by != "" || err != nil {
		return by, err
	}
	shared, err := tx.ContactList().FindContacts(ContactFind{Depts: []int64{id}, Sort: ByCreation, Limit: 1000})
	return firstLeft(r, ContactKind, shared, func(c Contact) string { return c.ID }), err
}
