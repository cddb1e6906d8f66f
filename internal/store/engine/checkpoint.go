package engine

import (
	"sync"
	"time"

	"zombiezen.com/go/sqlite"
)

// The WAL is moved into the database by a connection of its own beside the
// writer: inside a commit (as SQLite would do it) some caller waits for all of
// it. Under constant load that never catches up with the writer, so the writer
// itself moves the short rest; then the next commit starts the WAL anew.
const (
	softWAL        = 8192 // pages: 32 MiB; the longer, the more changes of one page are moved as one
	idleCheckpoint = 300 * time.Millisecond
	checkEvery     = 8 // groups between two looks at the WAL's size
)

type checkpointer struct {
	writer *sqliteConn
	// open makes the connection beside the writer's, with the first checkpoint:
	// nothing waits for it at a start. nil: the writer does all of it.
	open   func() (*sqliteConn, error)
	side   *sqliteConn // used by begin's goroutine only
	groups int
	most   int  // pages, the longest WAL seen
	dirty  bool // something was written since the WAL was last moved as a whole
	busy   bool // side is at work
	ready  chan error
	onFail func(error)
	wait   sync.WaitGroup
}

func newCheckpointer(writer *sqliteConn, open func() (*sqliteConn, error), onFail func(error)) *checkpointer {
	return &checkpointer{writer: writer, open: open, ready: make(chan error, 1), onFail: onFail}
}

// afterGroup is called by the writer between two transactions.
func (k *checkpointer) afterGroup() {
	k.dirty = true
	if k.busy {
		select {
		case err := <-k.ready:
			k.busy = false
			k.done(err)
			_, err = walCheckpoint(k.writer, "PASSIVE")
			k.done(err)
		default:
		}
		return
	}
	if k.groups++; k.groups < checkEvery {
		return
	}
	k.groups = 0
	pages, err := walCheckpoint(k.writer, "NOOP")
	k.most = max(k.most, pages)
	if err == nil && pages >= softWAL {
		k.begin()
	}
}

// due reports whether idle has something to do.
func (k *checkpointer) due() bool { return k.busy || k.dirty }

// idle is called by the writer when nothing was queued for a while.
func (k *checkpointer) idle() {
	if k.busy {
		select {
		case err := <-k.ready:
			k.busy = false
			k.done(err)
		default:
		}
		return
	}
	if k.dirty {
		k.dirty = false
		k.begin()
	}
}

func (k *checkpointer) begin() {
	if k.open == nil {
		_, err := walCheckpoint(k.writer, "PASSIVE")
		k.done(err)
		return
	}
	k.busy = true
	k.wait.Go(func() {
		var err error
		if k.side == nil {
			k.side, err = k.open()
		}
		if err == nil {
			_, err = walCheckpoint(k.side, "PASSIVE")
		}
		k.ready <- err
	})
}

// done looks at a checkpoint's result. Without space it is tried again later;
// the WAL holds everything meanwhile.
func (k *checkpointer) done(err error) {
	if err == nil {
		return
	}
	k.dirty = true
	if fatal(err) {
		k.onFail(err)
	}
}

// close empties the WAL. It is called after the writer has ended.
func (k *checkpointer) close() error {
	k.wait.Wait()
	_, err := walCheckpoint(k.writer, "TRUNCATE")
	if sqlite.ErrCode(err).ToPrimary() == sqlite.ResultBusy {
		return nil // a late reader; the next start moves the rest
	}
	return err
}

// walCheckpoint runs a checkpoint and returns the pages in the WAL.
func walCheckpoint(c *sqliteConn, mode string) (pages int, err error) {
	err = c.Query(&Read{sql: "PRAGMA wal_checkpoint(" + mode + ")", scan: func(r *Row) error {
		pages = int(r.Int(1))
		return nil
	}})
	if err != nil {
		return 0, err
	}
	return pages, nil
}
