package directory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Errors of undo. Methods wrap them with context; compare with errors.Is.
var (
	ErrUndoNotFound  = errors.New("nothing was changed by that")
	ErrUndoSelection = errors.New("exactly one of request, import, undo, or actor and time says what to undo")
	ErrUndoConflict  = errors.New("others have changed what is to be undone")
)

// Decisions about a conflict.
const (
	DecideUndo = "undo" // take it back nevertheless
	DecideKeep = "keep" // leave what is in conflict as it is
)

// Conflicts of an undo (docs/spec/history.md#conflicts-of-an-undo).
const (
	ChangedSince   = "changedSince"
	DeletedSince   = "deletedSince"
	Referenced     = "referenced"
	ConflictErased = "erased"
	ConflictPurged = "purged"

	ConflictRefused       = "refused"       // for no rule of its own: others were faster
	ConflictChangedDuring = "changedDuring" // since the check
)

// UndoConflicts are all conflicts that an undo can tell: those of its own, and the
// rules that refuse a step.
var UndoConflicts = append([]string{ChangedSince, DeletedSince, Referenced, ConflictErased, ConflictPurged, ConflictRefused, ConflictChangedDuring}, Rules...)

// UndoSelection says what to undo: one of its ids, or what an actor did in a
// span of time.
type UndoSelection struct {
	RequestID, ImportID, UndoID string
	Actor                       string
	Since, Until                time.Time
}

// UndoOptions say how an undo runs.
type UndoOptions struct {
	Preview   bool
	Decisions map[string]string // by "kind:id": DecideUndo or DecideKeep
	DecideAll string
	// Begun is called when the first objects have changed: from then on UndoResult
	// tells of the undo. nil: nobody wants to know.
	Begun func(Undo)
}

// Undo is the result of an undo, with the names of the JSON API
// (docs/spec/history.md#undo).
type Undo struct {
	ID        string         `json:"id"`
	State     string         `json:"state"`
	Preview   bool           `json:"preview"`
	RequestID string         `json:"requestId"`
	Counts    UndoCounts     `json:"counts"`
	Conflicts []UndoConflict `json:"conflicts"`
	// Stopped is why it ended before its end: UndoDiskFull, UndoBusy, or "". The
	// same selection undoes the rest.
	Stopped string `json:"stopped,omitempty"`

	// StartedAt and ChangedAt tell whether one that runs is still alive.
	StartedAt time.Time `json:"-"`
	ChangedAt time.Time `json:"-"`
	Actor     string    `json:"-"`
}

// States of an undo. UndoPreviewed changes nothing: a preview, and an undo that
// its conflicts keep from being done.
const (
	UndoDone      = "done"
	UndoPreviewed = "previewed"
	UndoRunning   = "running"
	UndoPartly    = "partly"
)

// Why an undo stopped.
const (
	UndoDiskFull = "diskFull"
	UndoBusy     = "busy"
)

// UndoCounts count the objects of an undo.
type UndoCounts struct {
	Objects   int64 `json:"objects"`
	Undone    int64 `json:"undone"`
	Kept      int64 `json:"kept"`
	Conflicts int64 `json:"conflicts"`
	Unchanged int64 `json:"unchanged"`
}

// UndoConflict is an object that others have changed since.
type UndoConflict struct {
	Kind      Kind       `json:"kind"`
	ID        string     `json:"id"`
	Name      string     `json:"name,omitempty"`
	Conflict  string     `json:"conflict"`
	Fields    []string   `json:"fields"`
	ChangedBy string     `json:"changedBy"`
	ChangedAt *time.Time `json:"changedAt"`
	RequestID string     `json:"requestId"`
	Choices   []string   `json:"choices"`
}

// UndoTx stores undos.
type UndoTx interface {
	// Undo returns the undo, or ErrUndoNotFound.
	Undo(id string) (Undo, error)
	PutUndo(u Undo)
}

