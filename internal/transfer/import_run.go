package transfer

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// importRun is an import that this process works on.
type importRun struct {
	m         *Importer
	org       string
	options   Options
	ctx       context.Context
	cancel    context.CancelFunc
	cancelled atomic.Bool
	ended     chan struct{} // closed when this process does nothing more
	chunks    *chunks
	beaten    time.Time // when the store last heard of it
	squeezer  squeezer
	breath    directory.Breath
	awaited   bool // somebody waits for the answer: it does not rest
	erased    erased
	unmade    unmade // of the rows that are written or passed by

	mu      sync.Mutex
	stored  directory.Import
	info    importInfo
	counts  Counts
	read    int64      // bytes
	events  []Progress // one at each change of state and phase
	told    time.Time  // of the last event or look
	changed chan struct{}
}

// session is a session of the one who has started the import, with the import's
// request id, at this moment.
func (r *importRun) session() *directory.Session {
	p := r.info.Principal
	return r.m.directory.Session(directory.Principal{Kind: p.Kind, Org: r.org, ID: p.ID, Name: p.Name, Scope: p.Scope, Permissions: p.Perms}, "import", r.stored.RequestID).ForLongWork()
}

// view tells of the import as it is now.
func (r *importRun) view() (Import, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := r.stored
	i.Info, i.Counts = jsonOf(r.info), jsonOf(r.counts)
	return viewImport(r.org, i)
}

// enter changes state and phase, and tells so.
func (r *importRun) enter(state directory.ImportState, phase string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stored.State, r.stored.Phase = state, phase
	last := len(r.events) - 1
	if last < 0 || r.events[last].State != string(state) || r.events[last].Phase != phase {
		r.events = append(r.events, r.progressLocked())
		close(r.changed)
		r.changed = make(chan struct{})
	}
}

// progressLocked is how far the import is. No two have the same time, so that followers who
// come back can tell which they have seen.
func (r *importRun) progressLocked() Progress {
	now := r.m.directory.Now().Truncate(time.Millisecond)
	if !now.After(r.told) {
		now = r.told.Add(time.Millisecond)
	}
	r.told = now
	p := Progress{Event: "progress", ImportID: r.stored.ID, State: string(r.stored.State), Phase: r.stored.Phase, Rows: r.counts.Rows,
		Bytes: r.read, BytesTotal: r.info.Bytes, Created: r.counts.Created, Updated: r.counts.Updated, Unchanged: r.counts.Unchanged,
		Skipped: r.counts.Skipped, Rejected: r.counts.Rejected, Time: timeText(now)}
	if r.info.Read != nil {
		p.RowsTotal, p.Bytes = &r.info.Total, r.info.Bytes
	}
	return p
}

// row returns the import as it is to be stored.
func (r *importRun) row() directory.Import {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stored.Info, r.stored.Counts = jsonOf(r.info), jsonOf(r.counts)
	r.stored.Beat = r.m.directory.Now()
	return r.stored
}

// save stores the import with parts. While the store is busy, it waits.
func (r *importRun) save(parts ...directory.ImportPart) error {
	err := r.patiently(func() error { return r.session().SaveImport(r.ctx, r.row(), r.m.owner, parts...) })
	if err == nil {
		r.beaten = time.Now()
	}
	return err
}

// beat lets the store hear of the import if it has not for a second.
func (r *importRun) beat() error {
	if time.Since(r.beaten) < time.Second {
		return nil
	}
	return r.save()
}

// stayAlive lets other processes, and erasures, hear of the import while this one only waits for
// the body, or is long about to open the file.
func (r *importRun) stayAlive() {
	id := r.stored.ID
	r.m.work.Go(func() {
		every := time.NewTicker(directory.ImportSilence / 4)
		defer every.Stop()
		for {
			select {
			case <-every.C:
			case <-r.ctx.Done():
				return
			}
			// What fails is tried again; whoever else owns the import is left alone.
			s := r.m.directory.Session(directory.CommandLine(r.org), "import", "").ForLongWork()
			_, _ = s.ChangeImport(r.ctx, id, func(i *directory.Import) error {
				if i.Owner != r.m.owner || !i.EndedAt.IsZero() {
					return directory.ErrImportTaken
				}
				i.Beat = r.m.directory.Now()
				return nil
			})
		}
	})
}

