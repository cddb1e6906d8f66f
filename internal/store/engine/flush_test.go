package engine

import (
	"errors"
	"fmt"
	"slices"
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

// TestMuchFlushedIsAlone: a call that flushes often begins a transaction, and is
// undone as a whole wherever it stands.
func TestMuchFlushedIsAlone(t *testing.T) {
	own := errors.New("the function's own")
	for _, flushes := range []int{1, flushesWithOthers, flushesWithOthers + 1, 3 * flushesWithOthers} {
		for _, fail := range []error{nil, own} {
			for _, before := range []int{0, 1} {
				w := loneWriter(t)
				runs := 0
				small := func(id string) *call {
					return &call{ctx: ctx, org: "a", fn: func(t *Tx) error { t.addItem(id, id, 1); return nil }}
				}
				much := &call{ctx: ctx, org: "a", fn: func(t *Tx) error {
					runs++
					for i := range flushes {
						t.addItem(fmt.Sprint(i), fmt.Sprint(i), 1)
						if err := t.Flush(); err != nil {
							return err
						}
					}
					return fail
				}}
				calls := []*call{much, small("z")}
				if before > 0 {
					calls = []*call{small("y"), much, small("z")}
				}
				for _, c := range calls {
					c.done = make(chan error, 1)
				}
				w.serve(slices.Clone(calls))
				for !w.turns.empty() {
					w.serve(w.turns.next(w.max))
				}
				for _, c := range calls {
					if err, want := <-c.done, map[bool]error{true: fail}[c == much]; !errors.Is(err, want) {
						t.Errorf("%d flushes behind %d calls: got %v, want %v", flushes, before, err, want)
					}
				}
				want, wantRuns := before+1, 1
				if fail == nil {
					want += flushes
				}
				if before > 0 && flushes > flushesWithOthers {
					wantRuns = 2
				}
				n := 0
				err := w.conn.Query(Each("SELECT id FROM item", nil, func(*Row) error { n++; return nil }))
				if err != nil || n != want || runs != wantRuns {
					t.Errorf("%d flushes behind %d calls, %v: %d items in %d runs, %v; want %d in %d", flushes, before, fail, n, runs, err, want, wantRuns)
				}
			}
		}
	}
}

// TestRefusedWritesAreUndone: a call whose last write is refused leaves nothing,
// wherever it stands among others, flushed or not; the others keep what they wrote.
func TestRefusedWritesAreUndone(t *testing.T) {
	for _, flush := range []bool{false, true} {
		for place := range 3 {
			w := loneWriter(t)
			refused := &call{ctx: ctx, org: "a", done: make(chan error, 1), fn: func(t *Tx) error {
				t.addItem("1", "one", 1)
				if flush {
					if err := t.Flush(); err != nil {
						return err
					}
				}
				t.addItem("2", "two", 1)
				t.addItem("3", "one", 1)
				return nil
			}}
			var calls []*call
			for i := range 2 {
				name := fmt.Sprint("other", i)
				calls = append(calls, &call{ctx: ctx, org: "a", done: make(chan error, 1), fn: func(t *Tx) error { t.addItem(name, name, 1); return nil }})
			}
			calls = slices.Insert(calls, place, refused)
			w.serve(slices.Clone(calls))
			for _, c := range calls {
				if err, want := <-c.done, map[bool]error{true: errName}[c == refused]; !errors.Is(err, want) {
					t.Errorf("flush %v, place %d: got %v, want %v", flush, place, err, want)
				}
			}
			var ids []string
			err := w.conn.Query(Each("SELECT id FROM item ORDER BY id", nil, func(r *Row) error { ids = append(ids, r.Text(0)); return nil }))
			if err != nil || !slices.Equal(ids, []string{"other0", "other1"}) {
				t.Errorf("flush %v, place %d: items %v, %v", flush, place, ids, err)
			}
		}
	}
}
