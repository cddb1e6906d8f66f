package directory

import (
	"context"
	"errors"
	"unsafe"
)

// ControlLevel is a folder or member account with the control policies that are
// attached to it. A member may do what every level from itself up to the root
// allows (docs/spec/control-policies.md#evaluation-level-by-level).
type ControlLevel struct {
	Target   string
	Policies []ControlPolicy // their ids and documents
}

// bounds are the levels of a member.
type bounds []ControlLevel

func (b bounds) size() (n int) {
	for _, level := range b {
		n += int(unsafe.Sizeof(level)) + len(level.Target)
		for _, p := range level.Policies {
			n += int(unsafe.Sizeof(p)) + len(p.ID) + len(p.Document)
		}
	}
	return n
}

// Bounds returns the levels that bind a caller: its account first, the root
// folder last. None binds the management account, accounts outside of every
// directory, and anybody while control policies are disabled. Nor does any bind
// a root key: only policies of scope All do, and the only one, the system
// policy, allows everything. The answer is cached for up to a second and must
// not be changed.
func (d *Directory) Bounds(ctx context.Context, p Principal) ([]ControlLevel, error) {
	if p.Member == "" || p.Root {
		return nil, nil
	}
	now, key := d.now(), p.Org+" "+p.Member
	if levels, ok := d.bounds.get(key, now); ok {
		return levels, nil
	}
	var levels bounds
	err := d.store.View(ctx, p.Org, func(tx Tx) error {
		rd, err := tx.ResourceDirectory().ResourceDirectory()
		switch {
		case errors.Is(err, ErrDirectoryNotEnabled):
			return nil
		case err != nil:
			return err
		case !rd.boundsMembers():
			return nil
		}
		levels, err = rd.levelsOf(tx, p.Member)
		return err
	})
	if err != nil {
		return nil, err
	}
	d.bounds.put(key, levels, now)
	return levels, nil
}

// levelsOf returns the levels of a member. One that has just left the directory
// has a level without policies, which allows nothing, until its key is that of
// an account outside again.
func (rd ResourceDirectory) levelsOf(tx Tx, member string) (bounds, error) {
	a, err := tx.Accounts().Account(member)
	if errors.Is(err, ErrAccountNotFound) {
		return bounds{{Target: member}}, nil
	}
	if err != nil {
		return nil, err
	}
	above, err := tx.Folders().Ancestors(a.FolderID)
	if err != nil {
		return nil, err
	}
	ids := []string{member}
	for i := range above {
		ids = append(ids, above[len(above)-1-i].ID)
	}
	records, err := tx.ControlAttachments().ControlAttachments(ids)
	if err != nil {
		return nil, err
	}
	levels := make(bounds, len(ids))
	for i, id := range ids {
		levels[i].Target = id
		for _, at := range rd.attachedTo(id, rd.ControlPoliciesAt, records) {
			levels[i].Policies = append(levels[i].Policies, ControlPolicy{ID: at.Policy.ID, Document: at.Policy.Document})
		}
	}
	return levels, nil
}
