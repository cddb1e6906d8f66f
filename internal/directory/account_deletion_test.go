package directory_test

import (
	"context"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// A root key neither deletes nor checks, and what a check found stays on record
// until the member is deleted.
func TestDeletionsAreChecked(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		ctx := context.Background()
		root := d.dir.Session(directory.Principal{Kind: directory.KeyCaller, Org: directory.SampleOrg, ID: "root", Root: true}, "test", "")
		_, err := root.DeleteAccount(ctx, secureAccount)
		d.is("a root key deletes", err, directory.ErrRootDeletes)
		d.is("a root key checks", root.CheckAccountDeletion(ctx, secureAccount), directory.ErrRootDeletes)

		_, err = d.operator().AddAccessKey(ctx, directory.NewKey{Principal: "own", Policy: directory.PolicyReadOnly, Member: secureAccount})
		d.must(err)
		_, err = d.operator().DeleteAccount(ctx, secureAccount, "NON_SP_efc")
		d.must(err)
		x, err := d.operator().AccountDeletion(ctx, secureAccount)
		if d.must(err); x.Status != directory.DeletionCheckFailed || len(x.Failed) != 1 || x.Failed[0].ID != "NON_SP_ram" {
			t.Errorf("got %+v, want a failed check of keys", x)
		}
		a, err := d.operator().Account(ctx, secureAccount)
		if d.must(err); a.Deletion != directory.DeletionCheckFailed {
			t.Errorf("got deletion %q, want %q", a.Deletion, directory.DeletionCheckFailed)
		}
		_, err = d.operator().DeleteAccount(ctx, secureAccount, "NON_SP_ram")
		d.must(err)
		_, err = d.operator().Account(ctx, secureAccount)
		d.is("the member", err, directory.ErrAccountNotFound)
		x, err = d.operator().AccountDeletion(ctx, secureAccount)
		if d.must(err); x.Status != directory.DeletionSucceeded || len(x.Failed) != 0 {
			t.Errorf("got %+v, want success", x)
		}
		entries, err := d.dir.Audit(ctx, directory.AuditFilter{Org: directory.SampleOrg, Object: secureAccount})
		d.must(err)
		if got := string(entries[1].After); entries[1].Action != "delete-failed" || !strings.Contains(got, "NON_SP_ram") {
			t.Errorf("got history %s %s, want the failed check", entries[1].Action, got)
		}
	})
}

// TestTextsNameMembers: as the directory is set to.
func TestTextsNameMembers(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		ctx := context.Background()
		named := func(address string) string {
			d.must(d.operator().ChangeAccountEmail(ctx, secureAccount, address))
			d.must(d.operator().CancelChangeAccountEmail(ctx, secureAccount))
			ms, err := d.dir.Messages(ctx, directory.MessageFilter{Org: directory.SampleOrg, To: address})
			d.must(err)
			return ms[0].Content.Name
		}
		if got, want := named("first@example.com"), "member-1997@rd-StSamp.aliyunid.com"; got != want {
			t.Errorf("got %q, want the account name %q", got, want)
		}
		_, err := d.operator().SetDisplayNameSync(ctx, true)
		d.must(err)
		if got, want := named("second@example.com"), "member-1997"; got != want {
			t.Errorf("got %q, want the display name %q", got, want)
		}
	})
}
