package store

import (
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// listing is a list of rows by criteria.
type listing struct {
	where string
	a     args
	sets  []keySet // each has all rows that are left
}

func (l *listing) and(sql string, values ...any) {
	l.where, l.a = l.where+" AND "+sql, append(l.a, values...)
}

// among leaves the rows whose key a set has.
func (l *listing) among(key string, set keySet) {
	l.sets = append(l.sets, set)
	l.and(key+" IN ("+set.sql+")", set.a...)
}

// sinceIn is the time of the last change as a criterion of a list. In another order
// SQLite, which keeps no statistics here, would read all that is newer and sort it.
func sinceIn(order directory.ObjectSort, column string) string {
	if order == directory.ByUpdate {
		return column
	}
	return "/*sqlite: +*/" + column
}

// page is the end of a query that reads one page, in the order of columns. They
// name one row, which after is nil or the place of.
func (l *listing) page(columns []string, after args, reverse bool, limit int64) string {
	than, direction := " > ", ""
	if reverse {
		than, direction = " < ", " DESC"
	}
	if after != nil {
		places, _ := in(after)
		l.and("("+strings.Join(columns, ", ")+")"+than+"("+places+")", after...)
	}
	l.a = append(l.a, limit)
	return " WHERE " + l.where + " ORDER BY " + strings.Join(columns, direction+", ") + direction + " LIMIT ?"
}

// countListed counts the rows of a table that a listing leaves.
func (t *tx) countListed(table string, l *listing) (n int64, err error) {
	_, err = t.One("SELECT count(*) FROM "+table+" WHERE "+l.where, l.a, func(r *row) error {
		n = r.Int(0)
		return nil
	})
	return n, err
}

// keySet reads keys: those that one criterion of a list leaves.
type keySet struct {
	sql string
	a   args
}

// or adds what another query reads.
func (k *keySet) or(sql string, values ...any) {
	if k.sql != "" {
		k.sql += " UNION ALL "
	}
	k.sql, k.a = k.sql+sql, append(k.a, values...)
}

// orTerms adds what has a term that begins with one of terms.
func (k *keySet) orTerms(read, org string, terms []string) {
	for _, term := range terms {
		k.or(read+" WHERE org = ? AND term >= ? AND term < ?", org, term, term+afterPrefix)
	}
}

// orBlind adds what has one of the values in a column that is a blind index.
func (t *tx) orBlind(k *keySet, read, column, purpose string, values []string) {
	for _, v := range values {
		k.or(read+" WHERE org = ? AND "+column+" = ?", t.Org, t.Blind(purpose, v))
	}
}
