package directory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// oneAccount is an account of the sample directory.
const oneAccount = "1817610956901234"

func messageContactValues() directory.Values {
	return directory.Values{"name": "王五", "email": "wangwu@example.com", "phone": "13900001234", "title": "CEO", "messageTypes": []string{"FaultMessage"}}
}

// mails returns the receivers of verification messages, oldest first.
func (d *desk) mails() (list []string) {
	d.t.Helper()
	ms, err := d.dir.Messages(ctx, directory.MessageFilter{Readable: true, Limit: 100})
	d.must(err)
	for _, m := range slices.Backward(ms) {
		list = append(list, m.To)
	}
	slices.Sort(list)
	return list
}

// confirm confirms the newest verification of an address.
func (d *desk) confirm(address string) {
	d.t.Helper()
	ms, err := d.dir.Messages(ctx, directory.MessageFilter{To: address, Readable: true})
	d.must(err)
	token, _ := d.dir.VerificationSecrets(ms[0].Org, ms[0].Content.Verification)
	d.must(d.dir.ConfirmVerification(ctx, token, "", "confirm"))
}

func (d *desk) messageContact(id string) directory.Object {
	d.t.Helper()
	o, err := d.admin().Object(ctx, directory.MessageContactKind, id)
	d.must(err)
	return o
}

func messageEdit(do directory.EditAction, id string, v directory.Values) directory.Edit {
	return directory.Edit{Kind: directory.MessageContactKind, Do: do, ID: id, Values: v}
}

// versionsOf are number, action and changes of each version, oldest first.
func (d *desk) versionsOf(id string) (list []string) {
	d.t.Helper()
	versions, err := d.admin().Versions(ctx, directory.MessageContactKind, id)
	d.must(err)
	for _, v := range slices.Backward(versions) {
		line := fmt.Sprint(v.Version, " ", v.Action)
		for _, c := range v.Changes {
			if v.Action == "update" {
				line += fmt.Sprint(" ", c.Field, ":", c.Before, ">", c.After)
			}
		}
		list = append(list, line)
	}
	return list
}

func TestMessageContactAsObject(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		made := edit(d, messageEdit(directory.CreateObject, "c-imported", messageContactValues())).After
		if made.Version != 1 || made.Values.Text("status") != directory.Verifying || made.Values.Text("phone") != "86-13900001234" {
			t.Errorf("new contact: %+v", made)
		}
		d.same("verifications", d.mails(), []string{"86-13900001234", "wangwu@example.com"})
		change := func(v directory.Values) directory.EditResult {
			t.Helper()
			return edit(d, messageEdit(directory.ChangeObject, made.ID, v))
		}
		if r := change(directory.Values{"email": "WangWu@example.com", "title": "CEO"}); !r.Changed || r.After.Version != 2 || len(r.Left) != 0 {
			t.Errorf("other letters of an address: %+v", r) // told, but nothing to verify anew
		}
		if r := change(directory.Values{"phone": "+86 139 0000 1234"}); r.Changed || r.After.Version != 2 {
			t.Errorf("a change of nothing: %+v", r)
		}
		d.confirm("wangwu@example.com")
		if o := d.messageContact(made.ID); o.Version != 3 || o.Values.Text("status") != directory.Active {
			t.Errorf("verified contact: %+v", o)
		}
		r := change(directory.Values{"email": "new@example.com", "members": []string{production, oneAccount}, "title": "Other"})
		if r.After.Version != 4 || r.After.Values.Text("email") != "WangWu@example.com" || !slices.Equal(r.After.Values.Texts("members"), []string{oneAccount, production}) {
			t.Errorf("change of an active contact: %+v", r.After)
		}
		if seen := d.messageContact(made.ID); len(directory.MessageContactKind.Differences(seen.Values, r.After.Values)) != 0 || seen.Version != 4 || !seen.UpdatedAt.Equal(r.After.UpdatedAt) {
			t.Errorf("stored: %+v", seen)
		}
		d.confirm("new@example.com")
		if r := change(directory.Values{"members": []string{production}, "phone": ""}); r.After.Version != 6 || r.After.Values["phone"] != nil || r.After.Values.Text("email") != "new@example.com" {
			t.Errorf("changed contact: %+v", r.After)
		}
		d.must(d.admin().AssociateMembers(ctx, made.ID, []string{production, oneAccount}))
		d.must(d.admin().AssociateMembers(ctx, made.ID, []string{oneAccount}))
		d.must(d.admin().DisassociateMembers(ctx, made.ID, []string{production}))
		_, err := d.admin().EditObject(ctx, directory.Edit{Kind: directory.MessageContactKind, Do: directory.ChangeObject, ID: made.ID, IfVersion: 7, Values: directory.Values{"title": "CEO"}})
		if !errors.Is(err, directory.ErrVersion) {
			t.Errorf("change of an old version: %v", err)
		}
		d.same("versions", d.versionsOf(made.ID), []string{
			"1 create",
			"2 update email:wangwu@example.com>WangWu@example.com",
			"3 update status:Verifying>Active emailVerified:false>true",
			"4 update email:WangWu@example.com>new@example.com title:CEO>Other members:<nil>>[1817610956901234 fd-ZDNPiT1234] emailVerified:true>false",
			"5 update emailVerified:false>true",
			"6 update phone:86-13900001234><nil> members:[1817610956901234 fd-ZDNPiT1234]>[fd-ZDNPiT1234]",
			"7 update members:[fd-ZDNPiT1234]>[1817610956901234 fd-ZDNPiT1234]",
			"8 update members:[1817610956901234 fd-ZDNPiT1234]>[1817610956901234]",
		})
		if o := d.messageContact(made.ID); o.Version != 8 {
			t.Errorf("stored version: %+v", o)
		}
	})
}

