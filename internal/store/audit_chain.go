package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/mingce/mingce/internal/store/engine"
)

const (
	sealEvery = time.Second
	sealBatch = 1000 // entries in one block

	// gapLife is how long an entry may take from its number to its commit. On
	// PostgreSQL numbers become visible out of order; a number that is missing
	// for longer belongs to a call that failed.
	gapLife = 10 * time.Minute
	maxGaps = 10_000
	gapPage = 500

	lookBack = 100 // blocks read after a start, to find entries that were committed late
)

// AuditHead is a point of the chain over the history. Stored elsewhere, it lets
// [Store.VerifyAudit] detect that the end of the history was cut off.
type AuditHead struct {
	Pos int64
	MAC []byte
}

// block is one link of the chain as it is stored.
type block struct {
	AuditHead
	seqs []int64
	bad  bool // the list cannot be read
}

func scanBlock(r *row) (b block) {
	b.Pos, b.MAC = r.Int(0), r.Bytes(2)
	var err error
	b.seqs, err = parseSeqs(r.Text(1))
	b.bad = err != nil
	return b
}

// chain is what this process knows about the sealed part of the history.
type chain struct {
	mu    sync.Mutex
	known bool
	head  AuditHead
	high  int64               // the largest number seen
	gaps  map[int64]time.Time // smaller numbers that had no entry, and since when
}

// StartSealing seals the history in the background until ctx is done; wait
// returns when it has stopped. Several processes on one database may do it at
// once.
func (s *Store) StartSealing(ctx context.Context) (wait func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(sealEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			n, err := sealBatch, error(nil)
			for n == sealBatch && err == nil {
				n, err = s.SealAudit(ctx, sealBatch)
			}
			if err != nil && ctx.Err() == nil {
				s.Log().Warn("history not sealed; will retry", "error", err)
			}
		}
	}()
	return func() { <-done }
}

// errOvertaken means that another process has added a block at this position.
var errOvertaken = errors.New("store: another process sealed the history")

// SealAudit adds a block to the chain with up to limit entries (at most a
// thousand) that are in no block yet, and returns their number.
func (s *Store) SealAudit(ctx context.Context, limit int) (int, error) {
	c := &s.chain
	c.mu.Lock()
	defer c.mu.Unlock()
	if limit <= 0 || limit > sealBatch {
		limit = sealBatch
	}
	for {
		rows, err := s.unsealed(ctx, c, limit)
		if err != nil || len(rows) == 0 {
			return 0, err
		}
		next := AuditHead{Pos: c.head.Pos + 1}
		next.MAC = s.blockMAC(c.head.MAC, next.Pos, rows)
		err = s.update(ctx, "", func(t *tx) error {
			t.WriteUnique(errOvertaken, "INSERT INTO audit_seal (pos, seqs, mac) VALUES (?, ?, ?)", next.Pos, formatSeqs(rows), next.MAC)
			return nil
		}, engine.AtReadCommitted, engine.Keyless)
		if errors.Is(err, errOvertaken) {
			continue // the chain has grown; a done ctx ends the loop in unsealed
		}
		if err != nil {
			c.known = false // the block may have been written or not
			return 0, err
		}
		c.sealed(block{AuditHead: next, seqs: seqsOf(rows)}, s.Now())
		return len(rows), nil
	}
}

// unsealed brings c up to date and returns the entries of the next block,
// sorted by number. It needs no lock: if the chain grows meanwhile, the primary
// key refuses the new block.
func (s *Store) unsealed(ctx context.Context, c *chain, limit int) (rows []auditRow, err error) {
	err = s.view(ctx, "", func(t *tx) error {
		rows = nil
		if err := c.follow(t, s.Now()); err != nil {
			return err
		}
		add := func(r *row) error {
			rows = append(rows, scanAudit(r))
			return nil
		}
		late := c.lateSeqs(s.Now())
		places, list := in(late)
		reads := []*read{engine.Each(selectAudit+" WHERE seq > ? ORDER BY seq LIMIT ?", args{c.high, limit}, add)}
		if len(late) > 0 {
			reads = append(reads, engine.Each(selectAudit+" WHERE seq IN ("+places+")", list, add))
		}
		return t.Batch(reads...)
	})
	slices.SortFunc(rows, func(a, b auditRow) int { return int(a.seq - b.seq) })
	if len(rows) > limit {
		rows = rows[:limit]
	}
	return rows, err
}

