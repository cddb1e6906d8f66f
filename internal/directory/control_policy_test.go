package directory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
)

const (
	boundMember = "1997968394351234" // in the folder production
	production  = "fd-ZDNPiT1234"
	sampleRoot  = "r-Root01"
)

// bounds shows the levels that bind a caller, as member[cp-1 cp-2] folder[...].
func (d *desk) bounds(from *directory.Directory, p directory.Principal) (levels []string) {
	d.t.Helper()
	p.Org = directory.SampleOrg
	found, err := from.Bounds(context.Background(), p)
	d.must(err)
	for _, level := range found {
		ids := []string{}
		for _, p := range level.Policies {
			ids = append(ids, p.ID)
		}
		slices.Sort(ids)
		levels = append(levels, fmt.Sprint(level.Target, ids))
	}
	return levels
}

func (d *desk) controlPolicy(name string) string {
	d.t.Helper()
	p, err := d.operator().CreateControlPolicy(context.Background(), directory.ControlPolicy{Name: name, Document: "{}"})
	d.must(err)
	return p.ID
}

func TestWhomControlPoliciesBind(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		ctx := context.Background()
		const system = "cp-FullAliyunAccess"
		member := directory.Principal{Member: boundMember}
		all := []string{boundMember + "[" + system + "]", production + "[" + system + "]", sampleRoot + "[" + system + "]"}
		d.same("a RAM user of a member", d.bounds(d.dir, member), all)
		d.same("a session of a role", d.bounds(d.dir, directory.Principal{Member: boundMember, Temporary: true}), all)
		d.same("the management account", d.bounds(d.dir, directory.Principal{AccountID: directory.SampleAccount}), nil)
		d.same("a root key", d.bounds(d.dir, directory.Principal{Member: boundMember, Root: true}), nil)
		d.same("a member that has left", d.bounds(d.dir, directory.Principal{Member: "1111111111111111"}), []string{"1111111111111111[]"})

		// Another process over the same store follows within a second.
		other := directory.Open(directory.Config{Store: d.store, Now: d.dir.Now, NewID: &counting{}, Keys: keyring.DevMaster()})
		d.bounds(other, member)
		id := d.controlPolicy("deny")
		d.must(d.operator().AttachControlPolicy(ctx, id, production))
		bound := []string{all[0], production + "[" + system + " " + id + "]", all[2]}
		if id < system {
			bound[1] = production + "[" + id + " " + system + "]"
		}
		d.same("at once", d.bounds(d.dir, member), bound)
		d.pass(time.Second + time.Millisecond)
		d.same("elsewhere, after a second", d.bounds(other, member), bound)

		d.must(d.operator().MoveAccount(ctx, boundMember, sampleRoot))
		d.same("after a move", d.bounds(d.dir, member), []string{all[0], all[2]})
		_, err := d.operator().DisableControlPolicies(ctx)
		d.must(err)
		d.same("disabled", d.bounds(d.dir, member), nil)
	})
}

