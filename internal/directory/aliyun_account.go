package directory

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// AliyunAccount is the Alibaba Cloud account of an organisation. It manages the
// organisation's resource directory, if there is one. Without one it is an
// account outside every directory, until it joins that of another organisation
// (docs/spec/resource-directory.md#account-of-an-organisation). Accounts that a
// directory creates have no record of this kind: they live in it ([Account]).
type AliyunAccount struct {
	ID        string // 16 digits, unique on the server
	Org       string // whose account it is
	Name      string
	Email     string // "" has none; unique on the server, in any case
	MemberOf  string // the organisation whose directory it has joined; "" none
	CreatedAt time.Time
}

// AliyunAccountTx reads and writes accounts of organisations. The look-ups
// answer across tenants: invitations name an account by its id or address.
type AliyunAccountTx interface {
	// AliyunAccount returns the organisation's own, or ErrAccountNotFound. An
	// update locks it.
	AliyunAccount() (AliyunAccount, error)
	// AliyunAccountByID returns the account, or ErrAccountNotFound. An update
	// locks it.
	AliyunAccountByID(id string) (AliyunAccount, error)
	// AliyunAccountByEmail finds an account by [Directory.EmailMAC] of its
	// address, or returns ErrAccountNotFound. An update locks it.
	AliyunAccountByEmail(mac string) (AliyunAccount, error)
	// ManagesDirectory reports whether an organisation has a resource directory.
	ManagesDirectory(org string) (bool, error)
	// AliyunAccountsIn returns the accounts of other organisations that have
	// joined the organisation's directory, in the order of their ids.
	AliyunAccountsIn() ([]AliyunAccount, error)
	// PutAliyunAccount writes the organisation's own. emailMAC is
	// [Directory.EmailMAC] of its address. Update returns ErrConflict or
	// ErrAccountEmailTaken if another organisation has its id or address.
	PutAliyunAccount(a AliyunAccount, emailMAC string)
	// SetMemberOf records that the account, of whatever organisation, has joined
	// the directory of the transaction's organisation, or has left it.
	SetMemberOf(id string, joined bool)
}

// EmailMAC is the index under which an account's address is found; "" is that
// of no address.
func (d *Directory) EmailMAC(address string) string {
	if address == "" {
		return ""
	}
	return hex.EncodeToString(d.keys.MAC("account email", strings.ToLower(address)))
}

// AliyunAccount returns the account of the caller's organisation, or
// ErrAccountNotFound.
func (s *Session) AliyunAccount(ctx context.Context) (a AliyunAccount, err error) {
	err = s.view(ctx, func(tx Tx) error {
		a, err = tx.AliyunAccounts().AliyunAccount()
		return err
	})
	return a, err
}

// aliyunAccount returns the organisation's account; one without a record gets a new
// id, which the caller must write.
func (s *Session) aliyunAccount(tx Tx, o Org) (AliyunAccount, error) {
	a, err := tx.AliyunAccounts().AliyunAccount()
	if errors.Is(err, ErrAccountNotFound) {
		return AliyunAccount{ID: s.dir.ids.Digits(16), Org: s.org, Name: o.Name, CreatedAt: s.now}, nil
	}
	return a, err
}

// putAliyunAccount writes the organisation's account.
func (d *Directory) putAliyunAccount(tx Tx, a AliyunAccount) {
	tx.AliyunAccounts().PutAliyunAccount(a, d.EmailMAC(a.Email))
}

// Errors of the address of an account.
var (
	ErrAccountEmail      = errors.New("not a mail address")
	ErrAccountEmailTaken = errors.New("another account has this mail address")
)

// CreateOutsideAccount makes an account outside every directory, with an access
// key that may do everything. The account is an organisation of its own, which
// has nothing else. It returns ErrOrgSetting, ErrAccountEmail,
// ErrAccountEmailTaken or ErrAdminBound.
func (d *Directory) CreateOutsideAccount(ctx context.Context, caller Principal, api, name, email string) (AliyunAccount, AccessKey, error) {
	a := AliyunAccount{ID: d.ids.Digits(16), Name: name, Email: email}
	a.Org = outsidePrefix + a.ID
	caller.Org = a.Org
	s := d.Session(caller, api, "")
	a.CreatedAt = s.now
	err := checkOrg(a.Org, name)
	switch {
	case err != nil:
	case email != "" && !IsMail(email):
		err = ErrAccountEmail
	case !caller.Reaches(a.Org):
		err = ErrAdminBound
	}
	k := s.newKey(AccessKey{Principal: name, Policy: PolicyFullAccess})
	if err == nil {
		err = s.update(ctx, func(tx Tx) error {
			s.putOutside(tx, name, a)
			tx.AccessKeys().PutAccessKey(k)
			s.audit(tx, Change{Noun: "access-key", Object: k.ID, Action: "create", After: k.record()})
			return nil
		})
	}
	if err != nil {
		return AliyunAccount{}, AccessKey{}, fmt.Errorf("create account %q: %w", name, err)
	}
	return a, k, nil
}
