package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"
)

const (
	maxGroup  = 256  // calls in one commit
	maxQueued = 1024 // waiting calls; further callers block
)

// States of a call. The caller may cancel it until the writer starts it.
const (
	queued int32 = iota
	started
	cancelled
)

// writer is the only goroutine that writes to a SQLite file. It takes the calls
// that are queued, without waiting for more, runs them in one transaction and
// answers all of them after COMMIT: many callers share one fsync
// (docs/spec/reliability.md#acknowledged-changes).
type writer struct {
	conn       *sqliteConn
	queue      chan *call
	stop       chan struct{}
	exited     chan struct{}
	stopOnce   sync.Once
	checkpoint *checkpointer
	max        int
	commits    commitCounts
	turns      turns
	fault      func() error
	deleted    Deleted
	sums       *sqliteSums // nil until the first group
	openSums   func() (*sqliteSums, error)

	onFail func(error)  // the file cannot be trusted any more
	broken func() error // not nil after onFail
}

// newWriter returns the writer of a connection. openSide opens the second
// connection, for checkpoints, when the first one begins.
func newWriter(conn *sqliteConn, openSide func() (*sqliteConn, error), t tuning) *writer {
	w := &writer{
		conn: conn, max: maxGroup, fault: t.fault,
		queue: make(chan *call, maxQueued), stop: make(chan struct{}), exited: make(chan struct{}),
		turns: turns{now: time.Now}, commits: newCommitCounts(),
		onFail: func(error) {}, broken: func() error { return nil },
	}
	if t.maxGroup > 0 {
		w.max = t.maxGroup
	}
	w.checkpoint = newCheckpointer(conn, openSide, func(err error) { w.onFail(err) })
	return w
}

func (w *writer) start() { go w.loop() }

// submit queues a call and waits for its answer.
func (w *writer) submit(ctx context.Context, c *call) error {
	c.done = make(chan error, 1)
	select {
	case <-w.stop:
		return ErrClosed
	default:
	}
	select {
	case w.queue <- c:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.stop:
		return ErrClosed
	}
	var giveUp error
	select {
	case err := <-c.done:
		return err
	case <-ctx.Done():
		giveUp = ctx.Err()
	case <-w.exited:
		giveUp = ErrClosed
	}
	if c.state.CompareAndSwap(queued, cancelled) {
		return giveUp
	}
	// It has started: the function may use the caller's variables, so wait for
	// it.
	return <-c.done
}

// close runs the queued calls and stops the goroutine.
func (w *writer) close() error {
	w.stopOnce.Do(func() { close(w.stop) })
	<-w.exited
	return w.checkpoint.close()
}

func (w *writer) loop() {
	idle := time.NewTimer(idleCheckpoint)
	defer idle.Stop()
	for {
		if w.turns.empty() && !w.await(idle) {
			close(w.exited)
			return
		}
		// Let the callers that the last commit answered queue their next call.
		// Without this, groups alternate between one call and all the others.
		runtime.Gosched()
		w.collect()
		w.serve(w.turns.next(w.max))
	}
}

// await waits for the first call of a group. It returns false when the writer
// must stop.
func (w *writer) await(idle *time.Timer) bool {
	for {
		select {
		case c := <-w.queue:
			w.turns.add(c)
			return true
		default:
		}
		var quiet <-chan time.Time // nil: an idle program is not woken up
		if w.checkpoint.due() {
			idle.Reset(idleCheckpoint)
			quiet = idle.C
		}
		select {
		case c := <-w.queue:
			w.turns.add(c)
			return true
		case <-quiet:
			w.checkpoint.idle()
		case <-w.stop:
			if len(w.queue) == 0 {
				return false
			}
		}
	}
}

// collect takes the calls that are queued now.
func (w *writer) collect() {
	for len(w.turns.waiting) < maxQueued {
		select {
		case c := <-w.queue:
			w.turns.add(c)
		default:
			return
		}
	}
}

