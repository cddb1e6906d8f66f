package store

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/keyring"
)

func TestSealedFields(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *Store) {
		s := withItems(t, open())
		const mobile = "86-13800000001"
		if err := s.update(ctx, "a", func(t *tx) error {
			t.write("INSERT INTO item (org, id, name, n, data) VALUES (?, '1', ?, 0, ?)", t.org,
				fmt.Sprintf("%x", t.blind("mobile", mobile)), t.seal("item", "1", "data", mobile))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = open() // keys come from the data, not from memory
		find := func(org string, read func(*tx, *row) error) (found bool) {
			t.Helper()
			if err := s.view(ctx, org, func(t *tx) (err error) {
				found, err = t.one("SELECT data FROM item WHERE org = 'a' AND name = ?",
					args{fmt.Sprintf("%x", t.blind("mobile", mobile))}, func(r *row) error { return read(t, r) })
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return found
		}
		ok := find("a", func(tx *tx, r *row) error {
			if got, err := tx.open("item", "1", "data", r.Bytes(0)); got != mobile || err != nil {
				t.Errorf("got %q (%v), want %q", got, err, mobile)
			}
			if got, err := tx.open("item", "2", "data", r.Bytes(0)); !errors.Is(err, keyring.ErrOpen) {
				t.Errorf("moved to another row: got %q (%v), want %v", got, err, keyring.ErrOpen)
			}
			return nil
		})
		if !ok || find("b", func(*tx, *row) error { return nil }) {
			t.Error("want the value found by its own organisation only")
		}
		if err := s.view(ctx, "b", func(t *tx) error {
			keys, err := t.keysOf("a")
			if err != nil {
				return err
			}
			_, err = t.one("SELECT data FROM item WHERE org = 'a'", nil, func(r *row) error {
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
	engines(t, func(t *testing.T, open func(...func(*Options)) *Store) {
		s := withItems(t, open())
		at := keyring.Place{Tenant: "a", Table: "item", Column: "data"}
		// 16 callers need the key of a new subject at the same moment.
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				if err := s.update(ctx, "a", func(t *tx) error {
					if i%2 == 0 {
						if err := t.batch(t.readSubject("p")); err != nil {
							return err
						}
					}
					t.withSubject("p", func(k *keyring.Key) error {
						t.write("INSERT INTO item (org, id, name, n, data) VALUES (?, ?, ?, 0, ?)", t.org, fmt.Sprint(i), fmt.Sprint(i), k.Seal(at, []byte("old value")))
						return nil
					})
					t.write("DELETE FROM item WHERE org = ? AND id = 'nobody'", t.org)
					return nil
				}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		readable := func() (n int) {
			t.Helper()
			if err := s.view(ctx, "a", func(t *tx) error {
				key, err := t.subjectKey("p")
				if err != nil || key == nil {
					return err
				}
				return t.each("SELECT data FROM item WHERE org = 'a'", nil, func(r *row) error {
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
		if err := s.update(ctx, "a", func(t *tx) error { eraseSubject(t, "p", time.UnixMilli(1)); return nil }); err != nil {
			t.Fatal(err)
		}
		if got := readable(); got != 0 {
			t.Errorf("after erasing: got %d readable values, want 0", got)
		}
		// A new key for the same subject does not bring the old values back.
		if err := s.update(ctx, "a", func(t *tx) error { _, err := t.subjectKey("p"); return err }); err != nil {
			t.Fatal(err)
		}
		if got := readable(); got != 0 {
			t.Errorf("with a new key: got %d readable values, want 0", got)
		}
	})
}

// eraseSubject destroys the key of one subject, as the erasure of an
// organisation does for all of its subjects.
func eraseSubject(t *tx, name string, at time.Time) {
	t.write("DELETE FROM subject_key WHERE org = ? AND subject = ?", t.org, name)
	t.write("INSERT INTO erased_subject (org, subject, erased_at) VALUES (?, ?, ?)", t.org, name, millis(at))
}
