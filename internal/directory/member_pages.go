package directory

import "sync"

// memberPages remembers where the pages of members that were handed out ended,
// so that the next page is a seek. What is forgotten, or was handed out by
// another process, costs a walk over an index and nothing else: the cursors
// that callers hold are plain numbers of members. The zero value is ready, and
// it is safe for concurrent use.
type memberPages struct {
	mu       sync.Mutex
	now, old map[memberPlace]MemberKey
}

type memberPlace struct {
	org    string
	deptID int64
	order  MemberOrder
	cursor int64
}

const memberPagesKept = 5_000 // in each of the two generations

func (m *memberPages) find(p memberPlace) *MemberKey {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.now[p]
	if !ok {
		k, ok = m.old[p]
	}
	if !ok {
		return nil
	}
	return &k
}

func (m *memberPages) remember(p memberPlace, k MemberKey) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.now == nil || len(m.now) >= memberPagesKept {
		m.now, m.old = make(map[memberPlace]MemberKey), m.now
	}
	m.now[p] = k
}

func (m *memberPages) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now, m.old = nil, nil
}