// serve runs a group and answers its calls, except those whose turn is over,
// which wait again.
func (w *writer) serve(group []*call) {
	live := group[:0]
	for _, c := range group {
		if !c.state.CompareAndSwap(queued, started) {
			continue // its caller has cancelled it
		}
		if err := errors.Join(c.ctx.Err(), w.broken()); err != nil {
			c.done <- err
			continue
		}
		live = append(live, c)
	}
	if len(live) == 0 {
		return
	}
	results := make([]error, len(live))
	finished := false
	defer func() {
		if finished {
			return
		}
		// A function stopped the goroutine (runtime.Goexit, as t.FailNow does).
		_ = w.rollback()
		for _, c := range live {
			c.done <- errors.New("store: a function ended the writer's goroutine")
		}
		go w.loop()
	}()
	begin := time.Now()
	ran := w.commitGroup(live, results)
	finished = true
	w.commits.add(ran, time.Since(begin))
	for i, c := range live[:ran] {
		c.done <- results[i]
	}
	w.turns.putBack(live[ran:])
	w.checkpoint.afterGroup()
}

// commitGroup runs calls in one transaction, at least the first, and returns
// how many. After an unexpected failure it rolls back and runs each call in its
// own transaction, so that only the faulty call fails.
func (w *writer) commitGroup(calls []*call, results []error) (ran int) {
	w.turns.begin()
	err := w.watchSums()
	if err == nil {
		err = w.conn.Exec("BEGIN IMMEDIATE")
	}
	for i, c := range calls {
		if err != nil || i > 0 && w.turns.over(calls[:i], c, w.collect) {
			break
		}
		if results[i], err = w.apply(c, i == 0); errors.Is(err, errNotFirst) {
			err = nil
			break
		}
		ran++
	}
	if err == nil {
		w.turns.commit()
		err = w.commit()
		w.turns.committed()
	}
	if w.sums != nil {
		w.sums.ended(err == nil)
	}
	if err == nil {
		return ran
	}
	if back := w.rollback(); back != nil {
		err = errors.Join(err, back)
	}
	switch {
	case fatal(err):
		w.onFail(err)
		err = fmt.Errorf("%w: %w", ErrBusy, err)
	case len(calls) > 1 && !transient(err):
		for i := range calls {
			w.commitGroup(calls[i:i+1], results[i:i+1])
		}
		return len(calls)
	}
	for i := range results {
		results[i] = sqliteError(err)
	}
	return len(calls)
}

// transient reports whether a call would fail the same way in its own
// transaction: the failure is the store's, not the call's.
func transient(err error) bool { return errors.Is(sqliteError(err), ErrBusy) }

// watchSums opens the sums with the first group, so that the start does not
// wait for them.
func (w *writer) watchSums() (err error) {
	if w.sums == nil && w.openSums != nil {
		w.sums, err = w.openSums()
	}
	return err
}

func (w *writer) commit() error {
	if w.sums != nil {
		if err := w.sums.write(); err != nil {
			return err
		}
	}
	if w.fault != nil {
		if err := w.fault(); err != nil {
			return err
		}
	}
	return w.conn.Exec("COMMIT")
}

// rollback rolls the transaction back, unless SQLite has already done so.
func (w *writer) rollback() error {
	if w.conn.c.AutocommitEnabled() {
		return nil
	}
	return w.conn.Exec("ROLLBACK")
}

// apply runs one call inside the group's transaction; first says that nothing
// was written in it before. own is the call's error, after which it has written
// nothing; group is a failure of the whole group.
func (w *writer) apply(c *call, first bool) (own, group error) {
	if err := w.broken(); err != nil {
		return err, nil
	}
	t := c.newTx(c.ctx, w.conn)
	b := &begun{w: w, c: c, first: first}
	t.carryOut = b.carryOut
	if err := c.run(t); err != nil {
		if w.conn.c.AutocommitEnabled() {
			return nil, fmt.Errorf("store: transaction lost: %w", err)
		}
		return sqliteError(err), b.end(false)
	}
	if len(t.writes) > 0 {
		own, group = b.writeLast(t.writes)
	}
	if group != nil {
		return nil, group
	}
	return own, b.end(own == nil)
}

