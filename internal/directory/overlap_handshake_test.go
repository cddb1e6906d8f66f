package directory_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
)

// outside is the sample's account outside every directory as a caller.
func outside(d *directory.Directory) *directory.Session {
	return d.Session(directory.Principal{Kind: directory.KeyCaller, Org: directory.OutsideOrg, ID: directory.OutsideAccessKey, AccountID: directory.OutsideAccount}, "test", "overlap")
}

// membership is what the rows say about the membership of the outside account.
func (p *pair) membership() (row, joined bool) {
	p.t.Helper()
	p.must(p.store.View(context.Background(), directory.SampleOrg, func(tx directory.Tx) error {
		_, err := tx.Accounts().Account(directory.OutsideAccount)
		if row = err == nil; err != nil && !errors.Is(err, directory.ErrAccountNotFound) {
			return err
		}
		a, err := tx.AliyunAccounts().AliyunAccountByID(directory.OutsideAccount)
		if errors.Is(err, directory.ErrAccountNotFound) {
			return nil
		}
		joined = a.MemberOf == directory.SampleOrg
		return err
	}))
	return row, joined
}

// rounds lets an acceptance meet another call, each of them as the first once,
// and checks that the two sides agree on the membership. The rows of the
// directory can be prepared before.
func (p *pair) rounds(prepare func(), other func(d *directory.Directory, id string) error, check func(round int, accepted, err error)) {
	p.t.Helper()
	ctx := context.Background()
	for round := range 2 {
		prepare()
		h, err := session(p.fast).Invite(ctx, directory.NewHandshake{TargetType: directory.TargetAccount, Target: directory.OutsideAccount})
		p.must(err)
		accept := func(d *directory.Directory) error { _, err := outside(d).AcceptHandshake(ctx, h.ID); return err }
		second := func(d *directory.Directory) error { return other(d, h.ID) }
		var accepted, failed error
		if round == 0 {
			accepted, failed = p.meet(accept, second)
		} else {
			failed, accepted = p.meet(second, accept)
		}
		row, joined := p.membership()
		if row != joined {
			p.t.Errorf("round %d: got member %v on one side and %v on the other (%v, %v)", round, row, joined, accepted, failed)
		}
		check(round, accepted, failed)
		if row {
			p.must(session(p.fast).RemoveAccount(ctx, directory.OutsideAccount))
		}
	}
}

func nothing() {}

// TestOneCallSettlesAHandshake: of two calls that settle an invitation at once
// one wins (docs/spec/handshakes.md#handshakes).
func TestOneCallSettlesAHandshake(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		for name, other := range map[string]func(d *directory.Directory, id string) error{
			"accept": func(d *directory.Directory, id string) error {
				_, err := outside(d).AcceptHandshake(ctx, id)
				return err
			},
			"cancel": func(d *directory.Directory, id string) error {
				_, err := session(d).CancelHandshake(ctx, id)
				return err
			},
			"decline": func(d *directory.Directory, id string) error {
				_, err := outside(d).DeclineHandshake(ctx, id)
				return err
			},
		} {
			p.rounds(nothing, other, func(round int, accepted, err error) {
				if (accepted == nil) == (err == nil) {
					p.t.Errorf("%s, round %d: got %v and %v, want one of them to win", name, round, accepted, err)
				}
				for _, lost := range []error{accepted, err} {
					if lost != nil && !errors.Is(lost, directory.ErrHandshakeStatus) {
						p.t.Errorf("%s, round %d: got %v, want %v", name, round, lost, directory.ErrHandshakeStatus)
					}
				}
			})
		}
	})
}

