package engine

import (
	"context"
	"sync"
)

// readers lends connections for reading. The one that was given back last is lent
// first, since its statements and pages are warm, and another is opened only when
// all are in use: a process with one caller needs one. It is safe for concurrent
// use.
type readers struct {
	places chan struct{} // one for each connection that is not lent
	open   func() (*sqliteConn, error)
	closed <-chan struct{} // nil: never

	mu   sync.Mutex
	idle []*sqliteConn
}

// newReaders lends up to n connections until closed is closed.
func newReaders(n int, open func() (*sqliteConn, error), closed <-chan struct{}) *readers {
	r := &readers{places: make(chan struct{}, n), open: open, closed: closed}
	for range n {
		r.places <- struct{}{}
	}
	return r
}

// take waits if all connections are lent. It returns ErrClosed after close.
func (r *readers) take(ctx context.Context) (*sqliteConn, error) {
	select {
	case <-r.places:
	default:
		select {
		case <-r.places:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-r.closed:
			return nil, ErrClosed
		}
	}
	if c := r.last(); c != nil {
		return c, nil
	}
	c, err := r.open()
	if err != nil {
		r.places <- struct{}{}
	}
	return c, err
}

func (r *readers) last() (c *sqliteConn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.idle); n > 0 {
		c, r.idle = r.idle[n-1], r.idle[:n-1]
	}
	return c
}

func (r *readers) give(c *sqliteConn) {
	r.mu.Lock()
	r.idle = append(r.idle, c)
	r.mu.Unlock()
	r.places <- struct{}{}
}

// close waits until no connection is lent. The engine closes them.
func (r *readers) close() {
	for range cap(r.places) {
		<-r.places
	}
}
