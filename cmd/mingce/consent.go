package main

import (
	"context"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

type consentCommands struct {
	Give     consentGiveCommand     `cmd:"" help:"Record that a person agreed to become an employee; an app may then add them once, within 30 days."`
	Withdraw consentWithdrawCommand `cmd:"" help:"Record that a person no longer agrees."`
	List     consentListCommand     `cmd:"" help:"List the consents that were not used yet."`
}

// personFlags name a person who is not an employee yet.
type personFlags struct {
	Person string `arg:"" name:"person" help:"Mobile (13900001234, +852-61239999) or login mail."`

	orgFlags `embed:""`
}

type consentGiveCommand struct {
	personFlags `embed:""`
}

func (c *consentGiveCommand) Run(o output) error {
	return c.session("mingce consent give", func(ctx context.Context, s *directory.Session) error {
		given, err := s.GiveConsent(ctx, c.Person)
		if err != nil {
			return err
		}
		p := &printTo{w: o.out}
		p.line("%s may be added until %s", directory.MaskAddress(given.Person), given.Until().Format(time.DateOnly))
		return p.err
	})
}

type consentWithdrawCommand struct {
	personFlags `embed:""`
}

func (c *consentWithdrawCommand) Run() error {
	return c.session("mingce consent withdraw", func(ctx context.Context, s *directory.Session) error {
		_, err := s.WithdrawConsent(ctx, c.Person)
		return err
	})
}

type consentListCommand struct {
	orgFlags `embed:""`
}

func (c *consentListCommand) Run(o output) error {
	return c.session("mingce consent list", func(ctx context.Context, s *directory.Session) error {
		cs, err := s.Consents(ctx)
		if err != nil {
			return err
		}
		p := newTable(o.out)
		p.line("PERSON\tGIVEN\tUNTIL")
		for _, given := range cs {
			p.line("%s\t%s\t%s", directory.MaskAddress(given.Person), given.GivenAt.Format(time.DateOnly), given.Until().Format(time.DateOnly))
		}
		return p.end()
	})
}
