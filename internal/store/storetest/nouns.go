package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

func testOrgs(t *testing.T, s directory.Store) {
	a := directory.Org{ID: orgA, Name: "示例科技", ContactsOn: true, CreatedAt: start}
	b := directory.Org{ID: orgB, Name: "伙伴公司", Disabled: true, CreatedAt: start}
	update(t, s, orgA, func(tx directory.Tx) { tx.Orgs().PutOrg(a) })
	update(t, s, orgB, func(tx directory.Tx) { tx.Orgs().PutOrg(b) })
	same(t, read(t, s, "", func(tx directory.Tx) ([]directory.Org, error) { return tx.Orgs().Orgs() }), []directory.Org{b, a})
	same(t, read(t, s, orgB, func(tx directory.Tx) (directory.Org, error) { return tx.Orgs().OrgByID(orgA) }), a)
	a.Name, a.ContactsOn = "示例", false
	update(t, s, orgA, func(tx directory.Tx) { tx.Orgs().PutOrg(a) })
	same(t, read(t, s, "", func(tx directory.Tx) (directory.Org, error) { return tx.Orgs().OrgByID(orgA) }), a)
	refused(t, s, orgA, directory.ErrOrgNotFound, func(tx directory.Tx) error {
		_, err := tx.Orgs().OrgByID("dingnobody")
		return err
	})
}

func testApps(t *testing.T, s directory.Store) {
	app := directory.App{
		Org: orgA, Key: "dingapp1", Secret: directory.NewSecret("s3cret"), Name: "应用", AgentID: 1001,
		Permissions: []string{"qyapi_base", "x"}, AllowIPs: []string{"10.0.0.1"}, Epoch: 3, CreatedAt: start,
		Scope: directory.Scope{DeptIDs: []int64{1, 2}, UserIDs: []string{"u1"}},
	}
	app.Rotations, app.Old = 2, directory.OldSecret{Secret: directory.NewSecret("0ld"), Epoch: 2, Until: start.Add(time.Hour)}
	second := app
	second.Old = directory.OldSecret{Epoch: 9}
	second.Key, second.SigningOnly, second.Disabled, second.Scope = "dingapp0", true, true, directory.Scope{All: true}
	token := directory.Token{Hash: "h1", Org: orgA, AppKey: app.Key, Epoch: 3, Expires: start.Add(time.Hour)}
	forever := directory.Token{Hash: "h2", Org: orgA, AppKey: app.Key}
	update(t, s, orgA, func(tx directory.Tx) {
		tx.Apps().PutApp(app)
		tx.Apps().PutApp(second)
		tx.Apps().PutToken(token)
		tx.Apps().PutToken(forever)
	})
	same(t, read(t, s, "", func(tx directory.Tx) ([]directory.App, error) { return tx.Apps().AppsOf(orgA) }), []directory.App{second, app})
	unsealed := app // disabled and missing ones are left out
	unsealed.Secret, unsealed.Old.Secret = directory.Secret{}, directory.Secret{}
	inUse := func(keys ...string) []directory.App {
		return read(t, s, "", func(tx directory.Tx) ([]directory.App, error) { return tx.Apps().AppsInUse(keys) })
	}
	same(t, len(inUse(app.Key)), 0) // its organisation does not exist
	update(t, s, orgA, func(tx directory.Tx) { tx.Orgs().InsertOrg(directory.Org{ID: orgA, Name: "示例", CreatedAt: start}) })
	same(t, len(inUse()), 0)
	same(t, inUse(app.Key, second.Key, "none"), []directory.App{unsealed})
	for _, org := range []string{"", orgA, orgB} { // the credential names the tenant
		same(t, read(t, s, org, func(tx directory.Tx) (directory.App, error) { return tx.Apps().AppByKey(app.Key) }), app)
		for _, want := range []directory.Token{token, forever} {
			view(t, s, org, func(tx directory.Tx) error {
				got, of, err := tx.Apps().TokenByHash(want.Hash)
				same(t, got, want)
				same(t, of, app)
				return err
			})
		}
	}
	err := s.Update(bg, orgB, func(tx directory.Tx) error {
		stolen := app
		stolen.Org = orgB
		tx.Apps().PutApp(stolen)
		return nil
	})
	if !errors.Is(err, directory.ErrConflict) {
		t.Errorf("app key of another organisation: got %v, want %v", err, directory.ErrConflict)
	}
	app.Epoch, token.Epoch, token.Expires = 4, 4, start.Add(2*time.Hour)
	update(t, s, orgA, func(tx directory.Tx) { tx.Apps().PutApp(app); tx.Apps().PutToken(token) })
	view(t, s, "", func(tx directory.Tx) error {
		got, of, err := tx.Apps().TokenByHash(token.Hash)
		same(t, got, token)
		same(t, of, app)
		return err
	})
	update(t, s, orgA, func(tx directory.Tx) { tx.Apps().DeleteTokensOf(app.Key) })
	refused(t, s, orgA, directory.ErrTokenInvalid, func(tx directory.Tx) error {
		_, _, err := tx.Apps().TokenByHash(token.Hash)
		return err
	})
	refused(t, s, orgA, directory.ErrAppNotFound, func(tx directory.Tx) error {
		_, err := tx.Apps().AppByKey("none")
		return err
	})
}

