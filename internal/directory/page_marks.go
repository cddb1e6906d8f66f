package directory

import "sync"

// pageMarks remembers where the pages that were returned ended, so that reading
// the next page is one seek. A forgotten mark, or one of another process, only
// costs a scan of an index, because the callers' cursors are plain offsets. The
// zero value is ready; it is safe for concurrent use.
type pageMarks[Page comparable, Mark any] struct {
	mu       sync.Mutex
	now, old map[Page]Mark
}

// memberPage identifies a page of a department's members.
type memberPage struct {
	org    string
	deptID int64
	order  MemberOrder
	cursor int64
}

const maxPageMarks = 5_000 // in each of the two generations

func (m *pageMarks[Page, Mark]) find(p Page) (Mark, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.now[p]
	if !ok {
		k, ok = m.old[p]
	}
	return k, ok
}

func (m *pageMarks[Page, Mark]) remember(p Page, k Mark) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.now == nil || len(m.now) >= maxPageMarks {
		m.now, m.old = make(map[Page]Mark), m.now
	}
	m.now[p] = k
}

func (m *pageMarks[Page, Mark]) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now, m.old = nil, nil
}
