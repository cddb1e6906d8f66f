package directory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// TestMemberGoesWhileAContactIsBound: no contact stays bound to a deleted
// member.
func TestMemberGoesWhileAContactIsBound(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		members := map[string]func(round int) (id string, remove func(*directory.Session) error){
			"account": func(round int) (string, func(*directory.Session) error) {
				a, err := session(p.fast).CreateAccount(ctx, directory.NewAccount{DisplayName: fmt.Sprint("account", round)})
				p.must(err)
				return a.ID, func(s *directory.Session) error { _, err := s.DeleteAccount(ctx, a.ID); return err }
			},
			"folder": func(round int) (string, func(*directory.Session) error) {
				f, err := session(p.fast).CreateFolder(ctx, directory.Folder{Name: fmt.Sprint("folder", round)})
				p.must(err)
				return f.ID, func(s *directory.Session) error { return s.DeleteFolder(ctx, f.ID) }
			},
		}
		for kind, member := range members {
			p.bothWays(func(round int) (a, b func(*directory.Session) error, check func(a, b error)) {
				id, remove := member(round)
				return func(s *directory.Session) error {
						return s.AssociateMembers(ctx, directory.SampleMessageContact, []string{id})
					}, remove, func(a, b error) {
						if p.must(b); a != nil && !errors.Is(a, directory.ErrMemberNotFound) {
							p.t.Errorf("%s, round %d: got %v", kind, round, a)
						}
						c, err := session(p.fast).MessageContact(ctx, directory.SampleMessageContact)
						if p.must(err); slices.Contains(c.Members, id) {
							p.t.Errorf("%s, round %d: got a binding to a deleted member", kind, round)
						}
					}
			})
		}
	})
}

// TestPayerGoesWhileItsMemberIsMade: no account is paid for by a deleted one.
func TestPayerGoesWhileItsMemberIsMade(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		p.bothWays(func(round int) (a, b func(*directory.Session) error, check func(a, b error)) {
			payer, err := session(p.fast).CreateAccount(ctx, directory.NewAccount{DisplayName: fmt.Sprint("payer", round)})
			p.must(err)
			_, err = session(p.fast).UpdateAccount(ctx, payer.ID, directory.AccountUpdate{Type: directory.CloudAccount})
			p.must(err)
			var made directory.Account
			return func(s *directory.Session) (err error) {
					made, err = s.CreateAccount(ctx, directory.NewAccount{DisplayName: fmt.Sprint("paid for", round), PayerID: payer.ID})
					return err
				}, func(s *directory.Session) error {
					return s.RemoveAccount(ctx, payer.ID)
				}, func(a, b error) {
					p.must(b)
					if errors.Is(a, directory.ErrAccountPayer) {
						return
					}
					p.must(a)
					member, err := session(p.fast).Account(ctx, made.ID)
					if p.must(err); member.PayerID != "" {
						p.t.Errorf("round %d: got a deleted payer", round)
					}
				}
		})
	})
}

// TestDirectoryGoesWhileAContactIsBound is the same for the root.
func TestDirectoryGoesWhileAContactIsBound(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		as, _, err := session(p.fast).Accounts(ctx, directory.AccountFilter{Limit: 100})
		p.must(err)
		for _, a := range as {
			_, err := session(p.fast).DeleteAccount(ctx, a.ID)
			p.must(err)
		}
		p.bothWays(func(round int) (a, b func(*directory.Session) error, check func(a, b error)) {
			rd, err := session(p.fast).EnableResourceDirectory(ctx)
			p.must(err)
			return func(s *directory.Session) error {
					return s.AssociateMembers(ctx, directory.SampleMessageContact, []string{rd.RootFolderID})
				}, func(s *directory.Session) error { return s.DestroyResourceDirectory(ctx) }, func(a, b error) {
					if p.must(b); a != nil && !errors.Is(a, directory.ErrMemberNotFound) {
						p.t.Errorf("round %d: got %v", round, a)
					}
					c, err := session(p.fast).MessageContact(ctx, directory.SampleMessageContact)
					if p.must(err); len(c.Members) > 0 {
						p.t.Errorf("round %d: got bindings to %v, want none", round, c.Members)
					}
				}
		})
	})
}

// TestOneResourceDirectory: of two calls that enable it both get the one that
// there is then.
func TestOneResourceDirectory(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		var got [2]directory.ResourceDirectory
		enable := func(i int) func(*directory.Session) error {
			return func(s *directory.Session) (err error) {
				got[i], err = s.EnableResourceDirectory(ctx)
				return err
			}
		}
		one, two := p.overlapAt(directory.PartnerOrg, enable(0), enable(1))
		p.must(errors.Join(one, two))
		if got[0].ID != got[1].ID || got[0].RootFolderID != got[1].RootFolderID {
			p.t.Errorf("got directories %s and %s, want one", got[0].ID, got[1].ID)
		}
	})
}

// TestRemovedAccountKeepsEveryContact: a contact that was bound to an account
// before it left goes on receiving its messages.
func TestRemovedAccountKeepsEveryContact(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		p.bothWays(func(round int) (a, b func(*directory.Session) error, check func(a, b error)) {
			account, err := session(p.fast).CreateAccount(ctx, directory.NewAccount{DisplayName: fmt.Sprint("cloud", round)})
			p.must(err)
			_, err = session(p.fast).UpdateAccount(ctx, account.ID, directory.AccountUpdate{Type: directory.CloudAccount})
			p.must(err)
			return func(s *directory.Session) error {
					return s.AssociateMembers(ctx, directory.SampleMessageContact, []string{account.ID})
				}, func(s *directory.Session) error { return s.RemoveAccount(ctx, account.ID) }, func(a, b error) {
					p.must(b)
					var kept []directory.MessageContact
					p.must(p.store.View(ctx, directory.SampleOrg, func(tx directory.Tx) (err error) {
						kept, err = tx.EffectiveContacts().ContactsRetainedFor(account.ID)
						return err
					}))
					if bound := a == nil; bound != (len(kept) == 1) {
						p.t.Errorf("round %d: got %v for the binding and %d contacts retained", round, a, len(kept))
					}
				}
		})
	})
}