func testAccessKeys(t *testing.T, s directory.Store) {
	k := directory.AccessKey{ID: "ak1", Org: orgA, Secret: directory.NewSecret("s"), Principal: "管理员", Policy: directory.PolicyFullAccess, CreatedAt: start}
	update(t, s, orgA, func(tx directory.Tx) { tx.AccessKeys().PutAccessKey(k) })
	get := func(tx directory.Tx) (directory.AccessKey, error) { return tx.AccessKeys().AccessKeyByID(k.ID) }
	same(t, read(t, s, "", get), k)
	k.Disabled, k.Secret = true, directory.NewSecret("t")
	update(t, s, orgA, func(tx directory.Tx) { tx.AccessKeys().PutAccessKey(k) })
	same(t, read(t, s, orgB, get), k)
	err := s.Update(bg, orgB, func(tx directory.Tx) error {
		tx.AccessKeys().PutAccessKey(directory.AccessKey{ID: k.ID, Org: orgB})
		return nil
	})
	if !errors.Is(err, directory.ErrConflict) {
		t.Errorf("access key of another organisation: got %v, want %v", err, directory.ErrConflict)
	}
	refused(t, s, orgA, directory.ErrKeyNotFound, func(tx directory.Tx) error {
		_, err := tx.AccessKeys().AccessKeyByID("none")
		return err
	})
}

func testReferences(t *testing.T, s directory.Store) {
	root, dept := directory.Department{ID: 1, Name: "根"}, directory.Department{ID: 2, ParentID: 1, Name: "市场部", Version: 1}
	e := directory.Employee{
		UserID: "u1", Name: "王芳", DeptIDs: []int64{2, 1}, Mobile: "86-13800001001", Admin: true,
		AccountType: directory.AccountDingTalk, Disabled: true, CreatedAt: start, Version: 1,
	}
	joined := directory.Employee{UserID: "u2", Name: "李强", DeptIDs: []int64{}, AccountType: directory.AccountJoined, OuterOrg: orgB, OuterUserID: "x", CreatedAt: start, Version: 1}
	g1 := directory.LabelGroup{ID: 2393865700, Name: "行业", Color: -15220075, Labels: []directory.Label{
		{ID: 2393865715, GroupID: 2393865700, Name: "制造业"}, {ID: 2, GroupID: 2393865700, Name: "服务业"}}}
	g2 := directory.LabelGroup{ID: 5, Name: "空"}
	update(t, s, orgA, func(tx directory.Tx) {
		tx.Departments().InsertDepartment(root)
		tx.Departments().InsertDepartment(dept)
		tx.Employees().InsertEmployee(e)
		tx.Employees().InsertEmployee(joined)
		tx.Labels().PutLabelGroup(g1, 2)
		tx.Labels().PutLabelGroup(g2, 1)
	})
	e.UpdatedAt, joined.UpdatedAt = e.CreatedAt, joined.CreatedAt
	view(t, s, orgA, func(tx directory.Tx) error {
		d, err := tx.Departments().Department(2)
		same(t, d, dept)
		got, err2 := tx.Employees().Employee("u1")
		same(t, got, e)
		got, err3 := tx.Employees().Employee("u2")
		same(t, got, joined)
		got, err4 := tx.Employees().EmployeeByMobile(e.Mobile)
		same(t, got, e)
		gs, err5 := tx.Labels().LabelGroups(0, 10)
		same(t, gs, []directory.LabelGroup{firstVersion(g2), firstVersion(g1)})
		gs, err6 := tx.Labels().LabelGroups(1, 1)
		same(t, gs, []directory.LabelGroup{firstVersion(g1)})
		gs, err7 := tx.Labels().LabelGroups(2, 10)
		same(t, len(gs), 0)
		return errors.Join(err, err2, err3, err4, err5, err6, err7)
	})
	g1.Labels = g1.Labels[1:]
	before := e
	e.Mobile = ""
	update(t, s, orgA, func(tx directory.Tx) { tx.Labels().PutLabelGroup(g1, 0); tx.Employees().UpdateEmployee(before, e) })
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]directory.LabelGroup, error) { return tx.Labels().LabelGroups(0, 10) }), []directory.LabelGroup{firstVersion(g1), firstVersion(g2)})
	for _, absent := range []struct {
		want error
		get  func(directory.Tx) error
	}{
		{directory.ErrEmployeeNotFound, func(tx directory.Tx) error { _, err := tx.Employees().EmployeeByMobile("86-13800001001"); return err }},
		{directory.ErrEmployeeNotFound, func(tx directory.Tx) error { _, err := tx.Employees().Employee("U1"); return err }},
		{directory.ErrDepartmentNotFound, func(tx directory.Tx) error { _, err := tx.Departments().Department(3); return err }},
	} {
		refused(t, s, orgA, absent.want, absent.get)
	}
	testMissing(t, s)
}

