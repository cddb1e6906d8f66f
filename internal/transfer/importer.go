package transfer

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// Importer carries out imports, each on a goroutine of its own. It is safe for
// concurrent use.
type Importer struct {
	directory *directory.Directory
	log       *slog.Logger
	owner     string // of the imports that this process works on
	alone     bool
	ctx       context.Context
	stop      context.CancelFunc
	takesOver atomic.Bool // interrupted imports go on in this process
	work      sync.WaitGroup

	mu      sync.Mutex
	runs    map[string]*importRun  // by id, as long as they run
	unsaved map[string]*unsavedEnd // by id
}

// NewImporter returns an importer. alone says that no other process can have the
// data open, so that what another one was doing is known to be interrupted.
func NewImporter(d *directory.Directory, log *slog.Logger, alone bool) *Importer {
	ctx, stop := context.WithCancel(context.Background())
	return &Importer{directory: d, log: log, owner: rand.Text(), alone: alone, ctx: ctx, stop: stop, runs: map[string]*importRun{}, unsaved: map[string]*unsavedEnd{}}
}

// Close interrupts the imports that run and waits until they have stopped.
// Another process, or the next one, goes on with them. What a server deletes in
// time, a command does here.
func (m *Importer) Close() {
	m.stop()
	m.work.Wait()
	if !m.takesOver.Load() {
		ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
		defer stop()
		if err := m.directory.PurgeImports(ctx); err != nil {
			m.log.Error("delete copies of imported files", "error", err)
		}
	}
}

// Input is a file to be imported.
type Input struct {
	Name  string
	Body  io.Reader
	Limit int64 // bytes; 0: 4 GiB
	Size  int64 // if it is known
	// Unchanged reports whether the file is as it was when Body was opened; nil:
	// it cannot change.
	Unchanged func() bool
	// Admit is told of the import when the file is copied and before anything is done,
	// or of the earlier one that is repeated.
	Admit Admit
}

// Times of imports (docs/spec/import.md#repeated-imports,
// docs/spec/import.md#copies-of-the-file).
const (
	repeatedFor = 30 * 24 * time.Hour
	keptFor     = 24 * time.Hour
)

// Start copies a file and begins to import it. It returns the import, which may
// have failed already, or an earlier one that is repeated. It returns a
// *UsageError, directory.ErrImportRunning, or an error of the store or of the
// body.
func (m *Importer) Start(ctx context.Context, s *directory.Session, o Options, in Input) (Import, error) {
	if err := o.Check(); err != nil {
		return Import{}, err
	}
	if err := checkDirectory(ctx, s, &o); err != nil {
		return Import{}, err
	}
	caller := s.Caller()
	info := importInfo{File: in.Name, Bytes: in.Size, Seed: []byte(rand.Text()), Again: o.Again,
		Principal: principal{caller.Kind, caller.ID, caller.Name, caller.Scope, caller.Permissions}}
	stored, err := s.NewImport(ctx, directory.Import{
		Kind: o.Kind, State: directory.ImportRunning, Phase: phaseSpool, Preview: o.Preview, Options: o.identity(), Info: jsonOf(info), Counts: jsonOf(Counts{}), Owner: m.owner,
	})
	if err != nil {
		return Import{}, err
	}
	r, err := m.newRun(s.Org(), stored)
	if err != nil {
		return Import{}, err
	}
	return m.spool(ctx, s, r, in)
}

// checkDirectory checks that message contacts go into the resource directory of
// the organisation.
func checkDirectory(ctx context.Context, s *directory.Session, o *Options) error {
	if o.Directory == "" {
		return nil
	}
	rd, err := s.ResourceDirectory(ctx)
	if err != nil && !errors.Is(err, directory.ErrDirectoryNotEnabled) {
		return err
	}
	if err != nil || rd.ID != o.Directory || o.kind() != directory.MessageContactKind {
		return refusedOption("invalidParameter", "directory", o.Directory)
	}
	return nil
}

// spool copies the file of an import, and begins the work.
func (m *Importer) spool(ctx context.Context, s *directory.Session, r *importRun, in Input) (v Import, err error) {
	own := false
	if err = r.copyFile(ctx, in); err == nil {
		v, own, err = m.admit(s, r, in.Admit)
	}
	refused := new(FileError)
	switch {
	case err == nil && own:
		m.begin(r)
		return r.view()
	case errors.As(err, &refused), errors.Is(err, directory.ErrDiskFull):
		r.finish(err)
		m.forget(r)
		return m.Get(ctx, s, r.stored.ID)
	case errors.Is(err, directory.ErrImportTaken): // it tells itself why
		m.forget(r)
		return m.Get(ctx, s, r.stored.ID)
	}
	m.forget(r)
	return v, errors.Join(err, r.session().DeleteImport(context.WithoutCancel(ctx), r.stored.ID))
}

// stateOf is the state of an import, as far as its owner is alive.
func (m *Importer) stateOf(i directory.Import, now time.Time) directory.ImportState {
	if !i.EndedAt.IsZero() {
		return i.State
	}
	if r := m.stopped(i.ID); r != nil {
		return r.stored.State
	}
	if i.Owner == m.owner && m.running(i.ID) == nil || i.Owner != m.owner && (m.alone || !i.Alive(now)) {
		return directory.ImportInterrupted
	}
	return i.State
}

