package directory

import (
	"context"
	"time"
)

// exportPage is how many objects an export reads at a time.
const exportPage = 500

// Snapshot is the organisation at one moment, for an export. It is valid until
// the function it was passed to returns, and is not safe for concurrent use.
type Snapshot struct {
	s    *Session
	tx   Tx
	seq  int64
	only ObjectQuery
	all  bool
}

// ExportAll is the query of an export of all kinds, which loses nothing: only
// then are the hashes of passwords part of it.
var ExportAll = ObjectQuery{}

// Export calls write with the organisation at one moment. q limits the objects
// of its kind; other kinds are whole.
func (s *Session) Export(ctx context.Context, q ObjectQuery, write func(*Snapshot) error) error {
	return s.view(ctx, func(tx Tx) error {
		seq, err := tx.History().LastEntry()
		if err != nil {
			return err
		}
		return write(&Snapshot{s: s, tx: tx, seq: seq, only: q, all: q.Kind == ""})
	})
}

// Seq is the number of the last entry of the history that the snapshot holds.
func (x *Snapshot) Seq() int64 { return x.seq }

// Time is the time of the call.
func (x *Snapshot) Time() time.Time { return x.s.now }

// whole is an editor whose kind stores more than a list shows.
type whole interface {
	// complete adds what only a lossless export holds.
	complete(s *Session, tx Tx, page []Object) error
}

// Each calls fn for every object of a kind in the order in which they can be
// imported again: that of lists, but departments after their parents. fn must not use
// the snapshot, which is already reading on.
func (x *Snapshot) Each(kind Kind, fn func(Object) error) error {
	q := ObjectQuery{Kind: kind}
	if kind == x.only.Kind {
		q = x.only
	}
	return x.each(kind, q, fn)
}

// Whole is Each without the query of the export.
func (x *Snapshot) Whole(kind Kind, fn func(Object) error) error {
	return x.each(kind, ObjectQuery{Kind: kind}, fn)
}

func (x *Snapshot) each(kind Kind, q ObjectQuery, fn func(Object) error) error {
	ed, ok := editors[kind]
	if !ok {
		return nil
	}
	if kind == DepartmentKind {
		each := fn
		var all []Object
		fn = func(o Object) error {
			all = append(all, o)
			return nil
		}
		if err := x.pages(ed, q, fn); err != nil {
			return err
		}
		return parentsFirst(all, each)
	}
	return x.pages(ed, q, fn)
}

// pages calls fn for all objects of a query, and reads the next page meanwhile.
func (x *Snapshot) pages(ed editor, q ObjectQuery, fn func(Object) error) error {
	q.Sort, q.Limit, q.After, q.Count = ByCreation, exportPage, "", false
	return ahead(func(yield func([]Object) bool) error {
		for {
			p, err := ed.list(x.s, x.tx, q)
			if err != nil {
				return err
			}
			if w, ok := ed.(whole); ok && x.all {
				if err := w.complete(x.s, x.tx, p.Items); err != nil {
					return err
				}
			}
			if !yield(p.Items) || p.Next == "" {
				return nil
			}
			q.After = p.Next
		}
	}, func(page []Object) error {
		for _, o := range page {
			if err := fn(o); err != nil {
				return err
			}
		}
		return nil
	})
}

// parentsFirst calls fn for departments in their order, but for each after its
// parent.
func parentsFirst(all []Object, fn func(Object) error) error {
	at := make(map[int64]int, len(all))
	for i, o := range all {
		at[o.Values.Number("deptId")] = i
	}
	done := make([]bool, len(all))
	var write func(i int) error
	write = func(i int) error {
		if done[i] {
			return nil
		}
		done[i] = true
		if parent, ok := at[all[i].Values.Number("parentId")]; ok {
			if err := write(parent); err != nil {
				return err
			}
		}
		return fn(all[i])
	}
	for i := range all {
		if err := write(i); err != nil {
			return err
		}
	}
	return nil
}

// RecordExport writes the history of an export: what was written, by whom. The
// values are those of the JSON API.
func (s *Session) RecordExport(ctx context.Context, id string, values Record, with func(Tx)) error {
	return s.update(ctx, func(tx Tx) error {
		if with != nil {
			with(tx)
		}
		s.audit(tx, Change{Noun: exportNoun, Object: id, Action: "export", After: values})
		return nil
	})
}

// NewExportID makes the id of an export.
func (s *Session) NewExportID() string { return "export-" + s.dir.ids.Base62(16) }
