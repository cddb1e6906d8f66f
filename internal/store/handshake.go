package store

import (
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store/engine"
)

const selectHandshakes = `SELECT id, org, directory_id, master_id, master_name, account_id, account_name, target_type, target, note,
	folder_id, tags, status, created_at, modified_at, expires_at FROM handshake WHERE `

// sealedHandshake is a row whose sealed values are not opened yet: that may need
// a read.
type sealedHandshake struct {
	directory.Handshake
	target, note []byte
}

func scanHandshake(r *row) (h sealedHandshake, err error) {
	h.Handshake = directory.Handshake{
		ID: r.Text(0), Org: r.Text(1), DirectoryID: r.Text(2), MasterID: r.Text(3), MasterName: r.Text(4), AccountID: r.Text(5), AccountName: r.Text(6),
		TargetType: r.Text(7), FolderID: r.Text(10), Status: r.Text(12),
		CreatedAt: fromMillis(r.Int(13)), ModifiedAt: fromMillis(r.Int(14)), ExpiresAt: fromMillis(r.Int(15)),
	}
	h.target, h.note = r.Bytes(8), r.Bytes(9)
	h.Tags, err = readList[directory.Tag](r, 11)
	return h, err
}

// opened opens handshakes, of any organisations.
func (t *tx) opened(rows []sealedHandshake) ([]directory.Handshake, error) {
	tenants := map[string]*keyring.Tenant{}
	hs := make([]directory.Handshake, len(rows))
	for i, h := range rows {
		keys := tenants[h.Org]
		if keys == nil {
			var err error
			if keys, err = t.KeysOf(h.Org); err != nil {
				return nil, err
			}
			tenants[h.Org] = keys
		}
		var err error
		if h.Target, err = engine.OpenUnder(keys, "handshake", h.ID, "target", h.target); err != nil {
			return nil, err
		}
		if h.Note, err = engine.OpenUnder(keys, "handshake", h.ID, "note", h.note); err != nil {
			return nil, err
		}
		hs[i] = h.Handshake
	}
	return hs, nil
}

// HandshakeByID implements [directory.HandshakeTx]. It answers across tenants.
func (t *tx) HandshakeByID(id string) (directory.Handshake, error) {
	var rows []sealedHandshake
	ok, err := t.One(t.toWrite(selectHandshakes+"id = ?"), args{id}, func(r *row) error {
		h, err := scanHandshake(r)
		rows = append(rows, h)
		return err
	})
	if err := found(ok, err, directory.ErrHandshakeNotFound); err != nil {
		return directory.Handshake{}, err
	}
	hs, err := t.opened(rows)
	if err != nil {
		return directory.Handshake{}, err
	}
	return hs[0], nil
}

// Handshakes implements [directory.HandshakeTx]. Those of an account are read
// across tenants.
func (t *tx) Handshakes(f directory.HandshakeFilter) ([]directory.Handshake, int64, error) {
	where := conditions{"org = ? AND directory_id = ?", args{t.Org, f.DirectoryID}}
	if f.AccountID != "" {
		where = conditions{"account_id = ?", args{f.AccountID}}
	}
	var total int64
	var rows []sealedHandshake
	err := t.Batch(
		engine.One("SELECT count(*) FROM handshake WHERE "+where.sql, where.args, nil, func(r *row) error {
			total = r.Int(0)
			return nil
		}),
		engine.Each(selectHandshakes+where.sql+" ORDER BY created_at DESC, id LIMIT ? OFFSET ?",
			append(where.args[:len(where.args):len(where.args)], f.Limit, f.Offset), func(r *row) error {
				h, err := scanHandshake(r)
				rows = append(rows, h)
				return err
			}),
	)
	if err != nil {
		return nil, 0, err
	}
	hs, err := t.opened(rows)
	return hs, total, err
}

// HandshakesSince implements [directory.HandshakeTx].
func (t *tx) HandshakesSince(accountID string, since time.Time) (n int64, last time.Time, err error) {
	err = t.Batch(
		engine.One("SELECT count(*) FROM handshake WHERE org = ? AND created_at > ?", args{t.Org, millis(since)}, nil, func(r *row) error {
			n = r.Int(0)
			return nil
		}),
		engine.One("SELECT created_at FROM handshake WHERE org = ? AND account_id = ? AND created_at > ? ORDER BY created_at DESC LIMIT 1",
			args{t.Org, accountID, millis(since)}, nil, func(r *row) error {
				last = fromMillis(r.Int(0))
				return nil
			}),
	)
	return n, last, err
}

// PendingHandshake implements [directory.HandshakeTx].
func (t *tx) PendingHandshake(directoryID, accountID string, now time.Time) (bool, error) {
	return t.One("SELECT id FROM handshake WHERE org = ? AND directory_id = ? AND account_id = ? AND status = ? AND expires_at > ? LIMIT 1",
		args{t.Org, directoryID, accountID, directory.HandshakePending, millis(now)}, nil)
}

// PutHandshake implements [directory.HandshakeTx].
func (t *tx) PutHandshake(h directory.Handshake) {
	if t.OfOther(h.Org) {
		return
	}
	t.WriteOne(directory.ErrConflict, `INSERT INTO handshake (id, org, directory_id, master_id, master_name, account_id, account_name, target_type, target, note,
			folder_id, tags, status, created_at, modified_at, expires_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET status = excluded.status, modified_at = excluded.modified_at
		WHERE handshake.org = excluded.org`,
		h.ID, h.Org, h.DirectoryID, h.MasterID, h.MasterName, h.AccountID, h.AccountName, h.TargetType,
		t.Seal("handshake", h.ID, "target", h.Target), t.Seal("handshake", h.ID, "note", h.Note),
		h.FolderID, list(h.Tags), h.Status, millis(h.CreatedAt), millis(h.ModifiedAt), millis(h.ExpiresAt))
}
