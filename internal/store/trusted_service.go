package store

import (
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/engine"
)

// TrustedServices implements [directory.TrustedServiceTx].
func (t *tx) TrustedServices(offset, limit int64) (ts []directory.TrustedService, total int64, err error) {
	err = t.Batch(
		engine.One("SELECT count(*) FROM trusted_service WHERE org = ?", args{t.Org}, nil, func(r *row) error {
			total = r.Int(0)
			return nil
		}),
		engine.Each("SELECT service, enabled_at FROM trusted_service WHERE org = ? ORDER BY enabled_at DESC, service LIMIT ? OFFSET ?",
			args{t.Org, limit, offset}, func(r *row) error {
				ts = append(ts, directory.TrustedService{Service: r.Text(0), EnabledAt: fromMillis(r.Int(1))})
				return nil
			}),
	)
	return ts, total, err
}

// TrustService implements [directory.TrustedServiceTx].
func (t *tx) TrustService(s directory.TrustedService) {
	t.Write("INSERT INTO trusted_service (org, service, enabled_at) VALUES (?, ?, ?) ON CONFLICT (org, service) DO NOTHING",
		t.Org, s.Service, millis(s.EnabledAt))
}