// testMissing looks up a thousand ids of which a few exist.
func testMissing(t *testing.T, s directory.Store) {
	ids, users := make([]int64, 1000), make([]string, 1000)
	for i := range ids {
		ids[i], users[i] = int64(i), fmt.Sprint("u", i)
	}
	view(t, s, orgA, func(tx directory.Tx) error {
		missing, err := tx.Departments().MissingDepartments(ids)
		same(t, len(missing), 998)
		same(t, missing[:3], []int64{0, 3, 4})
		missing, err2 := tx.Labels().MissingLabels(ids)
		same(t, len(missing), 999)
		absent, err3 := tx.Employees().MissingEmployees(users)
		same(t, len(absent), 998)
		none, err4 := tx.Employees().MissingEmployees([]string{"u2", "u1"})
		same(t, len(none), 0)
		none, err5 := tx.Employees().MissingEmployees(nil)
		same(t, len(none), 0)
		return errors.Join(err, err2, err3, err4, err5)
	})
}

func testGrants(t *testing.T, s directory.Store) {
	update(t, s, orgA, func(tx directory.Tx) {
		tx.Orgs().PutOrg(directory.Org{ID: orgA, CreatedAt: start})
		tx.Grants().PutGrant(directory.Grant{ToOrg: "dingz", Fields: []string{"mobile"}, OptUserID: "u1", UpdatedAt: start})
		tx.Grants().PutGrant(directory.Grant{ToOrg: "dingb", Fields: []string{"mobile", "status"}, OptUserID: "u1", UpdatedAt: start})
	})
	update(t, s, orgA, func(tx directory.Tx) {
		tx.Grants().PutGrant(directory.Grant{ToOrg: "dingz", Fields: []string{"status"}, OptUserID: "u2", UpdatedAt: start.Add(time.Second)})
	})
	want := []directory.Grant{
		{ToOrg: "dingb", Fields: []string{"mobile", "status"}, OptUserID: "u1", UpdatedAt: start},
		{ToOrg: "dingz", Fields: []string{"status"}, OptUserID: "u2", UpdatedAt: start.Add(time.Second)},
	}
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]directory.Grant, error) { return tx.Grants().Grants() }), want)
	update(t, s, orgA, func(tx directory.Tx) { tx.Grants().DeleteGrant("dingb"); tx.Grants().DeleteGrant("dingnone") })
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]directory.Grant, error) { return tx.Grants().Grants() }), want[1:])
	same(t, len(read(t, s, orgB, func(tx directory.Tx) ([]directory.Grant, error) { return tx.Grants().Grants() })), 0)
}

