package transfer

import (
	"errors"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// Sizes of the transactions of an import
// (docs/spec/import.md#transactions-of-an-import).
const (
	firstEdits   = 16
	mostEdits    = 2000
	mostPlans    = 4000 // rows of one transaction, with those that write nothing
	mostRaces    = 5
	roundsOfEach = 2 // a row is judged again once, and then rejected
)

// write is the write pass: it carries out the plans that are not yet carried
// out.
func (r *importRun) write() error {
	r.enter(directory.ImportRunning, phaseWrite)
	if err := r.recordBegin(); err != nil {
		return err
	}
	if err := r.recallUnmade(); err != nil {
		return err
	}
	v, err := r.chunks.view(r.stored.Written+1, rowsPart, amendedPart)
	if err != nil {
		return err
	}
	w := &batchWriter{r: r, pace: directory.Pace{Size: firstEdits, Most: mostEdits, Others: r.breath.Others}}
	for {
		p, err := v.Next(r.ctx)
		if err == io.EOF {
			break
		}
		if err == nil {
			err = w.add(p)
		}
		if err != nil {
			return err
		}
	}
	if err := w.flush(); err != nil {
		return err
	}
	return r.writeLate()
}

// recordBegin writes the import into the history, once.
func (r *importRun) recordBegin() error {
	if r.info.Begun {
		return nil
	}
	r.mu.Lock()
	r.info.Begun = true
	r.mu.Unlock()
	what := directory.Record{"kind": r.options.Kind, "file": r.info.File, "digest": r.stored.Digest, "rows": r.info.Total}
	return r.patiently(func() error { return r.session().BeginImport(r.ctx, r.row(), r.m.owner, what) })
}

// batchWriter puts plans together into transactions.
type batchWriter struct {
	r     *importRun
	plans []*plan
	edits int
	pace  directory.Pace // edits of a transaction
}

func (w *batchWriter) add(p *plan) error {
	w.plans = append(w.plans, p)
	if p.writes() {
		w.edits += 1 + len(p.Makes)
	}
	if w.edits >= w.pace.Size || len(w.plans) >= mostPlans {
		return w.flush()
	}
	return nil
}

func (w *batchWriter) flush() error {
	if len(w.plans) == 0 {
		return nil
	}
	b := &batch{r: w.r, tried: map[int64]int{}, told: map[int64]bool{}}
	for _, p := range w.plans {
		b.plans = append(b.plans, w.r.moved(p, b))
	}
	if err := b.commit(); err != nil {
		return err
	}
	w.pace.Took(w.edits, b.took)
	w.plans, w.edits = w.plans[:0], 0
	return w.pace.Rest(w.r.ctx)
}

// batch is the plans of one transaction.
type batch struct {
	r     *importRun
	plans []*plan
	tried map[int64]int  // how often a row was refused, by its number
	told  map[int64]bool // rows that became something else than planned
	took  directory.Hold

	failures map[int]error // of the last try, by the index of the plan
}

// errAgain takes a transaction back in which a row was refused.
var errAgain = errors.New("a row was refused")

// commit writes the plans, with the checkpoint. A row that no longer fits is
// judged again once; if it then still does not fit, it is rejected. The rows
// before it are committed first: it may build on them.
func (b *batch) commit() error {
	for races := 0; len(b.plans) > 0; {
		b.strike()
		b.handOn()
		all := b.plans
		counts := b.r.counts
		err := b.r.patiently(func() error { return b.try(&counts) })
		switch {
		case err == nil:
			b.r.written(all, counts)
			return nil
		case errors.Is(err, errAgain), errors.Is(err, directory.ErrErasedMeanwhile):
			known := b.r.erased.known
			if failed := b.r.erased.learn(b.r.ctx, b.r.session(), b.r.stored.ID); failed != nil {
				return failed
			}
			if b.r.erased.known > known || !errors.Is(err, errAgain) {
				continue
			}
		case races < mostRaces && b.r.lostRace(err):
			races++
			continue
		default:
			return err
		}
		first := slices.Min(slices.Collect(maps.Keys(b.failures)))
		if first > 0 {
			b.plans = all[:first]
			if err := b.commit(); err != nil {
				return err
			}
			b.plans = all[first:]
			continue
		}
		if err := b.allAgain(); err != nil {
			return err
		}
	}
	return nil
}

// allAgain judges the first row again, which was refused, and those behind it
// that were refused, too, as long as they do not build on one of these: they are
// judged by what is written.
func (b *batch) allAgain() error {
	ids := map[objectName]bool{}
	for i := range b.plans {
		p := b.plans[i]
		if b.failures[i] == nil || ids[objectName{p.Kind, p.ID}] || i > 0 && !errors.Is(b.failures[i], directory.ErrVersion) {
			break
		}
		if err := b.again(i, b.failures[i]); err != nil {
			return err
		}
		if i > 0 && !b.plans[i].writes() { // perhaps only because of a row before it
			b.plans[i], b.tried[p.Row] = p, b.tried[p.Row]-1
			break
		}
		ids[objectName{p.Kind, p.ID}], ids[objectName{p.Kind, b.plans[i].ID}] = true, true
	}
	return nil
}

// written notes what is committed.
func (r *importRun) written(plans []*plan, counts Counts) {
	for _, p := range plans {
		r.unmade = r.unmade.pass(p)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts, r.stored.Written = counts, plans[len(plans)-1].Row
	r.beaten = time.Now()
}

// lostRace reports whether a transaction may have failed because another process
// wrote what was free when it was read: the next try will see it.
func (r *importRun) lostRace(err error) bool {
	for _, other := range []error{directory.ErrBusy, directory.ErrImportTaken, directory.ErrImportNotFound, directory.ErrOrgNotFound} {
		if errors.Is(err, other) {
			return false
		}
	}
	return r.ctx.Err() == nil
}

func (b *batch) try(counts *Counts) error {
	var edits []directory.Edit
	var of []int
	for i, p := range b.plans {
		for _, e := range p.edits() {
			edits, of = append(edits, e), append(of, i)
		}
	}
	row := b.r.row()
	row.Written = b.plans[len(b.plans)-1].Row
	before := b.r.counts
	_, err := b.r.session().EditObjects(b.r.ctx, edits, directory.EditOptions{Partial: true, Took: &b.took, Then: func(tx directory.Tx, results []directory.EditResult) error {
		b.failures = map[int]error{}
		for k, result := range results {
			if result.Err != nil && b.failures[of[k]] == nil {
				b.failures[of[k]] = result.Err
			}
		}
		if len(b.failures) > 0 {
			return errAgain
		}
		plans, changed := b.outcome(results, of)
		total := before
		for _, p := range plans {
			total.add(p)
		}
		*counts, row.Counts = total, jsonOf(total)
		part, err := b.changedPart(plans, changed)
		if err != nil {
			return err
		}
		return directory.PutWrittenImport(tx, row, b.r.m.owner, b.r.erased.known, part...)
	}})
	return err
}

// outcome is the plans as they are told once they are written, and the rows that
// became something else than planned: an object may have lost what was there when
// the file was checked.
func (b *batch) outcome(results []directory.EditResult, of []int) (plans []*plan, changed map[int64]bool) {
	plans, changed = b.plans, b.told
	for k, result := range results {
		for _, q := range result.Left {
			p := plans[of[k]]
			lost := b.r.placesOf(p).left(q)
			known := func(w Problem) bool {
				return w.Field == lost.Field && w.Code == lost.Code && w.clipped() == lost.clipped()
			}
			if slices.ContainsFunc(p.Warnings, known) || givenAnew(p, q) {
				continue
			}
			after := *p
			after.Warnings = append(slices.Clone(p.Warnings), lost)
			plans, changed = slices.Clone(plans), maps.Clone(changed)
			plans[of[k]], changed[p.Row] = &after, true
		}
	}
	return plans, changed
}

// givenAnew reports whether a row itself gives the field that a restored object
// has lost something of.
func givenAnew(p *plan, q directory.Problem) bool {
	return p.Restored && q.Rule != directory.RuleVerificationLimit && slices.Contains(p.Given, q.Field)
}

// changedPart holds the rows that became something else than planned.
func (b *batch) changedPart(plans []*plan, changed map[int64]bool) ([]directory.ImportPart, error) {
	c, first := coder{}, int64(0)
	for _, p := range plans {
		if changed[p.Row] {
			if first == 0 {
				first = p.Row
			}
			c.plan(p)
		}
	}
	if first == 0 {
		return nil, nil
	}
	data, err := b.r.squeezer.squeeze(c.b)
	return []directory.ImportPart{{Name: writtenPart, N: first, Data: data}}, err
}

// again decides what becomes of a plan that was refused.
func (b *batch) again(i int, failed error) error {
	p := b.plans[i]
	b.told[p.Row] = true
	if b.tried[p.Row]++; b.tried[p.Row] >= roundsOfEach {
		b.plans[i] = b.r.refused(p, failed)
		return nil
	}
	next, err := b.r.judgeAgain(p)
	if err != nil {
		return err
	}
	if next.ID != p.ID && next.ID != "" && p.Made {
		b.r.move(p.Kind, p.ID, next.ID)
	}
	b.plans[i] = next
	for k := i; k < len(b.plans); k++ {
		b.plans[k] = b.r.moved(b.plans[k], b)
	}
	return nil
}

// refused is the plan of a row that the core refuses.
func (r *importRun) refused(p *plan, failed error) *plan {
	q := *p
	at := r.placesOf(p)
	refusal := new(directory.ObjectError)
	if errors.As(failed, &refusal) {
		q.reject(at.refusals(refusal)...)
		return &q
	}
	q.reject(Problem{Code: "changedDuring", Line: p.Line})
	return &q
}

// placesOf returns where problems of a row stand, as far as that is known
// without its record: by the columns of a table.
func (r *importRun) placesOf(p *plan) *pending {
	at := &pending{Draft: Draft{Kind: p.Kind, Values: directory.Values{}}, row: p.Row, line: p.Line}
	if r.info.Read == nil {
		return at
	}
	for _, c := range r.info.Read.Columns {
		known := slices.ContainsFunc(at.places, func(o Problem) bool { return o.Field == c.Field })
		if c.Field != "" && !known {
			at.places = append(at.places, Problem{Line: p.Line, Column: c.Column, Header: c.Header, Field: c.Field})
		}
	}
	return at
}

// writeLate sets the references that name later rows.
func (r *importRun) writeLate() error {
	s, err := r.chunks.seek(latePart, 0)
	if err != nil {
		return err
	}
	for n := int64(0); ; n++ {
		p, err := s.peek()
		if err != nil || p == nil {
			return err
		}
		s.plans = s.plans[1:]
		if n < r.info.LatesDone {
			continue
		}
		if err := r.ctx.Err(); err != nil {
			return err
		}
		if err := r.setLate(r.moved(p, nil)); err != nil {
			return err
		}
	}
}

// setLate sets one reference. If it cannot be set, the row says so.
func (r *importRun) setLate(p *plan) error {
	var parts []directory.ImportPart
	counts := r.counts
	for {
		r.mu.Lock()
		r.info.LatesDone++
		r.mu.Unlock()
		row := r.row()
		row.Counts = jsonOf(counts)
		edits := p.edits()
		if parts != nil {
			edits = nil
		}
		err := r.patiently(func() error {
			_, err := r.session().EditObjects(r.ctx, edits, directory.EditOptions{Partial: true, Then: func(tx directory.Tx, results []directory.EditResult) error {
				for _, result := range results {
					if result.Err != nil {
						return errAgain
					}
				}
				return directory.PutOwnedImport(tx, row, r.m.owner, parts...)
			}})
			return err
		})
		if err != nil {
			r.mu.Lock()
			r.info.LatesDone--
			r.mu.Unlock()
		}
		if !errors.Is(err, errAgain) {
			if err == nil {
				r.mu.Lock()
				r.counts = counts
				r.mu.Unlock()
			}
			return err
		}
		if parts, err = r.unset(p); err != nil {
			return err
		}
		counts.Warnings++
	}
}

// unset is the row of a late reference that could not be set.
func (r *importRun) unset(late *plan) ([]directory.ImportPart, error) {
	v, err := r.chunks.view(late.Row, rowsPart, amendedPart, writtenPart)
	if err != nil {
		return nil, err
	}
	p, err := v.Next(r.ctx)
	if err != nil {
		return nil, err
	}
	q := *p
	field := late.Given[0]
	at := r.placesOf(p).at(field, "referenceNotFound")
	q.Warnings = append(slices.Clone(p.Warnings), at)
	if q.Object != nil {
		q.Object = q.early()
	}
	c := coder{}
	c.plan(&q)
	data, err := r.squeezer.squeeze(c.b)
	return []directory.ImportPart{{Name: unsetPart, N: q.Row, Data: data}}, err
}
