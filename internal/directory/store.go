package directory

import (
	"context"
	"errors"
	"time"
)

// Errors of the store. Methods wrap them with context; compare with errors.Is.
var (
	// ErrBusy: the store is overloaded, lost a race too often or cannot write
	// now; nothing was changed and the call may be repeated.
	ErrBusy = errors.New("the directory is busy")
	// ErrDiskFull: the store is busy because it has no space left.
	ErrDiskFull = errors.New("no space left for the directory")
	// ErrConflict: a value that was free when it was read is taken now.
	ErrConflict = errors.New("conflicting change")
)

// Store stores the directory's rows. Implementations are safe for concurrent
// use.
type Store interface {
	// View runs fn on a consistent snapshot. fn must not write.
	View(ctx context.Context, org string, fn func(Tx) error) error
	// Update runs fn and makes its writes durable before it returns nil. In fn,
	// reads come first: writes are collected and carried out together after fn
	// returns, and nothing is written if fn returns an error. fn may run more
	// than once, so it must have no other effects. Update returns fn's error,
	// the conflict error of a write that lost a race, or ErrBusy.
	Update(ctx context.Context, org string, fn func(Tx) error) error
	// UpdateBoth is Update whose function also gets a Tx on the rows of another
	// organisation, in the same transaction. The reads of both come first.
	UpdateBoth(ctx context.Context, org, other string, fn func(tx, of Tx) error) error
	// UseNonce: see Directory.UseNonce. It is not part of any Update.
	UseNonce(ctx context.Context, key, nonce string, expires time.Time) (fresh bool, err error)
	// NonceSeen: see Directory.NonceSeen.
	NonceSeen(key, nonce string) bool
	// RefuseBefore: see Directory.RefuseBefore.
	RefuseBefore() time.Time
	// PageEnd returns the ordinal of the contact before the one at an offset,
	// if a page returned to the reader ended there and this is still
	// remembered.
	PageEnd(ctx context.Context, w PageReader, offset int64, now time.Time) (ordinal int64, known bool)
	// RememberPageEnd remembers it, but not beyond until. It is not part of any
	// Update, and does not wait for a disk.
	RememberPageEnd(ctx context.Context, w PageReader, offset, ordinal int64, now, until time.Time)
}

// Tx is one transaction on the rows of one organisation (the org given to View
// or Update); look-ups across organisations say so. Each noun has its own
// interface, in the noun's file; all of them share the one transaction.
type Tx interface {
	Orgs() OrgTx
	Apps() AppTx
	AccessKeys() AccessKeyTx
	TemporaryKeys() TemporaryKeyTx
	Policies() PolicyTx
	RAMRoles() RAMRoleTx
	Departments() DepartmentTx
	Employees() EmployeeTx
	Labels() LabelTx
	LabelAdmin() LabelAdminTx
	Roles() RoleTx
	Contacts() ContactTx
	ContactList() ContactListTx
	ContactSearch() ContactSearchTx
	Visibility() VisibilityTx
	Grants() GrantTx
	Logins() LoginTx
	LeaveRecords() LeaveRecordTx
	NameSearch() NameSearchTx
	ResourceDirectory() ResourceDirectoryTx
	Folders() FolderTx
	Accounts() AccountTx
	Delegations() DelegationTx
	TrustedServices() TrustedServiceTx
	AliyunAccounts() AliyunAccountTx
	Tags() TagTx
	ControlPolicies() ControlPolicyTx
	ControlAttachments() ControlAttachmentTx
	Handshakes() HandshakeTx
	SecureInfo() SecureInfoTx
	EffectiveContacts() EffectiveContactTx
	MessageContacts() MessageContactTx
	Members() MemberTx
	ContactDeletions() ContactDeletionTx
	Verifications() VerificationTx
	Messages() MessageTx
	Audit() AuditTx
	History() HistoryTx
	Undos() UndoTx
	Erasures() ErasureTx
	Bin() BinTx
	Imports() ImportTx
	ObjectKeys() ObjectKeyTx
	Outbox() OutboxTx
	Subscriptions() SubscriptionTx
	Deliveries() DeliveryTx
	KeptAnswers() KeptAnswerTx

	// Flush carries out the writes so far, so that later reads see them. It
	// returns what Update would return for them, and Update then returns that,
	// too. It costs a round trip on PostgreSQL.
	Flush() error
}