func testResourceDirectory(t *testing.T, s directory.Store) {
	refused(t, s, orgA, directory.ErrDirectoryNotEnabled, func(tx directory.Tx) error { _, err := tx.ResourceDirectory().ResourceDirectory(); return err })
	rd := directory.ResourceDirectory{ID: "rd-StSamp", RootFolderID: "r-Root01", AccountID: "1000000000000001", AccountName: "m", CreatedAt: start,
		ControlPolicyStatus: directory.ControlPoliciesDisabled, ControlPoliciesAt: start, MemberDeletion: true}
	update(t, s, orgA, func(tx directory.Tx) {
		tx.ResourceDirectory().PutResourceDirectory(rd)
		tx.Folders().PutFolder(directory.Folder{ID: "r-Root01", Name: "root", CreatedAt: start})
		tx.Accounts().PutAccount(directory.Account{ID: "1997968394351234", FolderID: "r-Root01", Status: "CreateSuccess", JoinedAt: start, ModifiedAt: start})
	})
	same(t, read(t, s, orgA, func(tx directory.Tx) (directory.ResourceDirectory, error) {
		return tx.ResourceDirectory().ResourceDirectory()
	}), rd)
	rd.AccountName, rd.ControlPolicyStatus, rd.MemberDeletion, rd.DisplayNameSync = "n", directory.ControlPoliciesEnabled, false, true
	rd.ControlPoliciesAt = start.Add(time.Hour)
	update(t, s, orgA, func(tx directory.Tx) { tx.ResourceDirectory().PutResourceDirectory(rd) })
	same(t, read(t, s, orgA, func(tx directory.Tx) (directory.ResourceDirectory, error) {
		return tx.ResourceDirectory().ResourceDirectory()
	}), rd)
	refused(t, s, orgB, directory.ErrDirectoryNotEnabled, func(tx directory.Tx) error { _, err := tx.ResourceDirectory().ResourceDirectory(); return err })
}

func testOutbox(t *testing.T, s directory.Store) {
	var want []directory.OutboxItem
	for i, org := range []string{orgA, orgB, orgA} {
		item := directory.OutboxItem{
			ID: fmt.Sprint("i", 9-i), Org: org, Kind: "email", Topic: "verify", Object: "c-1",
			Recipient: "Someone@Example.com", Payload: `{"code":"123456"}`, CreatedAt: start,
		}
		want = append(want, item)
		update(t, s, org, func(tx directory.Tx) { tx.Outbox().Enqueue(item) })
	}
	event := directory.OutboxItem{ID: "e1", Org: orgA, Kind: directory.EventKind, CreatedAt: start}
	events := func(tx directory.Tx) ([]directory.OutboxItem, error) {
		return tx.Outbox().Outbox(directory.EventKind, 10)
	}
	update(t, s, orgB, func(tx directory.Tx) {
		tx.Subscriptions().PutSubscription(directory.Subscription{Org: orgB, AppKey: "b", Channel: directory.StreamChannel})
	})
	update(t, s, orgA, func(tx directory.Tx) { tx.Outbox().Enqueue(event) })
	same(t, read(t, s, orgA, events), []directory.OutboxItem{}) // no subscription
	update(t, s, orgA, func(tx directory.Tx) {
		tx.Subscriptions().PutSubscription(directory.Subscription{Org: orgA, AppKey: "a", Channel: directory.StreamChannel})
	})
	update(t, s, orgA, func(tx directory.Tx) { tx.Outbox().Enqueue(event) })
	same(t, read(t, s, orgA, events), []directory.OutboxItem{event})
	get := func(tx directory.Tx) ([]directory.OutboxItem, error) { return tx.Outbox().Outbox("email", 10) }
	same(t, read(t, s, "", get), want)
	same(t, read(t, s, orgA, get), []directory.OutboxItem{want[0], want[2]})
	same(t, read(t, s, "", func(tx directory.Tx) ([]directory.OutboxItem, error) { return tx.Outbox().Outbox("email", 1) }), want[:1])
	update(t, s, orgB, func(tx directory.Tx) { tx.Outbox().DeleteOutbox(want[0].ID) }) // not its own
	update(t, s, orgA, func(tx directory.Tx) { tx.Outbox().DeleteOutbox(want[2].ID) })
	same(t, read(t, s, "", get), want[:2])
}

// firstVersion is a group as it is read after it was put.
func firstVersion(g directory.LabelGroup) directory.LabelGroup {
	g.Version, g.Labels = 1, slices.Clone(g.Labels)
	for i := range g.Labels {
		g.Labels[i].Version = 1
	}
	return g
}