// TestHandshakeExpiresWhileItIsAccepted: a call that began in time is carried
// out, and one that did not begin in time is not.
func TestHandshakeExpiresWhileItIsAccepted(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		late := directory.Open(directory.Config{Store: p.store, Keys: keyring.DevMaster(), NewID: &p.ids,
			Now: func() time.Time { return time.Date(2026, 12, 6, 10, 0, 0, 0, time.UTC) }})
		h, err := session(p.fast).Invite(ctx, directory.NewHandshake{TargetType: directory.TargetAccount, Target: directory.OutsideAccount})
		p.must(err)
		accepted, cancelled := p.meet(func(d *directory.Directory) error { _, err := outside(d).AcceptHandshake(ctx, h.ID); return err },
			func(*directory.Directory) error { _, err := session(late).CancelHandshake(ctx, h.ID); return err })
		if p.must(accepted); !errors.Is(cancelled, directory.ErrHandshakeStatus) {
			p.t.Errorf("got %v, want %v", cancelled, directory.ErrHandshakeStatus)
		}
		if row, joined := p.membership(); !row || !joined {
			p.t.Errorf("got member %v on one side and %v on the other", row, joined)
		}
	})
}

// TestAccountIsInOneDirectory: an account that joins a directory does not enable
// its own at the same time.
func TestAccountIsInOneDirectory(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		p.rounds(nothing, func(d *directory.Directory, _ string) error {
			_, err := outside(d).CreateResourceDirectory(ctx, directory.NewDirectory{})
			return err
		}, func(round int, accepted, err error) {
			switch {
			case (accepted == nil) == (err == nil),
				accepted != nil && !errors.Is(accepted, directory.ErrJoinedElsewhere),
				// The operations have a code for ErrDirectoryEnabled.
				err != nil && (!errors.Is(err, directory.ErrDirectoryElsewhere) || !errors.Is(err, directory.ErrDirectoryEnabled)):
				p.t.Errorf("round %d: got %v and %v, want one directory", round, accepted, err)
			}
			if err == nil {
				p.must(outside(p.fast).DestroyResourceDirectory(ctx))
			}
		})
	})
}

// TestDirectoryGoesWhileAnAccountJoins: either the account has joined and the
// directory stays, or the directory is gone.
func TestDirectoryGoesWhileAnAccountJoins(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		as, _, err := session(p.fast).Accounts(ctx, directory.AccountFilter{Limit: 100})
		p.must(err)
		for _, a := range as {
			_, err := session(p.fast).DeleteAccount(ctx, a.ID)
			p.must(err)
		}
		p.rounds(func() {
			_, err := session(p.fast).EnableResourceDirectory(ctx)
			p.must(err)
		}, func(d *directory.Directory, _ string) error { return session(d).DestroyResourceDirectory(ctx) }, func(round int, accepted, err error) {
			switch {
			case (accepted == nil) == (err == nil),
				accepted != nil && !errors.Is(accepted, directory.ErrDirectoryGone),
				err != nil && !errors.Is(err, directory.ErrDirectoryHasAccounts):
				p.t.Errorf("round %d: got %v and %v, want one of them to win", round, accepted, err)
			}
		})
	})
}

// TestOrganisationGoesWhileItsAccountJoins: nothing of it stays in the
// directory.
func TestOrganisationGoesWhileItsAccountJoins(t *testing.T) {
	for name, deleted := range map[string]string{"the account's": directory.OutsideOrg, "the directory's": directory.SampleOrg} {
		t.Run(name, func(t *testing.T) {
			overlapping(t, func(p *pair) {
				ctx := context.Background()
				h, err := session(p.fast).Invite(ctx, directory.NewHandshake{TargetType: directory.TargetAccount, Target: directory.OutsideAccount})
				p.must(err)
				p.must(sessionOf(p.fast, deleted).SetOrgDisabled(ctx, true))
				_, err = p.meet(func(d *directory.Directory) error { _, err := outside(d).AcceptHandshake(ctx, h.ID); return err },
					func(d *directory.Directory) error { return sessionOf(d, deleted).DeleteOrg(ctx) })
				p.must(err)
				if row, joined := p.membership(); row || joined {
					t.Errorf("got member %v in the directory, %v outside, want neither", row, joined)
				}
			})
		})
	}
}
