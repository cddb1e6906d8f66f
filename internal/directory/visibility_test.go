package directory_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// visibleWhen is the table of
// docs/spec/org-accounts.md#effect-of-a-visibility-grant in words: what must be
// so for a reader of the employee's own organisation to see a field. "right" is
// the field's permission, which only apps need, "grant" what the owner of the
// account opened.
var visibleWhen = map[string]map[directory.Field]string{
	directory.AccountNormal: {
		directory.MobileField: "right", directory.PersonalField: "right", directory.StatusField: "never",
		directory.LoginField: "never", directory.NicknameField: "never", directory.AccountField: "always",
	},
	directory.AccountSSO: {
		directory.MobileField: "right", directory.PersonalField: "right", directory.StatusField: "always",
		directory.LoginField: "never", directory.NicknameField: "always", directory.AccountField: "always",
	},
	directory.AccountDingTalk: {
		directory.MobileField: "right", directory.PersonalField: "right", directory.StatusField: "always",
		directory.LoginField: "always", directory.NicknameField: "always", directory.AccountField: "always",
	},
	directory.AccountJoined: {
		directory.MobileField: "right and grant", directory.PersonalField: "right", directory.StatusField: "grant",
		directory.LoginField: "never", directory.NicknameField: "never", directory.AccountField: "always",
	},
}

// TestWhoSeesWhat asks about every reader, kind of account, grant, permission
// and field.
func TestWhoSeesWhat(t *testing.T) {
	t.Parallel()
	const org = "dingB"
	permission := map[directory.Field]string{directory.MobileField: directory.PermissionMobile, directory.PersonalField: directory.PermissionEmail}
	opens := map[directory.Field]string{directory.MobileField: directory.GrantMobile, directory.StatusField: directory.GrantStatus}
	asked := 0
	for kind, fields := range visibleWhen {
		for field := range fields {
			for _, granted := range [][]string{nil, {directory.GrantMobile}, {directory.GrantStatus}, {directory.GrantMobile, directory.GrantStatus}} {
				for _, rights := range [][]string{nil, {directory.PermissionMobile}, {directory.PermissionEmail}, {directory.AllPermissions}} {
					for _, reader := range []directory.Principal{
						{Kind: directory.AppCaller, Org: org, Permissions: rights},
						{Kind: directory.AdminCaller, Org: org},
						{Kind: directory.UserCaller, Org: org, ID: "u"},
						{Kind: directory.UserCaller, Org: org, ID: "colleague"},
						{Kind: directory.AppCaller, Org: "dingA", Permissions: []string{directory.AllPermissions}},
					} {
						asked++
						right := reader.Kind != directory.AppCaller || reader.May(permission[field])
						grant := slices.Contains(granted, opens[field])
						want := reader.Org == org
						switch fields[field] {
						case "right":
							want = want && right
						case "grant":
							want = want && grant
						case "right and grant":
							want = want && right && grant
						case "never":
							want = false
						}
						q := directory.Sight{Reader: reader, Org: org, Employee: directory.Employee{UserID: "u", AccountType: kind}, Granted: granted}
						got := q.Sees(field)
						what := fmt.Sprintf("%s of a %s account, granted %v, reader %d %s of %s with %v", field, kind, granted, reader.Kind, reader.ID, reader.Org, rights)
						if got.Visible != want || got.Why == "" {
							t.Errorf("%s: got %v (%q), want %v and a reason", what, got.Visible, got.Why, want)
						}
					}
				}
			}
		}
	}
	if want := 4 * 6 * 4 * 4 * 5; asked != want {
		t.Errorf("got %d questions, want %d", asked, want)
	}
}

func TestWhySomebodySeesAField(t *testing.T) {
	t.Parallel()
	app := directory.Principal{Kind: directory.AppCaller, Org: "dingB", Permissions: []string{directory.AllPermissions}}
	joined := directory.Employee{UserID: "b1001", AccountType: directory.AccountJoined}
	own := directory.Employee{UserID: "org1001", AccountType: directory.AccountDingTalk}
	bare, stranger := app, app
	bare.Permissions, stranger.Org = nil, "dingC"
	for _, c := range []struct {
		reader  directory.Principal
		of      directory.Employee
		granted []string
		field   directory.Field
		want    directory.Reason
	}{
		{app, own, nil, directory.MobileField, directory.SeenAsOwn},
		{app, own, nil, directory.StatusField, directory.SeenAsOwn},
		{app, joined, []string{directory.GrantMobile}, directory.MobileField, directory.SeenByGrant},
		{app, joined, []string{directory.GrantStatus}, directory.StatusField, directory.SeenByGrant},
		{app, joined, []string{directory.GrantStatus}, directory.MobileField, directory.HiddenNoGrant},
		{bare, joined, []string{directory.GrantMobile}, directory.MobileField, directory.HiddenNoRight},
		{bare, joined, nil, directory.AccountField, directory.SeenByAll},
		{app, joined, []string{directory.GrantMobile, directory.GrantStatus}, directory.LoginField, directory.HiddenNotOwner},
		{app, directory.Employee{AccountType: directory.AccountNormal}, nil, directory.StatusField, directory.HiddenNotThere},
		{directory.Principal{Kind: directory.UserCaller, Org: "dingB", ID: "org1001"}, own, nil, directory.MobileField, directory.SeenBySelf},
		{stranger, own, []string{directory.GrantMobile}, directory.MobileField, directory.HiddenForeignOrg},
	} {
		got := directory.Sight{Reader: c.reader, Org: "dingB", Employee: c.of, Granted: c.granted}.Sees(c.field)
		if got.Why != c.want {
			t.Errorf("%s of %s, granted %v: got %q, want %q", c.field, c.of.UserID, c.granted, got.Why, c.want)
		}
	}
}
