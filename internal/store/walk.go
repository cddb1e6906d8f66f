package store

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

const (
	walkEnds   = 16     // of one walker: several walks at a time, and repeated pages
	maxWalkers = 10_000 // in memory; beyond, the places of all are dropped
)

// walks remembers where pages ended. It may forget.
type walks interface {
	find(ctx context.Context, p walkPlace, now int64) (ordinal int64, known bool, err error)
	remember(ctx context.Context, p walkPlace, ordinal, now, until int64) error
	clear() // after data was replaced as a whole
}

// walkPlace is an offset of a walk.
type walkPlace struct {
	walkKey
	at int64
}

// walkKey is who walks, without telling.
type walkKey struct {
	org    string
	walker [sha256.Size]byte
}

func keyOfWalk(w directory.Walker) walkKey {
	return walkKey{w.Org, sha256.Sum256([]byte(string(rune(w.Kind)) + w.ID))}
}

// WalkEnd implements [directory.Store].
func (s *Store) WalkEnd(ctx context.Context, w directory.Walker, offset int64, now time.Time) (ordinal int64, known bool) {
	ordinal, known, err := s.walks.find(ctx, walkPlace{keyOfWalk(w), offset}, millis(now))
	if err != nil {
		s.Log().WarnContext(ctx, "the place of a walk cannot be read", "error", err)
	}
	return ordinal, known && err == nil
}

// RememberWalk implements [directory.Store].
func (s *Store) RememberWalk(ctx context.Context, w directory.Walker, offset, ordinal int64, now, until time.Time) {
	if err := s.walks.remember(ctx, walkPlace{keyOfWalk(w), offset}, ordinal, millis(now), millis(until)); err != nil {
		s.Log().WarnContext(ctx, "the place of a walk cannot be kept", "error", err)
	}
}

// walkMemory is for a store that no other process shares. The zero value is
// ready, and it is safe for concurrent use.
type walkMemory struct {
	mu   sync.Mutex
	ends map[walkKey][]walkEnd
}

type walkEnd struct{ at, ordinal, until int64 }

func (m *walkMemory) find(_ context.Context, p walkPlace, now int64) (int64, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.ends[p.walkKey] {
		if e.at == p.at && now < e.until {
			return e.ordinal, true, nil
		}
	}
	return 0, false, nil
}

func (m *walkMemory) remember(_ context.Context, p walkPlace, ordinal, _, until int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ends == nil || len(m.ends) >= maxWalkers {
		m.ends = make(map[walkKey][]walkEnd)
	}
	fresh, ends := walkEnd{p.at, ordinal, until}, m.ends[p.walkKey]
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
	if len(ends) < walkEnds {
		m.ends[p.walkKey] = append(ends, fresh)
		return nil
	}
	ends[oldest] = fresh
	return nil
}

func (m *walkMemory) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ends = nil
}
