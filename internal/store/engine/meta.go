package engine

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/mingce/mingce/internal/keyring"
)

// checkMeta records the kind and the master key of the data at the first start,
// and checks them at every later start.
func (db *DB) checkMeta(ctx context.Context, kind Kind) error {
	have := map[string]string{}
	err := db.engine.view(ctx, &Tx{ctx: ctx, master: db.master}, func(t *Tx) error { return t.readMeta(have) })
	if err != nil {
		return err
	}
	if len(have) > 0 {
		return db.compareMeta(have, kind)
	}
	err = db.Update(ctx, "", func(t *Tx) error {
		clear(have)
		err := t.readMeta(have)
		if err != nil || len(have) > 0 {
			return err
		}
		have["kind"], have["key_check"] = string(kind), KeyCheck(db.master)
		t.Write("INSERT INTO meta (key, value) VALUES ('kind', ?), ('key_check', ?)", have["kind"], have["key_check"])
		return nil
	}, Keyless)
	if err != nil {
		return err
	}
	return db.compareMeta(have, kind)
}

// readMeta reads the kind of the data, the check value of its master key, and
// the time of its last restore.
func (t *Tx) readMeta(have map[string]string) error {
	return t.Each("SELECT key, value FROM meta WHERE key IN ('kind', 'key_check', 'restored_at')", nil, func(r *Row) error {
		have[r.Text(0)] = r.Text(1)
		return nil
	})
}

// compareMeta checks what readMeta found; kind "" accepts either.
func (db *DB) compareMeta(have map[string]string, kind Kind) error {
	if kind != "" && have["kind"] != string(kind) {
		return fmt.Errorf("%w: this is data of %q, not of %q", ErrWrongKind, have["kind"], kind)
	}
	if !keyring.Equal([]byte(have["key_check"]), []byte(KeyCheck(db.master))) {
		return fmt.Errorf("%w: the data was made under another one", ErrWrongKey)
	}
	db.kind = Kind(have["kind"])
	if text := have["restored_at"]; text != "" {
		ms, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fmt.Errorf("store: time of the last restore: %w", err)
		}
		db.restored = time.UnixMilli(ms).UTC()
	}
	return nil
}

// KeyCheck identifies a master key without revealing anything about it.
func KeyCheck(m *keyring.Master) string { return hex.EncodeToString(m.MAC("key check", "mingce")) }
