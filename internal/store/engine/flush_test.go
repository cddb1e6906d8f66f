package engine

import (
	"errors"
	"testing"
)

func TestReadsSeeFlushedWrites(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *DB) {
		s := withItems(t, open())
		err := s.Update(ctx, "a", func(t *Tx) error {
			for i := range int64(3) {
				n, err := t.itemCount()
				if err != nil {
					return err
				}
				if n != i {
					return errors.New("a flushed write is not seen")
				}
				id := string(rune('a' + n))
				t.addItem(id, "name "+id, n)
				if err := t.Flush(); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := count(t, s, "a"); n != 3 {
			t.Errorf("%d items, want 3", n)
		}
	})
}

func TestFailingCallsUndoFlushedWrites(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *DB) {
		s := withItems(t, open())
		add := func(id, name string, fail func(*Tx) error) error {
			return s.Update(ctx, "a", func(t *Tx) error {
				t.addItem(id, name, 1)
				if err := t.Flush(); err != nil {
					return err
				}
				return fail(t)
			})
		}
		own := errors.New("the function's own")
		if err := add("1", "one", func(*Tx) error { return own }); !errors.Is(err, own) {
			t.Errorf("got %v, want %v", err, own)
		}
		if n := count(t, s, "a"); n != 0 {
			t.Fatalf("%d items after a failed call", n)
		}
		if err := add("1", "one", func(*Tx) error { return nil }); err != nil {
			t.Fatal(err)
		}
		// The flush itself is refused, also where the function ignores it.
		if err := s.Update(ctx, "a", func(t *Tx) error {
			t.addItem("2", "two", 1)
			t.addItem("3", "one", 1)
			_ = t.Flush()
			return nil
		}); !errors.Is(err, errName) {
			t.Errorf("got %v, want %v", err, errName)
		}
		// What follows the flush is refused.
		if err := add("2", "two", func(t *Tx) error {
			t.addItem("1", "three", 1)
			return nil
		}); !errors.Is(err, errOwn) {
			t.Errorf("got %v, want %v", err, errOwn)
		}
		if n := count(t, s, "a"); n != 1 {
			t.Errorf("%d items, want 1", n)
		}
		if err := add("2", "two", func(*Tx) error { return nil }); err != nil {
			t.Errorf("after failed calls: %v", err)
		}
	})
}
