package directory

import (
	"maps"
	"slices"
	"time"
)

// shareSlack is the clock difference tolerated between the process that adds an
// employee and the one that shares a contact with them.
const shareSlack = time.Minute

// sharesChunk is how many ids are looked up at a time.
const sharesChunk = 1000

// dropDeletedShares takes employees and departments that were deleted out of the
// lists of whom contacts are shared with, and employees who were added under the
// id of a deleted one after the sharing
// (docs/spec/external-contacts.md#deleted-people-and-departments-in-shares).
//
// Decision: a deletion does not touch the contacts, of which a department may
// have a million. Reads leave the deleted ones out, and the next change of a
// contact removes them from its row.
func dropDeletedShares(tx VisibilityTx, cs []Contact) error {
	users, depts := map[string]bool{}, map[int64]bool{}
	for i := range cs {
		for _, id := range cs[i].ShareUserIDs {
			users[id] = true
		}
		for _, id := range cs[i].ShareDeptIDs {
			depts[id] = true
		}
	}
	if len(users) == 0 && len(depts) == 0 {
		return nil
	}
	added, exist, err := present(tx, slices.Sorted(maps.Keys(users)), slices.Sorted(maps.Keys(depts)))
	if err != nil {
		return err
	}
	for i := range cs {
		c := &cs[i]
		c.ShareUserIDs = only(c.ShareUserIDs, func(id string) bool {
			at, ok := added[id]
			return ok && !at.After(c.UpdatedAt.Add(shareSlack))
		})
		c.ShareDeptIDs = only(c.ShareDeptIDs, func(id int64) bool { return exist[id] })
	}
	return nil
}

// present is VisibilityTx.Present for lists of any length.
func present(tx VisibilityTx, users []string, depts []int64) (added map[string]time.Time, exist map[int64]bool, err error) {
	added, exist = map[string]time.Time{}, map[int64]bool{}
	for len(users) > 0 || len(depts) > 0 {
		u, d := min(len(users), sharesChunk), min(len(depts), sharesChunk)
		someUsers, someDepts, err := tx.Present(users[:u], depts[:d])
		if err != nil {
			return nil, nil, err
		}
		maps.Copy(added, someUsers)
		maps.Copy(exist, someDepts)
		users, depts = users[u:], depts[d:]
	}
	return added, exist, nil
}

// only returns the entries that keep accepts: the list itself if it accepts
// all, else a new one. nil stays nil.
func only[T any](list []T, keep func(T) bool) []T {
	gone := func(v T) bool { return !keep(v) }
	if !slices.ContainsFunc(list, gone) {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), gone)
}
