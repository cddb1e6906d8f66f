package directory

import (
	"context"
	"time"
)

// TrustedService is a service that may work in the directory.
type TrustedService struct {
	Service   string // its principal
	EnabledAt time.Time
}

// TrustedServiceTx reads and writes trusted services.
type TrustedServiceTx interface {
	// TrustedServices returns a page of services, newest first, then by
	// principal, and how many there are on all pages.
	TrustedServices(offset, limit int64) ([]TrustedService, int64, error)
	// TrustService keeps the time of a service that is trusted already.
	TrustService(t TrustedService)
}

// TrustedServices returns a page of the services that the directory trusts or,
// for a delegated administrator, of those delegated to it, and how many there
// are on all pages. admin "" is the management account. It returns
// ErrDirectoryNotEnabled or, for any other account, ErrAccountNotFound.
func (s *Session) TrustedServices(ctx context.Context, admin string, offset, limit int64) (ts []TrustedService, total int64, err error) {
	err = s.view(ctx, func(tx Tx) error {
		rd, err := tx.ResourceDirectory().ResourceDirectory()
		if err != nil {
			return err
		}
		if admin == "" || admin == rd.AccountID {
			ts, total, err = tx.TrustedServices().TrustedServices(offset, limit)
			return err
		}
		ds, n, err := tx.Delegations().Delegations(DelegationFilter{AccountID: admin, Offset: offset, Limit: limit})
		if err == nil && n == 0 {
			err = ErrAccountNotFound
		}
		for _, d := range ds {
			ts = append(ts, TrustedService{d.Service, d.EnabledAt})
		}
		total = n
		return err
	})
	return ts, total, err
}