// follow reads the blocks that c does not know yet.
func (c *chain) follow(t *tx, now time.Time) error {
	var blocks []block
	add := func(r *row) error {
		blocks = append(blocks, scanBlock(r))
		return nil
	}
	if c.known {
		err := t.Each("SELECT pos, seqs, mac FROM audit_seal WHERE pos >= ? ORDER BY pos", args{c.head.Pos}, add)
		switch {
		case err != nil:
			return err
		case c.head.Pos == 0:
		case len(blocks) > 0 && blocks[0].Pos == c.head.Pos && bytes.Equal(blocks[0].MAC, c.head.MAC):
			blocks = blocks[1:]
		default:
			c.known = false // the data was reset or restored
		}
	}
	if !c.known {
		c.known, c.head, c.high, c.gaps, blocks = true, AuditHead{}, 0, map[int64]time.Time{}, nil
		err := t.Each("SELECT pos, seqs, mac FROM audit_seal ORDER BY pos DESC LIMIT ?", args{lookBack}, add)
		if err != nil {
			c.known = false
			return err
		}
		slices.Reverse(blocks)
		if len(blocks) == lookBack && len(blocks[0].seqs) > 0 {
			c.high = blocks[0].seqs[0] - 1
		}
	}
	for _, b := range blocks {
		c.sealed(b, now)
	}
	return nil
}

// sealed records that a block was added.
func (c *chain) sealed(b block, now time.Time) {
	c.head = b.AuditHead
	for _, seq := range b.seqs {
		delete(c.gaps, seq)
		for missing := max(c.high+1, seq-maxGaps); missing < seq; missing++ {
			c.gaps[missing] = now
		}
		c.high = max(c.high, seq)
		if len(c.gaps) > maxGaps {
			maps.DeleteFunc(c.gaps, func(gap int64, _ time.Time) bool { return gap < c.high-maxGaps })
		}
	}
}

// lateSeqs returns the missing numbers whose entries may have been committed by
// now. It drops those that have been missing for too long.
func (c *chain) lateSeqs(now time.Time) (seqs []int64) {
	for seq, since := range c.gaps {
		if now.Sub(since) > gapLife || seq < c.high-maxGaps {
			delete(c.gaps, seq)
			continue
		}
		seqs = append(seqs, seq)
	}
	slices.Sort(seqs)
	return seqs[max(0, len(seqs)-gapPage):]
}

// blockMAC covers the previous block, the position in the chain and every
// stored column of the entries. Values are covered as ciphertext, so erasing a
// subject's key leaves the MAC valid.
func (s *Store) blockMAC(prev []byte, pos int64, rows []auditRow) []byte {
	b := engine.AppendText(make([]byte, 0, 64+512*len(rows)), prev)
	b = binary.BigEndian.AppendUint64(b, uint64(pos))
	for i := range rows {
		a := &rows[i]
		b = binary.BigEndian.AppendUint64(b, uint64(a.seq))
		b = binary.BigEndian.AppendUint64(b, uint64(a.at))
		for _, text := range [...]string{a.org, a.actor, a.api, a.request, a.noun, a.object, a.action} {
			b = engine.AppendText(b, text)
		}
		b = engine.AppendText(engine.AppendText(b, a.before), a.after)
		if a.version != 0 { // entries from before versions were counted have none
			b = binary.AppendVarint(b, a.version)
		}
	}
	return s.Master().MAC("audit chain", string(b))
}

// AuditHead returns the end of the chain; Pos is 0 when nothing is sealed.
func (s *Store) AuditHead(ctx context.Context) (h AuditHead, err error) {
	err = s.view(ctx, "", func(t *tx) error {
		_, err := t.One("SELECT pos, seqs, mac FROM audit_seal ORDER BY pos DESC LIMIT 1", nil, func(r *row) error {
			h = scanBlock(r).AuditHead
			return nil
		})
		return err
	})
	return h, err
}

func seqsOf(rows []auditRow) []int64 {
	seqs := make([]int64, len(rows))
	for i := range rows {
		seqs[i] = rows[i].seq
	}
	return seqs
}

// formatSeqs writes ascending numbers as ranges: "1-7,9".
func formatSeqs(rows []auditRow) string {
	var b []byte
	for i := 0; i < len(rows); {
		first := i
		for i++; i < len(rows) && rows[i].seq == rows[i-1].seq+1; i++ {
		}
		if first > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, rows[first].seq, 10)
		if i-first > 1 {
			b = strconv.AppendInt(append(b, '-'), rows[i-1].seq, 10)
		}
	}
	return string(b)
}

// parseSeqs reads the output of formatSeqs; the numbers must ascend.
func parseSeqs(s string) (seqs []int64, err error) {
	for part := range strings.SplitSeq(s, ",") {
		from, to, isRange := strings.Cut(part, "-")
		first, err := strconv.ParseInt(from, 10, 64)
		if err != nil {
			return nil, err
		}
		last := first
		if isRange {
			if last, err = strconv.ParseInt(to, 10, 64); err != nil {
				return nil, err
			}
		}
		if last < first || last-first >= sealBatch*10 || len(seqs) > 0 && first <= seqs[len(seqs)-1] {
			return nil, fmt.Errorf("store: numbers %q do not ascend", part)
		}
		for ; first <= last; first++ {
			seqs = append(seqs, first)
		}
	}
	return seqs, nil
}
