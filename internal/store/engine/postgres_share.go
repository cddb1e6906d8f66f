package engine

import "context"

// shares bound how many of all connections the calls of one organisation hold at
// once. The pool serves who came first: behind an organisation with hundreds of calls
// everybody else would wait for all of them. Organisations share 64 shares, by their
// gate; the zero value bounds nobody.
type shares [64]share

// share is a place for each connection that may be held; nil has any number.
type share chan struct{}

// newShares leaves a quarter of all connections to others, if there are so many.
func newShares(connections int32) (s shares) {
	for i := range s {
		s[i] = make(share, max(1, connections*3/4))
	}
	return s
}

// of returns an organisation's share. What belongs to none, such as looking up whose
// a token is, is short, and everybody's.
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

// acquire takes a connection for a call of an organisation, which [pgTx.release]
// gives back.
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

// release gives the connection back before its share: who waits for that finds one.
func (p *pgTx) release() {
	p.conn.Release()
	p.share.give()
}