// patiently repeats what fails because the store is busy, for half a minute.
func (r *importRun) patiently(do func() error) error {
	const most = 30 * time.Second
	start := time.Now()
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := do()
		if !errors.Is(err, directory.ErrBusy) || errors.Is(err, directory.ErrDiskFull) || time.Since(start) > most {
			return err
		}
		select {
		case <-time.After(pause):
		case <-r.ctx.Done():
			return r.ctx.Err()
		}
	}
}

// copyFile copies the file into the store.
func (r *importRun) copyFile(ctx context.Context, in Input) error {
	stop := context.AfterFunc(ctx, r.cancel)
	defer stop()
	r.enter(directory.ImportRunning, phaseSpool)
	limit := in.Limit
	if limit <= 0 {
		limit = mostBytes
	}
	sum, buf := sha256.New(), make([]byte, fileChunk)
	size := int64(0)
	for n := int64(0); ; n++ {
		got, err := io.ReadFull(in.Body, buf)
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return err
		}
		if size += int64(got); size > limit {
			return &FileError{Code: "tooLarge"}
		}
		if got > 0 {
			sum.Write(buf[:got])
			data, failed := r.squeezer.squeeze(buf[:got])
			if failed != nil {
				return failed
			}
			r.mu.Lock()
			r.read = size
			r.mu.Unlock()
			if err := r.save(directory.ImportPart{Name: filePart, N: n, Data: data}); err != nil {
				return err
			}
		}
		if err != nil {
			break
		}
	}
	if in.Unchanged != nil && !in.Unchanged() {
		return &FileError{Code: "fileChanged"}
	}
	if size == 0 {
		return &FileError{Code: "empty"}
	}
	r.mu.Lock()
	r.info.Bytes, r.stored.Digest = size, digestText(sum)
	r.stored.Phase = phaseCheck
	r.mu.Unlock()
	return nil // [Importer.admit] stores it
}

// work carries an import out from where it is.
func (r *importRun) work() {
	if err := r.claim(); err != nil {
		if !errors.Is(err, directory.ErrImportTaken) {
			r.finish(err)
		}
		return
	}
	r.finish(r.carryOut())
}

// claim waits until the import may run.
func (r *importRun) claim() error {
	for {
		var got directory.Import
		err := r.patiently(func() (err error) {
			got, err = r.session().ClaimImport(r.ctx, r.stored.ID, r.m.owner, r.m.alone)
			return err
		})
		if err == nil {
			r.mu.Lock()
			r.stored = got
			r.info.Error = nil
			r.mu.Unlock()
			r.enter(directory.ImportRunning, got.Phase)
			return nil
		}
		if !errors.Is(err, directory.ErrImportBusy) {
			return err
		}
		r.mu.Lock()
		r.stored.Owner, r.stored.EndedAt, r.stored.PurgeAt = r.m.owner, time.Time{}, time.Time{}
		r.mu.Unlock()
		r.enter(directory.ImportQueued, r.stored.Phase)
		if err := r.queue(); err != nil {
			return err
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-r.ctx.Done():
			return r.ctx.Err()
		}
	}
}

// queue stores that the import waits, and for whom.
func (r *importRun) queue() error {
	if time.Since(r.beaten) < time.Second && r.stored.State == directory.ImportQueued {
		return nil
	}
	info := r.info
	info.Error = nil // of the end before, if it was resumed
	_, err := r.session().ChangeImport(r.ctx, r.stored.ID, func(i *directory.Import) error {
		if !i.EndedAt.IsZero() && i.State == directory.ImportStopped && r.info.Error == nil {
			return directory.ErrImportTaken // somebody has cancelled it
		}
		i.State, i.Owner, i.Beat, i.EndedAt, i.Info = directory.ImportQueued, r.m.owner, r.m.directory.Now(), time.Time{}, jsonOf(info)
		return nil
	})
	r.beaten = time.Now()
	if err == nil {
		r.mu.Lock()
		r.info.Error = nil
		r.mu.Unlock()
	}
	return err
}