func TestProblemsOfAMessageContactAreToldAtOnce(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		refused := func(what string, e directory.Edit, want ...string) {
			t.Helper()
			_, err := d.admin().EditObject(ctx, e)
			d.same(what, rules(err), want)
		}
		refused("nothing", messageEdit(directory.CreateObject, "", nil), "email missing", "messageTypes missing", "name missing", "title missing")
		refused("everything", messageEdit(directory.CreateObject, "x-1", directory.Values{"name": "王", "email": "a@b", "phone": "86-123", "title": "Boss",
			"messageTypes": []string{"FaultMessage", "Other"}, "members": []string{"fd-gone"}, "nothing": "x"}),
			"contactId valueInvalid", "email emailInvalid", "members memberNotFound", "members notVerified", "messageTypes valueInvalid", "name valueInvalid",
			"nothing fieldUnknown", "phone mobileInvalid", "title valueInvalid")
		v := messageContactValues()
		v["name"] = "tom"
		refused("taken", messageEdit(directory.CreateObject, activeContact, v), "contactId idTaken", "name nameTaken")
		v["name"], v["phone"] = "abcdefghijklm", "852-61239999"
		refused("too long, and of another country", messageEdit(directory.CreateObject, "", v), "name tooLong", "phone mobileInvalid")
		refused("a name of another one", messageEdit(directory.ChangeObject, activeContact, directory.Values{"name": "jerry", "members": []string{"fd-gone"}, "title": ""}),
			"members memberNotFound", "name nameTaken", "title missing")
		d.same("messages of refused edits", d.mails(), nil)

		_, err := d.admin().Object(ctx, directory.MessageContactKind, "c-none")
		if !errors.Is(err, directory.ErrMessageContactNotFound) {
			t.Errorf("unknown: %v", err)
		}
		p, err := d.admin().Objects(ctx, directory.ObjectQuery{Kind: directory.MessageContactKind, Sort: directory.ByName, Limit: 1, Count: true})
		d.must(err)
		if p.Total != 2 || len(p.Items) != 1 || p.Items[0].Values.Text("name") != "jerry" || p.Next == "" {
			t.Errorf("list: %+v", p)
		}
		p, err = d.admin().Objects(ctx, directory.ObjectQuery{Kind: directory.MessageContactKind, Email: "SomeOne@example.com", Limit: 10})
		d.must(err)
		if len(p.Items) != 1 || p.Items[0].ID != activeContact {
			t.Errorf("by mail address: %+v", p)
		}
	})
}

