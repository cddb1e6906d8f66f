package directory_test

import (
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// A member that goes is unbound from its message contacts, which each have a
// version and an entry of it (docs/spec/history.md#changes-that-follow-from-others).
func TestWhoGoesIsUnbound(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		bind := func(id, name string, members ...string) {
			t.Helper()
			v := messageContactValues()
			v["name"], v["status"], v["members"] = name, directory.Active, members
			edit(d, directory.Edit{Kind: directory.MessageContactKind, Do: directory.CreateObject, ID: id, Values: v, Verified: true})
		}
		rd, err := d.operator().ResourceDirectory(bg)
		d.must(err)
		f, err := d.operator().CreateFolder(bg, directory.Folder{Name: "temporary"})
		d.must(err)
		bind("c-folder", "王五", f.ID, rd.ID)
		bind("c-account", "王六", secureAccount, f.ID)
		bind("c-other", "王七", oneAccount)

		d.must(d.request("folder").DeleteFolder(bg, f.ID))
		d.same("a folder, of its contact", d.versionsOf("c-folder"), []string{"1 create", "2 update members:[" + f.ID + " " + rd.ID + "]>[" + rd.ID + "]"})
		d.same("a folder, of another contact", d.versionsOf("c-account"), []string{"1 create", "2 update members:[" + secureAccount + " " + f.ID + "]>[" + secureAccount + "]"})
		_, conflicts := d.undo(directory.UndoSelection{RequestID: "folder"}, directory.UndoOptions{})
		d.same("undo of what names the folder", conflicts, []string{"c-account memberNotFound [members]", "c-folder memberNotFound [members]"})

		_, err = d.operator().DeleteAccount(bg, secureAccount, "NON_SP_ram")
		d.must(err)
		d.same("an account", d.versionsOf("c-account")[2:], []string{"3 update members:[" + secureAccount + "]><nil>"})
		if o := d.messageContact("c-account"); o.Version != 3 || o.Values["members"] != nil {
			t.Errorf("got %+v", o)
		}
		d.same("a contact that was not concerned", d.versionsOf("c-other"), []string{"1 create"})
		_, err = d.operator().UpdateAccount(bg, oneAccount, directory.AccountUpdate{Type: directory.CloudAccount})
		d.must(err)
		d.must(d.operator().RemoveAccount(bg, oneAccount))
		d.same("an account that leaves", d.versionsOf("c-other")[1:], []string{"2 update members:[" + oneAccount + "]><nil>"})
	})
}
