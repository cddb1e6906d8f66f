package store

import (
	"math/bits"

	"github.com/mingce/mingce/internal/store/engine"
)

// lookup finds out which ids are missing from a table.
type lookup[T comparable] struct {
	ids  []T
	have []bool
}

// lookupText is a query by a list of ids, with a text for each length to which
// [in] pads lists.
type lookupText struct {
	plain, locking [11]string
	sql            string
}

// newLookupText returns the texts of a query that ends in "IN".
func newLookupText(sql string) *lookupText {
	texts := &lookupText{sql: sql}
	for i := range texts.plain {
		texts.plain[i] = sql + " (" + engine.Marks(1<<i) + ")"
		texts.locking[i] = texts.plain[i] + forKeyShare
	}
	return texts
}

// fewIDs is the longest list that is looked up id by id where a read costs no
// round trip: for a list, SQLite builds a temporary table.
const fewIDs = 32

// reads returns the queries for at least one id. With lock, the rows cannot be
// deleted by others until the call ends.
func (l *lookup[T]) reads(t *tx, texts *lookupText, lock bool, id func(*row, int) T) []*read {
	l.have = make([]bool, len(l.ids))
	if t.Local() && len(l.ids) <= fewIDs {
		reads := make([]*read, len(l.ids))
		for i, id := range l.ids {
			reads[i] = engine.One(texts.plain[0], args{t.Org, id}, &l.have[i], nil)
		}
		return reads
	}
	return []*read{l.list(t, texts, lock, id)}
}

// list returns one query for all ids.
func (l *lookup[T]) list(t *tx, texts *lookupText, lock bool, id func(*row, int) T) *read {
	size := bits.Len(uint(len(l.ids) - 1))
	if size >= len(texts.plain) { // more ids than any list of the directory has
		places, values := in(l.ids)
		return engine.Each(texts.sql+" ("+places+")", append(args{t.Org}, values...), l.scan(id))
	}
	values := make(args, 1+1<<size)
	values[0] = t.Org
	for i := range 1 << size {
		values[1+i] = l.ids[min(i, len(l.ids)-1)]
	}
	if lock {
		return engine.Each(texts.locking[size], values, l.scan(id))
	}
	return engine.Each(texts.plain[size], values, l.scan(id))
}

// scan marks the ids of the rows as found. Long lists use a map.
func (l *lookup[T]) scan(id func(*row, int) T) func(*row) error {
	var at map[T][]int
	if len(l.ids) > fewIDs {
		at = make(map[T][]int, len(l.ids))
		for i, v := range l.ids {
			at[v] = append(at[v], i)
		}
	}
	return func(r *row) error {
		have := id(r, 0)
		for _, i := range at[have] {
			l.have[i] = true
		}
		for i := 0; at == nil && i < len(l.ids); i++ {
			l.have[i] = l.have[i] || l.ids[i] == have
		}
		return nil
	}
}

// missing returns the ids that were not found, in order.
func (l *lookup[T]) missing() (ids []T) {
	for i, id := range l.ids {
		if !l.have[i] {
			ids = append(ids, id)
		}
	}
	return ids
}

// in returns the placeholders and arguments of "IN (...)" for a list. The list
// is padded to the next power of two with its last value, so that there are few
// different statements to prepare.
func in[T any](values []T) (string, []any) {
	if len(values) == 0 {
		return engine.Marks(0), nil
	}
	n := 1
	for n < len(values) {
		n *= 2
	}
	list := make([]any, n)
	for i := range list {
		list[i] = values[min(i, len(values)-1)]
	}
	return engine.Marks(n), list
}
