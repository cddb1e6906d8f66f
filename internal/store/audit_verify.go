package store

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store/engine"
)

const (
	verifyBlocks  = 16   // blocks checked in one view
	verifyEntries = 1000 // entries after the chain checked in one view
	maxFindings   = 1000
	maxKnownKeys  = 50_000
)

// AuditReport is the outcome of [Store.VerifyAudit].
type AuditReport struct {
	Entries int64 // entries checked
	Blocks  int64 // links of the chain
	Pending int64 // entries that are not sealed yet
	Erased  int64 // entries of erased subjects: sealed, but not readable
	Head    AuditHead
	// Findings lists what is wrong with the history: the first thousand of
	// Found.
	Findings []AuditFinding
	Found    int
}

// AuditFinding is one thing that is wrong with the history.
type AuditFinding struct {
	Seq     int64  // the entry, or 0
	Pos     int64  // the block of the chain, or 0
	Problem string // names no values
}

// OK reports whether nothing is wrong.
func (r AuditReport) OK() bool { return r.Found == 0 }

// VerifyAudit checks the whole history: that every entry is in the chain once,
// at its position and as it was sealed; that its values belong to its other
// columns; and that the chain has no gap and still contains the given heads,
// which were recorded earlier. Entries that are not sealed yet are checked as
// far as possible. The error means that the check could not be made.
func (s *Store) VerifyAudit(ctx context.Context, heads ...AuditHead) (AuditReport, error) {
	v := &verification{s: s, heads: heads, high: math.MinInt64, loose: map[int64]int64{}, now: s.Now()}
	for more := true; more; {
		err := s.view(ctx, "", func(t *tx) (err error) {
			more, err = v.blocks(t)
			return err
		})
		if err != nil {
			return v.report, fmt.Errorf("verify the history: %w", err)
		}
	}
	for more := true; more; {
		err := s.view(ctx, "", func(t *tx) (err error) {
			more, err = v.pending(t)
			return err
		})
		if err != nil {
			return v.report, fmt.Errorf("verify the history: %w", err)
		}
	}
	v.finish()
	return v.report, nil
}

// verification is the state of one check.
type verification struct {
	s      *Store
	now    time.Time
	heads  []AuditHead
	report AuditReport
	high   int64           // entries up to here were read
	loose  map[int64]int64 // times of the entries read that are in no block yet
	keys   subjectKeys
	erased map[[2]string]int64 // times of erasure by organisation and subject
	nonces []usedNonce
}

// usedNonce is the random part of an entry's ciphertext: two entries with the
// same nonce are copies.
type usedNonce struct {
	nonce uint64
	seq   int64
}

func (v *verification) find(seq, pos int64, format string, a ...any) {
	if v.report.Found++; v.report.Found <= maxFindings {
		v.report.Findings = append(v.report.Findings, AuditFinding{seq, pos, fmt.Sprintf(format, a...)})
	}
}

// blocks checks the next blocks of the chain.
func (v *verification) blocks(t *tx) (more bool, err error) {
	var next []block
	err = t.Each("SELECT pos, seqs, mac FROM audit_seal WHERE pos > ? ORDER BY pos LIMIT ?", args{v.report.Head.Pos, verifyBlocks}, func(r *row) error {
		next = append(next, scanBlock(r))
		return nil
	})
	for _, b := range next {
		if err == nil {
			err = v.block(t, b)
		}
	}
	return len(next) == verifyBlocks, err
}

func (v *verification) block(t *tx, b block) error {
	prev := v.report.Head
	v.report.Head = b.AuditHead
	v.report.Blocks++
	whole := b.Pos == prev.Pos+1
	if !whole {
		v.find(0, b.Pos, "the blocks from %d up to this one are missing", prev.Pos+1)
	}
	for _, h := range v.heads {
		if h.Pos == b.Pos && !keyring.Equal(h.MAC, b.MAC) {
			v.find(0, b.Pos, "the block differs from the recorded head")
		}
	}
	if b.bad {
		v.find(0, b.Pos, "the block's list of entries was altered")
		return nil
	}
	rows, err := v.entriesOf(t, b)
	if err != nil {
		return err
	}
	if len(rows) < len(b.seqs) {
		v.missing(b, rows)
		return nil
	}
	if whole && !keyring.Equal(b.MAC, v.s.blockMAC(prev.MAC, b.Pos, rows)) {
		v.find(0, b.Pos, "the block does not match its entries %d to %d: one of them, or the block, was altered, replaced or moved",
			b.seqs[0], b.seqs[len(b.seqs)-1])
	}
	return nil
}

func (v *verification) missing(b block, rows []auditRow) {
	have := seqsOf(rows)
	for _, seq := range b.seqs {
		if _, ok := slices.BinarySearch(have, seq); !ok {
			v.find(seq, b.Pos, "the entry was deleted")
		}
	}
}

