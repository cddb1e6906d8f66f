package directory

import (
	"context"
	"errors"
	"fmt"
)

// The fixed values of the sample organisation of `mingce dev`, chosen so that
// the sample requests of the vendor's pages succeed. None of them is secret.
const (
	SampleOrg     = "ding87654321"
	SampleToken   = "101w3c04ffa2386da6530e5123bdf260"
	SampleAppKey  = "dingsampleappkey01"
	SampleSecret  = "sample-app-secret-0001"
	PartnerOrg    = "ding12345678"
	PartnerToken  = "202w3c04ffa2386da6530e5123bdf260"
	PartnerAppKey = "dingpartnerappkey1"
	PartnerSecret = "partner-app-secret-01"

	BareToken  = "303w3c04ffa2386da6530e5123bdf260" // an app with only the permission qyapi_base
	BareAppKey = "dingnopermission01"
	BareSecret = "no-permission-secret1"

	SampleContact       = "123420013632"       // an external contact
	SampleAdministrator = "102530009661373952" // an employee

	SampleRoleGroup = 2130459001
	SampleRole      = 2130459002 // the employee 023420013644 has it

	SampleTOPKey    = "12345678"
	SampleTOPSecret = "helloworld"

	SampleAccount        = "1000000000000001" // the management account
	PartnerAccount       = "1000000000000002"
	SampleAccessKey      = "testAccessKeyId"
	SampleAccessSecret   = "testAccessKeySecret"
	ReadOnlyAccessKey    = "readonlyKeyId"
	ReadOnlyAccessSecret = "readonlyKeySecret"
	SampleRAMRole        = "mingce-operator"

	// An account outside every directory, and the organisation that it is of.
	OutsideOrg          = "account-1000000000000009"
	OutsideAccount      = "1000000000000009"
	OutsideAccessKey    = "outsiderKeyId"
	OutsideAccessSecret = "outsiderKeySecret"

	SampleMessageContact  = "c-qL4HqKONzOM7abcd"
	PendingMessageContact = "c-Verify0Pending1"
)

// Fill writes the sample data of one organisation. Write must not read.
type Fill struct {
	Org   string
	Write func(Tx)
}

// Sample returns the data of the sample organisations.
func (d *Directory) Sample() []Fill {
	return []Fill{{PartnerOrg, d.samplePartner}, {OutsideOrg, d.sampleOutsider}, {SampleOrg, d.sampleCompany}}
}

// LoadSample writes the sample organisations unless they exist.
func (d *Directory) LoadSample(ctx context.Context) error {
	for _, load := range d.Sample() {
		if _, err := d.Org(ctx, load.Org); err == nil {
			continue
		}
		err := d.store.Update(ctx, load.Org, func(tx Tx) error {
			_, err := tx.Orgs().OrgByID(load.Org)
			if errors.Is(err, ErrOrgNotFound) {
				load.Write(tx)
				return nil
			}
			return err
		})
		// Another process may have loaded it meanwhile.
		if _, found := d.Org(ctx, load.Org); err != nil && found != nil {
			return fmt.Errorf("load sample organisation %s: %w", load.Org, err)
		}
	}
	d.Forget()
	return nil
}

// Forget empties the caches of principals, for callers that replaced many
// credentials at once.
func (d *Directory) Forget() {
	d.forgetApps()
	d.access.clear()
	d.bearers.clear()
	d.bounds.clear()
	d.delegated.clear()
	d.pages.clear()
	d.nameMarks.clear()
	d.idMarks.clear()
	d.leftMarks.clear()
}