// carryOut checks the file and writes its rows.
func (r *importRun) carryOut() error {
	switch r.stored.Phase {
	case phaseSpool: // the process that copied it is gone
		return &FileError{Code: "fileChanged"}
	case phaseCheck:
		if err := r.check(); err != nil {
			return err
		}
	}
	if r.stored.Preview {
		return nil
	}
	return r.write()
}

// open begins to read the copied file.
func (r *importRun) open() (Reader, *spool, error) {
	sp := &spool{chunks: r.chunks, size: r.info.Bytes}
	reader, err := Open(sp, r.options.reading())
	return reader, sp, err
}

// newJudge returns a judge for the file, whose plans are stored by put.
func (r *importRun) newJudge(put func(directory.ImportPart) error) *judge {
	return &judge{ctx: r.ctx, session: r.session, options: &r.options, erased: &r.erased, id: r.stored.ID, ids: idMaker{r.info.Seed},
		log:    &planLog{part: rowsPart, chunks: r.chunks, put: put},
		reopen: func() (Reader, error) { reader, _, err := r.open(); return reader, err }}
}

// check is the check pass: it stores what becomes of each row
// (docs/spec/import.md#check-of-a-file).
func (r *importRun) check() error {
	r.enter(directory.ImportRunning, phaseCheck)
	for _, part := range []string{rowsPart, amendedPart, latePart, writtenPart, unsetPart} { // of a check that was interrupted
		if err := r.patiently(func() error { return r.session().DropImportParts(r.ctx, r.stored.ID, part) }); err != nil {
			return err
		}
	}
	change, err := r.lastChange()
	if err != nil {
		return err
	}
	j := r.newJudge(func(p directory.ImportPart) error { return r.save(p) })
	sum := newPlanSum()
	lates := int64(0)
	err = r.judge(j, sum, func(amended, late *planLog) error {
		return j.finish(func(p *plan) error { sum.add(p); return amended.add(p) }, func(p *plan) error { sum.add(p); lates++; return late.add(p) })
	})
	r.mu.Lock()
	if j.info != nil {
		r.info.Read = new(Info)
		*r.info.Read = *j.info
		r.info.Read.Columns, r.info.Read.Ignored = slices.Clone(j.info.Columns), slices.Clone(j.info.Ignored)
	}
	r.counts = j.counts
	if err == nil && j.counts.Rows == 0 {
		err = &FileError{Code: "empty"}
	}
	if err != nil {
		r.mu.Unlock()
		return err
	}
	r.info.Planned, r.info.Total, r.info.Lates = j.counts, j.counts.Rows, lates
	r.info.Departments, r.info.Labels = j.depts, j.tags
	r.info.Plans, r.info.Change = sum.sum(), change
	if !r.stored.Preview {
		r.counts = Counts{}
		r.stored.Phase = phaseWrite
	}
	r.mu.Unlock()
	return r.save()
}

// judge runs a judge over the file, and then finish.
func (r *importRun) judge(j *judge, sum *planSum, finish func(amended, late *planLog) error) error {
	reader, sp, err := r.open()
	if err != nil {
		return err
	}
	s := r.session()
	err = j.run(reader, func(p *plan) error {
		sum.add(p)
		r.mu.Lock()
		r.counts, r.read = j.counts, sp.read
		r.mu.Unlock()
		if p.Row%judgedAtOnce == 0 {
			if err := r.beat(); err != nil {
				return err
			}
		}
		if r.awaited {
			return r.ctx.Err()
		}
		return r.breath.Take(r.ctx, s)
	})
	if err != nil {
		return errors.Join(err, j.log.flush())
	}
	amended, late := &planLog{part: amendedPart, chunks: r.chunks, put: j.log.put}, &planLog{part: latePart, chunks: r.chunks, put: j.log.put}
	if err := finish(amended, late); err != nil {
		return err
	}
	return errors.Join(j.log.flush(), amended.flush(), late.flush())
}

func (r *importRun) lastChange() (seq int64, err error) {
	err = r.session().Find(r.ctx, func(f *directory.Finder) error {
		seq, err = f.LastChange()
		return err
	})
	return seq, err
}