// begun is what a call has written before its end. The first call of a
// transaction has no savepoint: the whole transaction is what it can undo. SQLite
// notes each page that changes after a savepoint in a list, which the end of every
// statement walks, so the time of a call that writes much would grow with the
// square of what it writes.
type begun struct {
	w       *writer
	c       *call
	first   bool // nothing of others is in the transaction
	started bool
	saved   bool // there is a savepoint before its writes
	wrote   bool
	flushes int
	failed  error // of the whole group
}

// flushesWithOthers is how often a call may flush in a transaction that it shares
// with calls before it.
const flushesWithOthers = 128

// errNotFirst ends a group before a call that writes much: it runs again as the
// first of the next one.
var errNotFirst = errors.New("store: the call must be the first of its transaction")

// start is called before the first write of the call.
func (b *begun) start() (own, group error) {
	if b.started {
		return nil, nil
	}
	if deleted, err := b.w.isDeleted(b.c.livingOrg()); deleted || err != nil {
		return b.w.deleted.Err, err
	}
	if b.started = true; b.w.sums != nil {
		b.w.sums.begin()
	}
	return nil, nil
}

// carryOut writes ahead of the call's end.
func (b *begun) carryOut(writes []write) error {
	own, group := b.start()
	if own == nil && group == nil {
		if b.flushes++; b.flushes > flushesWithOthers && !b.first {
			group = errNotFirst
		} else {
			own, group = b.write(writes, true)
		}
	}
	if group != nil {
		b.failed = group
		return group
	}
	return own
}

// writeLast writes what is left at the end of the call's function. It needs a
// savepoint only if a write after the first may be refused: a refused statement
// undoes itself.
func (b *begun) writeLast(writes []write) (own, group error) {
	if own, group = b.start(); own != nil || group != nil {
		return own, group
	}
	return b.write(writes, slices.ContainsFunc(writes[1:], write.mayFail))
}

// write runs buffered writes. mayUndo tells that they may have to be undone.
func (b *begun) write(writes []write, mayUndo bool) (own, group error) {
	if mayUndo && !b.first && !b.saved {
		if err := b.w.conn.Exec("SAVEPOINT call"); err != nil {
			return nil, err
		}
		b.saved = true
	}
	for i := range writes {
		if own, group = b.w.flushOne(&writes[i]); own != nil || group != nil {
			return own, group
		}
		b.wrote = true
	}
	return nil, nil
}

// end keeps or undoes what the call has written. It returns a failure of the
// group.
func (b *begun) end(keep bool) error {
	if b.failed != nil && !errors.Is(b.failed, errNotFirst) {
		return b.failed
	}
	keep = keep && b.failed == nil
	if !keep && b.started && b.w.sums != nil {
		b.w.sums.undo()
	}
	var do []string
	switch {
	case b.saved && keep:
		do = []string{"RELEASE call"}
	case b.saved:
		do = []string{"ROLLBACK TO call", "RELEASE call"}
	case b.wrote && !keep:
		do = []string{"ROLLBACK", "BEGIN IMMEDIATE"}
	}
	for _, sql := range do {
		if err := b.w.conn.Exec(sql); err != nil {
			return err
		}
	}
	return b.failed
}

// isDeleted reports whether the organisation of a call was deleted.
func (w *writer) isDeleted(org string) (deleted bool, err error) {
	if org == "" || w.deleted.Query == "" {
		return false, nil
	}
	err = w.conn.Query(One(w.deleted.Query, Args{org}, &deleted, nil))
	return deleted, err
}

func (w *writer) flushOne(q *write) (own, group error) {
	if q.lock {
		return nil, nil
	}
	err := w.conn.Exec(q.sql, q.args...)
	if err != nil {
		if name, ok := w.conn.constraint(err); ok {
			if refusal := q.refusal(name); refusal != nil {
				return refusal, nil
			}
		}
		return nil, fmt.Errorf("store: %w", err)
	}
	if q.missing == nil {
		return nil, nil
	}
	switch n := w.conn.c.Changes(); n {
	case 1:
		return nil, nil
	case 0:
		return q.missing, nil
	default:
		return nil, fmt.Errorf("store: %d rows changed, want 1: %s", n, q.sql)
	}
}