func (d *Directory) samplePartner(tx Tx) {
	now := d.now()
	tx.Orgs().PutOrg(Org{ID: PartnerOrg, Name: "伙伴公司", ContactsOn: true, CreatedAt: now})
	d.putAliyunAccount(tx, AliyunAccount{ID: PartnerAccount, Org: PartnerOrg, Name: "伙伴公司", CreatedAt: now})
	d.sampleApp(tx, App{Org: PartnerOrg, Key: PartnerAppKey, Secret: NewSecret(PartnerSecret), Name: "伙伴应用", AgentID: 1002, Permissions: []string{AllPermissions}}, PartnerToken)
	tx.Departments().InsertDepartment(Department{ID: RootDepartment, Name: "伙伴公司", CreatedAt: now, UpdatedAt: now})
	for _, e := range []Employee{
		{UserID: "b0001", Name: "孙丽", AccountType: AccountNormal},
		{UserID: "b1001", Name: "陈静", AccountType: AccountJoined, OuterOrg: SampleOrg, OuterUserID: "org1001"},
		{UserID: "b1002", Name: "刘洋", AccountType: AccountJoined, OuterOrg: SampleOrg, OuterUserID: "org1002"},
	} {
		e.DeptIDs, e.CreatedAt = []int64{RootDepartment}, now
		tx.Employees().InsertEmployee(d.identify(PartnerOrg, e))
	}
	tx.Labels().PutLabelGroup(LabelGroup{ID: 10, Name: "客户", Color: labelGreen, Labels: []Label{{ID: 11, Name: "普通"}}}.madeAt(now), 1)
}

func (d *Directory) sampleOutsider(tx Tx) {
	now := d.now()
	tx.Orgs().PutOrg(Org{ID: OutsideOrg, Name: "外部账号", CreatedAt: now})
	tx.Departments().InsertDepartment(Department{ID: RootDepartment, Name: "外部账号", CreatedAt: now, UpdatedAt: now})
	d.putAliyunAccount(tx, AliyunAccount{ID: OutsideAccount, Org: OutsideOrg, Name: "外部账号", Email: "outsider@example.com", CreatedAt: now})
	tx.AccessKeys().PutAccessKey(AccessKey{ID: OutsideAccessKey, Org: OutsideOrg, Secret: NewSecret(OutsideAccessSecret), Principal: "outsider", Policy: PolicyFullAccess, CreatedAt: now})
}

func (d *Directory) sampleCompany(tx Tx) {
	now := d.now()
	tx.Orgs().PutOrg(Org{ID: SampleOrg, Name: "示例科技", ContactsOn: true, CreatedAt: now})
	d.sampleApp(tx, App{Org: SampleOrg, Key: SampleAppKey, Secret: NewSecret(SampleSecret), Name: "示例应用", AgentID: 1001, Permissions: []string{AllPermissions}}, SampleToken)
	d.sampleApp(tx, App{Org: SampleOrg, Key: BareAppKey, Secret: NewSecret(BareSecret), Name: "无权限应用", AgentID: 1003, Permissions: []string{"qyapi_base"}}, BareToken)
	tx.Apps().PutApp(App{Org: SampleOrg, Key: SampleTOPKey, Secret: NewSecret(SampleTOPSecret), Name: "TOP", SigningOnly: true, CreatedAt: now})
	for _, dept := range []Department{{ID: RootDepartment, Name: "示例科技"}, {ID: 2, ParentID: RootDepartment, Name: "市场部"}, {ID: 3, ParentID: RootDepartment, Name: "研发部"}} {
		dept.CreatedAt, dept.UpdatedAt = now, now
		tx.Departments().InsertDepartment(dept)
	}
	for _, e := range []Employee{
		{UserID: "023420013645", Name: "王芳", DeptIDs: []int64{2}, AccountType: AccountNormal},
		{UserID: "023420013644", Name: "李强", DeptIDs: []int64{3}, AccountType: AccountNormal},
		{UserID: SampleAdministrator, Name: "赵敏", DeptIDs: []int64{RootDepartment}, AccountType: AccountNormal, Admin: true},
		{UserID: "org1001", Name: "陈静", DeptIDs: []int64{2}, AccountType: AccountDingTalk, Mobile: "86-13800001001"},
		{UserID: "org1002", Name: "刘洋", DeptIDs: []int64{3}, AccountType: AccountDingTalk, Mobile: "86-13800001002", Disabled: true},
	} {
		e.CreatedAt = now
		tx.Employees().InsertEmployee(d.identify(SampleOrg, e))
	}
	tx.Roles().InsertRoleGroup(RoleGroup{ID: SampleRoleGroup, Name: "职能"})
	tx.Roles().InsertRole(Role{ID: SampleRole, GroupID: SampleRoleGroup, Name: "财务"})
	tx.Roles().PutRoleMember(RoleMember{RoleID: SampleRole, UserID: "023420013644"})
	d.sampleLabels(tx)
	contact := Contact{ID: SampleContact, Name: "张三", FollowerID: "023420013645", LabelIDs: []int64{1},
		StateCode: "86", Mobile: "13800000001", CreatedAt: now, UpdatedAt: now}
	tx.Contacts().InsertContact(contact)
	tx.Employees().PutContactUnionID(d.unionID(d.personAccount(contact.Phone()), SampleOrg), contact.ID)
	d.sampleResourceDirectory(tx)
}

