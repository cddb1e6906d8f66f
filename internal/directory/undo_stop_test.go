package directory_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// refusing refuses all updates from the third one on: as often as asked, or for
// ever.
type refusing struct {
	directory.Store
	updates, times atomic.Int64
	err            error
}

func (r *refusing) Update(ctx context.Context, org string, fn func(directory.Tx) error) error {
	if r.updates.Add(1) > 2 && r.times.Add(-1) >= 0 {
		_ = r.Store.Update(ctx, org, func(tx directory.Tx) error { // it fails when all is written
			_ = fn(tx)
			return r.err
		})
		return r.err
	}
	return r.Store.Update(ctx, org, fn)
}

// TestUndoThatTheStoreStops: an undo waits for a busy store. A full disk ends it;
// it says so and what is done, and the same undo does the rest.
func TestUndoThatTheStoreStops(t *testing.T) {
	const objects = 450
	full := fmt.Errorf("%w: %w", directory.ErrDiskFull, directory.ErrBusy)
	for name, c := range map[string]struct {
		err     error
		times   int64
		stopped string
	}{
		"busy for a moment": {directory.ErrBusy, 3, ""},
		"full":              {full, 1 << 40, directory.UndoDiskFull},
	} {
		t.Run(name, func(t *testing.T) {
			overlapping(t, func(p *pair) {
				var edits []directory.Edit
				for i := range objects {
					v := contactValues()
					v["mobile"], v["followerUserId"] = fmt.Sprintf("86-1390001%04d", i), "023420013645"
					edits = append(edits, directory.Edit{Kind: directory.ContactKind, Do: directory.CreateObject, Values: v})
				}
				fast := p.fast.Session(directory.CommandLine(directory.SampleOrg), "test", "made")
				_, err := fast.EditObjects(context.Background(), edits, directory.EditOptions{})
				p.must(err)
				sel := directory.UndoSelection{RequestID: "made"}
				r := &refusing{Store: p.store, err: c.err}
				r.times.Store(c.times)
				slow := session(p.open(r))
				u, err := slow.Undo(context.Background(), sel, directory.UndoOptions{})
				p.must(err)
				if c.stopped == "" {
					if u.State != directory.UndoDone || u.Counts.Undone != objects || u.Stopped != "" {
						t.Errorf("undo: %+v", u)
					}
					return
				}
				if u.State != directory.UndoPartly || u.Stopped != c.stopped || u.Counts.Undone <= 0 || u.Counts.Undone >= objects {
					t.Errorf("undo on a full disk: %+v", u)
				}
				if kept, err := slow.UndoResult(context.Background(), u.ID); err != nil || kept.State != u.State || kept.Stopped != u.Stopped || kept.Counts != u.Counts {
					t.Errorf("undo on a full disk, asked later: %+v, %v", kept, err)
				}
				rest, err := session(p.fast).Undo(context.Background(), sel, directory.UndoOptions{})
				if err != nil || rest.State != directory.UndoDone || rest.Counts.Undone != objects-u.Counts.Undone {
					t.Errorf("undo of the rest: %+v, %v; %d were undone", rest, err, u.Counts.Undone)
				}
			})
		})
	}
}

// late does something once, before the first update.
type late struct {
	directory.Store
	before func()
	once   sync.Once
}

func (l *late) Update(ctx context.Context, org string, fn func(directory.Tx) error) error {
	l.once.Do(l.before)
	return l.Store.Update(ctx, org, fn)
}

// TestUndoThatOthersAreFasterThan: an undo that fits into one transaction and is
// refused there has changed nothing, and says so and why.
func TestUndoThatOthersAreFasterThan(t *testing.T) {
	overlapping(t, func(p *pair) {
		made := func(mobile string) string {
			v := contactValues()
			v["mobile"], v["followerUserId"] = mobile, "023420013645"
			fast := p.fast.Session(directory.CommandLine(directory.SampleOrg), "test", "made")
			r, err := fast.EditObjects(context.Background(), []directory.Edit{{Kind: directory.ContactKind, Do: directory.CreateObject, Values: v}}, directory.EditOptions{})
			p.must(err)
			return r[0].After.ID
		}
		gone, stays := made("86-13900010001"), made("86-13900010002")
		slow := session(p.open(&late{Store: p.store, before: func() {
			_, err := session(p.fast).EditObjects(context.Background(), []directory.Edit{{Kind: directory.ContactKind, ID: gone, Do: directory.RemoveObject}}, directory.EditOptions{})
			p.must(err)
		}}))
		u, err := slow.Undo(context.Background(), directory.UndoSelection{RequestID: "made"}, directory.UndoOptions{})
		if !errors.Is(err, directory.ErrUndoConflict) || u.State != directory.UndoPreviewed || u.Counts.Undone != 0 || u.Counts.Conflicts != 1 ||
			len(u.Conflicts) != 1 || u.Conflicts[0].ID != gone || u.Conflicts[0].Conflict != "changedDuring" {
			t.Errorf("got %+v, %v", u, err)
		}
		if _, err := slow.UndoResult(context.Background(), u.ID); !errors.Is(err, directory.ErrUndoNotFound) {
			t.Errorf("the undo that did nothing, asked later: got %v, want %v", err, directory.ErrUndoNotFound)
		}
		if _, err := session(p.fast).Object(context.Background(), directory.ContactKind, stays); err != nil {
			t.Errorf("the other contact: got %v, want it as it was", err)
		}
	})
}

// TestLargeUndoOfChangesBeforeDeletions: what an undo brings back and then changes is
// found to be there, in whichever transactions that is tried.
func TestLargeUndoOfChangesBeforeDeletions(t *testing.T) {
	const objects = 230
	overlapping(t, func(p *pair) {
		bg := context.Background()
		in := func(request string, edit func(i int) directory.Edit) []directory.EditResult {
			var edits []directory.Edit
			for i := range objects {
				edits = append(edits, edit(i))
			}
			results, err := p.fast.Session(directory.CommandLine(directory.SampleOrg), "test", request).EditObjects(bg, edits, directory.EditOptions{})
			p.must(err)
			return results
		}
		made := in("made", func(i int) directory.Edit {
			v := contactValues()
			v["mobile"], v["followerUserId"], v["title"] = fmt.Sprintf("86-1390001%04d", i), "023420013645", "before"
			return directory.Edit{Kind: directory.ContactKind, Do: directory.CreateObject, Values: v}
		})
		in("day", func(i int) directory.Edit {
			return directory.Edit{Kind: directory.ContactKind, ID: made[i].After.ID, Do: directory.ChangeObject, Values: directory.Values{"title": "after"}}
		})
		in("day", func(i int) directory.Edit {
			return directory.Edit{Kind: directory.ContactKind, ID: made[i].After.ID, Do: directory.RemoveObject}
		})
		u, err := session(p.fast).Undo(bg, directory.UndoSelection{RequestID: "day"}, directory.UndoOptions{})
		if err != nil || u.State != directory.UndoDone || u.Counts.Undone != objects || len(u.Conflicts) != 0 {
			t.Fatalf("got %+v, %v, want all undone", u.Counts, err)
		}
		for _, m := range made {
			o, err := session(p.fast).Object(bg, directory.ContactKind, m.After.ID)
			if err != nil || o.Values["title"] != "before" {
				t.Fatalf("got %v, %v, want it as it was", o.Values, err)
			}
		}
	})
}
