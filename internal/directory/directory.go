package directory

import (
	"context"
	"sync/atomic"
	"time"
)

// Config is what Open needs. Store, Now, NewID and Keys must be set.
type Config struct {
	Store Store
	Now   func() time.Time
	NewID IDs
	Keys  Keys

	// Receivers checks receivers of events that are registered; nil checks none.
	Receivers Receivers

	// Policies reads policies; without it no role can be created or assumed.
	Policies Policies

	// Settings of the deployment; the zero value is the documented default.
	Settings Settings
}

// Settings are the choices of the specifications that a deployment may change
// (docs/configuration.md).
type Settings struct {
	AllowUnknownCorpIDs        bool          // federation.allowUnknownCorpIds
	AllowMobileUpdate          bool          // contacts.allow_mobile_update
	HomeCountry                string        // org.stateCode: country code of numbers without one; "" takes 86
	RequireConsent             bool          // employees.require_consent: apps cannot add people with personal accounts without a consent
	UpdateVisibleAtOnce        bool          // contacts.update_visibility = immediate
	LenientPaging              bool          // contacts.lenient_paging: sizes above 100 count as 100
	MaxContacts                int64         // external contacts of an organisation; 0 is unlimited
	MaxMessageContacts         int64         // message contacts of a resource directory; 0 takes 200
	MobileCountryCodes         []string      // message contacts; nil allows 86 only
	RequireReceiver            bool          // contacts.require_receiver
	BindUnverified             bool          // contacts.bind_unverified
	MaxMembersPerContact       int64         // bindings of a message contact; 0 takes 100
	MaxFolderName              int64         // characters of a folder's name; 0 takes MaxFolderName
	MaxFolders                 int64         // folders of a resource directory, without the root; 0 takes 1000
	MaxAccounts                int64         // members of a resource directory; 0 takes 10000
	MaxControlPolicies         int64         // control policies of a resource directory, without the system policy; 0 takes 1500
	MaxControlAttachments      int64         // of them to one folder or member; 0 takes 10
	StrictPolicyNames          bool          // directory-strict-policy-names: control policies are named as the vendor documents
	MemberDeletion             bool          // directories.member_deletion: of new resource directories
	MaxVerificationsPerDay     int64         // verification messages per directory and day; 0 takes 100
	AutoVerify                 bool          // verification.auto
	MaxInvitationsPerDay       int64         // of a resource directory; 0 is unlimited
	InvitationPause            time.Duration // between invitations of one account to a directory; 0 is none
	MaxDelegatedAdministrators int64         // of one service; 0 takes 5
	BinRetention               time.Duration // bin.retention: how long deleted objects can be restored; 0 takes DefaultBinRetention
	ServicePrincipals          []string      // services that may have delegated administrators; nil allows all
	// Links returns the address of the page that confirms a verification token,
	// under the deployment's base URL. If nil, messages carry a code only.
	Links func(token string) string
}

// IDs makes identifiers. Implementations are safe for concurrent use and never
// repeat a value.
type IDs interface {
	// Digits returns n random decimal digits, the first of them not 0.
	Digits(n int) string
	// Base62 returns n random letters and digits.
	Base62(n int) string
}

// Keys derives secrets from the server's key. It is safe for concurrent use.
type Keys interface {
	// MAC returns 32 bytes derived from the purpose and the parts under the
	// server's key. ("ab", "c") and ("a", "bc") give different results.
	MAC(purpose string, parts ...string) []byte
}

// Directory is the whole service's data. It is safe for concurrent use.
type Directory struct {
	store     Store
	now       func() time.Time
	ids       IDs
	keys      Keys
	settings  Settings
	receivers Receivers
	policies  Policies
	tokens    tokenCache
	apps      expiring[App]
	access    accessKeyCache
	bearers   expiring[BearerToken]
	bounds    expiring[bounds]
	delegated expiring[delegationState]
	pages     pageMarks[memberPage, MemberKey]
	nameMarks pageMarks[namePage, nameMark]
	idMarks   pageMarks[userIDPage, string]
	leftMarks pageMarks[userIDPage, LeavePlace]
	hashing   hashing
	calls     atomic.Int64 // transactions so far, reading and writing, but of long work (see Others)
	undos     stoppedUndos
}

// Open returns the directory over a store that is ready for use.
func Open(c Config) *Directory {
	return &Directory{store: c.Store, now: c.Now, ids: c.NewID, keys: c.Keys, settings: c.Settings, receivers: c.Receivers, policies: c.Policies}
}

// Now returns the time of the directory's clock.
func (d *Directory) Now() time.Time { return d.now() }

