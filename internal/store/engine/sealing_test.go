package engine

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/mingce/mingce/internal/keyring"
)

func TestSealedFields(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *DB) {
		s := withItems(t, open())
		const mobile = "86-13800000001"
		if err := s.Update(ctx, "a", func(t *Tx) error {
			t.Write("INSERT INTO item (org, id, name, n, data) VALUES (?, '1', ?, 0, ?)", t.Org,
				fmt.Sprintf("%x", t.Blind("mobile", mobile)), t.Seal("item", "1", "data", mobile))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = open() // keys come from the data, not from memory
		find := func(org string, read func(*Tx, *Row) error) (found bool) {
			t.Helper()
			if err := s.View(ctx, org, func(t *Tx) (err error) {
				found, err = t.One("SELECT data FROM item WHERE org = 'a' AND name = ?",
					Args{fmt.Sprintf("%x", t.Blind("mobile", mobile))}, func(r *Row) error { return read(t, r) })
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return found
		}
		ok := find("a", func(tx *Tx, r *Row) error {
			if got, err := tx.Open("item", "1", "data", r.Bytes(0)); got != mobile || err != nil {
				t.Errorf("got %q (%v), want %q", got, err, mobile)
			}
			if got, err := tx.Open("item", "2", "data", r.Bytes(0)); !errors.Is(err, keyring.ErrOpen) {
				t.Errorf("moved to another row: got %q (%v), want %v", got, err, keyring.ErrOpen)
			}
			return nil
		})
		if !ok || find("b", func(*Tx, *Row) error { return nil }) {
			t.Error("want the value found by its own organisation only")
		}
		if err := s.View(ctx, "b", func(t *Tx) error {
			keys, err := t.KeysOf("a")
			if err != nil {
				return err
			}
			_, err = t.One("SELECT data FROM item WHERE org = 'a'", nil, func(r *Row) error {
				_, err := keys.Open("item", "1", "data", r.Bytes(0))
				return err
			})
			return err
		}); err != nil {
			t.Errorf("deliberate read across tenants: %v", err)
		}
	})
}

func TestSubjectKeys(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *DB) {
		s := withItems(t, open())
		at := keyring.Place{Tenant: "a", Table: "item", Column: "data"}
		// 16 callers need the key of a new subject at the same time.
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				if err := s.Update(ctx, "a", func(t *Tx) error {
					if i%2 == 0 {
						if err := t.Batch(t.ReadSubject("p")); err != nil {
							return err
						}
					}
					t.WithSubject("p", func(k *keyring.Key) error {
						t.Write("INSERT INTO item (org, id, name, n, data) VALUES (?, ?, ?, 0, ?)", t.Org, fmt.Sprint(i), fmt.Sprint(i), k.Seal(at, []byte("old value")))
						return nil
					})
					t.Write("DELETE FROM item WHERE org = ? AND id = 'nobody'", t.Org)
					return nil
				}, AtReadCommitted); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		readable := func() (n int) {
			t.Helper()
			if err := s.View(ctx, "a", func(t *Tx) error {
				key, err := t.SubjectKey("p")
				if err != nil || key == nil {
					return err
				}
				return t.Each("SELECT data FROM item WHERE org = 'a'", nil, func(r *Row) error {
					if plain, err := key.Open(at, r.Bytes(0)); err == nil && string(plain) == "old value" {
						n++
					}
					return nil
				})
			}); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if got := readable(); got != 16 {
			t.Errorf("got %d readable values, want 16", got)
		}
		if err := s.Update(ctx, "a", func(t *Tx) error {
			t.Write("DELETE FROM subject_key WHERE org = ? AND subject = ?", "a", "p")
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if got := readable(); got != 0 {
			t.Errorf("after erasing: got %d readable values, want 0", got)
		}
		// A new key for the same subject does not bring the old values back.
		if err := s.Update(ctx, "a", func(t *Tx) error { _, err := t.SubjectKey("p"); return err }); err != nil {
			t.Fatal(err)
		}
		if got := readable(); got != 0 {
			t.Errorf("with a new key: got %d readable values, want 0", got)
		}
	})
}
