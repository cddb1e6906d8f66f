package engine

import (
	"errors"
	"testing"
)

// The connection that was given back last is lent first; another is opened only
// when all are in use; and after close there are none.
func TestReadersAreLentWarm(t *testing.T) {
	t.Parallel()
	opened, closed := 0, make(chan struct{})
	r := newReaders(2, func() (*sqliteConn, error) { opened++; return &sqliteConn{}, nil }, closed)
	take := func() *sqliteConn {
		t.Helper()
		c, err := r.take(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first := take()
	r.give(first)
	if again := take(); again != first || opened != 1 {
		t.Errorf("one caller: got another connection: %t, %d opened, want the same one", again != first, opened)
	}
	second := take()
	r.give(first)
	r.give(second)
	if last := take(); last != second || opened != 2 {
		t.Errorf("got the one given back last: %t, %d opened, want it and 2", last == second, opened)
	}
	r.give(second)
	close(closed)
	r.close()
	if _, err := r.take(ctx); !errors.Is(err, ErrClosed) {
		t.Errorf("after close: got %v, want %v", err, ErrClosed)
	}
}