// Zone is the time zone of dates that carry none: China's.
var Zone = time.FixedZone("CST", 8*60*60)

// Session is one call's view of the directory: the organisation and the caller
// that its credential names, and one reading of the clock. It is valid until
// the call returns and not safe for concurrent use.
type Session struct {
	dir       *Directory
	org       string
	caller    Principal
	api       string
	requestID string
	now       time.Time

	loggedOut bool // an edit has ended logins
	long      bool // it does work that takes long
}

// Session begins a call of the operation api by caller. requestID is the id
// the answer will carry; the audit entries of the call carry it too.
func (d *Directory) Session(caller Principal, api, requestID string) *Session {
	return &Session{dir: d, org: caller.Org, caller: caller, api: api, requestID: requestID, now: d.now()}
}

// ForLongWork tells that the session's transactions are not calls for which other work
// that takes long makes way ([Others]).
func (s *Session) ForLongWork() *Session {
	s.long = true
	return s
}

// Org returns the organisation the session is bound to.
func (s *Session) Org() string { return s.org }

// Caller returns who makes the call.
func (s *Session) Caller() Principal { return s.caller }

// Now returns the time of the call: one reading for all it does.
func (s *Session) Now() time.Time { return s.now }

// RequestID returns the id that the answer and the audit entries carry.
func (s *Session) RequestID() string { return s.requestID }

// Reaches reports whether the caller may act for an organisation: an admin key
// of another one may not.
func (p Principal) Reaches(org string) bool { return p.Bound == "" || p.Bound == org }

func (s *Session) view(ctx context.Context, fn func(Tx) error) error {
	if !s.caller.Reaches(s.org) {
		return ErrOrgNotFound // other organisations count as unknown
	}
	s.count()
	return s.dir.store.View(ctx, s.org, fn)
}

func (s *Session) update(ctx context.Context, fn func(Tx) error) error {
	if !s.caller.Reaches(s.org) {
		return ErrOrgNotFound
	}
	s.count()
	return s.dir.store.Update(ctx, s.org, fn)
}

func (s *Session) count() {
	if !s.long {
		s.dir.calls.Add(1)
	}
}

// PrincipalKind tells what kind of credential a call brought.
type PrincipalKind uint8

const (
	AppCaller    PrincipalKind = iota + 1 // an app's access token or signature
	KeyCaller                             // an access key of the management account
	UserCaller                            // a person's own token
	AdminCaller                           // the command line, the console or an admin key
	NobodyCaller                          // a call for a token: no credential yet
)

// Principal is who makes a call, according to its credential.
type Principal struct {
	Kind        PrincipalKind
	Org         string
	ID          string // app key, access key id or user id
	Name        string
	App         string   // the app itself, or the one that a person logged in to
	Permissions []string // the app's permission codes
	Scope       Scope    // an app's range of employees and departments
	Policy      string   // an access key's policy: a built-in name or a document
	PolicyName  string   // name of a stored policy
	AccountID   string   // the Alibaba Cloud account that an access key belongs to
	Member      string   // the same, if it is a member of Org's directory; "" otherwise
	Home        string   // the organisation that a member's account is of, if it joined Org's directory
	InDirectory bool     // Org has a resource directory
	Root        bool     // the access key is a root key, not that of a RAM user
	UserID      string   // id of the RAM user, 18 digits
	Temporary   bool     // the access key is a temporary one
	Role        RoleSession
	AllowIPs    []string // addresses the credential may be used from; empty is all
	MustSign    bool     // where calls can be signed, a token alone is refused
	ByOldSecret bool     // the call was signed with the secret before the last rotation
	Bound       string   // the only organisation that an administrator may act for; "" is any
	Expires     time.Time
}

// Scope is the range of an app: everything, or the named departments with their
// sub-departments and the named people.
type Scope struct {
	All     bool
	DeptIDs []int64
	UserIDs []string
}

// Secret is a value that must not be logged or printed: formatting it reveals
// nothing.
type Secret struct{ b []byte }

// NewSecret wraps a secret text.
func NewSecret(s string) Secret { return Secret{[]byte(s)} }

// Reveal returns the bytes, for a signature or for encryption at rest.
func (s Secret) Reveal() []byte { return s.b }

func (s Secret) String() string               { return "[secret]" }
func (s Secret) GoString() string             { return "[secret]" }
func (s Secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }

// CursorMAC authenticates a cursor of a list, so that callers send only those that
// they were given.
func (d *Directory) CursorMAC(cursor string) []byte { return d.keys.MAC("list cursor", cursor) }