func (d *Directory) sampleLabels(tx Tx) {
	for i, g := range []LabelGroup{
		{ID: 4, Name: "客户等级", Color: labelGreen, Labels: []Label{{ID: 1, Name: "重要"}, {ID: 2, Name: "普通"}}},
		{ID: 5, Name: "合作关系", Color: labelBlue, Labels: []Label{{ID: 3, Name: "渠道商"}}},
		{ID: 2393865714, Name: "行业", Color: labelYellow, Labels: []Label{{ID: 2393865715, Name: "制造业"}}},
	} {
		tx.Labels().PutLabelGroup(g.madeAt(d.now()), int64(i)+1)
	}
}

func (d *Directory) sampleResourceDirectory(tx Tx) {
	now := d.now()
	d.putAliyunAccount(tx, AliyunAccount{ID: SampleAccount, Org: SampleOrg, Name: "示例科技", CreatedAt: now})
	tx.ResourceDirectory().PutResourceDirectory(ResourceDirectory{ID: "rd-StSamp", RootFolderID: "r-Root01", AccountID: SampleAccount, AccountName: "示例科技", CreatedAt: now,
		ControlPolicyStatus: ControlPoliciesEnabled, ControlPoliciesAt: now, MemberDeletion: true})
	tx.Folders().PutFolder(Folder{ID: "r-Root01", Name: "root", CreatedAt: now})
	tx.Folders().PutFolder(Folder{ID: "fd-ZDNPiT1234", ParentID: "r-Root01", Name: "production", CreatedAt: now})
	for id, folder := range map[string]string{"1997968394351234": "fd-ZDNPiT1234", "1817610956901234": "r-Root01"} {
		tx.Accounts().PutAccount(Account{ID: id, FolderID: folder, DisplayName: "member-" + id[:4], Name: "member-" + id[:4] + "@rd-StSamp.aliyunid.com",
			Type: "ResourceAccount", Status: "CreateSuccess", JoinMethod: "created", JoinedAt: now, ModifiedAt: now})
	}
	tx.AccessKeys().PutAccessKey(AccessKey{ID: SampleAccessKey, Org: SampleOrg, Secret: NewSecret(SampleAccessSecret), Principal: "developer", Policy: PolicyFullAccess, CreatedAt: now})
	tx.RAMRoles().InsertRAMRole(RAMRole{ID: "210000000000000001", AccountID: SampleAccount, Name: SampleRAMRole, Policy: PolicyFullAccess,
		Trust: TrustingAccount(SampleAccount), MaxSession: LongestMaxSession, CreatedAt: now})
	tx.AccessKeys().PutAccessKey(AccessKey{ID: ReadOnlyAccessKey, Org: SampleOrg, Secret: NewSecret(ReadOnlyAccessSecret), Principal: "auditor", Policy: PolicyReadOnly, CreatedAt: now})
	tx.MessageContacts().InsertMessageContact(MessageContact{ID: SampleMessageContact, Name: "tom", Title: "TechnicalDirector", MessageTypes: []string{"AccountExpenses"},
		Status: Active, Email: Channel{Address: "someone@example.com", Verified: true}, Version: 1, CreatedAt: now, UpdatedAt: now})
	tx.MessageContacts().InsertMessageContact(MessageContact{ID: PendingMessageContact, Name: "jerry", Title: "Other", MessageTypes: []string{"ServiceMessage"},
		Status: Verifying, Email: Channel{Address: "jerry@example.com"}, Version: 1, CreatedAt: now, UpdatedAt: now})
}

func (d *Directory) sampleApp(tx Tx, a App, token string) {
	a.CreatedAt = d.now()
	a.Scope = Scope{All: true}
	tx.Apps().PutApp(a)
	tx.Apps().PutToken(Token{Hash: d.tokenHash(token), Org: a.Org, AppKey: a.Key})
}
