package engine

import "context"

// shares limit how many connections the calls of one organisation hold at once.
// The pool is first come, first served: without a limit, everybody would wait
// for an organisation with hundreds of calls. Organisations are hashed to 64
// shares (see gateOf); the zero value limits nobody.
type shares [64]share

// share is a semaphore with a slot for each connection; nil has no limit.
type share chan struct{}

// newShares leaves a quarter of all connections to other organisations, if
// there are that many.
func newShares(connections int32) (s shares) {
	for i := range s {
		s[i] = make(share, max(1, connections*3/4))
	}
	return s
}

// of returns an organisation's share. Calls for no organisation, such as
// looking up the owner of a token, are short and have no limit.
func (s *shares) of(org string) share {
	if org == "" {
		return nil
	}
	return s[gateOf(org)]
}

func (s share) take(ctx context.Context) error {
	if s == nil {
		return nil
	}
	select {
	case s <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s share) give() {
	if s != nil {
		<-s
	}
}

// acquire takes a connection for a call of an organisation. [pgTx.release]
// returns it.
func (e *postgresEngine) acquire(ctx context.Context, org string) (*pgTx, error) {
	share := e.shares.of(org)
	if err := share.take(ctx); err != nil {
		return nil, err
	}
	conn, err := e.pool.Acquire(ctx)
	if err != nil {
		share.give()
		if e.closed.Load() {
			err = ErrClosed
		}
		return nil, err
	}
	return &pgTx{e: e, conn: conn, share: share}, nil
}

// release returns the connection before its share, so that the next holder of
// the share finds one free.
func (p *pgTx) release() {
	p.conn.Release()
	p.share.give()
}
