package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Errors of labels and their groups. Methods wrap them with context; compare with errors.Is.
var (
	ErrLabelNotFound = errors.New("label not found")
	ErrLabelName     = errors.New("name of the label is not acceptable")
	ErrLabelExists   = errors.New("a label or group with this name exists")
)

// LabelGroup is a group of labels for external contacts.
type LabelGroup struct {
	ID     int64
	Name   string
	Color  int64 // signed 32-bit ARGB
	Labels []Label

	Version              int64
	CreatedAt, UpdatedAt time.Time // zero if it is older than these times
}

// Label is a label for external contacts. Its id is unique in the organisation
// and, in real data, exceeds 31 bits.
type Label struct {
	ID      int64
	GroupID int64
	Name    string

	Version              int64
	CreatedAt, UpdatedAt time.Time // zero if it is older than these times
}

// LabelTx reads and writes label groups and labels.
type LabelTx interface {
	// LabelGroups returns size groups from the offset-th on, with their labels,
	// in console order.
	LabelGroups(offset, size int64) ([]LabelGroup, error)
	// MissingLabels returns those of ids that do not exist.
	MissingLabels(ids []int64) ([]int64, error)
	// PutLabelGroup writes the group and its labels, in the order given.
	PutLabelGroup(g LabelGroup, position int64)
}

// LabelAdminTx changes single labels. A name or an id that is taken makes
// Update return ErrLabelExists.
type LabelAdminTx interface {
	// InsertLabel adds a label after the others of its group.
	InsertLabel(l Label)
	// InsertLabelGroup adds a group without labels after the others.
	InsertLabelGroup(g LabelGroup)
	// UpdateLabel writes name and group of a label; one that changes its group
	// comes after the others there.
	UpdateLabel(before, l Label)
	// UpdateLabelGroup writes name and color of a group.
	UpdateLabelGroup(g LabelGroup)
	// DeleteLabels deletes labels. The caller removes them from contacts first.
	DeleteLabels(ids []int64)
	// DeleteLabelGroup removes a group that has no labels.
	DeleteLabelGroup(id int64)
}

// MaxLabelName is the longest name of a label or group, in characters.
// Decision: the vendor's pages name no limit.
const MaxLabelName = 64

// LabelGroups returns a page of the organisation's label groups in console
// order; offset and size count groups, and beyond the end it is empty
// (docs/spec/external-contacts.md#paging-of-label-groups).
func (s *Session) LabelGroups(ctx context.Context, offset, size int64) (gs []LabelGroup, err error) {
	err = s.view(ctx, func(tx Tx) error {
		gs, err = tx.Labels().LabelGroups(offset, size)
		return err
	})
	return gs, err
}

// allLabelGroups reads every group of the organisation, in console order.
func allLabelGroups(tx Tx) ([]LabelGroup, error) { return tx.Labels().LabelGroups(0, 1<<40) }

