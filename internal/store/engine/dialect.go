package engine

import (
	"strconv"
	"strings"
	"sync"
)

// dialect converts the common SQL to that of one engine. Each text is converted
// once and cached.
type dialect struct {
	mark     string // start of this engine's comments: "pg:" or "sqlite:"
	numbered bool   // ? becomes $1, $2, ...
	cache    sync.Map
}

func (d *dialect) text(sql string) string {
	if s, ok := d.cache.Load(sql); ok {
		return s.(string)
	}
	s := d.convert(sql)
	d.cache.Store(sql, s)
	return s
}

// convert uncomments this engine's parts and numbers the placeholders. A ? in a
// string or a comment is left alone.
func (d *dialect) convert(sql string) string {
	sql = d.openComments(sql)
	if !d.numbered || !strings.Contains(sql, "?") {
		return sql
	}
	var b strings.Builder
	n := 0
	for i := 0; i < len(sql); {
		skip := 1
		switch c := sql[i]; {
		case c == '?':
			n++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
			i++
			continue
		case c == '\'' || c == '"':
			skip = span(sql[i:], 1, sql[i:i+1])
		case strings.HasPrefix(sql[i:], "--"):
			skip = span(sql[i:], 2, "\n")
		case strings.HasPrefix(sql[i:], "/*"):
			skip = span(sql[i:], 2, "*/")
		}
		b.WriteString(sql[i : i+skip])
		i += skip
	}
	return b.String()
}

// span is the length of a token that starts with open bytes and ends with end.
func span(s string, open int, end string) int {
	if i := strings.Index(s[open:], end); i >= 0 {
		return open + i + len(end)
	}
	return len(s)
}

func (d *dialect) openComments(sql string) string {
	for {
		before, rest, ok := strings.Cut(sql, "/*"+d.mark)
		if !ok {
			return sql
		}
		inside, after, ok := strings.Cut(rest, "*/")
		if !ok {
			return sql
		}
		sql = before + strings.TrimSpace(inside) + after
	}
}

// Marks is n placeholders for a list: Marks(3) is "?,?,?".
func Marks(n int) string {
	if n <= 0 {
		return "NULL" // IN (NULL) matches nothing
	}
	return strings.Repeat("?,", n-1) + "?"
}
