package store

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

const (
	endsPerReader = 16     // of one reader: it may read several times at once, and repeat pages
	maxReaders    = 10_000 // in memory; beyond that, everything is forgotten
)

// pageEnds remembers where pages of a list ended. It may forget.
type pageEnds interface {
	find(ctx context.Context, p pagePlace, now int64) (ordinal int64, known bool, err error)
	remember(ctx context.Context, p pagePlace, ordinal, now, until int64) error
	clear() // after all data was replaced
}

// pagePlace is an offset at which a reader may go on.
type pagePlace struct {
	readerKey
	at int64
}

// readerKey identifies a reader by a hash, so that nothing personal is stored.
type readerKey struct {
	org    string
	reader [sha256.Size]byte
}

func keyOfReader(w directory.PageReader) readerKey {
	return readerKey{w.Org, sha256.Sum256([]byte(string(rune(w.Kind)) + w.ID))}
}

// PageEnd implements [directory.Store].
func (s *Store) PageEnd(ctx context.Context, w directory.PageReader, offset int64, now time.Time) (ordinal int64, known bool) {
	ordinal, known, err := s.pageEnds.find(ctx, pagePlace{keyOfReader(w), offset}, millis(now))
	if err != nil {
		s.Log().WarnContext(ctx, "the end of the page before cannot be read", "error", err)
	}
	return ordinal, known && err == nil
}

// RememberPageEnd implements [directory.Store].
func (s *Store) RememberPageEnd(ctx context.Context, w directory.PageReader, offset, ordinal int64, now, until time.Time) {
	if err := s.pageEnds.remember(ctx, pagePlace{keyOfReader(w), offset}, ordinal, millis(now), millis(until)); err != nil {
		s.Log().WarnContext(ctx, "the end of a page cannot be remembered", "error", err)
	}
}

// pageEndMemory remembers in this process, for a store that no other process
// shares. The zero value is ready; it is safe for concurrent use.
type pageEndMemory struct {
	mu   sync.Mutex
	ends map[readerKey][]pageEnd
}

type pageEnd struct{ at, ordinal, until int64 }

func (m *pageEndMemory) find(_ context.Context, p pagePlace, now int64) (int64, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.ends[p.readerKey] {
		if e.at == p.at && now < e.until {
			return e.ordinal, true, nil
		}
	}
	return 0, false, nil
}

func (m *pageEndMemory) remember(_ context.Context, p pagePlace, ordinal, _, until int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ends == nil || len(m.ends) >= maxReaders {
		m.ends = make(map[readerKey][]pageEnd)
	}
	fresh, ends := pageEnd{p.at, ordinal, until}, m.ends[p.readerKey]
	oldest := 0
	for i, e := range ends {
		if e.at == p.at {
			ends[i] = fresh
			return nil
		}
		if e.until < ends[oldest].until {
			oldest = i
		}
	}
	if len(ends) < endsPerReader {
		m.ends[p.readerKey] = append(ends, fresh)
		return nil
	}
	ends[oldest] = fresh
	return nil
}

func (m *pageEndMemory) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ends = nil
}