// stopped returns an import whose end this process alone knows.
func (m *Importer) stopped(id string) *importRun {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.unsaved[id]; e != nil {
		return e.run
	}
	return nil
}

func (m *Importer) viewOf(s *directory.Session, i directory.Import) (Import, error) {
	for _, r := range []*importRun{m.running(i.ID), m.stopped(i.ID)} {
		if r != nil && r.org == s.Org() && (i.EndedAt.IsZero() || m.running(i.ID) == r) {
			return r.view()
		}
	}
	i.State = m.stateOf(i, s.Now())
	return viewImport(s.Org(), i)
}

// newRun returns the run of an import, which is not yet begun.
func (m *Importer) newRun(org string, stored directory.Import) (*importRun, error) {
	r := &importRun{m: m, org: org, stored: stored, changed: make(chan struct{}), ended: make(chan struct{})}
	if err := json.Unmarshal(stored.Info, &r.info); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(stored.Options), &r.options); err != nil {
		return nil, err
	}
	if err := r.options.Check(); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(stored.Counts, &r.counts); err != nil {
		return nil, err
	}
	r.ctx, r.cancel = context.WithCancel(m.ctx)
	r.chunks = &chunks{ctx: r.ctx, session: r.session, id: stored.ID}
	m.supersede(stored.ID)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.runs[stored.ID] != nil {
		return nil, directory.ErrImportTaken
	}
	m.runs[stored.ID] = r
	r.stayAlive()
	return r, nil
}

func (m *Importer) running(id string) *importRun {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.runs[id]
}

// begin lets an import run.
func (m *Importer) begin(r *importRun) {
	m.work.Go(func() {
		defer m.forget(r)
		r.work()
	})
}

// forget ends a run in this process.
func (m *Importer) forget(r *importRun) {
	r.cancel()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.runs[r.stored.ID] == r {
		delete(m.runs, r.stored.ID)
		close(r.ended)
	}
}

// Get returns an import, or directory.ErrImportNotFound.
func (m *Importer) Get(ctx context.Context, s *directory.Session, id string) (Import, error) {
	i, err := s.Import(ctx, id)
	if err != nil {
		return Import{}, err
	}
	return m.viewOf(s, i)
}

