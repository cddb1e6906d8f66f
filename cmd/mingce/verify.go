package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
)

type verifyCommand struct {
	placeFlags `embed:""`
	keyFlag    `embed:""`
}

// Run checks the data of serve under its master key, or, when no key is given,
// the data of dev under the published one.
func (c *verifyCommand) Run(o output) error {
	options, err := c.options()
	if err != nil {
		return err
	}
	if options.Key, err = c.load(); err != nil {
		return err
	}
	options.Kind = store.Serve
	if options.Key == nil {
		options.Key, options.Kind = keyring.DevMaster(), store.Dev
	}
	return onStore(options, func(ctx context.Context, i *instance.Instance) error {
		r, err := i.Store.VerifyAudit(ctx)
		if err != nil {
			return err
		}
		p := &printTo{w: o.out}
		p.line("entries  %d, of which %d are not sealed yet and %d of erased people", r.Entries, r.Pending, r.Erased)
		p.line("chain    %d blocks, head %d %x", r.Blocks, r.Head.Pos, r.Head.MAC)
		for _, f := range r.Findings {
			p.line("WRONG    entry %d, block %d: %s", f.Seq, f.Pos, f.Problem)
		}
		if !r.OK() {
			return errors.Join(p.err, fmt.Errorf("the history was tampered with or damaged: %d findings", len(r.Findings)))
		}
		return p.err
	})
}
