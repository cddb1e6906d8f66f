package directory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// uniqueValues are the keys of an object's values that no other object of its kind may
// have, by their fields.
func uniqueValues(kind Kind, v Values) map[string]string {
	within := ""
	var fields []string
	switch kind {
	case ContactKind:
		fields = []string{"mobile"}
	case EmployeeKind:
		fields = []string{"mobile", "email", "orgEmail", "telephone"}
	case DepartmentKind:
		fields, within = []string{"name"}, fmt.Sprint(cmp.Or(v.Number("parentId"), RootDepartment))
	case LabelKind:
		fields, within = []string{"name"}, fmt.Sprint(v.Number("groupId"))
	default:
		fields = []string{"name"}
	}
	keys := map[string]string{}
	for _, f := range fields {
		if text := v.Text(f); text != "" {
			keys[f] = strings.Join([]string{string(kind), f, within, strings.ToLower(text)}, "\x00")
		}
	}
	if extra, ok := v[extraName].(map[string]any); ok && kind == EmployeeKind {
		if id, ok := extra["login_id"].(string); ok {
			keys[extraName] = strings.Join([]string{string(kind), "loginId", "", id}, "\x00")
		}
	}
	return keys
}

// changes notes the unique values that a step frees and takes. before are those of
// the object; one that is restored comes back with them.
func (st *undoStep) changes(before Values) {
	if !st.restore {
		st.frees = uniqueValues(st.kind, before)
	}
	if !st.remove {
		after := Values{}
		maps.Copy(after, before)
		maps.Copy(after, st.values)
		st.takes = uniqueValues(st.kind, after)
	}
	for field, key := range st.takes {
		if st.frees[field] == key {
			delete(st.frees, field)
			delete(st.takes, field)
		}
	}
}

// readRoom reads how many objects may come back.
func (r *undoRun) readRoom(ctx context.Context) error {
	return r.s.Find(ctx, func(f *Finder) error {
		contacts, err := f.ContactRoom()
		if errors.Is(err, ErrContactsOff) {
			contacts, err = -1, nil // each is refused
		}
		if err != nil {
			return err
		}
		messages, err := f.MessageContactRoom()
		r.room = map[Kind]int64{ContactKind: contacts, MessageContactKind: messages}
		return err
	})
}

// note notes what a step does to what others need.
func (r *undoRun) note(st *undoStep) {
	for _, key := range st.frees {
		r.taken[key] = false
	}
	for _, key := range st.takes {
		r.taken[key] = true
	}
	if _, member := st.values["deptIds"]; member || st.restore {
		r.back[st.key()] = true
	}
	if room, counted := r.room[st.kind]; counted && room >= 0 {
		switch {
		case st.remove:
			r.room[st.kind] = room + 1
		case st.adds():
			r.room[st.kind] = room - 1
		}
	}
}

// adds reports whether there is one object more after a step. One whose deletion is
// under way is still there.
func (st *undoStep) adds() bool { return st.restore && !st.deleting }

// against returns what stands against a step, whose rehearsal said refused: what the
// store says but for what earlier steps change, and what these take themselves.
func (r *undoRun) against(st *undoStep, refused error) *UndoConflict {
	for _, ref := range st.referrers {
		if r.stays(st, ref) {
			return st.conflictOf(Referenced, []string{ref.by}, AuditEntry{})
		}
	}
	if refused != nil && !r.changesThat(st, refused) {
		return st.refusal(refused)
	}
	for _, field := range slices.Sorted(maps.Keys(st.takes)) {
		if rule := takenRules[field]; r.taken[st.takes[field]] && rule != "" {
			return st.conflictOf(rule, []string{field}, AuditEntry{})
		}
	}
	if room, counted := r.room[st.kind]; counted && room == 0 && st.adds() {
		return st.conflictOf(RuleQuotaFull, nil, AuditEntry{})
	}
	return nil
}

var takenRules = map[string]string{"mobile": RuleMobileTaken, "name": RuleNameTaken}

// changesThat reports whether earlier steps of the undo change all that an edit is
// refused for.
func (r *undoRun) changesThat(st *undoStep, err error) bool {
	refused := new(ObjectError)
	if !errors.As(err, &refused) {
		return st.also && r.back[st.key()] && errors.Is(err, st.kind.NotFound())
	}
	return !slices.ContainsFunc(refused.Problems, func(p Problem) bool { return !r.changesProblem(st, p) })
}

func (r *undoRun) changesProblem(st *undoStep, p Problem) bool {
	switch p.Rule {
	case RuleMobileTaken, RuleEmailTaken, RuleTelephoneTaken, RuleNameTaken, RuleLoginIDTaken, RuleEmployeeMobile:
		key := st.takes[p.Field]
		if p.Rule == RuleEmployeeMobile {
			key = strings.Replace(key, string(ContactKind), string(EmployeeKind), 1)
		}
		taken, changed := r.taken[key]
		return changed && !taken
	case RuleQuotaFull:
		return r.room[st.kind] != 0
	case RuleDepartmentCycle, RuleDepartmentDepth:
		return r.moved
	}
	f, _ := st.kind.Field(p.Field)
	return f.Reference != "" && r.back[string(f.Reference)+":"+p.Value]
}