// stillTrue returns directory.ErrPreviewOutdated if the check of a preview would
// have another result by now.
func (r *importRun) stillTrue(ctx context.Context) error {
	stop := context.AfterFunc(ctx, r.cancel)
	defer stop()
	change, err := r.lastChange()
	if err != nil || change == r.info.Change {
		return err
	}
	r.awaited = true
	defer func() { r.awaited = false }()
	j := r.newJudge(func(directory.ImportPart) error { return nil })
	sum := newPlanSum()
	ignore := func(p *plan) error { sum.add(p); return nil }
	before := r.counts
	err = r.judge(j, sum, func(_, _ *planLog) error { return j.finish(ignore, ignore) })
	r.mu.Lock()
	r.counts = before
	r.mu.Unlock()
	refused := new(FileError)
	switch {
	case errors.Is(err, errPlan), errors.As(err, &refused), err == nil && string(sum.sum()) != string(r.info.Plans):
		return directory.ErrPreviewOutdated
	}
	return err
}

// finish ends the work of this process: the import is done, or why it is not.
func (r *importRun) finish(err error) {
	state, code, line := directory.ImportDone, "", int64(0)
	refused, usage := new(FileError), new(UsageError)
	switch {
	case err == nil && r.stored.Preview:
		state = directory.ImportPreviewed
	case err == nil:
	case errors.As(err, &refused):
		state, code, line = directory.ImportFailed, refused.Code, refused.Line
	case errors.As(err, &usage):
		state, code = directory.ImportFailed, usage.Code
	case errors.Is(err, directory.ErrDiskFull):
		state, code = directory.ImportStopped, "diskFull"
	case r.cancelled.Load():
		state, code = directory.ImportStopped, "cancelled"
	case errors.Is(err, directory.ErrImportTaken), errors.Is(err, directory.ErrImportEnded), errors.Is(err, directory.ErrImportNotFound), errors.Is(err, directory.ErrOrgNotFound):
		return
	case r.ctx.Err() != nil, errors.Is(err, directory.ErrBusy):
		state = directory.ImportInterrupted
	default:
		state, code = directory.ImportFailed, "internal"
		if r.stored.Written > 0 {
			state = directory.ImportStopped
		}
		r.m.log.Error("import", "import", r.stored.ID, "error", err)
	}
	r.mu.Lock()
	if code != "" {
		r.info.Error = newImportError(code, line)
		if refused.Code == code {
			r.info.Error.Message, r.info.Error.MessageZh = refused.Message()
		}
	}
	if state == directory.ImportFailed || state == directory.ImportStopped && r.stored.Phase != phaseWrite {
		r.counts.Created, r.counts.Updated = 0, 0 // what the check found was not written
	}
	r.stored.Owner = ""
	if state != directory.ImportInterrupted {
		now := r.m.directory.Now()
		r.stored.EndedAt, r.stored.PurgeAt = now, now.Add(keptFor)
	}
	r.mu.Unlock()
	r.enter(state, phaseAfter(state, r.stored.Phase))
	r.storeEnd()
	if state != directory.ImportInterrupted {
		r.dropErased()
	}
}

// dropErased deletes the copy of the file at once if it may hold somebody who was erased. What
// cannot be deleted now is deleted with the rows.
func (r *importRun) dropErased() {
	ctx := context.WithoutCancel(r.ctx)
	err := r.erased.learn(ctx, r.session(), r.stored.ID)
	for _, name := range []string{filePart, directory.ErasedPart} {
		if err == nil && r.erased.known > 0 {
			err = r.session().DropImportParts(ctx, r.stored.ID, name)
		}
	}
	if err != nil {
		r.m.log.Warn("delete the copy of an imported file", "import", r.stored.ID, "error", err)
	}
}

// phaseAfter is the phase of an import in a state: one that can go on keeps its
// own.
func phaseAfter(state directory.ImportState, phase string) string {
	if state == directory.ImportInterrupted || state == directory.ImportStopped {
		return phase
	}
	return phaseEnd
}

func newImportError(code string, line int64) *ImportError {
	e := &ImportError{Code: code}
	if line > 0 {
		e.Line = &line
	}
	e.Message, e.MessageZh = (&FileError{Code: code}).Message()
	return e
}