// entriesOf reads the entries of a block, and all entries between them.
func (v *verification) entriesOf(t *tx, b block) (rows []auditRow, err error) {
	var fresh []auditRow
	late := b.seqs[:0:0]
	for _, seq := range b.seqs {
		if seq <= v.high {
			late = append(late, seq)
		}
	}
	places, list := in(late)
	last := b.seqs[len(b.seqs)-1]
	err = t.Batch(
		engine.Each(selectAudit+" WHERE seq IN ("+places+")", list, func(r *row) error {
			rows = append(rows, scanAudit(r))
			return nil
		}),
		engine.Each(selectAudit+" WHERE seq > ? AND seq <= ? ORDER BY seq", args{v.high, last}, func(r *row) error {
			fresh = append(fresh, scanAudit(r))
			return nil
		}))
	if err != nil {
		return nil, err
	}
	v.high = max(v.high, last)
	if err := v.entries(t, fresh); err != nil {
		return nil, err
	}
	rows = append(rows, fresh...)
	rows = slices.DeleteFunc(rows, func(a auditRow) bool {
		_, named := slices.BinarySearch(b.seqs, a.seq)
		return !named
	})
	for i := range rows {
		delete(v.loose, rows[i].seq)
	}
	slices.SortFunc(rows, func(a, b auditRow) int { return cmp.Compare(a.seq, b.seq) })
	return rows, nil
}

// pending checks the entries after the chain.
func (v *verification) pending(t *tx) (more bool, err error) {
	var rows []auditRow
	err = t.Each(selectAudit+" WHERE seq > ? ORDER BY seq LIMIT ?", args{v.high, verifyEntries}, func(r *row) error {
		rows = append(rows, scanAudit(r))
		return nil
	})
	if err != nil || len(rows) == 0 {
		return false, err
	}
	if err := v.entries(t, rows); err != nil {
		return false, err
	}
	for i := range rows {
		delete(v.loose, rows[i].seq)
		v.report.Pending++
	}
	v.high = rows[len(rows)-1].seq
	return len(rows) == verifyEntries, nil
}

// entries checks entries independently of the chain.
func (v *verification) entries(t *tx, rows []auditRow) error {
	if len(v.keys.keys) > maxKnownKeys {
		v.keys, v.erased = subjectKeys{}, nil
	}
	v.keys.t = t
	if err := v.readErased(t, rows); err != nil {
		return err
	}
	if err := v.keys.read(rows); err != nil {
		return err
	}
	for i := range rows {
		a := &rows[i]
		v.report.Entries++
		v.loose[a.seq] = a.at
		if len(a.after) > 9 {
			v.nonces = append(v.nonces, usedNonce{binary.BigEndian.Uint64(a.after[1:]), a.seq})
		}
		erasedAt, erased := v.erased[[2]string{a.org, a.subject()}]
		_, _, err := v.keys.open(a)
		switch {
		case err == nil:
		case erased && a.at <= erasedAt:
			v.report.Erased++
		case errors.Is(err, errErased):
			v.find(a.seq, 0, "the key of the entry's subject is missing, but the subject was not erased")
		default:
			v.find(a.seq, 0, "the entry was altered")
		}
	}
	return nil
}

// readErased reads which subjects of entries were erased.
func (v *verification) readErased(t *tx, rows []auditRow) error {
	if v.erased == nil {
		v.erased = map[[2]string]int64{}
	}
	asked := map[[2]string]bool{}
	var reads []*read
	for i := range rows {
		id := [2]string{rows[i].org, rows[i].subject()}
		if _, known := v.keys.keys[id]; known || asked[id] {
			continue
		}
		asked[id] = true
		reads = append(reads, engine.One("SELECT erased_at FROM erased_subject WHERE org = ? AND subject = ?", args{id[0], id[1]}, nil, func(r *row) error {
			v.erased[id] = r.Int(0)
			return nil
		}))
	}
	if len(reads) == 0 {
		return nil
	}
	return t.Batch(reads...)
}

// finish reports what only the whole history shows.
func (v *verification) finish() {
	for _, h := range v.heads {
		if h.Pos > v.report.Head.Pos {
			v.find(0, h.Pos, "the chain ends before a recorded head: the end of the history was cut off")
		}
	}
	for seq, at := range v.loose {
		if v.now.Sub(fromMillis(at)) <= gapLife {
			v.report.Pending++
			continue
		}
		v.find(seq, 0, "the entry was inserted: it is older than the end of the chain, but in no block")
	}
	slices.SortFunc(v.nonces, func(a, b usedNonce) int {
		return cmp.Or(cmp.Compare(a.nonce, b.nonce), cmp.Compare(a.seq, b.seq))
	})
	for i := 1; i < len(v.nonces); i++ {
		if v.nonces[i].nonce == v.nonces[i-1].nonce {
			v.find(v.nonces[i].seq, 0, "the entry is a copy of entry %d", v.nonces[i-1].seq)
		}
	}
	slices.SortStableFunc(v.report.Findings, func(a, b AuditFinding) int { return cmp.Compare(a.Seq, b.Seq) })
}