func TestLimitOfMessagesDoesNotRefuseAChange(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		edit(d, messageEdit(directory.CreateObject, "c-1", messageContactValues()))
		v := messageContactValues()
		v["name"] = "赵六"
		r := edit(d, messageEdit(directory.CreateObject, "c-2", v)) // the same addresses within a minute
		if len(r.Left) != 2 || r.Left[0].Rule != directory.RuleVerificationLimit || r.Left[1].Field != "phone" {
			t.Errorf("left: %+v", r.Left)
		}
		d.same("verifications", d.mails(), []string{"86-13900001234", "wangwu@example.com"})
	})
}

func TestMessageContactOfOurOwnExport(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		v := messageContactValues()
		v["status"], v["members"] = directory.Active, []string{oneAccount, "fd-gone"}
		e := messageEdit(directory.CreateObject, "c-1", v)
		e.Verified = true
		r := edit(d, e)
		if r.After.Version != 1 || r.After.Values.Text("status") != directory.Active || len(r.Left) != 1 || r.Left[0].Value != "fd-gone" {
			t.Errorf("imported: %+v, left %+v", r.After, r.Left)
		}
		d.same("verifications", d.mails(), nil)
		delete(v, "members")
		v["name"] = "赵六"
		if r := edit(d, messageEdit(directory.CreateObject, "c-2", v)); r.After.Values.Text("status") != directory.Verifying {
			t.Errorf("imported from elsewhere: %+v", r.After)
		}
		versions, err := d.admin().Versions(ctx, directory.MessageContactKind, "c-1")
		d.must(err)
		if len(versions) != 1 || !slices.Equal(versions[0].Values.Texts("members"), []string{oneAccount}) {
			t.Errorf("versions: %+v", versions)
		}
	})
}

func TestMessageContactOutOfTheBin(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		d.must(d.admin().AssociateMembers(ctx, activeContact, []string{production, oneAccount}))
		_, err := d.admin().DeleteMessageContact(ctx, activeContact, true) // retained by its accounts
		d.must(err)
		edit(d, messageEdit(directory.RemoveObject, pendingContact, nil))
		bin, err := d.admin().Bin(ctx, directory.BinFilter{Email: "someone@example.com"})
		d.must(err)
		if len(bin) != 1 || bin[0].ID != activeContact || bin[0].Version != 3 || bin[0].Name != "tom" {
			t.Fatalf("bin: %+v", bin)
		}
		v := messageContactValues()
		v["name"] = "tom"
		_, err = d.admin().EditObject(ctx, messageEdit(directory.CreateObject, activeContact, v))
		d.same("its id for another one", rules(err), []string{"contactId idTaken"})
		other := edit(d, messageEdit(directory.CreateObject, "", v)).After.ID
		_, err = d.admin().EditObject(ctx, messageEdit(directory.RestoreObject, activeContact, nil))
		d.same("its name", rules(err), []string{"name nameTaken"})
		edit(d, messageEdit(directory.RemoveObject, other, nil))

		d.must(d.store.Update(ctx, directory.SampleOrg, func(tx directory.Tx) error { tx.Accounts().DeleteAccount(oneAccount); return nil }))
		r := edit(d, messageEdit(directory.RestoreObject, activeContact, nil))
		if r.After.Version != 4 || r.After.Values.Text("status") != directory.Active || !slices.Equal(r.After.Values.Texts("members"), []string{production}) ||
			len(r.Left) != 1 || r.Left[0].Value != oneAccount {
			t.Errorf("restored: %+v, left %+v", r.After, r.Left)
		}
		if kept, err := d.dir.RetainedMessageContacts(ctx, directory.SampleOrg, "1997968394351234"); err != nil || len(kept) != 0 {
			t.Errorf("still retained: %+v, %v", kept, err)
		}
		if _, err := d.admin().DeleteMessageContact(ctx, activeContact, true); err != nil {
			t.Errorf("retained again: %v", err)
		}
		_, err = d.admin().EditObject(ctx, messageEdit(directory.RestoreObject, "c-none", nil))
		if !errors.Is(err, directory.ErrNotInBin) {
			t.Errorf("restored from nothing: %v", err)
		}
		if r := edit(d, messageEdit(directory.RestoreObject, pendingContact, nil)); r.After.Values.Text("status") != directory.Verifying {
			t.Errorf("restored: %+v", r.After)
		}
		d.confirm(jerry) // it got a new message
	})
}

