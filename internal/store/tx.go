package store

import "github.com/mingce/mingce/internal/directory"

// nounTx gives the core the interface of each noun on one transaction.
type nounTx struct{ *tx }

func (t nounTx) Orgs() directory.OrgTx                            { return t.tx }
func (t nounTx) Apps() directory.AppTx                            { return t.tx }
func (t nounTx) AccessKeys() directory.AccessKeyTx                { return t.tx }
func (t nounTx) TemporaryKeys() directory.TemporaryKeyTx          { return t.tx }
func (t nounTx) Policies() directory.PolicyTx                     { return t.tx }
func (t nounTx) RAMRoles() directory.RAMRoleTx                    { return t.tx }
func (t nounTx) Departments() directory.DepartmentTx              { return t.tx }
func (t nounTx) Employees() directory.EmployeeTx                  { return t.tx }
func (t nounTx) Labels() directory.LabelTx                        { return t.tx }
func (t nounTx) LabelAdmin() directory.LabelAdminTx               { return t.tx }
func (t nounTx) Roles() directory.RoleTx                          { return t.tx }
func (t nounTx) Contacts() directory.ContactTx                    { return t.tx }
func (t nounTx) ContactList() directory.ContactListTx             { return t.tx }
func (t nounTx) ContactSearch() directory.ContactSearchTx         { return t.tx }
func (t nounTx) Visibility() directory.VisibilityTx               { return t.tx }
func (t nounTx) Grants() directory.GrantTx                        { return t.tx }
func (t nounTx) Logins() directory.LoginTx                        { return t.tx }
func (t nounTx) LeaveRecords() directory.LeaveRecordTx            { return t.tx }
func (t nounTx) NameSearch() directory.NameSearchTx               { return t.tx }
func (t nounTx) ResourceDirectory() directory.ResourceDirectoryTx { return t.tx }
func (t nounTx) Folders() directory.FolderTx                      { return t.tx }
func (t nounTx) Accounts() directory.AccountTx                    { return t.tx }
func (t nounTx) Handshakes() directory.HandshakeTx                { return t.tx }
func (t nounTx) Delegations() directory.DelegationTx              { return t.tx }
func (t nounTx) TrustedServices() directory.TrustedServiceTx      { return t.tx }
func (t nounTx) AliyunAccounts() directory.AliyunAccountTx        { return t.tx }
func (t nounTx) SecureInfo() directory.SecureInfoTx               { return secureInfoTx(t) }
func (t nounTx) EffectiveContacts() directory.EffectiveContactTx  { return t.tx }
func (t nounTx) MessageContacts() directory.MessageContactTx      { return t.tx }
func (t nounTx) Members() directory.MemberTx                      { return t.tx }
func (t nounTx) ContactDeletions() directory.ContactDeletionTx    { return t.tx }
func (t nounTx) Verifications() directory.VerificationTx          { return t.tx }
func (t nounTx) Messages() directory.MessageTx                    { return t.tx }
func (t nounTx) History() directory.HistoryTx                     { return t.tx }
func (t nounTx) Undos() directory.UndoTx                          { return t.tx }
func (t nounTx) Erasures() directory.ErasureTx                    { return t.tx }
func (t nounTx) Bin() directory.BinTx                             { return t.tx }
func (t nounTx) Imports() directory.ImportTx                      { return t.tx }
func (t nounTx) ObjectKeys() directory.ObjectKeyTx                { return t.tx }
func (t nounTx) Audit() directory.AuditTx                         { return t.tx }
func (t nounTx) Outbox() directory.OutboxTx                       { return t.tx }
func (t nounTx) Subscriptions() directory.SubscriptionTx          { return t.tx }
func (t nounTx) Deliveries() directory.DeliveryTx                 { return t.tx }
func (t nounTx) KeptAnswers() directory.KeptAnswerTx              { return t.tx }

func (t nounTx) Tags() directory.TagTx                             { return t.tx }
func (t nounTx) ControlPolicies() directory.ControlPolicyTx        { return t.tx }
func (t nounTx) ControlAttachments() directory.ControlAttachmentTx { return t.tx }
