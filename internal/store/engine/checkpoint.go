package engine

import (
	"sync"
	"time"

	"zombiezen.com/go/sqlite"
)

// A second connection checkpoints the WAL beside the writer. SQLite itself
// would do it inside a commit, and some caller would wait for all of it. Under
// constant load the second connection never catches up, so the writer
// checkpoints the short rest; the next commit then restarts the WAL.
const (
	softWAL        = 8192 // pages: 32 MiB; a longer WAL merges more changes of the same page
	idleCheckpoint = 300 * time.Millisecond
	checkEvery     = 8 // groups between two checks of the WAL's size
)

type checkpointer struct {
	writer *sqliteConn
	// open opens the second connection with the first checkpoint, so that the
	// start does not wait for it. nil: the writer checkpoints.
	open   func() (*sqliteConn, error)
	side   *sqliteConn // used by begin's goroutine only
	groups int
	most   int  // pages of the longest WAL seen
	dirty  bool // there were writes since the last full checkpoint
	busy   bool // a checkpoint is running on side
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

// done handles the result of a checkpoint. If the disk is full it is tried
// again later; the WAL keeps everything meanwhile.
func (k *checkpointer) done(err error) {
	if err == nil {
		return
	}
	k.dirty = true
	if fatal(err) {
		k.onFail(err)
	}
}

// close empties the WAL. It is called after the writer has stopped.
func (k *checkpointer) close() error {
	k.wait.Wait()
	_, err := walCheckpoint(k.writer, "TRUNCATE")
	if sqlite.ErrCode(err).ToPrimary() == sqlite.ResultBusy {
		return nil // a reader is still active; the next start checkpoints the rest
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