// List returns imports, newest first: those behind one of them, or the first.
func (m *Importer) List(ctx context.Context, s *directory.Session, after string, limit int64) (list []Import, err error) {
	q := directory.ImportQuery{Limit: limit}
	if after != "" {
		if q.After, err = s.Import(ctx, after); err != nil {
			return nil, err
		}
	}
	stored, err := s.Imports(ctx, q)
	for _, i := range stored {
		v, err := m.viewOf(s, i)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, err
}

// Resume goes on with an import that was interrupted, or stopped by a full disk.
// in may be nil; a file that is given must be the same. It returns
// directory.ErrImportEnded for one that has nothing left to do.
func (m *Importer) Resume(ctx context.Context, s *directory.Session, id string, in *Input) (Import, error) {
	stored, err := s.Import(ctx, id)
	if err != nil {
		return Import{}, err
	}
	if m.running(id) != nil {
		return m.viewOf(s, stored)
	}
	info := importInfo{}
	if err := json.Unmarshal(stored.Info, &info); err != nil {
		return Import{}, err
	}
	full := stored.State == directory.ImportStopped && info.Error != nil && info.Error.Code == "diskFull"
	if !stored.EndedAt.IsZero() && !full {
		return Import{}, directory.ErrImportEnded
	}
	if stored.Phase != phaseSpool {
		if kept, err := m.keepsFile(ctx, s, id); err != nil || !kept {
			return Import{}, cmp.Or(err, directory.ErrImportEnded)
		}
	}
	if in != nil && stored.Digest != "" {
		sum := sha256.New()
		if _, err := io.Copy(sum, in.Body); err != nil {
			return Import{}, err
		}
		if !hmac.Equal([]byte(digestText(sum)), []byte(stored.Digest)) {
			return Import{}, &FileError{Code: "fileChanged"}
		}
	}
	r, err := m.newRun(s.Org(), stored)
	if err != nil {
		return Import{}, err
	}
	if stored.Phase == phaseSpool && in != nil {
		if r.stored, err = r.session().ClaimImport(ctx, id, m.owner, m.alone); err != nil {
			m.forget(r)
			return Import{}, err
		}
		return m.spool(ctx, s, r, *in)
	}
	m.begin(r)
	return r.view()
}

func digestText(sum hash.Hash) string { return "sha256:" + hex.EncodeToString(sum.Sum(nil)) }

// Cancel stops an import. What is written stays; the copy of the file is
// deleted. It returns directory.ErrImportEnded if it has ended.
func (m *Importer) Cancel(ctx context.Context, s *directory.Session, id string) (Import, error) {
	if _, err := s.Import(ctx, id); err != nil {
		return Import{}, err
	}
	if r := m.running(id); r != nil && r.org == s.Org() {
		r.cancelled.Store(true)
		r.cancel()
		select {
		case <-r.ended:
		case <-ctx.Done():
			return Import{}, ctx.Err()
		}
	}
	stored, err := s.ChangeImport(ctx, id, func(i *directory.Import) error {
		switch {
		case i.State == directory.ImportStopped && i.Owner == "" && !i.EndedAt.IsZero():
			return nil
		case !i.EndedAt.IsZero():
			return directory.ErrImportEnded
		}
		info := importInfo{}
		if err := json.Unmarshal(i.Info, &info); err != nil {
			return err
		}
		info.Error = newImportError("cancelled", 0)
		i.Info = jsonOf(info)
		i.State, i.Owner, i.EndedAt, i.PurgeAt = directory.ImportStopped, "", s.Now(), s.Now().Add(keptFor)
		return nil
	})
	if err != nil {
		return Import{}, err
	}
	m.supersede(id)
	if err := s.DropImportParts(ctx, id, filePart); err != nil {
		return Import{}, err
	}
	return m.viewOf(s, stored)
}

// Run makes a preview real. It returns directory.ErrPreviewOutdated if the
// import would do something else by now, and directory.ErrImportEnded if there
// is no preview, or none any more (docs/spec/import.md#previews-made-real).
func (m *Importer) Run(ctx context.Context, s *directory.Session, id string, admit Admit) (Import, error) {
	stored, err := s.Import(ctx, id)
	if err != nil {
		return Import{}, err
	}
	switch {
	case stored.State != directory.ImportPreviewed:
		return Import{}, directory.ErrImportEnded
	case !s.Now().Before(stored.PurgeAt): // its copies are deleted, or are about to be
		return Import{}, directory.ErrPreviewOutdated
	}
	if kept, err := m.keepsFile(ctx, s, id); err != nil || !kept {
		return Import{}, cmp.Or(err, directory.ErrPreviewOutdated)
	}
	r, err := m.newRun(s.Org(), stored)
	if err != nil {
		return Import{}, err
	}
	if err := r.stillTrue(ctx); err != nil {
		m.forget(r)
		return Import{}, err
	}
	r.stored, err = s.ChangeImport(ctx, id, func(i *directory.Import) error {
		if i.State != directory.ImportPreviewed {
			return directory.ErrImportEnded
		}
		if i.Purged() || !m.directory.Now().Before(i.PurgeAt) { // by an erasure, meanwhile
			return directory.ErrPreviewOutdated
		}
		i.State, i.Phase, i.Preview, i.EndedAt, i.PurgeAt, i.Owner, i.Beat = directory.ImportQueued, phaseWrite, false, time.Time{}, time.Time{}, m.owner, m.directory.Now()
		i.Counts = jsonOf(Counts{})
		return nil
	}, func(tx directory.Tx, i directory.Import) error {
		v, err := viewImport(s.Org(), i)
		return admit.of(tx, v, err)
	})
	if err != nil {
		m.forget(r)
		return Import{}, err
	}
	r.counts = Counts{}
	m.begin(r)
	return r.view()
}

// Work returns the background work of a server: it goes on with interrupted
// imports and deletes what is due, until ctx is done. From the call on, who
// follows an interrupted import waits for what comes after.
func (m *Importer) Work(ctx context.Context) func() {
	m.takesOver.Store(true)
	return func() { m.lookAfter(ctx) }
}

func (m *Importer) lookAfter(ctx context.Context) {
	const (
		lookEvery  = 2 * time.Second
		purgeEvery = 30 // looks
	)
	every := time.NewTicker(lookEvery)
	defer every.Stop()
	for n := 0; ; n++ {
		if err := m.takeOver(ctx); err != nil && ctx.Err() == nil {
			m.log.Error("look for interrupted imports", "error", err)
		}
		if n%purgeEvery == 0 {
			if err := m.directory.PurgeImports(ctx); err != nil && ctx.Err() == nil {
				m.log.Error("delete copies of imported files", "error", err)
			}
		}
		select {
		case <-every.C:
		case <-ctx.Done():
			return
		}
	}
}

// takeOver goes on with the imports that nobody works on.
func (m *Importer) takeOver(ctx context.Context) error {
	open, err := m.directory.OpenImports(ctx)
	if err != nil {
		return err
	}
	for _, o := range open {
		s := m.directory.Session(directory.CommandLine(o.Org), "import", "").ForLongWork()
		i, err := s.Import(ctx, o.ID)
		if errors.Is(err, directory.ErrImportNotFound) || err == nil && (m.running(o.ID) != nil || m.stateOf(i, s.Now()) != directory.ImportInterrupted) {
			continue
		}
		if err != nil {
			return err
		}
		r, err := m.newRun(o.Org, i)
		if err != nil {
			return fmt.Errorf("import %s: %w", o.ID, err)
		}
		m.begin(r)
	}
	return nil
}

func jsonOf(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil { // plain structs of texts and numbers
		panic("import: " + err.Error())
	}
	return b
}
