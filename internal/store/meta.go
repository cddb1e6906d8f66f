package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/mingce/mingce/internal/keyring"
)

// checkMeta ties the data to its kind and master key at the first start, and
// compares them at every other.
func (s *Store) checkMeta(ctx context.Context, kind Kind) error {
	have := map[string]string{}
	err := s.engine.view(ctx, &tx{ctx: ctx, master: s.master}, func(t *tx) error { return t.readMeta(have) })
	if err != nil {
		return err
	}
	if len(have) > 0 {
		return s.compareMeta(have, kind)
	}
	err = s.submit(ctx, "", nil, func(t *tx) error {
		clear(have)
		err := t.readMeta(have)
		if err != nil || len(have) > 0 {
			return err
		}
		have["kind"], have["key_check"] = string(kind), s.keyCheck()
		t.write("INSERT INTO meta (key, value) VALUES ('kind', ?), ('key_check', ?)", have["kind"], have["key_check"])
		return nil
	})
	if err != nil {
		return err
	}
	return s.compareMeta(have, kind)
}

// readMeta reads what ties the data to its kind and master key, and what a
// restore has left.
func (t *tx) readMeta(have map[string]string) error {
	return t.each("SELECT key, value FROM meta WHERE key IN ('kind', 'key_check', 'restored_at')", nil, func(r *row) error {
		have[r.Text(0)] = r.Text(1)
		return nil
	})
}

// compareMeta checks what readMeta found; kind "" is either.
func (s *Store) compareMeta(have map[string]string, kind Kind) error {
	if kind != "" && have["kind"] != string(kind) {
		return fmt.Errorf("%w: this is data of %q, not of %q", ErrWrongKind, have["kind"], kind)
	}
	if !keyring.Equal([]byte(have["key_check"]), []byte(s.keyCheck())) {
		return fmt.Errorf("%w: the data was made under another one", ErrWrongKey)
	}
	s.kind = Kind(have["kind"])
	if text := have["restored_at"]; text != "" {
		ms, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fmt.Errorf("store: time of the last restore: %w", err)
		}
		s.restored = fromMillis(ms)
	}
	return nil
}

// keyCheck tells master keys apart and reveals nothing of them.
func (s *Store) keyCheck() string { return keyCheck(s.master) }

func keyCheck(m *keyring.Master) string { return hex.EncodeToString(m.MAC("key check", "mingce")) }
