package api

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// rule is a rule for a field's value. It stores the parameters of its check and
// of its text, so that declaring one builds neither a closure nor a text that
// only a refusal needs.
type rule struct {
	kind        ruleKind
	code        *Code
	least, most int64
	values      []string

	upTo    *int64 // of a range: a higher bound
	orEmpty bool   // of a length: "" is allowed, too

	text Text // of an operation's own rule
	ok   func() bool
}

type ruleKind uint8

const (
	ownRule ruleKind = iota
	lengthRule
	rangeRule
	itemsRule
	enumRule
)

func (r *rule) holds(f *Field) bool {
	switch r.kind {
	case lengthRule:
		return runesWithin(f.ptr, int(r.least), int(r.most), r.orEmpty)
	case rangeRule:
		most := r.most
		if r.upTo != nil {
			most = max(most, *r.upTo)
		}
		return numberWithin(f.ptr, r.least, most)
	case itemsRule:
		return itemsWithin(f.ptr, f.list, int(r.most))
	case enumRule:
		return allAmong(f.ptr, r.values)
	}
	return r.ok()
}

// words returns the rule in words.
func (r *rule) words() Text {
	switch r.kind {
	case lengthRule:
		return Textf("%d 至 %d 个字符", "%d to %d characters", r.least, r.most)
	case rangeRule:
		return NumberFrom(r.least, r.most)
	case itemsRule:
		return MostEntries(int(r.most))
	case enumRule:
		return Textf("只能是 %s 之一", "one of %s", strings.Join(r.values, ", "))
	}
	return r.text
}

// NumberFrom returns the rule of a number within bounds.
func NumberFrom(least, most int64) Text {
	return Textf("%d 至 %d 之间的整数", "a number from %d to %d", least, most)
}

// MostEntries returns the rule of a list with a maximal length.
func MostEntries(most int) Text { return Textf("最多 %d 项", "at most %d entries", most) }

// The checks below pass for an absent value: Required checks for absence.

func runesWithin(p any, least, most int, orEmpty bool) bool {
	s, ok := textAt(p)
	if !ok || s == "" && orEmpty {
		return true
	}
	n := utf8.RuneCountInString(s)
	return n >= least && n <= most
}

func numberWithin(p any, least, most int64) bool {
	var n int64
	switch p := p.(type) {
	case *int64:
		n = *p
	case **int64:
		if *p == nil {
			return true
		}
		n = **p
	}
	return n >= least && n <= most
}

func itemsWithin(p any, list listPtr, most int) bool {
	switch p := p.(type) {
	case *[]string:
		return len(*p) <= most
	case *[]int64:
		return len(*p) <= most
	}
	return list == nil || list.length() <= most
}

func allAmong(p any, values []string) bool {
	if l, ok := p.(*[]string); ok {
		return !slices.ContainsFunc(*l, func(s string) bool { return !slices.Contains(values, s) })
	}
	s, ok := textAt(p)
	return !ok || slices.Contains(values, s)
}

func textAt(p any) (string, bool) {
	switch p := p.(type) {
	case *string:
		return *p, true
	case **string:
		if *p != nil {
			return **p, true
		}
	}
	return "", false
}
