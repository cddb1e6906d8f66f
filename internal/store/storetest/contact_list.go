package storetest

import (
	"fmt"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// testOffsets deletes contacts in several patterns, over more ordinals than one
// block of contact_gap, and looks up offsets.
func testOffsets(t *testing.T, s directory.Store) {
	const n = 5000
	update(t, s, orgA, func(tx directory.Tx) {
		for i := range n {
			tx.InsertContact(directory.Contact{ID: fmt.Sprint(i + 1), Name: "客", FollowerID: "u1", StateCode: "86", Mobile: fmt.Sprintf("138%08d", i), CreatedAt: start, UpdatedAt: start})
		}
	})
	gone := func(ordinal int64) bool {
		return ordinal%97 == 0 || ordinal > 1000 && ordinal <= 1010 || ordinal > 4000 && ordinal < 4500
	}
	var live []int64 // ordinals
	update(t, s, orgA, func(tx directory.Tx) {
		for o := int64(1); o <= n; o++ {
			if gone(o) {
				tx.DeleteContact(directory.Contact{ID: fmt.Sprint(o), Name: "客", Ordinal: o})
			} else {
				live = append(live, o)
			}
		}
	})
	for offset := int64(0); offset < int64(len(live))+20; offset += 13 {
		after := read(t, s, orgA, func(tx directory.Tx) (int64, error) { return tx.OrdinalBefore(offset) })
		next := read(t, s, orgA, func(tx directory.Tx) ([]directory.Contact, error) { return tx.ContactsAfter(after, 1) })
		switch {
		case offset >= int64(len(live)) && len(next) > 0:
			t.Errorf("offset %d beyond the end: got contact %d", offset, next[0].Ordinal)
		case offset < int64(len(live)) && (len(next) == 0 || next[0].Ordinal != live[offset]):
			t.Fatalf("offset %d: got %v after %d, want contact %d", offset, next, after, live[offset])
		}
	}
	same(t, read(t, s, orgA, directory.Tx.CountContacts), int64(len(live)))
	same(t, read(t, s, orgB, directory.Tx.CountContacts), int64(0))
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]directory.Contact, error) {
		_, cs, err := tx.ContactsByTerm("nкто", directory.TermPlace{}, 10)
		return cs, err
	}), []directory.Contact(nil))
}

// testTermOrder lists terms of several lengths and scripts: they are in byte
// order, whatever the engine's locale, and a prefix matches nothing beyond it.
func testTermOrder(t *testing.T, s directory.Store) {
	names := []string{"a", "Ab", "é", "z", "Z1", "张", "张三", "张三丰", "弓", "𠮷", "ａ"}
	update(t, s, orgA, func(tx directory.Tx) {
		for i, name := range names {
			tx.InsertContact(directory.Contact{ID: fmt.Sprint(i), Name: name, FollowerID: "u1", StateCode: "86", Mobile: fmt.Sprintf("138%08d", i), CreatedAt: start, UpdatedAt: start})
		}
	})
	search := func(prefix string) (found []string) {
		var after directory.TermPlace
		for {
			var places []directory.TermPlace
			cs := read(t, s, orgA, func(tx directory.Tx) (cs []directory.Contact, err error) {
				places, cs, err = tx.ContactsByTerm(prefix, after, 2)
				return cs, err
			})
			for _, c := range cs {
				found = append(found, c.Name)
			}
			if len(cs) < 2 {
				return found
			}
			after = places[1]
		}
	}
	same(t, search("n"), []string{"a", "ａ", "Ab", "é", "z", "Z1", "弓", "张", "张三", "张三丰", "𠮷"})
	same(t, search("n张三"), []string{"张三", "张三丰"})
	same(t, search("nz"), []string{"z", "Z1"})
	same(t, search("m丰"), []string{"张三丰"})
	same(t, search("n张三丰年"), []string(nil))
}
