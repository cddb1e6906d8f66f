package transfer

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// unsavedEnd is how an import has ended while the store could not take it, as on
// a full disk. This process remembers it and stores it as soon as there is room:
// until then the store believes that the import runs, and others of the
// organisation wait for it. Another process finds it interrupted, which is true,
// too.
type unsavedEnd struct {
	run *importRun

	mu   sync.Mutex
	over bool // it is stored, or somebody goes on with the import
}

// storeEnd stores how the import has ended. It is no more part of what can be
// cancelled.
func (r *importRun) storeEnd() {
	const tries = 10
	var err error
	for range tries {
		if err = r.trySave(); !errors.Is(err, directory.ErrBusy) || r.m.ctx.Err() != nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if err == nil || isOthers(err) {
		return
	}
	r.m.log.Error("end of an import", "import", r.stored.ID, "error", err)
	end := &unsavedEnd{run: r}
	r.m.mu.Lock()
	r.m.unsaved[r.stored.ID] = end
	r.m.mu.Unlock()
	r.m.work.Go(end.storeLater)
}

// trySave tries once to store the import.
func (r *importRun) trySave() error {
	return r.session().SaveImport(context.WithoutCancel(r.ctx), r.row(), r.m.owner)
}

// isOthers reports whether the import is another one's by now, or nobody's.
func isOthers(err error) bool {
	return errors.Is(err, directory.ErrImportTaken) || errors.Is(err, directory.ErrImportNotFound) || errors.Is(err, directory.ErrOrgNotFound)
}

// storeLater tries each second to store the end, and once more when the process
// stops.
func (e *unsavedEnd) storeLater() {
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for {
		select {
		case <-every.C:
		case <-e.run.m.ctx.Done():
			e.store()
			return
		}
		if e.store() {
			return
		}
	}
}

// store reports whether there is nothing left to store.
func (e *unsavedEnd) store() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.over {
		return true
	}
	m := e.run.m
	if err := e.run.trySave(); err != nil && !isOthers(err) {
		return false
	}
	e.over = true
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.unsaved[e.run.stored.ID] == e {
		delete(m.unsaved, e.run.stored.ID)
	}
	return true
}

// supersede keeps an end that is not stored from being stored: somebody goes on
// with the import, or has cancelled it.
func (m *Importer) supersede(id string) {
	m.mu.Lock()
	e := m.unsaved[id]
	delete(m.unsaved, id)
	m.mu.Unlock()
	if e != nil {
		e.mu.Lock()
		e.over = true
		e.mu.Unlock()
	}
}
