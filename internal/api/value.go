package api

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// ValueKind is the type of a Value.
type ValueKind uint8

const (
	Absent ValueKind = iota // the zero Value: not sent
	Null
	TextValue
	NumberValue
	BoolValue
	ListValue
	ObjectValue
)

// Value is a request parameter as it was sent, before any rule is applied.
// Numbers keep their literal, so that ids beyond 2^53 survive.
type Value struct {
	Kind    ValueKind
	Text    string // text, or the literal of a number
	Bool    bool
	List    []Value
	Members []Member
}

// Member is one named value of an object; order is the wire's.
type Member struct {
	Name  string
	Value Value
}

// Depth is the deepest nesting accepted in JSON
// (docs/spec/reliability.md#limits-of-a-request).
const Depth = 32

// MaxItems is the longest list accepted anywhere in a request.
const MaxItems = 1000

// ErrMalformed is returned for text that is not one JSON value, is nested too
// deeply, has a duplicate key or is not valid UTF-8.
var ErrMalformed = errors.New("not valid JSON")

// Get returns the member of that name, or the absent Value.
func (v Value) Get(name string) Value {
	for i := range v.Members {
		if v.Members[i].Name == name {
			return v.Members[i].Value
		}
	}
	return Value{}
}

// TextOf returns a text Value.
func TextOf(s string) Value { return Value{Kind: TextValue, Text: s} }

// PlainText reports whether s may be stored and sent back in XML: valid UTF-8
// without control characters other than TAB, LF and CR, and without the two
// noncharacters XML 1.0 forbids.
func PlainText(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0x7f || r == 0xFFFE || r == 0xFFFF
	}) < 0
}
