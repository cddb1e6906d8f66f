package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/mingce/mingce/internal/directory"
)

type contactHandOverCommand struct {
	From   string `required:"" placeholder:"USERID" help:"The employee who owns the contacts now, or owned them before leaving."`
	To     string `required:"" placeholder:"USERID" help:"The employee who gets them."`
	DryRun bool   `help:"Only list the contacts that would move."`

	orgFlags `embed:""`
}

func (c *contactHandOverCommand) Run(o output) error {
	if c.From == c.To {
		return usagef("--from and --to are the same employee")
	}
	return c.session("mingce contact hand-over", func(ctx context.Context, s *directory.Session) error {
		ids, err := s.HandOver(ctx, c.From, c.To, c.DryRun)
		if err != nil {
			return err
		}
		p := &printTo{w: o.out}
		for _, id := range ids {
			p.line("%s", id)
		}
		verb := "moved"
		if c.DryRun {
			verb = "would move"
		}
		if p.err == nil {
			_, p.err = fmt.Fprintf(o.err, "%s %s from %s to %s\n", verb, contacts(len(ids)), c.From, c.To)
		}
		return p.err
	})
}

func contacts(n int) string {
	if n == 1 {
		return "1 contact"
	}
	return strconv.Itoa(n) + " contacts"
}
