package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	r := &undoRun{s: s, u: &u, o: o, gone: map[string]bool{}, puts: map[string]Values{}, dropped: map[string]bool{},
		back: map[string]bool{}, taken: map[string]bool{}, pace: undoPace(objectsOf(steps))}
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

	gone    map[string]bool   // objects that the undo means to remove
	puts    map[string]Values // what it means to put into objects
	dropped map[string]bool   // objects that are left as they are
	pace    Pace
	todo    []undoStep

	// What the steps of todo do. They are tried in several transactions, each of
	// which is taken back, so the store does not know of it.
	back  map[string]bool // objects that are there again, or members of other departments
	taken map[string]bool // by the key of a unique value; false: it is free again
	moved bool            // the tree of departments has another form since earlier transactions
	room  map[Kind]int64  // for further objects; negative: any number
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

// undoPace is the pace of an undo of so many objects: few are one transaction.
func undoPace(objects int64) Pace {
	if objects <= undoAtOnce {
		return Pace{Size: 2 * undoAtOnce, Most: 2 * undoAtOnce} // of steps: an object has at most two
	}
	return Pace{Size: undoAtOnce / 8, Most: undoAtOnce}
}

// run does the steps.
func (r *undoRun) run(ctx context.Context) error {
	u := r.u
	pace := undoPace(objectsOf(r.todo))
	if u.State = UndoDone; objectsOf(r.todo) > undoAtOnce {
		u.State = UndoRunning
	}
	first := true
	for rest := r.todo; len(rest) > 0; first = false {
		n := min(pace.Size, len(rest))
		left, hold, err := r.patiently(ctx, rest[:n], first, len(rest) == n)
		for _, st := range left {
			c := st.conflictOf(ConflictChangedDuring, nil, AuditEntry{})
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