// CreateLabel adds a label to the group of that name, and creates the group if
// there is none. It returns ErrLabelName, ErrLabelExists or ErrOrgNotFound.
func (s *Session) CreateLabel(ctx context.Context, group, name string) (Label, error) {
	l := Label{ID: s.newLabelID(), Name: name, Version: 1, CreatedAt: s.now, UpdatedAt: s.now}
	groupID := s.newLabelID()
	err := s.update(ctx, func(tx Tx) error {
		for _, n := range []string{group, name} {
			if err := checkLabelName(n); err != nil {
				return err
			}
		}
		gs, err := labelGroupsToChange(tx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(gs, func(g LabelGroup) bool { return NameKey(g.Name) == NameKey(group) })
		if i >= 0 && slices.ContainsFunc(gs[i].Labels, func(l Label) bool { return NameKey(l.Name) == NameKey(name) }) {
			return ErrLabelExists
		}
		g := LabelGroup{ID: groupID, Name: group, Color: labelColor(gs), Version: 1, CreatedAt: s.now, UpdatedAt: s.now}
		if i < 0 {
			s.addLabelGroup(tx, g, "create")
		} else {
			g = gs[i]
		}
		l.GroupID = g.ID
		s.addLabel(tx, l, g.Name, "create")
		return nil
	})
	if err != nil {
		return Label{}, fmt.Errorf("create label: %w", err)
	}
	return l, nil
}

// labelGroupsToChange reads all groups for a change. Its lock keeps a group from
// being deleted, and two of one name from being created.
func labelGroupsToChange(tx Tx) ([]LabelGroup, error) {
	if _, err := tx.Orgs().OrgToChange(); err != nil {
		return nil, err
	}
	return allLabelGroups(tx)
}

// labelColor is the color of the next group.
func labelColor(gs []LabelGroup) int64 { return labelColors[len(gs)%len(labelColors)] }

// addLabelGroup writes a new or restored group, with its history.
func (s *Session) addLabelGroup(tx Tx, g LabelGroup, action string) {
	tx.LabelAdmin().InsertLabelGroup(g)
	s.audit(tx, Change{Noun: labelGroupNoun, Object: strconv.FormatInt(g.ID, 10), Action: action, Version: g.Version, After: g.record()})
}

// addLabel writes a new or restored label, with its history.
func (s *Session) addLabel(tx Tx, l Label, group, action string) {
	tx.LabelAdmin().InsertLabel(l)
	s.audit(tx, Change{Noun: labelNoun, Object: strconv.FormatInt(l.ID, 10), Action: action, Version: l.Version, After: l.record(group)})
}

// The nouns of labels in the history.
const (
	labelNoun      = "label"
	labelGroupNoun = "label-group"
)

func (g LabelGroup) record() Record        { return Record{"name": g.Name, "color": g.Color} }
func (l Label) record(group string) Record { return Record{"name": l.Name, "group": group} }

// newLabelID generates an id for a label or group. They share one id space;
// random ids do not reuse those of deleted ones
// (docs/spec/external-contacts.md#ids-of-labels).
func (s *Session) newLabelID() int64 {
	id, err := strconv.ParseInt(s.dir.ids.Digits(10), 10, 64)
	if err != nil {
		panic("label id: " + err.Error()) // Digits returns digits
	}
	return id
}

func checkLabelName(name string) error {
	if !isName(name, MaxLabelName) {
		return ErrLabelName
	}
	return nil
}

// RenameLabel renames the label or the group with that id. It returns
// ErrLabelName, ErrLabelNotFound, ErrLabelExists or ErrOrgNotFound. Contacts
// refer to labels by id, so they do not change.
func (s *Session) RenameLabel(ctx context.Context, id int64, name string) error {
	err := s.update(ctx, func(tx Tx) error {
		if err := checkLabelName(name); err != nil {
			return err
		}
		if _, err := tx.Orgs().OrgToChange(); err != nil { // as in CreateLabel
			return err
		}
		g, l, err := findLabel(tx, id)
		if err != nil {
			return err
		}
		if err := renameTaken(tx, g, l, name); err != nil {
			return err
		}
		if l.ID == 0 {
			after := g
			after.Name = name
			s.changeLabelGroup(tx, g, after)
			return nil
		}
		after := l
		after.Name = name
		s.changeLabel(tx, l, after, g.Name, g.Name)
		return nil
	})
	if err != nil {
		return fmt.Errorf("rename label %d: %w", id, err)
	}
	return nil
}

// changeLabel writes what differs between two states of a label, with its
// history. It only writes.
func (s *Session) changeLabel(tx Tx, before, after Label, group, newGroup string) {
	old, changed := diff(before.record(group), after.record(newGroup))
	if len(changed) > 0 {
		after.Version, after.UpdatedAt = before.Version+1, s.now
		tx.LabelAdmin().UpdateLabel(before, after)
	}
	s.audit(tx, Change{Noun: labelNoun, Object: strconv.FormatInt(after.ID, 10), Action: "update", Version: after.Version, Before: old, After: changed})
}

// changeLabelGroup is changeLabel for a group.
func (s *Session) changeLabelGroup(tx Tx, before, after LabelGroup) {
	old, changed := diff(before.record(), after.record())
	if len(changed) > 0 {
		after.Version, after.UpdatedAt = before.Version+1, s.now
		tx.LabelAdmin().UpdateLabelGroup(after)
	}
	s.audit(tx, Change{Noun: labelGroupNoun, Object: strconv.FormatInt(after.ID, 10), Action: "update", Version: after.Version, Before: old, After: changed})
}

// renameTaken returns ErrLabelExists if another label of the group (if l is
// zero: another group) has a name that looks like name.
func renameTaken(tx Tx, g LabelGroup, l Label, name string) error {
	taken := slices.ContainsFunc(g.Labels, func(o Label) bool { return o.ID != l.ID && NameKey(o.Name) == NameKey(name) })
	if l.ID == 0 {
		gs, err := allLabelGroups(tx)
		if err != nil {
			return err
		}
		taken = slices.ContainsFunc(gs, func(o LabelGroup) bool { return o.ID != g.ID && NameKey(o.Name) == NameKey(name) })
	}
	if taken {
		return ErrLabelExists
	}
	return nil
}

// findLabel returns the group with that id, or the label and its group, or
// ErrLabelNotFound.
func findLabel(tx Tx, id int64) (LabelGroup, Label, error) {
	gs, err := allLabelGroups(tx)
	if err != nil {
		return LabelGroup{}, Label{}, err
	}
	for _, g := range gs {
		if g.ID == id {
			return g, Label{}, nil
		}
		for _, l := range g.Labels {
			if l.ID == id {
				return g, l, nil
			}
		}
	}
	return LabelGroup{}, Label{}, ErrLabelNotFound
}

// DeleteLabel deletes the label with that id, or the group with all its labels,
// and removes it from the contacts that have it
// (docs/spec/external-contacts.md#deletion-of-a-label). It returns how many
// contacts were changed, or ErrLabelNotFound or ErrOrgNotFound. The change is
// atomic; each contact has its history and its event.
func (s *Session) DeleteLabel(ctx context.Context, id int64) (contacts int, err error) {
	err = s.update(ctx, func(tx Tx) error {
		if _, err := tx.Orgs().OrgToChange(); err != nil { // as in CreateLabel
			return err
		}
		g, l, err := findLabel(tx, id)
		if err != nil {
			return err
		}
		contacts, err = s.removeLabel(tx, g, l)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("delete label %d: %w", id, err)
	}
	return contacts, nil
}

// removeLabel deletes a label of a group or, if it is zero, the group with all
// its labels. The caller has read them for a change.
func (s *Session) removeLabel(tx Tx, g LabelGroup, l Label) (contacts int, err error) {
	labels := []Label{l}
	if l.ID == 0 {
		labels = g.Labels
	}
	cs, err := contactsWithLabels(tx, labels)
	if err != nil {
		return 0, err
	}
	deleted := func(id int64) bool { return slices.ContainsFunc(labels, func(l Label) bool { return l.ID == id }) }
	plan, err := planContacts(tx, cs, func(c *Contact) { c.LabelIDs = slices.DeleteFunc(slices.Clone(c.LabelIDs), deleted) })
	if err != nil {
		return 0, err
	}
	s.deleteLabels(tx, g, labels, plan)
	if l.ID == 0 {
		tx.LabelAdmin().DeleteLabelGroup(g.ID)
		id, version := strconv.FormatInt(g.ID, 10), g.Version+1
		g.Labels = nil // each is in the bin by itself
		s.discard(tx, BinItem{Kind: LabelGroupKind, ID: id, Name: g.Name, Version: version}, g)
		s.audit(tx, Change{Noun: labelGroupNoun, Object: id, Action: "delete", Version: version, Before: g.record()})
	}
	return len(plan), nil
}

// contactsWithLabels returns every contact that has one of the labels, once.
func contactsWithLabels(tx Tx, labels []Label) (cs []Contact, err error) {
	seen := map[string]bool{}
	for _, l := range labels {
		found, err := tx.ContactList().ContactsWithLabel(l.ID)
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			if !seen[c.ID] {
				seen[c.ID] = true
				cs = append(cs, c)
			}
		}
	}
	return cs, nil
}

// deleteLabels deletes labels of a group and removes them from the contacts in
// the plan.
func (s *Session) deleteLabels(tx Tx, g LabelGroup, labels []Label, plan []contactChange) {
	for _, c := range plan {
		s.changeContact(tx, c.before, c.after)
	}
	ids := make([]int64, len(labels))
	for i, l := range labels {
		ids[i] = l.ID
	}
	tx.LabelAdmin().DeleteLabels(ids)
	for _, l := range labels {
		id, version := strconv.FormatInt(l.ID, 10), l.Version+1
		s.discard(tx, BinItem{Kind: LabelKind, ID: id, Name: l.Name, Version: version}, l)
		s.audit(tx, Change{Noun: labelNoun, Object: id, Action: "delete", Version: version, Before: l.record(g.Name)})
	}
}