func TestRemovalInTheBackgroundCanBeCalledOff(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		d.must(d.admin().AssociateMembers(ctx, activeContact, []string{production}))
		r, err := d.request("removal").EditObject(ctx, messageEdit(directory.RemoveObject, activeContact, nil))
		d.must(err)
		if r.After.Values.Text("status") != directory.Deleting || r.After.Version != 3 {
			t.Errorf("removed: %+v", r.After)
		}
		if r := edit(d, messageEdit(directory.RemoveObject, activeContact, nil)); r.Changed {
			t.Errorf("removed twice: %+v", r)
		}
		_, err = d.admin().EditObject(ctx, messageEdit(directory.ChangeObject, activeContact, directory.Values{"title": "CEO"}))
		d.same("change", rules(err), []string{"status beingDeleted"})

		u, conflicts := d.undo(directory.UndoSelection{RequestID: "removal"}, directory.UndoOptions{})
		d.same("conflicts", conflicts, nil)
		if o := d.messageContact(activeContact); u.Counts.Undone != 1 || o.Values.Text("status") != directory.Active || o.Version != 4 {
			t.Errorf("called off: %+v, %+v", u, o)
		}
		if n, err := d.dir.FinishDeletions(ctx); err != nil || n != 0 {
			t.Errorf("settled %d deletions, %v", n, err)
		}
		if u, _ := d.undo(directory.UndoSelection{RequestID: "removal"}, directory.UndoOptions{}); u.Counts.Undone != 0 {
			t.Errorf("undone twice: %+v", u)
		}
		again, _ := d.undo(directory.UndoSelection{UndoID: u.ID}, directory.UndoOptions{})
		if _, err := d.admin().Object(ctx, directory.MessageContactKind, activeContact); again.Counts.Undone != 1 || !errors.Is(err, directory.ErrMessageContactNotFound) {
			t.Errorf("undo of the undo: %+v, %v", again, err)
		}
		// In the bin it has the status that it had.
		if r := edit(d, messageEdit(directory.RestoreObject, activeContact, nil)); r.After.Values.Text("status") != directory.Active || len(r.After.Values.Texts("members")) != 1 {
			t.Errorf("restored: %+v", r.After)
		}
	})
}

func TestUndoOfMessageContacts(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		kept := d.messageContact(activeContact)
		d.must(d.admin().AssociateMembers(ctx, activeContact, []string{production}))
		bulk := d.request("bulk")
		_, err := bulk.EditObjects(ctx, []directory.Edit{
			messageEdit(directory.ChangeObject, activeContact, directory.Values{"email": "new@example.com", "phone": "13900000007", "members": []string{}, "title": "CEO"}),
			messageEdit(directory.CreateObject, "c-made", messageContactValues()),
			messageEdit(directory.RemoveObject, pendingContact, nil),
		}, directory.EditOptions{})
		d.must(err)
		d.clock.Add(int64(time.Minute))
		u, conflicts := d.undo(directory.UndoSelection{RequestID: "bulk"}, directory.UndoOptions{})
		d.same("conflicts", conflicts, nil)
		now := d.messageContact(activeContact)
		if got := directory.MessageContactKind.Differences(kept.Values, now.Values); len(got) != 1 || got[0].Field != "members" || u.Counts.Undone != 3 {
			t.Errorf("not put back: %+v, %+v", got, u)
		}
		waiting, err := d.admin().MessageContactVerifications(ctx, activeContact)
		d.must(err)
		d.same("addresses that still wait", waiting, nil)
		d.same("restored", []string{d.messageContact(pendingContact).Values.Text("email")}, []string{jerry})
		if _, err := d.admin().Object(ctx, directory.MessageContactKind, "c-made"); !errors.Is(err, directory.ErrMessageContactNotFound) {
			t.Errorf("what was made: %v", err)
		}
		if u, _ := d.undo(directory.UndoSelection{RequestID: "bulk"}, directory.UndoOptions{}); u.Counts.Undone != 0 || u.Counts.Unchanged != 3 {
			t.Errorf("undone twice: %+v", u)
		}
		again, conflicts := d.undo(directory.UndoSelection{UndoID: u.ID}, directory.UndoOptions{})
		d.same("conflicts of the undo of the undo", conflicts, nil)
		if again.Counts.Undone != 3 || d.messageContact("c-made").Values.Text("name") != "王五" || d.messageContact(activeContact).Values.Text("title") != "CEO" {
			t.Errorf("undo of the undo: %+v", again)
		}
	})
}

