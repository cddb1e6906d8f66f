package directory

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// patiently does a batch, and repeats it for half a minute while the store is
// busy: much may be done already.
func (r *undoRun) patiently(ctx context.Context, steps []undoStep, first, last bool) (left []undoStep, hold Hold, err error) {
	const most = 30 * time.Second
	start := time.Now()
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		left, hold, err = r.batch(ctx, steps, first, last)
		if first || !errors.Is(err, ErrBusy) || errors.Is(err, ErrDiskFull) || time.Since(start) > most {
			return left, hold, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, hold, errors.Join(err, ctx.Err())
		}
	}
}

// stop ends an undo of which a part is done. Its state says so, and why, also if
// the store cannot take it. It returns errors that the state does not tell.
func (r *undoRun) stop(ctx context.Context, err error) error {
	r.u.State, r.u.Counts.Conflicts = UndoPartly, int64(len(r.u.Conflicts))
	switch {
	case errors.Is(err, ErrDiskFull):
		r.u.Stopped, err = UndoDiskFull, nil
	case errors.Is(err, ErrBusy):
		r.u.Stopped, err = UndoBusy, nil
	default:
		err = fmt.Errorf("undo: %w", err)
	}
	r.save(ctx)
	return err
}

// save stores how an undo has ended. If the store cannot take it, this process
// remembers it.
func (r *undoRun) save(ctx context.Context) {
	err := r.s.update(ctx, func(tx Tx) error {
		tx.Undos().PutUndo(*r.u)
		return nil
	})
	if err != nil {
		r.s.dir.undos.put(r.s.org, *r.u)
	}
}

// stoppedUndos are the undos of this process whose end could not be stored.
type stoppedUndos struct {
	mu   sync.Mutex
	ends map[[2]string]Undo // by organisation and id
}

func (m *stoppedUndos) put(org string, u Undo) {
	const most = 1000 // further ones show as interrupted after a minute
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ends == nil {
		m.ends = map[[2]string]Undo{}
	}
	if len(m.ends) < most {
		m.ends[[2]string{org, u.ID}] = u
	}
}

func (m *stoppedUndos) get(org, id string) (Undo, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	u, ok := m.ends[[2]string{org, id}]
	return u, ok
}
