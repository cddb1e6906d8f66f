package directory

import (
	"context"
	"errors"
	"slices"
	"strconv"
)

// checkReferences finds objects that are to be removed and that others refer to
// by now. Those that the undo removes, too, or in which it puts something else, are
// looked at again when it is known whether it can.
func (r *undoRun) checkReferences(ctx context.Context, steps []undoStep) error {
	return r.s.view(ctx, func(tx Tx) error {
		for i := range steps {
			st := &steps[i]
			if !st.remove || st.conflict != nil && st.conflict.Conflict != ChangedSince {
				continue
			}
			st.referrers = nil
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

// reference is an object that refers to one that is to be removed.
type reference struct{ by, field string }

// stays reports whether an object will still refer to the step's.
func (r *undoRun) stays(st *undoStep, ref reference) bool {
	if r.dropped[ref.by] {
		return true
	}
	if r.gone[ref.by] {
		return false
	}
	switch v := r.puts[ref.by][ref.field].(type) {
	case string:
		return v == st.id
	case int64:
		return strconv.FormatInt(v, 10) == st.id
	case []string:
		return slices.Contains(v, st.id)
	case []int64:
		return slices.ContainsFunc(v, func(id int64) bool { return strconv.FormatInt(id, 10) == st.id })
	}
	return true // it is put back nowhere
}

// referrer returns an object that refers to the step's and that the undo does
// not remove, as kind:id, or "".
func (r *undoRun) referrer(tx Tx, st *undoStep) (string, error) {
	switch st.kind {
	case EmployeeKind:
		return r.referrerOfEmployee(tx, st)
	case DepartmentKind:
		return r.referrerOfDepartment(tx, st)
	case LabelKind:
		id, _ := strconv.ParseInt(st.id, 10, 64)
		cs, err := tx.ContactList().ContactsWithLabel(id)
		return firstLeft(r, st, ContactKind, "labelIds", cs, func(c Contact) string { return c.ID }), err
	case LabelGroupKind:
		_, g, err := readLabelGroup(tx, st.id, allLabelGroups)
		if errors.Is(err, ErrLabelNotFound) {
			err = nil
		}
		return firstLeft(r, st, LabelKind, "groupId", g.Labels, func(l Label) string { return strconv.FormatInt(l.ID, 10) }), err
	}
	return "", nil
}

// firstLeft is the first of objects that the undo leaves as they are. It notes the
// others.
func firstLeft[T any](r *undoRun, st *undoStep, kind Kind, field string, objects []T, id func(T) string) string {
	for _, o := range objects {
		ref := reference{string(kind) + ":" + id(o), field}
		if r.stays(st, ref) {
			return ref.by
		}
		st.referrers = append(st.referrers, ref)
	}
	return ""
}

func (r *undoRun) referrerOfEmployee(tx Tx, st *undoStep) (string, error) {
	id := st.id
	cs, err := tx.ContactList().ContactsFollowedBy(id)
	if by := firstLeft(r, st, ContactKind, "followerUserId", cs, func(c Contact) string { return c.ID }); by != "" || err != nil {
		return by, err
	}
	led, err := tx.Employees().LedBy(id)
	if by := firstLeft(r, st, DepartmentKind, "managerUserIds", led, func(d int64) string { return strconv.FormatInt(d, 10) }); by != "" || err != nil {
		return by, err
	}
	managed, err := tx.History().ManagedBy(id)
	return firstLeft(r, st, EmployeeKind, "managerUserId", managed, func(id string) string { return id }), err
}

func (r *undoRun) referrerOfDepartment(tx Tx, st *undoStep) (string, error) {
	id, _ := strconv.ParseInt(st.id, 10, 64)
	below, err := tx.Departments().SubDepartmentIDs(id)
	if by := firstLeft(r, st, DepartmentKind, "parentId", below, func(d int64) string { return strconv.FormatInt(d, 10) }); by != "" || err != nil {
		return by, err
	}
	members, err := tx.Employees().MemberIDs(id)
	if by := firstLeft(r, st, EmployeeKind, "deptIds", members, func(id string) string { return id }); by != "" || err != nil {
		return by, err
	}
	shared, err := tx.ContactList().FindContacts(ContactFind{Depts: []int64{id}, Sort: ByCreation, Limit: 1000})
	return firstLeft(r, st, ContactKind, "shareDeptIds", shared, func(c Contact) string { return c.ID }), err
}