func TestUndoOfAVendorsDeletionAndItsEnd(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		d.must(d.admin().AssociateMembers(ctx, activeContact, []string{production}))
		address := "new@example.com"
		d.must(d.admin().UpdateMessageContact(ctx, activeContact, directory.MessageContactUpdate{EmailAddress: &address}))
		status, err := d.request("deletion").DeleteMessageContact(ctx, activeContact, false)
		d.must(err)
		if n, err := d.dir.FinishDeletions(ctx); err != nil || n != 1 || status != directory.Deleting {
			t.Fatalf("%s, settled %d, %v", status, n, err)
		}
		u, conflicts := d.undo(directory.UndoSelection{RequestID: "deletion"}, directory.UndoOptions{})
		d.same("conflicts", conflicts, nil)
		o := d.messageContact(activeContact)
		if u.Counts.Undone != 1 || o.Values.Text("status") != directory.Active || o.Values.Text("email") != "someone@example.com" || len(o.Values.Texts("members")) != 1 {
			t.Errorf("restored: %+v, %+v", u, o)
		}
		waiting, err := d.admin().MessageContactVerifications(ctx, activeContact)
		d.must(err)
		d.same("addresses that wait again", waiting, []string{address})
	})
}

func TestErasureOfAMessageContactWithMembers(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		d.must(d.admin().AssociateMembers(ctx, activeContact, []string{production}))
		_, err := d.admin().DeleteMessageContact(ctx, activeContact, false) // under way
		d.must(err)
		p, err := d.admin().ExportPerson(ctx, directory.PersonQuery{Email: "SOMEONE@example.com"})
		d.must(err)
		if len(p.Objects) != 1 || p.Objects[0].ID != activeContact || len(p.Objects[0].Versions) != 3 {
			t.Errorf("export: %+v", p.Objects)
		}
		_, err = d.admin().Erase(ctx, directory.MessageContactKind, activeContact, "asked for", false)
		d.must(err)
		if n, err := d.dir.FinishDeletions(context.Background()); err != nil || n != 0 {
			t.Errorf("settled %d, %v", n, err)
		}
		if bin, err := d.admin().Bin(ctx, directory.BinFilter{}); err != nil || len(bin) != 0 {
			t.Errorf("bin: %+v, %v", bin, err)
		}
		if _, err := d.admin().Object(ctx, directory.MessageContactKind, activeContact); !errors.Is(err, directory.ErrMessageContactNotFound) {
			t.Errorf("erased: %v", err)
		}
	})
}

func TestLastReceiverIsNotErased(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, directory.Settings{RequireReceiver: true}, func(t *testing.T, o *office) {
		o.must(o.associate(activeContact, production))
		_, err := o.session().Erase(ctx, directory.MessageContactKind, activeContact, "", false)
		if got := rules(err); !slices.Equal(got, []string{"members lastReceiver"}) {
			t.Errorf("erasure: %v", got)
		}
	})
}