// undoStep is what an undo does to one object.
type undoStep struct {
	kind  Kind
	id    string
	name  string
	order int64 // number of the entry that decides when its turn is: later ones first
	made  bool  // the object is new, and goes

	restore bool   // from the bin
	values  Values // fields to put back
	remove  bool
	// also: the object has a step before, which restored it. What was changed
	// before its deletion is put back at its own turn.
	also bool

	deleting bool // the object to be restored is still there

	frees, takes map[string]string // keys of unique values by their fields
	referrers    []reference       // which the undo removes or changes, too

	conflict *UndoConflict
}

func (st *undoStep) key() string { return string(st.kind) + ":" + st.id }

// notUndone are the actions that change no values.
var notUndone = []string{"reveal", "erase", "purge", "personExport", sendVerificationAction}

// undoable are the kinds whose changes can be undone.
func undoable(noun string) bool {
	_, ok := editors[Kind(noun)]
	return ok
}

// selectedEntries reads what is to be undone, oldest first, and which imports
// that is the whole of.
func (s *Session) selectedEntries(ctx context.Context, sel UndoSelection) (entries []AuditEntry, imports []string, err error) {
	ids := 0
	for _, set := range [...]bool{sel.RequestID != "", sel.ImportID != "", sel.UndoID != "", sel.Actor != ""} {
		if set {
			ids++
		}
	}
	if ids != 1 || sel.Actor != "" && sel.Since.IsZero() {
		return nil, nil, ErrUndoSelection
	}
	f := HistoryFilter{RequestID: sel.RequestID, ImportID: sel.ImportID, UndoID: sel.UndoID, Since: sel.Since, Until: sel.Until}
	found := false
	for more := true; more; {
		err = s.view(ctx, func(tx Tx) error {
			known, err := f.byRequest(tx)
			if err != nil || !known {
				more = false
				return err
			}
			page, next, err := tx.History().History(f, 10*historyChunk)
			if err != nil {
				return err
			}
			for _, e := range page {
				if sel.Actor != "" && (e.Actor != sel.Actor || e.Time.Before(sel.Since) || !sel.Until.IsZero() && e.Time.After(sel.Until)) {
					continue
				}
				found = true
				if e.Noun == importNoun && e.Action == "import" && sel.Until.IsZero() {
					imports = append(imports, e.Object) // all rows come after this entry
				}
				if undoable(e.Noun) && !slices.Contains(notUndone, e.Action) {
					entries = append(entries, e)
				}
			}
			f.Before, more = next, next != 0
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
		f.ImportID, f.UndoID = "", "" // now the request id is known
	}
	if !found && sel.Actor == "" {
		if _, err := s.Import(ctx, sel.ImportID); !errors.Is(err, ErrImportNotFound) {
			return nil, nil, err // it has written nothing
		}
		return nil, nil, ErrUndoNotFound
	}
	slices.Reverse(entries)
	return entries, imports, nil
}

// undoGroup is the selected entries of one object, oldest first.
type undoGroup struct {
	kind    Kind
	id      string
	entries []AuditEntry
}

func groupEntries(entries []AuditEntry) []undoGroup {
	at := map[string]int{}
	var groups []undoGroup
	for _, e := range entries {
		key := e.Noun + ":" + e.Object
		i, known := at[key]
		if !known {
			i = len(groups)
			at[key] = i
			groups = append(groups, undoGroup{kind: Kind(e.Noun), id: e.Object})
		}
		groups[i].entries = append(groups[i].entries, e)
	}
	return groups
}

// planUndo says what an undo does to each object, in the order in which it is
// done: the latest change first, so that what others refer to comes back before
// them, and goes after them.
func (s *Session) planUndo(ctx context.Context, groups []undoGroup) ([]undoStep, error) {
	steps := make([]undoStep, 0, len(groups))
	const atOnce = 200
	for rest := groups; len(rest) > 0; {
		n := min(atOnce, len(rest))
		var planned []undoStep
		err := s.view(ctx, func(tx Tx) error {
			planned = planned[:0]
			for _, g := range rest[:n] {
				step, past, err := s.planStep(tx, g)
				if err != nil {
					return fmt.Errorf("undo of %s %s: %w", g.kind, g.id, err)
				}
				if planned = append(planned, step); step.restore && len(past.before)+len(past.extra) > 0 {
					also := undoStep{kind: g.kind, id: g.id, name: step.name, order: g.entries[0].Seq, values: past.putBack(past.lastValues()), also: true}
					also.changes(past.lastValues())
					planned = append(planned, also)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		steps, rest = append(steps, planned...), rest[n:]
	}
	slices.SortStableFunc(steps, func(a, b undoStep) int { return cmp.Compare(b.order, a.order) })
	return steps, nil
}

// planStep reads what has become of an object, and says what brings it back to
// the state before its first selected entry.
func (s *Session) planStep(tx Tx, g undoGroup) (undoStep, *past, error) {
	st := undoStep{kind: g.kind, id: g.id, order: g.entries[0].Seq}
	all, err := s.entriesOf(tx, g.kind, g.id)
	if err != nil {
		return st, nil, err
	}
	selected := map[int64]bool{}
	for _, e := range g.entries {
		selected[e.Seq] = true
	}
	past, err := readPast(g.kind, all, selected, g.entries[0].Seq)
	if err != nil {
		return st, nil, err
	}
	now, err := s.asSet(tx, g.kind, g.id)
	live := err == nil
	if err != nil && !errors.Is(err, g.kind.NotFound()) {
		return st, nil, err
	}
	err = nil
	st.name = cmp.Or(now.Values.Text("name"), past.name)
	switch {
	case past.erased:
		st.conflict = st.conflictOf(ConflictErased, nil, AuditEntry{})
		if !live && past.made {
			st.conflict = nil // it is gone, as it should be
		}
	case past.made && live:
		st.made, st.remove = true, true
		if len(past.foreign) > 0 {
			st.conflict = st.conflictOf(ChangedSince, slices.Sorted(maps.Keys(past.foreign)), past.foreignEntry)
		}
	case past.made: // gone already
	case live && now.Values.Text("status") == Deleting: // a message contact, which can still be kept
		past.final = now.Values
		if st.restore, st.deleting, st.order = true, true, past.deletion.Seq; !past.deletedHere {
			st.conflict = st.conflictOf(DeletedSince, nil, past.deletion)
		}
	case live && past.calledOff:
		st.remove = true
	case live:
		st.values = past.putBack(now.Values)
		if fields := past.disputed(st.values); len(fields) > 0 {
			st.conflict = st.conflictOf(ChangedSince, fields, past.foreign[fields[0]])
		}
	default:
		err = s.planRestore(tx, &st, past)
	}
	if now := now.Values; st.works() && !st.deleting {
		if st.restore {
			now = past.lastValues()
		}
		st.changes(now)
	}
	return st, past, err
}

// planRestore plans the return of an object that is deleted now.
func (s *Session) planRestore(tx Tx, st *undoStep, past *past) error {
	st.restore, st.order = true, past.deletion.Seq
	_, err := tx.Bin().BinItem(st.kind, st.id)
	switch {
	case errors.Is(err, ErrNotInBin):
		st.conflict = st.conflictOf(ConflictPurged, nil, past.deletion)
	case err != nil:
		return err
	case !past.deletedHere:
		st.conflict = st.conflictOf(DeletedSince, nil, past.deletion)
	}
	return nil
}

// conflictOf describes a conflict.
func (st *undoStep) conflictOf(conflict string, fields []string, by AuditEntry) *UndoConflict {
	c := &UndoConflict{Kind: st.kind, ID: st.id, Name: st.name, Conflict: conflict, Fields: fields, ChangedBy: by.Actor, RequestID: by.RequestID, Choices: []string{DecideKeep}}
	if c.Fields == nil {
		c.Fields = []string{}
	}
	if !by.Time.IsZero() {
		c.ChangedAt = &by.Time
	}
	if conflict == ChangedSince || conflict == DeletedSince {
		c.Choices = []string{DecideUndo, DecideKeep}
	}
	return c
}

// zeroOf is a value, or the empty value of its field's type.
func zeroOf(kind Kind, field string, v any) any {
	if v != nil {
		return v
	}
	f, _ := kind.Field(field)
	switch f.Type {
	case NumberField, DateField:
		return int64(0)
	case BoolField:
		return false
	case TextsField:
		return []string{}
	case NumbersField:
		return []int64{}
	case ExtraField:
		return map[string]any{}
	}
	return ""
}
