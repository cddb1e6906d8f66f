package api

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

func lengthRule(least, most int) string { return fmt.Sprintf("%d to %d characters", least, most) }
func rangeRule(least, most int64) string {
	return fmt.Sprintf("a number from %d to %d", least, most)
}
func itemsRule(most int) string       { return fmt.Sprintf("at most %d entries", most) }
func enumRule(values []string) string { return "one of " + strings.Join(values, ", ") }

// The checks below pass for an absent value: absence is Required's business.

func runesWithin(p any, least, most int) bool {
	s, ok := textAt(p)
	if !ok {
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
