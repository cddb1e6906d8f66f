package directory

import (
	"context"
	"time"
)

// ContactListTx finds places in the list of external contacts, which is in the
// order of their creation.
type ContactListTx interface {
	// OrdinalBefore returns an ordinal after which the contact at the offset
	// comes next: offset contacts have that ordinal or a smaller one. It costs
	// about the same at any offset.
	OrdinalBefore(offset int64) (int64, error)
	// CountContacts returns how many contacts the organisation has. An update
	// takes the organisation's counting lock, so that the next call's count
	// includes what this one inserts.
	CountContacts() (int64, error)
	// ContactsFollowedBy returns the contacts the employee owns, in the order
	// of their ordinals. In an update no other call can give the employee one
	// meanwhile.
	ContactsFollowedBy(userID string) ([]Contact, error)
	// ContactsWithLabel is ContactsFollowedBy for a label.
	ContactsWithLabel(labelID int64) ([]Contact, error)
	// FindContacts returns the next contacts of a list, at most f.Limit.
	FindContacts(f ContactFind) ([]Contact, error)
	// CountFound returns how many FindContacts finds in all.
	CountFound(f ContactFind) (int64, error)
}

// filterChunk is how many contacts are read at a time where some may be
// invisible to the caller.
const filterChunk = 200

// ContactPage returns up to size external contacts that the caller sees, from
// the offset-th on, in the order of their creation
// (docs/spec/external-contacts.md#order-of-the-list); beyond the end it is empty.
//
// A caller that continues where the page before ended neither repeats nor skips
// a contact, whatever is inserted, changed or deleted meanwhile: all processes
// that share the data remember the end of a page for its caller for 15 minutes
// (docs/spec/external-contacts.md#walk-through-the-list).
func (s *Session) ContactPage(ctx context.Context, offset, size int64) ([]Contact, error) {
	var cs []Contact
	end := int64(0)
	who := PageReader{s.org, s.caller.Kind, s.caller.ID}
	after, known := int64(0), true
	if offset > 0 {
		after, known = s.dir.store.PageEnd(ctx, who, offset, s.now)
	}
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
			if after, err = tx.ContactList().OrdinalBefore(offset); err != nil {
				return err
			}
		}
		if cs, err = tx.Contacts().ContactsAfter(after, size); err != nil || len(cs) == 0 {
			return err
		}
		end = cs[len(cs)-1].Ordinal
		return dropDeletedShares(tx.Visibility(), cs)
	})
	if err != nil {
		return nil, err
	}
	if len(cs) > 0 {
		s.dir.store.RememberPageEnd(ctx, who, offset+int64(len(cs)), end, s.now, s.now.Add(pageEndLife))
	}
	return cs, nil
}

// page returns contacts the reader sees after an ordinal, without the first
// skip of them, and the ordinal of the last one returned.
func (r *Reader) page(tx Tx, after, skip, size int64) (cs []Contact, end int64, err error) {
	for int64(len(cs)) < size {
		chunk, err := tx.Contacts().ContactsAfter(after, filterChunk)
		if err != nil {
			return nil, 0, err
		}
		if err := dropDeletedShares(tx.Visibility(), chunk); err != nil {
			return nil, 0, err
		}
		if err := r.learn(tx.Visibility(), chunk); err != nil {
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

// PageReader identifies a caller that pages through the list of external
// contacts.
type PageReader struct {
	Org  string
	Kind PrincipalKind
	ID   string
}

// pageEndLife is how long the end of a page is remembered.
const pageEndLife = 15 * time.Minute

// LenientPaging reports whether page sizes above the limit count as the limit
// instead of being refused.
func (s *Session) LenientPaging() bool { return s.dir.settings.LenientPaging }