// TestSystemPolicyIsAttachedExactly: the dates and numbers of attachments that
// have no record are those of records that would have been written.
func TestSystemPolicyIsAttachedExactly(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		ctx := context.Background()
		start := d.dir.Now()
		at := func(target string) (dates []string) {
			t.Helper()
			as, err := d.operator().ControlAttachments(ctx, target)
			d.must(err)
			for _, a := range as {
				dates = append(dates, a.Policy.Name+" "+a.At.Sub(start).String())
			}
			return dates
		}
		count := func(what string, want int64) {
			t.Helper()
			p, err := d.operator().ControlPolicy(ctx, directory.SystemControlPolicy)
			d.must(err)
			ts, total, err := d.operator().ControlTargets(ctx, directory.ControlTargetFilter{PolicyID: directory.SystemControlPolicy, Limit: 100})
			d.must(err)
			if p.Attachments != want || total != want || int64(len(ts)) != want {
				t.Errorf("%s: got %d, %d and %d targets, want %d", what, p.Attachments, total, len(ts), want)
			}
		}
		count("from the beginning", 4)
		d.pass(time.Hour)
		_, err := d.operator().DisableControlPolicies(ctx)
		d.must(err)
		count("disabled", 0)
		d.pass(time.Hour)
		before, err := d.operator().EnableControlPolicies(ctx)
		if d.must(err); before != directory.ControlPoliciesDisabled {
			t.Errorf("got status %s before", before)
		}
		d.same("since it was enabled", at(production), []string{"FullAliyunAccess 2h0m0s"})

		d.pass(time.Hour)
		folder, err := d.operator().CreateFolder(ctx, directory.Folder{Name: "new", ParentID: production})
		d.must(err)
		account, err := d.operator().CreateAccount(ctx, directory.NewAccount{DisplayName: "new", FolderID: folder.ID})
		d.must(err)
		d.same("since the folder is there", at(folder.ID), []string{"FullAliyunAccess 3h0m0s"})
		d.same("since the account is there", at(account.ID), []string{"FullAliyunAccess 3h0m0s"})
		count("with both", 6)

		id := d.controlPolicy("own")
		d.pass(time.Hour)
		d.must(d.operator().AttachControlPolicy(ctx, id, account.ID))
		d.same("newest first", at(account.ID), []string{"own 4h0m0s", "FullAliyunAccess 3h0m0s"})
		d.must(d.operator().DetachControlPolicy(ctx, directory.SystemControlPolicy, account.ID))
		count("detached from the account", 5)
		d.pass(time.Hour)
		d.must(d.operator().AttachControlPolicy(ctx, directory.SystemControlPolicy, account.ID))
		d.same("attached again", at(account.ID), []string{"FullAliyunAccess 5h0m0s", "own 4h0m0s"})
		count("with the account", 6)
		d.is("the policy is attached", d.operator().DeleteControlPolicy(ctx, id), directory.ErrControlPolicyAttached)
		_, err = d.operator().DeleteAccount(ctx, account.ID)
		d.must(err)
		count("without the account", 5)
		d.must(d.operator().DeleteControlPolicy(ctx, id))
		d.same("history", d.history(account.ID)[1:3], []string{`attach {} {"policy":"` + id + `"}`,
			`detach {"attachedAt":"2026-11-22T13:00:00Z","policy":"cp-FullAliyunAccess"} {}`})
	})
}

// TestOnePolicyStaysAttached: of two calls that each detach one of two policies,
// one fails.
func TestOnePolicyStaysAttached(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		own, err := session(p.fast).CreateControlPolicy(ctx, directory.ControlPolicy{Name: "own", Document: "{}"})
		p.must(err)
		p.bothWays(func(round int) (a, b func(*directory.Session) error, check func(a, b error)) {
			f, err := session(p.fast).CreateFolder(ctx, directory.Folder{Name: fmt.Sprint("folder", round)})
			p.must(err)
			p.must(session(p.fast).AttachControlPolicy(ctx, own.ID, f.ID))
			detach := func(policy string) func(*directory.Session) error {
				return func(s *directory.Session) error { return s.DetachControlPolicy(ctx, policy, f.ID) }
			}
			return detach(own.ID), detach(directory.SystemControlPolicy), func(a, b error) {
				if (a == nil) == (b == nil) || !errors.Is(errors.Join(a, b), directory.ErrAttachmentLast) {
					p.t.Errorf("round %d: got %v and %v, want one to fail", round, a, b)
				}
			}
		})
	})
}

// TestTargetGoesWhileAPolicyIsAttached: nothing stays attached to a deleted
// folder, so the policy can be deleted.
func TestTargetGoesWhileAPolicyIsAttached(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		p.bothWays(func(round int) (a, b func(*directory.Session) error, check func(a, b error)) {
			own, err := session(p.fast).CreateControlPolicy(ctx, directory.ControlPolicy{Name: fmt.Sprint("own", round), Document: "{}"})
			p.must(err)
			f, err := session(p.fast).CreateFolder(ctx, directory.Folder{Name: fmt.Sprint("folder", round)})
			p.must(err)
			return func(s *directory.Session) error { return s.AttachControlPolicy(ctx, own.ID, f.ID) },
				func(s *directory.Session) error { return s.DeleteFolder(ctx, f.ID) }, func(a, b error) {
					if p.must(b); a != nil && !errors.Is(a, directory.ErrControlTargetNotFound) {
						p.t.Errorf("round %d: got %v", round, a)
					}
					p.must(session(p.fast).DeleteControlPolicy(ctx, own.ID))
				}
		})
	})
}
