package directory_test

import (
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// TestMemberLeavesWithItsKeys: a member that was created here is an account
// outside every directory, with an organisation, its keys and their policies
// (docs/spec/handshakes.md#accounts-outside-a-directory).
func TestMemberLeavesWithItsKeys(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		s, id := d.commandLine(directory.SampleOrg), "1997968394351234"
		d.must(s.PutPolicy(bg, "operators", `{"Version":"1"}`))
		k, err := s.AddAccessKey(bg, directory.NewKey{Principal: "ops", Policy: "operators", Member: id})
		d.must(err)
		other, err := s.CreateAccessKey(bg, "stays", directory.PolicyFullAccess)
		d.must(err)
		_, err = s.UpdateAccount(bg, id, directory.AccountUpdate{Type: directory.CloudAccount})
		d.must(err)
		d.must(s.RemoveAccount(bg, id))

		moved, err := d.dir.AccessKey(bg, k.ID)
		d.must(err)
		if who := moved.Caller(); who.Org != "account-"+id || who.AccountID != id || who.Member != "" || who.Policy != `{"Version":"1"}` ||
			string(moved.Secret.Reveal()) != string(k.Secret.Reveal()) {
			t.Errorf("got %+v, want a key of the account outside", who)
		}
		stays, err := d.dir.AccessKey(bg, other.ID)
		d.must(err)
		if stays.Org != directory.SampleOrg {
			t.Errorf("another key: got organisation %s", stays.Org)
		}
		outside := d.dir.Session(moved.Caller(), "test", "")
		_, err = outside.ResourceDirectory(bg)
		d.wants("its directory", err, directory.ErrDirectoryNotEnabled)

		// It comes back by an invitation.
		h, err := s.Invite(bg, directory.NewHandshake{TargetType: directory.TargetAccount, Target: id})
		d.must(err)
		_, err = outside.AcceptHandshake(bg, h.ID)
		d.must(err)
		back, err := d.dir.AccessKey(bg, k.ID)
		d.must(err)
		if back.Org != directory.SampleOrg || back.Member != id || back.Home != "account-"+id {
			t.Errorf("got %+v, want a key of the member", back.Caller())
		}
		// And leaves to the organisation that it has, without keys made elsewhere.
		guest, err := s.AddAccessKey(bg, directory.NewKey{Principal: "guest", Policy: directory.PolicyFullAccess, Member: id})
		d.must(err)
		d.must(s.RemoveAccount(bg, id))
		_, err = d.dir.AccessKey(bg, guest.ID)
		d.wants("a key that the directory made", err, directory.ErrKeyNotFound)
		again, err := d.dir.AccessKey(bg, k.ID)
		d.must(err)
		if again.Org != "account-"+id || again.Member != "" {
			t.Errorf("got %+v, want a key of the account outside", again.Caller())
		}
	})
}

// TestDeletedOrganisationLeavesNoMembership: neither that of its account
// elsewhere, nor those of others in its directory.
func TestDeletedOrganisationLeavesNoMembership(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		join := func(name string) directory.AliyunAccount {
			a, k, err := d.dir.CreateOutsideAccount(bg, directory.CommandLine(""), "test", name, name+"@example.com")
			d.must(err)
			h, err := d.commandLine(directory.SampleOrg).Invite(bg, directory.NewHandshake{TargetType: directory.TargetEmail, Target: name + "@Example.com"})
			d.must(err)
			key, err := d.dir.AccessKey(bg, k.ID)
			d.must(err)
			_, err = d.dir.Session(key.Caller(), "test", "").AcceptHandshake(bg, h.ID)
			d.must(err)
			return a
		}
		gone, stays := join("gone"), join("stays")
		d.must(d.commandLine(gone.Org).SetOrgDisabled(bg, true))
		d.must(d.commandLine(gone.Org).DeleteOrg(bg))
		_, err := d.commandLine(directory.SampleOrg).Account(bg, gone.ID)
		d.wants("the member", err, directory.ErrAccountNotFound)
		history, err := d.dir.Audit(bg, directory.AuditFilter{Org: directory.SampleOrg, Object: gone.ID})
		d.must(err)
		if len(history) == 0 || history[0].Action != "remove" {
			t.Errorf("the directory's history: got %+v, want the removal last", history)
		}

		d.must(d.commandLine(directory.SampleOrg).SetOrgDisabled(bg, true))
		d.must(d.commandLine(directory.SampleOrg).DeleteOrg(bg))
		a, err := d.commandLine(stays.Org).AliyunAccount(bg)
		d.must(err)
		if a.MemberOf != "" {
			t.Errorf("got a member of %s, want of no directory", a.MemberOf)
		}
		history, err = d.dir.Audit(bg, directory.AuditFilter{Org: stays.Org, Object: stays.ID})
		d.must(err)
		if len(history) == 0 || history[0].Action != "leave" {
			t.Errorf("the account's history: got %+v, want that it left", history)
		}
	})
}

func TestAddressesOfAccountsAreUnique(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		create := func(name, email string) error {
			_, _, err := d.dir.CreateOutsideAccount(bg, directory.CommandLine(""), "test", name, email)
			return err
		}
		d.must(create("one", "a@example.com"))
		d.must(create("none", ""))
		d.must(create("none", ""))
		d.wants("the address of another", create("two", "A@example.com"), directory.ErrAccountEmailTaken)
		d.wants("no address", create("two", "a@"), directory.ErrAccountEmail)
		d.wants("no name", create("", "b@example.com"), directory.ErrOrgSetting)
		_, _, err := d.dir.CreateOutsideAccount(bg, directory.Principal{Kind: directory.AdminCaller, Bound: directory.SampleOrg}, "test", "three", "")
		d.wants("an administrator of one organisation", err, directory.ErrAdminBound)
	})
}
