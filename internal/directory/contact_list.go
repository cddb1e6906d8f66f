package directory

import (
	"context"
	"sync"
	"time"
)

// ContactListTx finds places in the list of external contacts, which is in the
// order of their creation.
type ContactListTx interface {
	// OrdinalBefore returns an ordinal after which the contact at the offset
	// comes next: offset contacts have that ordinal or a smaller one. It costs
	// about the same at any offset.
	OrdinalBefore(offset int64) (int64, error)
	// CountContacts returns how many contacts the organisation has. In an update
	// only one call of an organisation counts at a time, and what it then
	// inserts is in the next one's count.
	CountContacts() (int64, error)
	// ContactsFollowedBy returns the contacts the employee owns, in the order of
	// their ordinals. In an update, no other call can give it one meanwhile.
	ContactsFollowedBy(userID string) ([]Contact, error)
	// ContactsWithLabel is ContactsFollowedBy for a label.
	ContactsWithLabel(labelID int64) ([]Contact, error)
}

// filterChunk is how many contacts are read at a time where some of them may
// be left out of a page.
const filterChunk = 200

// ContactPage returns up to size external contacts that the caller sees, from
// the offset-th on, in the order of their creation; beyond the end it is empty.
//
// A walk that goes on where the page before ended neither repeats nor skips a
// contact, whatever is inserted, changed or deleted meanwhile: the end of a
// page is remembered for its caller for 15 minutes
// (dingtalk-external-contacts D.6). Decision: in the memory of this process;
// where a walk changes processes, only deletions meanwhile shift it.
func (s *Session) ContactPage(ctx context.Context, offset, size int64) ([]Contact, error) {
	var cs []Contact
	end := int64(0)
	who := walker{s.org, s.caller.Kind, s.caller.ID}
	after, known := s.dir.walks.find(who, offset, s.now)
	err := s.view(ctx, func(tx Tx) error {
		r, err := s.reader(tx)
		if err != nil {
			return err
		}
		if !r.seesAll() {
			skip := offset
			if known {
				skip = 0
			}
			cs, end, err = r.page(tx, after, skip, size)
			return err
		}
		if !known {
			if after, err = tx.OrdinalBefore(offset); err != nil {
				return err
			}
		}
		if cs, err = tx.ContactsAfter(after, size); err == nil && len(cs) > 0 {
			end = cs[len(cs)-1].Ordinal
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(cs) > 0 {
		s.dir.walks.remember(who, offset+int64(len(cs)), end, s.now)
	}
	return cs, nil
}

// page returns what the reader sees after an ordinal, without the first skip
// of it, and the ordinal of the last contact returned.
func (r *Reader) page(tx Tx, after, skip, size int64) (cs []Contact, end int64, err error) {
	for int64(len(cs)) < size {
		chunk, err := tx.ContactsAfter(after, filterChunk)
		if err != nil {
			return nil, 0, err
		}
		if err := r.learn(tx, chunk); err != nil {
			return nil, 0, err
		}
		for _, c := range chunk {
			after = c.Ordinal
			if r.Sees(c) == NotVisible {
				continue
			}
			if skip > 0 {
				skip--
				continue
			}
			if cs = append(cs, c); int64(len(cs)) == size {
				break
			}
		}
		if len(chunk) < filterChunk {
			break
		}
	}
	return cs, after, nil
}

// walker is who walks through a list.
type walker struct {
	org  string
	kind PrincipalKind
	id   string
}

const (
	walkLife  = 15 * time.Minute
	walkEnds  = 16     // of one walker: several walks at a time, and repeated pages
	maxWalker = 10_000 // beyond, the oldest memories of all are dropped
)

// walkEnd is where a page ended: the contact at offset comes after ordinal.
type walkEnd struct {
	offset, ordinal int64
	until           time.Time
}

// walkMemory remembers where pages ended. It is safe for concurrent use.
type walkMemory struct {
	mu   sync.Mutex
	ends map[walker][]walkEnd
}

// find returns the ordinal behind which the page at an offset begins, if that
// is known.
func (m *walkMemory) find(w walker, offset int64, now time.Time) (ordinal int64, known bool) {
	if offset == 0 {
		return 0, true
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.ends[w] {
		if e.offset == offset && now.Before(e.until) {
			return e.ordinal, true
		}
	}
	return 0, false
}

func (m *walkMemory) remember(w walker, offset, ordinal int64, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ends == nil || len(m.ends) >= maxWalker {
		m.ends = make(map[walker][]walkEnd)
	}
	fresh := walkEnd{offset, ordinal, now.Add(walkLife)}
	ends := m.ends[w]
	for i := range ends {
		if ends[i].offset == offset {
			ends[i] = fresh
			return
		}
	}
	if len(ends) < walkEnds {
		m.ends[w] = append(ends, fresh)
		return
	}
	oldest := 0
	for i := range ends {
		if ends[i].until.Before(ends[oldest].until) {
			oldest = i
		}
	}
	ends[oldest] = fresh
}

func (m *walkMemory) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ends = nil
}

// LenientPaging reports whether page sizes above the limit count as the limit
// instead of being refused.
func (s *Session) LenientPaging() bool { return s.dir.settings.LenientPaging }
