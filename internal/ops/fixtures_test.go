package ops_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
)

// fixtures are states of the sample organisation that no operation causes.
var fixtures = map[string]func(directory.Tx) error{
	"control-policies": caseControlPolicies,
	"app-of-department-2": func(tx directory.Tx) error { // $C, with every permission but a narrow range
		a, err := tx.Apps().AppByKey(directory.BareAppKey)
		a.Permissions, a.Scope = []string{directory.AllPermissions}, directory.Scope{DeptIDs: []int64{2}, UserIDs: []string{"org1002"}}
		tx.Apps().PutApp(a)
		return err
	},
	"boss-and-sub-administrator": func(tx directory.Tx) error { // of the departments 2 and 3
		e, err := tx.Employees().Employee("org1001")
		boss := e
		boss.Boss = true
		tx.Employees().UpdateEmployee(e, boss)
		tx.Roles().PutRoleMember(directory.RoleMember{RoleID: directory.DefaultRoleGroups(directory.SampleOrg)[0].Roles[3].ID, UserID: "023420013645",
			Limited: true, Scope: []directory.RoleScope{{DeptID: 2}, {DeptID: 3}}})
		return err
	},
	"app-elsewhere": func(tx directory.Tx) error { // $A, for calls from one address only
		a, err := tx.Apps().AppByKey(directory.SampleAppKey)
		a.AllowIPs = []string{"198.51.100.7"}
		tx.Apps().PutApp(a)
		return err
	},
	"app-without-fields": func(tx directory.Tx) error { // $C, with the calls but not the fields
		a, err := tx.Apps().AppByKey(directory.BareAppKey)
		a.Permissions = []string{"qyapi_get_member", "qyapi_get_department_member", "qyapi_get_member_by_mobile"}
		tx.Apps().PutApp(a)
		return err
	},
	"member-key": func(tx directory.Tx) error { // memberKeyId
		tx.AccessKeys().PutAccessKey(directory.AccessKey{ID: "memberKeyId", Org: directory.SampleOrg, Secret: directory.NewSecret(accessKeys["memberKeyId"]),
			Member: "1997968394351234", Principal: "member", Policy: directory.PolicyFullAccess, CreatedAt: now})
		return nil
	},
	"folder-key": func(tx directory.Tx) error { // folderKeyId, for what is in one folder
		tx.AccessKeys().PutAccessKey(directory.AccessKey{ID: "folderKeyId", Org: directory.SampleOrg, Secret: directory.NewSecret(accessKeys["folderKeyId"]),
			Principal: "folder", CreatedAt: now, Policy: `{"Version":"1","Statement":[{"Effect":"Allow","Action":["resourcemanager:ListAuthorized*"],"Resource":"*"},
				{"Effect":"Allow","Action":"resourcemanager:*","Resource":["acs:resourcemanager:*:*:account/rd-StSamp/r-Root01/fd-ZDNPiT1234/*",
				"acs:resourcemanager:*:*:folder/rd-StSamp/r-Root01/fd-ZDNPiT1234", "acs:resourcemanager:*:*:handshake/*"]}]}`})
		return nil
	},
	"join-granted": func(tx directory.Tx) error {
		tx.Employees().PutJoinGrant(directory.JoinGrant{ToOrg: directory.PartnerOrg, UpdatedAt: now})
		return nil
	},
	"join-granted-for-department-3": func(tx directory.Tx) error {
		tx.Employees().PutJoinGrant(directory.JoinGrant{ToOrg: directory.PartnerOrg, DeptIDs: []int64{3}, UpdatedAt: now})
		return nil
	},
	"15-levels": func(tx directory.Tx) error { // departments 102 to 115, one below the other, and 200 with 201 below it
		parent := int64(directory.RootDepartment)
		for id := int64(102); id <= 115; id++ {
			tx.Departments().InsertDepartment(directory.Department{ID: id, ParentID: parent, Name: fmt.Sprint("level ", id-100)})
			parent = id
		}
		tx.Departments().InsertDepartment(directory.Department{ID: 200, ParentID: 1, Name: "upper"})
		tx.Departments().InsertDepartment(directory.Department{ID: 201, ParentID: 200, Name: "lower"})
		return nil
	},
	"agreed": func(tx directory.Tx) error {
		tx.Employees().PutConsent(directory.Consent{ID: "k1", Person: "86-13800002001", GivenAt: now})
		return nil
	},
	"contacts-off": func(tx directory.Tx) error {
		o, err := tx.Orgs().OrgByID(directory.SampleOrg)
		o.ContactsOn = false
		tx.Orgs().PutOrg(o)
		return err
	},
	"org-disabled": func(tx directory.Tx) error {
		o, err := tx.Orgs().OrgByID(directory.SampleOrg)
		o.Disabled = true
		tx.Orgs().PutOrg(o)
		return err
	},
	"handshakes-settled": func(tx directory.Tx) error { // of the sample's outside account: one declined, one that expires now
		for id, status := range map[string]string{"h-Declined00000001": directory.HandshakeDeclined, "h-Expired000000001": directory.HandshakePending} {
			tx.Handshakes().PutHandshake(directory.Handshake{ID: id, Org: directory.SampleOrg, DirectoryID: "rd-StSamp", MasterID: directory.SampleAccount, MasterName: "示例科技",
				AccountID: directory.OutsideAccount, AccountName: "外部账号", TargetType: directory.TargetAccount, Target: directory.OutsideAccount, Status: status,
				CreatedAt: now.Add(-14 * 24 * time.Hour), ModifiedAt: now.Add(-13 * 24 * time.Hour), ExpiresAt: now})
		}
		return nil
	},
	"contact-deleting": func(tx directory.Tx) error {
		c, err := tx.MessageContacts().MessageContact(directory.SampleMessageContact)
		before := c
		c.Status = directory.Deleting
		tx.MessageContacts().UpdateMessageContact(before, c)
		return err
	},
	"200-message-contacts": func(tx directory.Tx) error {
		for i := range 200 {
			tx.MessageContacts().InsertMessageContact(directory.MessageContact{ID: fmt.Sprint("c-", i), Name: fmt.Sprint("contact", i), Title: "Other",
				MessageTypes: []string{"ServiceMessage"}, Status: directory.Verifying, Email: directory.Channel{Address: "a@example.com"}, CreatedAt: now})
		}
		return nil
	},
	// The states in which the captured requests of extcontact/testdata/fixtures.txtar
	// were answered: their people, their contact, its mail address, their labels.
	"vendor-people": func(tx directory.Tx) error {
		tx.Employees().InsertEmployee(directory.Employee{UserID: "manager4220", Name: "经理", DeptIDs: []int64{1}, AccountType: directory.AccountNormal})
		tx.Labels().PutLabelGroup(directory.LabelGroup{ID: 1561077316, Name: "级别", Color: -11687445, Labels: []directory.Label{
			{ID: 1026002, Name: "客户"}, {ID: 1561077317, Name: "一般"}}}, 9)
		return nil
	},
	"vendor-contacts": func(tx directory.Tx) error {
		cs, err := tx.Contacts().ContactsAfter(0, 100)
		for _, c := range cs {
			tx.Contacts().DeleteContact(c)
		}
		text := func(s string) *string { return &s }
		tx.Employees().InsertEmployee(directory.Employee{UserID: "042059613752", Name: "王丽", DeptIDs: []int64{1}, AccountType: directory.AccountNormal})
		tx.Contacts().InsertContact(directory.Contact{ID: "0123456789", Name: "张三", FollowerID: "6767531692", LabelIDs: []int64{1, 2, 3},
			StateCode: "86", Mobile: "13088888888", Title: text("开发工程师"), Remark: text("备注内容"), Address: text("地址内容"), CompanyName: text("钉钉"),
			ShareDeptIDs: []int64{1, 2, 3}, ShareUserIDs: []string{"042059613752"}, CreatedAt: now, UpdatedAt: now})
		return err
	},
	"vendor-mail": func(tx directory.Tx) error {
		c, err := tx.Contacts().Contact("0123456789")
		before, email := c, "xxx@1.com"
		c.Email = &email
		tx.Contacts().UpdateContact(before, c)
		return err
	},
	"vendor-labels": func(tx directory.Tx) error {
		gs, err := tx.Labels().LabelGroups(0, 100)
		for _, g := range gs {
			for _, l := range g.Labels {
				tx.LabelAdmin().DeleteLabels([]int64{l.ID})
			}
			tx.LabelAdmin().DeleteLabelGroup(g.ID)
		}
		tx.Labels().PutLabelGroup(directory.LabelGroup{ID: 1026001, Name: "类型", Color: -15220075, Labels: []directory.Label{{ID: 1026002, Name: "客户"}}}, 1)
		return err
	},
	"contact-with-email": func(tx directory.Tx) error {
		c, err := tx.Contacts().Contact("123420013632")
		before, email := c, "zhangsan@example.com"
		c.Email = &email
		tx.Contacts().UpdateContact(before, c)
		return err
	},
	"codes": loginCodes,
	"login": func(tx directory.Tx) error {
		e, err := tx.Employees().Employee("org1001")
		mac := func(purpose, text string) string { return hex.EncodeToString(keyring.DevMaster().MAC(purpose, text)) }
		login := directory.Login{Org: directory.SampleOrg, AppKey: directory.SampleAppKey, UserID: e.UserID, Account: e.Account,
			Mark: mac("password mark", e.PasswordHash)[:16], WithOrg: true}
		tx.Logins().PutLoginCode(directory.LoginCode{Hash: mac("login code", "fixed-code"), Kind: directory.OAuthLogin, Login: login, Expires: now.Add(time.Minute)}, now)
		tx.Logins().PutUserSession(directory.UserSession{ID: "fixed", Login: login, Access: mac("access token", "fixed-user-token"), AccessUntil: now.Add(time.Hour),
			Refresh: mac("refresh token", "fixed-refresh-token"), RefreshUntil: now.Add(time.Hour), RefreshedAt: now})
		return err
	},
	"certified": func(tx directory.Tx) error {
		o, err := tx.Orgs().OrgByID(directory.SampleOrg)
		o.Certification = directory.Certification{Level: 2, LicenseOrgName: "示例科技有限公司", UnifiedSocialCredit: "91110108MA00000000", LegalPerson: "赵敏"}
		tx.Orgs().PutOrg(o)
		return err
	},
	"creator": func(tx directory.Tx) error {
		e, err := tx.Employees().Employee("org1001")
		o, missing := tx.Orgs().OrgByID(directory.PartnerOrg)
		o.Creator = e.Account
		tx.Orgs().PutOrg(o)
		return errors.Join(err, missing)
	},
	"orphan": func(tx directory.Tx) error {
		tx.Employees().InsertEmployee(directory.Employee{UserID: "orphan", Name: "周杰", DeptIDs: []int64{1}, AccountType: directory.AccountJoined,
			OuterOrg: "dinggone", OuterUserID: "u1", Account: "account/dinggone/u1", CreatedAt: now})
		return nil
	},
	"leavers": func(tx directory.Tx) error {
		for i, r := range []directory.LeaveRecord{
			{Name: "钱七", Mobile: "86-13900007777", AccountType: directory.AccountNormal, Reason: directory.LeftByAPI},
			{Name: "周八", AccountType: directory.AccountJoined, Reason: directory.LeftByAdministrator},
			{Name: "吴九", Mobile: "1-2025550123", AccountType: directory.AccountSSO, Reason: directory.LeftByResigning},
		} {
			r.ID, r.UserID, r.LeftAt = fmt.Sprint("l", i), fmt.Sprint("left", i), now.Add(time.Duration(i-3)*time.Hour)
			tx.LeaveRecords().InsertLeaveRecord(r)
		}
		return nil
	},
	"twin-of-org1001": func(tx directory.Tx) error {
		e, err := tx.Employees().Employee("023420013644")
		before := e
		e.Mobile = "86-13800001001"
		tx.Employees().UpdateEmployee(before, e)
		return err
	},
	"failed-events": func(tx directory.Tx) error {
		app := directory.SubscriptionRef{Org: directory.SampleOrg, AppKey: directory.SampleAppKey, Channel: directory.HTTPChannel}
		for i, d := range []directory.Delivery{
			{EventID: "e1", Topic: "user_add_org", Object: "u1", Payload: `{"userId":["u1"],"optStaffId":"u2"}`},
			{EventID: "e2", Topic: directory.ContactLeft, Object: "c1", Payload: `{"userId":"c1"}`},
		} {
			d.Ref, d.Seq, d.BornAt, d.NextAt = app, int64(i), now, now
			tx.Deliveries().InsertDelivery(d)
			failed := d
			failed.Attempts, failed.FailedAt = 3, now
			tx.Deliveries().UpdateDelivery(d, failed)
		}
		return nil
	},
	"roles":        caseRoles,
	"role-deleted": caseRoleDeleted,
	"employee-with-mobile": func(tx directory.Tx) error {
		e, err := tx.Employees().Employee("023420013645")
		before := e
		e.Mobile = "86-13900009999"
		tx.Employees().UpdateEmployee(before, e)
		return err
	},
}
