package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/backup"
	"github.com/mingce/mingce/internal/store/engine"
)

type verifyCommand struct {
	dataFlags `embed:""`
	keyFlag   `embed:""`
}

// Run checks all data of an installation. It changes nothing, and a server may be running.
// Without a key the data is taken for data of dev. A check that could not be finished says
// nothing of the data and ends with 3; so does one that the disk keeps from beginning.
func (c *verifyCommand) Run(o output) error {
	var r backup.Report
	began := false
	err := onReading(c.dataFlags, c.keyFlag, func(ctx context.Context, s *store.Store) (err error) {
		began = true
		r, err = backup.Check(ctx, s)
		return err
	})
	if failed, ok := backup.Failure(err); ok {
		r, err = failed, nil
	}
	switch {
	case err == nil:
		return describeCheck(o, r)
	case !began && !engine.NoSpace(err) && !engine.DiskError(err):
		return c.orNoKey(err)
	}
	unfinished := partlyError{fmt.Errorf("the check could not be finished: %w", err)}
	if r.OK() {
		return unfinished
	}
	fmt.Fprintln(o.err, "mingce: "+explain(unfinished))
	return describeCheck(o, r)
}

func describeCheck(o output, r backup.Report) error {
	p := &printTo{w: o.out}
	a := r.Audit
	p.line("schema   %d", r.Schema)
	p.line("rows     %d, %d sealed values opened", r.Rows, r.Sealed)
	p.line("entries  %d, of which %d are not sealed yet and %d are about erased people", a.Entries, a.Pending, a.Erased)
	p.line("chain    %d blocks, head %d %x", a.Blocks, a.Head.Pos, a.Head.MAC)
	if !r.Since.IsZero() {
		p.line("summed   since %s", r.Since.UTC().Format(time.RFC3339))
	}
	for _, f := range r.Findings {
		p.line("WRONG    %s", f)
	}
	for _, f := range a.Findings {
		p.line("WRONG    entry %d, block %d: %s", f.Seq, f.Pos, f.Problem)
	}
	found := r.Found + a.Found
	if hidden := found - len(r.Findings) - len(a.Findings); hidden > 0 {
		p.line("         and %d more", hidden)
	}
	if !r.OK() {
		return errors.Join(p.err, fmt.Errorf("the data was tampered with or damaged: %d findings", found))
	}
	return p.err
}
